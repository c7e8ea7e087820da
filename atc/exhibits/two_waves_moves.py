"""The form of one answer in two waves: who went from which modalité to which (see `two_waves`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from atc.disclosure import Release, Released
from atc.exhibits.charts import flow, units
from atc.exhibits.comparability import (
    ONE_WAVE_ONLY,
    both_waves,
    comparable,
    out_of,
    split,
    then_and_now,
    unanswered,
)
from atc.exhibits.directions import named
from atc.exhibits.forms import of_several
from atc.exhibits.model import Base, Draft, Draw
from atc.exhibits.prose import listed
from atc.exhibits.selection import Selection
from atc.exhibits.table import DataTable
from atc.exhibits.two_waves import When, columns_of, unit_row
from atc.exhibits.variables import coded
from atc.indicators import change, measures
from atc.survey.typography import capitalise, lower_first

#: Beyond this, bands that stand one above the other make a chart taller than a screen.
_MOST_BANDS = 40


def moves(asked: Selection, kept: tuple[str, str] = ("la même réponse", "une autre réponse")) -> Draft:
    """Who went from which modalité to which or, where that masks some, how many gave another answer.

    Args:
        asked: A variable with one answer a territory.
        kept: What is given again, and what instead.
    """
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
    title = f"{label} : {kept[1]} pour {changed.effectif.of(one, several)}{out_of(changed.total)}"
    if not changed.effectif.high:
        title = f"{label} : aucun {one} ne change"
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
        return partial(units.draw, rows=rows)
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
