"""When the contracts begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atc.disclosure import Release, Released
from atc.exhibits import Base, Draft, exhibit
from atc.exhibits.chapters.feuille_de_route.tableaux import CARNETS, bands_aloud, counted_table
from atc.exhibits.charts import columns
from atc.indicators import animation, measures
from atc.typography import capitalise, enumeration, in_words, quarter
from atc.waves import Wave


@exhibit("F02-01", uses=("carnet_de_bord.territoire", "carnet_de_bord.debut_contrat"))
def fig_02_01(vague: Wave, release: Release) -> Draft:
    """Contract starts by quarter."""
    counts = release.distribution(
        animation.debuts_par_trimestre(vague.table("carnet_de_bord")),
        "carnet_de_bord.debut_contrat",
        bands=measures.quarters_merged,
    )
    rows = list(counts)
    if not rows:
        return _undated(counts, release)
    total, busy = rows[0].total, _busiest(rows)
    bars = _columns(rows, busy or rows)
    told = [row for row in busy or rows if not row.effectif.is_masked and row.effectif.low]
    detail = enumeration([f"{row.effectif} {_when([row])}" for row in told])
    return Draft(
        title=f"{capitalise(in_words(sum(row.effectif.low for row in busy)))} contrats sur "
        f"{total.in_words()} commencent {_when(busy)}"
        if busy
        else f"Les contrats commencent {_when(rows)}",
        subtitle="Contrats d’animateur.trice, selon le trimestre où ils commencent",
        table=counted_table(counts, "Trimestre de début"),
        reading=f"Parmi les {total.of('territoire')} dont le carnet est revenu, {detail} "
        "commencent leur animation."
        if told
        else "Ces nombres sont trop petits pour être communiqués.",
        alt="Nombre de contrats par trimestre. " + bands_aloud(counts),
        base=Base(total, CARNETS),
        draw=lambda canvas: columns.draw(canvas, bars),
    )


def _undated(counts: Released, release: Release) -> Draft:
    """No carnet says when its contract begins: the question was left out, or nobody answered it."""
    return Draft(
        title="Aucun carnet ne dit quand le contrat commence",
        subtitle="Contrats d’animateur.trice, selon le trimestre où ils commencent",
        table=counted_table(counts, "Trimestre de début"),
        reading="",
        alt="",
        base=Base(release.count(0, "carnet_de_bord.debut_contrat"), CARNETS),
    )


def _busiest(rows: Sequence[Any]) -> Sequence[Any]:
    """The two neighbouring periods with most starts, or the one of two; nothing when nobody can tell."""
    size = 2 if len(rows) > 2 else 1
    runs = [rows[i : i + size] for i in range(len(rows) - size + 1)]
    first = max(runs, key=lambda run: sum(row.effectif.low for row in run))
    least = sum(row.effectif.low for row in first)
    others = [sum(row.effectif.high for row in run) for run in runs if run is not first]
    if any(row.effectif.is_masked for row in first) or max(others, default=0) > least:
        return []
    return [] if size == 1 and least in others else first


def _ends(rows: Sequence[Any]) -> list[tuple[int, int]]:
    """Year and quarter where some periods begin and end."""
    codes = [code for row in rows for code in row.modalite.split("|")]
    return [(int(year), int(index)) for year, index in (code.split("-T") for code in (codes[0], codes[-1]))]


def _when(rows: Sequence[Any]) -> str:
    first, last = (quarter(*end) for end in _ends(rows))
    return f"au {first}" if first == last else f"entre le {first} et le {last}"


def _columns(rows: Sequence[Any], strong: Sequence[Any]) -> list[columns.Column]:
    """One column per period, by year unless a period spans several."""
    ends = [_ends([row]) for row in rows]
    by_year = all(first[0] == last[0] for first, last in ends)
    labels = [_period(first, last, with_year=not by_year) for first, last in ends]
    years = [str(first[0]) if by_year else "" for first, _ in ends]
    return [
        columns.Column(label, row.effectif, year, row in strong)
        for row, label, year in zip(rows, labels, years, strict=True)
    ]


def _period(first: tuple[int, int], last: tuple[int, int], *, with_year: bool) -> str:
    """``T2 à T3``, ``T3 2019 à T4 2020``, ``T1 à T4 2021``."""
    (year, start), (last_year, end) = first, last
    ending = f"T{end} {last_year}" if with_year else f"T{end}"
    if first == last:
        return ending
    return f"T{start} {year} à {ending}" if year != last_year else f"T{start} à {ending}"
