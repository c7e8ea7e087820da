"""What survey tools have in common: questions with codes and wordings, answers with codes and labels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from atc.intake.source import Sheet
from atc.survey.errors import DataRefused, Fault, shown
from atc.survey.spelling import skeleton


@dataclass(frozen=True)
class Structure:
    """A questionnaire as its tool describes it."""

    # Code of a column -> what its heading says when exported in words.
    wordings: Mapping[str, str] = field(default_factory=dict)
    # Code of a column -> code of an answer -> its label.
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lists: Collection[str] = ()  # codes of the columns that hold several ticked answers

    def spoken(self, sheet: Sheet) -> int:
        """How many headings and answers of an export are worded as here: tells its language."""
        worded = {skeleton(text) for text in self.wordings.values()}
        worded |= {skeleton(text.rpartition("/")[2]) for text in self.wordings.values()}
        answered = {skeleton(label) for labels in self.labels.values() for label in labels.values()}
        cells = {skeleton(cell) for row in sheet.rows.values() for cell in row}
        return len(worded & {skeleton(name) for name in sheet.heading}) + len(answered & cells)


@dataclass(frozen=True)
class Answers:
    """An export, by the codes of its questions."""

    file: str  # as the evaluator knows it
    headings: Mapping[str, str]  # code of each column -> its heading in the file
    rows: Mapping[int, Mapping[str, str]]  # line in the file -> code -> cell, without outer spaces
    # Columns that the tool adds by itself, to be dropped unless the mapping uses them.
    technical: Collection[str]
    notes: tuple[str, ...]  # how it was read

    @classmethod
    def of(
        cls, sheet: Sheet, codes: Mapping[str, str], technical: Callable[[Mapping[str, str]], Collection[str]]
    ) -> Answers:
        """Put the cells of a sheet under the codes of its columns."""
        headings: dict[str, str] = {}
        faults = []
        for heading in sheet.heading:
            code = codes.get(heading, heading)
            if code in headings:
                remedy = (
                    f"Cette question est déjà celle de la colonne « {shown(headings[code])} » : gardez-en une"
                )
                faults.append(Fault(sheet.file, 1, shown(heading), "", "Question en double", remedy))
            headings[code] = heading
        if faults:
            raise DataRefused(faults)
        rows = {
            line: dict(zip(headings, (cell.strip() for cell in cells), strict=True))
            for line, cells in sheet.rows.items()
        }
        return cls(sheet.file, headings, rows, technical(headings), sheet.notes)
