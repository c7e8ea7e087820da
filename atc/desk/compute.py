"""From a view to its exhibit: the wave opened, the choice checked, the analysis made, its papers added."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from atc.desk import change, flat, lenses, sheet
from atc.desk.asked import Asked
from atc.desk.checks import check
from atc.desk.rows import needed, needed_to_count_sites
from atc.desk.view import CHANGE, CROSSED, FLAT, LENSES, SHEET, View
from atc.disclosure import Release, Rules
from atc.exhibits import Draft, Exhibit
from atc.exhibits.declare import complete_exhibit
from atc.exhibits.variables import Variable
from atc.waves import Wave, open_wave

_ANSWERS: Mapping[str, Callable[[Asked], Draft]] = {
    FLAT: flat.draft,
    CROSSED: flat.crossed,
    CHANGE: change.draft,
    LENSES: lenses.draft,
    SHEET: sheet.draft,
}
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
    asked = Asked(
        replace(view, variable=variable.name), wave, before[0] if before else None, variable, release
    )
    made = _ANSWERS[view.analyse](asked)
    return complete_exhibit(view.id, [wave, *before], made, release)


def _columns(view: View, variable: Variable, wave: Wave) -> tuple[str, ...]:
    """Every column that the answer reads: its source, questions and status follow from them."""
    if view.analyse == SHEET:
        return tuple(f"{table}.*" for table in (*sheet.TABLES, "scores"))
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
