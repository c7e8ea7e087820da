"""The situation of the territories, scored in each wave by two groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from atc.chapters.evolution.rapprochement import (
    BY_TERRITORY,
    compare,
    item_variables,
    joined_items,
    left_out,
    nothing_to_join,
    score,
    year,
)
from atc.charts import moments, stacked
from atc.exhibit import Base, Column, DataTable, Draft, exhibit, listed
from atc.indicators import evolution, evolution_des_notes
from atc.indicators.lignes import lignes, plus_grande, premiere
from atc.typography import counted, lower_first
from atc.waves import Wave

_SCORES = (
    "scores.repondant",
    "scores.groupe",
    "scores.territoire",
    "scores.periode",
    "scores.item",
    "scores.score",
)


@exhibit("F08-02", uses=_SCORES, uses_before=_SCORES)
def fig_08_02(vague: Wave, avant: Wave) -> Draft:
    """Scores before the start, then in each wave, by territory, two lenses."""
    compared = compare(vague, avant)
    items = joined_items(compared, vague)
    if not items:
        return nothing_to_join(compared, item_variables(vague), "Situation du territoire")
    table = evolution_des_notes.trois_moments(
        avant.table("scores"), vague.table("scores"), vague.dictionary, items
    ).astype({"territoires": "int64"})
    names = ("Avant", year(avant), year(vague))
    groups = vague.field("scores.groupe").labels
    first, second = groups.values()
    panels = [_panel(label, some) for label, some in table.groupby("libelle_item", sort=False)]
    wide = _by_moment(table)
    last = wide.assign(ecart=wide["actuelle"] - wide["precedente"])
    most = plus_grande(last.dropna(subset="ecart"), "ecart") if last["ecart"].notna().any() else None
    return Draft(
        title=_moved(most, names) if most else "Aucun territoire n’est connu aux trois moments",
        subtitle="Situation du territoire, de 1 (pas du tout d’accord) à 10 (tout à fait). Médiane des "
        "médianes par territoire",
        table=DataTable(
            wide,
            [
                Column("libelle_item", "Phrase"),
                Column("libelle_groupe", "Groupe"),
                *(
                    Column(code, name, 1)
                    for code, name in zip(evolution_des_notes.MOMENTS, names, strict=True)
                ),
                Column("territoires", "Territoires comparés", 0),
            ],
        ),
        reading=" ".join(_course(group, some, names) for group, some in _by_lens(wide))
        + " Chaque médiane porte sur les seuls territoires connus aux trois moments.",
        alt=f"Médianes avant, en {names[1]} puis en {names[2]}. "
        + listed(
            (f"{row.libelle_item}, {lower_first(row.libelle_groupe)}", _three(row)) for row in lignes(wide)
        ),
        base=Base(int(wide["territoires"].max()), "territoires au plus, connus aux trois moments"),
        draw=lambda canvas: moments.draw(canvas, panels, names, first, second),
        note=f"« Avant » est un regard rétrospectif, demandé en {names[1]}. {BY_TERRITORY} "
        + left_out(compared, item_variables(vague)),
    )


def _by_moment(table: pd.DataFrame) -> pd.DataFrame:
    """One row = one item × one group, items together; one column per moment."""
    keys = ["libelle_item", "libelle_groupe", "territoires"]
    rows = [
        {**dict(zip(keys, names, strict=True)), **dict(zip(some["moment"], some["mediane"], strict=True))}
        for names, some in table.groupby(keys, sort=False)
    ]
    rank = {label: i for i, label in enumerate(table["libelle_item"].unique())}
    wide = pd.DataFrame(rows, columns=[*keys, *evolution_des_notes.MOMENTS])
    return wide.sort_values("libelle_item", kind="stable", key=lambda labels: labels.map(rank))


def _by_lens(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(str(group), some) for group, some in table.groupby("libelle_groupe", sort=False)]


def _panel(label: object, some: pd.DataFrame) -> moments.Panel:
    lenses = [
        (tuple(None if pd.isna(m) else float(m) for m in lens["mediane"]), premiere(lens).territoires)
        for _, lens in some.groupby("groupe", sort=False)
    ]
    (first, n1), (second, n2) = lenses
    return moments.Panel(str(label), first, second, f"{n1} et {n2} territoires comparés")


def _three(row: Any) -> str:
    values = [getattr(row, moment) for moment in evolution_des_notes.MOMENTS]
    return ", ".join("sans valeur" if pd.isna(value) else score(value) for value in values)


def _moved(most: Any, names: Sequence[str]) -> str:
    who, item = lower_first(most.libelle_groupe), most.libelle_item
    then, now = most.precedente, most.actuelle
    if then == now:
        return f"Aucune médiane ne bouge entre {names[1]} et {names[2]}"
    return (
        f"Le plus grand changement depuis {names[1]} porte sur « {item} » : de {score(then)} à "
        f"{score(now)} chez les {who}"
    )


def _course(group: str, some: pd.DataFrame, names: Sequence[str]) -> str:
    known = some.dropna(subset=["precedente", "actuelle"])
    up = int((known["actuelle"] > known["precedente"]).sum())
    down = int((known["actuelle"] < known["precedente"]).sum())
    return (
        f"Chez les {lower_first(group)}, la médiane monte entre {names[1]} et {names[2]} sur "
        f"{_phrases(up)}, baisse sur {_phrases(down)} et ne bouge pas sur "
        f"{_phrases(len(known) - up - down)}."
    )


def _phrases(count: int) -> str:
    return counted(count, "phrase") if count else "aucune"


@exhibit("F08-03", uses=_SCORES, uses_before=_SCORES)
def fig_08_03(vague: Wave, avant: Wave) -> Draft:
    """Item by item, territories up, stable and down."""
    compared = compare(vague, avant)
    items = joined_items(compared, vague)
    if not items:
        return nothing_to_join(compared, item_variables(vague), "Évolution des notes")
    table = evolution_des_notes.evolution_des_scores(
        avant.table("scores"), vague.table("scores"), vague.dictionary, items
    )
    rows = []
    for label, some in _by_lens(table):
        for i, row in enumerate(lignes(some)):
            counts = (row.hausse, row.stable, row.baisse)
            heading = "" if i else label
            rows.append(stacked.StackRow(row.libelle_item, heading, counts, f"n = {row.compares}"))
    most = plus_grande(table, "hausse")
    then, now = year(avant), year(vague)
    return Draft(
        title=f"« {most.libelle_item} » progresse le plus souvent : en hausse sur {most.hausse} territoires "
        f"sur {most.compares} selon les {lower_first(most.libelle_groupe)}",
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
        reading=" ".join(_attrition(label, some) for label, some in _by_lens(table))
        + " Les autres ne répondent qu’à une vague : ils ne sont pas comparés.",
        alt="En hausse, stables, en baisse. "
        + listed(
            (
                f"{row.libelle_item}, {lower_first(row.libelle_groupe)}",
                f"{row.hausse}, {row.stable}, {row.baisse}",
            )
            for row in lignes(table)
        ),
        base=Base(int(table["compares"].max()), "territoires au plus, notés aux deux vagues"),
        draw=lambda canvas: stacked.draw(canvas, rows, list(evolution.SENS.values())),
        note=f"« Stable » : la médiane du territoire est la même. {BY_TERRITORY} Ni pourcentage ni "
        "test : les nombres sont trop petits. " + left_out(compared, item_variables(vague)),
    )


def _attrition(group: str, some: pd.DataFrame) -> str:
    low, high = int(some["compares"].min()), int(some["compares"].max())
    compared = f"{low}" if low == high else f"de {low} à {high}"
    return f"Chez les {lower_first(group)}, {compared} territoires sont notés aux deux vagues."
