"""The forms of two waves: territories up, stable and down, boxes ticked each time, answers that moved.

A form of two waves takes a `Selection` with a wave ``before``, compares what the codebooks allow and says
what they don't: it raises `NoAnswer` when that is nothing, and when no territory answered in both waves.
"""

import math
from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from atc.disclosure import Count, Ratio, Release, Released, together
from atc.exhibits.charts import flow
from atc.exhibits.charts.rows import Row, draw_units, unit_bar
from atc.exhibits.comparability import ONE_WAVE_ONLY, base_of, comparable, nobody, split
from atc.exhibits.forms import share
from atc.exhibits.model import Base, Draft, listed
from atc.exhibits.selection import Selection
from atc.exhibits.sentences import (
    Largest,
    by_direction,
    largest,
    median_aloud,
    named,
    printed,
    ways,
)
from atc.exhibits.table import DataTable
from atc.exhibits.variables import BOXES, NUMBER, coded, group_variable
from atc.indicators import measures, territories
from atc.survey.typography import capitalise, elided, enumeration, lower_first

_UNANSWERED = "aucune réponse"
#: Beyond this, bands that stand one above the other make a chart taller than a screen.
_MOST_BANDS = 40


def _out_of(total: Count | None) -> str:
    """« sur 12 », where readers may know it."""
    return "" if total is None or total.is_masked else f" sur {total}"


def _bar(label: str, heading: str, count: Count, total: Count) -> Row:
    """A bar and its words, as far as its total may be told."""
    text = f"{count.shown}{_out_of(total)}" if total.high else _UNANSWERED
    return unit_bar(label, heading, count, None if total.is_masked else total, text)


def measured(*asked: Selection) -> Draft:
    """Of numbers, territories up, stable and down; of boxes, how many tick them in each wave."""
    joined, first = comparable(*asked), asked[0]
    (then, now), found, rows = first.when, dict[str, Draft](), list[Row]()
    for one in asked:
        labels = {one.variable.name: one.variable.label}
        if one.variable.kind == BOXES:
            # Beside others, a box says of what it is one.
            labels = {f"{one.variable.table}.{name}": label for name, label in one.boxes.items()}
            if len(asked) > 1:
                labels = {name: group_variable(one.wave.dictionary, name).label for name in labels}
        kept = {name: label for name, label in labels.items() if name in joined.joined}
        part, bars = (_number if one.variable.kind == NUMBER else _boxes)(one, kept) if kept else (None, [])
        found |= {one.variable.name: part} if part else {}
        rows += bars
    if not found:
        raise nobody(first)
    table = together({name: part.counts for name, part in found.items()}, "variable")
    headed = {
        "libelle": "Variable",
        "mediane_avant": f"Médiane {then}",
        "mediane_apres": f"Médiane {now}",
        **territories.SENS,
        "compares": "Territoires comparés",
        "avant": f"Oui en {then}",
        "total_avant": f"Réponses en {then}",
        "apres": f"Oui en {now}",
        "total_apres": f"Réponses en {now}",
    }
    parts, labels_ = list(found.values()), enumeration([one.variable.label for one in asked])
    aloud = (
        (
            ", ".join(filter(None, (row.heading, row.label))),
            _UNANSWERED if row.text == _UNANSWERED else f"{row.count}{_out_of(row.total)}",
        )
        for row in rows
    )
    return Draft(
        title=parts[0].title if len(parts) == 1 else f"{labels_}, en {then} puis en {now}",
        topic=all(part.topic for part in parts),
        subtitle=f"Nombre {elided('de', first.unit[1])}, en {then} puis en {now}{first.filters_aloud()}",
        table=DataTable.headed(table, {n: text for n, text in headed.items() if n in table.frame}),
        reading=" ".join(part.reading for part in parts),
        alt=f"{capitalise(first.unit[1])}. {listed(aloud)}",
        base=parts[0].base,
        draw=lambda canvas: draw_units(canvas, rows),
        note=" ".join(filter(None, (*dict.fromkeys(part.note for part in parts), joined.left_out(why=True)))),
    )


def _number(asked: Selection, labels: Mapping[str, str]) -> tuple[Draft | None, list[Row]]:
    """The words of a number with its counts, and its bars; nothing where no territory answered twice."""
    (label,), name = labels.values(), asked.field.name
    table, unit = asked.variable.table, asked.field.unit
    changes = territories.nombres(*asked.both, {name: label})
    if not changes["compares"].any():
        return None, []
    # The chapters of each wave print the median of all that answered it.
    wholes = dict(zip(territories.MEDIANS[1:], ("connus_avant", "connus_apres"), strict=True))
    counts = split(asked, changes, f"evolution.{table}", f"{table}.valeurs", by=("modalite",), printed=wholes)
    row = counts.row(modalite=name)
    told = by_direction(ways(row))
    medians, heading = "" if told else "trop peu de territoires pour le dire", label
    pair = (row.mediane_avant, row.mediane_apres)
    if None not in map(printed, pair):
        then, now = (median_aloud(value, unit) for value in pair)
        medians = f"médiane de {then} en {asked.when[0]}, de {now} en {asked.when[1]}"
        heading = f"{label} (médiane : {median_aloud(row.mediane_avant)} puis {now})"
    made = Draft(
        title=f"{label} : {told or medians}",
        topic=not told and not row.mediane_avant.known,
        table=DataTable(counts, ()),
        reading=f"{label} : {' ; '.join(filter(None, (medians, told)))}.",
        base=base_of(counts, "qui ont répondu aux deux vagues"),
        note=ONE_WAVE_ONLY,
    )
    bars = ways(row).items()
    return made, [_bar(way, "" if i else heading, n, row.compares) for i, (way, n) in enumerate(bars)]


def _boxes(asked: Selection, labels: Mapping[str, str]) -> tuple[Draft | None, list[Row]]:
    """Each wave as its own chapter tells it.

    How many were won and lost stays unsaid: with those of each wave, they balance like accounts, and would
    give a masked one away.
    """
    boxes, when = {dotted.partition(".")[2]: text for dotted, text in labels.items()}, asked.when
    cases = [measures.cases(frame, boxes) for frame in asked.both]
    if not any(frame["total"].any() for frame in cases):
        return None, []
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
        moved = both[name][1].part - both[name][0].part
        return None if math.isnan(moved) else moved

    most = Largest.of(aloud, step).rows
    label, told = asked.variable.label, next(iter([*most, *aloud]), "")
    title = f"{label}, en {when[0]} puis en {when[1]}"
    if len(most) == 1:
        title = f"{label if len(both) == 1 else f'« {told} »'} : {aloud[told]}"
    bars = [
        _bar(year, "" if i else name, ratio.effectif, ratio.total)
        for name, pair in both.items()
        for i, (ratio, year) in enumerate(zip(pair, when, strict=True))
    ]
    made = Draft(
        title=title,
        topic=not aloud,
        table=DataTable(counts, ()),
        reading=f"« {told} » : {aloud[told]}." if told else "Aucun de ces nombres ne peut être communiqué.",
        base=Base(largest(now), f"{asked.unit[2]} en {when[1]}"),
        note="Les cases cochées sont celles des réponses de chaque vague, sans rapprochement.",
    )
    return made, bars


def moves(asked: Selection, kept: tuple[str, str] = ("la même réponse", "une autre réponse")) -> Draft:
    """Who went from which modalité to which or, where that masks some, how many gave another answer."""
    joined, (then, now) = comparable(asked), asked.when
    (one, several, who), name, label = asked.unit, asked.field.name, asked.variable.label
    answers = [coded(asked.variable, asked.field, frame[name]) for frame in asked.both]
    before, after = (f.assign(**{name: a.codes}) for f, a in zip(asked.both, answers, strict=True))
    pairs, what = territories.passages(before, after, name, answers[1].labels), f"evolution.{name}"
    if pairs.empty:
        raise nobody(asked)
    both = _kept(asked, territories.fidelite(before, after, name), what, kept)
    changed, detail = both.row(modalite="change"), None
    # Passages add up to how many are compared.
    if not changed.total.is_masked:
        detail = asked.release.unmasked(lambda one: one.crossing(pairs, what, rows="avant", columns="apres"))
    told = {row.libelle: row.effectif.of(one, several) for row in both if not row.effectif.is_withheld}
    aloud, reading = f"{label}, en {then} puis en {now}", "Aucun de ces nombres ne peut être communiqué."
    if told:
        reading = capitalise(listed((lower_first(name), text) for name, text in told.items()))
    title = aloud if changed.effectif.is_withheld else f"{label} : aucun {one} n’en change"
    if changed.effectif.high and not changed.effectif.is_withheld:
        verb = "change" if changed.effectif.high <= 1 else "changent"
        title = f"{label} : {changed.effectif.of(one, several)}{_out_of(changed.total)} en {verb}"
    headed = {"libelle": label, "effectif": capitalise(several), "total": "Sur"}
    draw = partial(draw_units, rows=[_bar(row.libelle, "", row.effectif, row.total) for row in both])
    if detail is not None:
        headed = {
            "libelle_avant": f"En {then}",
            "libelle_apres": f"En {now}",
            "effectif": capitalise(several),
        }
        reading += _commonest(detail, one, several)
        told = {
            f"{row.libelle_avant} vers {lower_first(row.libelle_apres)}": row.effectif.of(one, several)
            for row in detail
        }
        flows = [flow.Flow(row.libelle_avant, row.libelle_apres, row.effectif) for row in detail]
        if sum(int(each.count.high) for each in flows) <= _MOST_BANDS:
            labels, (same, other) = list(answers[1].labels.values()), map(lower_first, kept)
            heads = (f"En {then}", f"En {now}")
            draw = partial(flow.draw, flows=flows, categories=labels, heads=heads, keys=(same, other))
    return Draft(
        title=title,
        topic=changed.effectif.is_withheld,
        subtitle=f"Nombre {elided('de', asked.unit[1])}, en {then} puis en {now}{asked.filters_aloud()}",
        table=DataTable.headed(both if detail is None else detail, headed),
        reading=reading,
        alt=f"{aloud}. {listed(told.items()) if told else reading}",
        base=Base(changed.connus, f"{who} aux deux vagues{', au plus' * changed.total.is_masked}"),
        draw=draw,
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


def _commonest(detail: Released, one: str, several: str) -> str:
    """The passage that most went through, as far as anybody can tell."""
    leaders = detail.reshaped(lambda frame: frame[frame["avant"] != frame["apres"]]).leaders()
    if not leaders:
        return ""
    if len(leaders) > 1 and leaders[0].effectif.value == 1:
        return f" Chaque passage ne concerne qu’un seul {one}."
    told = named(leaders, lambda row: f"de « {row.libelle_avant} » à « {row.libelle_apres} »", "passages")
    return f" Passage le plus fréquent : {told} ({leaders[0].effectif.of(one, several)})."
