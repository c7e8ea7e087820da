"""« Comparaison de vagues »: territories up, stable, down, where the codebooks allow to join the waves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atc.desk import moved
from atc.desk.asked import Asked
from atc.desk.joining import ONE_WAVE_ONLY, joined, nothing, tables, years
from atc.disclosure import Released
from atc.exhibits import Base, Column, DataTable, Draft, listed, ratios_aloud
from atc.exhibits.charts import flow, stacked, units
from atc.exhibits.variables import BOXES, MODALITES, NUMBER, SCORE, YES_NO
from atc.indicators import evolution, regards
from atc.typography import lower_first

_KEPT = {"garde": "Même réponse", "change": "Autre réponse"}
_CHANGED = {"gagnes": "Coché depuis", "inchanges": "Inchangé", "perdus": "Ne l’est plus"}


def draft(asked: Asked) -> Draft:
    """Answer one « comparaison de vagues »."""
    drafts = {
        SCORE: moved.scores,
        NUMBER: moved.numbers,
        BOXES: _boxes,
        YES_NO: _boxes,
        MODALITES: _modalites,
    }
    names, note = joined(asked)
    return drafts[asked.variable.kind](asked, names, note)


def _boxes(asked: Asked, names: Sequence[str], note: str) -> Draft:
    table = asked.wave.dictionary.table(asked.variable.table)
    changes = evolution.composition(*tables(asked), {name: table.fields[name].label for name in names})
    if not changes["total"].any():
        raise nothing(asked)
    what = f"{asked.variable.table}.valeurs"
    released = asked.release.splits(
        changes.assign(sites=asked.sites),
        "evolution.composition",
        by=("modalite",),
        total="total",
        parts=tuple(_CHANGED),
        outside={
            "partis": ("connus_avant", f"{asked.former.id}/{what}"),
            "entres": ("connus_apres", f"{asked.wave.id}/{what}"),
        },
        among="sites",
    )
    rows, (then, now) = list(released), years(asked)
    bars = [_bar(row) for row in rows]
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
        note=f"{ONE_WAVE_ONLY} {note}",
    )


def _bar(row: Any) -> stacked.StackRow:
    counts = tuple(getattr(row, name) for name in _CHANGED)
    size = "" if row.total.is_masked else f"n = {row.total}"
    return stacked.StackRow(row.libelle, counts=counts, text=size, total=row.total)


def _most_changed(asked: Asked, released: Released) -> str:
    first = released.leader("gagnes")
    if first is None or not first.gagnes.high or first.gagnes.is_withheld:
        return f"{asked.variable.label} : ce qui change d’une vague à l’autre"
    if len(released) == 1:
        return f"{first.libelle} : le oui est nouveau sur {first.gagnes.of('territoire')}"
    return f"« {first.libelle} » gagne le plus de territoires : {first.gagnes}"


def _modalites(asked: Asked, names: Sequence[str], note: str) -> Draft:
    (name,) = names
    both, (then, now) = tables(asked), years(asked)
    labels = asked.wave.field(asked.variable.name).labels
    steady = regards.fidelite(*both, name, _KEPT)
    if not steady["total"].any():
        raise nothing(asked)
    moves = asked.release.unmasked(
        lambda one: one.crossing(
            regards.passages(*both, name, labels), f"evolution.{name}", rows="avant", columns="apres"
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
        note=f"{ONE_WAVE_ONLY} {note}",
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
