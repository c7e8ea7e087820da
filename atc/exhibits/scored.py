"""The form of scores: how the answers of each group spread over the scale, with its median."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from atc.disclosure import Measure, Released, together
from atc.exhibits.charts import stacked
from atc.exhibits.directions import Largest, named
from atc.exhibits.forms import amount, lines_of, median_aloud, printed, size
from atc.exhibits.model import Base, Draft
from atc.exhibits.prose import listed
from atc.exhibits.selection import Selection
from atc.exhibits.table import Column, DataTable
from atc.indicators import scores
from atc.survey.typography import lower_first

PERIODS = {
    scores.AVANT: "avant le démarrage, jugée après coup",
    scores.ACTUELLE: "au moment de l’enquête",
}


def bands(asked: Selection) -> Draft:
    """How many answers in each band of the scale, group by group, with the median of each.

    Raises:
        NoAnswer: Nobody is left, or nobody answered.
    """
    frame = asked.rows()
    if not frame["score"].notna().any():
        raise asked.nobody()
    counts = _bands(asked, frame)
    lines = lines_of(counts, "ligne")
    firsts = [some[0] for some in lines]
    bars = [
        stacked.StackRow(
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
        base=Base(
            max((row.total for row in firsts), key=lambda total: int(total.high)),
            "réponses au plus par groupe et par phrase",
        ),
        draw=lambda canvas: stacked.draw(canvas, bars, [row.libelle for row in lines[0]]),
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
        found[f"{item}|{group}"] = counted.reshaped(partial(_beside, middle.mediane))
    return together(found, "ligne")


def _beside(middle: Measure, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(mediane=pd.Series([middle] * len(frame), dtype="object"))


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
