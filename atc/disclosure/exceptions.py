"""``data/reference/exceptions.csv``: counts that were reviewed one by one, and why they may be shown, or not.

What the report printed is not masked again. Each row names one cell and its value; one that no longer matches
what the data give is an error, never a silent pass.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from atc.survey.paths import Project
from atc.survey.read_csv import Row, read_rows, wrong_cells

FILE = "exceptions.csv"
SHOW, HIDE, HEARD = "montrer", "masquer", "alerte"
COLUMNS = ("vague", "exhibit", "ligne", "colonne", "effet", "valeur", "raison", "relu_par", "relu_le")
ANY = "*"  # stands for every row of a table


@dataclass(frozen=True)
class Reviewed:
    """One row of the file."""

    line: int  # in the file
    vague: str  # wave of the cell
    exhibit: str
    ligne: str  # its row: codes joined with « | »
    colonne: str
    effet: str  # SHOW what would be masked, HIDE what would be shown; HEARD: the alert in ``ligne`` may stand
    valeur: str  # the value that was reviewed, as the data give it (decimal point)
    raison: str
    relu_par: str
    relu_le: dt.date

    @property
    def place(self) -> str:
        """Where the evaluator will look for it."""
        return f"data/reference/{FILE}:{self.line} ({self.exhibit}, {self.ligne}, {self.colonne})"


Cells = Mapping[tuple[str, str], Reviewed]


def read_exceptions(project: Project) -> tuple[Reviewed, ...]:
    """Every reviewed exception of a project; none without the file. `DataRefused` tells every fault of it."""
    path = project.reference / FILE
    if not path.is_file():
        return ()
    rows = read_rows(path, project.relative(path), COLUMNS, _wrong, alone=True)
    dated = {line: dt.date.fromisoformat(row.pop("relu_le")) for line, row in rows.items()}
    return tuple(Reviewed(line=line, relu_le=dated[line], **row) for line, row in rows.items())


def _wrong(row: Row, before: Mapping[int, Row]) -> Iterable[tuple[str, str, str]]:
    yield from wrong_cells(row, choices={"effet": (SHOW, HIDE, HEARD)})
    try:
        dt.date.fromisoformat(row["relu_le"])
    except ValueError:
        yield "relu_le", "La date n’est pas lisible", "Écrivez-la AAAA-MM-JJ"
    if any(all(row[name] == other[name] for name in COLUMNS[:4]) for other in before.values()):
        yield "ligne", "Cette case a déjà une exception", "Gardez-en une"


def of_exhibit(reviewed: Iterable[Reviewed], vague: str, exhibit: str) -> Cells:
    """The exceptions of the cells of one exhibit of one wave, by row and column."""
    ours = (r for r in reviewed if (r.vague, r.exhibit) == (vague, exhibit) and r.effet != HEARD)
    return {(r.ligne, r.colonne): r for r in ours}
