"""The forms of two waves: territories up, stable and down, boxes ticked each time, answers that moved.

A form of two waves takes a `Selection` with a wave ``before``, compares what the codebooks allow and says
what they don't: it raises `NoAnswer` when that is nothing, and when no territory answered in both waves.
"""

import math
from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from atc.disclosure import Count, Ratio, Released
from atc.exhibits.charts.canvas import Key
from atc.exhibits.charts.rows import Row, draw_units, unit_bar
from atc.exhibits.charts.tokens import BLUE, BLUE_LIGHT
from atc.exhibits.comparability import ONE_WAVE_ONLY, base_of, comparable, nobody, split
from atc.exhibits.forms import share
from atc.exhibits.model import Base, Draft, listed
from atc.exhibits.selection import Selection
from atc.exhibits.sentences import Largest, by_direction, largest, median_aloud, ways
from atc.exhibits.table import DataTable, out_of
from atc.exhibits.variables import BOXES, NUMBER, coded
from atc.indicators import measures, territories
from atc.survey.typography import capitalise, elided, enumeration, lower_first

_UNANSWERED, _UNTOLD = "aucune réponse", "Aucun de ces nombres ne peut être communiqué."
_TOO_FEW = "trop peu de territoires pour le dire"


def _out_of(total: Count | None) -> str:
    """« sur 12 », where readers may know it."""
    return "" if total is None or total.is_masked else f" sur {total}"


def _bar(label: str, heading: str, count: Count, total: Count, color: str = BLUE) -> Row:
    """A bar and its words, as far as its total may be told."""
    text = f"{count.shown}{_out_of(total)}" if total.high else _UNANSWERED
    return unit_bar(label, heading, count, None if total.is_masked else total, text, color=color)


def measured(*asked: Selection) -> Draft:
    """Of numbers of one table, territories up, stable and down; of boxes, how many tick them in each wave."""
    joined, first = comparable(*asked), asked[0]
    draft = _numbers(asked, joined.joined) if first.variable.kind == NUMBER else _boxes(first, joined.joined)
    then, now = first.when
    return draft.worded(
        subtitle=f"Nombre {elided('de', first.unit.several)}, en {then} puis en {now}{first.filters_aloud()}",
        note=" ".join(filter(None, (draft.note, joined.left_out(why=True)))),
    )


def _numbers(asked: Sequence[Selection], joined: Collection[str]) -> Draft:
    first, units = asked[0], {one.field.name: one.field.unit for one in asked}
    labels = {one.field.name: one.variable.label for one in asked if one.variable.name in joined}
    (then, now), table = first.when, first.variable.table
    changes = territories.nombres(*first.both, labels)
    changes = changes[changes["compares"] > 0]
    if changes.empty:
        raise nobody(first)
    # The chapters of each wave print the median of all that answered it.
    wholes = dict(zip(territories.MEDIANS[1:], ("connus_avant", "connus_apres"), strict=True))
    counts = split(first, changes, f"evolution.{table}", f"{table}.valeurs", by=("modalite",), printed=wholes)
    told, bars = list[tuple[str, str]](), list[Row]()
    for row in counts:
        before, after = row.mediane_avant, row.mediane_apres
        heading, medians = row.libelle, ""
        if before.known is not None and after.known is not None:
            last = median_aloud(after, units[row.modalite])
            heading += f" (médiane : {median_aloud(before)} puis {last})"
            medians = f"médiane de {median_aloud(before, units[row.modalite])} en {then}, de {last} en {now}"
        told.append((row.libelle, " ; ".join(filter(None, (medians, by_direction(ways(row)))))))
        bars += [_bar(way, heading, count, row.compares) for way, count in ways(row).items()]
    title = f"{enumeration([one.variable.label for one in asked])}, en {then} puis en {now}"
    if len(told) == 1:
        ((label, course),) = told
        title = f"{label} : {by_direction(ways(counts.row())) or course or _TOO_FEW}"
    headings = {
        "libelle": "Variable",
        "mediane_avant": f"Médiane {then}",
        "mediane_apres": f"Médiane {now}",
        **territories.SENS,
        "compares": "Territoires comparés",
    }
    return Draft(
        title=title,
        topic=not any(course for _, course in told),
        table=DataTable.headed(counts, headings),
        reading=" ".join(f"{label} : {course or _TOO_FEW}." for label, course in told),
        base=base_of(counts, "qui ont répondu aux deux vagues"),
        alt=listed(
            (f"{row.libelle}, {lower_first(way)}", out_of(count, row.compares, aloud=True))
            for row in counts
            for way, count in ways(row).items()
        ),
        draw=lambda canvas: draw_units(canvas, bars),
        note=ONE_WAVE_ONLY,
    )


def _boxes(asked: Selection, joined: Collection[str]) -> Draft:
    """Each wave as its own chapter tells it.

    How many were won and lost stays unsaid: with those of each wave, they balance like accounts, and would
    give a masked one away.
    """
    counts, noun = _ticked(asked, joined), (asked.unit.one, asked.unit.several)
    then, now = asked.when
    ratios = {
        row.libelle: (Ratio(row.avant, row.total_avant), Ratio(row.apres, row.total_apres)) for row in counts
    }
    told = {
        name: f"{share(before, *noun)} en {then}, {after.comptes} en {now}"
        for name, (before, after) in ratios.items()
        if share(before, *noun) and share(after, *noun)
    }

    def step(name: str) -> float | None:
        before, after = ratios[name]
        change = after.part - before.part
        return None if math.isnan(change) else change

    most = Largest.of(told, step).rows
    first = next(iter([*most, *told]), "")
    title = f"{asked.variable.label}, en {then} puis en {now}"
    if len(most) == 1:
        course = told[first] if len(ratios) == 1 else f"« {first} », {told[first]}"
        title = f"{asked.variable.label} : {course}"
    answers = [
        (name, year, ratio)
        for name, pair in ratios.items()
        for year, ratio in zip((then, now), pair, strict=True)
    ]
    bars = [_bar(year, name, ratio.effectif, ratio.total) for name, year, ratio in answers]
    headings = {"libelle": "Variable", "avant": f"Oui en {then}", "total_avant": f"Réponses en {then}"}
    headings |= {"apres": f"Oui en {now}", "total_apres": f"Réponses en {now}"}
    return Draft(
        title=title,
        topic=not told,
        table=DataTable.headed(counts, headings),
        reading=f"« {first} » : {told[first]}." if told else _UNTOLD,
        base=Base(largest(counts, "total_apres"), f"{asked.unit.base} en {now}"),
        alt=listed(
            (f"{name}, {year}", out_of(ratio.effectif, ratio.total, aloud=True))
            for name, year, ratio in answers
            if ratio.total.high
        ),
        draw=lambda canvas: draw_units(canvas, bars),
        note="Les cases cochées sont celles des réponses de chaque vague, sans rapprochement.",
    )


def _ticked(asked: Selection, joined: Collection[str]) -> Released:
    """One row = one box that may be compared: how many ticked it out of how many, in each wave."""
    variable = asked.variable
    every = asked.boxes if variable.kind == BOXES else {asked.field.name: variable.label}
    boxes = {box: label for box, label in every.items() if f"{variable.table}.{box}" in joined}
    before, after = (measures.cases(frame, boxes) for frame in asked.both)
    if not (before["total"].any() or after["total"].any()):
        raise nobody(asked)
    former = asked.release.before.boxes(before, asked.what).frame
    sides = {"avant": former["effectif"], "total_avant": former["total"]}
    return asked.release.boxes(after, asked.what).reshaped(
        lambda frame: frame.rename(columns={"effectif": "apres", "total": "total_apres"}).assign(**sides)
    )


def moves(asked: Selection, kept: tuple[str, str] = ("la même réponse", "une autre réponse")) -> Draft:
    """Who went from which modalité to which or, where that masks some, how many gave another answer."""
    joined, (then, now) = comparable(asked), asked.when
    unit, name, label = asked.unit, asked.field.name, asked.variable.label
    answers = [coded(asked.variable, asked.field, frame[name]) for frame in asked.both]
    before, after = (f.assign(**{name: a.codes}) for f, a in zip(asked.both, answers, strict=True))
    pairs = territories.passages(before, after, name, answers[1].labels)
    what = f"evolution.{name}"
    if pairs.empty:
        raise nobody(asked)
    both = _kept(asked, territories.fidelite(before, after, name), what, kept)
    changed = both.row(modalite="change")

    def crossed(one: Selection) -> Released:
        return one.release.crossing(pairs, what, rows="avant", columns="apres")

    # Passages add up to how many are compared.
    detail = None if changed.total.is_masked else asked.unmasked(crossed)
    told = {row.libelle: row.effectif for row in both if not row.effectif.is_withheld}
    aloud = listed((lower_first(text), count.of(unit.one, unit.several)) for text, count in told.items())
    title = f"{label}, en {then} puis en {now}"
    if not changed.effectif.is_withheld:
        verb = "change" if changed.effectif.high <= 1 else "changent"
        some = f"{changed.effectif.of(unit.one, unit.several)}{_out_of(changed.total)} en {verb}"
        title = f"{label} : {some if changed.effectif.high else f'aucun {unit.one} n’en change'}"
    return Draft(
        title=title,
        topic=changed.effectif.is_withheld,
        subtitle=f"Nombre {elided('de', unit.several)}, en {then} puis en {now}{asked.filters_aloud()}",
        reading=capitalise(aloud) if told else _UNTOLD,
        base=Base(changed.connus, f"{unit.base} aux deux vagues{', au plus' * changed.total.is_masked}"),
        note=" ".join(filter(None, (ONE_WAVE_ONLY, joined.left_out(why=True)))),
        **(_in_all(asked, both) if detail is None else _one_by_one(asked, detail, kept)),
    )


def _in_all(asked: Selection, both: Released) -> dict[str, Any]:
    """Table and chart of how many kept their answer, and how many did not."""
    headings = {
        "libelle": asked.variable.label,
        "effectif": capitalise(asked.unit.several),
        "total": "Sur",
    }
    bars = [_bar(row.libelle, "", row.effectif, row.total) for row in both]
    return {"table": DataTable.headed(both, headings), "draw": lambda canvas: draw_units(canvas, bars)}


def _one_by_one(asked: Selection, passages: Released, kept: tuple[str, str]) -> dict[str, Any]:
    """Table and chart of who went from which answer to which: those who changed stand out."""
    (then, now), colors = asked.when, (BLUE_LIGHT, BLUE)
    headings = {
        "libelle_avant": f"En {then}",
        "libelle_apres": f"En {now}",
        "effectif": capitalise(asked.unit.several),
    }
    bars = [
        _bar(
            f"{row.libelle_apres} en {now}",
            f"{row.libelle_avant} en {then}",
            row.effectif,
            row.total,
            colors[row.avant != row.apres],
        )
        for row in passages
    ]
    keys = list(map(Key, kept, colors))
    table = DataTable.headed(passages, headings)
    return {"table": table, "draw": lambda canvas: draw_units(canvas, bars, keys)}


def _kept(asked: Selection, shared: pd.DataFrame, what: str, kept: tuple[str, str]) -> Released:
    """How many kept their answer and how many did not, out of how many where that may be told.

    ``connus`` is how many may have: those that the latter wave knows, where what both share is withheld.
    """
    names = dict(zip(("garde", "change"), map(capitalise, kept), strict=True))
    known = f"{asked.variable.table}.valeurs&modalite={asked.field.name}"

    def compared(one: Selection, parts: Sequence[str] = ()) -> Released:
        return split(one, shared, what, known, parts=parts, values=())

    if asked.unmasked(compared) is not None:
        counts = [int(shared[part].iloc[0]) for part in names]
        found = asked.release.boxes(measures.with_parts(names, counts, [sum(counts)] * 2), what)
        return found.reshaped(lambda frame: frame.assign(connus=frame["total"]))
    found = compared(asked, tuple(names))
    (row,) = found
    columns = {
        "modalite": list(names),
        "libelle": list(names.values()),
        "effectif": [row.garde, row.change],
        "total": [row.compares] * 2,
        "connus": [row.connus_apres] * 2,
    }
    return found.reshaped(lambda _: pd.DataFrame(columns))
