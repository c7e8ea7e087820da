"""What the report says without a number: ``enonces.csv``, read strictly, and whether a reader finds it.

One row is one text in our own words, tied to its wave and to the place that shows it. A file that loses a row
cannot say so: ``enonces_attendus.csv`` holds how many rows each statement has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from atc.exhibits import wordings
from atc.exhibits.published import LEFT_OUT, NOT_SHOWN
from atc.survey.datapackage import STATUSES
from atc.survey.read_csv import Row, read_rows, wrong_cells

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

_DUE = ("id", "section", "attendu", "lignes", "tu", "vague")
_FORMS = {
    "id": (r"[AQ]\d\d|[FT]\d\d-\d\d-[a-z_]+", "A57"),
    "exhibit": (r"[FT]\d\d-\d\d|messages|precaution", "T05-05"),
    "statut": (f"{PUBLISHED}|{OURS}", PUBLISHED),
    "lignes": (r"\d", "1"),
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
class Verdict:
    """Whether a reader finds one statement."""

    id: str  # see `Statement`
    attendu: str  # what it says, in a few words
    place: str  # where it is found, or why not
    verdict: str


def read_statements(project: Project) -> tuple[Statement, ...]:
    """Every row of ``enonces.csv``, in its order; every fault of the file is told, line and column."""
    columns = tuple(field.name for field in fields(Statement))
    return tuple(Statement(**row) for row in _rows(project, FILE, columns))


def _rows(project: Project, name: str, columns: tuple[str, ...]) -> list[Row]:
    def wrong(row: Row, _: Mapping[int, Row]) -> Iterator[tuple[str, str, str]]:
        yield from wrong_cells(row, {"tu"}, _FORMS)
        if row.get("rubrique") == "Statut" and row["texte"] not in STATUSES:
            yield "texte", "Statut inconnu", f"Choisissez parmi : {', '.join(STATUSES)}"

    path = project.reference / name
    return list(read_rows(path, project.relative(path), columns, wrong).values())


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
    notebooks = {slug: wave.project.notebooks / f"{slug}.ipynb" for slug in wave.report.chapters_of(wave.id)}
    calls = {slug: wordings.shown_by(path) for slug, path in notebooks.items()}
    told, places, kept_out = Counter[str](), dict[str, str](), dict[str, str]()
    for each in read_statements(wave.project):
        if each.vague != wave.id:
            continue
        # By itself, or in the words of the exhibit that takes them.
        takes = {(each.exhibit, True), *([(each.exhibit, False)] if each.rubrique in WORDS else [])}
        told[each.id] += not takes.isdisjoint(calls.get(each.chapitre, ()))
        places[each.id] = f"{each.chapitre}, {each.exhibit}"
        if WORDS.get(each.rubrique) in wordings.own_words(wave.project, wave.id, each.exhibit):
            kept_out[each.id] = REWORDED
        elif each.chapitre not in calls:
            kept_out.setdefault(each.id, LEFT_OUT)

    def verdict(due: Row) -> tuple[str, str]:
        id_ = due["id"]
        if due["vague"] != wave.id:
            return f"énoncé de la vague {due['vague']}", NOT_APPLICABLE
        if due["tu"]:
            return due["tu"], WITHHELD
        if id_ in kept_out:
            return kept_out[id_], NOT_SHOWN
        if told[id_] == int(due["lignes"]):
            return places[id_], SHOWN
        return f"{told[id_]} ligne(s) sur {due['lignes']}", MISSING

    return tuple(
        Verdict(due["id"], due["attendu"], *verdict(due)) for due in _rows(wave.project, EXPECTED, _DUE)
    )
