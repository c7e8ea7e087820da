"""The desk: choose in lists, read the answer, keep it. Nothing to type, nothing to code.

The lists only offer what makes sense together (`atc.desk.offers`); what still has no answer is said in
French, in place.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import ipywidgets as widgets

from atc.desk import keep, showing
from atc.desk.answer import answer, behind
from atc.desk.offers import Offers, Options, refusal, settled
from atc.desk.view import LENSES, NUMBERS, View, refused
from atc.exhibits.forms import EVERYBODY
from atc.exhibits.model import Exhibit
from atc.exhibits.variables import ALL_ITEMS, FILTERS
from atc.survey.errors import AtcError, UsageError
from atc.survey.paths import find_project
from atc.survey.settings import load_settings
from atc.survey.waves import Wave, open_wave

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
_FILTERS = (*FILTERS, "autre", "valeur")
_TABS = ("Vue", "Tableau", "Copier", "Lignes", "Code")


class Desk(widgets.VBox):  # type: ignore[misc]
    """Controls, the ``view`` that they ask for, and the exhibit that answers; ``None`` when there is none."""

    def __init__(self, vague: str = "") -> None:
        self._project = find_project()
        self._settings = load_settings(self._project)
        self._wave: Callable[[str, str], Wave] = cache(open_wave)
        # Lists that change one another ask for one answer, not for ten.
        self._silent = True
        self.exhibit: Exhibit | None = None
        waves = (self._settings.wave(vague).id,) if vague else ()
        self.view = View(waves, self._settings.default_tier, LENSES, ALL_ITEMS)
        self.controls = {name: _list(label) for name, label in _LISTS.items()}
        answering, choosing = self._answering(), self._choosing()
        plan = widgets.Box([choosing.add_class("atc-choix"), answering.add_class("atc-reponse")])
        super().__init__([widgets.Output(outputs=(showing.engine(),)), plan.add_class("atc-plan")])
        self.add_class("atc-bureau")
        for control in (*self.controls.values(), self.title):
            control.observe(self._changed, names="value")
        for control in (self.answer, self.group):
            control.observe(self._show_rows, names="value")
        self.tabs.observe(self._show_rows, names="selected_index")
        self._show(self.view)

    def _choosing(self) -> widgets.VBox:
        self.together = widgets.SelectMultiple(description="Réponses", rows=4)
        self.label = widgets.Text(description="Sous le nom", continuous_update=False)
        self.join = self._button(
            "Réunir", "Une seule réponse à la place de celles que vous avez choisies", self._join
        )
        self.part = self._button(
            "Tout séparer", "Chaque réponse pour elle-même, comme avant", lambda: self._regrouped({})
        )
        joining = widgets.VBox([self.together, self.label, self.join, self.part])
        self.grouping = widgets.Accordion([joining], titles=["Réunir des réponses"])
        self.absent, self._filters_title = widgets.HTML(), widgets.HTML("<h3>Filtrer</h3>")
        lists = [control for name, control in self.controls.items() if name not in _FILTERS]
        filters = [self.controls[name] for name in _FILTERS]
        boxes = [widgets.Box(some).add_class("atc-listes") for some in (lists, filters)]
        heading = widgets.HTML("<h3>Choisir</h3>")
        return widgets.VBox([heading, boxes[0], self._filters_title, boxes[1], self.grouping, self.absent])

    def _answering(self) -> widgets.VBox:
        self.title = widgets.Text(description="Titre", placeholder="celui de la vue", continuous_update=False)
        self.keep = self._button(
            "Garder cette vue", "Figure, tableau et code dans notebooks/perso/vues", self._keep, "primary"
        )
        self.name = widgets.Text(value="mon_carnet", description="Carnet", continuous_update=False)
        self.append = self._button(
            "Ajouter au carnet", "Titre et code à la fin de ce carnet, dans notebooks/perso", self._append
        )
        self.message, self.figure, self.code = widgets.HTML(showing.said("")), widgets.HTML(), widgets.HTML()
        self.copy = widgets.Textarea(rows=14, layout=widgets.Layout(width="100%"))
        self.answer, self.group = _list("Réponse"), _list("Groupe")
        self.data, self.rows = widgets.Output(), widgets.Output()
        rows = widgets.VBox([widgets.HBox([self.group, self.answer]), self.rows])
        how = "<p class='atc-aide'>Cliquez dans le cadre, Ctrl+A, Ctrl+C, puis collez dans Excel.</p>"
        copying = widgets.VBox([widgets.HTML(how), self.copy])
        self.tabs = widgets.Tab([self.figure, self.data, copying, rows, self.code], titles=_TABS)
        # What keeps, and what it says, stand above the answer: below it, they are below the screen.
        keeping = widgets.Box([self.title, self.keep, self.name, self.append]).add_class("atc-garder")
        return widgets.VBox([keeping, self.message, self.tabs])

    # --- what the lists say, and offer ---

    def _changed(self, change: Any) -> None:
        if self._silent:
            return
        value = {name: control.value or "" for name, control in self.controls.items()}
        variable, table = value["variable"], value["table"]
        if table and variable.partition(".")[0] != table:
            variable = f"{table}."
        filters = {name: value[name] for name in FILTERS if value[name]}
        view = View(
            vagues=self.controls["vagues"].value or (),
            diffusion=value["diffusion"],
            analyse=value["analyse"],
            # Not every analysis has a variable: that of before comes back after it.
            variable=variable or self.view.variable or ALL_ITEMS,
            groupe=value["groupe"],
            filtres=filters | ({value["autre"]: value["valeur"]} if value["autre"] else {}),
            regrouper=self.view.regrouper,
            # A title is about one question: above another answer it would be a lie.
            titre=self.title.value.strip() if change["owner"] is self.title else "",
        )
        self._show(view)

    def _offer(self, offers: Offers) -> None:
        """Fill the lists; a `UsageError` tells that these readers may not see what was chosen."""
        view, other = self.view, next((name for name in self.view.filtres if name not in FILTERS), "")
        chosen = {**view.filtres, "autre": other, "valeur": view.filtres.get(other)}
        for name, control in self.controls.items():
            _fill(control, offers.lists.get(name, ()), chosen.get(name, getattr(view, name, "")))
        beside = "Second nombre" if view.analyse == NUMBERS else "Selon (groupe)"
        self.controls["groupe"].description, self.title.value = beside, view.titre
        _display(self._filters_title, shown=any(offers.lists.get(name) for name in _FILTERS))
        # First nothing chosen: the browser would look for it among options that are no longer there.
        self.together.value, self.together.options = (), offers.lists["reponses"]
        _display(self.grouping, shown=bool(offers.lists["reponses"]))
        _display(self.part, shown=bool(view.regrouper))
        self.absent.value = showing.folded("Ce que les listes n’offrent pas ici", offers.absent)
        if offers.refused:
            raise refused("au_lieu", pourquoi=offers.refused)

    # --- what it answers ---

    def _show(self, view: View) -> None:
        if view.diffusion != self.view.diffusion:
            # Meanwhile, what others may see must not stand under the name of these readers.
            self.message.value, self.figure.value = showing.said("Calcul en cours…", "avis"), ""
            self.data.outputs = self.rows.outputs = ()
        self.view, self._silent = view, True
        try:
            self.view, offers = settled(view, self._settings, self._wave)
            self._offer(offers)
            exhibit = answer(self.view, self._waves(self.view))
            shown, table = showing.figure(exhibit), showing.table(exhibit)
        except Exception as error:  # noqa: BLE001 (an old figure beside new choices would be a lie)
            self.exhibit = None
            # Before the figure goes: nobody sees an empty desk that says nothing.
            self.message.value = showing.said(_why(error))
            self.figure.value = self.code.value = self.copy.value = ""
            self.data.outputs = ()
        else:
            self.exhibit = exhibit
            self.data.outputs = (table,)
            self.copy.value = exhibit.table.for_excel("\t")
            self.code.value = showing.code(f"import atc\n\n{self.view.code()}")
            self.message.value, self.figure.value = showing.said(offers.moved, "avis"), shown
            column = self.view.groupe.partition(".")[2] or "groupe"
            _fill(self.answer, _codes(exhibit, "libelle", "modalite", "Toutes"), "")
            _fill(self.group, _codes(exhibit, "libelle_groupe", column, "Tous"), "")
        self._silent = False
        self._show_rows()
        self.keep.disabled = self.append.disabled = self.exhibit is None

    def _show_rows(self, _: object = None) -> None:
        """The rows behind the bar that is chosen, once their tab is looked at."""
        if self._silent:
            return
        # Those of another view go, whether or not somebody looks.
        self.rows.outputs = ()
        if self.exhibit is None or _TABS[self.tabs.selected_index or 0] != "Lignes":
            return
        try:
            wave = self._waves(self.view)[-1]
            found = behind(self.view, wave, self.answer.value or "", self.group.value or "")
            self.rows.outputs = (showing.rows(found),)
        except UsageError as error:
            self.rows.outputs = (showing.output(showing.said(str(error)), str(error)),)

    # --- what its buttons do ---

    def _button(self, text: str, tooltip: str, does: Callable[[], str], style: str = "") -> widgets.Button:
        """A button, whose answer or refusal is said above the figure: never nothing."""

        def clicked(_: object) -> None:
            try:
                told, kind = does(), "garde"
            except Exception as error:  # noqa: BLE001 (a button that does nothing and says nothing)
                told, kind = _why(error), "refus"
            if told:
                self.message.value = showing.said(told, kind)

        button = widgets.Button(description=text, tooltip=tooltip, button_style=style)
        button.on_click(clicked)
        return button

    def _keep(self) -> str:
        if self.exhibit is None:
            return ""
        files = keep.keep(self._project, self.view, self.exhibit)
        folder, names = self._project.relative(files[0].parent), ", ".join(path.name for path in files)
        return f"Gardé dans {folder} :\n{names}"

    def _append(self) -> str:
        path = keep.append(self._project, self.name.value, self.view, self._waves(self.view)[-1])
        shown = self._project.relative(path)
        if path.parent == self._project.notebooks:
            told = (f"Ajouté au chapitre {shown}.", "Pour refaire le rapport : .venv/bin/atc run")
        else:
            redo = f"Pour en faire une page : .venv/bin/atc run --chapitre perso/{path.stem}"
            told = (f"Ajouté à la fin de {shown}.", redo)
        return "\n".join(told)

    def _join(self) -> str:
        together = {**self.view.regrouper, self.label.value.strip(): tuple(self.together.value)}
        view = replace(self.view, regrouper=together)
        if reason := refusal(view, self._waves(view), values=True):
            raise UsageError(reason)
        self.label.value = ""
        return self._regrouped(together)

    def _regrouped(self, together: Mapping[str, Sequence[str]]) -> str:
        self._show(replace(self.view, regrouper=together, titre=""))
        return ""

    def _waves(self, view: View) -> list[Wave]:
        return [self._wave(vague, view.diffusion) for vague in view.vagues]


#: The desk of `notebooks/explorer.ipynb`: the same questions as `atc.explorer`, chosen in lists.
bureau = Desk


def _why(error: Exception) -> str:
    known = error if isinstance(error, AtcError) else None
    return str(known or refused("imprevu", erreur=f"{type(error).__name__}, {error}"))


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
