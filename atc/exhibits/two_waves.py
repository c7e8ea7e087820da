"""The forms of two waves: territories up, stable and down, boxes ticked each time, answers that moved.

A form of two waves takes a `Selection` with a wave ``before``, compares what the codebooks allow and says
what they don't: it raises `NoAnswer` when that is nothing, and when no territory answered in both waves.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

import pandas as pd

from atc.disclosure import Count, Ratio, Release, Released
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
        subtitle=f"Nombre {elided('de', first.unit[1])}, en {then} puis en {now}{first.filters_aloud()}",
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
    told, rows, silent = list[str](), list[Row](), "trop peu de territoires pour le dire"
    for row in counts:
        heading, medians = row.libelle, ""
        if None not in (row.mediane_avant.known, row.mediane_apres.known):
            unit = units[row.modalite]
            before, after = median_aloud(row.mediane_avant, unit), median_aloud(row.mediane_apres, unit)
            medians = f"médiane de {before} en {then}, de {after} en {now}"
            heading = f"{row.libelle} (médiane : {median_aloud(row.mediane_avant)} puis {after})"
        said = " ; ".join(filter(None, (medians, by_direction(ways(row))))) or silent
        told.append(f"{row.libelle} : {said}")
        rows += [_bar(way, heading, count, row.compares) for way, count in ways(row).items()]
    headed = {
        "libelle": "Variable",
        "mediane_avant": f"Médiane {then}",
        "mediane_apres": f"Médiane {now}",
        **territories.SENS,
        "compares": "Territoires comparés",
    }
    both = f"{enumeration([one.variable.label for one in asked])}, en {then} puis en {now}"
    alone = next(iter(counts))
    return Draft(
        title=f"{alone.libelle} : {by_direction(ways(alone))}"
        if len(counts) == 1 and by_direction(ways(alone))
        else told[0]
        if len(counts) == 1
        else both,
        topic=all(sentence.endswith(silent) for sentence in told),
        table=DataTable.headed(counts, headed),
        reading=" ".join(f"{sentence}." for sentence in told),
        base=base_of(counts, "qui ont répondu aux deux vagues"),
        alt=listed(
            (f"{row.libelle}, {lower_first(way)}", out_of(count, row.compares, aloud=True))
            for row in counts
            for way, count in ways(row).items()
        ),
        draw=lambda canvas: draw_units(canvas, rows),
        note=ONE_WAVE_ONLY,
    )


def _boxes(asked: Selection, joined: Collection[str]) -> Draft:
    """Each wave as its own chapter tells it.

    How many were won and lost stays unsaid: with those of each wave, they balance like accounts, and would
    give a masked one away.
    """
    table, label, (then, now) = asked.variable.table, asked.variable.label, asked.when
    every = asked.boxes if asked.variable.kind == BOXES else {asked.field.name: label}
    boxes = {name: text for name, text in every.items() if f"{table}.{name}" in joined}
    cases = [measures.cases(frame, boxes) for frame in asked.both]
    if not any(frame["total"].any() for frame in cases):
        raise nobody(asked)
    first, last = asked.release.before.boxes(cases[0], asked.what), asked.release.boxes(cases[1], asked.what)
    before = {"avant": first.frame["effectif"], "total_avant": first.frame["total"]}
    counts = last.reshaped(
        lambda frame: frame.assign(**before, apres=frame["effectif"], total_apres=frame["total"])
    )
    both = {
        row.libelle: (Ratio(row.avant, row.total_avant), Ratio(row.apres, row.total_apres)) for row in counts
    }
    aloud = {
        name: f"{share(pair[0], *asked.unit[:2])} en {then}, {pair[1].comptes} en {now}"
        for name, pair in both.items()
        if all(ratio.total.high and not ratio.effectif.is_withheld for ratio in pair)
    }
    steps = {name: both[name][1].part - both[name][0].part for name in aloud}
    most = Largest.of(aloud, lambda name: None if math.isnan(steps[name]) else steps[name]).rows
    told, title = next(iter([*most, *aloud]), ""), f"{label}, en {then} puis en {now}"
    if len(most) == 1:
        title = f"{label} : {aloud[told] if len(both) == 1 else f'« {told} », {aloud[told]}'}"
    bars = [
        _bar(year, name, ratio.effectif, ratio.total)
        for name, pair in both.items()
        for ratio, year in zip(pair, (then, now), strict=True)
    ]
    headed = {
        "libelle": "Variable",
        "avant": f"Oui en {then}",
        "total_avant": f"Réponses en {then}",
        "apres": f"Oui en {now}",
        "total_apres": f"Réponses en {now}",
    }
    return Draft(
        title=title,
        topic=not aloud,
        table=DataTable.headed(counts, headed),
        reading=f"« {told} » : {aloud[told]}." if told else _UNTOLD,
        base=Base(largest(last), f"{asked.unit[2]} en {now}"),
        alt=listed(
            (f"{name}, {year}", out_of(ratio.effectif, ratio.total, aloud=True))
            for name, pair in both.items()
            for ratio, year in zip(pair, (then, now), strict=True)
            if ratio.total.high
        ),
        draw=lambda canvas: draw_units(canvas, bars),
        note="Les cases cochées sont celles des réponses de chaque vague, sans rapprochement.",
    )


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
    aloud, reading = f"{label}, en {then} puis en {now}", _UNTOLD
    if told:
        reading = capitalise(listed((lower_first(name), text) for name, text in told.items()))
    title = aloud if changed.effectif.is_withheld else f"{label} : aucun {one} n’en change"
    if changed.effectif.high and not changed.effectif.is_withheld:
        verb = "change" if changed.effectif.high <= 1 else "changent"
        title = f"{label} : {changed.effectif.of(one, several)}{_out_of(changed.total)} en {verb}"
    headed = {"libelle": label, "effectif": capitalise(several), "total": "Sur"}
    bars, keys = [_bar(row.libelle, "", row.effectif, row.total) for row in both], list[Key]()
    if detail is not None:
        headed = {
            "libelle_avant": f"En {then}",
            "libelle_apres": f"En {now}",
            "effectif": capitalise(several),
        }
        # Those who changed, whom the title counts, stand out.
        colors, keys = (BLUE_LIGHT, BLUE), [Key(kept[0], BLUE_LIGHT), Key(kept[1], BLUE)]
        bars = [
            _bar(
                f"{row.libelle_apres} en {now}",
                f"{row.libelle_avant} en {then}",
                row.effectif,
                row.total,
                colors[row.avant != row.apres],
            )
            for row in detail
        ]
    return Draft(
        title=title,
        topic=changed.effectif.is_withheld,
        subtitle=f"Nombre {elided('de', asked.unit[1])}, en {then} puis en {now}{asked.filters_aloud()}",
        table=DataTable.headed(both if detail is None else detail, headed),
        reading=reading,
        base=Base(changed.connus, f"{who} aux deux vagues{', au plus' * changed.total.is_masked}"),
        draw=lambda canvas: draw_units(canvas, bars, keys),
        note=" ".join(filter(None, (ONE_WAVE_ONLY, joined.left_out(why=True)))),
    )


def _kept(asked: Selection, shared: pd.DataFrame, what: str, kept: tuple[str, str]) -> Released:
    """How many kept their answer and how many did not, out of how many where that may be told.

    ``connus`` is how many may have: those that the latter wave knows, where what both share is withheld.
    """
    names = dict(zip(("garde", "change"), map(capitalise, kept), strict=True))
    known = f"{asked.variable.table}.valeurs&modalite={asked.field.name}"

    def view(release: Release, parts: Sequence[str] = ()) -> Released:
        return split(replace(asked, release=release), shared, what, known, parts=parts, values=())

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
