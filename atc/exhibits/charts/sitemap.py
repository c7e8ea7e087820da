"""A map of sites on the outline of France, overseas territories in an inset.

The projection is Lambert's conformal conic with two standard parallels, on a sphere (Snyder, *Map
Projections: A Working Manual*, 1987, eq. 15-1 to 15-5), with the parallels of the official Lambert-93.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from atc.exhibits.charts.canvas import Canvas, Key, text_width
from atc.exhibits.charts.tokens import BLUE, INK, LAND, LAND_EDGE, NEIGHBOUR, ORANGE

Box = tuple[float, float, float, float]

_PARALLELS, _ORIGIN = (44.0, 49.0), (3.0, 46.5)
#: Shape, area and colour of the first kind of site, and of the other.
_MARKS = {True: ("o", 110, BLUE), False: ("D", 62, ORANGE)}
_SOUTH, _NORTH = 41.2, 51.6


@dataclass(frozen=True)
class Site:
    """One point.

    Attributes:
        label: Its name.
        longitude, latitude: Degrees.
        first: Whether it belongs to the first of the two kinds.
    """

    label: str
    longitude: float
    latitude: float
    first: bool


@dataclass(frozen=True)
class _Spot:
    x: float
    y: float
    site: Site


def project(longitude: Any, latitude: Any) -> tuple[Any, Any]:
    """Degrees -> plane coordinates, in thousandths of the Earth's radius."""
    p1, p2, origin = np.radians([*_PARALLELS, _ORIGIN[1]])

    def t(angle: Any) -> Any:
        return np.tan(np.pi / 4 + angle / 2)

    n = np.log(np.cos(p1) / np.cos(p2)) / np.log(t(p2) / t(p1))
    f = np.cos(p1) * t(p1) ** n / n
    rho, rho0 = f / t(np.radians(latitude)) ** n, f / t(origin) ** n
    theta = n * np.radians(np.asarray(longitude) - _ORIGIN[0])
    return 1000 * rho * np.sin(theta), 1000 * (rho0 - rho * np.cos(theta))


def draw(
    canvas: Canvas, sites: Sequence[Site], background: Mapping[str, Any], kinds: tuple[str, str]
) -> Figure:
    """Draw the sites, each with its name.

    Args:
        canvas: Where to draw.
        sites: All of them; those west of 10° W go to the inset.
        background: GeoJSON whose features have a ``role``: ``france_metropolitaine``, ``martinique``,
            ``pays_voisin``.
        kinds: Names of the first and second kind of site.
    """
    canvas.keys = [
        Key(kind, color, marker) for kind, (marker, _, color) in zip(kinds, _MARKS.values(), strict=True)
    ]
    height = canvas.inner if canvas.layout.narrow else 4.1
    axes = canvas.plot(height)
    box = _frame(canvas.inner / height)
    _land(axes, background, ("pays_voisin", "france_metropolitaine"), framed=True)
    _fit(axes, box)
    mainland = [s for s in sites if s.longitude > -10]
    unit = (box[2] - box[0]) / canvas.inner
    spots = _apart([_spot(site) for site in mainland], 0.15 * unit)
    _points(axes, spots)
    _labels(axes, spots, canvas, unit, box)
    overseas = [s for s in sites if s.longitude <= -10]
    if overseas:
        _inset(axes, overseas, background, canvas)
    return canvas.figure


def _spot(site: Site) -> _Spot:
    x, y = project(site.longitude, site.latitude)
    return _Spot(float(x), float(y), site)


def _apart(spots: Sequence[_Spot], gap: float) -> list[_Spot]:
    """Push apart marks that would hide one another, each by the same distance: neighbours stay neighbours."""
    places = np.array([(spot.x, spot.y) for spot in spots]).reshape(-1, 2)
    for i, j in combinations(range(len(spots)), 2):
        between = places[j] - places[i]
        distance = float(np.hypot(*between))
        if distance < gap:
            direction = between / distance if distance else np.array([1.0, 0.0])
            shift = direction * (gap - distance) / 2
            places[i] -= shift
            places[j] += shift
    return [_Spot(float(x), float(y), spot.site) for (x, y), spot in zip(places, spots, strict=True)]


def _frame(ratio: float) -> Box:
    _, south = (float(v) for v in project(_ORIGIN[0], _SOUTH))
    _, north = (float(v) for v in project(_ORIGIN[0], _NORTH))
    half = (north - south) * ratio / 2
    center = float(project(2.6, 46.5)[0])
    return center - half, south, center + half, north


def _fit(axes: Axes, box: Box) -> None:
    axes.set_xlim(box[0], box[2])
    axes.set_ylim(box[1], box[3])
    axes.set_axis_off()


def _land(axes: Axes, background: Mapping[str, Any], roles: Sequence[str], *, framed: bool) -> None:
    for role in roles:
        neighbour = role == "pays_voisin"
        for feature in background["features"]:
            if feature["properties"]["role"] == role:
                patch = PathPatch(
                    _path(feature["geometry"]),
                    facecolor=NEIGHBOUR if neighbour else LAND,
                    edgecolor="white" if neighbour else LAND_EDGE,
                    linewidth=0.7 if neighbour else 0.8,
                    joinstyle="round",
                )
                # Measuring every bend of every coast takes long, where the limits are known already.
                if framed:
                    axes.add_artist(patch)
                else:
                    axes.add_patch(patch)


def _path(geometry: Mapping[str, Any]) -> Path:
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    rings = [np.column_stack(project(*np.array(ring).T)) for polygon in polygons for ring in polygon]
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))


def _points(axes: Axes, spots: Sequence[_Spot]) -> None:
    for first, (marker, size, color) in _MARKS.items():
        some = [spot for spot in spots if spot.site.first is first]
        axes.scatter(
            [spot.x for spot in some],
            [spot.y for spot in some],
            marker=marker,
            s=size,
            color=color,
            edgecolor="white",
            linewidth=1.2,
            zorder=5,
        )


def _labels(axes: Axes, spots: Sequence[_Spot], canvas: Canvas, unit: float, frame: Box) -> None:
    """Write each name where it covers no mark and no other name, trying the right first."""
    size = canvas.layout.text if not canvas.layout.narrow else canvas.layout.small
    taken: list[Box] = [
        (s.x - 0.08 * unit, s.y - 0.08 * unit, s.x + 0.08 * unit, s.y + 0.08 * unit) for s in spots
    ]
    for spot in sorted(spots, key=lambda s: (-s.y, s.x)):
        width, height = text_width(spot.site.label, size) * unit, size / 72 * unit * 0.95
        boxes = [_box(spot, dx * unit, dy * unit, width, height) for dx, dy in _PLACES]
        free = [
            b for b in boxes if not any(_overlap(b, t) for t in taken) and frame[0] < b[0] and b[2] < frame[2]
        ]
        box = (free or boxes)[0]
        taken.append(box)
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        axes.text(x, y, spot.site.label, size=size, color=INK, ha="center", va="center", zorder=6)


_PLACES = (
    (0.12, 0.0),
    (-0.12, 0.0),
    (0.1, 0.12),
    (0.1, -0.12),
    (-0.1, 0.12),
    (-0.1, -0.12),
    (0.12, 0.2),
    (-0.12, 0.2),
    (0.12, -0.2),
    (-0.12, -0.2),
)


def _box(spot: _Spot, dx: float, dy: float, width: float, height: float) -> Box:
    x0 = spot.x + dx if dx > 0 else spot.x + dx - width
    y0 = spot.y + dy - height / 2
    return x0, y0, x0 + width, y0 + height


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _inset(axes: Axes, sites: Sequence[Site], background: Mapping[str, Any], canvas: Canvas) -> None:
    side = (0.0, 0.0, 0.27, 0.24) if canvas.layout.narrow else (0.0, 0.0, 0.17, 0.25)
    inset = axes.inset_axes(side)
    inset.set_facecolor("white")
    _land(inset, background, ("martinique",), framed=False)
    spots = [_spot(site) for site in sites]
    inset.set_aspect("equal", adjustable="datalim")
    _points(inset, spots)
    inset.margins(0.25)
    inset.set(xticks=[], yticks=[], xlabel="", ylabel="")
    for spine in inset.spines.values():
        spine.set(visible=True, color=LAND_EDGE, linewidth=0.8)
    inset.set_title(" / ".join(s.label for s in sites), size=canvas.layout.small, color=INK, pad=3)
