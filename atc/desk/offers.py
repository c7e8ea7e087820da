"""What each list of the desk offers: only what makes sense with the choices made before it.

The lists are filled in one order: who reads, analysis, waves, table, variable, group, filters. An option is
offered if `atc.desk.checks` has nothing to say against it, so that the lists and the refusals of those
who code cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from atc.desk.checks import check, codes
from atc.desk.view import ANALYSES, CHANGE, CROSSED, FLAT, LENSES, SHEET, View
from atc.disclosure.recorder import INTERNAL
from atc.errors import UsageError
from atc.exhibits import variables as choices
from atc.exhibits.selection import FILTERS, filters
from atc.indicators import scores
from atc.settings import Settings
from atc.typography import capitalise
from atc.waves import Wave

Options = tuple[tuple[str, Any], ...]
Opener = Callable[[str, str], Wave]
_EVERYTHING = ("Tous", "")
#: Filters that always hold one value: a score judges one period or the other.
_PERIOD, _SITE = "periode", "territoire"
#: The table that « regards croisés » reads.
LENSED = "scores"


@dataclass(frozen=True)
class Offers:
    """Options of each list, as ``(label, value)``; none where a list has no place.

    Attributes:
        analyse, vagues, table, variable, groupe: See `View`.
        filtres: Name of a filter -> its options.
        hint: Why a filter that one might look for is not there; empty when none is missing.
        moved: Why the table that was chosen gave way to another one; empty when it did not.
    """

    analyse: Options
    vagues: Options
    table: Options
    variable: Options
    groupe: Options
    filtres: Mapping[str, Options]
    hint: str = ""
    moved: str = ""


def refusal(view: View, waves: Sequence[Wave]) -> str:
    """Why a view makes no sense, or may not be seen; empty when it does and may."""
    try:
        check(view, waves)
    except UsageError as error:
        return str(error)
    return ""


def settled(asked: View, settings: Settings, opened: Opener) -> tuple[View, Offers]:
    """The nearest view that makes sense, and what may be chosen around it.

    Args:
        asked: What the lists say now; what no longer fits is replaced by the first option that does.
        settings: report.toml.
        opened: Opens a wave at a tier.

    Returns:
        The view, and the options of each list.
    """
    view = replace(asked, analyse=_kept(asked.analyse, _analyses(settings, asked.diffusion)))
    analyses = tuple((capitalise(name), name) for name in _analyses(settings, asked.diffusion))
    vagues = _vagues(settings, view.analyse)
    view = replace(view, vagues=_kept(view.vagues, [value for _, value in vagues]))
    waves = [opened(vague, view.diffusion) for vague in view.vagues]
    tables = _tables(view, waves)
    moved = _moved(view, waves, tables)
    variables = _variables(view, waves, _kept(view.table, list(tables)))
    view = replace(view, variable=_kept(view.variable, list(variables)))
    cuts = _groups(view, waves)
    view = replace(view, groupe=_kept(view.groupe, list(cuts)))
    view, filtres, hint = _filtered(view, waves)
    offers = Offers(
        analyse=analyses,
        vagues=vagues,
        table=_options(tables),
        variable=_options(variables),
        groupe=_options(cuts),
        filtres=filtres,
        hint=hint,
        moved=moved,
    )
    return view, offers


def _kept(chosen: Any, offered: Sequence[Any]) -> Any:
    return chosen if chosen in offered else next(iter(offered), "")


def _options(labels: Mapping[str, str]) -> Options:
    return tuple((label, value) for value, label in labels.items())


def _analyses(settings: Settings, diffusion: str) -> list[str]:
    compared = any(wave.previous for wave in settings.waves.values())
    out = {SHEET} if diffusion != INTERNAL else set()
    return [name for name in ANALYSES if name not in out and (compared or name != CHANGE)]


def _vagues(settings: Settings, analysis: str) -> Options:
    """Each pair, the latest first, and each wave, as far as the analysis takes one or two."""
    waves = list(settings.waves.values())
    alone = tuple((wave.label, (wave.id,)) for wave in waves)
    pairs = tuple(
        (f"Les deux : {settings.wave(wave.previous).date.year} et {wave.date.year}", (wave.previous, wave.id))
        for wave in reversed(waves)
        if wave.previous
    )
    if analysis == CHANGE:
        return pairs
    return alone if analysis in {FLAT, CROSSED} else (*pairs, *alone)


def _tables(view: View, waves: Sequence[Wave]) -> dict[str, str]:
    """Tables of which something may be asked."""
    if view.analyse == SHEET:
        return {}
    dictionary = waves[-1].dictionary
    offered = (LENSED,) if view.analyse == LENSES else tuple(dictionary.tables)
    return {
        table: dictionary.table(table).label
        for table in offered
        if any(_fits(view, waves, name) for name in choices.variables(dictionary, table))
    }


def _moved(view: View, waves: Sequence[Wave], tables: Mapping[str, str]) -> str:
    """Why a table cannot be kept; a list that changes by itself would look like an accident."""
    if not tables or not view.table or view.table in tables:
        return ""
    dictionary = waves[-1].dictionary
    name = next(iter(choices.variables(dictionary, view.table)))
    cut = next(iter(choices.groups(dictionary, view.table)), "") if view.analyse == CROSSED else ""
    return refusal(replace(view, variable=name, groupe=cut, filtres={}), waves)


def _variables(view: View, waves: Sequence[Wave], table: str) -> dict[str, str]:
    """Variables of one table that may be asked; none for no table."""
    offered = choices.variables(waves[-1].dictionary, table) if table else {}
    return {name: found.label for name, found in offered.items() if _fits(view, waves, name)}


def _groups(view: View, waves: Sequence[Wave]) -> dict[str, str]:
    """What may cut a variable."""
    return dict(_cuts(view, waves)) if view.analyse == CROSSED else {}


def _cuts(view: View, waves: Sequence[Wave]) -> Iterator[tuple[str, str]]:
    for cut, label in choices.groups(waves[-1].dictionary, view.table).items():
        if not refusal(replace(view, groupe=cut, filtres={}), waves):
            yield cut, label


def _fits(view: View, waves: Sequence[Wave], name: str) -> bool:
    plain = replace(view, variable=name, groupe="", filtres={})
    return any(_cuts(plain, waves)) if view.analyse == CROSSED else not refusal(plain, waves)


def _filtered(view: View, waves: Sequence[Wave]) -> tuple[View, dict[str, Options], str]:
    """The view with the filters that hold, the options of each, and why another one is not there."""
    wave, table = waves[-1], view.table or "scores"
    names = {_SITE: ""} if view.analyse == SHEET else filters(wave.dictionary, table)
    kept: dict[str, str] = {}
    options: dict[str, Options] = {}
    reasons: list[str] = []
    for name in names:
        values = codes(wave, FILTERS[name][1])
        first = next(iter(values), "")
        reason = refusal(replace(view, filtres={**kept, name: first}), waves) if first else ""
        if reason or not first:
            reasons += [reason] if reason and name != _PERIOD else []
            continue
        whole = () if name == _PERIOD or view.analyse == SHEET else (_EVERYTHING,)
        options[name] = (*whole, *_options(values))
        chosen = view.filtres.get(name) or (_period(wave) if name == _PERIOD else "")
        chosen = _kept(chosen, [value for _, value in options[name]])
        kept |= {name: chosen} if chosen else {}
    # What to do instead is for those who asked for a filter: here it is not even offered.
    hint = next(iter(reasons), "").partition(" Choisissez la diffusion")[0]
    return replace(view, filtres=kept), options, hint


def _period(wave: Wave) -> str:
    return scores.periode_jugee(wave.table("scores"))
