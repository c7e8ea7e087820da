"""Time of animation, meetings and steering body, in each wave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atc import codebook
from atc.chapters.evolution.rapprochement import compare, left_out, nothing_to_join, score, year
from atc.charts import units
from atc.exhibit import Base, Column, DataTable, Draft, exhibit, listed
from atc.indicators import evolution
from atc.indicators.lignes import lignes, premiere
from atc.typography import capitalise, counted, lower_first, number
from atc.waves import Wave

_MEASURES = ("etp", "reunions_pilotage")
_BOXES = ("instance_institutionnels", "instance_associations", "instance_participation")
_CARNET = ("carnet_de_bord.territoire", *(f"carnet_de_bord.{name}" for name in (*_MEASURES, *_BOXES)))


@exhibit("F08-04", uses=_CARNET, uses_before=_CARNET)
def fig_08_04(vague: Wave, avant: Wave) -> Draft:
    """Time of animation, meetings and steering body, then and now."""
    compared = compare(vague, avant)
    variables = [f"carnet_de_bord.{name}" for name in (*_MEASURES, *_BOXES)]
    kept = {name.partition(".")[2] for name in codebook.joined(compared, variables)}
    if not kept:
        return nothing_to_join(compared, variables, "Moyens et pilotage")
    tables = avant.table("carnet_de_bord"), vague.table("carnet_de_bord")
    fields = {name: vague.field(f"carnet_de_bord.{name}") for name in (*_MEASURES, *_BOXES) if name in kept}
    measures = evolution.evolution_du_carnet(
        *tables, {name: field.label for name, field in fields.items() if name in _MEASURES}
    )
    boxes = evolution.composition(
        *tables, {name: field.label for name, field in fields.items() if name in _BOXES}
    )
    then, now = year(avant), year(vague)
    measured = {row.modalite: row for row in lignes(measures)}
    rows = [unit for name, row in measured.items() for unit in _measure_rows(row, fields[name].unit)]
    rows += [unit for row in lignes(boxes) for unit in _box_rows(row, then, now)]
    total = int(max([*measures["compares"], *boxes["total"]]))
    return Draft(
        title=_means_title(measured, boxes, then, now),
        subtitle="Territoires dont le carnet est revenu aux deux vagues",
        table=_means_table(measures, boxes, then, now),
        reading=" ".join(
            f"{row.libelle} : médiane de {_decimal(row.mediane_avant, name)} {fields[name].unit} en {then}, "
            f"de {_decimal(row.mediane_apres, name)} en {now} ; en hausse sur "
            f"{counted(row.hausse, 'territoire')}, stable sur {row.stable}, en baisse sur {row.baisse}."
            for name, row in measured.items()
        )
        or "Seule la composition de l’instance se compare.",
        alt="Territoires. " + listed((f"{r.heading} {r.label}".strip(), r.text) for r in rows),
        base=Base(total, "carnets de bord rendus aux deux vagues"),
        draw=lambda canvas: units.draw(canvas, rows),
        note="Les territoires qui n’ont rendu leur carnet qu’une fois sont laissés de côté ; les réunions "
        "se cumulent depuis le démarrage, et ne peuvent donc que croître. " + left_out(compared, variables),
    )


def _decimal(value: float, name: str) -> str:
    return number(value, 1) if name == "etp" else score(value)


def _measure_rows(row: Any, unit: str) -> list[units.UnitRow]:
    name, total = row.modalite, int(row.compares)
    medians = (row.mediane_avant, row.mediane_apres)
    then, now = (_decimal(median, name) for median in medians) if total else ("–", "–")
    heading = f"{row.libelle} (médiane : {then} puis {now} {unit})"
    return [
        units.UnitRow(
            label,
            "" if i else heading,
            count=int(getattr(row, sens)),
            total=total,
            text=f"{number(getattr(row, sens))} sur {number(total)}",
        )
        for i, (sens, label) in enumerate(evolution.SENS.items())
    ]


def _box_rows(row: Any, then: str, now: str) -> list[units.UnitRow]:
    counts = {then: int(row.avant), now: int(row.apres)}
    total = int(row.total)
    heading = f"Siègent dans l’instance : {lower_first(row.libelle)}"
    return [
        units.UnitRow(
            year, "" if i else heading, count=count, total=total, text=f"{count} sur {number(total)}"
        )
        for i, (year, count) in enumerate(counts.items())
    ]


def _means_title(measured: Mapping[str, Any], boxes: pd.DataFrame, then: str, now: str) -> str:
    parts = []
    time = measured.get("etp")
    if time is not None:
        parts.append(
            f"Le temps d’animation monte sur {counted(time.hausse, 'territoire')} et baisse sur {time.baisse}"
        )
    open_to = boxes[boxes["modalite"] == "instance_associations"]
    if len(open_to):
        row = premiere(open_to)
        parts.append(f"les associations siègent sur {row.avant} sites en {then}, {row.apres} en {now}")
    return capitalise(" ; ".join(parts)) or "Moyens et pilotage aux deux vagues"


def _means_table(measures: pd.DataFrame, boxes: pd.DataFrame, then: str, now: str) -> DataTable:
    ticked = boxes.assign(
        hausse=boxes["gagnes"],
        baisse=boxes["perdus"],
        stable=boxes["total"] - boxes["gagnes"] - boxes["perdus"],
        compares=boxes["total"],
    ).drop(columns="perdus")
    return DataTable(
        pd.concat([measures.drop(columns=["perdus", "nouveaux"]), ticked], ignore_index=True),
        [
            Column("libelle", "Moyens et pilotage"),
            Column("mediane_avant", f"Médiane {then}", 1),
            Column("mediane_apres", f"Médiane {now}", 1),
            Column("avant", f"Territoires concernés {then}", 0),
            Column("apres", f"Territoires concernés {now}", 0),
            Column("hausse", "En hausse, ou gagné", 0),
            Column("stable", "Stable", 0),
            Column("baisse", "En baisse, ou perdu", 0),
            Column("compares", "Territoires comparés", 0),
        ],
    )
