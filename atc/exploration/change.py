"""« Comparaison de vagues »: territories up, stable, down, where the codebooks allow to join the waves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atc.charts import flow, moments, stacked, units
from atc.disclosure import Released
from atc.errors import UsageError
from atc.exhibit import Base, Column, DataTable, Draft, listed, ratios_aloud
from atc.exploration.asked import Asked
from atc.exploration.choices import BOXES, MODALITES, NUMBER, SCORE, YES_NO
from atc.exploration.joining import BY_TERRITORY, joined, outside, year
from atc.exploration.notes import SCALE, score
from atc.indicators import evolution, evolution_des_notes, regards
from atc.typography import enumeration, lower_first

_CHANGED = {"gagnes": "Coché depuis", "inchanges": "Inchangé", "perdus": "Ne l’est plus"}
_MEDIANS = ("mediane_avant", "mediane_apres")


def draft(asked: Asked) -> Draft:
    """Answer one « comparaison de vagues »."""
    drafts = {SCORE: _scores, NUMBER: _number, BOXES: _boxes, YES_NO: _boxes, MODALITES: _modalites}
    names, note = joined(asked)
    return drafts[asked.variable.kind](asked, names, note)


def _years(asked: Asked) -> tuple[str, str]:
    return year(asked.former), year(asked.wave)


def _tables(asked: Asked) -> tuple[Any, Any]:
    return asked.rows_of(asked.former), asked.rows_of(asked.wave)


def _nothing(asked: Asked) -> UsageError:
    return UsageError(
        f"Aucun territoire n’a répondu à « {asked.variable.label} » aux deux vagues dans cette sélection"
        f"{asked.filters_aloud()}. Retirez le filtre, ou choisissez une autre variable."
    )


def _number(asked: Asked, names: Sequence[str], note: str) -> Draft:
    (name,) = names
    changes = evolution.evolution_du_carnet(*_tables(asked), {name: asked.variable.label})
    if not changes["compares"].any():
        raise _nothing(asked)
    released = asked.release.splits(
        changes,
        f"evolution.{asked.variable.table}",
        by=("modalite",),
        total="compares",
        parts=tuple(evolution.SENS),
        outside=outside(asked, f"{asked.variable.table}.valeurs"),
        values=_MEDIANS,
    )
    row, (then, now) = released.row(modalite=name), _years(asked)
    unit = asked.wave.field(asked.variable.name).unit
    counts = {label: getattr(row, sens) for sens, label in evolution.SENS.items()}
    total = None if row.compares.is_masked else row.compares
    out_of = "" if total is None else f" sur {total}"
    squares = [
        units.UnitRow(label, "", count, total, f"{count.shown}{out_of}") for label, count in counts.items()
    ]
    middle = f"médiane de {_plain(row.mediane_avant)} {unit} en {then}, {_plain(row.mediane_apres)} en {now}"
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
        note=f"Les territoires qui n’ont répondu qu’à une vague ne sont pas comparés. {note}",
    )


def _plain(value: Any) -> str:
    text = score(value)
    return text.replace("communiquée", "communiquée")


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


def _boxes(asked: Asked, names: Sequence[str], note: str) -> Draft:
    table = asked.wave.dictionary.table(asked.variable.table)
    changes = evolution.composition(*_tables(asked), {name: table.fields[name].label for name in names})
    if not changes["total"].any():
        raise _nothing(asked)
    what = f"{asked.variable.table}.valeurs"
    released = asked.release.splits(
        changes,
        "evolution.composition",
        by=("modalite",),
        total="total",
        parts=tuple(_CHANGED),
        outside={
            "partis": ("connus_avant", f"{asked.former.id}/{what}"),
            "entres": ("connus_apres", f"{asked.wave.id}/{what}"),
        },
    )
    rows, (then, now) = list(released), _years(asked)
    bars = [
        stacked.StackRow(
            row.libelle,
            counts=tuple(getattr(row, name) for name in _CHANGED),
            text="" if row.total.is_masked else f"n = {row.total}",
            total=row.total,
        )
        for row in rows
    ]
    return Draft(
        title=_most_changed(asked, released),
        subtitle=f"Nombre de territoires, selon leur réponse en {then} puis en {now}{asked.filters_aloud()}",
        table=DataTable(
            released,
            [
                Column("libelle", asked.variable.label),
                *(Column(code, label, 0) for code, label in _CHANGED.items()),
                Column("total", "Territoires comparés", 0),
                Column("partis", f"En {then} seulement", 0),
                Column("entres", f"En {now} seulement", 0),
            ],
        ),
        reading=f"« {_CHANGED['gagnes']} » : la réponse est non en {then} et oui en {now} ; "
        f"« {lower_first(_CHANGED['perdus'])} » : le contraire.",
        alt="Coché depuis, inchangé, ne l’est plus. "
        + listed((row.libelle, ", ".join(getattr(row, name).shown for name in _CHANGED)) for row in rows),
        base=Base(
            max((row.connus_apres for row in rows), key=lambda count: int(count.high)),
            f"territoires qui ont répondu en {now}, dont ceux que l’on compare",
        ),
        draw=lambda canvas: stacked.draw(canvas, bars, list(_CHANGED.values())),
        note=f"Les territoires qui n’ont répondu qu’à une vague ne sont pas comparés. {note}",
    )


def _most_changed(asked: Asked, released: Released) -> str:
    first = released.leader("gagnes")
    if first is None or not first.gagnes.high or first.gagnes.is_withheld:
        return f"{asked.variable.label} : ce qui change d’une vague à l’autre"
    if len(released) == 1:
        return f"{first.libelle} : le oui est nouveau sur {first.gagnes.of('territoire')}"
    return f"« {first.libelle} » gagne le plus de territoires : {first.gagnes}"


def _modalites(asked: Asked, names: Sequence[str], note: str) -> Draft:
    (name,) = names
    tables, (then, now) = _tables(asked), _years(asked)
    labels = asked.wave.field(asked.variable.name).labels
    steady = regards.fidelite(*tables, name)
    if not steady["total"].any():
        raise _nothing(asked)
    moves = asked.release.unmasked(
        lambda one: one.crossing(
            regards.passages(*tables, name, labels), f"evolution.{name}", rows="avant", columns="apres"
        )
    )
    kept = asked.release.boxes(steady, f"evolution.{name}")
    changed = kept.row(modalite="change")
    return Draft(
        title=f"{asked.variable.label} : une autre réponse sur {changed.effectif.of('territoire')}"
        f" sur {changed.total}"
        if not changed.effectif.is_withheld
        else f"{asked.variable.label} : ce qui change d’une vague à l’autre",
        subtitle=f"Nombre de territoires, selon leur réponse en {then} puis en {now}{asked.filters_aloud()}",
        table=_moves_table(moves, kept, then, now),
        reading=" ; ".join(
            f"{lower_first(r.libelle)} : {r.effectif.of('territoire')}" for r in kept
        ).capitalize()
        + ".",
        alt="D’une vague à l’autre. " + ratios_aloud(kept),
        base=Base(changed.total, "territoires qui ont répondu aux deux vagues"),
        draw=_flows(moves, kept, list(labels.values()), (f"En {then}", f"En {now}")),
        note=f"Les territoires qui n’ont répondu qu’à une vague ne sont pas comparés. {note}",
    )


#: Beyond this, bands that stand one above the other make a chart taller than a screen.
_MOST_BANDS = 40


def _flows(moves: Released | None, kept: Released, labels: Sequence[str], heads: tuple[str, str]) -> Any:
    if moves is None or sum(int(row.effectif.high) for row in moves) > _MOST_BANDS:
        return lambda canvas: units.draw(canvas, units.from_counts(kept))
    flows = [flow.Flow(row.libelle_avant, row.libelle_apres, row.effectif) for row in moves]
    return lambda canvas: flow.draw(canvas, flows, labels, heads, ("même réponse", "autre réponse"))


def _moves_table(moves: Released | None, kept: Released, then: str, now: str) -> DataTable:
    if moves is None:
        shown = [
            Column("libelle", "Réponse"),
            Column("effectif", "Territoires", 0),
            Column("total", "Sur", 0),
        ]
        return DataTable(kept, shown)
    return DataTable(
        moves,
        [
            Column("libelle_avant", f"En {then}"),
            Column("libelle_apres", f"En {now}"),
            Column("effectif", "Territoires", 0),
        ],
    )


def _scores(asked: Asked, items: Sequence[str], note: str) -> Draft:
    changes = evolution_des_notes.evolution_des_scores(*_tables(asked), asked.wave.dictionary, items)
    if not changes["compares"].any():
        raise _nothing(asked)
    released = asked.release.splits(
        changes,
        "evolution.scores",
        by=("groupe", "item"),
        total="compares",
        parts=tuple(evolution.SENS),
        outside=outside(asked, "scores.territoire&periode=actuelle"),
        values=_MEDIANS,
    )
    rows, (then, now) = list(released), _years(asked)
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
        values = [tuple(getattr(row, name) for name in _MEDIANS) for row in pair]
        panels.append(moments.Panel(pair[0].libelle_item, *values))
    return lambda canvas: moments.draw(canvas, panels, _years(asked), first, second)


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
