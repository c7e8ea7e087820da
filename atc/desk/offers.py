"""What each list of the desk offers: only what makes sense with the choices made before it.

The lists are filled in one order: who reads, analysis, waves, table, variable, group, filters. An option is
offered if `atc.desk.view.check` has nothing to say against it, so that the lists and the refusals of those
who code cannot differ; what it says against the others is told as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from atc.desk.view import ANALYSES, CHANGE, CROSSED, SHEET, View, answers, beyond, check, cuts
from atc.disclosure.recorder import INTERNAL
from atc.exhibits.variables import (
    ALL_ITEMS,
    FILTERS,
    column_of,
    filter_label,
    filters,
    labels_of,
    variable,
    variables,
)
from atc.indicators import scores
from atc.survey.errors import UsageError
from atc.survey.settings import Settings
from atc.survey.typography import capitalise, counted, enumeration, lower_first
from atc.survey.waves import Wave

Options = tuple[tuple[str, Any], ...]
#: A filter that always holds one value: a score judges one period or the other.
_PERIOD = "periode"
#: Options that are named one by one when they are not there.
_MOST_TOLD = 4


@dataclass(frozen=True)
class Offers:
    """Options of each list, as ``(label, value)``; none where a list has no place. See `View`."""

    analyse: Options
    vagues: Options
    table: Options = ()
    variable: Options = ()
    groupe: Options = ()
    # Name of a filter -> its options, for those that have a name of their own.
    filtres: Mapping[str, Options] = field(default_factory=dict)
    autres: Options = ()  # columns that filter as well
    valeur: Options = ()  # values of the one that is chosen
    reponses: Options = ()  # answers that may be put together, of the group or else of the variable
    absent: tuple[str, ...] = ()  # why some options are not there: sentences that begin with their names
    moved: str = ""  # why the table that was chosen gave way to another one, or a filter went
    refused: str = ""  # why these readers may not see what was chosen: no other figure stands in its place

    def check(self) -> None:
        """Refuse what these readers may not see: a `UsageError` says why, and what the lists show instead."""
        if self.refused:
            raise UsageError(f"{self.refused} Les listes montrent ce qui se choisit à la place.")


def refusal(view: View, waves: Sequence[Wave], *, values: bool = True) -> str:
    """Why a view makes no sense, or may not be seen; empty when it does and may."""
    try:
        check(view, waves, values=values)
    except UsageError as error:
        return str(error)
    return ""


def settled(asked: View, settings: Settings, opened: Callable[[str, str], Wave]) -> tuple[View, Offers]:
    """The nearest view that makes sense, and the options of each list around it.

    What no longer fits is replaced by the first option that does.
    """
    compared = any(wave.previous for wave in settings.waves.values())
    inside = asked.diffusion == INTERNAL
    analyses = [
        name for name, one in ANALYSES.items() if (inside or not one.team) and (compared or name != CHANGE)
    ]
    view = replace(asked, analyse=_kept(asked.analyse, analyses))
    analysis, vagues = ANALYSES[view.analyse], _vagues(settings, view.analyse)
    view = replace(view, vagues=_kept(view.vagues, [value for _, value in vagues]))
    waves = [opened(vague, view.diffusion) for vague in view.vagues]
    tried, dictionary = _Tried(waves), waves[-1].dictionary
    plain = replace(view, groupe="", filtres={}, regrouper={})

    def crossed(name: str) -> Iterator[View]:
        beside = [cut for cut in cuts(dictionary, name.partition(".")[0], view.analyse) if cut != name]
        yield from (replace(plain, variable=name, groupe=cut) for cut in beside or [""])

    def of_table(table: str) -> Iterator[View]:
        return chain.from_iterable(map(crossed, variables(dictionary, table)))

    names = dictionary.tables if analysis.tables is None else analysis.tables
    tables = tried.offered({name: dictionary.table(name).label for name in names}, of_table)
    moved = "" if view.table in {"", *tables} else tried.why(of_table(view.table))
    table = _kept(view.table, list(tables))
    found = {name: one.label for name, one in variables(dictionary, table).items()} if table else {}
    found = tried.offered(found, crossed)
    view = replace(view, variable=_kept(view.variable, list(found)))
    beside = cuts(dictionary, view.table, view.analyse)
    beside.pop(view.variable, None)
    beside = tried.offered(beside, lambda cut: [replace(plain, variable=view.variable, groupe=cut)])
    view = replace(view, groupe=_kept(view.groupe, list(beside)))
    view, filtres = _named(view, waves[-1], tried)
    view, autres, valeur = _others(view, waves[-1], tried)
    view, reponses = _together(view, waves)
    for name in [name for name, one in ANALYSES.items() if one.team and not inside]:
        reason = next(beyond(replace(view, analyse=name), variable(dictionary, view.variable or ALL_ITEMS)))
        tried.reasons.setdefault(reason, []).append(capitalise(name))
    # What is said to these readers of what was chosen before the lists gave way.
    offered = variables(dictionary, asked.table) if asked.table in dictionary.tables else {}
    chosen = offered.get(asked.variable)
    refused = next(beyond(replace(asked, vagues=view.vagues), chosen), "") if chosen else ""
    gone = [name for name in asked.kept if name not in {*view.kept, _PERIOD}]
    if gone and view.analyse != SHEET:
        named = enumeration([f"« {filter_label(dictionary, name)} »" for name in gone])
        moved = f"Filtre retiré : {named}. {refused or moved or 'Il ne va pas avec les autres choix.'}"
    same = (asked.analyse, asked.variable) == (view.analyse, view.variable)
    same &= view.analyse != CROSSED or asked.groupe in {"", view.groupe}
    return view, Offers(
        analyse=tuple((capitalise(name), name) for name in analyses),
        vagues=vagues,
        table=_options(tables),
        variable=_options(found),
        groupe=_options(beside),
        filtres=filtres,
        autres=autres,
        valeur=valeur,
        reponses=reponses,
        absent=tuple(_told(labels, reason) for reason, labels in tried.reasons.items()),
        moved=moved,
        refused="" if same else refused,
    )


@dataclass
class _Tried:
    """What was tried on some waves, and what was said against it: reason -> labels."""

    waves: Sequence[Wave]
    reasons: dict[str, list[str]] = field(default_factory=dict)

    def offered(self, labels: Mapping[str, str], asked: Callable[[str], Iterable[View]]) -> dict[str, str]:
        """Those of which some view makes sense."""
        kept = {}
        for value, label in labels.items():
            if reason := self.why(asked(value)):
                self.reasons.setdefault(reason, []).append(label)
            else:
                kept[value] = label
        return kept

    def why(self, views: Iterable[View]) -> str:
        """What is said against the first of several views; nothing when one of them makes sense."""
        first = ""
        for view in views:
            reason = refusal(view, self.waves, values=False)
            if not reason:
                return ""
            first = first or reason
        return first


def _named(view: View, wave: Wave, tried: _Tried) -> tuple[View, dict[str, Options]]:
    """The filters that have a name, each beside those before it, and their options."""
    held = [name for name in filters(wave.dictionary, view.table or "scores") if name in FILTERS]
    kept: dict[str, str] = {}
    options: dict[str, Options] = {}
    for name in ["territoire"] if view.analyse == SHEET else held:
        labels = labels_of(wave, column_of(name))
        asked = [replace(view, filtres={**kept, name: code}, regrouper={}) for code in list(labels)[:1]]
        reason = tried.why(asked)
        if not asked or reason:
            # A period is a part of the question: nobody looks for a filter there.
            if reason and name != _PERIOD:
                tried.reasons.setdefault(reason, []).append(FILTERS[name][0])
            continue
        whole = () if name == _PERIOD or view.analyse == SHEET else (("Tous", ""),)
        options[name] = (*whole, *_options(labels))
        usual = scores.periode_jugee(wave.table("scores")) if name == _PERIOD else ""
        code = _kept(view.filtres.get(name) or usual, [value for _, value in options[name]])
        kept |= {name: code} if code else {}
    others = {name: code for name, code in view.filtres.items() if name not in FILTERS}
    return replace(view, filtres=kept | others), options


def _others(view: View, wave: Wave, tried: _Tried) -> tuple[View, Options, Options]:
    """The view with one more filter or none, the columns that may be one, and its values."""
    named = {name: code for name, code in view.filtres.items() if name in FILTERS}
    chosen = next((name for name in view.filtres if name not in FILTERS), "")
    held = {} if view.analyse == SHEET else filters(wave.dictionary, view.table or "scores")
    itself = {*FILTERS, view.variable, ALL_ITEMS if view.table == "scores" else ""}
    held = {name: label for name, label in held.items() if name not in itself}
    kept = tried.offered(held, lambda name: [replace(view, filtres={**named, name: "?"}, regrouper={})])
    labels = labels_of(wave, chosen) if chosen in kept else {}
    code = _kept(view.filtres.get(chosen), list(labels))
    view = replace(view, filtres=named | ({chosen: code} if code else {}))
    return view, (("Aucun", ""), *_options(kept)) if kept else (), _options(labels)


def _together(view: View, waves: Sequence[Wave]) -> tuple[View, Options]:
    """The answers that may be put together, and the view with what still can be."""
    if view.regrouper and refusal(view, waves):
        view = replace(view, regrouper={})
    found = check(replace(view, regrouper={}), waves)
    labels = labels_of(waves[-1], view.groupe) if view.groupe else answers(waves[-1], found)
    possible = len(labels) > 2 and not refusal(replace(view, regrouper={"?": tuple(labels)}), waves)
    return view, _options(labels) if possible else ()


def _kept(chosen: Any, offered: Sequence[Any]) -> Any:
    return chosen if chosen in offered else next(iter(offered), "")


def _options(labels: Mapping[str, str]) -> Options:
    return tuple((label, value) for value, label in labels.items())


def _told(labels: Sequence[str], reason: str) -> str:
    first, others = [f"« {label} »" for label in labels[:_MOST_TOLD]], len(labels) - _MOST_TOLD
    named = enumeration([*first, counted(others, "autre")] if others > 0 else first)
    return f"{named} : {lower_first(reason)}"


def _vagues(settings: Settings, analysis: str) -> Options:
    """Each pair, the latest first, and each wave, as far as the analysis takes one or two."""
    waves = list(settings.waves.values())
    pairs = tuple(
        (f"Les deux : {settings.wave(wave.previous).date.year} et {wave.date.year}", (wave.previous, wave.id))
        for wave in reversed(waves)
        if wave.previous
    )
    many = {1: tuple((wave.label, (wave.id,)) for wave in waves), 2: pairs}
    return tuple(option for number in ANALYSES[analysis].waves for option in many[number])
