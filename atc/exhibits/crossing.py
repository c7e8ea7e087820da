"""The forms of two variables: one cut by a group, or two numbers against each other (see `forms`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from atc.dictionary import Field
from atc.disclosure import Ratio, leading, together
from atc.errors import DisclosureRefused
from atc.exhibits import counting
from atc.exhibits.charts import scatter, stacked, units
from atc.exhibits.forms import SEVERAL, amount, finest, largest_aloud, largest_total, of_several, size
from atc.exhibits.model import Base, Draft
from atc.exhibits.prose import listed
from atc.exhibits.selection import Selection
from atc.exhibits.table import Column, DataTable
from atc.exhibits.variables import BOXES, NUMBER
from atc.typography import capitalise, counted, enumeration, lower_first

#: A stacked bar tells no more shades apart.
_MOST_PARTS = 4
#: All groups together: the code and the label of their row.
EVERYBODY = ("ensemble", "Ensemble")
#: What names a point.
COMMUNE = "territoires.commune"


# --- a variable cut by a group ---


def crossing(asked: Selection) -> Draft:
    """A variable cut by a group, with all groups together under them.

    Modalités that the dictionary gathers are told together where that masks less.

    Raises:
        NoAnswer: Nobody is left, or nobody answered.
        DisclosureRefused: The two may not be crossed for these readers.
    """
    return finest(_crossing, *asked.steps)


def _crossing(asked: Selection) -> Draft:
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
    code, name = EVERYBODY
    shown = together({"groupes": counts, "ensemble": everybody}, "ligne").reshaped(
        lambda frame: frame.fillna({"libelle_groupe": name, column: code})
    )
    stacks = not ticked and 2 <= len(whole) <= _MOST_PARTS
    named = [*((some[0].libelle_groupe, some) for some in lines), (name, whole)]
    shared, parts = counting.with_shares(asked, shown)
    return Draft(
        title=_leading(label, group, lines),
        subtitle=f"Nombre {of_several(asked.unit)}, par {lower_first(group)}{asked.filters_aloud()}",
        table=DataTable(
            shared,
            [
                Column("libelle_groupe", group),
                Column("libelle", label),
                Column("effectif", capitalise(asked.unit[1]), 0),
                Column("total", "Sur", 0),
                *parts,
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


# --- two numbers against each other ---


def two_numbers(asked: Selection) -> Draft:
    """A number against another one, point by point: for the evaluation team only.

    Args:
        asked: The number that goes up; its group is the one that goes to the right.

    Raises:
        NoAnswer: No row has both.
        DisclosureRefused: These readers may not see one point.
    """
    if asked.masks:
        raise DisclosureRefused(f"{asked.release.exhibit} : un point est un site, et se reconnaît.")
    up, right = asked.field, asked.wave.field(asked.group)
    found = asked.rows(asked.group, COMMUNE).dropna(subset=[up.name, right.name])
    if found.empty:
        raise asked.nobody(found)
    found = found.sort_values([right.name, up.name], ascending=False)
    xs, ys = (found[field.name].astype("float64") for field in (right, up))
    points = [scatter.Point(*values) for values in zip(found["commune"].astype(str), xs, ys, strict=True)]
    middle, n = xs.median(), counted(len(found), *asked.unit[:2])
    above, rest = ys[xs > middle], ys[xs <= middle]
    sides = (
        f"{amount(above.median(), up.unit)} en médiane au-dessus de {amount(middle, right.unit)}, "
        f"{amount(rest.median())} sinon"
    )
    columns = [Column(f.name, f.label, 0 if f.type == "integer" else 2) for f in (right, up)]
    table = found[["commune", right.name, up.name]]
    return Draft(
        title=f"{up.label} : {sides}" if len(above) else f"{up.label} et {lower_first(right.label)} : {n}",
        subtitle=f"{capitalise(asked.unit[1])}, selon {lower_first(right.label)} et {lower_first(up.label)}"
        f"{asked.filters_aloud()}",
        table=DataTable(
            asked.release.facts(table, "Deux nombres par site, pour l’équipe d’évaluation seulement"),
            [Column("commune", "Commune"), *columns],
        ),
        reading=f"{points[0].name} : {amount(points[0].x, right.unit)} et {amount(points[0].y, up.unit)}.",
        alt=f"{up.label} selon {lower_first(right.label)}. "
        + listed((p.name, f"{amount(p.x, right.unit)}, {amount(p.y, up.unit)}") for p in points),
        base=Base(len(found), f"{asked.unit[1]} où les deux nombres sont connus"),
        draw=lambda canvas: scatter.draw(canvas, points, _axis(right), _axis(up)),
        note="Que deux nombres aillent ensemble ne dit pas que l’un vient de l’autre.",
    )


def _axis(field: Field) -> str:
    return f"{field.label} ({field.unit})"
