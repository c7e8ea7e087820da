"""One cell against its column, in French: what is wrong, what to write."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from atc.survey.codebook import options
from atc.survey.dictionary import Field
from atc.survey.typography import nearest_code

#: What is wrong, and what to do about it.
Advice = tuple[str, str]
_LISTED = 20
_NO_BREAK = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
#: Type -> what is said of a value that is none of it, and the form of one that is.
_FORMS = tomllib.loads(Path(__file__).with_name("validation.toml").read_text(encoding="utf-8"))["types"]


def listed(values: Iterable[str]) -> str:
    """The first codes of a list."""
    names = list(values)
    return ", ".join(names[:_LISTED]) + ("…" if len(names) > _LISTED else "")


def cleaned(cell: str) -> str:
    """A cell without what the eye does not see."""
    kept = "".join(c for c in cell.strip() if c.isprintable() or c in _NO_BREAK)
    return unicodedata.normalize("NFC", kept)


def unseen(cell: str) -> Iterator[Advice]:
    """What must be mended before the content can be judged."""
    if "\N{REPLACEMENT CHARACTER}" in cell:
        yield "Caractère perdu", "Reprenez le texte d’origine : un accent s’est perdu à l’enregistrement"
    if cell.strip() != cell:
        yield "Espace en trop au début ou à la fin", "Supprimez cet espace"
    elif cell != cleaned(cell):
        yield "Caractère invisible ou décomposé", "Retapez la valeur à la main : un copier-coller l’a abîmée"


def advice(value: str, field: Field, missing: Mapping[str, str], good: str = "") -> Advice | None:
    """What breaks the dictionary in a cell, and what to write; None if nothing does.

    ``missing`` are its codes with their labels, ``good`` a right value of the same column, if there is one.
    """
    required = field.constraints.get("required")
    if value in missing:
        remedy = "Remplissez cette cellule : ni vide ni code d’absence n’y sont admis"
        return (f"Il manque « {field.label} », qui est obligatoire", remedy) if required else None
    absences = {} if required else {code: label for code, label in missing.items() if code}
    try:
        return next(_broken(value, field.read(value), field, absences, good), None)
    except ValueError:
        return _wrong_type(value, field, absences)


def _broken(text: str, value: Any, field: Field, absences: Mapping[str, str], good: str) -> Iterator[Advice]:
    """The constraints that a value of the right type breaks."""
    rules, length, dated = field.constraints, len(text), field.type == "date"
    if length < rules.get("minLength", 0):
        yield f"Texte trop court : {length} caractères", f"Il en faut au moins {rules['minLength']}"
    if length > rules.get("maxLength", length):
        remedy = f"Ramenez-le à {rules['maxLength']} caractères au plus"
        yield f"Texte trop long : {length} caractères", remedy
    if "pattern" in rules and not re.fullmatch(rules["pattern"], text):
        like = f"comme « {good} »" if good else f"selon le modèle {rules['pattern']}"
        yield "Code mal formé", f"Écrivez-le {like}, sans accent ni espace"
    low, high = (field.read(str(rules.get(end, text))) for end in ("minimum", "maximum"))
    if value < low:
        yield "Date trop ancienne" if dated else "Valeur trop petite", f"Attendu : {options(field)}"
    if value > high:
        yield "Date trop tardive" if dated else "Valeur trop grande", f"Attendu : {options(field)}"
    if field.categories and text not in field.labels:
        codes = f" ; codes d’absence : {', '.join(absences)}" if absences else ""
        meant = nearest_code(text, {**field.labels, **absences})
        write = f"Écrivez « {meant} ». " if meant else ""
        yield "Modalité inconnue", f"{write}Modalités admises : {listed(field.labels)}{codes}"


def _wrong_type(value: str, field: Field, absences: Mapping[str, str]) -> Advice:
    """What was probably meant by a value that is none of the type, else the form of one."""
    message, form = _FORMS[field.type]
    if field.type == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return message, "Cette date n’existe pas : vérifiez le jour et le mois"
    answers = dict(zip(field.booleans, field.booleans, strict=True))
    if meant := nearest_code(value, {**answers, **absences}):
        return message, f"Écrivez « {meant} »"
    codes = ", ".join(absences)
    leave = f", ou laissez la cellule vide (codes d’absence admis : {codes})" if codes else ""
    return message, f"{form}{leave}"
