"""The scores of one territory beside those of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from atc.disclosure import Count, Release
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, listed
from atc.exhibits.chapters.fiche.acces import SITES, commune, own, shown_here
from atc.exhibits.charts import bands
from atc.indicators import scores
from atc.indicators.measures import lignes, premiere
from atc.typography import number
from atc.waves import Wave


@exhibit("F90-02", uses=("scores.*", *SITES), files=False)
def notes(vague: Wave, release: Release, territoire: str) -> Draft:
    """Its scores beside the banded distribution of the other territories."""
    name = commune(vague, territoire)
    table = vague.table("scores")
    period = scores.periode_jugee(table)
    others = scores.notes_par_tranche(
        table[table["territoire"].astype(str) != territoire], vague.dictionary, period
    )
    medians = scores.medianes_par_territoire(own(table, territoire), period)
    found = {(row.groupe, row.item): row for row in lignes(medians)}
    pairs = [
        (some, found.get((str(group), str(item))))
        for (group, item), some in others.sort_values("groupe", key=_rank, kind="stable").groupby(
            ["groupe", "item"], sort=False
        )
    ]
    rows = _headed([_band_row(some, mine) for some, mine in pairs])
    labels = [band.libelle for band in scores.TRANCHES_NOTES]
    answers = int(medians["repondants"].max()) if len(medians) else 0
    return Draft(
        title=f"{name} : ses notes parmi celles des autres territoires",
        subtitle=f"Réponses de 1 à 10, par tranche ; situation {_PERIODS[period]}",
        table=DataTable(
            shown_here(release, pd.DataFrame([_band_numbers(some, mine) for some, mine in pairs])),
            [
                Column("libelle_item", "Phrase"),
                Column("libelle_groupe", "Groupe"),
                Column("mediane", f"Médiane, {name}", 1),
                Column("repondants", f"Réponses, {name}", 0),
                *(Column(band.modalite, f"Autres : {band.libelle}", 0) for band in scores.TRANCHES_NOTES),
            ],
        ),
        reading="Le cadre orange désigne la tranche où tombe la médiane du territoire ; chaque case compte "
        "les réponses des autres.",
        alt=f"{name}, médianes. " + listed((row.label, row.text) for row in rows),
        base=Base(answers, "réponses au plus par phrase et par groupe sur ce territoire"),
        draw=lambda canvas: bands.draw(
            canvas, rows, labels, "réponses des autres territoires", f"médiane : {name}"
        ),
        note="Une médiane entre deux tranches est rangée dans la plus haute.",
    )


_PERIODS = {scores.AVANT: "avant le démarrage, jugée après coup", scores.ACTUELLE: "au moment de l’enquête"}


def _band_of(value: float) -> int:
    """The band of a median; half-way between two, it goes to the upper one."""
    return sum(value > band.high for band in scores.TRANCHES_NOTES)


def _rank(groups: pd.Series) -> pd.Series:
    return groups.map({scores.INSTITUTIONNELS: 0, scores.ANIMATEURS: 1})


def _band_row(some: pd.DataFrame, mine: Any) -> tuple[str, bands.BandRow]:
    """The lens, and the row of one item: how many others in each band, and where the site stands."""
    first = premiere(some)
    text = "–" if mine is None else number(mine.mediane, 0 if float(mine.mediane).is_integer() else 1)
    row = bands.BandRow(
        first.libelle_item,
        counts=tuple(Count.exactly(int(n)) for n in some["effectif"]),
        own=None if mine is None else _band_of(mine.mediane),
        text=text,
    )
    return str(first.libelle_groupe), row


def _headed(rows: Sequence[tuple[str, bands.BandRow]]) -> list[bands.BandRow]:
    """The rows, the first of each lens under its name."""
    groups = [group for group, _ in rows]
    return [
        replace(row, heading="" if i and groups[i - 1] == group else group)
        for i, (group, row) in enumerate(rows)
    ]


def _band_numbers(some: pd.DataFrame, mine: Any) -> dict[str, object]:
    first = premiere(some)
    return {
        "libelle_item": first.libelle_item,
        "libelle_groupe": first.libelle_groupe,
        "mediane": None if mine is None else mine.mediane,
        "repondants": 0 if mine is None else mine.repondants,
        **{row.modalite: row.effectif for row in lignes(some)},
    }
