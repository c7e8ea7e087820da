"""Scores from 1 to 10: how the answers spread over the scale, with the median of each group."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from atc.desk.asked import Asked
from atc.desk.counting import median, nobody
from atc.disclosure import Measure, Released, together
from atc.exhibits import Base, Column, DataTable, Draft, listed
from atc.exhibits.charts import stacked
from atc.indicators import scores
from atc.typography import lower_first, number

PERIODS = {
    scores.AVANT: "avant le démarrage, jugée après coup",
    scores.ACTUELLE: "au moment de l’enquête",
}
SCALE = "de 1 (pas du tout d’accord) à 10 (tout à fait)"
#: The favourable end first, as a stacked bar reads.
_BANDS = tuple(reversed(scores.TRANCHES_NOTES))


def draft(asked: Asked) -> Draft:
    """The bands of one item, or of all, for both groups."""
    frame = asked.rows()
    if asked.variable.item:
        frame = frame[frame["item"].astype(str) == asked.variable.item]
    if not frame["score"].notna().any():
        raise nobody(asked, frame)
    table = _released(asked, frame)
    rows = _by_row(table)
    bars = [
        stacked.StackRow(
            some[0].libelle_groupe,
            "" if i % 2 else some[0].libelle_item,
            tuple(row.effectif for row in some),
            _end(some[0]),
            some[0].total,
        )
        for i, some in enumerate(rows)
    ]
    return Draft(
        title=_title(asked, [some[0] for some in rows]),
        subtitle=f"Nombre de réponses par tranche de notes, {SCALE}{asked.filters_aloud()}",
        table=_table(table),
        reading=_reading(rows),
        alt="Médianes. "
        + listed(
            (f"{some[0].libelle_item}, {lower_first(some[0].libelle_groupe)}", score(some[0].mediane))
            for some in rows
        ),
        base=Base(
            max((some[0].total for some in rows), key=lambda total: total.high),
            "réponses au plus par groupe et par phrase",
        ),
        draw=lambda canvas: stacked.draw(canvas, bars, [band.libelle for band in _BANDS]),
        note="Les réponses d’un même territoire se ressemblent : pour comparer les deux groupes, préférez "
        "les « regards croisés », qui les rapprochent territoire par territoire.",
    )


def _released(asked: Asked, frame: pd.DataFrame) -> Released:
    """One row = one item × one group × one band, with the median of the answers."""
    bands = scores.notes_par_tranche(frame, asked.wave.dictionary, asked.period)
    if asked.variable.item:
        bands = bands[bands["item"] == asked.variable.item]
    found: dict[str, Released] = {}
    for (item, group), some in bands.groupby(["item", "groupe"], sort=False):
        what = f"scores.score&groupe={group}&item={item}&periode={asked.period}"
        counted = asked.release.distribution(some.iloc[::-1], what)
        chosen = (frame["item"].astype(str) == item) & (frame["groupe"].astype(str) == group)
        measure = median(asked, frame.loc[chosen, "score"], what)
        found[f"{item}|{group}"] = counted.reshaped(partial(_beside, measure))
    return together(found, "ligne")


def _beside(measure: Measure, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(mediane=pd.Series([measure] * len(frame), dtype="object"))


def _by_row(table: Released) -> list[list[Any]]:
    rows: dict[str, list[Any]] = {}
    for row in table:
        rows.setdefault(row.ligne, []).append(row)
    return list(rows.values())


def score(value: Any) -> str:
    """A median in a sentence."""
    if value.known is None:
        return "non communiquée" if value.value is None else "sans réponse"
    return number(value.known, 0 if value.known.is_integer() else 1)


def _end(row: Any) -> str:
    middle = f"médiane {score(row.mediane)}" if row.mediane.known is not None else ""
    size = row.total.shown if row.total.is_masked else f"n = {row.total.shown}"
    return f"{size} ; {middle}" if middle else size


def _title(asked: Asked, rows: list[Any]) -> str:
    known = [row for row in rows if row.mediane.known is not None]
    if not known:
        return f"{asked.variable.label} : trop peu de réponses pour donner une médiane"
    if asked.variable.item:
        told = " contre ".join(
            f"{score(row.mediane)} chez les {lower_first(row.libelle_groupe)}" for row in known
        )
        return f"« {asked.variable.label} » : médiane de {told}"
    best = max(known, key=lambda row: float(row.mediane.known))
    return (
        f"La médiane la plus haute va à « {best.libelle_item} », chez les "
        f"{lower_first(best.libelle_groupe)} : {score(best.mediane)}"
    )


def _reading(rows: list[list[Any]]) -> str:
    some = max(rows, key=lambda some: int(some[0].total.low))
    known = next((row for row in some if row.effectif.value), some[0])
    return (
        f"« {some[0].libelle_item} » : {known.effectif.of('réponse')} sur {known.total} chez les "
        f"{lower_first(known.libelle_groupe)} dans la tranche « {known.libelle} »."
    )


def _table(table: Released) -> DataTable:
    return DataTable(
        table,
        [
            Column("libelle_item", "Phrase"),
            Column("libelle_groupe", "Groupe"),
            Column("libelle", "Notes"),
            Column("effectif", "Réponses", 0),
            Column("total", "Sur", 0),
            Column("mediane", "Médiane du groupe", 1),
        ],
    )
