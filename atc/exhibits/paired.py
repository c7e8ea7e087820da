"""The forms of scores given by two groups: their medians matched by territory, and the gap in two waves.

People of one territory resemble one another: the two groups are compared through territory medians, where
both answered. Each group by itself is in `atc.exhibits.scored` and `atc.exhibits.two_waves`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import pandas as pd

from atc.disclosure import Measure, Released, farthest
from atc.exhibits.charts import dumbbell, moments
from atc.exhibits.comparability import BY_TERRITORY, base_of, comparable, nobody, outside, then_and_now
from atc.exhibits.forms import amount, median_aloud, printed
from atc.exhibits.model import Base, Draft
from atc.exhibits.prose import listed
from atc.exhibits.scored import MOST_NAMED, PERIODS, SCALE
from atc.exhibits.selection import Selection
from atc.exhibits.table import Column, DataTable
from atc.indicators import scores
from atc.typography import enumeration, half_up, lower_first

#: What `matched` says of each item.
PAIR = ("mediane_institutionnels", "mediane_animateurs")
_THEN, _NOW = (tuple(f"{name}_{when}" for name in PAIR) for when in ("avant", "apres"))
_HINDSIGHT = "Regard rétrospectif : la question, posée pendant l’enquête, porte sur la période qui précède. "


# --- both groups, in one wave ---


def matched(asked: Selection) -> Released:
    """The two medians of each item and, territory by territory, who is higher; widest gaps first."""
    table = asked.rows()
    compared = scores.comparaison(table, asked.wave.dictionary, asked.period)
    return asked.release.splits(
        compared,
        f"scores.territoire&periode={asked.period}",
        by=("item",),
        total="territoires",
        parts=("plus_haut", "egal", "plus_bas"),
        values=PAIR,
    ).reshaped(partial(_by_gap, names=PAIR))


def situation(asked: Selection) -> Draft:
    """Institutional actors beside animateurs, matched by territory.

    Raises:
        NoAnswer: The two groups scored no territory together.
    """
    counts = matched(asked)
    rows, (first, second) = list(counts), asked.wave.field("scores.groupe").labels.values()
    if not any(row.territoires.high for row in rows):
        instead = "choisissez une autre phrase ou une autre vague"
        raise nobody(asked, "Les deux groupes n’ont noté ensemble aucun territoire", instead)
    pairs = [
        dumbbell.PairRow(
            row.libelle, "", *_pair(row, PAIR), row.plus_haut, row.egal, row.plus_bas, row.territoires
        )
        for row in rows
    ]
    return Draft(
        title=_widest_aloud(rows),
        subtitle=f"Situation du territoire {PERIODS[asked.period]}, {SCALE}. Médiane des médianes par "
        f"territoire{asked.filters_aloud(period=False)}",
        table=DataTable(
            counts,
            [
                Column("libelle", "Phrase"),
                Column("mediane_institutionnels", f"Médiane, {lower_first(first)}", 1),
                Column("mediane_animateurs", f"Médiane, {lower_first(second)}", 1),
                Column("territoires", "Territoires comparés", 0),
                Column("plus_haut", f"{first} plus haut", 0),
                Column("egal", "Même note", 0),
                Column("plus_bas", f"{second} plus haut", 0),
            ],
        ),
        reading=_who_is_higher(rows, lower_first(first), lower_first(second)),
        alt=f"{first} puis {lower_first(second)}, médianes. "
        + listed((row.libelle, _against(row, PAIR, " et ")) for row in rows),
        base=Base(
            max((row.territoires for row in rows), key=lambda count: int(count.high)),
            "territoires au plus où les deux groupes ont répondu",
        ),
        draw=lambda canvas: dumbbell.draw(canvas, pairs, first, second),
        note=(_HINDSIGHT if asked.period == scores.AVANT else "")
        + "L’unité est le territoire : les réponses d’un même territoire y sont résumées par leur médiane.",
        message=_in_short(asked, rows),
    )


def _pair(row: Any, names: Sequence[str]) -> tuple[Measure, Measure]:
    first, second = (getattr(row, name) for name in names)
    return first, second


def _gap(row: Any, names: Sequence[str]) -> float | None:
    """How far apart the two medians are, as tables print them."""
    first, second = (printed(value) for value in _pair(row, names))
    return None if first is None or second is None else half_up(abs(first - second), 1)


def _by_gap(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    # What is withheld comes last, whatever it is.
    found = [_gap(row, names) for row in frame.itertuples()]
    gaps = pd.Series(found, index=frame.index, dtype="float64")
    return frame.loc[gaps.sort_values(ascending=False, kind="stable", na_position="last").index]


def widest(rows: Iterable[Any], names: Sequence[str] = PAIR) -> tuple[Any, ...]:
    """The items on which the medians of the two groups are furthest apart; none when none is known."""
    return farthest((_gap(row, names), row) for row in rows)


def quoted(rows: Sequence[Any]) -> str:
    """« les acteurs du quartier coopèrent » ; beyond three, how many."""
    if len(rows) > MOST_NAMED:
        return f"{len(rows)} phrases"
    return enumeration([f"« {row.libelle} »" for row in rows])


def _against(row: Any, names: Sequence[str], link: str = " contre ") -> str:
    return link.join(median_aloud(value) for value in _pair(row, names))


def _points(value: float | None) -> str:
    return amount(value or 0, "points", 1)


def _among(rows: Sequence[Any], names: Sequence[str]) -> str:
    """Medians that are withheld are compared with nothing."""
    hidden = any(_gap(row, names) is None for row in rows)
    return " parmi les médianes communiquées" if hidden else ""


def _widest_aloud(rows: Sequence[Any]) -> str:
    first, among = widest(rows), _among(rows, PAIR)
    if not first:
        return "La situation du territoire, notée par les deux groupes"
    if not _gap(first[0], PAIR):
        return f"Aucun écart entre les deux groupes{among}"
    if len(rows) == 1:
        return f"« {first[0].libelle} » : {_against(first[0], PAIR)}"
    if len(first) > 1:
        points = _points(_gap(first[0], PAIR))
        return f"Les écarts les plus grands{among}, de {points}, portent sur {quoted(first)}"
    return f"L’écart le plus grand{among} porte sur « {first[0].libelle} » : {_against(first[0], PAIR)}"


def _in_short(asked: Selection, rows: Sequence[Any]) -> str:
    """What the synthesis says of it."""
    first, among = widest(rows), _among(rows, PAIR)
    when = "de départ" if asked.period == scores.AVANT else "actuelle"
    if not first:
        told = "trop peu de territoires ont les réponses des deux groupes pour les comparer"
    elif not _gap(first[0], PAIR):
        told = f"aucun écart entre les deux groupes{among}"
    else:
        told = f"institutions et animateur.trices s’écartent le plus{among} sur {quoted(first)}"
    return f"Deux regards sur la situation {when} : {told}."


def _who_is_higher(rows: Sequence[Any], first: str, second: str) -> str:
    found = widest(rows)
    if not found:
        return (
            "Trop peu de territoires ont des réponses des deux groupes pour que leurs médianes soient dites."
        )
    row = found[0]
    higher, lower = (median_aloud(value) for value in _pair(row, PAIR))
    # One way alone would be taken for the whole story.
    told = (
        ""
        if row.plus_haut.is_withheld or row.plus_bas.is_withheld
        else f" ; les premiers notent plus haut sur {row.plus_haut.of('territoire')} et plus bas sur "
        f"{row.plus_bas.of('territoire')}"
    )
    return (
        f"Sur « {lower_first(row.libelle)} », la médiane est de {higher} chez les {first} et de {lower} "
        f"chez les {second}{told}."
    )


# --- the gap between both groups, in two waves ---


def gap(asked: Selection) -> Draft:
    """Whether the gap between the two groups changed, over the territories that both scored in both waves.

    Raises:
        NoAnswer: There is no such territory, or the codebooks allow to compare none of the items.
    """
    joined = comparable(asked)
    table = scores.ecarts(asked.rows(wave=asked.former), asked.rows(), asked.wave.dictionary, joined.items)
    if not table["compares"].any():
        fact = "Aucun territoire n’est noté par les deux groupes aux deux vagues"
        raise nobody(asked, fact, "regardez chaque vague séparément")
    counts = asked.release.splits(
        table.assign(sites=asked.sites),
        "evolution.ecarts",
        by=("item",),
        total="compares",
        parts=tuple(scores.ECARTS),
        outside=outside(asked, "scores.territoire&periode=actuelle"),
        among="sites",
        values=(*_THEN, *_NOW),
    ).reshaped(partial(_by_gap, names=_NOW))
    rows, when = list(counts), then_and_now(asked.former, asked.wave)
    first, second = asked.wave.field("scores.groupe").labels.values()
    panels = [_panel(row) for row in rows]
    groups = (lower_first(first), lower_first(second))
    return Draft(
        title=_where_widest(rows, when),
        subtitle=f"Situation au moment de chaque enquête, {SCALE}. Médiane des médianes par territoire"
        f"{asked.filters_aloud()}",
        table=DataTable(
            counts,
            [
                Column("libelle", "Phrase"),
                *(
                    Column(name, f"Médiane {moment}, {group}", 1)
                    for names, moment in ((_THEN, when[0]), (_NOW, when[1]))
                    for name, group in zip(names, groups, strict=True)
                ),
                Column("compares", "Territoires comparés", 0),
                *(Column(code, label, 0) for code, label in scores.ECARTS.items()),
            ],
        ),
        reading=_course(rows, when),
        alt=f"{first} contre {lower_first(second)}, médianes en {when[0]} puis en {when[1]}. "
        + listed((row.libelle, f"{_against(row, _THEN)}, puis {_against(row, _NOW)}") for row in rows),
        base=base_of(counts, "notés par les deux groupes aux deux vagues"),
        draw=lambda canvas: moments.draw(canvas, panels, when, first, second),
        note="Chaque médiane porte sur les seuls territoires notés par les deux groupes aux deux vagues. "
        f"{BY_TERRITORY} {joined.left_out(why=True)}",
    )


def _panel(row: Any) -> moments.Panel:
    first, second = zip(_pair(row, _THEN), _pair(row, _NOW), strict=True)
    note = (
        "" if row.compares.is_masked else f"{row.compares.of('territoire comparé', 'territoires comparés')}"
    )
    return moments.Panel(row.libelle, first, second, note)


def _where_widest(rows: Sequence[Any], when: Sequence[str]) -> str:
    then, now = widest(rows, _THEN), widest(rows, _NOW)
    if not then or not now:
        return "Trop peu de territoires sont notés par les deux groupes aux deux vagues"
    among = _among(rows, _NOW)
    if len(rows) == 1:
        told = f"{_against(now[0], _THEN)} en {when[0]}, {_against(now[0], _NOW)} en {when[1]}"
        return f"« {now[0].libelle} » : {told}"
    if not _gap(now[0], _NOW):
        return f"En {when[1]}, aucun écart entre les deux groupes{among}"
    if len(then) > 1 or len(now) > 1:
        before, after = (_points(_gap(some[0], names)) for some, names in ((then, _THEN), (now, _NOW)))
        told = f"{before} en {when[0]} sur {quoted(then)}, {after} en {when[1]} sur {quoted(now)}"
        return f"Les plus grands écarts{among} : {told}"
    (then,), (now,) = then, now
    was, stands = _against(then, _THEN), _against(now, _NOW)
    if now.item == then.item:
        told = f"{was} en {when[0]}, {stands} en {when[1]}"
        return f"L’écart le plus grand{among} reste sur « {now.libelle} » : {told}"
    told = f"portait en {when[0]} sur « {then.libelle} » ({was}) ; il porte en {when[1]} sur"
    return f"L’écart le plus grand{among} {told} « {now.libelle} » ({stands})"


def _course(rows: Sequence[Any], when: Sequence[str]) -> str:
    steps = [
        (half_up(now - then, 1), row)
        for row in rows
        if (then := _gap(row, _THEN)) is not None and (now := _gap(row, _NOW)) is not None
    ]
    if not steps:
        return "Les médianes ne peuvent être communiquées."
    ways = {
        "se resserre": [row for step, row in steps if step < 0],
        "se creuse": [row for step, row in steps if step > 0],
        "ne change pas": [row for step, row in steps if not step],
    }
    told = [
        f"l’écart {way} sur {enumeration([f'« {lower_first(row.libelle)} »' for row in some])}"
        for way, some in ways.items()
        if some
    ]
    most = farthest((abs(step), (step, row)) for step, row in steps)
    step, row = most[0]
    if not step:
        return f"Entre {when[0]} et {when[1]}, {' ; '.join(told)}."
    moved = (
        f"de {_against(row, _THEN)} à {_against(row, _NOW)} ({_points(abs(step))} "
        f"{'de moins' if step < 0 else 'de plus'} entre les deux groupes)"
    )
    if len(rows) == 1:
        return f"Entre {when[0]} et {when[1]}, {told[0]} : {moved}."
    many = quoted([row for _, row in most])
    most_told = (
        f"Le plus grand changement : « {lower_first(row.libelle)} », {moved}"
        if len(most) == 1
        else f"Les plus grands changements, de {_points(abs(step))}, portent sur {many}"
    )
    return f"Entre {when[0]} et {when[1]}, {' ; '.join(told)}. {most_told}."
