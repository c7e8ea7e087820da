"""What each list of the desk offers: only what makes sense with the choices made before it.

The lists are filled in one order. An option is offered if `atc.desk.view.check` has nothing to say against
it: lists and refusals cannot differ, and what is said against the others is told as well.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from atc.desk.view import ANALYSES, CHANGE, CROSSED, SHEET, View, answers, beyond, check, cuts
from atc.exhibits import variables as asking
from atc.exhibits.variables import ALL_ITEMS, FILTERS, SCORE, Variable, labels_of, variables
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

    # « diffusion », « analyse », « vagues », « table », « variable », « groupe », a filter that has a name,
    # « autre » (any other column that filters), « valeur » (of that one), « reponses » (that may be put
    # together) -> its options, as ``(label, value)``; none where a list has no place.
    lists: dict[str, Options] = field(default_factory=dict)
    reasons: dict[str, list[str]] = field(default_factory=dict)  # said against options -> their labels
    moved: str = ""  # why the table that was chosen gave way to another one, or a filter went
    refused: str = ""  # why these readers may not see what was chosen: no other figure stands in its place

    @property
    def absent(self) -> list[str]:
        """Why some options are not there: sentences that begin with their names."""
        told = []
        for reason, labels in self.reasons.items():
            named, others = [f"« {label} »" for label in labels[:_MOST_TOLD]], labels[_MOST_TOLD:]
            named += [counted(len(others), "autre")] if others else []
            told.append(f"{enumeration(named)} : {lower_first(reason)}")
        return told

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


def refusal(views: View | Iterable[View], waves: Sequence[Wave], *, values: bool = False) -> str:
    """What is said against a view, or against the first of several; empty when one of them may be seen."""
    first = ""
    for view in [views] if isinstance(views, View) else views:
        try:
            check(view, waves, values=values)
        except UsageError as error:
            first = first or str(error)
        else:
            return ""
    return first


def settled(asked: View, settings: Settings, opened: Callable[[str, str], Wave]) -> tuple[View, Offers]:
    """The nearest view that makes sense, and the options of each list around it: the first one that fits."""
    offers, several = Offers(), list(settings.waves.values())
    offers.lists["diffusion"] = tuple((capitalise(tier), tier) for tier in settings.tiers)
    pairs = [(settings.wave(wave.previous), wave) for wave in reversed(several) if wave.previous]
    labels = {name: capitalise(name) for name in ANALYSES if pairs or name != CHANGE}
    plain, scores = View((), asked.diffusion), Variable(ALL_ITEMS, "", SCORE, ())
    found = offers.offer("analyse", labels, lambda n: next(beyond(replace(plain, analyse=n), scores), ""))
    view = replace(asked, analyse=_kept(asked.analyse, found))
    many: dict[int, Options] = {
        1: tuple((wave.label, (wave.id,)) for wave in several),
        2: tuple((f"Les deux : {a.date.year} et {b.date.year}", (a.id, b.id)) for a, b in pairs),
    }
    offers.lists["vagues"] = tuple(option for n in ANALYSES[view.analyse].waves for option in many[n])
    view = replace(view, vagues=_kept(view.vagues, [value for _, value in offers.lists["vagues"]]))
    waves = [opened(vague, view.diffusion) for vague in view.vagues]
    view = _filtered(_question(view, waves, offers), waves, offers)
    if view.regrouper and refusal(view, waves, values=True):
        view = replace(view, regrouper={})
    labels = labels_of(waves[-1], view.groupe) if view.groupe else answers(waves[-1], check(view, waves))
    possible = len(labels) > 2 and not refusal(replace(view, regrouper={"?": tuple(labels)}), waves)
    offers.lists["reponses"] = _options(labels) if possible else ()
    _say(asked, view, waves[-1], offers)
    return view, offers


def _question(view: View, waves: Sequence[Wave], offers: Offers) -> View:
    """Its table, variable and group."""
    dictionary = waves[-1].dictionary
    plain = replace(view, groupe="", filtres={}, regrouper={})

    def crossed(names: Iterable[str]) -> Iterator[View]:
        for name in names:
            beside = [cut for cut in cuts(dictionary, name.partition(".")[0], view.analyse) if cut != name]
            yield from (replace(plain, variable=name, groupe=cut) for cut in beside or [""])

    def of_table(table: str) -> str:
        return refusal(crossed(variables(dictionary, table)), waves)

    known = {} if ANALYSES[view.analyse].tables == () else dictionary.tables
    listed = {name: table.label for name, table in known.items()}
    tables = offers.offer("table", listed, of_table)
    offers.moved = "" if view.table in {"", *tables} else of_table(view.table)
    table = _kept(view.table, tables)
    listed = {name: one.label for name, one in variables(dictionary, table).items()} if table else {}
    found = offers.offer("variable", listed, lambda name: refusal(crossed([name]), waves))
    view = replace(view, variable=_kept(view.variable, found))
    listed = cuts(dictionary, view.table, view.analyse)
    listed.pop(view.variable, None)
    plain = replace(plain, variable=view.variable)
    beside = offers.offer("groupe", listed, lambda cut: refusal(replace(plain, groupe=cut), waves))
    return replace(view, groupe=_kept(view.groupe, beside))


def _filtered(view: View, waves: Sequence[Wave], offers: Offers) -> View:
    """The filters that have a name, each beside those before it, then one more."""
    wave, sheet = waves[-1], view.analyse == SHEET
    held = {"territoire": ""} if sheet else asking.filters(wave.dictionary, view.table)
    kept, others = dict[str, str](), dict[str, str]()
    for name, label in held.items():
        # The period of scores is part of the question, and two waves have only one in common.
        if name in {view.variable, ALL_ITEMS * (view.table == "scores")} or (
            name == _PERIOD and len(waves) > 1
        ):
            continue
        if reason := refusal(replace(view, filtres={**kept, name: "?"}, regrouper={}), waves):
            offers.reasons.setdefault(reason, []).append(label)
        elif name not in FILTERS:
            others[name] = label
        elif labels := labels_of(wave, asking.column_of(name)):
            usual = territories.periode_jugee(wave.table("scores")) if name == _PERIOD else ""
            labels = labels if name == _PERIOD or sheet else {"": "Tous", **labels}
            offers.lists[name] = _options(labels)
            if code := _kept(view.filtres.get(name) or usual, list(labels)):
                kept[name] = code
    offers.lists["autre"] = _options({"": "Aucun", **others} if others else {})
    chosen = next((name for name in view.filtres if name in others), "")
    labels = labels_of(wave, chosen) if chosen else {}
    offers.lists["valeur"] = _options(labels)
    return replace(view, filtres=kept | ({chosen: _kept(view.filtres[chosen], [*labels])} if labels else {}))


def _say(asked: View, view: View, wave: Wave, offers: Offers) -> None:
    """Why what was chosen is not what is shown, where nobody would guess."""
    dictionary = wave.dictionary
    offered = variables(dictionary, asked.table) if asked.table in dictionary.tables else {}
    chosen = offered.get(asked.variable)
    refused = next(beyond(asked, chosen), "") if chosen else ""
    gone = [name for name in asked.kept if name not in {*view.kept, _PERIOD}]
    if gone and view.analyse != SHEET:
        named = enumeration([f"« {asking.filter_label(dictionary, name)} »" for name in gone])
        why = refused or offers.moved or "Il ne va pas avec les autres choix."
        offers.moved = f"Filtre retiré : {named}. {why}"
    same = (asked.analyse, asked.variable) == (view.analyse, view.variable)
    same &= view.analyse != CROSSED or asked.groupe in {"", view.groupe}
    offers.refused = "" if same else refused


def _kept(chosen: Any, offered: Sequence[Any]) -> Any:
    return chosen if chosen in offered else next(iter(offered), "")


def _options(labels: Mapping[str, str]) -> Options:
    return tuple((label, value) for value, label in labels.items())
