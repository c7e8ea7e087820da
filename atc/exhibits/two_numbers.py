"""The form of two numbers against each other, point by point: for the evaluation team only."""

from __future__ import annotations

from atc.exhibits.charts import scatter
from atc.exhibits.forms import amount
from atc.exhibits.model import Base, Draft
from atc.exhibits.prose import listed
from atc.exhibits.selection import Selection
from atc.exhibits.table import Column, DataTable
from atc.survey.errors import DisclosureRefused
from atc.survey.typography import capitalise, counted, lower_first

#: What names a point.
COMMUNE = "territoires.commune"


def two_numbers(asked: Selection) -> Draft:
    """A number against another one.

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
        raise asked.nobody()
    table = found.sort_values([right.name, up.name], ascending=False)[["commune", right.name, up.name]]
    points = [scatter.Point(str(name), float(x), float(y)) for name, x, y in table.itertuples(index=False)]
    xs, ys = (table[field.name].astype("float64") for field in (right, up))
    middle, beside = xs.median(), f"{up.label} et {lower_first(right.label)}"
    above, rest = ys[xs > middle], ys[xs <= middle]
    title = f"{beside} : {counted(len(points), *asked.unit[:2])}"
    if len(above):
        title = (
            f"{up.label} : {amount(above.median(), up.unit)} en médiane au-dessus de "
            f"{amount(middle, right.unit)}, {amount(rest.median())} sinon"
        )
    first, *_ = told = [(p.name, amount(p.x, right.unit), amount(p.y, up.unit)) for p in points]
    axes = [f"{field.label} ({field.unit})" for field in (right, up)]
    return Draft(
        title=title,
        subtitle=f"{capitalise(asked.unit[1])}, selon {lower_first(right.label)} et {lower_first(up.label)}"
        f"{asked.filters_aloud()}",
        table=DataTable(
            asked.release.facts(table, "Deux nombres par site, pour l’équipe d’évaluation seulement"),
            [
                Column("commune", "Commune"),
                *(Column(f.name, f.label, 0 if f.type == "integer" else 2) for f in (right, up)),
            ],
        ),
        reading="{} : {} et {}.".format(*first),
        alt=f"{up.label} selon {lower_first(right.label)}. " + listed((n, f"{x}, {y}") for n, x, y in told),
        base=Base(len(points), f"{asked.unit[1]} où les deux nombres sont connus"),
        draw=lambda canvas: scatter.draw(canvas, points, *axes),
        note="Que deux nombres aillent ensemble ne dit pas que l’un vient de l’autre.",
    )
