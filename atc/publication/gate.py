"""The gate: every reason not to let a report out, looked for before a byte is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from atc.publication.rows import Crowd

HEADING = ("Contrôle", "Objet", "Verdict", "Constat", "Que faire")
PASSED, ALERT, REFUSED = "conforme", "à relire", "refusé"


@dataclass(frozen=True)
class Line:
    """One line of the verdict."""

    control: str  # what was looked for
    where: str  # file, exhibit or table
    verdict: str  # ``conforme``, ``à relire`` (a person decides) or ``refusé``
    message: str  # what was found, never the thing itself
    remedy: str = ""  # what to do about it
    key: str = ""  # what a signature answers to, as the run tells it; empty when nothing waits for one

    @property
    def cells(self) -> tuple[str, ...]:
        """Under `HEADING`."""
        return self.control, self.where, self.verdict, self.message, self.remedy

    def __str__(self) -> str:
        """One line for the terminal."""
        told = f"{self.control}, {self.where} : {self.message}"
        return f"{told}. {self.remedy.rstrip('.')}." if self.remedy else f"{told}."


@dataclass(frozen=True)
class Verdict:
    """All that was looked at."""

    lines: tuple[Line, ...]  # in the order of the controls

    @property
    def refused(self) -> tuple[Line, ...]:
        """What keeps the report in."""
        return tuple(line for line in self.lines if line.verdict == REFUSED)

    @property
    def alerts(self) -> tuple[Line, ...]:
        """What a person must read again."""
        return tuple(line for line in self.lines if line.verdict == ALERT)

    def csv(self) -> bytes:
        """For the file of the evaluation, as French spreadsheets open it."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow(HEADING)
        writer.writerows(line.cells for line in self.lines)
        return text.getvalue().encode("utf-8-sig")


def concluded(control: str, found: Sequence[Line], passed: str) -> Iterator[Line]:
    """The lines of one control, or the line that says that nothing was found."""
    yield from found or [Line(control, "ensemble", PASSED, passed)]


def rows_lines(crowds: Mapping[str, Crowd]) -> Iterator[Line]:
    """Which tables of rows may leave, and why the others do not."""
    for found in crowds.values():
        fate = "lignes réelles publiables" if found.may_leave else "lignes réelles non publiées"
        yield Line("Lignes (k, l)", found.table, PASSED, f"{found} : {fate}")
