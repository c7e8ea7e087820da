"""What to tell an evaluator when a value breaks the dictionary: what is wrong, and what to do about it.

frictionless names the rule that is broken (type of its error, constraint); its sentences are English
and speak of constraints, so the French ones are here, one function a rule, and quote what the
dictionary admits.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from atc.survey.dictionary import Field
from atc.survey.spelling import nearest_code
from atc.survey.typography import day, number

Advice = tuple[str, str]
_LISTED = 20


@dataclass(frozen=True)
class Cell:
    """A value that breaks a rule, with what helps to mend it.

    Attributes:
        value: As it stands in the file.
        field: Its column.
        missing: Missing code -> label.
        good: A right value of the same column, in the same file; empty if there is none.
    """

    value: str
    field: Field
    missing: Mapping[str, str]
    good: str


def _listed(values: Iterable[str]) -> str:
    names = list(values)
    more = "…" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _missing_codes(cell: Cell) -> str:
    if cell.field.constraints.get("required"):
        return ""
    return ", ".join(code for code in cell.missing if code)


def _or_missing(cell: Cell) -> str:
    codes = _missing_codes(cell)
    return f", ou laissez la cellule vide (codes d’absence admis : {codes})" if codes else ""


def _guess(cell: Cell) -> str:
    labels = dict(cell.field.labels)
    if not cell.field.constraints.get("required"):
        labels |= {code: label for code, label in cell.missing.items() if code}
    return nearest_code(cell.value, labels)


def _boolean(cell: Cell) -> Advice:
    meant = nearest_code(cell.value, {"oui": "oui", "non": "non"}) or _guess(cell)
    remedy = f"Écrivez « {meant} »" if meant else f"Écrivez oui ou non{_or_missing(cell)}"
    return "Réponse autre que oui ou non", remedy


def _integer(cell: Cell) -> Advice:
    message = "Nombre entier attendu"
    digits = re.fullmatch(r"\+?0*([0-9]+)([.,]0+)?", cell.value)
    meant = digits[1] if digits else _guess(cell)
    if meant:
        return message, f"Écrivez « {meant} »"
    return (
        message,
        f"Écrivez un nombre entier en chiffres, sans espace ni unité, par exemple 3{_or_missing(cell)}",
    )


def _number(cell: Cell) -> Advice:
    message = "Nombre attendu"
    if re.fullmatch(r"-?[0-9]+,[0-9]+", cell.value):
        return message, f"Remplacez la virgule par un point : « {cell.value.replace(',', '.')} »"
    meant = _guess(cell)
    if meant:
        return message, f"Écrivez « {meant} »"
    remedy = "Écrivez le nombre avec un point décimal, sans espace ni unité, par exemple 0.8"
    return message, remedy + _or_missing(cell)


def _date(cell: Cell) -> Advice:
    message = "Date attendue sous la forme AAAA-MM-JJ"
    french = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", cell.value)
    other = re.fullmatch(r"([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})", cell.value)
    parts = french.groups()[::-1] if french else other.groups() if other else ()
    if parts:
        try:
            return message, f"Écrivez « {dt.date(*map(int, parts)).isoformat()} »"
        except ValueError:
            return message, "Cette date n’existe pas : vérifiez le jour et le mois"
    meant = _guess(cell)
    if meant:
        return message, f"Écrivez « {meant} »"
    return message, f"Écrivez par exemple 2020-10-05{_or_missing(cell)}"


def _text(cell: Cell) -> Advice:
    return "Valeur illisible", f"Écrivez un texte{_or_missing(cell)}"


_BY_TYPE: Mapping[str, Callable[[Cell], Advice]] = {
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "date": _date,
}


def wrong_type(cell: Cell) -> Advice:
    """A value that cannot be read as the dictionary says: number, date, yes or no."""
    return _BY_TYPE.get(cell.field.type, _text)(cell)


def _required(cell: Cell) -> Advice:
    remedy = "Remplissez cette cellule : ni vide ni code d’absence n’y sont admis"
    return f"Il manque « {cell.field.label} », qui est obligatoire", remedy


def _enum(cell: Cell) -> Advice:
    meant = _guess(cell)
    admitted = f"Modalités admises : {_listed(cell.field.labels)}"
    codes = _missing_codes(cell)
    if codes:
        admitted += f" ; codes d’absence : {codes}"
    return "Modalité inconnue", f"Écrivez « {meant} ». {admitted}" if meant else admitted


def _pattern(cell: Cell) -> Advice:
    pattern = cell.field.constraints["pattern"]
    like = f"comme « {cell.good} »" if cell.good else f"selon le modèle {pattern}"
    return "Code mal formé", f"Écrivez-le {like}, sans accent ni espace"


def _limit(bound: object) -> str:
    if isinstance(bound, int | float):
        decimals = len(f"{bound}".partition(".")[2]) if isinstance(bound, float) else 0
        return number(bound, decimals)
    return f"le {day(dt.date.fromisoformat(str(bound)))}"


def _range(field: Field) -> str:
    what = "La date" if field.type == "date" else "La valeur"
    low, high = field.constraints.get("minimum"), field.constraints.get("maximum")
    if low is not None and high is not None:
        return f"{what} doit être comprise entre {_limit(low)} et {_limit(high)}"
    if field.type == "date":
        sense = "ne doit pas précéder" if high is None else "ne doit pas dépasser"
    else:
        sense = "doit être d’au moins" if high is None else "doit être d’au plus"
    return f"{what} {sense} {_limit(high if low is None else low)}"


def _minimum(cell: Cell) -> Advice:
    early = cell.field.type == "date"
    return "Date trop ancienne" if early else "Valeur trop petite", _range(cell.field)


def _maximum(cell: Cell) -> Advice:
    late = cell.field.type == "date"
    return "Date trop tardive" if late else "Valeur trop grande", _range(cell.field)


def _min_length(cell: Cell) -> Advice:
    least = cell.field.constraints["minLength"]
    return f"Texte trop court : {len(cell.value)} caractères", f"Il en faut au moins {least}"


def _max_length(cell: Cell) -> Advice:
    most = cell.field.constraints["maxLength"]
    remedy = f"Ramenez-le à {most} caractères au plus"
    return f"Texte trop long : {len(cell.value)} caractères", remedy


_BY_CONSTRAINT: Mapping[str, Callable[[Cell], Advice]] = {
    "required": _required,
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _min_length,
    "maxLength": _max_length,
}


def broken_constraint(name: str, cell: Cell) -> Advice:
    """A value that can be read, but that the dictionary does not admit."""
    if name in _BY_CONSTRAINT:
        return _BY_CONSTRAINT[name](cell)
    remedy = f"Comparez-la avec la description de « {cell.field.label} » dans docs/dictionnaire.md"
    return "Valeur que le dictionnaire n’admet pas", remedy


def repeated(columns: Sequence[str], first: int) -> Advice:
    """A value, or several together, that another line already has."""
    remedy = "Corrigez l’une des deux lignes, ou supprimez celle qui est en trop"
    if len(columns) > 1:
        return f"Même combinaison qu’à la ligne {first}", remedy
    return f"Valeur déjà présente à la ligne {first}", remedy


def unknown_reference(value: str, table: str, known: Iterable[str]) -> Advice:
    """A code that should exist in another table."""
    codes = list(known)
    meant = nearest_code(value, {code: code for code in codes})
    admitted = f"Codes de cette table : {_listed(codes)}"
    remedy = f"Écrivez « {meant} »" if meant else f"Corrigez-le, ou complétez cette table. {admitted}"
    return f"Code absent de la table {table}", remedy
