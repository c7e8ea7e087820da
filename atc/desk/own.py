"""A notebook of one's own under `notebooks/perso`: views are added to it, `atc run` makes a page of it."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from atc.desk.keeping import plain
from atc.desk.view import View
from atc.errors import UsageError, shown
from atc.execution.own import declared
from atc.exhibits.variables import variable
from atc.paths import Project
from atc.settings import Settings
from atc.typography import capitalise, french, lower_first
from atc.waves import Wave

#: Names that are taken: the desk itself.
_RESERVED = ("explorer",)


def append(project: Project, name: str, view: View, wave: Wave) -> Path:
    """Add a view at the end of a notebook of one's own: a heading, and the call that answers it.

    The call takes its wave and its tier from the parameters of the notebook: a page that is made for wider
    readers is masked for them, whoever looked at the view first.

    Args:
        project: Whose `notebooks/perso` holds it.
        name: Of the notebook, made if it is not there yet.
        view: What was asked.
        wave: The wave of the view, or the latter of two.

    Raises:
        UsageError: The name is no name, the notebook cannot be read, is about another wave, or has
            this view already.
    """
    path = project.own_notebooks / f"{_name(name)}.ipynb"
    notebook = _read(project, path) if path.exists() else _blank(path.stem, view)
    donnees = _source(project, path, notebook, view, wave.report)
    if any(cell.source == view.call(donnees) for cell in notebook.cells):
        raise UsageError(f"Cette vue est déjà dans {project.relative(path)}. Changez un choix, ou de carnet.")
    number, taken = 1, {cell.get("id") for cell in notebook.cells}
    while {f"texte-{number}", f"vue-{number}"} & taken:
        number += 1
    notebook.cells += [
        _cell(
            "markdown", f"texte-{number}", f"## {_heading(view, wave)}\n\nÉcrivez ici ce que vous en retenez."
        ),
        _cell("code", f"vue-{number}", view.call(donnees)),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside it first: a notebook that took an afternoon is not lost to a full disk.
    beside = path.with_name(f".{path.name}.tmp")
    nbformat.write(notebook, beside)  # type: ignore[no-untyped-call]
    beside.replace(path)
    return path


def _name(name: str) -> str:
    found = plain(name.strip().removesuffix(".ipynb").removeprefix("perso/")).replace("-", "_")
    if not found or found in _RESERVED:
        raise UsageError(
            f"« {shown(name)} » ne convient pas pour un carnet. Écrivez quelques lettres, par exemple "
            "« mon_carnet »."
        )
    return found


def _heading(view: View, wave: Wave) -> str:
    if not view.variable:
        return capitalise(view.analyse)
    label = variable(wave.dictionary, view.variable).label
    return french(f"{capitalise(view.analyse)} : {lower_first(label)}")


def _read(project: Project, path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call, no-any-return]
    except (ValueError, OSError) as error:
        raise UsageError(
            f"Le carnet {project.relative(path)} ne se lit plus. Choisissez un autre nom de carnet."
        ) from error


def _blank(name: str, view: View) -> NotebookNode:
    notebook: NotebookNode = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    parameters = f'vague: str = "{view.latest}"\ndiffusion: str = "{view.diffusion}"'
    notebook.cells = [
        _cell("markdown", "titre", f"# {capitalise(name.replace('_', ' '))}"),
        _cell("code", "parametres", parameters, ["parameters"]),
        _cell("code", "ouverture", "import atc\n\ndonnees = atc.open_wave(vague, diffusion)"),
    ]
    return notebook


def _cell(kind: str, id_: str, source: str, tags: list[str] | None = None) -> NotebookNode:
    make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
    metadata = {"tags": tags} if tags else {}
    return make(source, id=id_, metadata=metadata)  # type: ignore[no-untyped-call, no-any-return]


def _source(project: Project, path: Path, notebook: NotebookNode, view: View, settings: Settings) -> str:
    """Python that gives the wave of the view: that of the notebook, or the one before it."""
    named = declared(notebook).get("vague", "")
    if named == view.latest:
        return "donnees"
    if named in settings.waves and settings.wave(named).previous == view.latest:
        return "donnees.previous()"
    raise UsageError(
        f"Le carnet {project.relative(path)} porte sur « {named or 'aucune vague'} », et cette vue sur "
        f"« {view.latest} ». Choisissez un autre nom de carnet."
    )
