"""The forms of scores in two waves: each group by itself, then the gap between both (see `two_waves`).

People of one territory resemble one another and change from a wave to the next: all goes through the medians
of territories that are known twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from atc.exhibits.charts.moments import Panel, draw_moments
from atc.exhibits.charts.rows import draw_stacks, draw_units, stack_bar, unit_bar
from atc.exhibits.charts.tokens import BLUE, BLUE_MID
from atc.exhibits.comparability import (
    BY_TERRITORY,
    Largest,
    base_of,
    both_waves,
    by_direction,
    by_way,
    comparable,
    difference,
    named,
    nobody,
    split,
    then_and_now,
    unanswered,
    ways,
)
from atc.exhibits.forms import amount, lines_of, median_aloud, size
from atc.exhibits.model import Base, Draft, Draw, listed
from atc.exhibits.scored import PAIR, against, by_gap, gap_of, lens
from atc.exhibits.selection import Selection
from atc.exhibits.table import DataTable
from atc.exhibits.two_waves import When, columns_of
from atc.indicators import change
from atc.indicators import scores as situations
from atc.survey.typography import counted, enumeration, in_words, lower_first, spelled

_SCORED = "scores.territoire&periode=actuelle"
_LENS = {"libelle_item": "Phrase", "libelle_groupe": "Groupe"}
_MIDDLE = "Médiane des médianes par territoire"
_MEDIANS = change.MEDIANS[1:]
#: Medians of both groups, in each wave.
_THEN, _NOW = (tuple(f"{name}_{when}" for name in PAIR) for when in ("avant", "apres"))


# --- each group by itself ---


def scores(asked: Selection) -> Draft:
    """Territories whose median goes up, stays or goes down; medians alone where some of them are masked."""
    found, when = _medians(asked), then_and_now(asked.former, asked.wave)
    rows = list(found.counts)
    if any(count.is_masked for row in rows for count in ways(row).values()):
        return found
    leaders = found.counts.leaders("hausse")
    row = (leaders or rows)[0]
    told = f"« {row.libelle_item} », selon les {lower_first(row.libelle_groupe)} : {by_direction(ways(row))}."
    quoted = named(leaders, lambda row: f"« {row.libelle_item} » ({lower_first(row.libelle_groupe)})")
    bars = [
        stack_bar(
            each.libelle_item,
            "" if i else each.libelle_groupe,
            tuple(ways(each).values()),
            size(each.compares),
            each.compares,
        )
        for some in lines_of(rows)
        for i, each in enumerate(some)
    ]
    title = f"Le plus souvent en hausse, sur {row.hausse.of('territoire')} : {quoted}"
    return found.worded(
        title=title if row.hausse.high else f"Aucune note en hausse entre {when[0]} et {when[1]}",
        subtitle=found.subtitle.replace(_MIDDLE, "Nombre de territoires, selon l’évolution de leur médiane"),
        reading=f"{told} {found.reading}",
        alt="En hausse, stables, en baisse. "
        + listed((lens(row), ", ".join(map(str, ways(row).values()))) for row in rows),
        draw=lambda canvas: draw_stacks(canvas, bars, list(change.SENS.values())),
        note="« Stable » : la médiane du territoire est la même. Ni pourcentage ni test : les nombres sont "
        f"trop petits. {found.note}",
    )


def moments(asked: Selection) -> Draft:
    """Medians before the start, where they were asked for, then in each wave, over the same territories."""
    return _medians(asked, depart=True)


def _medians(asked: Selection, *, depart: bool = False) -> Draft:
    """The median of each group on each item, at each moment, and how many territories moved between two."""
    joined, when = comparable(asked), then_and_now(asked.former, asked.wave)
    scale = situations.Scale.of(asked.field)
    table = change.notes(*both_waves(asked), asked.wave.dictionary, joined.items, depart=depart)
    if not table["compares"].any():
        raise unanswered(asked)
    columns = [name for name in change.MEDIANS if name in table]
    three = len(columns) == len(change.MEDIANS)
    # Without the start, the territories are the same, under the same name, whichever form shows them.
    what = "evolution.trois_moments" if three else "evolution.scores"
    ways_told, lens_of = {} if depart else change.SENS, ("groupe", "item")
    # Before the start too, those that the former wave knows are others than in the other forms.
    known = f"{_SCORED}&depart=oui" if three else _SCORED
    counts = split(asked, table, what, known, by=lens_of, parts=tuple(ways_told), values=columns).reshaped(
        lambda frame: frame.sort_values("item", key=lambda some: some.map(joined.items.index), kind="stable")
    )
    names = ("Avant", *when) if three else when
    whose = "connus aux trois moments" if three else "notés aux deux vagues"
    headed = {
        **_LENS,
        **{code: f"Médiane {lower_first(name)}" for code, name in zip(columns, names, strict=True)},
        **ways_told,
        "compares": "Territoires comparés",
    }
    if not depart:
        headed |= {"connus_avant": f"Notés en {when[0]}", "connus_apres": f"Notés en {when[1]}"}
    rows = list(counts)
    drawn = []
    for pair in lines_of(rows, "item"):
        first, second = (tuple(getattr(row, name) for name in columns) for row in pair)
        hidden = any(row.compares.is_masked for row in pair)
        note = "" if hidden else f"{pair[0].compares} et {pair[1].compares} territoires comparés"
        drawn.append(Panel(pair[0].libelle_item, first, second, note))
    most = Largest.of(rows, _step)

    def moved(row: Any) -> str:
        first, last = (median_aloud(getattr(row, name)) for name in _MEDIANS)
        return f"« {row.libelle_item} », de {first} à {last} chez les {lower_first(row.libelle_groupe)}"

    hindsight = f"« Avant » est un regard rétrospectif, demandé en {when[0]}. " if three else ""
    if depart and not three:
        hindsight = f"La situation d’avant le démarrage n’a pas été demandée en {when[0]}. "
    return Draft(
        title=most.said(
            f"Trop peu de territoires sont notés en {when[0]} et en {when[1]} pour dire leurs médianes",
            f"Aucun changement entre {when[0]} et {when[1]}{most.among}",
            f"Le plus grand changement depuis {when[0]}{most.among} : {named(most.rows, moved, 'médianes')}",
        ),
        subtitle=f"Situation du territoire, {scale.aloud}{asked.filters_aloud()}. {_MIDDLE}",
        table=DataTable(counts, columns_of(headed)),
        reading=" ".join(_course(some, when) for some in lines_of(rows))
        + f" Chaque médiane porte sur les seuls territoires {whose}.",
        alt=f"Médianes : {', puis '.join(lower_first(name) for name in names)}. "
        + listed((lens(row), " puis ".join(median_aloud(getattr(row, c)) for c in columns)) for row in rows),
        base=base_of(counts, whose),
        draw=_panels(asked, drawn, names),
        note=f"{hindsight}{BY_TERRITORY} {joined.left_out(why=not depart)}",
    )


def _step(row: Any) -> float | None:
    """How far the median moved between both waves."""
    return difference(row.mediane_avant, row.mediane_apres)


def _course(rows: Sequence[Any], when: When) -> str:
    """How many medians of one group go up, stay or go down; of one item alone, from what to what."""
    group = f"Chez les {lower_first(rows[0].libelle_groupe)}"
    found = by_way(rows, _step, "baisse", "monte", "ne bouge pas")
    if not found:
        return f"{group}, trop peu de territoires sont notés pour que les médianes soient dites."
    if len(rows) == 1:
        then, now = (median_aloud(getattr(rows[0], name)) for name in _MEDIANS)
        return f"{group}, la note médiane est de {then} en {when[0]} et de {now} en {when[1]}."
    (first, some), *others = found.items()
    told = [f"{first} pour {spelled(len(some), 'phrase', feminine=True)}"]
    told += [f"{way} pour {in_words(len(some), feminine=True)}" for way, some in others]
    hidden = " ; les autres médianes ne sont pas communiquées" * any(_step(row) is None for row in rows)
    return f"{group}, entre {when[0]} et {when[1]}, la note médiane {enumeration(told)}{hidden}."


def comparisons(asked: Selection) -> Draft:
    """Comparisons that go up and that go down, all items together: one is one territory on one item."""
    joined, when = comparable(asked), then_and_now(asked.former, asked.wave)
    changes = change.notes(*both_waves(asked), asked.wave.dictionary, joined.items)
    counts = asked.release.splits(
        change.comparaisons(changes), "evolution.comparaisons", by=("groupe", "sens"), total="effectif"
    )
    lines, colors = lines_of(counts), {change.HAUSSE: BLUE, change.BAISSE: BLUE_MID}
    rows = [
        unit_bar(
            row.libelle,
            "" if i else row.libelle_groupe,
            row.effectif,
            text=row.effectif.shown,
            color=colors[row.sens],
        )
        for some in lines
        for i, row in enumerate(some)
    ]
    headed = {"libelle_groupe": "Groupe", "libelle": "Évolution", "effectif": "Comparaisons"}
    # By how many comparisons one direction outweighs the other, where both are known.
    known = [[row.effectif.value for row in some] for some in lines]
    balances = [None if None in pair else pair[0] - pair[1] for pair in known]
    most = Largest.of(range(len(lines)), balances.__getitem__)
    return Draft(
        title=_both_ways(lines[most.rows[0]], ", par territoire et par phrase")
        if len(most.rows) == 1
        else f"Notes en hausse et en baisse entre {when[0]} et {when[1]}",
        subtitle="Nombre de comparaisons (un territoire, une phrase), selon le sens où va la médiane entre "
        f"{when[0]} et {when[1]}",
        table=DataTable(counts, columns_of(headed)),
        reading=f"{' '.join(f'{_both_ways(some)}.' for some in lines)} Chaque comparaison porte sur un "
        "territoire et une phrase ; "
        + counted(len(joined.items), "phrase est comparable.", "phrases sont comparables."),
        alt="En hausse, puis en baisse. "
        + listed(
            (some[0].libelle_groupe, " puis ".join(str(row.effectif) for row in some)) for some in lines
        ),
        base=Base(len(joined.items), "phrases comparables dans les deux groupes"),
        draw=lambda canvas: draw_units(canvas, rows),
        note="Phrase par phrase, ces nombres seraient trop petits ; ce qui n’a pas changé n’est pas "
        f"compté. {BY_TERRITORY} {joined.left_out()}",
    )


def _both_ways(some: Sequence[Any], each: str = "") -> str:
    """« Notes des animateur.trices : 25 hausses et 8 baisses »; one way alone would be taken for all."""
    hidden = any(row.effectif.is_withheld for row in some)
    nouns = {change.HAUSSE: "hausse", change.BAISSE: "baisse"}
    told = [
        row.effectif.of(nouns[row.sens]) if row.effectif.high else f"aucune {nouns[row.sens]}"
        for row in some
        if not (hidden and row.effectif.high)
    ]
    where = f"Notes des {lower_first(some[0].libelle_groupe)}{each}"
    return f"{where} : {enumeration(told) or 'nombres non communiqués'}"


# --- the gap between both groups ---


def gap(asked: Selection) -> Draft:
    """Whether the gap between the two groups changed, over the territories that both scored in both waves."""
    joined, when = comparable(asked), then_and_now(asked.former, asked.wave)
    scale = situations.Scale.of(asked.field)
    table = situations.ecarts(*both_waves(asked), asked.wave.dictionary, joined.items)
    if not table["compares"].any():
        fact = "Aucun territoire n’est noté par les deux groupes aux deux vagues"
        raise nobody(asked, fact, "regardez chaque vague séparément")
    ways_of_gaps, values = tuple(situations.ECARTS), (*_THEN, *_NOW)
    counts = split(
        asked, table, "evolution.ecarts", _SCORED, by=("item",), parts=ways_of_gaps, values=values
    ).reshaped(partial(by_gap, names=_NOW))
    rows, (first, second) = list(counts), asked.wave.field("scores.groupe").labels.values()
    drawn = [
        Panel(
            row.libelle,
            (getattr(row, _THEN[0]), getattr(row, _NOW[0])),
            (getattr(row, _THEN[1]), getattr(row, _NOW[1])),
            "" if row.compares.is_masked else row.compares.of("territoire comparé", "territoires comparés"),
        )
        for row in rows
    ]
    medians = {
        name: f"Médiane {moment}, {lower_first(group)}"
        for names, moment in ((_THEN, when[0]), (_NOW, when[1]))
        for name, group in zip(names, (first, second), strict=True)
    }
    headed = {"libelle": "Phrase", **medians, "compares": "Territoires comparés", **situations.ECARTS}
    return Draft(
        title=_widest_then_and_now(rows, when),
        subtitle=f"Situation au moment de chaque enquête, {scale.aloud}. {_MIDDLE}{asked.filters_aloud()}",
        table=DataTable(counts, columns_of(headed)),
        reading=_gap_course(rows, when),
        alt=f"{first} contre {lower_first(second)}, médianes en {when[0]} puis en {when[1]}. "
        + listed((row.libelle, f"{against(row, _THEN)}, puis {against(row, _NOW)}") for row in rows),
        base=base_of(counts, "notés par les deux groupes aux deux vagues"),
        draw=_panels(asked, drawn, when),
        note="Chaque médiane porte sur les seuls territoires notés par les deux groupes aux deux vagues. "
        f"{BY_TERRITORY} {joined.left_out(why=True)}",
    )


def _widest_then_and_now(rows: Sequence[Any], when: When) -> str:
    then, now = (Largest.of(rows, partial(gap_of, names=names)) for names in (_THEN, _NOW))
    if len(rows) == 1 and now.rows:
        told = f"{against(rows[0], _THEN)} en {when[0]}, {against(rows[0], _NOW)} en {when[1]}"
        return f"« {rows[0].libelle} » : {told}"

    def quoted(most: Largest, names: Sequence[str]) -> str:
        return named(most.rows, lambda row: f"« {row.libelle} » ({against(row, names)})")

    before = f"portait en {when[0]} sur {quoted(then, _THEN)} ; il " if then.size else ""
    return now.said(
        "Trop peu de territoires sont notés par les deux groupes aux deux vagues",
        f"En {when[1]}, aucun écart entre les deux groupes{now.among}",
        f"L’écart le plus grand{now.among} {before}porte en {when[1]} sur {quoted(now, _NOW)}",
    )


def _gap_course(rows: Sequence[Any], when: When) -> str:
    """Where the gap narrows, widens or stays, then where it changed most."""

    def step(row: Any) -> float | None:
        then, now = gap_of(row, _THEN), gap_of(row, _NOW)
        return None if then is None or now is None else round(now - then, 1)

    def moved(row: Any) -> str:
        way = "de moins" if (step(row) or 0) < 0 else "de plus"
        return (
            f"de {against(row, _THEN)} à {against(row, _NOW)} "
            f"({amount(most.size, 'points', 1)} {way} entre les deux groupes)"
        )

    most = Largest.of(rows, step)
    told = " ; ".join(
        f"l’écart {way} sur {enumeration([f'« {lower_first(row.libelle)} »' for row in some])}"
        for way, some in by_way(rows, step, "se resserre", "se creuse", "ne change pas").items()
    )
    course = f"Entre {when[0]} et {when[1]}, {told}"
    quoted = named(most.rows, lambda row: f"« {lower_first(row.libelle)} », {moved(row)}")
    last = f"{course}. Le plus grand changement{most.among} : {quoted}."
    return most.said(
        "Les médianes ne peuvent être communiquées.",
        f"{course}.",
        last if len(rows) > 1 else f"{course} : {moved(rows[0])}.",
    )


# --- charts ---


def _panels(asked: Selection, drawn: Sequence[Panel], names: Sequence[str]) -> Draw:
    """A small panel an item, both groups at each moment."""
    scale, groups = situations.Scale.of(asked.field), asked.wave.field("scores.groupe").labels.values()
    return lambda canvas: draw_moments(canvas, drawn, scale, names, *groups)
