"""The desk: choose in lists, read the answer, keep it. Nothing to type, nothing to code.

The lists only offer what makes sense together; what still does not is said in French, in place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import ipywidgets as widgets

from atc.errors import AtcError
from atc.exhibit import Exhibit
from atc.exploration import choices, showing
from atc.exploration.checks import MATCHED, codes
from atc.exploration.compute import answer
from atc.exploration.view import ANALYSES, CHANGE, CROSSED, FLAT, LENSES, SHEET, View
from atc.paths import find_project
from atc.settings import load_settings
from atc.waves import Wave, open_wave

#: Seconds without a change before anything is computed: arrows go through a list faster than figures come.
_PAUSE = 0.08
_WIDTH = widgets.Layout(width="min(100%, 760px)")
_STYLE = {"description_width": "130px"}
_EVERYTHING = ("Tous", "")


class Desk:
    """Controls, and the answer to what they ask."""

    def __init__(self) -> None:
        self._settings = load_settings(find_project())
        self._opened: dict[tuple[str, str], Wave] = {}
        self._silent = False
        self._waiting: asyncio.TimerHandle | None = None
        self.exhibit: Exhibit | None = None
        self._make()
        self._offer()
        for control in self.controls.values():
            control.observe(self._changed, names="value")
        self.refresh()

    # --- what is on the desk ---

    def _make(self) -> None:
        tiers = [(f"{tier} – {label}", tier) for tier, label in self._settings.tiers.items()]
        self.analyse = _list("Analyse", list(ANALYSES), LENSES)
        self.vagues = _list("Vague(s)", self._waves(FLAT))
        self.diffusion = _list("Qui lira", tiers, self._settings.default_tier)
        self.table = _list("Table", [])
        self.variable = _list("Variable", [])
        self.groupe = _list("Selon", [])
        self.filtres = {name: _list(label, [_EVERYTHING]) for name, (label, _) in choices.FILTERS.items()}
        self.message = widgets.HTML()
        self.figure = widgets.HTML()
        self.data = widgets.Output()
        self.controls: dict[str, widgets.Dropdown] = {
            "analyse": self.analyse,
            "vagues": self.vagues,
            "diffusion": self.diffusion,
            "table": self.table,
            "variable": self.variable,
            "groupe": self.groupe,
            **self.filtres,
        }
        tabs = widgets.Tab([widgets.VBox([self.figure]), self.data], titles=["Vue", "Tableau"])
        self.tabs = tabs
        self.box = widgets.VBox([widgets.VBox(list(self.controls.values())), self.message, tabs])
        self.box.add_class("atc-bureau")

    def _repr_mimebundle_(self, **options: object) -> object:
        return self.box._repr_mimebundle_(**options)

    # --- what the lists offer ---

    def _waves(self, analysis: str) -> list[tuple[str, tuple[str, ...]]]:
        """Each wave, and each pair, as far as the analysis takes one or two."""
        waves = self._settings.waves.values()
        alone = [(wave.label, (wave.id,)) for wave in waves]
        pairs = [
            (f"{self._settings.wave(wave.previous).label} et {wave.label.lower()}", (wave.previous, wave.id))
            for wave in waves
            if wave.previous
        ]
        if analysis == CHANGE:
            return pairs
        return alone if analysis in {FLAT, CROSSED} else [*alone, *pairs]

    def _wave(self, vague: str) -> Wave:
        key = vague, self.diffusion.value
        if key not in self._opened:
            self._opened[key] = open_wave(*key)
        return self._opened[key]

    def _offer(self) -> None:
        """Fill each list from what is chosen in those before it."""
        with self._quiet():
            analysis = self.analyse.value
            _fill(self.vagues, self._waves(analysis))
            if not self.vagues.value:
                return
            dictionary = self._wave(self.vagues.value[-1]).dictionary
            tables = {LENSES: ("scores",), CHANGE: (*MATCHED, "scores")}.get(
                analysis, tuple(dictionary.tables)
            )
            _fill(self.table, [(dictionary.table(name).label, name) for name in tables])
            offered = choices.variables(dictionary, self.table.value)
            _fill(self.variable, [(found.label, name) for name, found in offered.items()])
            groups = choices.groups(dictionary, self.table.value)
            _fill(
                self.groupe, [(label, name) for name, label in groups.items() if name != self.variable.value]
            )
            _show(self.groupe, shown=analysis == CROSSED)
            for control in (self.table, self.variable):
                _show(control, shown=analysis != SHEET)
            self._offer_filters()

    def _offer_filters(self) -> None:
        wave = self._wave(self.vagues.value[-1])
        held = choices.filters(wave.dictionary, self.table.value)
        if self.analyse.value == SHEET:
            held = {"territoire": "Territoire"}
        if len(self.vagues.value) > 1:
            held.pop("periode", None)
        for name, control in self.filtres.items():
            values = codes(wave, choices.FILTERS[name][1]) if name in held else {}
            _fill(control, [_EVERYTHING, *((label, code) for code, label in values.items())])
            _show(control, shown=name in held)

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Lists that change one another ask for one answer, not for ten."""
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before

    # --- what it answers ---

    @property
    def view(self) -> View:
        """What the controls ask."""
        filters = {name: control.value for name, control in self.filtres.items() if control.value}
        sheet = self.analyse.value == SHEET
        return View(
            vagues=self.vagues.value or (),
            diffusion=self.diffusion.value,
            analyse=self.analyse.value,
            variable="" if sheet else self.variable.value,
            groupe=self.groupe.value if self.analyse.value == CROSSED else "",
            filtres=filters,
        )

    def _changed(self, _: object) -> None:
        if self._silent:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # outside JupyterLab, nothing turns keys into bursts of changes
            self.refresh()
            return
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = loop.call_later(_PAUSE, self.refresh)

    def refresh(self) -> None:
        """Answer what the controls ask now."""
        try:
            self._offer()
            view = self.view
            self.exhibit = answer(view, [self._wave(vague) for vague in view.vagues])
        except AtcError as error:
            self._refuse(str(error))
        except Exception as error:  # noqa: BLE001 (an old figure beside new choices would be a lie)
            self._refuse(
                "Cette vue n’a pas pu être calculée. Choisissez-en une autre, et signalez celle-ci à la personne "
                f"qui tient le projet, avec ce mot : {type(error).__name__}, {error}."
            )
        else:
            self.message.value = showing.said("")
            self.figure.value = showing.figure(self.exhibit)
            self._tabulate(self.exhibit)

    def _refuse(self, why: str) -> None:
        self.exhibit = None
        self.figure.value = ""
        self.data.outputs = ()
        self.message.value = showing.said(why)

    def _tabulate(self, exhibit: Exhibit) -> None:
        self.data.outputs = (showing.table(exhibit),)


def _list(description: str, options: Iterable[object], value: object = None) -> widgets.Dropdown:
    control = widgets.Dropdown(description=description, options=list(options), layout=_WIDTH, style=_STYLE)
    if value is not None:
        control.value = value
    return control


def _fill(control: widgets.Dropdown, options: Iterable[tuple[str, object]]) -> None:
    """Offer other options; what was chosen stays if it still can be."""
    listed, chosen = list(options), control.value
    if tuple(control.options) == tuple(listed):
        return
    control.options = listed
    values = [value for _, value in listed]
    control.value = chosen if chosen in values else next(iter(values), None)


def _show(control: widgets.Dropdown, *, shown: bool) -> None:
    control.layout.display = "" if shown else "none"
    control.disabled = not shown
