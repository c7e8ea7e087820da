"""From a view to its exhibit: the wave opened, the choice checked, the analysis made, its papers added."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from atc.desk.checks import check
from atc.desk.view import CHANGE, CROSSED, FLAT, LENSES, SHEET, View
from atc.disclosure import Release, Rules
from atc.exhibits import Draft, Exhibit, crossing, forms, paired, profile, scored, sites, two_waves
from atc.exhibits import two_waves_scores as in_time
from atc.exhibits.declare import complete_exhibit
from atc.exhibits.selection import Selection, needed, needed_to_count_sites
from atc.exhibits.variables import ALL_ITEMS, BOXES, MAP, MODALITES, NUMBER, SCORE, YES_NO, Variable
from atc.waves import Wave, open_wave

#: Beyond this, names on a map hide one another.
_MOST_SITES = 40
_SITES = ("territoires.territoire", "territoires.commune")


def exhibit_of(view: View) -> Exhibit:
    """Open the waves of a view and answer it.

    Raises:
        UsageError: It makes no sense; why, and what to choose instead.
        DataRefused: A wave breaks the dictionary.
        DisclosureRefused: Its answer would tell a small count.
    """
    latest = open_wave(view.latest, view.diffusion)
    return answer(view, [latest.previous(), latest] if len(view.vagues) > 1 else [latest])


def answer(view: View, waves: Sequence[Wave]) -> Exhibit:
    """Answer a view whose waves are open.

    Args:
        view: What is asked.
        waves: Its waves, in the order of time.

    Raises:
        UsageError: See `exhibit_of`.
        DisclosureRefused: See `exhibit_of`.
    """
    variable = check(view, waves)
    columns = _columns(view, variable, waves[-1])
    *before, wave = (opened.using(columns) for opened in waves)
    release = _release(view.id, wave, *before)
    asked = Selection(wave, release, variable, before[0] if before else None, view.groupe, view.filtres)
    return complete_exhibit(view.id, [wave, *before], _ANSWERS[view.analyse](asked), release)


# --- analysis -> form ---


def _flat(asked: Selection) -> Draft:
    kind = asked.variable.kind
    if kind == MAP and not asked.chosen and len(asked.rows()) <= _MOST_SITES:
        return sites.located(asked)
    return {SCORE: scored.bands, BOXES: forms.boxes}.get(kind, forms.distribution)(asked)


def _crossed(asked: Selection) -> Draft:
    both = asked.group == "scores.groupe" and asked.variable.name == ALL_ITEMS
    return (scored.bands if both else crossing.crossing)(asked)


def _change(asked: Selection) -> Draft:
    forms_of_two: Mapping[str, Callable[[Selection], Draft]] = {
        SCORE: in_time.scores,
        NUMBER: two_waves.measured,
        BOXES: two_waves.measured,
        MODALITES: two_waves.moves,
        # Beyond the evaluation team, those of each wave would give away who moved.
        YES_NO: two_waves.measured if asked.masks else two_waves.moves,
    }
    return forms_of_two[asked.variable.kind](asked)


def _lenses(asked: Selection) -> Draft:
    return (paired.situation if asked.before is None else paired.gap)(asked)


_ANSWERS: Mapping[str, Callable[[Selection], Draft]] = {
    FLAT: _flat,
    CROSSED: _crossed,
    CHANGE: _change,
    LENSES: _lenses,
    SHEET: profile.sheet,
}


# --- what it reads, and what it goes through ---


def _columns(view: View, variable: Variable, wave: Wave) -> tuple[str, ...]:
    """Every column that the answer reads: its source, questions and status follow from them."""
    if view.analyse == SHEET:
        return tuple(f"{table}.*" for table in (*profile.TABLES, "scores"))
    table = wave.dictionary.table(variable.table)
    matching = len(view.vagues) > 1 and "territoire" in table.fields
    # How many sites there are decides what two waves may tell of those they share.
    own = (f"{table.name}.territoire", *needed_to_count_sites(view.filtres)) if matching else ()
    linked = needed(variable.table, [view.groupe] if view.groupe else [], view.filtres)
    names = _SITES if view.filtres.get("territoire") else ()
    return (*variable.columns, *own, *linked, *names)


def _release(id_: str, wave: Wave, before: Wave | None = None) -> Release:
    """Reviewed exceptions hold for the exhibits of the report, and for no other."""
    small = wave.report.small_numbers
    rules = Rules(wave.diffusion, small.floor, small.mean)
    release = Release(wave.id, id_, rules)
    if before is not None:
        release.earlier = Release(before.id, id_, rules, {}, release.record)
    return release
