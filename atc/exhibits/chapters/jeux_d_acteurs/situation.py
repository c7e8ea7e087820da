"""The situation of the territory, seen by two groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from atc.disclosure import Measure, Release, Released, together
from atc.disclosure.count import SECONDARY
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, listed, notices
from atc.exhibits.charts import dumbbell
from atc.indicators import scores
from atc.indicators.measures import lignes, premiere
from atc.typography import enumeration, lower_first, number
from atc.waves import Wave

_SCORES = (
    "scores.repondant",
    "scores.groupe",
    "scores.territoire",
    "scores.periode",
    "scores.item",
    "scores.score",
)
_PERIODS = {
    scores.AVANT: "avant le démarrage, jugée après coup",
    scores.ACTUELLE: "au moment de l’enquête",
}
_HINDSIGHT = "Regard rétrospectif : la question, posée pendant l’enquête, porte sur la période qui précède. "
_BY_TERRITORY = (
    "L’unité est le territoire : les réponses d’un même territoire y sont résumées par leur médiane."
)
_MERGED = " Des tranches de notes voisines sont réunies là où trop peu de personnes répondent."


@exhibit("F03-01", uses=_SCORES)
def fig_03_01(vague: Wave, release: Release) -> Draft:
    """The situation of the territory, institutional actors beside animateurs, matched by territory."""
    period = scores.periode_jugee(vague.table("scores"))
    compared = notices.situations(vague, release)
    first, second = vague.field("scores.groupe").labels.values()
    rows = [
        dumbbell.PairRow(
            row.libelle, "", *notices.medianes(row), row.plus_haut, row.egal, row.plus_bas, row.territoires
        )
        for row in compared
    ]
    aloud = ((row.label, f"{_score(row.first)} et {_score(row.second)}") for row in rows)
    widest = notices.plus_grand_ecart(compared)
    scored = _score_table(vague, release, compared)
    notes = [_HINDSIGHT if period == scores.AVANT else "", _BY_TERRITORY]
    notes.append(_MERGED if release.record.merged else "")
    return Draft(
        title=_gap(widest),
        subtitle=f"Situation {_PERIODS[period]}, de 1 (pas du tout d’accord) à 10 (tout à fait). "
        "Médiane des médianes par territoire",
        table=scored,
        reading=_gap_aloud(widest, lower_first(first), lower_first(second)),
        alt=f"{first} puis {lower_first(second)}, médianes. " + listed(aloud),
        base=Base(
            max((row.territoires for row in compared), key=lambda count: count.high),
            "territoires où les deux groupes ont répondu",
        ),
        draw=lambda canvas: dumbbell.draw(canvas, rows, first, second),
        note="".join(notes),
    )


def _score(value: Measure) -> str:
    if value.known is None:
        return "non communiquée" if value.value is None else "sans valeur"
    return number(value.known, 0 if value.known.is_integer() else 1)


def _gap(row: Any | None) -> str:
    if row is None:
        return "La situation du territoire, notée par les deux groupes"
    first, second = (_score(median) for median in notices.medianes(row))
    return f"L’écart le plus grand porte sur « {row.libelle} » : {first} contre {second}"


def _gap_aloud(row: Any | None, first: str, second: str) -> str:
    if row is None:
        return (
            "Trop peu de territoires ont des réponses des deux groupes pour que leurs médianes soient dites."
        )
    higher, lower = (_score(median) for median in notices.medianes(row))
    told = [
        f"plus {way} sur {count.of('territoire')}"
        for way, count in (("haut", row.plus_haut), ("bas", row.plus_bas))
        if count.status != SECONDARY
    ]
    return (
        f"Sur « {lower_first(row.libelle)} », la médiane est de {higher} chez les {first} et de "
        f"{lower} chez les {second}{f' ; les premiers notent {enumeration(told)}' if told else ''}."
    )


def _score_table(vague: Wave, release: Release, compared: Released) -> DataTable:
    """One row = one item × one group: answers by band, and the median of the matched territories."""
    table = vague.table("scores")
    period = scores.periode_jugee(table)
    bands = scores.notes_par_tranche(table, vague.dictionary, period)
    released = {
        f"{item}|{group}": release.distribution(
            some.drop(columns=["item", "groupe"]),
            f"scores.score&groupe={group}&item={item}&periode={period}",
            bands=_band,
        )
        for (item, group), some in bands.groupby(["item", "groupe"], sort=False)
    }
    groups = vague.field("scores.groupe").labels
    return DataTable(
        together(released, "ligne").reshaped(lambda frame: _wide(frame, compared, groups)),
        [
            Column("libelle", "Phrase"),
            Column("libelle_groupe", "Groupe"),
            Column("total", "Réponses", 0),
            Column("notes", "Réponses par tranche de notes"),
            Column("mediane", "Médiane des territoires", 1),
            Column("territoires", "Territoires comparés", 0),
        ],
    )


def _band(labels: Sequence[str]) -> str:
    """« 1 à 3 » and « 4 ou 5 » together: « 1 à 5 »."""
    return f"{labels[0].split()[0]} à {labels[-1].split()[-1]}"


def _wide(bands: pd.DataFrame, compared: Released, groups: Mapping[str, str]) -> pd.DataFrame:
    """Bands in words, since they differ from one row to another, then the median."""
    rows = []
    for item in compared:
        for group, label in groups.items():
            some = bands[bands["ligne"] == f"{item.item}|{group}"]
            rows.append(
                {
                    "libelle": item.libelle,
                    "libelle_groupe": label,
                    "total": premiere(some).total,
                    "notes": " ; ".join(f"{row.libelle} : {row.effectif.shown}" for row in lignes(some)),
                    "mediane": getattr(item, f"mediane_{group}"),
                    "territoires": item.territoires,
                }
            )
    return pd.DataFrame(rows)
