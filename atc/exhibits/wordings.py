"""``notebooks/formulations.csv``: titles, readings and notes that an evaluator words otherwise.

One row a text, of one exhibit, in every wave or in one.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from atc.survey import trace
from atc.survey.errors import DataRefused, Fault
from atc.survey.paths import Project
from atc.survey.read_csv import Row, read_rows
from atc.survey.settings import load_settings

FILE = "formulations.csv"
COLUMNS = ("exhibit", "vague", "element", "texte")
#: What readers call it -> attribute of an exhibit.
ELEMENTS = {"titre": "title", "sous-titre": "subtitle", "lecture": "reading", "note": "note"}
# How notebooks call an exhibit of the data, a statement of the report, and what stands at no exhibit.
_CALLS = re.compile(
    r"\b(fig|tab)_(\d\d)_(\d\d)\(|enonces\(donnees, \\?\"([FT]\d\d-\d\d)|\.(messages|precaution)\("
)
_KINDS = {"fig": "F", "tab": "T"}

# An id of an exhibit is no number.
_NUMBER = re.compile(r"[CFTX]\d\d-\d+|\d+(?:[,.]\d+)?")


def own_words(
    project: Project, vague: str, exhibit: str, shown: Sequence[str] | None = None
) -> dict[str, str]:
    """Attribute of an exhibit -> what an evaluator says there in one wave; nothing for most.

    What is said of one wave goes before what is said of all. `DataRefused` if a text tells a number that
    none of the texts ``shown`` does.
    """
    path = project.notebooks / FILE
    # A chapter rests on the rows of its own exhibits: those of others do not make it out of date.
    trace.columns_read(path, [f"{exhibit} {vague}"])
    with trace.reading_columns(path):
        rows = read_wordings(project)
    kept = {n: row for n, row in rows.items() if row["exhibit"] == exhibit and row["vague"] in ("", vague)}
    faults = []
    if shown is not None and kept:
        known = _numbers("\n".join(shown))
        remedy = "Reprenez un nombre de la figure ou de son tableau, ou dites-le sans nombre"
        for line, row in kept.items():
            if other := [n for n in _numbers(row["texte"]) if n not in known]:
                message = f"{exhibit} ne montre pas ce nombre"
                faults.append(Fault(project.relative(path), line, "texte", ", ".join(other), message, remedy))
    if faults:
        raise DataRefused(faults)
    ordered = sorted(kept.values(), key=lambda row: bool(row["vague"]))
    return {ELEMENTS[row["element"]]: row["texte"] for row in ordered}


def _numbers(text: str) -> dict[str, None]:
    joined = re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", "", text)
    return dict.fromkeys(n.replace(".", ",") for n in _NUMBER.findall(joined) if n[0].isdigit())


def read_wordings(project: Project) -> dict[int, Row]:
    """Line of the file -> its row. A project without the file words nothing otherwise."""
    path = project.notebooks / FILE
    if not (path.exists() or path.is_symlink()):
        return {}
    waves = tuple(load_settings(project).waves)
    known = {id_ for book in project.notebooks.glob("*.ipynb") for id_, _ in shown_by(book) if id_[0] in "FT"}

    def wrong(row: Row, before: Mapping[int, Row]) -> Iterator[tuple[str, str, str]]:
        if row["exhibit"] not in known:
            near = get_close_matches(row["exhibit"], sorted(known), 3, 0.7) or sorted(known)[:3]
            yield "exhibit", "Aucun carnet ne montre cette figure", f"Écrivez par exemple : {', '.join(near)}"
        if row["vague"] not in ("", *waves):
            told = f"Laissez la cellule vide pour toutes les vagues, ou choisissez : {', '.join(waves)}"
            yield "vague", "Vague inconnue", told
        if row["element"] not in ELEMENTS:
            yield "element", "Élément inconnu", f"Choisissez : {', '.join(ELEMENTS)}"
        if not row["texte"].strip():
            remedy = "Écrivez le texte, ou retirez la ligne pour revenir à celui d’origine"
            yield "texte", "Texte vide", remedy
        alike = [n for n, other in before.items() if all(other[c] == row[c] for c in COLUMNS[:3])]
        if alike:
            yield "element", f"Déjà écrit à la ligne {alike[0]}", "Gardez l’une des deux lignes"

    # Excel in French separates by semicolons.
    return read_rows(path, project.relative(path), COLUMNS, wrong, separators=",;", alone=True)


def shown_by(notebook: Path) -> frozenset[tuple[str, bool]]:
    """What a notebook shows: the id of each exhibit, and whether it is what the report says there.

    Nothing where there is no notebook.
    """
    text = notebook.read_text(encoding="utf-8", errors="replace") if notebook.is_file() else ""
    return frozenset(
        (said or alone or f"{_KINDS[kind]}{chapter}-{rank}", bool(said or alone))
        for kind, chapter, rank, said, alone in _CALLS.findall(text)
    )


def rows_of(content: bytes, exhibit: str, vague: str) -> list[list[str]]:
    """The rows of one exhibit in one wave, whether or not they are right: what a chapter rests on."""
    text = content.decode("utf-8-sig", errors="replace")
    rows = csv.reader(text.splitlines(), delimiter=max(",;", key=text.partition("\n")[0].count))
    return [row for row in rows if row[:1] == [exhibit] and row[1:2] in ([""], [vague])]
