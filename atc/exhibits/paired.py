"""The form of scores given by two groups in one wave: their medians, matched by territory.

People of one territory resemble one another: the two groups are compared through territory medians, where
both answered. Each group by itself is in `atc.exhibits.scored`, the gap in time in `two_waves_scores`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from atc.exhibits.charts import dumbbell
from atc.exhibits.comparability import nobody
from atc.exhibits.directions import Largest, by_direction, difference, named
from atc.exhibits.forms import amount, median_aloud
from atc.exhibits.model import Base, Draft
from atc.exhibits.prose import listed
from atc.exhibits.scored import PERIODS
from atc.exhibits.selection import Selection
from atc.exhibits.table import Column, DataTable
from atc.indicators import scores
from atc.survey.typography import lower_first

#: Medians of the two groups.
PAIR = ("mediane_institutionnels", "mediane_animateurs")
_HINDSIGHT = "Regard rétrospectif : la question, posée pendant l’enquête, porte sur la période qui précède. "


def situation(asked: Selection) -> Draft:
    """Institutional actors beside animateurs, matched by territory; widest gaps first.

    Raises:
        NoAnswer: The two groups scored no territory together.
    """
    counts = asked.release.splits(
        scores.comparaison(asked.rows(), asked.wave.dictionary, asked.period),
        f"scores.territoire&periode={asked.period}",
        by=("item",),
        total="territoires",
        parts=("plus_haut", "egal", "plus_bas"),
        values=PAIR,
    ).reshaped(partial(by_gap, names=PAIR))
    scale = scores.Scale.of(asked.field)
    rows, (first, second) = list(counts), asked.wave.field("scores.groupe").labels.values()
    if not any(row.territoires.high for row in rows):
        instead = "choisissez une autre phrase ou une autre vague"
        raise nobody(asked, "Les deux groupes n’ont noté ensemble aucun territoire", instead)
    most = Largest.of(rows, partial(gap_of, names=PAIR))
    quoted = named(most.rows, lambda row: f"« {row.libelle} »")
    widest = f"L’écart le plus grand{most.among} porte sur " if len(rows) > 1 else ""
    told = against(most.rows[0], PAIR) if len(most.rows) == 1 else amount(most.size, "points", 1)
    return Draft(
        title=most.said(
            "La situation du territoire, notée par les deux groupes",
            f"Aucun écart entre les deux groupes{most.among}",
            f"{widest}{quoted} : {told}",
        ),
        subtitle=f"Situation du territoire {PERIODS[asked.period]}, de {scale.low} à {scale.high}. Médiane "
        f"des médianes par territoire{asked.filters_aloud(period=False)}",
        table=DataTable(
            counts,
            [
                Column("libelle", "Phrase"),
                Column(PAIR[0], f"Médiane, {lower_first(first)}", 1),
                Column(PAIR[1], f"Médiane, {lower_first(second)}", 1),
                Column("territoires", "Territoires comparés", 0),
                Column("plus_haut", f"{first} plus haut", 0),
                Column("egal", "Même note", 0),
                Column("plus_bas", f"{second} plus haut", 0),
            ],
        ),
        reading=_who_is_higher(most.rows, lower_first(first), lower_first(second)),
        alt=f"{first} puis {lower_first(second)}, médianes. "
        + listed((row.libelle, against(row, PAIR, " et ")) for row in rows),
        base=Base(
            max((row.territoires for row in rows), key=lambda count: int(count.high)),
            "territoires au plus où les deux groupes ont répondu",
        ),
        draw=lambda canvas: dumbbell.draw(canvas, list(map(_bar, rows)), scale, first, second),
        note=(_HINDSIGHT if asked.period == scores.AVANT else "")
        + "Chaque territoire compte par la médiane de ses réponses.",
        message=_in_short(asked, most, quoted),
    )


def _bar(row: Any) -> dumbbell.PairRow:
    return dumbbell.PairRow(
        row.libelle,
        first=getattr(row, PAIR[0]),
        second=getattr(row, PAIR[1]),
        higher=row.plus_haut,
        same=row.egal,
        lower=row.plus_bas,
        compared=row.territoires,
    )


def _in_short(asked: Selection, most: Largest, quoted: str) -> str:
    """What the synthesis says of it."""
    when = "de départ" if asked.period == scores.AVANT else "actuelle"
    told = most.said(
        "trop peu de territoires ont les réponses des deux groupes pour les comparer",
        f"aucun écart entre les deux groupes{most.among}",
        f"institutions et animateur.trices s’écartent le plus{most.among} sur {quoted}",
    )
    return f"Deux regards sur la situation {when} : {told}."


def gap_of(row: Any, names: Sequence[str]) -> float | None:
    """How far apart the two medians are, as tables print them."""
    step = difference(*(getattr(row, name) for name in names))
    return None if step is None else abs(step)


def by_gap(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The widest gaps first; what is withheld comes last, whatever it is."""
    found = [gap_of(row, names) for row in frame.itertuples()]
    gaps = pd.Series(found, index=frame.index, dtype="float64")
    return frame.loc[gaps.sort_values(ascending=False, kind="stable", na_position="last").index]


def against(row: Any, names: Sequence[str], link: str = " contre ") -> str:
    """« 7,5 contre 4 »."""
    return link.join(median_aloud(getattr(row, name)) for name in names)


def _who_is_higher(widest: Sequence[Any], first: str, second: str) -> str:
    """The two medians that are furthest apart, and on how many territories each group is higher."""
    if not widest:
        return (
            "Trop peu de territoires ont des réponses des deux groupes pour que leurs médianes soient dites."
        )
    row = widest[0]
    higher, lower = (median_aloud(getattr(row, name)) for name in PAIR)
    told = by_direction({"plus haut": row.plus_haut, "plus bas": row.plus_bas})
    return (
        f"Sur « {lower_first(row.libelle)} », la médiane est de {higher} chez les {first} et de {lower} "
        f"chez les {second}{f' ; chez les premiers, {told}' if told else ''}."
    )
