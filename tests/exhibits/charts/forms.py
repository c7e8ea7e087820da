"""Each form of chart, with what may reach it: zeros, large or masked counts, few or many rows, long texts."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from matplotlib.figure import Figure

from atc.disclosure import Count, Measure
from atc.exhibits.charts import (
    Canvas,
    Layout,
    bands,
    bars,
    columns,
    dumbbell,
    flow,
    moments,
    sitemap,
    stacked,
    units,
)

Draw = Callable[[Canvas], Figure]

DATA = Path(__file__).resolve().parents[3] / "data"
LONG = "Établissements publics de coopération intercommunale, dont métropoles et communautés urbaines"
SEGMENTS = ("Soutient", "Observe", LONG, "Émet des réserves")
BACKGROUND = json.loads((DATA / "reference" / "fond_de_carte.geojson").read_text(encoding="utf-8"))
KINDS = ("Monographie", "Entretien téléphonique")
n = Count.exactly
#: Masked for its size, for the size of what it leaves out, and to protect another one.
FEW, MOST, HIDDEN = Count(1, 4, "D"), Count(10, 13, "D", of_the_rest=True), Count(5, 9, "S")


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


def _units(label: str, rows: int) -> Iterator[tuple[str, Draw]]:
    for name, row in {
        "zero": units.UnitRow(label, text="0 sur 0"),
        "ordinary": units.UnitRow(label, LONG, n(7), n(14), "7 sur 14", also=n(2)),
        "full": units.UnitRow(label, count=n(24), total=n(24), text="24 sur 24"),
        "many": units.UnitRow(label, "", n(1_361), n(1_362), "1 361 sur 1 362 (100 %)"),
        "few": units.UnitRow(label, "", FEW, n(14), "n < 5 sur 14", also=FEW),
        "most": units.UnitRow(label, "", MOST, n(14), "n > 9 sur 14"),
        "hidden": units.UnitRow(label, "", HIDDEN, FEW, "n.c. sur n < 5"),
        "many-masked": units.UnitRow(label, "", FEW, n(1_362), "n < 5 sur 1 362"),
    }.items():
        yield f"units-{name}", lambda c, row=row: units.draw(c, [row] * rows)


def _bars(label: str, rows: int) -> Iterator[tuple[str, Draw]]:
    for name, row in {
        "zero": bars.BarRow(label, text="0"),
        "ordinary": bars.BarRow(label, "Par rôle", n(7), n(14), "7 sur 14"),
        "many": bars.BarRow(label, LONG, n(1_362), None, "1 362 répondant.es sur 1 362"),
        "masked": bars.BarRow(label, LONG, MOST, n(14), "n > 9 sur 14"),
        "masked-total": bars.BarRow(label, "", HIDDEN, FEW, "n.c. sur n < 5"),
    }.items():
        yield f"bars-{name}", lambda c, row=row: bars.draw(c, [row] * rows)


def _stacked(label: str, rows: int) -> Iterator[tuple[str, Draw]]:
    for name, counts in {
        "zero": (0, 0, 0, 0),
        "ordinary": (5, 1, 1, 0),
        "many": (1_362, 1, 12, 1),
        "reversed": (1, 1, 100, 1_362),
    }.items():
        for size in (2, 3, 4):
            known = tuple(n(count) for count in counts[:size])
            masked = (HIDDEN, FEW, *known[2:])
            for kind, parts, total in (("known", known, None), ("masked", masked, n(2_000))):
                row = stacked.StackRow(label, "", parts, f"n = {sum(counts[:size])}", total)
                yield (
                    f"stacked-{size}-{name}-{kind}",
                    lambda c, row=row, segments=SEGMENTS[-size:]: stacked.draw(c, [row] * rows, segments),
                )


def _columns(label: str, many: int) -> Iterator[tuple[str, Draw]]:
    for count in (n(0), n(6), n(1_362), FEW, MOST, HIDDEN):
        rows = [columns.Column(label, count) for _ in range(many)]
        yield f"columns-{count.shown}", lambda c, rows=rows: columns.draw(c, rows)
        quarters = [columns.Column(f"T{i % 4 + 1}", count, str(2020 + i // 4)) for i in range(many)]
        yield f"columns-{count.shown}-years", lambda c, rows=quarters: columns.draw(c, rows)
    grouped = [columns.Column(label, n(i), LONG, strong=i == 1) for i in range(many)]
    yield "columns-grouped", lambda c: columns.draw(c, grouped)


def _dumbbells(label: str, many: int) -> Iterator[tuple[str, Draw]]:
    for first, second in (
        (1, 10),
        (10, 9.5),
        (1, 1),
        (10, 10),
        (5.5, 5.5),
        (None, 10),
        (1, None),
        (None, None),
    ):
        medians = Measure(first), Measure(second)
        rows = [dumbbell.PairRow(label, "Item", *medians, n(8), FEW, FEW, n(15))] * many
        yield (
            f"dumbbell-{first}-{second}",
            lambda c, rows=rows: dumbbell.draw(c, rows, "Acteurs institutionnels", "Animateur.trices"),
        )
    nobody = [dumbbell.PairRow(label, "", Measure(4), Measure(5))] * many
    yield "dumbbell-nobody", lambda c: dumbbell.draw(c, nobody, LONG, LONG)


def _spans() -> Iterator[tuple[str, Draw]]:
    shown = [
        columns.Column(label, n(i)) for i, label in enumerate(("0,5 ou moins", "Plus de 0,5 à 0,8", "1"))
    ]
    for low, mean, high in ((0.4, 0.8, 1.5), (0, 0, 0), (1.5, 1.5, 1.5), (0, 3, 8), (0, 0.1, 0.2), (7, 8, 8)):
        texts = (f"{low} territoire", f"moyenne {mean} réunion tenue", f"{high} territoires")
        span = columns.Span(low, mean, high, *texts, max(high, 1.6))
        yield f"span-{low}-{mean}-{high}", lambda c, span=span: columns.draw(c, shown, span)


def _moments(label: str, many: int) -> Iterator[tuple[str, Draw]]:
    absent, withheld = Measure(float("nan")), Measure(None)
    pairs = {
        "known": ((Measure(1), Measure(10)), (Measure(5.5), Measure(5.5))),
        "absent": ((absent, Measure(10)), (Measure(5.5), absent)),
        "withheld": ((withheld, Measure(10)), (withheld, withheld)),
    }
    for name, (first, second) in pairs.items():
        panels = [moments.Panel(label, first, second, "10 et n < 5 territoires comparés")] * many
        yield (
            f"moments-{name}",
            lambda c, panels=panels: moments.draw(c, panels, ("2020", "2021"), "Animateur.trices", LONG),
        )


def _flows() -> Iterator[tuple[str, Draw]]:
    for name, counts in {"known": (n(7), n(2), n(6)), "masked": (n(7), FEW, HIDDEN)}.items():
        ends = ((SEGMENTS[0], SEGMENTS[0]), (SEGMENTS[0], LONG), (LONG, SEGMENTS[0]))
        flows = [flow.Flow(*end, count) for end, count in zip(ends, counts, strict=True)]
        yield (
            f"flow-{name}",
            lambda c, flows=flows: flow.draw(c, flows, SEGMENTS, ("En 2020", "En 2021"), ("garde", "change")),
        )


def _bands(label: str, many: int) -> Iterator[tuple[str, Draw]]:
    for name, counts in {"known": (n(0), n(4), n(10)), "masked": (n(0), FEW, MOST)}.items():
        rows = [bands.BandRow(label, "", counts, 1, "4")] * many
        yield (
            f"bands-{name}",
            lambda c, rows=rows: bands.draw(c, rows, ("1 à 3", "4 à 6", "7 à 10"), "les autres", "ce site"),
        )


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
    found: dict[str, Draw] = dict([*_spans(), *_maps(), *_flows()])
    for label, rows in ((LONG, 1), ("À Évry", 12), (LONG, 12)):
        for form in (_units, _bars, _stacked, _columns, _dumbbells, _moments, _bands):
            found |= {f"{name}-{len(label)}x{rows}": draw for name, draw in form(label, rows)}
    return found
