"""Counts of a selection, alone or cut by a group, through its release: what the forms show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from atc.disclosure import Count, Released, together
from atc.exhibits.published import read_register
from atc.exhibits.selection import NoAnswer, Selection
from atc.exhibits.told import Told
from atc.exhibits.variables import BOXES, column_of
from atc.indicators import measures
from atc.survey.datapackage import SIMULATED
from atc.survey.typography import french
from atc.survey.waves import Wave


def one_way(asked: Selection) -> Released:
    """One row = one answer, or one box: ``modalite``, ``libelle``, ``effectif``, ``total``.

    Beyond the evaluation team, a filter is one line of a crossing: what it leaves out cannot be found by
    taking what it keeps from the whole.
    """
    if not (asked.masks and asked.chosen):
        return everybody(asked, merged=True)
    _answers(asked, asked.rows())
    # What is printed of all together is a margin of the crossing.
    everybody(asked)
    ((name, code),) = asked.chosen.items()
    column = column_of(name)
    crossed = by_group(asked.by(column))
    return crossed.reshaped(lambda frame: frame[frame[column.partition(".")[2]] == code])


def everybody(asked: Selection, *, merged: bool = False) -> Released:
    """All groups together: told first, so that the crossing protects what they tell.

    Nothing is filtered beyond the evaluation team; small neighbouring bands may be ``merged``.
    """
    frame = asked.rows(filtered=not asked.masks)
    if asked.variable.kind == BOXES:
        ticked = asked.release.boxes(measures.cases(frame, _boxes(asked, frame)), asked.what)
        return in_its_words(asked.wave, asked.what, ticked)
    found = asked.coded(frame)
    counts = measures.tally(found.labels, found.codes)
    told = asked.release.distribution(counts, asked.what, bands=found.merged if merged else None)
    return in_its_words(asked.wave, asked.what, told)


def by_group(asked: Selection) -> Released:
    """One row = one group × one answer, or one box; ``total`` is that of the group."""
    # The rows that a filter leaves out are protected as well: they stay in the crossing.
    frame, column = asked.rows(asked.group, filtered=not asked.masks), asked.group.partition(".")[2]
    labels, answers = _answers(asked, frame)
    groups, named = asked.grouped(frame, answers.notna().any(axis="columns"))
    released = {}
    for question, given in answers.items():
        tables = [
            measures.tally(labels, given[groups == code]).assign(**{column: code, "libelle_groupe": label})
            for code, label in named.items()
        ]
        what = f"{asked.what}&case={question}" if asked.variable.kind == BOXES else asked.what
        counts = pd.concat(tables, ignore_index=True)
        released[str(question)] = asked.release.crossing(counts, what, rows=column, columns="modalite")
    if asked.variable.kind != BOXES:
        return released[asked.what]
    order, boxes = list(named), asked.boxes
    return together(released, "case").reshaped(
        lambda frame: (
            frame[frame["modalite"] == "oui"]
            .assign(modalite=lambda ticked: ticked["case"], libelle=lambda ticked: ticked["case"].map(boxes))
            .sort_values(column, key=lambda codes: codes.map(order.index), kind="stable")
        )
    )


def _answers(asked: Selection, frame: pd.DataFrame) -> tuple[Mapping[str, str], pd.DataFrame]:
    """Codes with their labels, and those of each row: one column, or one a box."""
    if asked.variable.kind != BOXES:
        found = asked.coded(frame)
        return found.labels, pd.DataFrame({asked.what: found.codes})
    ticked = {box: measures.codes(frame[box]) for box in _boxes(asked, frame)}
    return {"oui": "Oui", "non": "Non"}, pd.DataFrame(ticked)


def _boxes(asked: Selection, frame: pd.DataFrame) -> dict[str, str]:
    """Those that were asked: somebody answered, yes or no."""
    found = {box: label for box, label in asked.boxes.items() if frame[box].notna().any()}
    if not found:
        raise asked.nobody()
    return found


def only(asked: Selection, code: str) -> Released:
    """One answer alone, out of all: it tells readers more than all of them masked."""
    found = asked.coded(asked.rows())
    counts = measures.tally(found.labels, found.codes)
    told = asked.release.boxes(counts[counts["modalite"] == code], asked.what)
    return in_its_words(asked.wave, asked.what, told)


def in_its_words(wave: Wave, what: str, counts: Released, total: int | None = None) -> Released:
    """The word that the report of the wave prints for a count, in place of a mask or of a made-up number.

    ``counts`` have ``modalite`` and ``effectif``, and ``total`` unless one stands for them all.
    """
    if not wave.settings.published:
        return counts
    words = {printed.comptes: printed for printed in read_register(wave.project) if printed.comptes}

    def said(row: Any) -> Count:
        count: Count = row.effectif
        printed = words.get(f"{what}&modalite={row.modalite}")
        whole = row.total.value if total is None else total
        if printed is None or whole is None:
            return count
        possible = printed.possible(whole)
        made_up = wave.package.worst(wave.columns & printed.address.reads) == SIMULATED
        if not (made_up or count.is_masked) or not any(count.low <= n <= count.high for n in possible):
            return count
        return Told(possible[0], possible[-1], word=french(printed.attendu))

    return counts.reshaped(
        lambda frame: frame.assign(effectif=pd.Series(map(said, counts), index=frame.index))
    )


def side_by_side(
    asked: Mapping[str, Selection], count: Callable[[Selection], Released], column: str
) -> Released:
    """Several questions one under the other, named in a column, those that nobody answered left out."""
    found: dict[str, Released] = {}
    for name, one in asked.items():
        try:
            found[name] = count(one)
        except NoAnswer as unanswered:
            nobody = unanswered
    if not found:
        raise nobody
    return together(found, column)


def medians(asked: Selection) -> dict[str, float]:
    """Label of a group -> median of a number in it; none where too few stand behind it."""
    frame = asked.rows(asked.group)
    values = frame[asked.field.name].astype("float64")
    groups, labels = asked.grouped(frame, values.notna())
    column = asked.group.partition(".")[2]
    found = values.groupby(groups).agg(mediane="median", n="count").reindex(list(labels))
    table = found.rename_axis(column).reset_index()
    released = asked.release.statistics(table, asked.what, by=(column,), values=("mediane",), n="n")
    return {labels[getattr(row, column)]: m for row in released if (m := row.mediane.known) is not None}
