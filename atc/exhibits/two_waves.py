"""The forms of two waves, territory by territory: numbers and boxes, from which modalité to which.

A form takes a `Selection` with a wave ``before``, compares what the codebooks allow and says what they don't:
it raises `NoAnswer` when that is nothing, and when no territory answered in both waves. Scores are in
`atc.exhibits.two_waves_scores`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from atc.disclosure import Count, Ratio, Release, Released, farthest, together
from atc.exhibits.charts import Canvas, flow, units
from atc.exhibits.comparability import (
    ONE_WAVE_ONLY,
    base_of,
    comparable,
    nobody,
    out_of,
    outside,
    then_and_now,
)
from atc.exhibits.forms import largest_total, median_aloud, of_several, printed
from atc.exhibits.model import Base, Draft
from atc.exhibits.prose import listed
from atc.exhibits.scored import MOST_NAMED
from atc.exhibits.selection import NoAnswer, Selection
from atc.exhibits.table import Column, DataTable
from atc.exhibits.variables import BOXES, NUMBER, coded, group_variable
from atc.indicators import change, measures
from atc.typography import capitalise, enumeration, lower_first

When = tuple[str, str]
MEDIANS = ("mediane_avant", "mediane_apres")
_UNTOLD = "Aucun de ces nombres ne peut être communiqué"
#: Beyond this, bands that stand one above the other make a chart taller than a screen.
_MOST_BANDS = 40


# --- what every form of two waves shares ---


def tables(asked: Selection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of both waves, filtered."""
    return asked.rows(wave=asked.former), asked.rows()


def unanswered(asked: Selection) -> NoAnswer:
    """Why there is nothing to compare."""
    fact = f"Aucun territoire n’a répondu à « {asked.variable.label} » aux deux vagues"
    return nobody(asked, fact, "choisissez une autre variable")


def directions(asked: Selection, changes: pd.DataFrame, what: str, by: Sequence[str], known: str) -> Released:
    """Territories up, stable and down, and the medians of those that answered twice.

    Args:
        asked: What is compared.
        changes: With the columns of `atc.indicators.change.bilan`.
        what: What the counts are (see `Release.splits`).
        by: Columns that tell the rows apart.
        known: What the territories of each wave are.
    """
    return asked.release.splits(
        changes.assign(sites=asked.sites),
        what,
        by=by,
        total="compares",
        parts=tuple(change.SENS),
        outside=outside(asked, known),
        among="sites",
        values=MEDIANS,
    )


def ways(row: Any) -> dict[str, Count]:
    """« En hausse », « Stable » and « En baisse », with how many territories."""
    return {label: getattr(row, sens) for sens, label in change.SENS.items()}


def columns_of(headed: Mapping[str, str]) -> list[Column]:
    """Columns by name and heading: labels are text, medians have one decimal, the rest are counts."""
    return [
        Column(name, label, None if name.startswith("libelle") else int(name.startswith("mediane")))
        for name, label in headed.items()
    ]


def unit_row(label: str, heading: str, count: Count, total: Count) -> units.UnitRow:
    """A bar and its words, as far as its total may be told."""
    text = f"{count.shown}{out_of(total)}" if total.high else "aucune réponse"
    return units.UnitRow(label, heading, count, None if total.is_masked else total, text)


# --- numbers and boxes ---


@dataclass(frozen=True)
class _Part:
    """What one selection adds to `measured`."""

    counts: Released
    rows: list[units.UnitRow]
    title: str
    reading: str
    base: Base
    note: str


def measured(*asked: Selection) -> Draft:
    """Of numbers, territories up, stable and down; of boxes, how many tick them in each wave.

    Args:
        asked: Numbers, sets of boxes, yes or no, of the same waves: they stand one under the other.
    """
    joined, first = comparable(*asked), asked[0]
    then, now = when = then_and_now(first.former, first.wave)
    found: dict[str, _Part] = {}
    for one in asked:
        kept = {name: label for name, label in _labels(one, alone=len(asked) == 1) if name in joined.joined}
        part = (_number if one.variable.kind == NUMBER else _boxes)(one, kept, when) if kept else None
        if part:
            found[one.variable.name] = part
    if not found:
        raise unanswered(first)
    parts = list(found.values())
    rows = [row for part in parts for row in part.rows]
    table = together({name: part.counts for name, part in found.items()}, "variable")
    headed = {
        "libelle": "Variable",
        "mediane_avant": f"Médiane {then}",
        "mediane_apres": f"Médiane {now}",
        **change.SENS,
        "compares": "Territoires comparés",
        "avant": f"Oui en {then}",
        "total_avant": f"Réponses en {then}",
        "apres": f"Oui en {now}",
        "total_apres": f"Réponses en {now}",
    }
    labels = enumeration([one.variable.label for one in asked])
    return Draft(
        title=parts[0].title if len(parts) == 1 else f"{labels}, en {then} puis en {now}",
        subtitle=f"Nombre {of_several(first.unit)}, en {then} puis en {now}{first.filters_aloud()}",
        table=DataTable(table, columns_of({n: text for n, text in headed.items() if n in table.frame})),
        reading=" ".join(part.reading for part in parts),
        alt=f"{capitalise(first.unit[1])}. "
        + listed(
            (", ".join(filter(None, (row.heading, row.label))), f"{row.count}{out_of(row.total)}")
            for row in rows
        ),
        base=parts[0].base,
        draw=lambda canvas: units.draw(canvas, rows),
        note=" ".join(filter(None, (*dict.fromkeys(part.note for part in parts), joined.left_out(why=True)))),
    )


def _labels(asked: Selection, *, alone: bool) -> Iterator[tuple[str, str]]:
    """Columns, as the codebooks name them, and labels; beside others, a box says of what it is one."""
    if asked.variable.kind != BOXES:
        yield asked.variable.name, asked.variable.label
        return
    for name, label in asked.boxes.items():
        dotted = f"{asked.variable.table}.{name}"
        yield dotted, label if alone else group_variable(asked.wave.dictionary, dotted).label


def _number(asked: Selection, labels: Mapping[str, str], when: When) -> _Part | None:
    (label,), name = labels.values(), asked.field.name
    table, unit = asked.variable.table, asked.field.unit
    changes = change.nombres(*tables(asked), {name: label})
    if not changes["compares"].any():
        return None
    counts = directions(asked, changes, f"evolution.{table}", ("modalite",), f"{table}.valeurs")
    row = counts.row(modalite=name)
    then, now = (median_aloud(getattr(row, each), unit) for each in MEDIANS)
    medians, heading = "médianes non communiquées", label
    if printed(row.mediane_avant) is not None:
        medians = f"médiane de {then} en {when[0]}, de {now} en {when[1]}"
        heading = f"{label} (médiane : {median_aloud(row.mediane_avant)} puis {now})"
    rows = [
        unit_row(way, "" if i else heading, count, row.compares)
        for i, (way, count) in enumerate(ways(row).items())
    ]
    told = ways_aloud(row)
    return _Part(
        counts,
        rows,
        title=f"{label} : {told or medians}",
        reading=f"{label} : {medians}{f' ; {told}' if told else ''}.",
        base=base_of(counts, "qui ont répondu aux deux vagues"),
        note=ONE_WAVE_ONLY,
    )


def ways_aloud(row: Any) -> str:
    """« en hausse sur 7 territoires et stable sur 4 ; aucun territoire en baisse », as far as all is told."""
    counts = {label.lower(): count for label, count in ways(row).items()}
    some = [(way, count) for way, count in counts.items() if count.high]
    none = [way for way, count in counts.items() if not count.high]
    told = [f"{way} sur {count if i else count.of('territoire')}" for i, (way, count) in enumerate(some)]
    parts = [] if any(count.is_withheld for _, count in some) else [enumeration(told)]
    return " ; ".join([*parts, *([f"aucun territoire {' ni '.join(none)}"] if none else [])])


def _boxes(asked: Selection, labels: Mapping[str, str], when: When) -> _Part | None:
    """Each wave as its own chapter tells it.

    How many were won and lost stays unsaid: with those of each wave, they balance like accounts, and would
    give a masked one away.
    """
    label = asked.variable.label
    boxes = {dotted.partition(".")[2]: text for dotted, text in labels.items()}
    cases = [measures.cases(frame, boxes) for frame in tables(asked)]
    if not any(frame["total"].any() for frame in cases):
        return None
    then, now = asked.release.before.boxes(cases[0], asked.what), asked.release.boxes(cases[1], asked.what)
    before = {"avant": then.frame["effectif"], "total_avant": then.frame["total"]}
    counts = now.reshaped(
        lambda frame: frame.assign(**before, apres=frame["effectif"], total_apres=frame["total"])
    )
    both = {
        row.libelle: [Ratio(row.avant, row.total_avant), Ratio(row.apres, row.total_apres)] for row in counts
    }
    aloud = {
        name: ", ".join(f"{ratio.comptes} en {year}" for ratio, year in zip(some, when, strict=True))
        for name, some in both.items()
        if all(ratio.total.high and not ratio.effectif.is_withheld for ratio in some)
    }
    steps = {name: abs(now.part - then.part) for name, (then, now) in both.items() if name in aloud}
    most = farthest((None if math.isnan(step) else step, name) for name, step in steps.items())
    title = f"{label}, en {when[0]} puis en {when[1]}"
    if len(most) == 1:
        title = f"{label if len(both) == 1 else f'« {most[0]} »'} : {aloud[most[0]]}"
    told = next(iter([*most, *aloud]), "")
    return _Part(
        counts,
        [
            unit_row(year, "" if i else name, ratio.effectif, ratio.total)
            for name, some in both.items()
            for i, (ratio, year) in enumerate(zip(some, when, strict=True))
        ],
        title=title,
        reading=f"« {told} » : {aloud[told]}." if told else f"{_UNTOLD}.",
        base=Base(largest_total(list(now)), f"{asked.unit[2]} en {when[1]}"),
        note="Les cases cochées sont celles des réponses de chaque vague, sans rapprochement.",
    )


# --- from which modalité to which ---


def moves(asked: Selection, kept: tuple[str, str] = ("la même réponse", "une autre réponse")) -> Draft:
    """Who went from which modalité to which or, where that masks some, how many gave another answer.

    Args:
        asked: A variable with one answer a territory.
        kept: What is given again, and what instead.
    """
    joined, (then, now) = comparable(asked), then_and_now(asked.former, asked.wave)
    (one, several, who), name = asked.unit, asked.field.name
    answers = [coded(asked.variable, asked.field, frame[name]) for frame in tables(asked)]
    before, after = (f.assign(**{name: a.codes}) for f, a in zip(tables(asked), answers, strict=True))
    pairs, what = change.passages(before, after, name, answers[1].labels), f"evolution.{name}"
    if pairs.empty:
        raise unanswered(asked)
    both = _kept(asked, change.fidelite(before, after, name), what, kept)
    changed, total, known = (getattr(both.row(modalite="change"), c) for c in ("effectif", "total", "connus"))
    told = {row.libelle: row.effectif.of(one, several) for row in both if not row.effectif.is_withheld}
    first, *others = [f"{label} : {text}" for label, text in told.items()] or [_UNTOLD]
    detail = None
    # Passages add up to how many are compared.
    if not total.is_masked:
        detail = asked.release.unmasked(lambda one: one.crossing(pairs, what, rows="avant", columns="apres"))
    headed = {"libelle": asked.variable.label, "effectif": capitalise(several), "total": "Sur"}
    if detail is not None:
        headed = {
            "libelle_avant": f"En {then}",
            "libelle_apres": f"En {now}",
            "effectif": capitalise(several),
        }
        told = {
            f"{row.libelle_avant} vers {lower_first(row.libelle_apres)}": row.effectif.of(one, several)
            for row in detail
        }
    aloud = f"{asked.variable.label}, en {then} puis en {now}"
    title = f"{asked.variable.label} : {kept[1]} sur {changed.of(one, several)}{out_of(total)}"
    if not changed.high:
        title = f"{asked.variable.label} : aucun {one} ne change"
    return Draft(
        title=aloud if changed.is_withheld else title,
        subtitle=f"Nombre {of_several(asked.unit)}, en {then} puis en {now}{asked.filters_aloud()}",
        table=DataTable(both if detail is None else detail, columns_of(headed)),
        reading=f"{' ; '.join([first, *map(lower_first, others)])}."
        + ("" if detail is None else _commonest(detail, one, several)),
        alt=f"{aloud}. {listed(told.items()) if told else f'{_UNTOLD}.'}",
        base=Base(known, f"{who} aux deux vagues{', au plus' if total.is_masked else ''}"),
        draw=_flows(detail, both, list(answers[1].labels.values()), (f"En {then}", f"En {now}")),
        note=" ".join(filter(None, (ONE_WAVE_ONLY, joined.left_out(why=True)))),
    )


def _kept(asked: Selection, shared: pd.DataFrame, what: str, kept: tuple[str, str]) -> Released:
    """How many kept their answer and how many did not, out of how many where that may be told.

    ``connus`` is how many may have: those that the latter wave knows, where what both share is withheld.
    """
    names = dict(zip(("garde", "change"), map(capitalise, kept), strict=True))

    def split(release: Release, parts: Sequence[str] = ()) -> Released:
        return release.splits(
            shared.assign(sites=asked.sites),
            what,
            by=(),
            total="compares",
            parts=parts,
            outside=outside(asked, f"{asked.variable.table}.valeurs&modalite={asked.field.name}"),
            among="sites",
        )

    if asked.release.unmasked(split) is not None:
        counts = [int(shared[part].iloc[0]) for part in names]
        found = asked.release.boxes(measures.with_parts(names, counts, [sum(counts)] * 2), what)
        return found.reshaped(lambda frame: frame.assign(connus=frame["total"]))
    found = split(asked.release, tuple(names))
    (row,) = found
    columns = {
        "modalite": list(names),
        "libelle": list(names.values()),
        "effectif": [row.garde, row.change],
        "total": [row.compares] * 2,
        "connus": [row.connus_apres] * 2,
    }
    return found.reshaped(lambda _: pd.DataFrame(columns))


def _flows(
    detail: Released | None, both: Released, labels: Sequence[str], heads: When
) -> Callable[[Canvas], Figure]:
    if detail is None or sum(int(row.effectif.high) for row in detail) > _MOST_BANDS:
        rows = [unit_row(row.libelle, "", row.effectif, row.total) for row in both]
        return lambda canvas: units.draw(canvas, rows)
    flows = [flow.Flow(row.libelle_avant, row.libelle_apres, row.effectif) for row in detail]
    same, other = (lower_first(row.libelle) for row in both)
    return lambda canvas: flow.draw(canvas, flows, labels, heads, (same, other))


def _commonest(detail: Released, one: str, several: str) -> str:
    """The passage that most went through, as far as anybody can tell."""
    leaders = detail.reshaped(lambda frame: frame[frame["avant"] != frame["apres"]]).leaders()
    if not leaders or len(leaders) > MOST_NAMED:
        return ""
    if len(leaders) > 1 and leaders[0].effectif.value == 1:
        return f" Chaque passage ne concerne qu’un seul {one}."
    told = [f"de « {row.libelle_avant} » à « {row.libelle_apres} »" for row in leaders]
    verb = "Le passage le plus fréquent va" if len(told) == 1 else "Les passages les plus fréquents vont"
    return f" {verb} {enumeration(told)} : {leaders[0].effectif.of(one, several)}."
