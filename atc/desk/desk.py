"""The desk: choose in lists, read the answer, keep it. Nothing to type, nothing to code.

The lists only offer what makes sense together (`atc.desk.offers`); what still has no answer is said in
French, in place.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import ipywidgets as widgets

from atc.desk import keep, showing
from atc.desk.answer import answer, behind
from atc.desk.offers import Offers, Options, refusal, settled
from atc.desk.view import LENSES, NUMBERS, View
from atc.exhibits.forms import EVERYBODY
from atc.exhibits.model import Exhibit
from atc.exhibits.variables import ALL_ITEMS, FILTERS
from atc.survey.errors import AtcError, UsageError
from atc.survey.paths import find_project
from atc.survey.settings import load_settings
from atc.survey.typography import capitalise
from atc.survey.waves import Wave, open_wave

#: Seconds without a change before anything is computed: arrows go through a list faster than figures come.
_PAUSE = 0.08
_NOTEBOOK = "mon_carnet"
_REDO = "Pour refaire le rapport : .venv/bin/atc run"
#: Each list, in the order in which they are filled; filters from « Réseau » on.
_LISTS = {
    "diffusion": "Qui lira",
    "analyse": "Analyse",
    "vagues": "Vague",
    "table": "Table",
    "variable": "Variable",
    "groupe": "Selon (groupe)",
    **{name: label for name, (label, _) in FILTERS.items()},
    "autre": "Autre filtre",
    "valeur": "Valeur",
}
_TABS = ("Vue", "Tableau", "Copier", "Lignes", "Code")
_TO_COPY = "<p class='atc-aide'>Cliquez dans le cadre, Ctrl+A, Ctrl+C, puis collez dans Excel.</p>"


class Desk:
    """Controls, the ``view`` that they ask for, and the exhibit that answers; ``None`` when there is none."""

    def __init__(self, vague: str = "") -> None:
        self._project = find_project()
        self._settings = load_settings(self._project)
        self._wave: Callable[[str, str], Wave] = cache(open_wave)
        self._silent = False
        self._groupe = ""
        self._waiting: asyncio.TimerHandle | None = None
        self.exhibit: Exhibit | None = None
        waves = (self._settings.wave(vague).id,) if vague else ()
        self.view = View(waves, self._settings.default_tier, LENSES, ALL_ITEMS)
        self.controls = {name: _list(label) for name, label in _LISTS.items()}
        self.controls["diffusion"].options = [(capitalise(tier), tier) for tier in self._settings.tiers]
        self.controls["diffusion"].value = self.view.diffusion
        answering, choosing = self._answering(), self._choosing()
        plan = widgets.Box([choosing.add_class("atc-choix"), answering.add_class("atc-reponse")])
        engine = widgets.Output(outputs=(showing.engine(),))
        self.box = widgets.VBox([widgets.HTML(showing.look()), engine, plan.add_class("atc-plan")])
        self.box.add_class("atc-bureau")
        for control in (*self.controls.values(), self.title):
            control.observe(self._changed, names="value")
        for control in (self.answer, self.group):
            control.observe(self._show_rows, names="value")
        self.tabs.observe(self._show_rows, names="selected_index")
        self._show(self.view)

    # --- what is on the desk ---

    def _choosing(self) -> widgets.VBox:
        self.together = widgets.SelectMultiple(description="Réponses", rows=4)
        self.label = widgets.Text(description="Sous le nom", continuous_update=False)
        self.join = self._button(
            "Réunir", "Une seule réponse à la place de celles que vous avez choisies", self._join
        )
        self.part = self._button(
            "Tout séparer", "Chaque réponse pour elle-même, comme avant", lambda: self._regrouped({})
        )
        self.absent, self._filters_title = widgets.HTML(), widgets.HTML("<h3>Filtrer</h3>")
        self.grouping = widgets.Accordion(
            [widgets.VBox([self.together, self.label, self.join, self.part])], titles=["Réunir des réponses"]
        )
        filters = [self.controls[name] for name in (*FILTERS, "autre", "valeur")]
        lists = [control for control in self.controls.values() if control not in filters]
        return widgets.VBox(
            [
                widgets.HTML("<h3>Choisir</h3>"),
                widgets.Box(lists).add_class("atc-listes"),
                self._filters_title,
                widgets.Box(filters).add_class("atc-listes"),
                self.grouping,
                self.absent,
            ]
        )

    def _answering(self) -> widgets.VBox:
        self.title = widgets.Text(description="Titre", placeholder="celui de la vue", continuous_update=False)
        self.keep = self._button(
            "Garder cette vue", "Figure, tableau et code dans notebooks/perso/vues", self._keep, "primary"
        )
        self.name = widgets.Text(value=_NOTEBOOK, description="Carnet", continuous_update=False)
        self.append = self._button(
            "Ajouter au carnet", "Titre et code à la fin de ce carnet, dans notebooks/perso", self._append
        )
        self.kept, self.message = widgets.HTML(showing.said("")), widgets.HTML(showing.said(""))
        self.figure, self.code, self.no_rows = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.copy = widgets.Textarea(rows=14, layout=widgets.Layout(width="100%"))
        self.answer, self.group = _list("Réponse"), _list("Groupe")
        self.data, self.rows = widgets.Output(), widgets.Output()
        rows = widgets.VBox([widgets.HBox([self.group, self.answer]), self.no_rows, self.rows])
        copying = widgets.VBox([widgets.HTML(_TO_COPY), self.copy])
        self.tabs = widgets.Tab([self.figure, self.data, copying, rows, self.code], titles=_TABS)
        # What keeps, and what it says, stand above the answer: below it, they are below the screen.
        keeping = widgets.Box([self.title, self.keep, self.name, self.append]).add_class("atc-garder")
        return widgets.VBox([keeping, self.kept, self.message, self.tabs])

    def _repr_mimebundle_(self, **options: object) -> object:
        return self.box._repr_mimebundle_(**options)

    # --- what the lists say, and offer ---

    def _said(self) -> View:
        """What the lists say now, whether or not it makes sense together."""
        value = {name: control.value or "" for name, control in self.controls.items()}
        variable, table = value["variable"], value["table"]
        if table and variable.partition(".")[0] != table:
            variable = f"{table}."
        self._groupe = value["groupe"] or self._groupe
        filters = {name: value[name] for name in FILTERS if value[name]}
        return View(
            vagues=self.controls["vagues"].value or (),
            diffusion=value["diffusion"],
            analyse=value["analyse"],
            # Not every analysis has a variable, or a group: those of before come back after it.
            variable=variable or self.view.variable or ALL_ITEMS,
            groupe=self._groupe,
            filtres=filters | ({value["autre"]: value["valeur"]} if value["autre"] else {}),
            regrouper=self.view.regrouper,
            titre=self.title.value.strip(),
        )

    def _offer(self, offers: Offers) -> None:
        view, other = self.view, next((name for name in self.view.filtres if name not in FILTERS), "")
        chosen = {name: getattr(view, name) for name in ("analyse", "vagues", "table", "variable", "groupe")}
        chosen |= {**view.filtres, "autre": other, "valeur": view.filtres.get(other)}
        for name, control in list(self.controls.items())[1:]:
            _fill(control, offers.lists.get(name, ()), chosen.get(name, ""))
        beside = "Second nombre" if view.analyse == NUMBERS else "Selon (groupe)"
        self.controls["groupe"].description = beside
        _display(self._filters_title, shown=any(offers.lists.get(name) for name in (*FILTERS, "autre")))
        # First nothing chosen: the browser would look for it among options that are no longer there.
        self.together.value, self.together.options = (), offers.lists["reponses"]
        _display(self.grouping, shown=bool(offers.lists["reponses"]))
        _display(self.part, shown=bool(view.regrouper))
        self.absent.value = showing.folded("Ce que les listes n’offrent pas ici", offers.absent)

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Lists that change one another ask for one answer, not for ten."""
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before

    # --- what it answers ---

    def _changed(self, change: Any) -> None:
        if self._silent:
            return
        if change["owner"] is not self.title:
            # A title is about one question: above another answer it would be a lie.
            with self._quiet():
                self.title.value = ""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # outside JupyterLab, nothing turns keys into bursts of changes
            self._show(self._said())
            return
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = loop.call_later(_PAUSE, lambda: self._show(self._said()))

    def _show(self, view: View) -> None:
        self.view = view
        self.kept.value = showing.said("")
        try:
            with self._quiet():
                self.view, offers = settled(view, self._settings, self._wave)
                self._offer(offers)
            offers.check()
            waves = [self._wave(vague, self.view.diffusion) for vague in self.view.vagues]
            exhibit = answer(self.view, waves)
            shown = showing.figure(exhibit)
        except Exception as error:  # noqa: BLE001 (an old figure beside new choices would be a lie)
            self.exhibit = None
            # Before the figure goes: nobody sees an empty desk that says nothing.
            self.message.value = showing.said(_why(error))
            self.figure.value = self.code.value = self.copy.value = self.no_rows.value = ""
            self.data.outputs = self.rows.outputs = ()
        else:
            self.exhibit = exhibit
            self.data.outputs = (showing.table(exhibit),)
            self.copy.value = exhibit.table.for_excel("\t")
            self.code.value = showing.code(f"import atc\n\n{self.view.code()}")
            self.message.value, self.figure.value = showing.said(offers.moved, "avis"), shown
            with self._quiet():
                column = self.view.groupe.partition(".")[2] or "groupe"
                _fill(self.answer, _codes(exhibit, "libelle", "modalite", "Toutes"), "")
                _fill(self.group, _codes(exhibit, "libelle_groupe", column, "Tous"), "")
            self._show_rows()
        self.keep.disabled = self.append.disabled = self.exhibit is None

    def _show_rows(self, _: object = None) -> None:
        """The rows behind the bar that is chosen, once their tab is looked at."""
        if self._silent:
            return
        # Those of another view go, whether or not somebody looks.
        self.rows.outputs, self.no_rows.value = (), ""
        if self.exhibit is None or _TABS[self.tabs.selected_index or 0] != "Lignes":
            return
        try:
            wave = self._wave(self.view.latest, self.view.diffusion)
            found = behind(self.view, wave, self.answer.value or "", self.group.value or "")
        except UsageError as error:
            self.no_rows.value = showing.said(str(error))
        else:
            self.rows.outputs = (showing.rows(found),)

    # --- what it keeps ---

    def _do(self, does: Callable[[], str]) -> None:
        try:
            told = does()
        except Exception as error:  # noqa: BLE001 (a button that does nothing and says nothing)
            self.kept.value = showing.said(_why(error), "refus")
        else:
            self.kept.value = showing.said(told, "garde")

    def _keep(self) -> str:
        files = keep.keep(self._project, self.view, self._answered())
        folder, names = self._project.relative(files[0].parent), ", ".join(path.name for path in files)
        return f"Gardé dans {folder} :\n{names}"

    def _append(self) -> str:
        self._answered()
        wave = self._wave(self.view.latest, self.view.diffusion)
        path = keep.append(self._project, self.name.value, self.view, wave)
        if path.parent == self._project.notebooks:
            return f"Ajouté au chapitre {self._project.relative(path)}.\n{_REDO}"
        return (
            f"Ajouté à la fin de {self._project.relative(path)}.\n"
            f"Pour en faire une page : .venv/bin/atc run --chapitre perso/{path.stem}"
        )

    def _answered(self) -> Exhibit:
        if self.exhibit is None:
            raise UsageError("Il n’y a pas de vue à garder : choisissez-en une autre.")
        return self.exhibit

    # --- what it puts together ---

    def _join(self) -> str:
        together = {**self.view.regrouper, self.label.value.strip(): tuple(self.together.value)}
        view = replace(self.view, regrouper=together)
        waves = [self._wave(vague, view.diffusion) for vague in view.vagues]
        if reason := refusal(view, waves):
            raise UsageError(reason)
        self.label.value = ""
        return self._regrouped(together)

    def _regrouped(self, together: Mapping[str, Sequence[str]]) -> str:
        with self._quiet():
            self.title.value = ""
        self._show(replace(self.view, regrouper=together, titre=""))
        return ""

    def _button(self, text: str, tooltip: str, does: Callable[[], str], style: str = "") -> widgets.Button:
        button = widgets.Button(description=text, tooltip=tooltip, button_style=style)
        button.on_click(lambda _: self._do(does))
        return button


def bureau(vague: str = "") -> Desk:
    """The desk of `notebooks/explorer.ipynb`: the same questions as `atc.explorer`, chosen in lists."""
    return Desk(vague)


def _why(error: Exception) -> str:
    if isinstance(error, AtcError):
        return str(error)
    return (
        "Cette vue n’a pas pu être calculée. Choisissez-en une autre, et signalez celle-ci à la personne qui "
        f"tient le projet, avec ce mot : {type(error).__name__}, {error}."
    )


def _codes(exhibit: Exhibit, label: str, code: str, whole: str) -> Options:
    """Answers, or groups, of the rows of a table with their codes, after all of them."""
    frame = exhibit.table.frame
    if not {label, code} <= set(frame.columns):
        return ()
    named = dict(zip(frame[label], frame[code], strict=True))
    return ((whole, ""), *((name, value) for name, value in named.items() if value != EVERYBODY[0]))


def _list(description: str) -> widgets.Dropdown:
    return widgets.Dropdown(description=description, layout=widgets.Layout(width="auto"))


def _fill(control: widgets.Dropdown, options: Options, value: object) -> None:
    """Offer these options, with this one chosen; a list without any has no place on the desk."""
    if tuple(control.options) != tuple(options):
        control.options = options
    control.value = value if options else None
    _display(control, shown=bool(options))


def _display(control: widgets.DOMWidget, *, shown: bool) -> None:
    control.layout.display = "" if shown else "none"
