"""Rebuild the report's fonts and its background map from two unpacked npm packages.

The results are committed; this script says how they were made and makes the same bytes again::

    npm pack source-sans@3.52.0 world-atlas@2.0.2      # then unpack each archive
    python scripts/build_reference_assets.py SOURCE_SANS WORLD_ATLAS

SOURCE_SANS and WORLD_ATLAS are the unpacked folders. Nothing is downloaded here. Written, below the
root of the project (or ``--out``):

* ``atc/exhibits/charts/fonts/``: four styles as .ttf and .woff2, and ``OFL.txt``;
* ``data/reference/fond_de_carte.geojson``: France, Martinique and the neighbouring countries.

Bytes depend on nothing but the two packages and the versions of fontTools and Brotli.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fontTools import subset
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Point = tuple[float, float]
Line = list[Point]
Polygon = list[Line]  # the outer ring, then its holes
Box = tuple[float, float, float, float]  # west, south, east, north

EXPECTED_VERSIONS = {"source-sans": "3.52.0", "world-atlas": "2.0.2"}

# --- Fonts: our file name -> the package's style name ---------------------------------------------
STYLES = {"Regular": "Regular", "Italic": "It", "Semibold": "Semibold", "Bold": "Bold"}

FAMILY = "Atc Sans"
TRADEMARK, COPYRIGHT_AND_LICENCE = 7, (0, 13, 14)  # OpenType name identifiers

CHARACTER_RANGES = (
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x00FF),  # Latin-1: accents, « », °, ½, ×, no-break space
    (0x0100, 0x017F),  # Latin Extended-A: œ, Œ, Ÿ and the names of our neighbours
    (0x2000, 0x206F),  # general punctuation: narrow spaces (U+202F), dashes, quotes, …
    (0x2070, 0x2079),  # superscript figures
    (0x2190, 0x2199),  # arrows
)
CHARACTERS = (
    "ʳˢᵈᵉᵐ"  # 1er, 2e, 2nd, Mme written with superior letters
    "\u0300\u0301\u0302\u0308\u0327"  # combining accents of French, for decomposed names
    "€№™−∕∙√∞≈≠≤≥⅓⅔■□▲△▶▼▽◆○●✓✗"
)
# Figures of Source Sans are tabular and lining by default: it has no tnum or lnum to keep, both are
# named so that they are kept should a later version bring them.
LAYOUT_FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "sups", "tnum", "lnum", "pnum"]

# --- Map ------------------------------------------------------------------------------------------
FRANCE = "250"  # ISO 3166-1 numeric, the identifiers of world-atlas
NEIGHBOURS = {
    "020": "Andorre",
    "040": "Autriche",
    "056": "Belgique",
    "276": "Allemagne",
    "372": "Irlande",
    "380": "Italie",
    "438": "Liechtenstein",
    "442": "Luxembourg",
    "492": "Monaco",
    "528": "Pays-Bas",
    "620": "Portugal",
    "724": "Espagne",
    "756": "Suisse",
    "826": "Royaume-Uni",
    "831": "Guernesey",
    "832": "Jersey",
}
METROPOLITAN_BOX: Box = (-6.0, 41.0, 10.0, 52.0)
MARTINIQUE_BOX: Box = (-61.3, 14.3, -60.7, 15.0)
# Up to one degree more than a map needs: the straight edges of the cut stay out of the picture.
NEIGHBOURS_BOX: Box = (-7.0, 40.0, 12.0, 52.5)
DECIMALS = 3
TOLERANCE_FRANCE = 0.002  # degrees of latitude, about 220 m
TOLERANCE_NEIGHBOURS = 0.005
SMALLEST_ISLAND = 0.0003  # square degrees, about 2.5 km²


def check_package(folder: Path, name: str) -> None:
    """Refuse a folder that is not the expected npm package at the expected version."""
    manifest = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    found, expected = (manifest["name"], manifest["version"]), (name, EXPECTED_VERSIONS[name])
    if found != expected:
        raise SystemExit(f"{folder}: expected {'@'.join(expected)}, found {'@'.join(found)}")


# --- Fonts ----------------------------------------------------------------------------------------


def wanted_characters() -> set[int]:
    """Return the code points that a report in French may need."""
    ranged = {code for first, last in CHARACTER_RANGES for code in range(first, last + 1)}
    return ranged | {ord(character) for character in CHARACTERS}


def subset_options() -> subset.Options:
    """Return how to subset: names and hints kept, few layout features, no signature."""
    options = subset.Options()
    options.layout_features = LAYOUT_FEATURES
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.drop_tables = [*options.drop_tables, "DSIG"]
    options.recalc_timestamp = False
    options.canonical_order = True
    return options


def rename(font: TTFont) -> None:
    """Give a modified font a name of its own: the licence reserves « Source » to the original."""
    names = font["name"]
    names.names = [record for record in names.names if record.nameID != TRADEMARK]
    for record in names.names:
        if record.nameID not in COPYRIGHT_AND_LICENCE:
            text = record.toUnicode().replace("Source Sans 3", FAMILY)
            record.string = text.replace("SourceSans3", FAMILY.replace(" ", ""))


def subset_font(source: Path) -> bytes:
    """Return the .ttf bytes of a font reduced to the wanted characters."""
    font = TTFont(source, recalcTimestamp=False, lazy=False)
    subsetter = subset.Subsetter(subset_options())
    subsetter.populate(unicodes=wanted_characters())
    subsetter.subset(font)
    part_double_l(font)
    rename(font)
    buffer = BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def part_double_l(font: TTFont) -> None:
    """Take out the Catalan « l·l » in one letter, whose dot « professionnel·les » would have."""
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            for first, ligatures in getattr(table, "ligatures", {}).items():
                kept = [each for each in ligatures if "periodcentered" not in each.Component]
                table.ligatures[first] = kept


def to_woff2(ttf: bytes) -> bytes:
    """Return a TrueType font packed as WOFF2."""
    font = TTFont(BytesIO(ttf), recalcTimestamp=False)
    font.flavor = "woff2"
    buffer = BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def build_fonts(package: Path, target: Path) -> list[Path]:
    """Write the four styles and their licence."""
    target.mkdir(parents=True, exist_ok=True)
    written = [target / "OFL.txt"]
    shutil.copyfile(package / "LICENSE.md", written[0])
    for style, package_style in STYLES.items():
        ttf = subset_font(package / "TTF" / f"SourceSans3-{package_style}.ttf")
        for suffix, content in ((".ttf", ttf), (".woff2", to_woff2(ttf))):
            written.append(target / f"AtcSans-{style}{suffix}")
            written[-1].write_bytes(content)
    return written


# --- TopoJSON -------------------------------------------------------------------------------------


@dataclass
class Topology:
    """Countries of a TopoJSON file; an arc (a border or a coast) is simplified once for all.

    Attributes:
        arcs: The lines in degrees.
        countries: Polygons by country code, each ring a list of arc numbers (``~n`` is n reversed).
    """

    arcs: list[Line]
    countries: dict[str, list[list[list[int]]]] = field(default_factory=dict)


def decode_arc(arc: Iterable[tuple[int, int]], scale: Point, shift: Point) -> Line:
    """Turn the running integer differences of TopoJSON into degrees."""
    column = row = 0
    line: Line = []
    for step_x, step_y in arc:
        column, row = column + step_x, row + step_y
        line.append((column * scale[0] + shift[0], row * scale[1] + shift[1]))
    return line


def read_topology(path: Path) -> Topology:
    """Read the countries of a quantised TopoJSON file."""
    document = json.loads(path.read_text(encoding="utf-8"))
    scale, shift = document["transform"]["scale"], document["transform"]["translate"]
    topology = Topology([decode_arc(arc, scale, shift) for arc in document["arcs"]])
    for geometry in document["objects"]["countries"]["geometries"]:
        code = geometry.get("id")
        if code is not None:
            arcs = geometry["arcs"]
            topology.countries[code] = [arcs] if geometry["type"] == "Polygon" else arcs
    return topology


def simplify_topology(topology: Topology) -> Topology:
    """Simplify every arc, those of France less than those it does not touch."""
    fine = {
        arc if arc >= 0 else ~arc
        for polygon in topology.countries[FRANCE]
        for ring in polygon
        for arc in ring
    }
    arcs = [
        simplify(line, TOLERANCE_FRANCE if number in fine else TOLERANCE_NEIGHBOURS)
        for number, line in enumerate(topology.arcs)
    ]
    return Topology(arcs, topology.countries)


def polygons_of(topology: Topology, code: str) -> Iterator[Polygon]:
    """Yield the polygons of one country as closed rings of points."""
    for polygon in topology.countries[code]:
        yield [ring_points(topology.arcs, ring) for ring in polygon]


def ring_points(arcs: list[Line], ring: list[int]) -> Line:
    """Join arcs end to end into one closed ring."""
    points: Line = []
    for number in ring:
        line = arcs[number] if number >= 0 else arcs[~number][::-1]
        points.extend(line[1:] if points else line)
    return points


# --- Plane geometry -------------------------------------------------------------------------------


def distance_to_segment(point: Point, start: Point, end: Point) -> float:
    """Return the distance in degrees of latitude, longitudes shortened as on the ground."""
    shrink = math.cos(math.radians(start[1]))
    across, up = (end[0] - start[0]) * shrink, end[1] - start[1]
    x, y = (point[0] - start[0]) * shrink, point[1] - start[1]
    length = across * across + up * up
    share = 0.0 if length == 0 else max(0.0, min(1.0, (x * across + y * up) / length))
    return math.hypot(x - share * across, y - share * up)


def simplify(line: Line, tolerance: float) -> Line:
    """Drop the points that no one would miss (Douglas and Peucker), both ends kept."""
    kept = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        distances = [
            distance_to_segment(line[number], line[first], line[last]) for number in range(first + 1, last)
        ]
        if distances and max(distances) > tolerance:
            middle = first + 1 + distances.index(max(distances))
            kept.add(middle)
            spans += [(first, middle), (middle, last)]
    return [line[number] for number in sorted(kept)]


def clip_ring(ring: Line, box: Box) -> Line:
    """Cut a closed ring to a box (Sutherland and Hodgman)."""
    for axis, bound, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        ring = clip_side(ring, axis, bound, sign)
    return ring


def clip_side(ring: Line, axis: int, bound: float, sign: int) -> Line:
    """Keep the part of a closed ring on one side of a meridian or parallel."""
    result: Line = []
    for start, end in pairwise(ring):
        inside = sign * (start[axis] - bound) >= 0, sign * (end[axis] - bound) >= 0
        if inside[0]:
            result.append(start)
        if inside[0] != inside[1]:
            share = (bound - start[axis]) / (end[axis] - start[axis])
            other = start[1 - axis] + share * (end[1 - axis] - start[1 - axis])
            result.append((bound, other) if axis == 0 else (other, bound))
    return [*result, result[0]] if result else []


def rounded(ring: Line) -> Line:
    """Round the points and drop those that then repeat the one before."""
    points = [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in ring]
    return [p for number, p in enumerate(points) if number == 0 or p != points[number - 1]]


def signed_area(ring: Line) -> float:
    """Return the area in square degrees, positive for a counterclockwise ring."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def oriented(ring: Line, *, outer: bool) -> Line:
    """Turn a ring as GeoJSON wants it: outer counterclockwise, hole clockwise."""
    return ring if (signed_area(ring) > 0) == outer else ring[::-1]


def tidy_polygon(polygon: Polygon, box: Box, smallest: float) -> Polygon:
    """Clip, round and orient a polygon."""
    rings = [rounded(clip_ring(ring, box)) for ring in polygon]
    large = [len(ring) > 3 and abs(signed_area(ring)) >= smallest for ring in rings]
    if not large[0]:
        return []
    return [oriented(ring, outer=i == 0) for i, ring in enumerate(rings) if large[i]]


# --- Map ------------------------------------------------------------------------------------------


def feature(role: str, name: str, polygons: Iterable[Polygon]) -> dict[str, Any]:
    """Return a GeoJSON feature, its polygons from west to east."""
    return {
        "type": "Feature",
        "properties": {"role": role, "nom": name},
        "geometry": {"type": "MultiPolygon", "coordinates": sorted(filter(None, polygons))},
    }


def map_features(topology: Topology, simple: Topology) -> list[dict[str, Any]]:
    """Return the features in their order in the file."""

    def cut(source: Topology, code: str, box: Box, smallest: float) -> list[Polygon]:
        return [tidy_polygon(polygon, box, smallest) for polygon in polygons_of(source, code)]

    france = cut(simple, FRANCE, METROPOLITAN_BOX, SMALLEST_ISLAND)
    martinique = cut(topology, FRANCE, MARTINIQUE_BOX, 0.0)
    features = [
        feature("france_metropolitaine", "France métropolitaine", france),
        feature("martinique", "Martinique", martinique),
    ]
    for code, name in sorted(NEIGHBOURS.items(), key=lambda item: item[1]):
        polygons = cut(simple, code, NEIGHBOURS_BOX, SMALLEST_ISLAND)
        features.append(feature("pays_voisin", name, polygons))
    return features


def build_map(package: Path, target: Path) -> Path:
    """Write the background map, one feature a line."""
    topology = read_topology(package / "countries-10m.json")
    features = map_features(topology, simplify_topology(topology))
    lines = [json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in features]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")
    return target


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Rebuild the fonts and the background map.")
    parser.add_argument("source_sans", type=Path, help="unpacked npm package source-sans")
    parser.add_argument("world_atlas", type=Path, help="unpacked npm package world-atlas")
    root = Path(__file__).resolve().parents[1]
    parser.add_argument("--out", type=Path, default=root, help="where to write (the project)")
    return parser.parse_args()


def main() -> None:
    """Rebuild both assets and print the size of each file."""
    arguments = parse_arguments()
    check_package(arguments.source_sans, "source-sans")
    check_package(arguments.world_atlas, "world-atlas")
    fonts = arguments.out / "atc" / "exhibits" / "charts" / "fonts"
    geojson = arguments.out / "data" / "reference" / "fond_de_carte.geojson"
    written = build_fonts(arguments.source_sans, fonts)
    for path in [*written, build_map(arguments.world_atlas, geojson)]:
        print(f"{path.stat().st_size:>9,}  {path.relative_to(arguments.out)}")


if __name__ == "__main__":
    main()
