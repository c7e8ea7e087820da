"""Each form of chart, with what may reach it: zeros, large counts, one row or twelve, long labels."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from matplotlib.figure import Figure

from atc.charts import bars, columns, dumbbell, sitemap, stacked, units
from atc.style import Canvas, Layout

Draw = Callable[[Canvas], Figure]

DATA = Path(__file__).resolve().parents[2] / "data"
LONG = "Établissements publics de coopération intercommunale, dont métropoles et communautés urbaines"
SEGMENTS = ("Soutient", "Observe", LONG, "Émet des réserves")
BACKGROUND = json.loads((DATA / "reference" / "fond_de_carte.geojson").read_text(encoding="utf-8"))
KINDS = ("Monographie", "Entretien téléphonique")


def real_sites() -> list[sitemap.Site]:
    """The fifteen sites of the experiment."""
    with (DATA / "raw" / "2020-automne" / "territoires.csv").open(encoding="utf-8", newline="") as file:
        return [
            sitemap.Site(
                row["commune"],
                float(row["longitude"]),
                float(row["latitude"]),
                row["recueil"] == "monographie",
            )
            for row in csv.DictReader(file)
        ]


def canvas(layout: Layout) -> Canvas:
    return Canvas(
        layout,
        "Les élu.es de l’Agglomération soutiennent l’animation sur sept territoires sur dix",
        "Territoires, selon la configuration de l’animation",
        "Source : carnet de bord (de l’été à septembre 2020) ; n = 14 carnets de bord rendus.",
        "DONNÉES RECONSTITUÉES",
    )


def _units(label: str, n: int) -> Iterator[tuple[str, Draw]]:
    for name, row in {
        "zero": units.UnitRow(label, text="0 sur 0"),
        "ordinary": units.UnitRow(label, LONG, 7, 14, "7 sur 14", also=2),
        "full": units.UnitRow(label, count=24, total=24, text="24 sur 24"),
        "many": units.UnitRow(label, "", 1_361, 1_362, "1 361 sur 1 362 (100 %)"),
    }.items():
        yield f"units-{name}", lambda c, row=row: units.draw(c, [row] * n)


def _bars(label: str, n: int) -> Iterator[tuple[str, Draw]]:
    for name, row in {
        "zero": bars.BarRow(label, text="0"),
        "ordinary": bars.BarRow(label, "Par rôle", 7, 14, "7 sur 14"),
        "many": bars.BarRow(label, LONG, 1_362, 0, "1 362 répondant.es sur 1 362"),
    }.items():
        yield f"bars-{name}", lambda c, row=row: bars.draw(c, [row] * n)


def _stacked(label: str, n: int) -> Iterator[tuple[str, Draw]]:
    for name, counts in {
        "zero": (0, 0, 0, 0),
        "ordinary": (5, 1, 1, 0),
        "many": (1_362, 1, 12, 1),
        "reversed": (1, 1, 100, 1_362),
    }.items():
        for size in (2, 3, 4):
            row = stacked.StackRow(label, counts=counts[:size], text=f"n = {sum(counts[:size])}")
            segments = SEGMENTS[-size:]
            yield (
                f"stacked-{size}-{name}",
                lambda c, row=row, segments=segments: stacked.draw(c, [row] * n, segments),
            )


def _columns(label: str, n: int) -> Iterator[tuple[str, Draw]]:
    for count in (0, 6, 1_362):
        rows = [columns.Column(label, count) for _ in range(n)]
        yield f"columns-{count}", lambda c, rows=rows: columns.draw(c, rows)
        quarters = [columns.Column(f"T{i % 4 + 1}", count, str(2020 + i // 4)) for i in range(n)]
        yield f"columns-{count}-years", lambda c, rows=quarters: columns.draw(c, rows)
    grouped = [columns.Column(label, i, LONG, strong=i == 1) for i in range(n)]
    yield "columns-grouped", lambda c: columns.draw(c, grouped)


def _dumbbells(label: str, n: int) -> Iterator[tuple[str, Draw]]:
    for first, second in ((1, 10), (10, 9.5), (1, 1), (10, 10), (5.5, 5.5)):
        rows = [dumbbell.PairRow(label, "Item", first, second, 8, 3, 4)] * n
        yield (
            f"dumbbell-{first}-{second}",
            lambda c, rows=rows: dumbbell.draw(c, rows, "Acteurs institutionnels", "Animateur.trices"),
        )
    nobody = [dumbbell.PairRow(label, "", 4, 5)] * n
    yield "dumbbell-nobody", lambda c: dumbbell.draw(c, nobody, LONG, LONG)


def _spans() -> Iterator[tuple[str, Draw]]:
    bands = [columns.Column(label, i) for i, label in enumerate(("0,5 ou moins", "Plus de 0,5 à 0,8", "1"))]
    for low, mean, high in ((0.4, 0.8, 1.5), (0, 0, 0), (1.5, 1.5, 1.5), (0, 3, 8), (0, 0.1, 0.2), (7, 8, 8)):
        texts = (f"{low} territoire", f"moyenne {mean} réunion tenue", f"{high} territoires")
        span = columns.Span(low, mean, high, *texts, max(high, 1.6))
        yield f"span-{low}-{mean}-{high}", lambda c, span=span: columns.draw(c, bands, span)


def _maps() -> Iterator[tuple[str, Draw]]:
    sites = real_sites()
    for name, some in {
        "all": sites,
        "one": sites[:1],
        "overseas": [s for s in sites if s.longitude < -10],
    }.items():
        yield f"map-{name}", lambda c, some=some: sitemap.draw(c, some, BACKGROUND, KINDS)
    yield "map-long-keys", lambda c: sitemap.draw(c, sites, BACKGROUND, (LONG, LONG))


def every() -> dict[str, Draw]:
    """All of them, by name."""
    found: dict[str, Draw] = dict([*_spans(), *_maps()])
    for label, n in ((LONG, 1), ("À Évry", 12), (LONG, 12)):
        for form in (_units, _bars, _stacked, _columns, _dumbbells):
            found |= {f"{name}-{len(label)}x{n}": draw for name, draw in form(label, n)}
    return found
