"""Open a wave to come: its draft in ``data/raw``, its forms, its entry of report.toml, or nothing of them.

`atc check` refuses the draft as long as the tables are not there: it cannot be taken for data. A form is a
workbook with one column for each column of its table, or for each item of a battery, which the import stacks
by the mapping written beside the forms.
"""

import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

from atc.intake.books import KINDS, Column, Form, book_bytes
from atc.survey import codebook
from atc.survey.codebook import Codebook, codebook_bytes, options, read_codebook, variables
from atc.survey.datapackage import FILE, STATUSES
from atc.survey.dictionary import NOT_APPLICABLE, Dictionary, Field, Rows, Table, load_dictionary
from atc.survey.errors import Messages, UsageError, shown
from atc.survey.paths import Project, read_toml, replacing, write
from atc.survey.read_csv import read_rows
from atc.survey.settings import load_settings

_said = Messages(__name__)
_WORDS = read_toml(__file__)
_ENTRY = "Saisie"
#: The table whose rows are known before anybody is asked.
_KNOWN = "territoires"
# Tables where people are named, and the letter of their pseudonyms. Of scores, the group decides.
_PREFIXES = {"carnet_de_bord": "A", "questionnaire_flash": "R", "verbatims": "L"}
_GROUPS = {"animateurs": "A", "institutionnels": "R"}
_BATTERY, _PERSONS = "scores", {"repondant", "locuteur"}


def open_new_wave(
    project: Project, vague: str, previous: str, *, forms_only: bool = False
) -> tuple[list[str], bool]:
    """Write everything that a wave to come needs, from the codebook of the wave before.

    With ``forms_only``, the forms of a wave that is already there: its own codebook says what is asked.
    What was written comes back, and whether report.toml has a new entry. A `UsageError` tells a name that is
    no wave, what is already there, or waves in the wrong order; a `DataRefused`, a codebook absent or wrong.
    """
    settings, dictionary = load_settings(project), load_dictionary(project)
    raw, forms, text = project.raw(vague), project.forms(vague), ""
    if forms_only:
        settings.wave(vague)
    elif settings.wave(previous).date >= dated(vague)[1]:
        raise UsageError(_said("not_before", vague=vague, previous=previous))
    settings.wave(previous)
    for folder in [forms] if forms_only else [raw, forms]:
        if folder.exists():
            raise UsageError(_said("already_there", folder=shown(project.relative(folder))))
    known = vague if forms_only else previous
    path = project.raw(known) / codebook.FILE
    book = read_codebook(path, project.relative(path), known, dictionary.variables)
    folders = {}
    if not forms_only:
        folders[raw], book = _draft(dictionary, vague, book)
        if vague not in settings.waves:
            text = declared(project.settings_file.read_text(encoding="utf-8-sig"), vague, previous)
    path = project.raw(previous) / f"{_KNOWN}.csv"
    sites = list(read_rows(path, project.relative(path), alone=True).values())
    folders[forms] = _forms(book.asked(dictionary), vague, sites, book)
    # All, or nothing; the settings, which make the wave known, come last.
    with replacing(*folders, *([project.settings_file] if text else [])) as made:
        for folder, files in zip(made, folders.values(), strict=False):
            for name, content in files.items():
                write(folder / name, content)
        if text:
            write(made[-1], text.encode())
    names = (folder / name for folder, files in folders.items() for name in sorted(files))
    return [project.relative(name) for name in names], bool(text)


def dated(vague: str) -> tuple[str, dt.date]:
    """``Vague de printemps 2022``, and the date that its documents bear until somebody says another.

    A `UsageError` tells that the id is not a year and a season.
    """
    (year, _, season), seasons = vague.partition("-"), _WORDS["seasons"]
    if not re.fullmatch("20[0-9]{2}", year) or season not in seasons:
        raise UsageError(_said("no_wave", vague=shown(vague), seasons=", ".join(seasons)))
    worded, month = seasons[season]
    return f"Vague {worded} {year}", dt.date(int(year), month, 15)


def _draft(dictionary: Dictionary, vague: str, before: Codebook) -> tuple[dict[str, bytes], Codebook]:
    """A description to complete, and the codebook of the wave before to review: name -> content.

    What was already gone at the wave before stays out: it was not asked, and is not there to compare.
    """
    entries = [
        replace(entry, comparabilite="identique", jointure=True, note=_said("review"))
        for entry in before.entries.values()
        if before.asks(entry.variable)
    ]
    entries += [entry for entry in variables(dictionary) if entry.variable not in before.entries]
    title = f"Animation territoriale citoyenne : {dated(vague)[0].lower()}"
    told = {"name": f"atc-{vague}", "title": title, "vague": vague, "statuts_possibles": list(STATUSES)}
    text = json.dumps(_WORDS["description"] | told, ensure_ascii=False, indent=2)
    files = {FILE: f"{text}\n".encode(), codebook.FILE: codebook_bytes(vague, entries)}
    return files, Codebook(vague, codebook.FILE, {entry.variable: entry for entry in entries})


def declared(text: str, vague: str, previous: str) -> str:
    """report.toml with one more wave, no line of it touched; a `UsageError` where it cannot be."""
    label, date = dated(vague)
    words = {"vague": vague, "previous": previous, "label": label, "lower": label.lower(), "date": date}
    block = _WORDS["declaration"].format_map(words)
    result = f"{text.rstrip()}\n\n{block}"
    try:
        tomllib.loads(result)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(_said("no_settings", block=block)) from error
    return result


@dataclass(frozen=True)
class Asked:
    """One column of a form."""

    column: Column  # in the words of the codebook
    field: Field  # what its values must be
    target: str  # column of the table, or ``item=code`` of a battery
    gone: bool = False  # no longer asked: the form leaves it out, the import writes « sans objet »
    is_person: bool = False  # whether it names somebody, by a pseudonym once imported


def _forms(dictionary: Dictionary, vague: str, known: Rows, book: Codebook) -> dict[str, bytes]:
    """Every form of a wave, and their mapping: name -> content."""
    label, date = dated(vague)
    files: dict[str, bytes] = {}
    sources: list[dict[str, Any]] = []
    for table in dictionary:
        columns = asked_of(table, book)
        left, rows = [c for c in columns if not c.gone], known if table.name == _KNOWN else []
        files[f"{table.name}.xlsx"] = form_bytes(table, left, rows, vague, date)
        sources += _sources(table, columns)
    year, _, season = vague.partition("-")
    title = f"Animation territoriale citoyenne : {label.lower()}"
    tree = {"vague": vague, "titre": title, "collecte": {"libelle": f"{season} {year}"}, "sources": sources}
    told = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=1000)
    return files | {"correspondance.yml": (_said("mapping", vague=vague) + told).encode()}


def asked_of(table: Table, book: Codebook) -> list[Asked]:
    """Columns of the form of one table, which is in the words and on the scale of the codebook."""
    known, columns, is_battery = {entry.variable for entry in variables([table])}, [], table.name == _BATTERY
    for field in table.fields.values():
        name, is_person = f"{table.name}.{field.name}", field.kind == "identifier" and field.name in _PERSONS
        if not (is_battery and field.name in ("item", "score")):
            question = _said("person") if is_person else field.question or field.description or field.label
            gone = name in known and not book.asks(name) and not field.constraints.get("required")
            columns.append(Asked(_column(field, field.label, question), field, field.name, gone, is_person))
    for code, label in table.fields["item"].labels.items() if is_battery else ():
        if book.asks(f"{_BATTERY}.item={code}"):
            score = table.fields["score"]
            column = _column(score, label, f"{score.question} « {label} »")
            columns.append(Asked(column, score, f"item={code}"))
    return columns


def _column(field: Field, heading: str, question: str) -> Column:
    choices = field.labels or {answer: answer for answer in field.booleans}
    if choices and not field.constraints.get("required"):
        choices = {**choices, "NSP": "NSP", "NC": "NC", "SO": "SO"}
    low, high = (field.constraints.get(end) for end in ("minimum", "maximum"))
    if field.type == "date":
        low, high = (dt.date.fromisoformat(bound) if bound else None for bound in (low, high))
    kind = field.type if field.type in KINDS and not choices else "text"
    width = min(max(len(heading) + 2, 12), 34)
    return Column(heading, width, kind, choices, bool(choices), question, (low, high))


def form_bytes(table: Table, asked: Sequence[Asked], rows: Rows, vague: str, date: dt.date) -> bytes:
    """The form of one table, its rows under the names of the table; the import reads « Saisie »."""
    told = [[line] for line in _said("guide", label=table.label, grain=table.grain, vague=vague).splitlines()]
    told += [[], ["Colonne", "Question", "Réponses"]]
    for one in asked:
        star = " *" if one.field.constraints.get("required") and not one.target.startswith("item=") else ""
        answers = "adresse électronique ou jeton" if one.is_person else options(one.field)
        told.append([f"{one.column.heading}{star}", one.column.help, answers])
    filled = [{one.column.key: row.get(one.target, "") for one in asked} for row in rows]
    return book_bytes([(Form(_ENTRY, [one.column for one in asked], frozen=1), filled)], told, date)


def _sources(table: Table, columns: Sequence[Asked]) -> Iterator[dict[str, Any]]:
    """What the mapping says of one form: once, or once for each group that it mixes."""
    prefixes: dict[str, dict[str, Any]] = {_PREFIXES.get(table.name, ""): {}}
    if table.name == _BATTERY:
        group = table.fields["groupe"]
        labels = ((letter, group.labels[code]) for code, letter in _GROUPS.items())
        prefixes = {letter: {"garder": {group.label: [label]}} for letter, label in labels}
    for prefix, kept in prefixes.items():
        rules: dict[str, Any] = {one.target: one.column.heading for one in columns}
        rules |= {one.target: {"constante": NOT_APPLICABLE} for one in columns if one.gone}
        people = (one for one in columns if one.is_person)
        rules |= {one.target: {"colonne": one.column.heading, "pseudonyme": prefix} for one in people}
        items = {name[5:]: rules.pop(name) for name in list(rules) if name.startswith("item=")}
        stacked = {"empiler": {"colonne": "item", "valeur": "score", "depuis": items}} if items else {}
        said = {"fichier": f"{table.name}.xlsx", "outil": "tableur", "feuille": _ENTRY}
        yield {**said, **kept, "tables": {table.name: {"colonnes": rules, **stacked}}}
