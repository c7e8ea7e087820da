"""The forms of scores over waves: medians at each moment, and how many go up or down between two waves.

A span goes from one wave to the last, over the territories scored in all of its waves: the fewer waves, the
more territories. Codebooks decide what it may hold; beyond the evaluation team, so do the medians that other
figures and other reports tell over nearly the same territories (docs/confidentialite.md, règle 7).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import pandas as pd

from atc.disclosure import Measure, Released, together
from atc.exhibits.charts.rows import draw_units, unit_bar
from atc.exhibits.charts.scales import Panel, draw_moments
from atc.exhibits.charts.tokens import BLUE, BLUE_MID
from atc.exhibits.comparability import BY_TERRITORY, Comparable, base_of, comparable, in_all, nobody, split
from atc.exhibits.forms import LENS
from atc.exhibits.model import Base, Draft, listed
from atc.exhibits.scored import MIDDLE, SCORED, compared_aloud
from atc.exhibits.selection import Selection, then_and_now
from atc.exhibits.sentences import Largest, by_way, difference, lines_of, median_aloud, named
from atc.exhibits.table import DataTable
from atc.indicators import territories
from atc.survey.typography import counted, enumeration, in_words, lower_first, spelled
from atc.survey.waves import Wave

#: In a report, the sentences that are not compared would be longer than the figure.
_LISTED = "T08-06 liste les phrases reformulées ou écartées."
#: What tells the rows of medians apart.
_KEYS = ["groupe", "item"]
#: Medians before and after, between which something moves.
_BOTH = territories.MEDIANS[1:]


def moments(asked: Selection, waves: Sequence[Wave] = ()) -> Draft:
    """The median of each group on each item in each wave, over the same territories.

    With the ``waves`` of a succession, in all of them where that may be told, and before the start too where
    it was asked for; else in both waves, and how many moved between them.
    """
    joined, scale = comparable(asked), territories.Scale.of(asked.field)
    counts, times, notes = medians(
        asked, waves or (asked.former, asked.wave), joined.items, depart=bool(waves)
    )
    *_, then, now = names = list(times.values())
    groups = list(asked.wave.field("scores.groupe").labels.values())
    whose = "notés à chaque moment montré" if len(names) > len(_BOTH) else "notés aux deux vagues"
    headings = LENS | {code: f"Médiane {lower_first(name)}" for code, name in times.items()}
    if waves:
        headings["compares"] = "Territoires comparés"
    else:
        headings |= territories.SENS | {"compares": "Territoires comparés"}
        headings |= {"connus_avant": f"Notés en {then}", "connus_apres": f"Notés en {now}"}
    left_out = joined.left_out(why=True)
    if waves and left_out:
        left_out = _LISTED
    panels = [_panel(pair, list(times)) for pair in lines_of(counts, "item")]
    heard = {f"{row.libelle_item}, {lower_first(row.libelle_groupe)}": _aloud(row, times) for row in counts}
    most = Largest.of(counts, _step)
    return Draft(
        title=most.said(
            f"Trop peu de territoires sont notés en {then} et en {now} pour dire leurs médianes",
            f"Aucun changement entre {then} et {now}{most.among}",
            f"Le plus grand changement depuis {then}{most.among} : {named(most.rows, _moved, 'médiane')}",
        ),
        topic=not most.rows,
        subtitle=f"Situation du territoire, {scale.aloud}{asked.filters_aloud()}. {MIDDLE}",
        table=DataTable.headed(counts, headings),
        reading=" ".join(_course(rows, then, now) for rows in lines_of(counts))
        + f" Chaque médiane porte sur les seuls territoires {whose}.",
        base=base_of(counts, whose),
        alt="Médianes. " + listed((lens, text) for lens, text in heard.items() if text),
        draw=lambda canvas: draw_moments(canvas, panels, scale, names, groups),
        note=" ".join(filter(None, [*notes[:1], BY_TERRITORY, *notes[1:], left_out])),
    )


def _panel(pair: Sequence[Any], columns: Sequence[str]) -> Panel:
    """One item, whose rows are of the first and of the second group."""
    first, second = pair
    middles = [(getattr(first, name), getattr(second, name)) for name in columns]
    return Panel(first.libelle_item, compared_aloud(first.compares, second.compares), middles)


def _aloud(row: Any, times: Mapping[str, str]) -> str:
    """« 6,5 (en 2020), 7 (en 2021) »: its medians, at the moments when it was asked."""
    told = {name: getattr(row, code) for code, name in times.items()}
    asked = {name: middle for name, middle in told.items() if middle.is_masked or middle.known is not None}
    return ", ".join(f"{median_aloud(middle)} ({lower_first(name)})" for name, middle in asked.items())


def _moved(row: Any) -> str:
    before, after = (median_aloud(getattr(row, name)) for name in _BOTH)
    return f"« {row.libelle_item} », de {before} à {after} chez les {lower_first(row.libelle_groupe)}"


def _step(row: Any) -> float | None:
    """How far the median moved between both waves."""
    return difference(row.mediane_avant, row.mediane_apres)


def _course(rows: Sequence[Any], then: str, now: str) -> str:
    """How many medians of one group go up, stay or go down."""
    group = f"Chez les {lower_first(rows[0].libelle_groupe)}"
    found = by_way(rows, _step, "baisse", "monte", "ne bouge pas")
    if not found:
        return f"{group}, trop peu de territoires sont notés pour que les médianes soient dites."
    (first, some), *others = found.items()
    told = [f"{first} pour {spelled(len(some), 'phrase', feminine=True)}"]
    told += [f"{way} pour {in_words(len(some), feminine=True)}" for way, some in others]
    hidden = any(_step(row) is None for row in rows)
    rest = " ; les autres médianes ne sont pas communiquées" if hidden else ""
    return f"{group}, entre {then} et {now}, la note médiane {enumeration(told)}{rest}."


def comparisons(asked: Selection) -> Draft:
    """Comparisons that go up and that go down, all items together: one is one territory on one item."""
    joined, (then, now) = comparable(asked), asked.when
    changes = territories.notes(asked.both, asked.wave.dictionary, joined.items)
    counts = asked.release.splits(
        territories.comparaisons(changes), "evolution.comparaisons", by=("groupe", "sens"), total="effectif"
    )
    colors = {territories.HAUSSE: BLUE, territories.BAISSE: BLUE_MID}
    bars = [
        unit_bar(r.libelle, r.libelle_groupe, r.effectif, text=r.effectif.shown, color=colors[r.sens])
        for r in counts
    ]
    first, *others = map(_both_ways, lines_of(counts))
    headed = {"libelle_groupe": "Groupe", "libelle": "Évolution", "effectif": "Comparaisons"}
    return Draft(
        title=" ; ".join([first, *map(lower_first, others)]),
        topic=all(row.effectif.is_withheld for row in counts),
        subtitle="Nombre de comparaisons (un territoire, une phrase), selon le sens où va la médiane entre "
        f"{then} et {now}",
        table=DataTable.headed(counts, headed),
        reading="Chaque comparaison porte sur un territoire et une phrase ; "
        + counted(len(joined.items), "phrase est comparable.", "phrases sont comparables."),
        base=Base(len(joined.items), "phrases comparables dans les deux groupes"),
        draw=lambda canvas: draw_units(canvas, bars),
        note="Phrases prises ensemble ; ce qui n’a pas changé n’est pas compté. "
        f"{BY_TERRITORY} {_LISTED if joined.left_out() else ''}",
    )


def _both_ways(some: Sequence[Any]) -> str:
    """« Notes des animateur.trices : 25 hausses et 8 baisses »; one way alone would be taken for all."""
    hidden = any(row.effectif.is_withheld for row in some)
    nouns = {territories.HAUSSE: "hausse", territories.BAISSE: "baisse"}
    told = [
        row.effectif.of(nouns[row.sens]) if row.effectif.high else f"aucune {nouns[row.sens]}"
        for row in some
        if not (hidden and row.effectif.high)
    ]
    where = f"Notes des {lower_first(some[0].libelle_groupe)}"
    return f"{where} : {enumeration(told) or 'nombres non communiqués'}"


# --- which moments each group × item is shown at, and why no more ---


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
        return asked.release.splits(table, what, by=_KEYS, total="compares", wholes=wholes, values=columns)
    # Without the start, the territories are the same, under the same name, whichever form shows them; before
    # it, those that the former wave knows are others than in the other forms.
    what, known = "evolution.scores", SCORED
    if early:
        what, known = "evolution.trois_moments", f"{SCORED}&depart=oui"
    parts = () if depart else tuple(territories.SENS)
    return split(asked, table, what, known, by=_KEYS, parts=parts, values=columns)


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
