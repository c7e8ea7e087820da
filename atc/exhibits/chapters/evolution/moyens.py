"""Time of animation, meetings and steering body, in each wave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atc import codebook
from atc.disclosure import Measure, Ratio, Release, Released, together
from atc.disclosure.count import SECONDARY
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, listed
from atc.exhibits.chapters.evolution.rapprochement import (
    compare,
    left_out,
    nothing_to_join,
    out_of,
    score,
    sites,
    year,
)
from atc.exhibits.charts import units
from atc.indicators import evolution, measures
from atc.typography import capitalise, enumeration, lower_first, number
from atc.waves import Wave

_MEASURES = ("etp", "reunions_pilotage")
_BOXES = ("instance_institutionnels", "instance_associations", "instance_participation")
_CARNET = (
    "carnet_de_bord.territoire",
    "territoires.territoire",
    *(f"carnet_de_bord.{name}" for name in (*_MEASURES, *_BOXES)),
)


@exhibit("F08-04", uses=_CARNET, uses_before=_CARNET)
def fig_08_04(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Time of animation, meetings and steering body, then and now."""
    compared = compare(vague, avant)
    variables = [f"carnet_de_bord.{name}" for name in (*_MEASURES, *_BOXES)]
    kept = {name.partition(".")[2] for name in codebook.joined(compared, variables)}
    if not kept:
        return nothing_to_join(release, compared, variables, "Moyens et pilotage")
    labels = {name: vague.field(f"carnet_de_bord.{name}").label for name in (*_MEASURES, *_BOXES)}
    joined = {name: label for name, label in labels.items() if name in kept}
    measures = _measures(vague, avant, release, {n: label for n, label in joined.items() if n in _MEASURES})
    boxes = _boxes(vague, avant, release, {n: label for n, label in joined.items() if n in _BOXES})
    then, now = year(avant), year(vague)
    named = {name: vague.field(f"carnet_de_bord.{name}").unit for name in _MEASURES}
    rows = [unit for row in measures for unit in _measure_rows(row, named[row.modalite])]
    rows += [unit for row in boxes for unit in _box_rows(row, then, now)]
    returned = release.count(len(vague.table("carnet_de_bord")), "carnet_de_bord.territoire")
    return Draft(
        title=_means_title(measures, boxes, then, now),
        subtitle="Territoires dont le carnet est revenu aux deux vagues ; membres de l’instance : carnets "
        "de chaque vague",
        table=_means_table(measures, boxes, then, now),
        reading=" ".join(_change_aloud(row, named[row.modalite], then, now) for row in measures)
        or "Seule la composition de l’instance se compare.",
        alt="Territoires. " + listed((f"{r.heading} {r.label}".strip(), r.text) for r in rows),
        base=Base(returned, f"carnets de bord rendus en {now}, dont ceux que l’on compare"),
        draw=lambda canvas: units.draw(canvas, rows),
        note="Les territoires qui n’ont rendu leur carnet qu’une fois ne comptent ni en hausse ni en baisse "
        "; les réunions se cumulent depuis le démarrage, et ne peuvent donc que croître. "
        + left_out(compared, variables),
    )


def _measures(vague: Wave, avant: Wave, release: Release, labels: Mapping[str, str]) -> Released:
    """Up, stable and down, and the medians of the territories that answered twice."""
    tables = avant.table("carnet_de_bord"), vague.table("carnet_de_bord")
    return release.splits(
        evolution.evolution_du_carnet(*tables, labels).assign(sites=sites(vague, avant)),
        "evolution.carnet_de_bord",
        by=("modalite",),
        total="compares",
        parts=tuple(evolution.SENS),
        outside={
            "perdus": ("connus_avant", f"{avant.id}/carnet_de_bord.valeurs"),
            "nouveaux": ("connus_apres", f"{vague.id}/carnet_de_bord.valeurs"),
        },
        among="sites",
        values=("mediane_avant", "mediane_apres"),
    )


def _boxes(vague: Wave, avant: Wave, release: Release, labels: Mapping[str, str]) -> Released:
    """Boxes ticked in each wave, as its own chapter tells them.

    How many were won and lost stays unsaid: with those of each wave, they balance like accounts, and would
    give a masked one away.
    """
    then, now = (
        each.boxes(measures.cases(wave.table("carnet_de_bord"), labels), "carnet_de_bord.composition")
        for each, wave in ((release.before, avant), (release, vague))
    )
    columns = {
        f"{name}{when}": pd.Series([getattr(row, shown) for row in some], dtype="object")
        for when, some in (("avant", then), ("apres", now))
        for name, shown in (("", "effectif"), ("carnets_", "total"))
    }
    return now.reshaped(lambda frame: frame.assign(**columns))


def _decimal(value: Measure, name: str) -> str:
    return number(value.known, 1) if name == "etp" and value.known is not None else score(value)


def _change_aloud(row: Any, unit: str, then: str, now: str) -> str:
    medians = [_decimal(value, row.modalite) for value in (row.mediane_avant, row.mediane_apres)]
    told = [
        f"{label.lower()} sur {count.of('territoire')}"
        for sens, label in evolution.SENS.items()
        if (count := getattr(row, sens)).status != SECONDARY
    ]
    return (
        f"{row.libelle} : médiane de {medians[0]} {unit} en {then}, de {medians[1]} en {now}"
        f"{f' ; {enumeration(told)}' if told else ''}."
    )


def _measure_rows(row: Any, unit: str) -> list[units.UnitRow]:
    medians = [_decimal(value, row.modalite) for value in (row.mediane_avant, row.mediane_apres)]
    heading = f"{row.libelle} (médiane : {medians[0]} puis {medians[1]} {unit})"
    total = None if row.compares.is_masked else row.compares
    counts = [(label, getattr(row, sens)) for sens, label in evolution.SENS.items()]
    return [
        units.UnitRow(label, "" if i else heading, count, total, f"{count.shown}{out_of(row.compares)}")
        for i, (label, count) in enumerate(counts)
    ]


def _box_rows(row: Any, then: str, now: str) -> list[units.UnitRow]:
    heading = f"Siègent dans l’instance : {lower_first(row.libelle)}"
    ratios = {then: Ratio(row.avant, row.carnets_avant), now: Ratio(row.apres, row.carnets_apres)}
    return [
        units.UnitRow(year, "" if i else heading, ratio.effectif, ratio.total, ratio.shown)
        for i, (year, ratio) in enumerate(ratios.items())
    ]


def _means_title(measures: Released, boxes: Released, then: str, now: str) -> str:
    parts = []
    time = next((row for row in measures if row.modalite == "etp"), None)
    if time is not None and SECONDARY not in {time.hausse.status, time.baisse.status}:
        parts.append(
            f"Le temps d’animation monte sur {time.hausse.of('territoire')} et baisse sur {time.baisse}"
        )
    open_to = next((row for row in boxes if row.modalite == "instance_associations"), None)
    if open_to is not None and SECONDARY not in {open_to.avant.status, open_to.apres.status}:
        parts.append(
            f"les associations siègent sur {open_to.avant.of('site')} en {then}, {open_to.apres} en {now}"
        )
    return capitalise(" ; ".join(parts)) or "Moyens et pilotage aux deux vagues"


def _means_table(measures: Released, boxes: Released, then: str, now: str) -> DataTable:
    kept = ["libelle", "mediane_avant", "mediane_apres", "avant", "apres", *evolution.SENS, "compares"]
    return DataTable(
        together({"mesures": measures, "membres": boxes}, "quoi").reshaped(
            lambda frame: frame.reindex(columns=kept)
        ),
        [
            Column("libelle", "Moyens et pilotage"),
            Column("mediane_avant", f"Médiane {then}", 1),
            Column("mediane_apres", f"Médiane {now}", 1),
            Column("avant", f"Territoires concernés {then}", 0),
            Column("apres", f"Territoires concernés {now}", 0),
            Column("hausse", "En hausse", 0),
            Column("stable", "Stable", 0),
            Column("baisse", "En baisse", 0),
            Column("compares", "Territoires comparés", 0),
        ],
    )
