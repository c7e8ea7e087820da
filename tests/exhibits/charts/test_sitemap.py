import math
from itertools import combinations

import pytest
from exhibits.charts.forms import BACKGROUND, BOTH, KINDS, OVERSEAS, canvas, many_sites, real_sites
from ink import HAIR, Line, lines
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from atc.exhibits.charts import sitemap
from atc.exhibits.charts.tokens import BLUE

SITES = real_sites()
MAINLAND = [site for site in SITES if site.longitude > -10]


def draw(layout, sites=SITES) -> Figure:
    return sitemap.draw(canvas(layout), sites, BACKGROUND, KINDS)


def marks(figure: Figure) -> list[tuple[float, float, float, str, int]]:
    """x, y and radius in inches from the corner of the page, colour and number of corners of every mark."""
    figure.draw_without_rendering()
    inches = figure.axes[0].transData + figure.dpi_scale_trans.inverted()
    found = []
    for group in figure.axes[0].collections:
        if isinstance(group, PathCollection):
            color = to_hex(group.get_facecolor()[0]).upper() if len(group.get_offsets()) else ""
            for x, y in inches.transform(group.get_offsets()):
                radius = math.sqrt(group.get_sizes()[0]) / 72 / 2
                found.append((float(x), float(y), radius, color, len(group.get_paths()[0])))
    return found


def apart(figure: Figure) -> float:
    """The least distance between two marks, beyond their radii."""
    pairs = combinations(marks(figure), 2)
    return min(math.hypot(a[0] - b[0], a[1] - b[1]) - a[2] - b[2] for a, b in pairs)


def labels(figure: Figure, sites=SITES) -> dict[str, Line]:
    names = {site.label for site in sites}
    return {line.text: line for line in lines(figure) if line.text in names}


def distance(line: Line, x: float, y: float) -> float:
    """From a point to the box of a label."""
    dx = max(line.x0 - x, 0, x - line.x1)
    dy = max(line.y0 - y, 0, y - line.y1)
    return math.hypot(dx, dy)


@BOTH
def test_every_site_has_one_mark_and_one_name(layout):
    figure = draw(layout)
    written = [line.text for line in lines(figure)]
    assert [written.count(site.label) for site in SITES] == [1] * len(marks(figure)) == [1] * 15


@BOTH
def test_kinds_of_sites_differ_by_shape_and_by_filling(layout):
    looks = [(color, corners) for *_, color, corners in marks(draw(layout))]
    assert sorted(looks.count(look) for look in set(looks)) == [6, 9]
    (one, corners), (other, others) = set(looks)
    assert {one, other} == {BLUE, "#FFFFFF"}
    assert corners != others


@BOTH
def test_names_cover_no_mark_and_stand_beside_their_own(layout):
    figure = draw(layout, MAINLAND)
    for label, line in labels(figure).items():
        (own,) = marks(draw(layout, [site for site in MAINLAND if site.label == label]))
        assert distance(line, *own[:2]) < 0.32, label
        assert all(distance(line, x, y) > radius * 0.7 - HAIR for x, y, radius, *_ in marks(figure)), label


@BOTH
def test_forty_sites_are_numbers_in_the_order_of_the_alphabet_with_their_list(layout):
    figure = draw(layout, many_sites(40))
    written = [line.text for line in sorted(lines(figure), key=lambda line: (-line.baseline, line.x0))]
    assert all(written.count(str(i)) == 2 for i in range(1, 41)), "in its mark, and in the list"
    found = labels(figure, many_sites(40))
    assert len(found) == 40
    lowest = min(y for _, y, *_ in marks(figure))
    numbers = {line.text: line for line in lines(figure) if line.y1 < lowest}
    for i, name in enumerate(sorted(found), start=1):
        assert numbers[str(i)].baseline == pytest.approx(found[name].baseline, abs=0.01)
        assert 0 < found[name].x0 - numbers[str(i)].x1 < 0.12
    assert apart(figure) > -0.01


@BOTH
def test_a_crowd_of_sites_stays_where_they_are_and_lets_one_another_through(layout):
    """Pushed apart, they would make a disc."""
    figure, one = draw(layout, many_sites(1362)), many_sites(1362)[7]
    (spot,) = {mark[:2] for mark in marks(draw(layout, [one]))}
    assert len(marks(figure)) == 1362
    assert min(math.dist(spot, mark[:2]) for mark in marks(figure)) < 0.01
    assert {c.get_alpha() for c in figure.axes[0].collections if isinstance(c, PathCollection)} == {0.5}


@BOTH
def test_an_overseas_site_stands_in_the_box_of_its_territory(layout):
    over = [sitemap.Site(f"Chef-lieu de {name}", *place, first=True) for name, place in OVERSEAS.items()]
    figure = draw(layout, [*MAINLAND[:2], *over])
    assert set(OVERSEAS) <= {line.text for line in lines(figure)}
    boxes = [p for p in figure.axes[0].patches if isinstance(p, Rectangle) and p.get_edgecolor()[3]]
    inches = figure.axes[0].transData - figure.dpi_scale_trans
    for box in boxes[: len(OVERSEAS)]:
        x0, y0, x1, y1 = box.get_bbox().transformed(inches).extents
        assert [x0 < x < x1 and y0 < y < y1 for x, y, *_ in marks(figure)].count(True) == 1
    assert len(boxes) >= len(OVERSEAS)
