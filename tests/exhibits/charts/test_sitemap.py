from __future__ import annotations

import math
from itertools import combinations, pairwise

import pytest
from exhibits.charts.forms import BACKGROUND, KINDS, canvas, real_sites
from hypothesis import given
from hypothesis import strategies as st
from ink import HAIR, Line, lines
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from atc.exhibits.charts import NARROW, WIDE, sitemap
from atc.exhibits.charts.tokens import BLUE, ORANGE

BOTH = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
SITES = real_sites()
EARTH = 6_371_000
FRANCE = {"longitude": st.floats(-5, 9.5), "latitude": st.floats(41.5, 51)}


def lambert_93(longitude: float, latitude: float) -> tuple[float, float]:
    """IGN, NTG 71, *Projection cartographique conique conforme de Lambert*, algorithms 1 and 3."""
    n, c, e, ys = 0.725607765053, 11_754_255.4261, 0.0818191910428158, 12_655_612.049876
    phi = math.radians(latitude)
    isometric = math.log(math.tan(math.pi / 4 + phi / 2)) + e / 2 * math.log(
        (1 - e * math.sin(phi)) / (1 + e * math.sin(phi))
    )
    radius, turn = c * math.exp(-n * isometric), n * math.radians(longitude - 3)
    return 700_000 + radius * math.sin(turn), ys - radius * math.cos(turn)


def metres(longitude: float, latitude: float) -> tuple[float, float]:
    """What our projection gives, with the false origin of Lambert-93."""
    x, y = sitemap.project(longitude, latitude)
    return 700_000 + float(x) * EARTH / 1000, 6_600_000 + float(y) * EARTH / 1000


def draw(layout, sites=SITES) -> Figure:
    return sitemap.draw(canvas(layout), sites, BACKGROUND, KINDS)


def marks(figure: Figure) -> list[tuple[float, float, float, str, int]]:
    """x, y and radius in inches, colour and number of corners of every mark, the inset's too."""
    figure.draw_without_rendering()
    inches = figure.dpi_scale_trans.inverted()
    found = []
    for axes in [*figure.axes, *(child for a in figure.axes for child in a.child_axes)]:
        for group in axes.collections:
            if isinstance(group, PathCollection) and len(group.get_offsets()):
                places = inches.transform(axes.transData.transform(group.get_offsets()))
                (path,) = group.get_paths()
                radius = math.sqrt(group.get_sizes()[0]) / 72 / 2
                color = to_hex(group.get_facecolor()[0]).upper()
                found += [(float(x), float(y), radius, color, len(path)) for x, y in places]
    return found


def labels(figure: Figure, sites=SITES) -> dict[str, Line]:
    names = {site.label for site in sites}
    return {line.text: line for line in lines(figure) if line.text in names}


def distance(line: Line, x: float, y: float) -> float:
    """From a point to the box of a label."""
    dx = max(line.x0 - x, 0, x - line.x1)
    dy = max(line.y0 - y, 0, y - line.y1)
    return math.hypot(dx, dy)


# --- projection ---


def test_the_origin_of_the_projection_is_its_own():
    assert [float(v) for v in sitemap.project(3.0, 46.5)] == pytest.approx([0, 0], abs=1e-9)


@pytest.mark.parametrize(
    ("longitude", "latitude", "x", "y"),
    # Paris (point zéro) and Marseille, in Lambert-93 as IGN's own tools give them.
    [(2.3488, 48.8534, 652_214, 6_861_681), (5.3698, 43.2965, 892_390, 6_247_035)],
)
def test_known_places_fall_where_lambert_93_puts_them(longitude, latitude, x, y):
    assert lambert_93(longitude, latitude) == pytest.approx((x, y), abs=200), "the oracle itself"
    assert metres(longitude, latitude) == pytest.approx((x, y), abs=3_000)


@given(**FRANCE)
def test_the_sphere_stays_within_two_pixels_of_lambert_93(longitude, latitude):
    # A pixel of the map is about 2 900 metres wide.
    assert metres(longitude, latitude) == pytest.approx(lambert_93(longitude, latitude), abs=5_000)


@given(FRANCE["latitude"], st.lists(FRANCE["longitude"], min_size=2, max_size=5, unique=True))
def test_east_is_right(latitude, longitudes):
    xs = [float(sitemap.project(longitude, latitude)[0]) for longitude in sorted(longitudes)]
    assert all(a <= b for a, b in pairwise(xs))


@given(FRANCE["longitude"], st.lists(FRANCE["latitude"], min_size=2, max_size=5, unique=True))
def test_north_is_up(longitude, latitudes):
    ys = [float(sitemap.project(longitude, latitude)[1]) for latitude in sorted(latitudes)]
    assert all(a <= b for a, b in pairwise(ys))


# --- the real sites ---


@BOTH
def test_every_site_has_one_mark_and_one_name(layout):
    figure = draw(layout)
    assert len(marks(figure)) == len(SITES) == 15
    written = [line.text for line in lines(figure)]
    assert [written.count(site.label) for site in SITES] == [1] * 15


@BOTH
def test_kinds_of_sites_differ_by_shape_as_well_as_hue(layout):
    found = marks(draw(layout))
    first = [corners for *_, color, corners in found if color == BLUE]
    second = [corners for *_, color, corners in found if color == ORANGE]
    assert (len(first), len(second)) == (6, 9)
    assert len(set(first)) == len(set(second)) == 1
    assert first[0] != second[0]


@BOTH
def test_names_cover_neither_marks_nor_one_another(layout):
    figure = draw(layout)
    named = labels(figure)
    assert [pair for pair in combinations(named.values(), 2) if pair[0].meets(pair[1])] == []
    for x, y, radius, _, _ in marks(figure):
        for line in named.values():
            assert distance(line, x, y) > radius * 0.7 - HAIR, line.text


@BOTH
def test_each_name_is_beside_its_own_mark(layout):
    figure = draw(layout)
    spots = {}
    for site in SITES:
        only = draw(layout, [site])
        spots[site.label] = marks(only)[0][:2]
    for label, line in labels(figure).items():
        if label != "Fort-de-France":
            assert distance(line, *spots[label]) < 0.32, label


@BOTH
def test_marks_pushed_apart_stay_near_their_true_place_and_do_not_hide_one_another(layout):
    mainland = [site for site in SITES if site.longitude > -10]
    together = [mark for mark in marks(draw(layout)) if mark[1] > 0]
    for site in mainland:
        x, y, *_ = marks(draw(layout, [site]))[0]
        nearest = min(math.hypot(x - a, y - b) for a, b, *_ in together)
        assert nearest < 0.1, f"{site.label} moved by {nearest:.2f} inch"
    for (a, b, *_), (c, d, *_) in combinations(together, 2):
        assert math.hypot(a - c, b - d) > 0.13


@BOTH
def test_two_sites_at_one_place_both_show(layout):
    twins = [sitemap.Site("Une", 2.3, 48.9, first=True), sitemap.Site("Deux", 2.3, 48.9, first=False)]
    (ax, ay, *_), (bx, by, *_) = marks(draw(layout, twins))
    assert math.hypot(ax - bx, ay - by) == pytest.approx(0.15, abs=0.01)


@BOTH
def test_the_overseas_site_stands_in_the_inset_inside_its_land(layout):
    figure = draw(layout)
    (inset,) = figure.axes[0].child_axes
    (group,) = [c for c in inset.collections if isinstance(c, PathCollection) and len(c.get_offsets())]
    assert len(group.get_offsets()) == 1
    (land,) = inset.patches
    outline = land.get_path().get_extents()
    x, y = group.get_offsets()[0]
    assert outline.x0 < x < outline.x1
    assert outline.y0 < y < outline.y1
    left, right = inset.get_xlim()
    assert left < outline.x0 < outline.x1 < right


@BOTH
def test_there_is_no_inset_without_overseas_sites(layout):
    figure = draw(layout, [site for site in SITES if site.longitude > -10])
    assert figure.axes[0].child_axes == []


@BOTH
def test_the_map_keeps_its_proportions(layout):
    figure = draw(layout)
    (axes,) = figure.axes
    box = axes.get_window_extent()
    across = box.width / (axes.get_xlim()[1] - axes.get_xlim()[0])
    along = box.height / (axes.get_ylim()[1] - axes.get_ylim()[0])
    assert across == pytest.approx(along, rel=0.001)
