"""The forms of two waves: territories up, stable and down, boxes ticked each time, answers that moved.

A form of two waves takes a `Selection` with a wave ``before``, compares what the codebooks allow and says
what they don't: it raises `NoAnswer` when that is nothing, and when no territory answered in both waves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import pandas as pd

from atc.disclosure import Count, Ratio, Release, Released, together
from atc.exhibits.charts import flow
from atc.exhibits.charts.rows import Row, draw_units, unit_bar
from atc.exhibits.comparability import (
    ONE_WAVE_ONLY,
    Largest,
    base_of,
    both_waves,
    by_direction,
    comparable,
    named,
    out_of,
    split,
    then_and_now,
    unanswered,
    ways,
)
from atc.exhibits.forms import largest, median_aloud, of_several, printed, share
from atc.exhibits.model import Base, Draft, Draw, listed
from atc.exhibits.selection import Selection
from atc.exhibits.table import Column, DataTable
from atc.exhibits.variables import BOXES, NUMBER, coded, group_variable
from atc.indicators import change, measures
from atc.survey.typography import capitalise, enumeration, lower_first

When = tuple[str, str]
#: The words of one selection with its counts, and its bars; nothing where nobody answered.
_Part = tuple[Draft, list[Row]] | None
_UNANSWERED = "aucune réponse"
#: Beyond this, bands that stand one above the other make a chart taller than a screen.
_MOST_BANDS = 40


def columns_of(headed: Mapping[str, str]) -> list[Column]:
    """Columns by name and heading: labels are text, medians have one decimal, the rest are counts."""
    return [
        Column(name, label, None if name.startswith("libelle") else int(name.startswith("mediane")))
        for name, label in headed.items()
    ]


def unit_row(label: str, heading: str, count: Count, total: Count) -> Row:
    """A bar and its words, as far as its total may be told."""
    text = f"{count.shown}{out_of(total)}" if total.high else _UNANSWERED
    return unit_bar(label, heading, count, None if total.is_masked else total, text)


def measured(*asked: Selection) -> Draft:
    """Of numbers, territories up, stable and down; of boxes, how many tick them in each wave."""
    joined, first = comparable(*asked), asked[0]
    then, now = when = then_and_now(first.former, first.wave)
    rows, found = list[Row](), dict[str, Draft]()
    for one in asked:
        kept = {name: label for name, label in _labels(one, alone=len(asked) == 1) if name in joined.joined}
        part = (_number if one.variable.kind == NUMBER else _boxes)(one, kept, when) if kept else None
        if part:
            found[one.variable.name], more = part
            rows += more
    if not found:
        raise unanswered(first)
    parts = list(found.values())
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
            (
                ", ".join(filter(None, (row.heading, row.label))),
                _UNANSWERED if row.text == _UNANSWERED else f"{row.count}{out_of(row.total)}",
            )
            for row in rows
        ),
        base=parts[0].base,
        draw=lambda canvas: draw_units(canvas, rows),
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


def _number(asked: Selection, labels: Mapping[str, str], when: When) -> _Part:
    (label,), name = labels.values(), asked.field.name
    table, unit = asked.variable.table, asked.field.unit
    changes = change.nombres(*both_waves(asked), {name: label})
    if not changes["compares"].any():
        return None
    # The chapters of each wave print the median of all that answered it.
    wholes = dict(zip(change.MEDIANS[1:], ("connus_avant", "connus_apres"), strict=True))
    counts = split(asked, changes, f"evolution.{table}", f"{table}.valeurs", by=("modalite",), printed=wholes)
    row = counts.row(modalite=name)
    told = by_direction(ways(row))
    medians, heading = "" if told else "trop peu de territoires pour le dire", label
    pair = (row.mediane_avant, row.mediane_apres)
    if None not in map(printed, pair):
        then, now = (median_aloud(value, unit) for value in pair)
        medians = f"médiane de {then} en {when[0]}, de {now} en {when[1]}"
        heading = f"{label} (médiane : {median_aloud(row.mediane_avant)} puis {now})"
    bars = [
        unit_row(way, "" if i else heading, count, row.compares)
        for i, (way, count) in enumerate(ways(row).items())
    ]
    made = Draft(
        title=f"{label} : {told or medians}",
        table=DataTable(counts, ()),
        reading=f"{label} : {' ; '.join(filter(None, (medians, told)))}.",
        base=base_of(counts, "qui ont répondu aux deux vagues"),
        note=ONE_WAVE_ONLY,
    )
    return made, bars


def _boxes(asked: Selection, labels: Mapping[str, str], when: When) -> _Part:
    """Each wave as its own chapter tells it.

    How many were won and lost stays unsaid: with those of each wave, they balance like accounts, and would
    give a masked one away.
    """
    boxes = {dotted.partition(".")[2]: text for dotted, text in labels.items()}
    cases = [measures.cases(frame, boxes) for frame in both_waves(asked)]
    if not any(frame["total"].any() for frame in cases):
        return None
    then, now = asked.release.before.boxes(cases[0], asked.what), asked.release.boxes(cases[1], asked.what)
    before = {"avant": then.frame["effectif"], "total_avant": then.frame["total"]}
    counts = now.reshaped(
        lambda frame: frame.assign(**before, apres=frame["effectif"], total_apres=frame["total"])
    )
    both = {
        row.libelle: (Ratio(row.avant, row.total_avant), Ratio(row.apres, row.total_apres)) for row in counts
    }
    aloud = {
        name: f"{share(pair[0], *asked.unit[:2])} en {when[0]}, {pair[1].comptes} en {when[1]}"
        for name, pair in both.items()
        if all(ratio.total.high and not ratio.effectif.is_withheld for ratio in pair)
    }

    def step(name: str) -> float | None:
        then_, now_ = (ratio.part for ratio in both[name])
        return None if math.isnan(now_ - then_) else now_ - then_

    most = Largest.of(aloud, step).rows
    label, told = asked.variable.label, next(iter([*most, *aloud]), "")
    title = f"{label}, en {when[0]} puis en {when[1]}"
    if len(most) == 1:
        title = f"{label if len(both) == 1 else f'« {told} »'} : {aloud[told]}"
    bars = [
        unit_row(year, "" if i else name, ratio.effectif, ratio.total)
        for name, pair in both.items()
        for i, (ratio, year) in enumerate(zip(pair, when, strict=True))
    ]
    made = Draft(
        title=title,
        table=DataTable(counts, ()),
        reading=f"« {told} » : {aloud[told]}." if told else "Aucun de ces nombres ne peut être communiqué.",
        base=Base(largest(now), f"{asked.unit[2]} en {when[1]}"),
        note="Les cases cochées sont celles des réponses de chaque vague, sans rapprochement.",
    )
    return made, bars


def moves(asked: Selection, kept: tuple[str, str] = ("la même réponse", "une autre réponse")) -> Draft:
    """Who went from which modalité to which or, where that masks some, how many gave another answer."""
    joined, when = comparable(asked), then_and_now(asked.former, asked.wave)
    (one, several, who), name, label = asked.unit, asked.field.name, asked.variable.label
    answers = [coded(asked.variable, asked.field, frame[name]) for frame in both_waves(asked)]
    before, after = (f.assign(**{name: a.codes}) for f, a in zip(both_waves(asked), answers, strict=True))
    pairs, what = change.passages(before, after, name, answers[1].labels), f"evolution.{name}"
    if pairs.empty:
        raise unanswered(asked)
    both = _kept(asked, change.fidelite(before, after, name), what, kept)
    changed = both.row(modalite="change")
    told = {row.libelle: row.effectif.of(one, several) for row in both if not row.effectif.is_withheld}
    aloud = f"{label}, en {when[0]} puis en {when[1]}"
    reading = capitalise(listed((lower_first(name), text) for name, text in told.items()))
    verb = "change" if changed.effectif.high <= 1 else "changent"
    title = f"{label} : {changed.effectif.of(one, several)}{out_of(changed.total)} en {verb}"
    if not changed.effectif.high:
        title = f"{label} : aucun {one} n’en change"
    headed = {"libelle": label, "effectif": capitalise(several), "total": "Sur"}
    detail = None
    # Passages add up to how many are compared.
    if not changed.total.is_masked:
        detail = asked.release.unmasked(lambda one: one.crossing(pairs, what, rows="avant", columns="apres"))
    if detail is not None:
        headed = {
            "libelle_avant": f"En {when[0]}",
            "libelle_apres": f"En {when[1]}",
            "effectif": capitalise(several),
        }
        reading += _commonest(detail, one, several)
        told = {
            f"{row.libelle_avant} vers {lower_first(row.libelle_apres)}": row.effectif.of(one, several)
            for row in detail
        }
    if not told:
        reading = "Aucun de ces nombres ne peut être communiqué."
    return Draft(
        title=aloud if changed.effectif.is_withheld else title,
        subtitle=f"Nombre {of_several(asked.unit)}, en {when[0]} puis en {when[1]}{asked.filters_aloud()}",
        table=DataTable(both if detail is None else detail, columns_of(headed)),
        reading=reading,
        alt=f"{aloud}. {listed(told.items()) if told else reading}",
        base=Base(changed.connus, f"{who} aux deux vagues{', au plus' * changed.total.is_masked}"),
        draw=_chart(detail, both, list(answers[1].labels.values()), when),
        note=" ".join(filter(None, (ONE_WAVE_ONLY, joined.left_out(why=True)))),
    )


def _kept(asked: Selection, shared: pd.DataFrame, what: str, kept: tuple[str, str]) -> Released:
    """How many kept their answer and how many did not, out of how many where that may be told.

    ``connus`` is how many may have: those that the latter wave knows, where what both share is withheld.
    """
    names = dict(zip(("garde", "change"), map(capitalise, kept), strict=True))
    known = f"{asked.variable.table}.valeurs&modalite={asked.field.name}"

    def view(release: Release, parts: Sequence[str] = ()) -> Released:
        return split(asked.through(release), shared, what, known, parts=parts, values=())

    if asked.release.unmasked(view) is not None:
        counts = [int(shared[part].iloc[0]) for part in names]
        found = asked.release.boxes(measures.with_parts(names, counts, [sum(counts)] * 2), what)
        return found.reshaped(lambda frame: frame.assign(connus=frame["total"]))
    found = view(asked.release, tuple(names))
    (row,) = found
    columns = {
        "modalite": list(names),
        "libelle": list(names.values()),
        "effectif": [row.garde, row.change],
        "total": [row.compares] * 2,
        "connus": [row.connus_apres] * 2,
    }
    return found.reshaped(lambda _: pd.DataFrame(columns))


def _chart(detail: Released | None, both: Released, labels: Sequence[str], when: When) -> Draw:
    if detail is None or sum(int(row.effectif.high) for row in detail) > _MOST_BANDS:
        rows = [unit_row(row.libelle, "", row.effectif, row.total) for row in both]
        return partial(draw_units, rows=rows)
    flows = [flow.Flow(row.libelle_avant, row.libelle_apres, row.effectif) for row in detail]
    same, other = (lower_first(row.libelle) for row in both)
    heads = (f"En {when[0]}", f"En {when[1]}")
    return lambda canvas: flow.draw(canvas, flows, labels, heads, (same, other))


def _commonest(detail: Released, one: str, several: str) -> str:
    """The passage that most went through, as far as anybody can tell."""
    leaders = detail.reshaped(lambda frame: frame[frame["avant"] != frame["apres"]]).leaders()
    if not leaders:
        return ""
    if len(leaders) > 1 and leaders[0].effectif.value == 1:
        return f" Chaque passage ne concerne qu’un seul {one}."
    told = named(leaders, lambda row: f"de « {row.libelle_avant} » à « {row.libelle_apres} »", "passages")
    return f" Passage le plus fréquent : {told} ({leaders[0].effectif.of(one, several)})."
