"""Territories whose scores went up, stayed or went down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from atc.disclosure import Count, Release, Released
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, listed
from atc.exhibits.chapters.evolution.notes import SCORES, base_of, by_lens, outside
from atc.exhibits.chapters.evolution.rapprochement import (
    BY_TERRITORY,
    compare,
    item_variables,
    joined_items,
    left_out,
    nothing_to_join,
    out_of,
    sites,
    year,
)
from atc.exhibits.charts import stacked, units
from atc.exhibits.charts.tokens import BLUE, BLUE_MID
from atc.indicators import evolution, evolution_des_notes
from atc.typography import lower_first
from atc.waves import Wave

_COLORS = {evolution.HAUSSE: BLUE, evolution.BAISSE: BLUE_MID}
_NEUTRAL = "Comment les notes des territoires ont bougé d’une vague à l’autre"


@exhibit("F08-03", uses=SCORES, uses_before=SCORES)
def fig_08_03(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Territories up, stable and down: item by item where that masks nothing, items together otherwise."""
    compared = compare(vague, avant)
    items = joined_items(compared, vague)
    if not items:
        return nothing_to_join(release, compared, item_variables(vague), "Évolution des notes")
    changes = evolution_des_notes.evolution_des_scores(
        avant.table("scores"), vague.table("scores"), vague.dictionary, items
    )
    note = (
        f"« Stable » : la médiane du territoire est la même. {BY_TERRITORY} Ni pourcentage ni test : les "
        "nombres sont trop petits. " + left_out(compared, item_variables(vague))
    )
    by_item = release.unmasked(lambda one: _item_by_item(vague, avant, one, changes))
    if by_item is not None:
        return _by_item(vague, avant, by_item, note)
    return _together(vague, avant, release, changes, note, len(items))


def _item_by_item(vague: Wave, avant: Wave, release: Release, changes: pd.DataFrame) -> Released:
    return release.splits(
        changes.assign(sites=sites(vague, avant)),
        "evolution.scores",
        by=("groupe", "item"),
        total="compares",
        parts=tuple(evolution.SENS),
        outside=outside(vague, avant, "scores.territoire&periode=actuelle"),
        among="sites",
        values=("mediane_avant", "mediane_apres"),
    )


def _by_item(vague: Wave, avant: Wave, table: Released, note: str) -> Draft:
    then, now = year(avant), year(vague)
    rows = [
        _bar(row, row.libelle_item, "" if i else label)
        for label, some in by_lens(table)
        for i, row in enumerate(some)
    ]
    return Draft(
        title=_progress(table.leader("hausse")),
        subtitle=f"Nombre de territoires, selon l’évolution de leur médiane entre {then} et {now}",
        table=DataTable(
            table,
            [
                Column("libelle_item", "Phrase"),
                Column("libelle_groupe", "Groupe"),
                *(Column(code, label, 0) for code, label in evolution.SENS.items()),
                Column("compares", "Territoires comparés", 0),
                Column("perdus", f"En {then} seulement", 0),
                Column("nouveaux", f"En {now} seulement", 0),
                Column("mediane_avant", f"Médiane {then}", 1),
                Column("mediane_apres", f"Médiane {now}", 1),
            ],
        ),
        reading=" ".join(_attrition(label, some) for label, some in by_lens(table))
        + " Les autres ne répondent qu’à une vague : ils ne sont pas comparés.",
        alt="En hausse, stables, en baisse. "
        + listed((f"{row.libelle_item}, {lower_first(row.libelle_groupe)}", _three(row)) for row in table),
        base=base_of(table, vague),
        draw=lambda canvas: stacked.draw(canvas, rows, list(evolution.SENS.values())),
        note=note,
    )


def _together(
    vague: Wave, avant: Wave, release: Release, changes: pd.DataFrame, note: str, items: int
) -> Draft:
    table = release.splits(
        evolution_des_notes.comparaisons(changes),
        "evolution.comparaisons",
        by=("groupe", "sens"),
        total="effectif",
    )
    then, now = year(avant), year(vague)
    lenses = list(by_lens(table))
    rows = [
        units.UnitRow(
            row.libelle, "" if i else label, row.effectif, text=row.effectif.shown, color=_COLORS[row.sens]
        )
        for label, some in lenses
        for i, row in enumerate(some)
    ]
    return Draft(
        title=_course(lenses),
        subtitle="Nombre de comparaisons (un territoire, une phrase), selon l’évolution de la médiane du "
        f"territoire entre {then} et {now}",
        table=DataTable(
            table,
            [
                Column("libelle_groupe", "Groupe"),
                Column("libelle", "Évolution"),
                Column("effectif", "Comparaisons", 0),
            ],
        ),
        reading=" ".join(_up_and_down(label, some) for label, some in lenses)
        + f" Une comparaison tient un territoire et une phrase ; {items} phrases se rapprochent.",
        alt="En hausse, puis en baisse. "
        + listed((label, ", ".join(row.effectif.shown for row in some)) for label, some in lenses),
        base=Base(items, "phrases rapprochées, notées par deux groupes"),
        draw=lambda canvas: units.draw(canvas, rows),
        note="Phrase par phrase, trop peu de territoires vont dans chaque sens pour que leurs nombres soient "
        f"communiqués ; les comparaisons sans changement ne sont pas comptées. {note}",
    )


def _up_and_down(label: str, rows: Sequence[Any]) -> str:
    up, down = (row.effectif for row in rows)
    return (
        f"Chez les {lower_first(label)}, la note monte dans {up.of('comparaison')} et baisse dans "
        f"{down.of('comparaison')}."
    )


def _course(lenses: Sequence[tuple[str, Sequence[Any]]]) -> str:
    """The group whose scores move most in one direction, among those that are told."""
    known = [
        (label, up.low, down.low)
        for label, some in lenses
        for up, down in [[row.effectif for row in some]]
        if not (up.is_masked or down.is_masked)
    ]
    if not known:
        return _NEUTRAL
    label, up, down = max(known, key=lambda lens: abs(lens[1] - lens[2]))
    if up == down:
        return f"Selon les {lower_first(label)}, les notes montent autant qu’elles baissent"
    way = ("montent", "baissent") if up > down else ("baissent", "montent")
    return (
        f"Selon les {lower_first(label)}, les notes {way[0]} plus souvent qu’elles ne {way[1]} : "
        f"{max(up, down)} comparaisons contre {min(up, down)}"
    )


def _directions(row: Any) -> dict[str, Count]:
    return {label: getattr(row, sens) for sens, label in evolution.SENS.items()}


def _three(row: Any) -> str:
    return ", ".join(count.shown for count in _directions(row).values())


def _bar(row: Any, label: str, heading: str = "") -> stacked.StackRow:
    total = row.compares
    size = "" if total.is_masked else f"n = {total}"
    return stacked.StackRow(label, heading, tuple(_directions(row).values()), size, total)


def _progress(row: Any | None) -> str:
    if row is None or not row.hausse.high:
        return _NEUTRAL
    return (
        f"« {row.libelle_item} » progresse le plus souvent : en hausse sur {row.hausse.of('territoire')}"
        f"{out_of(row.compares)} selon les {lower_first(row.libelle_groupe)}"
    )


def _attrition(group: str, rows: Sequence[Any]) -> str:
    compared = sorted({row.compares.low for row in rows})
    how_many = f"{compared[0]}" if len(compared) == 1 else f"de {compared[0]} à {compared[-1]}"
    return f"Chez les {lower_first(group)}, {how_many} territoires sont notés aux deux vagues."
