"""The form of a variable cut by a group: see `atc.exhibits.forms`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from atc.disclosure import Ratio, leading, together
from atc.exhibits import counting
from atc.exhibits.charts import stacked, units
from atc.exhibits.forms import SEVERAL, amount, largest_aloud, largest_total, of_several, size
from atc.exhibits.model import Base, Draft
from atc.exhibits.prose import listed
from atc.exhibits.selection import Selection
from atc.exhibits.table import Column, DataTable
from atc.exhibits.variables import BOXES, NUMBER
from atc.typography import capitalise, enumeration, lower_first

#: A stacked bar tells no more shades apart.
_MOST_PARTS = 4


def crossing(asked: Selection) -> Draft:
    """A variable cut by a group, with all groups together under them.

    Raises:
        NoAnswer: Nobody is left, or nobody answered.
        DisclosureRefused: The two may not be crossed for these readers.
    """
    ticked = asked.variable.kind == BOXES
    everybody = counting.everybody(asked)
    counts = counting.boxes_by(asked) if ticked else counting.counts_by(asked)
    medians = counting.medians(asked) if asked.variable.kind == NUMBER else {}
    lines, whole = lines_of(counts), list(everybody)
    column, label = asked.group.partition(".")[2], asked.variable.label
    group = asked.group_label
    texts = {
        some[0].libelle_groupe: f" ; médiane {amount(medians[code], asked.field.unit)}"
        for some in lines
        if (code := getattr(some[0], column)) in medians
    }
    shown = together({"groupes": counts, "ensemble": everybody}, "ligne").reshaped(
        lambda frame: frame.assign(libelle_groupe=frame["libelle_groupe"].fillna(_ALL))
    )
    stacks = not ticked and 2 <= len(whole) <= _MOST_PARTS
    named = [*((some[0].libelle_groupe, some) for some in lines), (_ALL, whole)]
    return Draft(
        title=_leading(label, group, lines),
        subtitle=f"Nombre {of_several(asked.unit)}, par {lower_first(group)}{asked.filters_aloud()}",
        table=DataTable(
            shown,
            [
                Column("libelle_groupe", group),
                Column("libelle", label),
                Column("effectif", capitalise(asked.unit[1]), 0),
                Column("total", "Sur", 0),
            ],
        ),
        reading=largest_aloud([row for some in lines for row in some], asked.unit),
        alt=f"{label}, par {lower_first(group)}. "
        + listed(
            (f"{name}, {lower_first(row.libelle)}", Ratio(row.effectif, row.total).comptes)
            for name, some in named
            for row in some
        ),
        base=Base(largest_total(whole), asked.unit[2]),
        draw=_stacks(named, texts) if stacks else _blocks(named, texts),
        note=SEVERAL if ticked else "",
    )


_ALL = "Ensemble"


def lines_of(counts: Iterable[Any], column: str = "libelle_groupe") -> list[list[Any]]:
    """Rows of each group, in their order."""
    found: dict[str, list[Any]] = {}
    for row in counts:
        found.setdefault(getattr(row, column), []).append(row)
    return list(found.values())


def _stacks(named: Sequence[tuple[str, Sequence[Any]]], texts: Mapping[str, str]) -> Any:
    bars = [
        stacked.StackRow(
            name,
            counts=tuple(row.effectif for row in some),
            text=size(some[0].total) + texts.get(name, ""),
            total=some[0].total,
        )
        for name, some in named
    ]
    parts = [row.libelle for row in named[0][1]]
    return lambda canvas: stacked.draw(canvas, bars, parts)


def _blocks(named: Sequence[tuple[str, Sequence[Any]]], texts: Mapping[str, str]) -> Any:
    rows = [
        units.UnitRow(
            row.libelle,
            "" if i else f"{name}{texts.get(name, '')}",
            row.effectif,
            row.total,
            Ratio(row.effectif, row.total).shown,
        )
        for name, some in named
        for i, row in enumerate(some)
    ]
    return lambda canvas: units.draw(canvas, rows)


def _leading(label: str, group: str, lines: Sequence[Sequence[Any]]) -> str:
    """Which answer comes first in each group, as far as anybody can tell."""
    neutral = f"{label}, par {lower_first(group)}"
    firsts = [(some[0].libelle_groupe, leaders[0]) for some in lines if len(leaders := leading(some)) == 1]
    if len(firsts) < len(lines):
        return neutral
    if len({row.libelle for _, row in firsts}) == 1:
        return f"{neutral} : « {firsts[0][1].libelle} » vient partout en tête" if len(lines) > 1 else neutral
    told = [f"« {row.libelle} » ({lower_first(name)})" for name, row in firsts]
    return f"{neutral} : {enumeration(told)}" if len(told) <= 3 else neutral
