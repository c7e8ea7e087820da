"""Notebooks of one's own, under `notebooks/perso`: made into pages like chapters, apart from any report."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from atc.errors import UsageError, shown
from atc.execution.parameters import PARAMETERS
from atc.paths import Project

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: How `atc run --chapitre` names them: as they are named from the notebooks' folder.
PREFIX = "perso/"


def own_notebook(project: Project, chapitres: Sequence[str]) -> str:
    """Name of the notebook that a run is asked for, without `PREFIX`; empty when it is asked for chapters.

    Raises:
        UsageError: It is named beside something else, or there is no such notebook.
    """
    if not any(name.startswith(PREFIX) for name in chapitres):
        return ""
    if len(chapitres) > 1:
        raise UsageError(
            "Un carnet personnel se fait seul : relancez avec un seul --chapitre perso/… à la fois."
        )
    name = chapitres[0].removeprefix(PREFIX).removesuffix(".ipynb")
    known = sorted(path.stem for path in project.own_notebooks.glob("*.ipynb"))
    if name not in known:
        listed = ", ".join(f"{PREFIX}{found}" for found in known) or "aucun pour l’instant"
        raise UsageError(
            f"Le carnet « {shown(chapitres[0])} » est introuvable. Carnets personnels : {listed}."
        )
    return name


def defaults(project: Project, name: str) -> dict[str, str]:
    """The parameters that a notebook of one's own gives itself: they hold unless others are asked for.

    Raises:
        UsageError: It cannot be read as a chapter; with its faults.
    """
    # Every run comes by this module; few have a notebook to read.
    from atc.execution.notebooks import BadNotebook, read_source  # noqa: PLC0415

    try:
        return declared(read_source(project.own_notebooks, name).notebook)
    except BadNotebook as error:
        faults = "\n".join(f"{PREFIX}{name} : {fault}" for fault in error.args)
        raise UsageError(faults) from error


def declared(notebook: NotebookNode) -> dict[str, str]:
    """The texts that the parameters of a notebook are given in it."""
    from atc.execution.notebooks import parse, tagged  # noqa: PLC0415

    values: dict[str, str] = {}
    for cell in tagged(notebook, PARAMETERS):
        for statement in parse(cell.source).body:
            match statement:
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(value))):
                    values[name] = value
    return values
