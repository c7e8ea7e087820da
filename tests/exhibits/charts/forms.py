"""Each form of chart, with what may reach it: zeros, large or masked counts, few or many rows, long texts."""

import csv
import json
from collections.abc import Callable, Iterator
from math import nan
from pathlib import Path
from typing import NamedTuple

import pytest
from ink import lines
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from atc.disclosure import Count, Measure
from atc.exhibits.charts import NARROW, WIDE, Canvas, Layout, scales, sitemap
from atc.exhibits.charts.rows import draw_stacks, draw_units, stack_bar, unit_bar
from atc.exhibits.charts.scales import Pair, Panel, draw_moments, draw_pairs
from atc.exhibits.charts.tokens import MASKED
from atc.indicators.territories import Scale

Draw = Callable[[Canvas], Figure]

DATA = Path(__file__).resolve().parents[3] / "data"
BOTH = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
TEN = Scale(1, 10)
LONG = "Établissements publics de coopération intercommunale, dont métropoles et communautés urbaines"
SEGMENTS = ("Soutient", "Observe", LONG, "Émet des réserves")
BACKGROUND = json.loads((DATA / "reference" / "fond_de_carte.geojson").read_text(encoding="utf-8"))
KINDS = ("Monographie", "Entretien téléphonique")
n = Count.exactly
#: Masked for its size, for the size of what it leaves out, and to protect another one.
FEW, NEARLY, HIDDEN = Count(1, 4, "D"), Count(10, 13, "D", of_the_rest=True), Count(5, 9, "S")


def pair_row(label: str, heading: str, first: Measure, second: Measure, *counts: Count) -> Pair:
    ways, total = counts[:3] or (n(0),) * 3, counts[3] if len(counts) > 3 else None
    return Pair(label, heading, total=total, medians=(first, second), ways=ways)


def panel(label: str, note: str, *moments: tuple[float | None, float | None]) -> Panel:
    return Panel(label, note, [(Measure(first), Measure(second)) for first, second in moments])


class Drawn(NamedTuple):
    """A bar as drawn, in the units of its plot."""

    x0: float
    y0: float
    x1: float
    y1: float
    color: str
    edge: str = ""


def bars(figure: Figure) -> list[Drawn]:
    """What seaborn drew, row by row and from left to right."""
    found = []
    for axes in figure.axes:
        patches = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        found += [Drawn(*p.get_bbox().extents, _color(p.get_facecolor())) for p in patches]
        for group in axes.collections:
            if isinstance(group, PatchCollection):
                looks = zip(group.get_paths(), group.get_facecolor(), group.get_edgecolor(), strict=True)
                found += [Drawn(*p.get_extents().extents, _color(f), _color(e)) for p, f, e in looks]
    return sorted((b for b in found if b.color != MASKED), key=lambda bar: (round(bar.y0, 6), bar.x0))


def pale(figure: Figure) -> list[Drawn]:
    """The bands of masked counts."""
    patches = [p for axes in figure.axes for p in axes.patches if isinstance(p, Rectangle)]
    return [Drawn(*p.get_bbox().extents, MASKED) for p in patches if _color(p.get_facecolor()) == MASKED]


def texts(figure: Figure) -> list[str]:
    return [line.text for line in lines(figure)]


def _color(color: object) -> str:
    return to_hex(color).upper()  # type: ignore[arg-type]


def real_sites() -> list[sitemap.Site]:
    """The fifteen sites of the experiment."""
    with (DATA / "raw" / "2020-automne" / "territoires.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = ((row["commune"], float(row["longitude"]), float(row["latitude"])) for row in rows)
    kinds = (row["recueil"] == "monographie" for row in rows)
    return [sitemap.Site(*place, first) for place, first in zip(places, kinds, strict=True)]


def many_sites(count: int) -> list[sitemap.Site]:
    """So many sites over the mainland, some of them close to one another, and in order of the alphabet."""
    places = ((7.3 * (i * 0.618 % 1) - 1, 43.6 + 6 * (i * 0.414 % 1)) for i in range(count))
    return [sitemap.Site(f"Commune-sur-Rivière {i:03}", *place, i % 3 == 0) for i, place in enumerate(places)]


#: A site in each overseas territory.
OVERSEAS = {
    "Guadeloupe": (-61.53, 16.24),
    "Martinique": (-61.06, 14.61),
    "Guyane": (-52.32, 4.93),
    "La Réunion": (55.45, -20.88),
    "Mayotte": (45.23, -12.78),
    "Saint-Martin": (-63.08, 18.07),
    "Saint-Barthélemy": (-62.85, 17.9),
    "Saint-Pierre-et-Miquelon": (-56.18, 46.78),
    "Nouvelle-Calédonie": (166.45, -22.27),
    "Polynésie française": (-149.56, -17.53),
    "Wallis-et-Futuna": (-176.17, -13.28),
}


def canvas(layout: Layout) -> Canvas:
    return Canvas(
        layout,
        "Les élu.es de l’Agglomération soutiennent l’animation sur sept territoires sur dix",
        "Territoires, selon la configuration de l’animation",
        "Source : carnet de bord (de l’été à septembre 2020) ; n = 14 carnets de bord rendus.",
        "DONNÉES RECONSTITUÉES",
    )


def _rows(label: str, many: int) -> Iterator[tuple[str, Draw]]:
    units = {
        "zero": unit_bar(label, "", n(0), text="0 sur 0"),
        "ordinary": unit_bar(label, LONG, n(7), n(14), "7 sur 14"),
        "many": unit_bar(label, "", n(1_361), n(1_362), "1 361 sur 1 362 (100 %)"),
        "few": unit_bar(label, "", FEW, n(14), "n < 5 sur 14"),
        "most": unit_bar(label, "", NEARLY, n(14), "n > 9 sur 14"),
        "hidden": unit_bar(label, "", HIDDEN, FEW, "n.c. sur n < 5"),
    }
    yield from ((f"units-{k}", lambda c, bar=bar: draw_units(c, [bar] * many)) for k, bar in units.items())
    for name, counts in {"zero": (0,) * 4, "ordinary": (5, 1, 1, 0), "many": (1_362, 1, 12, 1)}.items():
        known, text = tuple(map(n, counts)), f"n = {sum(counts)}"
        stacks = {
            "2-known": stack_bar(label, "", known[:2], text, None),
            "4-masked": stack_bar(label, "", (HIDDEN, FEW, *known[2:]), text, n(2_000)),
        }
        for kind, bar in stacks.items():
            parts = SEGMENTS[-int(kind[0]) :]
            yield (
                f"stacked-{kind}-{name}",
                lambda c, bar=bar, parts=parts: draw_stacks(c, [bar] * many, parts),
            )


def _groups(label: str, many: int) -> Iterator[tuple[str, Draw]]:
    two = ("Acteurs institutionnels", "Animateur.trices")
    for first, second in ((1, 10), (10, 9.5), (1, 1), (None, 10), (None, None)):
        pair = pair_row(label, "Item", Measure(first), Measure(second), n(8), FEW, FEW, n(15))
        yield f"pairs-{first}-{second}", lambda c, pair=pair: draw_pairs(c, [pair] * many, TEN, *two)
    nobody = pair_row(label, "", Measure(4), Measure(5), HIDDEN, FEW, HIDDEN)
    yield "pairs-nobody", lambda c: draw_pairs(c, [nobody] * many, TEN, LONG, LONG)
    ends, names = ((1, 10), (10, 1), (1, 1), (None, 1), (nan, 10)), ["Avant", "octobre 2021", *"345"]
    for name, panels in {
        "known": [panel(label, LONG, (4, 4), (10, 9.5))],
        "many": [panel(label, "12 territoires comparés", *ends)] * many,
        "hidden": [panel("Item", "", *[(None, None)] * 3), panel(label, "", *[(nan, nan)] * 3)],
    }.items():
        told = names[: len(panels[0].medians)]
        yield (
            f"moments-{name}",
            lambda c, panels=panels, told=told: draw_moments(c, panels, TEN, told, (two[1], LONG)),
        )


def _ranges() -> Iterator[tuple[str, Draw]]:
    some = [
        unit_bar(label, "", n(i), n(9), f"{i} sur 9") for i, label in enumerate(("0,5 ou moins", LONG, "1"))
    ]
    for low, mean, high in ((0.4, 0.8, 1.5), (0, 0, 0), (0, 0.1, 0.2), (700, 1_000, 1_362)):
        texts = (f"{low} territoire", f"{mean}", f"{high} territoires")
        told = scales.Range((low, mean, high), texts, "réunions")
        for name, under in (("", []), ("bands-", some)):
            yield f"range-{name}{low}-{mean}-{high}", lambda c, u=under, t=told: scales.draw_range(c, t, u)


def _places() -> Iterator[tuple[str, Draw]]:
    for name, some in {
        "one": [(1.5, 1_362.0)],
        "many": [(i % 7 / 2, i % 5) for i in range(80)],
        "same": [(0, 0)] * 12,
        "below": [(-3, 4), (2.5, -0.1)],
        "named": [(i, i * i % 11) for i in range(30)],
    }.items():
        points = [scales.Point(f"Commune-sur-Rivière {i}", *pair) for i, pair in enumerate(some)]
        yield f"points-{name}", lambda c, points=points: scales.draw_points(c, points, "Temps (ETP)", LONG)
    sites = real_sites()
    over = [sitemap.Site(f"Chef-lieu de {name}", *place, first=True) for name, place in OVERSEAS.items()]
    for name, some in {
        "all": sites,
        "one": sites[:1],
        "none": [],
        "overseas": over,
        "both": sites + over,
        "40": many_sites(40),
        "200": many_sites(190) + over,
        "twins": [sitemap.Site(f"Ville {i}", 2.3, 48.9, first=i > 9) for i in range(20)],
    }.items():
        yield f"map-{name}", lambda c, some=some: sitemap.draw(c, some, BACKGROUND, KINDS)
    yield "map-long-keys", lambda c: sitemap.draw(c, sites, BACKGROUND, (LONG, LONG))


def every() -> dict[str, Draw]:
    """All of them, by name."""
    found: dict[str, Draw] = dict([*_ranges(), *_places()])
    for label, rows in (("À Évry", 1), (LONG, 12)):
        for form in (_rows, _groups):
            found |= {f"{name}-{len(label)}x{rows}": draw for name, draw in form(label, rows)}
    return found
