"""What each list of the desk offers: only what makes sense with the choices made before it.

The lists are filled in one order: who reads, analysis, waves, table, variable, group, filters. An option is
offered if `atc.desk.view.check` has nothing to say against it, so that the lists and the refusals of those
who code cannot differ; what it says against the others is told as well.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from atc.indicators import territories
from atc.survey.errors import UsageError
from atc.survey.settings import Settings
from atc.survey.typography import capitalise, counted, enumeration, lower_first
from atc.survey.waves import Wave

Options = tuple[tuple[str, Any], ...]
#: A filter that always holds one value: a score judges one period or the other.
_PERIOD = "periode"
#: Options that are named one by one when they are not there.
_MOST_TOLD = 4


@dataclass
class Offers:
    """The options of each list around a view, and what is said of those that are not there."""

    # « analyse », « vagues », « table », « variable », « groupe », a filter that has a name, « autre » (any
    # other column that filters), « valeur » (of that one), « reponses » (that may be put together) ->
    # its options, as ``(label, value)``; none where a list has no place.
    lists: dict[str, Options] = field(default_factory=dict)
    reasons: dict[str, list[str]] = field(default_factory=dict)  # said against options -> their labels
    moved: str = ""  # why the table that was chosen gave way to another one, or a filter went
    refused: str = ""  # why these readers may not see what was chosen: no other figure stands in its place

    @property
    def absent(self) -> list[str]:
        """Why some options are not there: sentences that begin with their names."""
        return [f"{_named(labels)} : {lower_first(reason)}" for reason, labels in self.reasons.items()]

    def check(self) -> None:
        """Refuse what these readers may not see: a `UsageError` says why, and what the lists show instead."""
        if self.refused:
            raise UsageError(f"{self.refused} Les listes montrent ce qui se choisit à la place.")

    def offer(self, name: str, labels: Mapping[str, str], why: Callable[[str], str]) -> list[str]:
        """Make a list of the options (value -> label) that nothing is said against; give their values."""
        kept = {}
        for value, label in labels.items():
            if reason := why(value):
                self.reasons.setdefault(reason, []).append(label)
            else:
                kept[value] = label
        self.lists[name] = _options(kept)
        return list(kept)


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
    offers, inside = Offers(), asked.diffusion == INTERNAL
    compared = any(wave.previous for wave in settings.waves.values())
    analyses = [n for n, one in ANALYSES.items() if (inside or not one.team) and (compared or n != CHANGE)]
    offers.lists["analyse"] = tuple((capitalise(name), name) for name in analyses)
    view = replace(asked, analyse=_kept(asked.analyse, analyses))
    offers.lists["vagues"] = _vagues(settings, view.analyse)
    view = replace(view, vagues=_kept(view.vagues, [value for _, value in offers.lists["vagues"]]))
    waves = [opened(vague, view.diffusion) for vague in view.vagues]
    view = _question(view, waves, offers)
    view = _filtered(view, waves, offers)
    if view.regrouper and refusal(view, waves):
        view = replace(view, regrouper={})
    found = check(replace(view, regrouper={}), waves)
    labels = labels_of(waves[-1], view.groupe) if view.groupe else answers(waves[-1], found)
    possible = len(labels) > 2 and not refusal(replace(view, regrouper={"?": tuple(labels)}), waves)
    offers.lists["reponses"] = _options(labels) if possible else ()
    _say(asked, view, waves[-1], offers)
    return view, offers


def _question(view: View, waves: Sequence[Wave], offers: Offers) -> View:
    """Its table, variable and group."""
    dictionary, names = waves[-1].dictionary, ANALYSES[view.analyse].tables
    plain = replace(view, groupe="", filtres={}, regrouper={})

    def crossed(names: Iterable[str]) -> Iterator[View]:
        for name in names:
            beside = [cut for cut in cuts(dictionary, name.partition(".")[0], view.analyse) if cut != name]
            yield from (replace(plain, variable=name, groupe=cut) for cut in beside or [""])

    def of_table(table: str) -> str:
        return _why(crossed(variables(dictionary, table)), waves)

    listed = {n: dictionary.table(n).label for n in (dictionary.tables if names is None else names)}
    tables = offers.offer("table", listed, of_table)
    offers.moved = "" if view.table in {"", *tables} else of_table(view.table)
    table = _kept(view.table, tables)
    listed = {name: one.label for name, one in variables(dictionary, table).items()} if table else {}
    found = offers.offer("variable", listed, lambda name: _why(crossed([name]), waves))
    view = replace(view, variable=_kept(view.variable, found))
    listed = cuts(dictionary, view.table, view.analyse)
    listed.pop(view.variable, None)
    plain = replace(plain, variable=view.variable)
    beside = offers.offer("groupe", listed, lambda cut: _why([replace(plain, groupe=cut)], waves))
    return replace(view, groupe=_kept(view.groupe, beside))


def _filtered(view: View, waves: Sequence[Wave], offers: Offers) -> View:
    """The filters that have a name, each beside those before it, then one more."""
    wave, sheet = waves[-1], view.analyse == SHEET
    held = filters(wave.dictionary, view.table or "scores")
    kept: dict[str, str] = {}
    for name in ["territoire"] if sheet else [name for name in held if name in FILTERS]:
        labels = labels_of(wave, column_of(name))
        tried = [replace(view, filtres={**kept, name: code}, regrouper={}) for code in list(labels)[:1]]
        if not tried or (reason := _why(tried, waves)):
            # A period is a part of the question: nobody looks for a filter there.
            if tried and name != _PERIOD:
                offers.reasons.setdefault(reason, []).append(FILTERS[name][0])
            continue
        offers.lists[name] = (*(() if name == _PERIOD or sheet else (("Tous", ""),)), *_options(labels))
        usual = territories.periode_jugee(wave.table("scores")) if name == _PERIOD else ""
        code = _kept(view.filtres.get(name) or usual, [value for _, value in offers.lists[name]])
        kept |= {name: code} if code else {}
    itself = {*FILTERS, view.variable, ALL_ITEMS if view.table == "scores" else ""}
    held = {} if sheet else {name: label for name, label in held.items() if name not in itself}

    def beside(name: str) -> str:
        return _why([replace(view, filtres={**kept, name: "?"}, regrouper={})], waves)

    others = offers.offer("autre", held, beside)
    if others:
        offers.lists["autre"] = (("Aucun", ""), *offers.lists["autre"])
    chosen = next((name for name in view.filtres if name not in FILTERS), "")
    labels = labels_of(wave, chosen) if chosen in others else {}
    offers.lists["valeur"] = _options(labels)
    code = _kept(view.filtres.get(chosen), list(labels))
    return replace(view, filtres=kept | ({chosen: code} if code else {}))


def _say(asked: View, view: View, wave: Wave, offers: Offers) -> None:
    """What is said to these readers of the analyses of the team, and of what gave way."""
    dictionary = wave.dictionary
    for name in [n for n, one in ANALYSES.items() if one.team and view.diffusion != INTERNAL]:
        reason = next(beyond(replace(view, analyse=name), variable(dictionary, view.variable or ALL_ITEMS)))
        offers.reasons.setdefault(reason, []).append(capitalise(name))
    offered = variables(dictionary, asked.table) if asked.table in dictionary.tables else {}
    chosen = offered.get(asked.variable)
    refused = next(beyond(replace(asked, vagues=view.vagues), chosen), "") if chosen else ""
    gone = [name for name in asked.kept if name not in {*view.kept, _PERIOD}]
    if gone and view.analyse != SHEET:
        named = enumeration([f"« {filter_label(dictionary, name)} »" for name in gone])
        why = refused or offers.moved or "Il ne va pas avec les autres choix."
        offers.moved = f"Filtre retiré : {named}. {why}"
    same = (asked.analyse, asked.variable) == (view.analyse, view.variable)
    same &= view.analyse != CROSSED or asked.groupe in {"", view.groupe}
    offers.refused = "" if same else refused


def _why(views: Iterable[View], waves: Sequence[Wave]) -> str:
    """What is said against the first of several views; nothing when one of them makes sense."""
    first = ""
    for view in views:
        reason = refusal(view, waves, values=False)
        if not reason:
            return ""
        first = first or reason
    return first


def _kept(chosen: Any, offered: Sequence[Any]) -> Any:
    return chosen if chosen in offered else next(iter(offered), "")


def _options(labels: Mapping[str, str]) -> Options:
    return tuple((label, value) for value, label in labels.items())


def _named(labels: Sequence[str]) -> str:
    first, others = [f"« {label} »" for label in labels[:_MOST_TOLD]], len(labels) - _MOST_TOLD
    return enumeration([*first, counted(others, "autre")] if others > 0 else first)


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
