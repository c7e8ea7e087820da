"""Scores over any number of waves: which moments each group × item is shown at, and why no more.

A span goes from one wave to the last, over the territories scored in all of its waves: the fewer waves, the
more territories. Codebooks decide what it may hold; beyond the evaluation team, so do the medians that other
figures and other reports tell over nearly the same territories (docs/confidentialite.md, règle 7).
"""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from atc.disclosure import Measure, Released, together
from atc.exhibits.comparability import Comparable, in_all, nobody, split
from atc.exhibits.selection import Selection, then_and_now
from atc.indicators import territories
from atc.survey.typography import enumeration, lower_first
from atc.survey.waves import Wave

#: Territories with a score of the time of the survey, in one wave.
SCORED = "scores.territoire&periode=actuelle"
_LENS = ["groupe", "item"]


class _Span(NamedTuple):
    year: str  # of its first wave
    joined: Comparable  # what the codebooks allow in all of its waves
    columns: list[str]  # medians, in order of time
    counts: Released | None  # of the groups × items that no longer span shows, if any
    short: set[tuple[str, str]]  # groups × items that this one may not show, nor a longer one


def medians(
    asked: Selection, waves: Sequence[Wave], items: Sequence[str], *, depart: bool
) -> tuple[Released, dict[str, str], list[str]]:
    """The medians of each group on each item, in as many of the successive ``waves`` as may be told.

    With ``depart``, before the start too where it was asked for; else, of two waves, how many moved. One row
    = one group × one item: a moment that its span leaves out is blank, or withheld. Then column of medians ->
    how its moment is called, in order of time, and what was asked when and is left out, in sentences.
    """
    years = then_and_now(*waves)
    spans = list(_spans(asked, waves, years, depart=depart))
    order = {"groupe": [*asked.wave.field("scores.groupe").labels].index, "item": items.index}

    def filled(frame: pd.DataFrame) -> pd.DataFrame:
        for name in {name for span in spans for name in span.columns}.intersection(frame):
            hidden = {lens for s in spans if asked.masks and name in s.columns for lens in s.short}
            lenses, given = zip(frame["groupe"], frame["item"], strict=True), frame[name]
            blank = [Measure(None if lens in hidden else math.nan) for lens in lenses]
            frame[name] = given.where(given.notna(), pd.Series(blank, frame.index, dtype="object"))
        by = ["item", "groupe"]
        return frame.sort_values(by, key=lambda some: some.map(order[str(some.name)]), kind="stable")

    counts = together({s.year: s.counts for s in spans if s.counts}, "depuis").reshaped(filled)
    called = ("Avant", *years)
    columns = [f"mediane_{name}" for name in ("depart", *territories.names(len(waves)))]
    names = {name: told for name, told in zip(columns, called, strict=True) if name in counts.frame}
    told = list[str]()
    if early := [f"en {s.year}" for s in spans if s.counts and territories.MEDIANS[0] in s.columns]:
        told = [f"« Avant » est un regard rétrospectif, demandé {enumeration(early)}."]
    elif depart:
        told = [f"La situation d’avant le démarrage n’a pas été demandée en {years[-2]}."]
    left = [_left_out(span, masks=asked.masks) for span in spans[:-1]]
    return counts, names, [*told, *filter(None, left)]


def _spans(asked: Selection, waves: Sequence[Wave], years: Sequence[str], *, depart: bool) -> Iterator[_Span]:
    """The longest first: a group × item is in the first that may show it."""
    scored, last = [asked.rows(wave=wave) for wave in waves], len(waves)
    shown = set[tuple[str, str]]()
    for first, year in enumerate(years[:-1]):
        joined, two = in_all(waves[first:], asked), first == last - 2
        if not joined.items:
            yield _Span(year, joined, [], None, set())
            continue
        told = {
            (i, j, early): territories.notes(scored[i:j], asked.wave.dictionary, joined.items, depart=early)
            for i, j in combinations(range(first, last + 1), 2)
            for early in {False, depart}
            if j - i > 1
        }
        table = told.pop((first, last, depart))
        if two and not table["compares"].any():
            raise nobody(asked)
        lenses = pd.Series([*zip(table["groupe"], table["item"], strict=True)], table.index)
        # Two waves are told as they always were; more, beside what this report and others tell of fewer.
        fewer = [other["compares"] for (i, j, _), other in told.items() if j - i < last - first]
        apart = asked.release.told_apart("evolution.scores", table["compares"], fewer)
        short = set() if two else set(lenses[~apart]) - shown
        kept = table[~lenses.isin(shown | short)]
        columns = [str(name) for name in table if str(name).startswith("mediane_")]
        since = "" if two else waves[first].id
        counts = None if kept.empty else _released(asked, kept, columns, since, depart)
        yield _Span(year, joined, columns, counts, short)
        shown |= set(lenses) - short


def _released(
    asked: Selection, table: pd.DataFrame, columns: Sequence[str], since: str, depart: bool
) -> Released:
    """Of two waves or, ``since`` one that is named, of more."""
    early = territories.MEDIANS[0] in columns
    if since:
        # Enough territories are in each of them for the floor: `Release.told_apart`.
        what = f"evolution.depuis_{since}{'&depart=oui' * early}"
        wholes = {"connus_apres": f"{asked.wave.id}/{SCORED}"}
        return asked.release.splits(table, what, by=_LENS, total="compares", wholes=wholes, values=columns)
    # Without the start, the territories are the same, under the same name, whichever form shows them; before
    # it, those that the former wave knows are others than in the other forms.
    what, known = "evolution.scores", SCORED
    if early:
        what, known = "evolution.trois_moments", f"{SCORED}&depart=oui"
    parts = () if depart else tuple(territories.SENS)
    return split(asked, table, what, known, by=_LENS, parts=parts, values=columns)


def _left_out(span: _Span, *, masks: bool) -> str:
    """What is not shown since its first wave, and why."""
    if not span.joined.items:
        return f"Aucune phrase ne se rapproche de {span.year}."
    apart, told = span.joined.left_out(), list[str]()
    if apart:
        told.append(f"Par rapport à {span.year}, {lower_first(apart)}")
    if span.short and masks:
        told.append(
            f"Une médiane depuis {span.year} qui porterait sur trop peu de territoires, ou sur presque les "
            "mêmes que celle d’une autre figure ou d’un autre rapport, n’est pas communiquée."
        )
    elif span.short:
        told.append(
            f"Là où aucun territoire n’est noté à chaque vague depuis {span.year}, la série est plus courte."
        )
    return " ".join(told)
