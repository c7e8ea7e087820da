"""What the report says without a number: ``enonces.csv``, read strictly, and whether a reader finds it.

One row is one text in our own words, tied to its wave and to the place that shows it. A file that loses a row
cannot say so: ``enonces_attendus.csv`` holds how many rows each statement has.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from atc.exhibits import wordings
from atc.exhibits.published import LEFT_OUT, NOT_SHOWN
from atc.survey.datapackage import STATUSES
from atc.survey.errors import DataRefused, Fault, shown
from atc.survey.read_csv import read_bytes, read_csv

if TYPE_CHECKING:
    from atc.survey.paths import Project
    from atc.survey.waves import Wave

FILE, EXPECTED = "enonces.csv", "enonces_attendus.csv"
PUBLISHED, OURS = "publié", "proposé"
#: Where a reader finds a text: in a paragraph, over the first column of a table of statements, in the words
#: of an exhibit (`WORDS`), or else in a cell of that table.
PARAGRAPH, HEADING = "Texte", "Colonne"
WORDS = {"Titre": "title", "Sous-titre": "subtitle", "Lecture": "reading", "Note": "note", "Statut": "status"}
SHOWN, MISSING, WITHHELD, NOT_APPLICABLE = "montré", "manque", "volontairement tu", "sans objet"
#: Why words of the report are not shown: the evaluators have their own.
REWORDED = f"formulé autrement : {wordings.FILE}"

#: What shows a text that stands at no exhibit.
_CALLS = {"messages": "synthese.messages(", "precaution": "notices.precaution("}
_COLUMNS = ("id", "chapitre", "exhibit", "sujet", "rubrique", "texte", "section", "statut", "vague")
_EXPECTED_COLUMNS = ("id", "section", "attendu", "lignes", "tu", "vague")
_FORMS = {
    "id": (re.compile(r"[AQ]\d\d|[FT]\d\d-\d\d-[a-z_]+"), "A57"),
    "exhibit": (re.compile(r"[FT]\d\d-\d\d|messages|precaution"), "T05-05"),
    "statut": (re.compile(f"{PUBLISHED}|{OURS}"), PUBLISHED),
    "lignes": (re.compile(r"\d"), "1"),
}


@dataclass(frozen=True)
class Statement:
    """One row of ``enonces.csv``; several rows may tell one statement.

    Its id is ``A57`` for a statement of the report, ``Q01`` for a question that it leaves open,
    ``F05-02-titre`` for the words that an exhibit takes.
    """

    id: str
    chapitre: str  # the notebook that shows it
    exhibit: str  # the exhibit that shows it
    sujet: str  # what it is about; in a table of cards, the row
    rubrique: str  # see `PARAGRAPH`, `HEADING` and `WORDS`; anything else names a cell
    texte: str  # in our own words
    section: str  # of the report
    statut: str  # whether the report says it, or the team proposes it
    vague: str  # the wave whose report says it


@dataclass(frozen=True)
class Expected:
    """What must be found of one statement."""

    id: str  # see `Statement`
    section: str  # of the report
    attendu: str  # what it says, in a few words
    lignes: str  # how many rows tell it
    tu: str  # why it is left out on purpose; empty when it is told
    vague: str  # the wave whose report says it


@dataclass(frozen=True)
class Verdict:
    """Whether a reader finds one statement: see `Expected`; ``place`` is where, or why not."""

    id: str
    attendu: str
    place: str
    verdict: str


def read_statements(project: Project) -> tuple[Statement, ...]:
    """Every row of ``enonces.csv``, in its order; every fault of the file is told, line and column."""
    return tuple(Statement(*row) for row in _rows(project, FILE, _COLUMNS))


def statements(wave: Wave, exhibit: str) -> tuple[Statement, ...]:
    """What the report of a wave says at one exhibit; nothing in a wave of which it does not speak."""
    if not wave.settings.published:
        return ()
    return tuple(s for s in read_statements(wave.project) if s.vague == wave.id and s.exhibit == exhibit)


def words(wave: Wave, exhibit: str) -> dict[str, str]:
    """What an exhibit takes from the report of its wave, as attributes of a `Draft`: those that it has."""
    told: dict[str, str] = {}
    for each in statements(wave, exhibit):
        if name := WORDS.get(each.rubrique):
            told[name] = f"{told[name]} {each.texte}" if name in told else each.texte
    return told


def verdicts(wave: Wave) -> tuple[Verdict, ...]:
    """Whether each expected statement stands in a chapter of the report of a wave."""
    found = [each for each in read_statements(wave.project) if each.vague == wave.id]
    calls = {slug: _calls(wave.project, slug) for slug in wave.report.chapters_of(wave.id)}
    told = Counter(each.id for each in found if _is_called(each, calls.get(each.chapitre, "")))
    places = {each.id: f"{each.chapitre}, {each.exhibit}" for each in found}
    kept_out = {each.id: LEFT_OUT for each in found if each.chapitre not in calls}
    for each in found:
        own = wordings.own_words(wave.project, wave.id, each.exhibit).rows.values()
        if each.rubrique in WORDS and WORDS[each.rubrique] in (wordings.ELEMENTS[r["element"]] for r in own):
            kept_out[each.id] = REWORDED
    return tuple(
        _verdict(Expected(*row), wave.id, told, places, kept_out)
        for row in _rows(wave.project, EXPECTED, _EXPECTED_COLUMNS)
    )


def _verdict(
    due: Expected, vague: str, told: Counter[str], places: dict[str, str], kept_out: dict[str, str]
) -> Verdict:
    if due.vague != vague:
        return Verdict(due.id, due.attendu, f"énoncé de la vague {due.vague}", NOT_APPLICABLE)
    if due.tu:
        return Verdict(due.id, due.attendu, due.tu, WITHHELD)
    if due.id in kept_out:
        return Verdict(due.id, due.attendu, kept_out[due.id], NOT_SHOWN)
    if told[due.id] == int(due.lignes):
        return Verdict(due.id, due.attendu, places[due.id], SHOWN)
    return Verdict(due.id, due.attendu, f"{told[due.id]} ligne(s) sur {due.lignes}", MISSING)


def _is_called(statement: Statement, code: str) -> bool:
    """Whether a notebook shows a statement: by itself, or in the words of the exhibit that takes them."""
    if statement.exhibit in _CALLS:
        return _CALLS[statement.exhibit] in code
    kind = {"F": "fig", "T": "tab"}[statement.exhibit[0]]
    worded = statement.rubrique in WORDS and f"{kind}_{statement.exhibit[1:].replace('-', '_')}(" in code
    return worded or f'notices.enonces(donnees, "{statement.exhibit}")' in code


def _calls(project: Project, slug: str) -> str:
    """The code of a chapter; nothing when its notebook is not there, and shows nothing."""
    path = project.notebooks / f"{slug}.ipynb"
    if not path.is_file():
        return ""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return "\n".join("".join(c["source"]) for c in notebook.get("cells", []) if c["cell_type"] == "code")


def _rows(project: Project, name: str, columns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    path = project.reference / name
    file = project.relative(path)
    return _checked(read_bytes(path, file, "Rétablissez ce fichier"), file, columns)


@lru_cache(maxsize=8)
def _checked(content: bytes, file: str, columns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    records = read_csv(content, file, columns=columns).records()
    if faults := [fault for line, row in records.items() for fault in _faults(row, line, file)]:
        raise DataRefused(faults)
    return tuple(tuple(row.values()) for row in records.values())


def _faults(row: dict[str, str], line: int, file: str) -> Iterator[Fault]:
    for column, value in row.items():
        pattern, example = _FORMS.get(column, (None, ""))
        if not value and column != "tu":
            yield Fault(file, line, column, "", "Cellule vide", "Remplissez-la")
        elif value != value.strip():
            yield Fault(file, line, column, shown(value), "Espaces au bord de la cellule", "Retirez-les")
        elif column == "texte" and row["rubrique"] == "Statut" and value not in STATUSES:
            remedy = f"Choisissez parmi : {', '.join(STATUSES)}"
            yield Fault(file, line, column, shown(value), "Statut inconnu", remedy)
        elif pattern and not pattern.fullmatch(value):
            yield Fault(file, line, column, shown(value), "Forme inattendue", f"Écrivez comme « {example} »")
