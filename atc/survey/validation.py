"""Validation of a wave: every fault of every file at once, or typed tables.

In order: bytes and text (`read_csv`), headings and cells, the description (`datapackage`), keys, then the
rules between columns and tables of ``validation.toml``, held against the whole wave by SQLite.
"""

import hashlib
import re
import sqlite3
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from atc.survey import codebook
from atc.survey.datapackage import corrected, folder_faults, package_faults, read_package
from atc.survey.dictionary import Dictionary, Field, Table, dictionary_faults, load_dictionary
from atc.survey.errors import DataRefused, Fault, Messages, shown
from atc.survey.paths import Project, read_toml
from atc.survey.quotations import judges_someone, names_a_place, places_of
from atc.survey.read_csv import read_bytes, read_csv
from atc.survey.typography import NARROW, NBSP, nearest, nearest_code

_said = Messages(__name__)
#: The table that every other one refers to.
SITES = "territoires"
#: What is wrong, and what to do about it.
Advice = tuple[str, str]


def validate_wave(project: Project, vague: str, folder: Path | None = None) -> dict[str, pd.DataFrame]:
    """Every table of a wave, as `typed_frame` makes it; ``folder`` holds files that are not in place yet.

    The least fault refuses all: a `DataRefused` tells every one of every file; or, first, of the dictionary.
    """
    dictionary, shown_as = load_dictionary(project), project.relative(project.raw(vague))
    folder = folder or project.raw(vague)
    if unusable := list(dictionary_faults(dictionary)):
        raise DataRefused(unusable)
    if not folder.is_dir():
        raise _said.refusal("no_folder", shown_as)
    faults, unread = list(folder_faults(folder, shown_as, dictionary)), list[Fault]()
    hashes: dict[str, str] = {}
    texts: dict[str, TextTable] = {}
    with _kept(faults):
        dictionary = _as_asked(folder, shown_as, vague, dictionary)
    for table in dictionary:
        file = f"{shown_as}/{table.name}.csv"
        with _kept(unread):
            content = read_bytes(folder / f"{table.name}.csv", file)
            hashes[table.name] = hashlib.sha256(content).hexdigest()
            texts[table.name] = read_table(content, file, table)
    for fault in unread:
        # As a French Excel writes it: no other way of saving would help.
        remedy = f"Enregistré par un tableur, {corrected(fault.file, vague)}"
        faults.append(replace(fault, remedy=remedy) if "CSV UTF-8" in fault.remedy else fault)
    with _kept(faults):
        faults += package_faults(read_package(folder, shown_as), vague, shown_as, hashes, dictionary)
    _check_keys(texts)
    frames = {name: text.typed() for name, text in texts.items() if text.whole}
    _check_rules(frames, texts)
    faults += [fault for text in texts.values() for fault in text.faults]
    if faults:
        raise DataRefused(faults)
    return {name: frame.reset_index(drop=True) for name, frame in frames.items()}


@contextmanager
def _kept(faults: list[Fault]) -> Iterator[None]:
    """Go on after what is refused, which is told with the rest."""
    try:
        yield
    except DataRefused as refused:
        faults += refused.faults


def _as_asked(folder: Path, shown_as: str, vague: str, dictionary: Dictionary) -> Dictionary:
    """The dictionary as this wave was asked: on its scale, no day after its year where none ends it."""
    year = re.match(r"20\d\d", vague)
    for each in (each for table in dictionary for each in table.fields.values()):
        if year and each.type == "date" and "minimum" in each.constraints:
            bounded = {"maximum": f"{year[0]}-12-31", **each.constraints}
            dictionary = dictionary.changed(f"{each.table}.{each.name}", constraints=bounded)
    # A wave stands without a codebook; only holding it against another needs one.
    path, file = folder / codebook.FILE, f"{shown_as}/{codebook.FILE}"
    if not path.exists():
        return dictionary
    return codebook.read_codebook(path, file, vague, dictionary.variables).asked(dictionary)


# --- one cell against its column ---


def listed(codes: Collection[str]) -> str:
    """The first codes of a list."""
    return ", ".join(list(codes)[:20]) + ("…" if len(codes) > 20 else "")


def _cleaned(cell: str) -> str:
    """A cell without what the eye does not see."""
    kept = (c for c in cell.strip() if c.isprintable() or c in {NBSP, NARROW})
    return unicodedata.normalize("NFC", "".join(kept))


def advice(text: str, column: Field, missing: Mapping[str, str], good: str = "") -> Advice | None:
    """What breaks the dictionary in a cell, and what to write; ``good`` is a right value of the column."""
    required = column.constraints.get("required")
    if text in missing:
        return _said.pair("required", label=column.label) if required else None
    absences = {} if required else {code: label for code, label in missing.items() if code}
    try:
        return next(_broken(text, column.read(text), column, absences, good), None)
    except ValueError:
        message, form = _TABLE["types"][column.type]
    if column.type == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return message, "Cette date n’existe pas : vérifiez le jour et le mois"
    if meant := nearest_code(text, {**{answer: answer for answer in column.booleans}, **absences}):
        return message, f"Écrivez « {meant} »"
    leave = f", ou laissez la cellule vide (codes d’absence admis : {', '.join(absences)})"
    return message, form + (leave if absences else "")


def _broken(text: str, value: Any, column: Field, absences: Mapping[str, str], good: str) -> Iterator[Advice]:
    """The constraints that a value of the right type breaks."""
    rules, dated = column.constraints, column.type == "date"
    if len(text) < rules.get("minLength", 0):
        yield _said.pair("short", length=len(text), least=rules["minLength"])
    if len(text) > rules.get("maxLength", len(text)):
        yield _said.pair("long", length=len(text), most=rules["maxLength"])
    if "pattern" in rules and not re.fullmatch(rules["pattern"], text):
        like = f"comme « {good} »" if good else f"selon le modèle {rules['pattern']}"
        yield _said.pair("malformed", like=like)
    low, high = (column.read(str(rules.get(end, text))) for end in ("minimum", "maximum"))
    if value < low:
        yield _said.pair("early" if dated else "small", bounds=codebook.options(column))
    if value > high:
        yield _said.pair("late" if dated else "large", bounds=codebook.options(column))
    if column.categories and text not in column.labels:
        meant = nearest_code(text, {**column.labels, **absences})
        codes = f" ; codes d’absence : {', '.join(absences)}" if absences else ""
        write = f"Écrivez « {meant} ». " if meant else ""
        yield _said.pair("unknown_code", write=write, known=listed(column.labels) + codes)


# --- a table as text, then as typed columns ---


@dataclass
class TextTable:
    """A table as text, before any cell is given a meaning, and what is wrong in it."""

    table: Table
    file: str  # as the evaluator knows it
    # One row = one line of the file, whose number is the index; columns that were found, as text.
    cells: pd.DataFrame
    faults: list[Fault]
    whole: bool  # no column and no line had to be left out
    wrong: set[tuple[int, str]] = field(default_factory=set)  # line and columns of the cells at fault

    @property
    def is_sound(self) -> bool:
        """Whether its keys are right: else a misspelt one here would be blamed on right lines elsewhere."""
        keys = {*self.table.primary_key}
        keys |= {f.name for f in self.table.fields.values() if f.constraints.get("unique")}
        keys |= {name for key in self.table.foreign_keys for name in key.columns}
        return self.whole and not any(keys & set(columns.split(", ")) for _, columns in self.wrong)

    def blame(self, line: int, columns: Sequence[str], told: Advice) -> None:
        """Tell a fault of a cell, or of several together, unless one is told of it already."""
        if (place := (line, ", ".join(columns))) not in self.wrong:
            value = " · ".join(str(self.cells.loc[line, name]) for name in columns)
            self.faults.append(Fault(self.file, *place, shown(value), *told))
            self.wrong.add(place)

    def keys(self, columns: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Line and key of each row that has one, missing codes being alike; none without these columns."""
        if columns and set(columns) <= set(self.cells):
            cells = self.cells[list(columns)]
            cells = cells.mask(cells.isin(list(self.table.missing)), "")
            for line, *cut in zip(cells.index, *(cells[name] for name in columns), strict=True):
                if any(cut):
                    yield line, " · ".join(cut)

    def typed(self) -> pd.DataFrame:
        """Typed columns, by line: a cell at fault counts as missing, but a text, which tells who answered."""
        cells = self.cells.copy()
        for line, column in self.wrong:
            described = self.table.fields.get(column)
            if described and (described.type != "string" or described.categories):
                cells.loc[line, column] = ""
        return typed_frame(cells, self.table)


def read_table(content: bytes, file: str, table: Table) -> TextTable:
    """A file as text, with the faults of its lines, headings and cells; refused if it cannot be read."""
    # Nobody may have been interviewed or quoted; without any site there is no wave.
    heading, rows, torn = read_csv(content, file, alone=table.name != SITES)
    places, faults = _match_heading(heading, table, file)
    faults += torn
    raw = {name: [cells[place] for cells in rows.values()] for name, place in places.items()}
    cells = pd.DataFrame(raw, index=pd.Index(rows, name="ligne", dtype="int64"), dtype=object)
    text = TextTable(table, file, cells.map(_cleaned), faults, whole=not faults)
    for name, column in text.cells.items():
        described = table.fields[str(name)]
        pattern = described.constraints.get("pattern", "")
        good = next((value for value in column if pattern and re.fullmatch(pattern, value)), "")
        told = {value: advice(value, described, table.missing, good) for value in set(column)}
        for line, raw_cell, value in zip(column.index, cells[name], column, strict=True):
            found = [told[value]]
            if raw_cell != value:
                found.append(_said.pair("invisible" if raw_cell == raw_cell.strip() else "edges"))
            if "\N{REPLACEMENT CHARACTER}" in raw_cell:
                found.append(_said.pair("lost"))
            faults += [Fault(file, line, described.name, shown(raw_cell), *each) for each in found if each]
            text.wrong |= {(line, described.name)} if any(found) else set()
    return text


def _match_heading(names: Sequence[str], table: Table, file: str) -> tuple[dict[str, int], list[Fault]]:
    """Column -> position in the file, even of a misspelt name, and what is wrong in the heading."""
    spelt = {name if name in table.fields else nearest(name, table.fields) for name in names} - {""}
    if len(spelt) < len(table.fields) / 2:
        raise _said.refusal("no_heading", file, 1, "", ",".join(names), columns=",".join(table.fields))
    places = {name: names.index(name) for name in table.fields if name in names}
    faults: list[Fault] = []
    for place, name in enumerate(names):
        if places.get(name) == place:
            continue
        if name in places:
            faults.append(_said.fault("twice", file, 1, name))
        elif meant := nearest(name, set(table.fields) - set(places)):
            places[meant] = place
            faults.append(_said.fault("misspelt", file, 1, meant, name))
        else:
            named = name.strip() or f"colonne n° {place + 1}, sans nom"
            faults.append(_said.fault("unknown_column", file, 1, named, table=table.name))
    absent = [described for name, described in table.fields.items() if name not in places]
    faults += [_said.fault("no_column", file, 1, each.name, label=each.label) for each in absent]
    return {name: places[name] for name in table.fields if name in places}, faults


def typed_frame(cells: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Columns of the dictionary, each of its type; every missing code of right text becomes a missing value.

    Modalités are ordered categoricals in the order of the questionnaire, yes and no ``boolean``, whole
    numbers ``Int64``, numbers ``float64``, dates ``datetime64``, the rest text.
    """
    told = cells.mask(cells.isin(list(table.missing)))
    for name, described in table.fields.items():
        if described.categories:
            told[name] = told[name].astype(pd.CategoricalDtype(list(described.labels), ordered=True))
        elif described.type == "boolean":
            told[name] = told[name].map(described.booleans).astype("boolean")
        elif described.type == "date":
            told[name] = pd.to_datetime(told[name], format="%Y-%m-%d")
        elif described.type == "string":
            told[name] = told[name].astype("str")
        else:
            numbers = pd.to_numeric(told[name])
            told[name] = numbers.astype("Int64" if described.type == "integer" else "float64")
    return told[list(table.fields)]


# --- rows against rows ---


def _check_keys(texts: Mapping[str, TextTable]) -> None:
    """Keys that come twice in a table, then those that another table does not know."""
    for text in texts.values():
        unique = [(f.name,) for f in text.table.fields.values() if f.constraints.get("unique")]
        for columns in dict.fromkeys([*unique, text.table.primary_key]):
            first: dict[str, int] = {}
            for line, value in text.keys(columns):
                if (before := first.setdefault(value, line)) != line:
                    kind = "same_key" if len(columns) > 1 else "same_value"
                    text.blame(line, columns, _said.pair(kind, before=before))
    sound = {name: text for name, text in texts.items() if text.is_sound}
    for text in texts.values():
        for key in (key for key in text.table.foreign_keys if key.table in sound):
            codes = dict.fromkeys(value for _, value in sound[key.table].keys(key.theirs))
            for line, value in text.keys(key.columns):
                if value not in codes:
                    meant = nearest(value, codes)
                    told = _said.pair("no_such_key", table=key.table, known=listed(codes))
                    text.blame(line, key.columns, (told[0], f"Écrivez « {meant} »" if meant else told[1]))


class Rule(NamedTuple):
    """A rule of ``validation.toml``, see there: a condition of SQL, and what to say of each row at fault."""

    table: str
    column: str
    broken: str
    message: str
    remedy: str
    tables: Sequence[str] = ()


_TABLE = read_toml(__file__)
RULES = [Rule(**each) for each in _TABLE["rules"]]


def lines_that_break(rules: Sequence[Rule], frames: Mapping[str, pd.DataFrame]) -> list[list[int]]:
    """Of each rule, the index of the rows that break it; the tables that it reads are among the frames."""
    with closing(sqlite3.connect(":memory:")) as database:
        for name, frame in frames.items():
            filled = frame.assign(remplies=frame.notna().sum(axis=1))
            filled.to_sql(name, database, index_label="ligne")
            # What two tables share is what rows are sought by.
            for column in {"repondant", "territoire"} & {*frame}:
                database.execute(f"create index {name}_{column} on {name} ({column})")
        places = places_of(frames[SITES]) if SITES in frames else ()
        database.create_function("names_a_place", 1, lambda text: text and names_a_place(text, places))
        database.create_function("judges_someone", 1, lambda text: text and judges_someone(text))
        queries = (f"select ligne from {rule.table} where {rule.broken}" for rule in rules)  # noqa: S608
        return [[line for (line,) in database.execute(query)] for query in queries]


def _check_rules(frames: Mapping[str, pd.DataFrame], texts: Mapping[str, TextTable]) -> None:
    """Rows that break a rule of sound tables; a cell already at fault is not blamed again."""
    sound = {name for name, text in texts.items() if text.is_sound}
    rules = [rule for rule in RULES if rule.table in frames and sound.issuperset(rule.tables)]
    for rule, lines in zip(rules, lines_that_break(rules, frames), strict=True):
        text = texts[rule.table]
        for line in (line for line in lines if (line, rule.column) not in text.wrong):
            row = text.cells.loc[line].map(shown).to_dict()
            told = rule.message.format_map(row), rule.remedy
            text.faults.append(Fault(text.file, line, rule.column, row[rule.column], *told))
