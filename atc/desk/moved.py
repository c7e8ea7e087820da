"""Territories that go up, stay, or go down from one wave to the next: numbers, and scores from 1 to 10."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atc.desk.asked import Asked
from atc.desk.joining import BY_TERRITORY, ONE_WAVE_ONLY, nothing, outside, tables, years
from atc.desk.notes import SCALE, score
from atc.disclosure import Released
from atc.exhibits import Base, Column, DataTable, Draft, listed
from atc.exhibits.charts import moments, stacked, units
from atc.indicators import evolution, evolution_des_notes
from atc.typography import enumeration, lower_first

_MEDIANS = ("mediane_avant", "mediane_apres")


def numbers(asked: Asked, names: Sequence[str], note: str) -> Draft:
    """How a number changes, territory by territory."""
    (name,) = names
    changes = evolution.evolution_du_carnet(*tables(asked), {name: asked.variable.label})
    if not changes["compares"].any():
        raise nothing(asked)
    released = asked.release.splits(
        changes.assign(sites=asked.sites),
        f"evolution.{asked.variable.table}",
        by=("modalite",),
        total="compares",
        parts=tuple(evolution.SENS),
        outside=outside(asked, f"{asked.variable.table}.valeurs"),
        among="sites",
        values=_MEDIANS,
    )
    row, (then, now) = released.row(modalite=name), years(asked)
    unit = asked.wave.field(asked.variable.name).unit
    counts = {label: getattr(row, sens) for sens, label in evolution.SENS.items()}
    total = None if row.compares.is_masked else row.compares
    out_of = "" if total is None else f" sur {total}"
    squares = [
        units.UnitRow(label, "", count, total, f"{count.shown}{out_of}") for label, count in counts.items()
    ]
    middle = f"médiane de {score(row.mediane_avant)} {unit} en {then}, {score(row.mediane_apres)} en {now}"
    known = [f"{label.lower()} sur {c.of('territoire')}" for label, c in counts.items() if not c.is_withheld]
    return Draft(
        title=f"{asked.variable.label} : {enumeration(known)}"
        if known
        else f"{asked.variable.label} : {middle}",
        subtitle=f"Nombre de territoires, selon l’évolution entre {then} et {now}{asked.filters_aloud()}",
        table=_directions(released, then, now),
        reading=f"{asked.variable.label} : {middle}, sur les mêmes territoires.",
        alt="Territoires. " + listed((label, count.shown) for label, count in counts.items()),
        base=Base(row.connus_apres, f"territoires qui ont répondu en {now}, dont ceux que l’on compare"),
        draw=lambda canvas: units.draw(canvas, squares),
        note=f"{ONE_WAVE_ONLY} {note}",
    )


def _directions(released: Released, then: str, now: str) -> DataTable:
    return DataTable(
        released,
        [
            Column("libelle", "Variable"),
            *(Column(code, label, 0) for code, label in evolution.SENS.items()),
            Column("compares", "Territoires comparés", 0),
            Column("perdus", f"En {then} seulement", 0),
            Column("nouveaux", f"En {now} seulement", 0),
            Column("mediane_avant", f"Médiane {then}", 1),
            Column("mediane_apres", f"Médiane {now}", 1),
        ],
    )


def scores(asked: Asked, items: Sequence[str], note: str) -> Draft:
    """How the medians of the scores change, territory by territory."""
    changes = evolution_des_notes.evolution_des_scores(*tables(asked), asked.wave.dictionary, items)
    if not changes["compares"].any():
        raise nothing(asked)
    released = asked.release.splits(
        changes.assign(sites=asked.sites),
        "evolution.scores",
        by=("groupe", "item"),
        total="compares",
        parts=tuple(evolution.SENS),
        outside=outside(asked, "scores.territoire&periode=actuelle"),
        among="sites",
        values=_MEDIANS,
    )
    rows, (then, now) = list(released), years(asked)
    told = not any(getattr(row, sens).is_masked for row in rows for sens in evolution.SENS)
    return Draft(
        title=_moved(asked, rows, then, now),
        subtitle=f"Situation du territoire au moment de chaque enquête, {SCALE}{asked.filters_aloud()}. "
        + (
            "Nombre de territoires, selon l’évolution de leur médiane"
            if told
            else "Médiane des médianes par territoire"
        ),
        table=DataTable(
            released,
            [
                Column("libelle_item", "Phrase"),
                Column("libelle_groupe", "Groupe"),
                *_directions(released, then, now).columns[1:],
            ],
        ),
        reading=_up_and_down(rows, then, now),
        alt=f"Médianes en {then} puis en {now}. "
        + listed((f"{row.libelle_item}, {lower_first(row.libelle_groupe)}", _both(row)) for row in rows),
        base=Base(
            max((row.connus_apres for row in rows), key=lambda count: int(count.high)),
            f"territoires au plus, notés en {now}, dont ceux que l’on compare",
        ),
        draw=_stacks(rows) if told else _moments(asked, rows, items),
        note=f"{BY_TERRITORY} {note}",
    )


def _both(row: Any) -> str:
    return f"{score(row.mediane_avant)} puis {score(row.mediane_apres)}"


def _stacks(rows: Sequence[Any]) -> Any:
    seen: set[str] = set()
    bars = []
    for row in rows:
        heading = "" if row.libelle_groupe in seen else row.libelle_groupe
        seen.add(row.libelle_groupe)
        counts = tuple(getattr(row, sens) for sens in evolution.SENS)
        bars.append(stacked.StackRow(row.libelle_item, heading, counts, f"n = {row.compares}", row.compares))
    return lambda canvas: stacked.draw(canvas, bars, list(evolution.SENS.values()))


def _moments(asked: Asked, rows: Sequence[Any], items: Sequence[str]) -> Any:
    first, second = asked.wave.field("scores.groupe").labels.values()
    panels = []
    for item in items:
        pair = [row for row in rows if row.item == item]
        then, now = (tuple(getattr(row, name) for name in _MEDIANS) for row in pair)
        panels.append(moments.Panel(pair[0].libelle_item, then, now))
    return lambda canvas: moments.draw(canvas, panels, years(asked), first, second)


def _steps(rows: Sequence[Any]) -> list[tuple[float, Any]]:
    known = [(row.mediane_avant.known, row.mediane_apres.known, row) for row in rows]
    return [(now - then, row) for then, now, row in known if then is not None and now is not None]


def _moved(asked: Asked, rows: Sequence[Any], then: str, now: str) -> str:
    steps = _steps(rows)
    if not steps:
        return f"{asked.variable.label} : trop peu de territoires notés aux deux vagues"
    step, row = max(steps, key=lambda pair: abs(pair[0]))
    if not step:
        return f"Aucune médiane ne bouge entre {then} et {now}"
    return (
        f"Le plus grand changement depuis {then} : « {row.libelle_item} », de {score(row.mediane_avant)} à "
        f"{score(row.mediane_apres)} chez les {lower_first(row.libelle_groupe)}"
    )


def _up_and_down(rows: Sequence[Any], then: str, now: str) -> str:
    lenses: dict[str, list[Any]] = {}
    for row in rows:
        lenses.setdefault(row.libelle_groupe, []).append(row)
    sentences = []
    for label, some in lenses.items():
        ways = {
            "monte": [r for step, r in _steps(some) if step > 0],
            "baisse": [r for step, r in _steps(some) if step < 0],
            "ne bouge pas": [r for step, r in _steps(some) if not step],
        }
        told = [
            f"{way} pour {enumeration([f'« {lower_first(row.libelle_item)} »' for row in found])}"
            for way, found in ways.items()
            if found
        ]
        if told:
            sentences.append(
                f"Chez les {lower_first(label)}, entre {then} et {now}, la médiane {' ; '.join(told)}."
            )
    return " ".join(sentences) or "Les médianes ne peuvent être communiquées."
