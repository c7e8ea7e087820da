"""Which column of the dictionary a heading seems to be: by its words, or by its answers.

Likeness of words is Ratcliff and Obershelp's ratio, as in ``difflib``; 1 means the same but for case,
accents and punctuation.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from atc.intake.sites import KEY
from atc.intake.tools import Answers
from atc.survey.dictionary import Dictionary, Field, Table
from atc.survey.spelling import place, skeleton

_LEAST_LIKENESS = 0.55
# Answers say more than a heading that merely resembles, and less than the right one.
_SAME_ANSWERS = 0.9


@dataclass(frozen=True)
class Match:
    """A column of the dictionary, and the heading that seems to be its own."""

    field: Field  # the column
    code: str  # code of the column of the export
    heading: str  # its heading
    likeness: float  # from 0 to 1; 1 is sure
    box: bool = False  # whether it looks like a box to tick: an answer or nothing, where nothing may mean no
    rival: str = ""  # heading of another column that resembles as much; empty if none does


def gist(heading: str) -> str:
    """What a heading says of its own: its part in brackets, the end of its path, or all of it."""
    part = re.search(r"\[([^\[\]]+)\]$", heading)
    return part[1] if part else heading.rpartition("/")[2] or heading


def _texts(code: str, heading: str) -> set[str]:
    texts = (code, code.rpartition("/")[2], heading, heading.partition(". ")[2], gist(heading))
    return {skeleton(text) for text in texts} - {""}


def _likeness(code: str, heading: str, wanted: Sequence[str]) -> float:
    known = {skeleton(text) for text in wanted} - {""}
    texts = _texts(code, heading)
    if texts & known:
        return 1.0
    return max(
        (difflib.SequenceMatcher(None, text, name).ratio() for text in texts for name in known), default=0.0
    )


def _matches(table: Table, questions: Sequence[str], found: Answers, sites: Mapping[str, str]) -> list[Match]:
    def likeness(field: Field, code: str) -> float:
        answered = _SAME_ANSWERS if _admits(field, code, found, sites) else 0.0
        return max(_likeness(code, found.headings[code], _names(field, table)), answered)

    pairs = sorted(
        (
            Match(field, code, found.headings[code], likeness(field, code), _is_box(field, code, found))
            for field in table.fields.values()
            for code in questions
        ),
        key=lambda match: -match.likeness,
    )
    kept: list[Match] = []
    for match in pairs:
        taken = {m.field.name for m in kept}, {m.code for m in kept}
        if (
            match.likeness >= _LEAST_LIKENESS
            and match.field.name not in taken[0]
            and match.code not in taken[1]
        ):
            kept.append(match)
    return kept


def _admits(field: Field, code: str, found: Answers, sites: Mapping[str, str]) -> bool:
    # Whether every answer is one of the options, places or codes of the column.
    cells = {cells[code] for cells in found.rows.values()} - {""}
    if not cells:
        return False
    if field.name == KEY:
        return all(place(cell) in sites for cell in cells)
    options = {skeleton(text) for pair in field.labels.items() for text in pair}
    if options:
        return {skeleton(cell) for cell in cells} <= options
    pattern = field.constraints.get("pattern")
    return bool(pattern) and all(re.fullmatch(str(pattern), cell) for cell in cells)


def _is_box(field: Field, code: str, found: Answers) -> bool:
    cells = {cells[code] for cells in found.rows.values()}
    return field.type == "boolean" and "" in cells and len(cells) == 2


def _names(field: Field, table: Table) -> list[str]:
    # A question that several columns answer tells none of them apart.
    own = sum(other.question == field.question for other in table.fields.values()) == 1
    return [field.name, field.label, *([field.question] if own else [])]


def best_table(
    questions: Sequence[str], found: Answers, tables: Iterable[Table], sites: Mapping[str, str]
) -> tuple[Table, list[Match]]:
    """The table that an export resembles most, and what its columns seem to be."""
    tried = [(table, _matches(table, questions, found, sites)) for table in tables]
    return max(tried, key=lambda pair: sum(m.likeness for m in pair[1]) / len(pair[0].fields))


def ticked_lists(questions: Sequence[str], found: Answers, table: Table) -> dict[str, str]:
    """Set of ticked boxes -> column whose cells hold nothing but their labels, as form services do."""
    lists = {}
    for group in table.groups:
        labels = sorted(map(skeleton, table.in_group(group).values()), key=len, reverse=True)
        options = re.compile("|".join(rf"\b{label}\b" for label in labels if label))
        for code in questions:
            cells = {skeleton(cells[code]) for cells in found.rows.values()} - {""}
            if cells and not any(options.sub("", cell).strip() for cell in cells):
                lists[group] = code
    return lists


def items(questions: Sequence[str], found: Answers, dictionary: Dictionary, used: set[str]) -> list[Match]:
    """Columns that seem to be the items of a battery of scores, one match an item."""
    item = dictionary.field("scores.item")
    matches: list[Match] = []
    for category in item.categories:
        scored = sorted(
            (
                (_likeness(c, found.headings[c], [category.value, category.label]), c)
                for c in questions
                if c not in used
            ),
            reverse=True,
        )
        if scored and scored[0][0] >= _LEAST_LIKENESS and scored[0][1] not in {m.code for m in matches}:
            column = replace(item, name=category.value, label=category.label)
            # Two batteries may bear the same items: before, and today.
            rival = found.headings[scored[1][1]] if len(scored) > 1 and scored[1][0] == scored[0][0] else ""
            matches.append(
                Match(column, scored[0][1], found.headings[scored[0][1]], scored[0][0], rival=rival)
            )
    return matches
