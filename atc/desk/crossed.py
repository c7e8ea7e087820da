"""« Tri croisé »: a variable cut by a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atc.desk import notes
from atc.desk.asked import Asked
from atc.desk.choices import ALL_ITEMS, BOXES, NUMBER, SCORE, unit
from atc.desk.counting import boxes_by, medians, two_way
from atc.disclosure import Ratio, Released
from atc.exhibits import Base, Column, DataTable, Draft, listed
from atc.exhibits.charts import stacked, units
from atc.typography import capitalise, enumeration, lower_first

#: A stacked bar tells no more shades apart.
_MOST_PARTS = 4


def draft(asked: Asked) -> Draft:
    """Answer one « tri croisé »."""
    if asked.view.groupe == "scores.groupe" and asked.variable.name == ALL_ITEMS:
        return notes.draft(asked)
    if asked.variable.kind == BOXES:
        return _boxes(asked)
    return _crossed(asked)


def _crossed(asked: Asked) -> Draft:
    table = two_way(asked, asked.view.groupe)
    lines = _lines(table)
    middles = medians(asked, asked.view.groupe) if asked.variable.kind in {NUMBER, SCORE} else {}
    column = asked.view.groupe.partition(".")[2]
    texts = {code: _median(value) for code, value in middles.items()}
    favourable = list(reversed(lines[0])) if asked.variable.kind == SCORE else lines[0]
    parts = [row.libelle for row in favourable]
    order = -1 if asked.variable.kind == SCORE else 1
    bars = [
        stacked.StackRow(
            some[0].libelle_groupe,
            counts=tuple(row.effectif for row in some[::order]),
            text=_size(some[0].total) + texts.get(getattr(some[0], column), ""),
            total=some[0].total,
        )
        for some in lines
    ]
    squares = [row for some in lines for row in _squares(some, texts.get(getattr(some[0], column), ""))]
    return _draft(
        asked,
        table,
        lines,
        draw=(lambda canvas: stacked.draw(canvas, bars, parts))
        if 2 <= len(parts) <= _MOST_PARTS
        else (lambda canvas: units.draw(canvas, squares)),
        note="Une barre compte des effectifs, non des pourcentages." if len(parts) <= _MOST_PARTS else "",
    )


def _boxes(asked: Asked) -> Draft:
    name = asked.variable.name.partition(".")[2]
    labels = asked.wave.dictionary.table(asked.variable.table).in_group(name)
    table = boxes_by(asked, labels, asked.view.groupe)
    lines = _lines(table)
    squares = [row for some in lines for row in _squares(some)]
    return _draft(
        asked,
        table,
        lines,
        draw=lambda canvas: units.draw(canvas, squares),
        note="Plusieurs réponses possibles.",
    )


def _draft(asked: Asked, table: Released, lines: Sequence[Sequence[Any]], draw: Any, note: str) -> Draft:
    group = asked.wave.field(asked.view.groupe).label
    label, several = asked.variable.label, unit(asked.variable.table)[1]
    return Draft(
        title=_title(label, group, lines),
        subtitle=f"Nombre de {several}, selon : {lower_first(group)}{asked.filters_aloud()}",
        table=DataTable(
            table,
            [
                Column("libelle_groupe", group),
                Column("libelle", label),
                Column("effectif", capitalise(several), 0),
                Column("total", "Sur", 0),
            ],
        ),
        reading=_reading(lines),
        alt=f"{label}, selon {lower_first(group)}. "
        + listed(
            (f"{row.libelle_groupe}, {lower_first(row.libelle)}", Ratio(row.effectif, row.total).comptes)
            for some in lines
            for row in some
        ),
        base=Base(_widest(lines), f"{asked.who}, au plus dans un groupe"),
        draw=draw,
        note=note,
    )


def _lines(table: Released) -> list[list[Any]]:
    """Rows of each group."""
    found: dict[str, list[Any]] = {}
    for row in table:
        found.setdefault(row.libelle_groupe, []).append(row)
    return list(found.values())


def _widest(lines: Sequence[Sequence[Any]]) -> Any:
    return max((row.total for some in lines for row in some), key=lambda total: int(total.high))


def _squares(some: Sequence[Any], text: str = "") -> list[units.UnitRow]:
    return [
        units.UnitRow(
            row.libelle,
            "" if i else f"{row.libelle_groupe}{text}",
            row.effectif,
            row.total,
            Ratio(row.effectif, row.total).shown,
        )
        for i, row in enumerate(some)
    ]


def _size(total: Any) -> str:
    return str(total.shown) if total.is_masked else f"n = {total.shown}"


def _median(value: Any) -> str:
    return f" ; médiane {notes.score(value)}" if value.known is not None else ""


def _leader(some: Sequence[Any]) -> Any | None:
    """The modalité that leads in one group, if anybody can tell."""
    most = max(int(row.effectif.low) for row in some)
    first = [row for row in some if row.effectif.low == most and not row.effectif.is_masked]
    others = [int(row.effectif.high) for row in some if row.effectif.low != most or row.effectif.is_masked]
    return first[0] if len(first) == 1 and most and max(others, default=-1) < most else None


def _title(label: str, group: str, lines: Sequence[Sequence[Any]]) -> str:
    leaders = [row for some in lines if (row := _leader(some)) is not None]
    neutral = f"{label}, selon {lower_first(group)}"
    if not leaders:
        return neutral
    if len({row.libelle for row in leaders}) == 1:
        return (
            f"{neutral} : « {leaders[0].libelle} » vient en tête dans {len(leaders)} groupes sur {len(lines)}"
        )
    told = [f"« {row.libelle} » ({lower_first(row.libelle_groupe)})" for row in leaders[:3]]
    return f"{neutral} : {enumeration(told)}"


def _reading(lines: Sequence[Sequence[Any]]) -> str:
    rows = [row for some in lines for row in some]
    known = [row for row in rows if row.effectif.value] or rows
    row = max(known, key=lambda row: int(row.effectif.low))
    return f"« {row.libelle_groupe} » : {row.effectif} sur {row.total}, « {lower_first(row.libelle)} »."
