"""Counts of a selection, alone or cut by a group, through its release: what the forms show."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pandas as pd

from atc.disclosure import Measure, Ratio, Released, together
from atc.exhibits.selection import NoAnswer, Selection, column_of
from atc.exhibits.table import Column
from atc.exhibits.variables import BOXES
from atc.indicators import measures


def one_way(asked: Selection) -> Released:
    """One row = one answer: ``modalite``, ``libelle``, ``effectif``, ``total``.

    Beyond the evaluation team, a filter is one line of a crossing: what it leaves out cannot be found by
    taking what it keeps from the whole.
    """
    if asked.masks and asked.chosen:
        asked.coded(asked.rows())
        return _line(asked, counts_by)
    found = asked.coded(asked.rows())
    counts = measures.tally(found.labels, found.codes)
    return asked.release.distribution(counts, asked.what, bands=found.merged)


def only(asked: Selection, code: str) -> Released:
    """One answer alone, out of all: it tells readers more than all of them masked.

    Raises:
        NoAnswer: Nobody answered.
    """
    found = asked.coded(asked.rows())
    counts = measures.tally(found.labels, found.codes)
    return asked.release.boxes(counts[counts["modalite"] == code], asked.what)


def side_by_side(
    asked: Mapping[str, Selection], count: Callable[[Selection], Released], column: str
) -> Released:
    """Several questions one under the other, those that nobody answered left out.

    Args:
        asked: Name -> question.
        count: How each is counted.
        column: Where the name goes.

    Raises:
        NoAnswer: Nobody answered any.
    """
    found: dict[str, Released] = {}
    for name, one in asked.items():
        try:
            found[name] = count(one)
        except NoAnswer as unanswered:
            nobody = unanswered
    if not found:
        raise nobody
    return together(found, column)


def _line(asked: Selection, crossed: Callable[[Selection], Released]) -> Released:
    """The line that the one filter keeps of a crossing by what it looks at."""
    ((name, code),) = asked.chosen.items()
    dotted = column_of(name)
    column = dotted.partition(".")[2]
    return crossed(asked.by(dotted)).reshaped(lambda frame: frame[frame[column] == code])


def with_shares(asked: Selection, counts: Released) -> tuple[Released, list[Column]]:
    """Counts with their shares, and the column that shows them: none where too few are counted for that.

    Args:
        asked: What was counted.
        counts: As released.
    """
    enough = asked.wave.report.small_numbers.count_first
    shares = [
        Measure(Ratio(row.effectif, row.total).part if (row.total.value or 0) >= enough else math.nan)
        for row in counts
    ]
    if all(share.known is None for share in shares):
        return counts, []
    parts = counts.reshaped(lambda frame: frame.assign(part=pd.Series(shares, dtype="object")))
    return parts, [Column("part", "Part", 0, is_part=True)]


def boxes(asked: Selection) -> Released:
    """One row = one box, the largest first; filtered beyond the evaluation team, as `one_way` is."""
    frame = asked.rows()
    if not frame[list(asked.boxes)].notna().any(axis=None):
        raise asked.nobody(frame)
    if asked.masks and asked.chosen:
        return _line(asked, boxes_by).descending()
    ticked = measures.cases(frame, asked.boxes)
    # A box that nobody answered was not asked.
    return asked.release.boxes(ticked[ticked["total"] > 0], asked.what).descending()


def everybody(asked: Selection) -> Released:
    """All groups together: told first, so that the crossing protects what they tell."""
    frame = asked.rows(filtered=not asked.masks)
    if asked.variable.kind == BOXES:
        return asked.release.boxes(measures.cases(frame, asked.boxes), asked.what)
    found = asked.coded(frame)
    return asked.release.distribution(measures.tally(found.labels, found.codes), asked.what)


def counts_by(asked: Selection) -> Released:
    """One row = one group × one modalité; ``total`` is that of the group."""
    # The rows that a filter leaves out are protected as well: they stay in the crossing.
    frame = asked.rows(asked.group, filtered=not asked.masks)
    found = asked.coded(frame)
    column = asked.group.partition(".")[2]
    groups, labels = asked.grouped(frame, found.codes.notna())
    counts = _by_group(found.labels, found.codes, groups, labels, column)
    return asked.release.crossing(counts, asked.what, rows=column, columns="modalite")


def boxes_by(asked: Selection) -> Released:
    """One row = one group × one box: those that tick it, out of those of the group that answered."""
    column, answers = asked.group.partition(".")[2], {"oui": "Oui", "non": "Non"}
    frame = asked.rows(asked.group, filtered=not asked.masks)
    ticks = frame[list(asked.boxes)]
    if not ticks.notna().any(axis=None):
        raise asked.nobody(frame)
    groups, labels = asked.grouped(frame, ticks.notna().any(axis="columns"))
    released = {}
    for box in asked.boxes:
        codes = frame[box].astype("object").map({True: "oui", False: "non"})
        counts = _by_group(answers, codes, groups, labels, column)
        what = f"{asked.what}&case={box}"
        released[box] = asked.release.crossing(counts, what, rows=column, columns="modalite")
    order = list(labels)
    return together(released, "case").reshaped(
        lambda frame: (
            frame[frame["modalite"] == "oui"]
            .assign(modalite=lambda some: some["case"], libelle=lambda some: some["case"].map(asked.boxes))
            .sort_values(column, key=lambda codes: codes.map(order.index), kind="stable")
        )
    )


def _by_group(
    answers: Mapping[str, str], codes: pd.Series, groups: pd.Series, labels: Mapping[str, str], column: str
) -> pd.DataFrame:
    tables = [
        measures.tally(answers, codes[groups == code]).assign(**{column: code, "libelle_groupe": label})
        for code, label in labels.items()
    ]
    return pd.concat(tables, ignore_index=True)


def medians(asked: Selection) -> dict[str, float]:
    """Code of a group -> median of a number in it; none where too few stand behind it."""
    frame = asked.rows(asked.group)
    values = frame[asked.field.name]
    groups, labels = asked.grouped(frame, values.notna())
    column = asked.group.partition(".")[2]
    known = {code: values[groups == code].dropna().astype("float64") for code in labels}
    table = pd.DataFrame(
        {
            column: list(known),
            "mediane": [some.median() for some in known.values()],
            "n": [len(some) for some in known.values()],
        }
    )
    found = asked.release.statistics(table, asked.what, by=(column,), values=("mediane",), n="n")
    return {getattr(row, column): row.mediane.known for row in found if row.mediane.known is not None}
