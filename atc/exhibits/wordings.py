"""``notebooks/formulations.csv``: titles, readings and notes that an evaluator words otherwise.

One row a text, of one exhibit, in every wave or in one. What an exhibit says in these words is checked where
they take the place of its own (`atc.exhibits.declare`), by the numbers that it shows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from atc.survey import trace
from atc.survey.errors import DataRefused, Fault, shown
from atc.survey.paths import Project
from atc.survey.read_csv import read_bytes, read_csv
from atc.survey.settings import load_settings

FILE = "formulations.csv"
COLUMNS = ("exhibit", "vague", "element", "texte")
#: What readers call it -> attribute of an exhibit.
ELEMENTS = {"titre": "title", "sous-titre": "subtitle", "lecture": "reading", "note": "note"}
# How notebooks call an exhibit of the data, a statement of the report, and the controls of a chapter.
_CALLS = re.compile(r"\b(fig|tab)_(\d\d)_(\d\d)\(|enonces\(donnees, \\?\"([FT]\d\d-\d\d)")
_KINDS = {"fig": "F", "tab": "T"}

# An id of an exhibit is no number.
_NUMBER = re.compile(r"[CFTX]\d\d-\d+|\d+(?:[,.]\d+)?")

Rows = dict[str, dict[int, dict[str, str]]]


@dataclass(frozen=True)
class OwnWords:
    """What one exhibit says otherwise in one wave; ``rows`` are those of the file, by line."""

    file: str
    rows: Mapping[int, Mapping[str, str]]

    def checked(self, shown_: str) -> dict[str, str]:
        """Attribute of an exhibit -> text, once it tells no number but those of the exhibit."""
        known, faults = _numbers(shown_), []
        for line, row in self.rows.items():
            if other := [n for n in _numbers(row["texte"]) if n not in known]:
                message = f"{row['exhibit']} ne montre pas ce nombre"
                remedy = "Reprenez un nombre de la figure ou de son tableau, ou dites-le sans nombre"
                faults.append(Fault(self.file, line, "texte", ", ".join(other), message, remedy))
        if faults:
            raise DataRefused(faults)
        return {ELEMENTS[row["element"]]: row["texte"] for row in self.rows.values()}


def _numbers(text: str) -> dict[str, None]:
    joined = re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", "", text)
    return dict.fromkeys(n.replace(".", ",") for n in _NUMBER.findall(joined) if n[0].isdigit())


def own_words(project: Project, vague: str, exhibit: str) -> OwnWords:
    """What one exhibit says otherwise in one wave: nothing for most."""
    path = project.notebooks / FILE
    # A chapter rests on the rows of its own exhibits: those of others do not make it out of date.
    trace.columns_read(path, [f"{exhibit} {vague}"])
    with trace.reading_columns(path):
        rows = read_wordings(project).get(exhibit, {})
    # What is said of one wave goes before what is said of all.
    rows = dict(sorted(rows.items(), key=lambda row: bool(row[1]["vague"])))
    kept = {line: row for line, row in rows.items() if row["vague"] in ("", vague)}
    return OwnWords(project.relative(path), kept)


def read_wordings(project: Project) -> Rows:
    """Exhibit -> line of the file -> its row. A project without the file words nothing otherwise."""
    path = project.notebooks / FILE
    if not (path.exists() or path.is_symlink()):
        return {}
    file, waves, known = project.relative(path), tuple(load_settings(project).waves), _shown(project)
    # Excel in French separates by semicolons.
    read = read_csv(read_bytes(path, file), file, separators=",;", columns=COLUMNS, may_be_empty=True)
    seen: dict[tuple[str, ...], int] = {}
    faults, rows = list[Fault](), Rows()
    for line, row in read.records().items():
        rows.setdefault(row["exhibit"], {})[line] = row
        for column, message, remedy in _faults(row, line, waves, known, seen):
            faults.append(Fault(file, line, column, shown(row[column]), message, remedy))
    if faults:
        raise DataRefused(faults)
    return rows


def rows_of(content: bytes, exhibit: str, vague: str) -> list[list[str]]:
    """The rows of one exhibit in one wave, whether or not they are right: what a chapter rests on."""
    text = content.decode("utf-8-sig", errors="replace")
    rows = csv.reader(text.splitlines(), delimiter=max(",;", key=text.partition("\n")[0].count))
    return [row for row in rows if row[:1] == [exhibit] and row[1:2] in ([""], [vague])]


def _shown(project: Project) -> frozenset[str]:
    """Ids of the exhibits that notebooks show."""
    calls = [
        call
        for path in sorted(project.notebooks.glob("*.ipynb"))
        for call in _CALLS.findall(path.read_text(encoding="utf-8", errors="replace"))
    ]
    return frozenset(said or f"{_KINDS[kind]}{chapter}-{rank}" for kind, chapter, rank, said in calls)


def _faults(
    row: dict[str, str],
    line: int,
    waves: tuple[str, ...],
    known: frozenset[str],
    seen: dict[tuple[str, ...], int],
) -> Iterator[tuple[str, str, str]]:
    """Column, what is wrong, what to write."""
    if row["exhibit"] not in known:
        near = get_close_matches(row["exhibit"], sorted(known), 3, 0.7) or sorted(known)[:3]
        yield "exhibit", "Aucun carnet ne montre cette figure", f"Écrivez par exemple : {', '.join(near)}"
    if row["vague"] and row["vague"] not in waves:
        told = f"Laissez la cellule vide pour toutes les vagues, ou choisissez : {', '.join(waves)}"
        yield "vague", "Vague inconnue", told
    if row["element"] not in ELEMENTS:
        yield "element", "Élément inconnu", f"Choisissez : {', '.join(ELEMENTS)}"
    if not row["texte"].strip():
        yield "texte", "Texte vide", "Écrivez le texte, ou retirez la ligne pour revenir à celui d’origine"
    first = seen.setdefault((row["exhibit"], row["vague"], row["element"]), line)
    if first != line:
        yield "element", f"Déjà écrit à la ligne {first}", "Gardez l’une des deux lignes"
