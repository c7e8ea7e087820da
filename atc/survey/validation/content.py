"""Every cell against the dictionary, every key against its table, in French: what is wrong, what to write."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from atc.survey.dictionary import Field
from atc.survey.errors import Fault, shown
from atc.survey.spelling import nearest, nearest_code
from atc.survey.typography import day, number
from atc.survey.validation.reading import TextTable

#: What is wrong, and what to do about it.
Advice = tuple[str, str]
_LISTED = 20
#: What is said of a value that is none of the type, and the form of one that is.
_FORMS = {
    "boolean": ("Réponse autre que oui ou non", "Écrivez oui ou non"),
    "integer": (
        "Nombre entier attendu",
        "Écrivez un nombre entier en chiffres, sans espace ni unité, par exemple 3",
    ),
    "number": (
        "Nombre attendu",
        "Écrivez le nombre avec un point décimal, sans espace ni unité, par exemple 0.8",
    ),
    "date": ("Date attendue sous la forme AAAA-MM-JJ", "Écrivez par exemple 2020-10-05"),
}


def content_faults(texts: Mapping[str, TextTable], known: Sequence[Fault]) -> list[Fault]:
    """Every cell and key that breaks the dictionary: one fault a cell, at the line of the file."""
    found = [fault for text in texts.values() for fault in (*_cell_faults(text), *_key_faults(text))]
    sound = {name: text for name, text in texts.items() if text.is_sound([*known, *found])}
    found += [fault for text in texts.values() for fault in _reference_faults(text, sound)]
    first: dict[tuple[str, int, str], Fault] = {}
    for fault in found:
        first.setdefault((fault.file, fault.line, fault.column), fault)
    return list(first.values())


def _cell_faults(text: TextTable) -> Iterator[Fault]:
    missing = text.table.missing
    blank = text.cells.isin(list(missing)).all(axis=1)
    for line in text.cells.index[blank]:
        yield _fault(text, line, (), ("Ligne sans aucune réponse", "Supprimez cette ligne, ou remplissez-la"))
    for name, column in text.cells[~blank].items():
        field = text.table.fields[str(name)]
        pattern = field.constraints.get("pattern", "")
        good = next((value for value in column if pattern and re.fullmatch(pattern, value)), "")
        told = {value: advice(value, field, missing, good) for value in set(column)}
        for line, value in column.items():
            if wrong := told[value]:
                yield _fault(text, line, (field.name,), wrong)


def _key_faults(text: TextTable) -> Iterator[Fault]:
    unique = [(f.name,) for f in text.table.fields.values() if f.constraints.get("unique")]
    for key in dict.fromkeys([*unique, text.table.primary_key]):
        first: dict[str, int] = {}
        for line, value in _keys(text, key):
            if (before := first.setdefault(value, line)) != line:
                what = "Même combinaison qu’à" if len(key) > 1 else "Valeur déjà présente à"
                remedy = "Corrigez l’une des deux lignes, ou supprimez celle qui est en trop"
                yield _fault(text, line, key, (f"{what} la ligne {before}", remedy))


def _reference_faults(text: TextTable, sound: Mapping[str, TextTable]) -> Iterator[Fault]:
    for local, other, theirs in text.table.foreign_keys:
        codes = {value: "" for _, value in _keys(sound[other], theirs)} if other in sound else None
        for line, value in _keys(text, local):
            if codes is not None and value not in codes:
                meant = nearest(value, codes)
                admitted = f"Corrigez-le, ou complétez cette table. Codes de cette table : {_listed(codes)}"
                remedy = f"Écrivez « {meant} »" if meant else admitted
                yield _fault(text, line, local, (f"Code absent de la table {other}", remedy))


def _keys(text: TextTable, columns: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Line and key of each row that has one, missing codes being alike; none if a column was not found."""
    if not columns or not set(columns) <= set(text.cells):
        return
    cells = text.cells[list(columns)]
    cells = cells.mask(cells.isin(list(text.table.missing)), "")
    yield from ((line, " · ".join(cut)) for line, *cut in cells.itertuples(name=None) if any(cut))


def _fault(text: TextTable, line: Any, columns: Sequence[str], advice: Advice) -> Fault:
    value = " · ".join(text.cells.loc[line, name] for name in columns)
    return Fault(text.file, int(line), ", ".join(columns), shown(value), *advice)


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
        yield "Date trop ancienne" if dated else "Valeur trop petite", _range(field)
    if value > high:
        yield "Date trop tardive" if dated else "Valeur trop grande", _range(field)
    if field.categories and text not in field.labels:
        codes = f" ; codes d’absence : {', '.join(absences)}" if absences else ""
        meant = nearest_code(text, {**field.labels, **absences})
        write = f"Écrivez « {meant} ». " if meant else ""
        yield "Modalité inconnue", f"{write}Modalités admises : {_listed(field.labels)}{codes}"


def _wrong_type(value: str, field: Field, absences: Mapping[str, str]) -> Advice:
    """What was probably meant by a value that is none of the type, else the form of one."""
    (message, form), meant = _FORMS[field.type], ""
    if field.type == "boolean":
        meant = nearest(value, field.booleans)
    elif field.type == "integer":
        digits = re.fullmatch(r"\+?0*([0-9]+)([.,]0+)?", value)
        meant = digits[1] if digits else ""
    elif field.type == "number" and re.fullmatch(r"-?[0-9]+,[0-9]+", value):
        return message, f"Remplacez la virgule par un point : « {value.replace(',', '.')} »"
    elif field.type == "date":
        french = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", value)
        other = re.fullmatch(r"([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})", value)
        if parts := french.groups()[::-1] if french else other.groups() if other else ():
            try:
                meant = dt.date(*map(int, parts)).isoformat()
            except ValueError:
                return message, "Cette date n’existe pas : vérifiez le jour et le mois"
    if meant := meant or nearest_code(value, {**field.labels, **absences}):
        return message, f"Écrivez « {meant} »"
    codes = ", ".join(absences)
    leave = f", ou laissez la cellule vide (codes d’absence admis : {codes})" if codes else ""
    return message, f"{form}{leave}"


def _listed(values: Iterable[str]) -> str:
    names = list(values)
    return ", ".join(names[:_LISTED]) + ("…" if len(names) > _LISTED else "")


def _range(field: Field) -> str:
    """The bounds of a column, in French."""
    dated, ends = field.type == "date", []
    for bound in map(field.constraints.get, ("minimum", "maximum")):
        if isinstance(bound, int | float):
            ends.append(number(bound, len(f"{bound}".partition(".")[2]) if isinstance(bound, float) else 0))
        else:
            ends.append(f"le {day(dt.date.fromisoformat(bound))}" if bound else "")
    low, high = ends
    what = "La date" if dated else "La valeur"
    if low and high:
        return f"{what} doit être comprise entre {low} et {high}"
    least = "ne doit pas précéder" if dated else "doit être d’au moins"
    most = "ne doit pas dépasser" if dated else "doit être d’au plus"
    return f"{what} {least} {low}" if low else f"{what} {most} {high}"
