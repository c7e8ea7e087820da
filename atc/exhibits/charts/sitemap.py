"""A map of sites: names where they all fit, else numbers and a list; overseas territories stand in boxes.

Drawn by matplotlib, for seaborn has no map. Each piece of it has the sinusoidal projection around its own
middle: areas are true, north is up. Places on the page are in inches from its bottom left corner.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from atc.exhibits.charts.canvas import Canvas, Key, Point, Style, names_beside, text_width
from atc.exhibits.charts.tokens import BLUE, LAND, LAND_EDGE, NEIGHBOUR
from atc.survey.paths import read_toml

Box = tuple[float, float, float, float]
#: One row per place: in degrees, east then north, or in inches.
Places = NDArray[np.float64]

#: Name of a territory, empty of the mainland -> west, south, east and north.
_TERRITORIES: Mapping[str, Box] = read_toml(__file__)
#: Height of the map on a page, in inches.
_HEIGHT = 3.0
#: Width and height of a box, with its name; height of a line of the list, in inches.
_WIDE, _HIGH, _LINE = 1.42, 1.02, 0.17
#: Least distance between two marks beside their names, in inches.
_APART = 0.17
#: How much of a square map its marks may cover: half of what its land does.
_COVERED = 0.25
#: Between marks that stand alone, in inches, how wide they are, in points, and how opaque; and a crowd's.
_ALONE, _CROWDED = (0.1, 6, 1), (0.0, 3.5, 0.5)
#: Where the nearest end of a name may stand from its mark, in inches; on the right first.
_SIDES = [(0.12, 0.0), (0.1, 0.12), (0.1, -0.12), (0.0, 0.15), (0.0, -0.15), (0.12, 0.2), (0.12, -0.2)]


@dataclass(frozen=True)
class Site:
    """One point, in degrees."""

    label: str
    longitude: float
    latitude: float
    first: bool  # it belongs to the first of the two kinds


@dataclass(frozen=True)
class _Area:
    """One piece of the map: the mainland, which has no name, or an overseas territory."""

    name: str
    frame: Box  # where it stands on the page
    sites: Sequence[Site]

    def place(self, degrees: Any) -> Places:
        """Degrees -> inches: the territory in the middle of the frame, as large as it takes."""
        corners, frame = (np.reshape(box, (2, 2)) for box in (_TERRITORIES[self.name], self.frame))
        middle, size = corners.mean(axis=0), np.ptp(corners, axis=0)
        # A degree of longitude is the shorter, the farther it is from the equator.
        size[0] *= np.cos(np.radians(middle[1]))
        places = np.reshape(degrees, (-1, 2)) - middle
        places[:, 0] *= np.cos(np.radians(places[:, 1] + middle[1]))
        return np.asarray(frame.mean(axis=0) + places * min(np.ptp(frame, axis=0) / size))

    def spots(self, gap: float) -> Places:
        """Where the marks of its sites stand, none nearer to another than a gap."""
        places = self.place([(site.longitude, site.latitude) for site in self.sites])
        corner, opposite = np.reshape(self.frame, (2, 2))
        return np.clip(_apart(places, gap), corner + gap / 2, opposite - gap / 2)


def draw(
    canvas: Canvas, sites: Sequence[Site], background: Mapping[str, Any], kinds: tuple[str, str]
) -> Figure:
    """Draw the sites, each with its name, or with its number in a list under the map.

    Where numbers would hide the land, marks stand alone: the table of the exhibit names them; too many to
    stand apart in the country, they are small, and let one another through. ``background``
    is GeoJSON whose features have a ``nom`` and a ``role``: ``france_metropolitaine``, ``pays_voisin``, or
    that of an overseas territory.
    """
    canvas.keys = [Key(kinds[0], BLUE, "o"), Key(kinds[1], BLUE, "s", hollow=True)]
    height = canvas.inner if canvas.layout.narrow else _HEIGHT
    areas = _areas(canvas, sites, height)
    named = [each for area in areas for each in _named(canvas, area)]
    # A number fits in a circle that is a little wider.
    wide = max(text_width("0" * len(str(len(sites))), canvas.layout.small, 600) + 0.04, _APART)
    needed = wide * (len(sites) / _COVERED) ** 0.5
    if all(place for *_, place in named):
        axes, _ = _page(canvas, areas, background, _APART, 9.5)
        for name, size, place in named:
            canvas.write(axes, place or (0, 0), name, ha="center", size=size)
    elif needed <= canvas.inner:
        _number(canvas, sites, background, max(height, needed), wide)
    else:
        # Pushed apart, a crowd would make a disc that is no country.
        crowded = _ALONE[0] * (len(sites) / _COVERED) ** 0.5 > height
        _page(canvas, areas, background, *(_CROWDED if crowded else _ALONE))
    return canvas.figure


def _named(canvas: Canvas, area: _Area) -> list[tuple[str, float, Point | None]]:
    """The names of its sites, from north to south, their size, and where they stand if there is room."""
    size = canvas.layout.small if area.name or canvas.layout.narrow else canvas.layout.text
    ranked = sorted(
        zip(area.spots(_APART).tolist(), area.sites, strict=True), key=lambda s: (-s[0][1], s[0][0])
    )
    spots, names = [(x, y) for (x, y), _ in ranked], [site.label for _, site in ranked]
    places = names_beside(spots, names, size, _SIDES, area.frame[::2])
    return [(name, size, place) for name, place in zip(names, places, strict=True)]


def _number(
    canvas: Canvas, sites: Sequence[Site], background: Mapping[str, Any], height: float, wide: float
) -> None:
    """Draw numbers, in the order of the alphabet, in marks so wide; what they stand for, in a list below."""
    small = canvas.layout.small
    ordered = sorted(sites, key=lambda site: unicodedata.normalize("NFD", site.label).casefold())
    column = wide + 0.2 + max(text_width(site.label, small) for site in ordered)
    rows = ceil(len(ordered) / max(1, int(canvas.inner / column)))
    below = rows * _LINE + 0.15
    areas = _areas(canvas, ordered, height, below)
    axes, placed = _page(canvas, areas, background, wide + 0.03, wide * 72)
    number: Style = {"size": small, "weight": 600}
    for i, site in enumerate(ordered):
        text, ink = str(i + 1), "white" if site.first else BLUE
        canvas.write(axes, placed[id(site)], text, ha="center", color=ink, **number)
        x, y = i // rows * column + wide, below - 0.15 - (i % rows + 0.5) * _LINE
        canvas.write(axes, (x, y), text, ha="right", color=BLUE, **number)
        canvas.write(axes, (x + 0.06, y), site.label, size=small)


def _areas(canvas: Canvas, sites: Sequence[Site], height: float, below: float = 0.0) -> list[_Area]:
    """The mainland, so high, then a box for each overseas territory with a site: beside it, or under it."""
    found: dict[str, list[Site]] = {name: [] for name in _TERRITORIES}
    for site in sites:
        x, y = site.longitude, site.latitude
        inside = (n for n, (w, s, e, top) in _TERRITORIES.items() if w <= x <= e and s <= y <= top)
        found[next(inside)].append(site)
    boxes = [name for name, some in found.items() if name and some]
    # On the left of a page there is the ocean, as long as the map does not take the width.
    beside = len(boxes) * _HIGH <= height <= canvas.inner * 0.65
    across = 1 if beside else int(canvas.inner / _WIDE)
    rows = ceil(len(boxes) / across)
    bottom = below + (0 if beside else rows * _HIGH)
    areas = [_Area("", (0.0, bottom, canvas.inner, bottom + height), found[""])]
    for i, name in enumerate(boxes):
        x, y = i % across * _WIDE, below + (rows - 1 - i // across) * _HIGH
        frame = (x + 0.02, y + 0.02, x + _WIDE - 0.06, y + _HIGH - 0.22)
        areas.append(_Area(name, frame, found[name]))
    return areas


def _apart(places: Places, gap: float) -> Places:
    """Push apart marks that would hide one another, each by the same distance: neighbours stay neighbours."""
    for _ in range(400):
        near = cKDTree(places).query_pairs(gap - 1e-6, output_type="ndarray")
        if not len(near):
            break
        one, other = near.T
        between = places[other] - places[one]
        distance = np.hypot(*between.T)[:, None]
        # Two at one place part in a direction of their own: a crowd would stretch into a line.
        anywhere = np.stack([np.cos(2.4 * one), np.sin(2.4 * one)], axis=1)
        push = np.where(distance, between / np.maximum(distance, 1e-9), anywhere) * (gap - distance) / 2
        moves = np.zeros_like(places)
        np.subtract.at(moves, one, push)
        np.add.at(moves, other, push)
        # The mean of what its neighbours ask, or a crowd would throw its members out.
        places = places + moves / np.bincount(near.ravel(), minlength=len(places)).clip(1)[:, None]
    return places


def _page(
    canvas: Canvas,
    areas: Sequence[_Area],
    background: Mapping[str, Any],
    gap: float,
    points: float,
    alpha: float = 1,
) -> tuple[Axes, dict[int, Point]]:
    """The page laid out, with land and marks so far apart and so wide, in points; and where marks stand."""
    top = areas[0].frame[3]
    axes = canvas.plot(top)
    axes.set(ylim=(0, top))
    # Neighbours first: France stands over them.
    features = sorted(background["features"], key=lambda each: each["properties"]["role"] != "pays_voisin")
    for area in areas:
        x0, y0, x1, y1 = area.frame
        fill, edge = ("white", LAND_EDGE) if area.name else ("none", "none")
        frame = Rectangle((x0, y0), x1 - x0, y1 - y0, facecolor=fill, edgecolor=edge, linewidth=0.8, zorder=2)
        axes.add_patch(frame)
        for feature in features:
            role, name = feature["properties"]["role"], feature["properties"].get("nom")
            if area.name == ("" if role in {"pays_voisin", "france_metropolitaine"} else name):
                geometry, polygons = feature["geometry"], feature["geometry"]["coordinates"]
                polygons = [polygons] if geometry["type"] == "Polygon" else polygons
                rings = [Path(area.place(ring), closed=True) for polygon in polygons for ring in polygon]
                inks = (NEIGHBOUR, "white") if role == "pays_voisin" else (LAND, LAND_EDGE)
                coast: Style = dict(zip(("facecolor", "edgecolor"), inks, strict=True)) | {"linewidth": 0.8}
                # Boxes stand over the mainland, and their own land over them. As an artist, not a patch:
                # nothing has to measure every bend of every coast.
                coast |= {"joinstyle": "round", "zorder": 3 if area.name else 1}
                land = PathPatch(Path.make_compound_path(*rings), **coast)
                axes.add_artist(land).set_clip_path(frame)
        canvas.write(axes, (x0, y1 + 0.1), area.name, **canvas.faint)
    placed = [(site, spot) for area in areas for site, spot in zip(area.sites, area.spots(gap), strict=True)]
    # A square looks larger than a circle as wide.
    for first, marker, fill, edge, wide in ((True, "o", BLUE, "white", 1), (False, "s", "white", BLUE, 0.8)):
        x, y = np.array([spot for site, spot in placed if site.first == first]).reshape(-1, 2).T
        look: Style = {"s": (points * wide) ** 2, "color": fill, "edgecolor": edge, "alpha": alpha}
        look["linewidth"] = 1.3 if alpha == 1 else 0.6
        axes.scatter(x, y, marker=marker, zorder=4, **look)
    return axes, {id(site): spot for site, spot in placed}
