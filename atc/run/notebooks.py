"""The notebooks that a run executes, read strictly before anything runs: every fault is told at once.

Chapters of the report, notebooks of one's own under `notebooks/perso`, and the one notebook that is run for
each territory, which gives its sheet. papermill takes any parameter, and only warns: a misspelt one gives a
report made on the defaults. Here each notebook declares those that it is given.
"""

from __future__ import annotations

import ast
import csv
import json
import re
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atc.survey.errors import Messages, NotebookFailed, UsageError, shown
from atc.survey.paths import Project
from atc.survey.settings import ANNEX
from atc.survey.typography import french

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: How `atc run --chapitre` names notebooks of one's own: as they are named from the notebooks' folder.
PREFIX = "perso/"
# Sheets show the answers of a few people; executed notebooks may show rows: both stay in this circle.
INTERNAL = "interne"
# Every chapter declares these, each as text.
NAMES = ("vague", "diffusion")
# Tags: of the cell that declares them, and of the one that papermill adds, with the values of a run.
PARAMETERS, INJECTED = "parameters", "injected-parameters"
_DECLARED = re.compile(r"""^(\w+) *: *str *= *["']([^"'\n]*)["'] *(?:#.*)?$""", re.MULTILINE)
_said = Messages(__name__)


def file_name(slug: str) -> str:
    """Where the notebook of a chapter stands in the project: an annex is a notebook of one's own."""
    return f"notebooks/{re.sub(f'^{ANNEX}', PREFIX, slug)}.ipynb"


def read_source(path: Path, names: Collection[str] = NAMES) -> NotebookNode:
    """Read one notebook and check it, its parameters too; `NotebookFailed` has one line for each fault."""
    # Whoever finds that nothing changed does not wait for it.
    from atc.rendering.outputs import nbformat  # noqa: PLC0415

    own = path.parent.name == PREFIX[:-1]
    name = f"{PREFIX if own else ''}{path.stem}"
    file = f"notebooks/{name}.ipynb"
    if not (path.exists() or path.is_symlink()):
        raise NotebookFailed(f"{name} : {_said('absent', file=file, list='annexes' if own else 'chapitres')}")
    try:
        # A named pipe would never end.
        raw = json.loads(path.read_bytes() if path.is_file() else "null")
        with warnings.catch_warnings():
            # nbformat only warns of missing or repeated ids, and draws others: no page could be made twice.
            warnings.simplefilter("error")
            nbformat.validate(raw, version=4, version_minor=5)
        notebook = node(nbformat.reads(json.dumps(raw), as_version=4))  # type: ignore[no-untyped-call]
    except Exception as error:
        line = f", ligne {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise NotebookFailed(f"{name} : {_said('invalid', file=file, line=line)}") from error
    if faults := list(_faults(notebook, names)):
        raise NotebookFailed("\n".join(f"{name} : {fault}" for fault in faults))
    return notebook


def node(notebook: NotebookNode | dict[str, Any]) -> NotebookNode:
    """A notebook of its own, typed: nbformat's functions say nothing of what they return."""
    from atc.rendering.outputs import NotebookNode, nbformat  # noqa: PLC0415

    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))  # type: ignore[no-untyped-call]
    assert isinstance(copy, NotebookNode)
    return copy


def tagged(notebook: NotebookNode, tag: str) -> list[NotebookNode]:
    """Cells that carry a tag."""
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def title_of(cells: Sequence[Mapping[str, Any]]) -> str:
    """The title that the first cell gives, with the spaces of French typography; empty if it gives none."""
    text = "".join(cells[0]["source"]) if cells and cells[0]["cell_type"] == "markdown" else ""
    title = text.partition("\n")[0]
    return french(title.removeprefix("# ").strip()) if title.startswith("# ") else ""


def _faults(notebook: NotebookNode, names: Collection[str]) -> Iterator[str]:
    if not title_of(notebook.cells):
        yield _said("no_title")
    if tagged(notebook, INJECTED):
        yield _said("injected")
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if language != "python":
        yield _said("other_language", language=shown(str(language)))
        return
    declaring = [cell for cell in tagged(notebook, PARAMETERS) if cell.cell_type == "code"]
    if len(declaring) != 1:
        yield _said("parameters", count=len(declaring))
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        try:
            # ``await`` may stand alone.
            flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            tree: ast.Module = compile(cell.source, "cellule", "exec", flags=flags)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            text = "".join(cell.source.splitlines()[line - 1 : line]).strip()
            yield _said("no_python", cell=cell.id, line=line, text=shown(text))
            continue
        if cell in declaring:
            told = declared_texts(notebook)
            yield from (_said("undeclared", name=name) for name in names if name not in told)
            continue
        named = (each for each in ast.walk(tree) if isinstance(each, ast.Name))
        for name in sorted({each.id for each in named if isinstance(each.ctx, ast.Store)} & {*names}):
            yield _said("replaced", cell=cell.id, name=name)


def declared_texts(notebook: NotebookNode) -> dict[str, str]:
    """The texts that the parameters of a notebook are given in it."""
    return dict(found for cell in tagged(notebook, PARAMETERS) for found in _DECLARED.findall(cell.source))


# --- notebooks of one's own, sheets ---


def own_notebook(project: Project, chapitres: Sequence[str]) -> str:
    """Name of the notebook that a run is asked for, without `PREFIX`; empty when it is asked for chapters."""
    if not any(name.startswith(PREFIX) for name in chapitres):
        return ""
    if len(chapitres) > 1:
        raise UsageError(_said("alone"))
    name = chapitres[0].removeprefix(PREFIX).removesuffix(".ipynb")
    known = sorted(path.stem for path in project.own_notebooks.glob("*.ipynb"))
    if name not in known:
        listed = ", ".join(f"{PREFIX}{found}" for found in known) or "aucun pour l’instant"
        raise UsageError(_said("unknown", name=shown(chapitres[0]), known=listed))
    return name


def own_defaults(project: Project, name: str) -> dict[str, str]:
    """The parameters that a notebook of one's own gives itself: they hold unless others are asked for."""
    return declared_texts(read_source(project.own_notebooks / f"{name}.ipynb"))


def sheet_titles(project: Project, vague: str) -> dict[str, str]:
    """The territories of a wave that was validated, with the title of their sheets, communes in order."""
    # Without pandas, which would cost a second to a run that has nothing to do.
    with (project.raw(vague) / "territoires.csv").open(encoding="utf-8-sig", newline="") as stream:
        sites = sorted((row["commune"], row["territoire"]) for row in csv.DictReader(stream))
    return {code: french(f"{commune} : fiche de territoire") for commune, code in sites}
