"""Every cell against the dictionary, every key against its table, in French: what is wrong, what to write."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from atc.survey.dictionary import Field
from atc.survey.errors import Fault, shown
from atc.survey.spelling import nearest_code
from atc.survey.typography import day, number
from atc.survey.validation.reading import TextTable

#: What is wrong, and what to do about it.
Advice = tuple[str, str]
_LISTED = 20


@dataclass(frozen=True)
class Cell:
    """A value, with what helps to mend it if it breaks a rule."""

    value: str  # as it stands in the file
    field: Field
    missing: Mapping[str, str]  # code -> label
    good: str  # a right value of the same column, in the same file; empty if there is none

    @property
    def absences(self) -> dict[str, str]:
        """Missing codes that may be written here, with their labels."""
        if self.field.constraints.get("required"):
            return {}
        return {code: label for code, label in self.missing.items() if code}

    @property
    def meant(self) -> str:
        """The code whose spelling or label is nearest; empty if none is near."""
        return nearest_code(self.value, {**self.field.labels, **self.absences})


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
        told = {value: advice(Cell(value, field, missing, good)) for value in set(column)}
        for line, value in column.items():
            if wrong := told[value]:
                yield _fault(text, line, (field.name,), wrong)


def _key_faults(text: TextTable) -> Iterator[Fault]:
    unique = [(f.name,) for f in text.table.fields.values() if f.constraints.get("unique")]
    for key in dict.fromkeys([*unique, text.table.primary_key]):
        if not key or not set(key) <= set(text.cells):
            continue
        seen: dict[tuple[str, ...], Any] = {}
        for line, values, blank in _keys(text, key):
            if not blank and (first := seen.setdefault(values, line)) != line:
                what = "Même combinaison qu’à" if len(key) > 1 else "Valeur déjà présente à"
                remedy = "Corrigez l’une des deux lignes, ou supprimez celle qui est en trop"
                yield _fault(text, line, key, (f"{what} la ligne {first}", remedy))
            elif blank and key == text.table.primary_key:
                if text.cells.loc[line].isin(list(text.table.missing)).all():
                    continue  # told of the whole line
                for name in key:
                    cell = Cell("", text.table.fields[name], {}, "")
                    yield _fault(text, line, (name,), _required(cell))


def _reference_faults(text: TextTable, sound: Mapping[str, TextTable]) -> Iterator[Fault]:
    for local, other, theirs in text.table.foreign_keys:
        if other not in sound or not set(local) <= set(text.cells):
            continue
        codes = {values: " · ".join(values) for _, values, _ in _keys(sound[other], theirs)}
        for line, values, blank in _keys(text, local):
            if not blank and values not in codes:
                meant = nearest_code(" · ".join(values), {code: code for code in codes.values()})
                admitted = (
                    f"Corrigez-le, ou complétez cette table. Codes de cette table : {_listed(codes.values())}"
                )
                remedy = f"Écrivez « {meant} »" if meant else admitted
                yield _fault(text, line, local, (f"Code absent de la table {other}", remedy))


def _keys(text: TextTable, columns: Sequence[str]) -> Iterator[tuple[Any, tuple[str, ...], bool]]:
    """Line, values of a key where missing codes are one, and whether all of them are missing."""
    cells = text.cells[list(columns)]
    cells = cells.mask(cells.isin(list(text.table.missing)), "")
    for line, *values in cells.itertuples(name=None):
        yield line, tuple(values), not any(values)


def _fault(text: TextTable, line: Any, columns: Sequence[str], advice: Advice) -> Fault:
    value = " · ".join(text.cells.loc[line, name] for name in columns)
    return Fault(text.file, int(line), ", ".join(columns), shown(value), *advice)


# --- what to tell of one cell ---


def advice(cell: Cell) -> Advice | None:
    """What breaks the dictionary in a cell, and what to write; None if nothing does."""
    if cell.value in cell.missing:
        return _required(cell) if cell.field.constraints.get("required") else None
    try:
        return next(_broken(cell, cell.field.read(cell.value)), None)
    except ValueError:
        return _WRONG_TYPE[cell.field.type](cell)


def _broken(cell: Cell, value: Any) -> Iterator[Advice]:
    field, rules, length = cell.field, cell.field.constraints, len(cell.value)
    if length < rules.get("minLength", 0):
        yield f"Texte trop court : {length} caractères", f"Il en faut au moins {rules['minLength']}"
    if length > rules.get("maxLength", length):
        remedy = f"Ramenez-le à {rules['maxLength']} caractères au plus"
        yield f"Texte trop long : {length} caractères", remedy
    if "pattern" in rules and not re.fullmatch(rules["pattern"], cell.value):
        like = f"comme « {cell.good} »" if cell.good else f"selon le modèle {rules['pattern']}"
        yield "Code mal formé", f"Écrivez-le {like}, sans accent ni espace"
    low, high = (field.read(str(rules.get(end, cell.value))) for end in ("minimum", "maximum"))
    dated = field.type == "date"
    if value < low:
        yield "Date trop ancienne" if dated else "Valeur trop petite", _range(field)
    if value > high:
        yield "Date trop tardive" if dated else "Valeur trop grande", _range(field)
    if field.categories and cell.value not in field.labels:
        codes = f" ; codes d’absence : {', '.join(cell.absences)}" if cell.absences else ""
        meant = f"Écrivez « {cell.meant} ». " if cell.meant else ""
        yield "Modalité inconnue", f"{meant}Modalités admises : {_listed(field.labels)}{codes}"


def _listed(values: Iterable[str]) -> str:
    names = list(values)
    return ", ".join(names[:_LISTED]) + ("…" if len(names) > _LISTED else "")


def _required(cell: Cell) -> Advice:
    remedy = "Remplissez cette cellule : ni vide ni code d’absence n’y sont admis"
    return f"Il manque « {cell.field.label} », qui est obligatoire", remedy


def _write(cell: Cell, meant: str, otherwise: str) -> str:
    """What to write: what was probably meant, else the form of it, or nothing."""
    if meant := meant or cell.meant:
        return f"Écrivez « {meant} »"
    codes = ", ".join(cell.absences)
    leave = f", ou laissez la cellule vide (codes d’absence admis : {codes})" if codes else ""
    return f"{otherwise}{leave}"


def _boolean(cell: Cell) -> Advice:
    meant = nearest_code(cell.value, {word: word for word in cell.field.booleans})
    return "Réponse autre que oui ou non", _write(cell, meant, "Écrivez oui ou non")


def _integer(cell: Cell) -> Advice:
    digits = re.fullmatch(r"\+?0*([0-9]+)([.,]0+)?", cell.value)
    form = "Écrivez un nombre entier en chiffres, sans espace ni unité, par exemple 3"
    return "Nombre entier attendu", _write(cell, digits[1] if digits else "", form)


def _number(cell: Cell) -> Advice:
    message = "Nombre attendu"
    if re.fullmatch(r"-?[0-9]+,[0-9]+", cell.value):
        return message, f"Remplacez la virgule par un point : « {cell.value.replace(',', '.')} »"
    form = "Écrivez le nombre avec un point décimal, sans espace ni unité, par exemple 0.8"
    return message, _write(cell, "", form)


def _date(cell: Cell) -> Advice:
    message, meant = "Date attendue sous la forme AAAA-MM-JJ", ""
    french = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", cell.value)
    other = re.fullmatch(r"([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})", cell.value)
    if parts := french.groups()[::-1] if french else other.groups() if other else ():
        try:
            meant = dt.date(*map(int, parts)).isoformat()
        except ValueError:
            return message, "Cette date n’existe pas : vérifiez le jour et le mois"
    return message, _write(cell, meant, "Écrivez par exemple 2020-10-05")


_WRONG_TYPE: Mapping[str, Callable[[Cell], Advice]] = {
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "date": _date,
}


def _range(field: Field) -> str:
    dated, low, high = field.type == "date", *map(field.constraints.get, ("minimum", "maximum"))
    what = "La date" if dated else "La valeur"
    if low is not None and high is not None:
        return f"{what} doit être comprise entre {_limit(low)} et {_limit(high)}"
    least = "ne doit pas précéder" if dated else "doit être d’au moins"
    most = "ne doit pas dépasser" if dated else "doit être d’au plus"
    return f"{what} {least} {_limit(low)}" if high is None else f"{what} {most} {_limit(high)}"


def _limit(bound: object) -> str:
    if isinstance(bound, int | float):
        decimals = len(f"{bound}".partition(".")[2]) if isinstance(bound, float) else 0
        return number(bound, decimals)
    return f"le {day(dt.date.fromisoformat(str(bound)))}"
