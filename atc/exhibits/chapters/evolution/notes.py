"""The situation of the territories, scored in each wave by two groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from atc.disclosure import Measure, Release, Released
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, listed
from atc.exhibits.chapters.evolution.rapprochement import (
    BY_TERRITORY,
    compare,
    item_variables,
    joined_items,
    left_out,
    nothing_to_join,
    score,
    sites,
    year,
)
from atc.exhibits.charts import moments
from atc.indicators import evolution_des_notes
from atc.typography import counted, enumeration, lower_first
from atc.waves import Wave

SCORES = (
    "scores.repondant",
    "scores.groupe",
    "scores.territoire",
    "scores.periode",
    "scores.item",
    "scores.score",
    "territoires.territoire",
)


@exhibit("F08-02", uses=SCORES, uses_before=SCORES)
def fig_08_02(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Scores before the start, then in each wave, by territory, two lenses."""
    compared = compare(vague, avant)
    items = joined_items(compared, vague)
    if not items:
        return nothing_to_join(release, compared, item_variables(vague), "Situation du territoire")
    table = release.splits(
        evolution_des_notes.trois_moments(
            avant.table("scores"), vague.table("scores"), vague.dictionary, items
        ).assign(sites=sites(vague, avant)),
        "evolution.trois_moments",
        by=("groupe", "item"),
        total="territoires",
        outside=outside(vague, avant, "scores.territoire&periode=actuelle"),
        among="sites",
        values=evolution_des_notes.MOMENTS,
    ).reshaped(
        lambda frame: frame.sort_values("item", key=lambda names: names.map(items.index), kind="stable")
    )
    names = ("Avant", year(avant), year(vague))
    first, second = vague.field("scores.groupe").labels.values()
    panels = [_panel(table, item) for item in items]
    return Draft(
        title=_moved(table, names),
        subtitle="Situation du territoire, de 1 (pas du tout d’accord) à 10 (tout à fait). Médiane des "
        "médianes par territoire",
        table=DataTable(
            table,
            [
                Column("libelle_item", "Phrase"),
                Column("libelle_groupe", "Groupe"),
                *(
                    Column(code, f"Médiane {lower_first(name)}", 1)
                    for code, name in zip(evolution_des_notes.MOMENTS, names, strict=True)
                ),
                Column("territoires", "Territoires comparés", 0),
            ],
        ),
        reading=" ".join(_course(group, rows, names) for group, rows in by_lens(table))
        + " Chaque médiane porte sur les seuls territoires connus aux trois moments.",
        alt=f"Médianes avant, en {names[1]} puis en {names[2]}. "
        + listed((f"{row.libelle_item}, {lower_first(row.libelle_groupe)}", _three(row)) for row in table),
        base=base_of(table, vague),
        draw=lambda canvas: moments.draw(canvas, panels, names, first, second),
        note=f"« Avant » est un regard rétrospectif, demandé en {names[1]}. {BY_TERRITORY} "
        + left_out(compared, item_variables(vague)),
    )


def outside(vague: Wave, avant: Wave, what: str) -> dict[str, tuple[str, str]]:
    """Those that one wave knows and the comparison leaves out, for `Release.splits`."""
    return {
        "perdus": ("connus_avant", f"{avant.id}/{what}"),
        "nouveaux": ("connus_apres", f"{vague.id}/{what}"),
    }


def base_of(table: Released, vague: Wave) -> Base:
    """Those that are compared may have to be kept back; those that the wave knows are not."""
    most = max((row.connus_apres for row in table), key=lambda count: int(count.high))
    return Base(most, f"territoires au plus, notés en {year(vague)}, dont ceux que l’on compare")


def by_lens(table: Released) -> Iterator[tuple[str, list[Any]]]:
    """Label of each group, and its rows."""
    lenses: dict[str, list[Any]] = {}
    for row in table:
        lenses.setdefault(row.libelle_groupe, []).append(row)
    return iter(lenses.items())


def _medians(row: Any) -> tuple[Measure, ...]:
    return tuple(getattr(row, moment) for moment in evolution_des_notes.MOMENTS)


def _panel(table: Released, item: str) -> moments.Panel:
    first, second = (row for row in table if row.item == item)
    if first.territoires.is_masked or second.territoires.is_masked:
        note = ""
    else:
        note = f"{first.territoires} et {second.territoires} territoires comparés"
    return moments.Panel(first.libelle_item, _medians(first), _medians(second), note)


def _three(row: Any) -> str:
    return ", ".join(score(median) for median in _medians(row))


def _step(row: Any) -> float | None:
    """How far the median moved since the wave before; nothing when one of the two is not known."""
    then, now = row.mediane_precedente.known, row.mediane_actuelle.known
    return None if then is None or now is None else now - then


def _moved(table: Released, names: Sequence[str]) -> str:
    steps = [(abs(step), row) for row in table if (step := _step(row)) is not None]
    if not steps:
        return "Situation du territoire : trop peu de territoires sont connus aux trois moments"
    largest, row = max(steps, key=lambda pair: pair[0])
    if not largest:
        return f"Aucune médiane ne bouge entre {names[1]} et {names[2]}"
    return (
        f"Le plus grand changement depuis {names[1]} porte sur « {row.libelle_item} » : de "
        f"{score(row.mediane_precedente)} à {score(row.mediane_actuelle)} chez les "
        f"{lower_first(row.libelle_groupe)}"
    )


def _course(group: str, rows: Sequence[Any], names: Sequence[str]) -> str:
    steps = [step for row in rows if (step := _step(row)) is not None]
    ways = {
        "monte": sum(step > 0 for step in steps),
        "baisse": sum(step < 0 for step in steps),
        "ne bouge pas": sum(step == 0 for step in steps),
    }
    told = [f"{way} sur {counted(count, 'phrase')}" for way, count in ways.items() if count]
    if not told:
        return f"Chez les {lower_first(group)}, trop peu de territoires sont connus aux trois moments."
    return f"Chez les {lower_first(group)}, entre {names[1]} et {names[2]}, la médiane {enumeration(told)}."
