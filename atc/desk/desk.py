"""The desk: choose in lists, read the answer, keep it. Nothing to type, nothing to code.

The lists only offer what makes sense together (`atc.desk.offers`); what still has no answer is said in
French, in place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import ipywidgets as widgets

from atc.desk import keeping, own, showing
from atc.desk.compute import answer
from atc.desk.offers import Offers, Options, settled
from atc.desk.view import LENSES, View
from atc.errors import AtcError, UsageError
from atc.exhibits import Exhibit
from atc.exhibits.selection import FILTERS
from atc.exhibits.variables import ALL_ITEMS
from atc.paths import find_project
from atc.settings import load_settings
from atc.typography import capitalise
from atc.waves import Wave, open_wave

#: Seconds without a change before anything is computed: arrows go through a list faster than figures come.
_PAUSE = 0.08
_NOTEBOOK = "mon_carnet"


class Desk:
    """Controls, and the answer to what they ask.

    Attributes:
        view: What is asked.
        exhibit: The answer; ``None`` when there is none.
        controls: The lists, by name.
    """

    def __init__(self, vague: str = "") -> None:
        self._project = find_project()
        self._settings = load_settings(self._project)
        self._opened: dict[tuple[str, str], Wave] = {}
        self._silent = False
        self._groupe = ""
        self._waiting: asyncio.TimerHandle | None = None
        self.exhibit: Exhibit | None = None
        waves = (self._settings.wave(vague).id,) if vague else ()
        self.view = View(waves, self._settings.default_tier, LENSES, ALL_ITEMS)
        self._make()
        for control in self.controls.values():
            control.observe(self._changed, names="value")
        self._show()

    # --- what is on the desk ---

    def _make(self) -> None:
        self.filtres = {name: _list(label) for name, (label, _) in FILTERS.items()}
        self.controls: dict[str, widgets.Dropdown] = {
            "diffusion": _list("Qui lira"),
            "analyse": _list("Analyse"),
            "vagues": _list("Vague"),
            "table": _list("Table"),
            "variable": _list("Variable"),
            "groupe": _list("Selon (groupe)"),
            **self.filtres,
        }
        tiers = [(capitalise(tier), tier) for tier in self._settings.tiers]
        self.controls["diffusion"].options = tiers
        self.controls["diffusion"].value = self.view.diffusion
        self.keep = widgets.Button(
            description="Garder cette vue",
            button_style="primary",
            tooltip="Figure, tableau et code dans notebooks/perso/vues",
        )
        self.name = widgets.Text(value=_NOTEBOOK, description="Carnet", continuous_update=False)
        self.append = widgets.Button(
            description="Ajouter au carnet",
            tooltip="Titre et code à la fin de ce carnet, dans notebooks/perso",
        )
        self.keep.on_click(lambda _: self._do(self._keep))
        self.append.on_click(lambda _: self._do(self._append))
        self.hint, self.kept = widgets.HTML(), widgets.HTML(showing.said(""))
        self.message, self.figure, self.code = widgets.HTML(showing.said("")), widgets.HTML(), widgets.HTML()
        self.data, self._engine = widgets.Output(), widgets.Output()
        self._engine.outputs = (showing.engine(),)
        self._assemble()

    def _assemble(self) -> None:
        self._filters_title = widgets.HTML("<h3>Filtrer</h3>")
        lists = [control for name, control in self.controls.items() if name not in self.filtres]
        choosing = widgets.VBox(
            [
                widgets.HTML("<h3>Choisir</h3>"),
                _of_class(widgets.Box(lists), "atc-listes"),
                self._filters_title,
                _of_class(widgets.Box(list(self.filtres.values())), "atc-listes"),
                self.hint,
            ]
        )
        title = widgets.HTML("<h3>Garder</h3>")
        keeping_it = widgets.VBox([title, self.keep, self.name, self.append])
        self.tabs = widgets.Tab([self.figure, self.data, self.code], titles=["Vue", "Tableau", "Code"])
        # What was kept is told where one looks, above the answer: under the buttons, it is below the screen.
        answering = widgets.VBox([self.kept, self.message, self.tabs])
        parts = {"atc-choix": choosing, "atc-reponse": answering, "atc-garder": keeping_it}
        plan = widgets.Box([_of_class(part, name) for name, part in parts.items()])
        self.box = widgets.VBox([widgets.HTML(showing.look()), self._engine, _of_class(plan, "atc-plan")])
        self.box.add_class("atc-bureau")

    def _repr_mimebundle_(self, **options: object) -> object:
        return self.box._repr_mimebundle_(**options)

    # --- what the lists say, and offer ---

    def _wave(self, vague: str, diffusion: str) -> Wave:
        key = vague, diffusion
        if key not in self._opened:
            self._opened[key] = open_wave(*key)
        return self._opened[key]

    def _said(self) -> View:
        """What the lists say now, whether or not it makes sense together."""
        value = {name: control.value or "" for name, control in self.controls.items() if name != "vagues"}
        variable, table = value["variable"], value["table"]
        if table and variable.partition(".")[0] != table:
            variable = f"{table}."
        self._groupe = value["groupe"] or self._groupe
        return View(
            vagues=self.controls["vagues"].value or (),
            diffusion=value["diffusion"],
            analyse=value["analyse"],
            # Not every analysis has a variable, or a group: those of before come back after it.
            variable=variable or self.view.variable or ALL_ITEMS,
            groupe=self._groupe,
            filtres={name: value[name] for name in self.filtres if value[name]},
        )

    def _offer(self, offers: Offers) -> None:
        for name in ("analyse", "vagues", "table", "variable", "groupe"):
            _fill(self.controls[name], getattr(offers, name), getattr(self.view, name))
        for name, control in self.filtres.items():
            _fill(control, offers.filtres.get(name, ()), self.view.filtres.get(name, ""))
        _display(self._filters_title, shown=bool(offers.filtres or offers.hint))
        self.hint.value = f'<p class="atc-aide">{offers.hint}</p>' if offers.hint else ""

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Lists that change one another ask for one answer, not for ten."""
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before

    # --- what it answers ---

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
        """Answer what the lists ask now."""
        self.view = self._said()
        self._show()

    def _show(self) -> None:
        self.kept.value = showing.said("")
        try:
            with self._quiet():
                self.view, offers = settled(self.view, self._settings, self._wave)
                self._offer(offers)
            waves = [self._wave(vague, self.view.diffusion) for vague in self.view.vagues]
            exhibit = answer(self.view, waves)
            shown = showing.figure(exhibit)
        except AtcError as error:
            self._refuse(str(error))
        except Exception as error:  # noqa: BLE001 (an old figure beside new choices would be a lie)
            self._refuse(_unforeseen(error))
        else:
            self.exhibit = exhibit
            self.data.outputs = (showing.table(exhibit),)
            self.code.value = showing.code(f"import atc\n\n{self.view.code()}")
            self.message.value, self.figure.value = showing.said(offers.moved, "avis"), shown
        self.keep.disabled = self.append.disabled = self.exhibit is None

    def _refuse(self, why: str) -> None:
        self.exhibit = None
        self.figure.value = self.code.value = ""
        self.data.outputs = ()
        self.message.value = showing.said(why)

    # --- what it keeps ---

    def _do(self, keeps: Callable[[], str]) -> None:
        try:
            told = keeps()
        except AtcError as error:
            self.kept.value = showing.said(str(error), "refus")
        except Exception as error:  # noqa: BLE001 (a button that does nothing and says nothing)
            self.kept.value = showing.said(_unforeseen(error), "refus")
        else:
            self.kept.value = showing.said(told, "garde")

    def _keep(self) -> str:
        files = keeping.keep(self._project, self.view, self._answered())
        folder, names = self._project.relative(files[0].parent), ", ".join(path.name for path in files)
        return f"Gardé dans {folder} :\n{names}"

    def _append(self) -> str:
        path = own.append(self._project, self.name.value, self.view, self._answered_wave())
        return (
            f"Ajouté à la fin de {self._project.relative(path)}.\n"
            f"Pour en faire une page : atc run --chapitre perso/{path.stem}"
        )

    def _answered_wave(self) -> Wave:
        self._answered()
        return self._wave(self.view.latest, self.view.diffusion)

    def _answered(self) -> Exhibit:
        if self.exhibit is None:
            raise UsageError("Il n’y a pas de vue à garder : choisissez-en une autre.")
        return self.exhibit


def _unforeseen(error: Exception) -> str:
    return (
        "Cette vue n’a pas pu être calculée. Choisissez-en une autre, et signalez celle-ci à la personne qui "
        f"tient le projet, avec ce mot : {type(error).__name__}, {error}."
    )


def _list(description: str) -> widgets.Dropdown:
    return widgets.Dropdown(description=description, layout=widgets.Layout(width="auto"))


def _of_class(box: widgets.Box, name: str) -> widgets.Box:
    box.add_class(name)
    return box


def _fill(control: widgets.Dropdown, options: Options, value: object) -> None:
    """Offer these options, with this one chosen; a list without any has no place on the desk."""
    if tuple(control.options) != tuple(options):
        control.options = options
    control.value = value if options else None
    _display(control, shown=bool(options))


def _display(control: widgets.DOMWidget, *, shown: bool) -> None:
    control.layout.display = "" if shown else "none"
