"""The forms of scores in one wave: how the answers of each group spread over the scale; both groups matched.

People of one territory resemble one another: the two groups are compared through territory medians, where
both answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from atc.disclosure import Released, together
from atc.exhibits.charts.moments import PairRow, draw_pairs
from atc.exhibits.charts.rows import draw_stacks, stack_bar
from atc.exhibits.comparability import Largest, by_direction, difference, named, nobody
from atc.exhibits.forms import amount, largest, lines_of, median_aloud, printed, size
from atc.exhibits.model import Base, Draft, listed
from atc.exhibits.selection import Selection
from atc.exhibits.table import Column, DataTable
from atc.indicators import scores
from atc.survey.typography import lower_first

PERIODS = {
    scores.AVANT: "avant le démarrage, jugée après coup",
    scores.ACTUELLE: "au moment de l’enquête",
}


def bands(asked: Selection) -> Draft:
    """How many answers in each band of the scale, group by group, with the median of each."""
    frame = asked.rows()
    if not frame["score"].notna().any():
        raise asked.nobody()
    counts = _bands(asked, frame)
    lines = lines_of(counts, "ligne")
    firsts = [some[0] for some in lines]
    bars = [
        stack_bar(
            row.libelle_groupe,
            "" if i and firsts[i - 1].item == row.item else row.libelle_item,
            tuple(each.effectif for each in some),
            size(row.total)
            + ("" if row.mediane.known is None else f" ; médiane {median_aloud(row.mediane)}"),
            row.total,
        )
        for i, (row, some) in enumerate(zip(firsts, lines, strict=True))
    ]
    scale = scores.Scale.of(asked.field)
    return Draft(
        title=_highest(asked, firsts),
        subtitle=f"Nombre de réponses par tranche de notes, {scale.aloud}{asked.filters_aloud()}",
        table=DataTable(
            counts,
            [
                Column("libelle_item", "Phrase"),
                Column("libelle_groupe", "Groupe"),
                Column("libelle", "Notes"),
                Column("effectif", "Réponses", 0),
                Column("total", "Sur", 0),
                Column("mediane", "Médiane du groupe", 1),
            ],
        ),
        reading=_fullest(list(counts)),
        alt="Médianes. " + listed((lens(row), median_aloud(row.mediane)) for row in firsts),
        base=Base(largest(firsts), "réponses au plus par groupe et par phrase"),
        draw=lambda canvas: draw_stacks(canvas, bars, [row.libelle for row in lines[0]]),
        note="Les réponses d’un même territoire se ressemblent : pour comparer les deux groupes, préférez "
        "les « regards croisés », qui les rapprochent territoire par territoire.",
    )


def _bands(asked: Selection, frame: pd.DataFrame) -> Released:
    """One row = one item × one group × one band, the favourable end first, with the median of the answers."""
    found: dict[str, Released] = {}
    banded = scores.notes_par_tranche(frame, asked.wave.dictionary, asked.period)
    for (item, group), some in banded.groupby(["item", "groupe"], sort=False):
        what = f"scores.score&groupe={group}&item={item}&periode={asked.period}"
        counted = asked.release.distribution(some.iloc[::-1], what)
        chosen = (frame["item"].astype(str) == item) & (frame["groupe"].astype(str) == group)
        known = frame.loc[chosen, "score"].dropna().astype("float64")
        medians = pd.DataFrame({"mediane": [known.median()], "n": [len(known)]})
        middle = asked.release.statistics(medians, what, by=(), values=("mediane",), n="n").row()
        beside = pd.Series([middle.mediane] * len(counted), dtype="object")
        found[f"{item}|{group}"] = counted.reshaped(partial(pd.DataFrame.assign, mediane=beside))
    return together(found, "ligne")


def lens(row: Any) -> str:
    """« Les acteurs du quartier coopèrent, animateur.trices »."""
    return f"{row.libelle_item}, {lower_first(row.libelle_groupe)}"


def _highest(asked: Selection, rows: Sequence[Any]) -> str:
    most = Largest.of(rows, lambda row: printed(row.mediane))
    if not most.rows:
        return f"{asked.variable.label} : trop peu de réponses pour donner une médiane"
    if asked.variable.item:
        told = [
            f"{median_aloud(row.mediane)} chez les {lower_first(row.libelle_groupe)}"
            for row in rows
            if row.mediane.known is not None
        ]
        return f"« {asked.variable.label} » : médiane de {' contre '.join(told)}"
    quoted = named(
        most.rows, lambda row: f"« {row.libelle_item} », chez les {lower_first(row.libelle_groupe)}"
    )
    return f"La médiane la plus haute{most.among} va à {quoted} : {amount(most.size, decimals=1)}"


def _fullest(rows: Sequence[Any]) -> str:
    """The largest count that readers may know, said in full: it teaches how to read the others."""
    known = [row for row in rows if row.effectif.value] or rows
    row = max(known, key=lambda row: int(row.effectif.low))
    return (
        f"« {row.libelle_item} » : {row.effectif.of('réponse')} sur {row.total} chez les "
        f"{lower_first(row.libelle_groupe)} dans la tranche « {row.libelle} »."
    )


# --- both groups, matched by territory ---

#: Medians of the two groups.
PAIR = ("mediane_institutionnels", "mediane_animateurs")
_HINDSIGHT = "Regard rétrospectif : la question, posée pendant l’enquête, porte sur la période qui précède. "


def situation(asked: Selection) -> Draft:
    """Institutional actors beside animateurs, matched by territory; widest gaps first."""
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
    drawn = [
        PairRow(
            row.libelle,
            first=getattr(row, PAIR[0]),
            second=getattr(row, PAIR[1]),
            higher=row.plus_haut,
            same=row.egal,
            lower=row.plus_bas,
            compared=row.territoires,
        )
        for row in rows
    ]
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
        base=Base(largest(rows, "territoires"), "territoires au plus où les deux groupes ont répondu"),
        draw=lambda canvas: draw_pairs(canvas, drawn, scale, first, second),
        note=(_HINDSIGHT if asked.period == scores.AVANT else "")
        + "Chaque territoire compte par la médiane de ses réponses.",
        message=_in_short(asked, most, quoted),
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
