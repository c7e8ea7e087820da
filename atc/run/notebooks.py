"""The notebooks that a run executes, read strictly before anything runs: every fault is told at once.

Chapters of the report, notebooks of one's own under `notebooks/perso`, and the one notebook that is run for
each territory, which gives its sheet. papermill takes any parameter and any value, and only warns: a misspelt
one gives a report made on the defaults. Here they are few, named, typed, and declared in the notebook.
"""

from __future__ import annotations

import ast
import csv
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atc.survey.errors import UsageError, shown
from atc.survey.paths import Project
from atc.survey.typography import french

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: How `atc run --chapitre` names notebooks of one's own: as they are named from the notebooks' folder.
PREFIX = "perso/"
#: The notebook of the sheets.
SHEET = "fiche_territoire"
# Sheets show the answers of a few people; executed notebooks may show rows: both stay in this circle.
INTERNAL = "interne"
# Every chapter declares these, each as text; the sheet of a territory, one more.
NAMES = ("vague", "diffusion")
SHEET_NAMES = (*NAMES, "territoire")
# Tags: of the cell that declares them, and of the one that papermill adds, with the values of a run.
PARAMETERS, INJECTED = "parameters", "injected-parameters"


class BadNotebook(ValueError):
    """A notebook that cannot be run; its arguments are the faults, in French."""


def read_source(path: Path, names: Sequence[str] = NAMES) -> NotebookNode:
    """Read one notebook and check it, its parameters too; `BadNotebook` tells every fault."""
    notebook = _read(path)
    if faults := list(_faults(notebook, names)):
        raise BadNotebook(*faults)
    return notebook


def _read(path: Path) -> NotebookNode:
    # Whoever finds that nothing changed does not wait for it.
    from atc.rendering.outputs import nbformat  # noqa: PLC0415

    own = PREFIX if path.parent.name == PREFIX[:-1] else ""
    shown_as = f"notebooks/{own}{path.name}"
    if not (path.exists() or path.is_symlink()):
        raise BadNotebook(
            f"{shown_as} n’existe pas. Créez-le, ou retirez-le de la liste des "
            f"{'annexes' if own else 'chapitres'} de report.toml."
        )
    try:
        # A named pipe would never end; no file begins so.
        text = path.read_text(encoding="utf-8") if path.is_file() else "\0"
    except (UnicodeDecodeError, OSError):
        text = "\0"
    if text == "\0":
        raise BadNotebook(f"{shown_as} n’est pas lisible. Remettez un fichier de carnet à cette place.")
    try:
        raw = json.loads(text)
        if not isinstance(raw, dict) or (raw.get("nbformat"), raw.get("nbformat_minor", 0) >= 5) != (4, True):
            raise BadNotebook(
                f"{shown_as} n’est pas un carnet au format 4.5. "
                "Ouvrez-le puis enregistrez-le avec JupyterLab."
            )
        with warnings.catch_warnings():
            # nbformat only warns of missing or repeated ids, and draws others: no page could be made twice.
            warnings.simplefilter("error")
            nbformat.validate(raw)
        return node(nbformat.reads(text, as_version=4))  # type: ignore[no-untyped-call]
    except json.JSONDecodeError as error:
        raise BadNotebook(
            f"{shown_as}, ligne {error.lineno} : ce n’est pas du JSON lisible. "
            "Reprenez la dernière bonne version du carnet."
        ) from error
    except (nbformat.ValidationError, TypeError, Warning) as error:
        reason = str(error).splitlines()[0]
        raise BadNotebook(
            f"{shown_as} n’est pas un carnet valide ({reason}). Enregistrez-le de nouveau avec JupyterLab."
        ) from error


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


def _faults(notebook: NotebookNode, names: Sequence[str]) -> Iterator[str]:
    if not title_of(notebook.cells):
        yield "la première cellule doit être en Markdown et commencer par le titre du chapitre : « # Titre »"
    if tagged(notebook, INJECTED):
        yield "une cellule « injected-parameters » reste d’une exécution : supprimez-la"
    cells = tagged(notebook, PARAMETERS)
    if len(cells) != 1 or cells[0].cell_type != "code":
        yield f"il faut une cellule de code marquée « parameters », et une seule (trouvé : {len(cells)})"
    trees: dict[str, ast.Module] = {}
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in codes:
        try:
            trees[cell.id] = _parsed(cell.source)
        except (SyntaxError, ValueError) as error:
            yield (
                f"cellule {cell.id}, ligne {getattr(error, 'lineno', None) or 1} : ce n’est pas du Python. "
                "Les commandes « ! » et « % » ne sont pas admises dans un chapitre"
            )
    if len(cells) != 1 or len(trees) < len(codes) or cells[0].cell_type != "code":
        return
    yield from _undeclared(trees.pop(cells[0].id), names)
    for id_, tree in trees.items():
        named = (each for each in ast.walk(tree) if isinstance(each, ast.Name))
        for name in sorted({each.id for each in named if isinstance(each.ctx, ast.Store)} & {*names}):
            yield f"cellule {id_} : le paramètre « {name} » y est remplacé. Donnez un autre nom"


def _parsed(source: str) -> ast.Module:
    """The syntax tree of a cell, where ``await`` may stand alone."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, "cellule", "exec", flags=flags)
    assert isinstance(tree, ast.Module)
    return tree


def _declared(declaring: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Line, name and text of each ``nom: str = "texte"``; no name where something else stands."""
    for statement in declaring.body:
        match statement:
            case ast.AnnAssign(
                target=ast.Name(id=name),
                annotation=ast.Name(id="str"),
                value=ast.Constant(value=str(text)),
            ):
                yield statement.lineno, name, text
            case _:
                yield statement.lineno, "", ""


def _undeclared(declaring: ast.Module, names: Sequence[str]) -> Iterator[str]:
    declared = list(_declared(declaring))
    for line, name, _ in declared:
        if name not in names:
            yield (
                f'cellule « parameters », ligne {line} : écrivez nom: str = "valeur", '
                f"avec un de ces noms : {', '.join(names)}"
            )
    for name in names:
        if (found := [each for _, each, _ in declared].count(name)) != 1:
            yield f"le paramètre « {name} », de type str, doit être déclaré une fois (trouvé : {found})"


# --- notebooks of one's own ---


def own_notebook(project: Project, chapitres: Sequence[str]) -> str:
    """Name of the notebook that a run is asked for, without `PREFIX`; empty when it is asked for chapters.

    `UsageError`: it is named beside something else, or there is no such notebook.
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


def own_defaults(project: Project, name: str) -> dict[str, str]:
    """The parameters that a notebook of one's own gives itself: they hold unless others are asked for.

    `UsageError`, with its faults, if it cannot be read as a chapter.
    """
    try:
        return declared_texts(read_source(project.own_notebooks / f"{name}.ipynb"))
    except BadNotebook as error:
        faults = "\n".join(f"{PREFIX}{name} : {fault}" for fault in error.args)
        raise UsageError(faults) from error


def declared_texts(notebook: NotebookNode) -> dict[str, str]:
    """The texts that the parameters of a notebook are given in it."""
    cells = tagged(notebook, PARAMETERS)
    return {name: text for cell in cells for _, name, text in _declared(_parsed(cell.source)) if name}


def sheet_titles(project: Project, vague: str) -> dict[str, str]:
    """The territories of a wave that was validated, with the title of their sheets, communes in order.

    Read without pandas, which would cost a second to a run that has nothing to do.
    """
    path = project.raw(vague) / "territoires.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        sites = {row["territoire"]: row["commune"] for row in csv.DictReader(stream)}
    return {
        code: french(f"{commune} : fiche de territoire")
        for code, commune in sorted(sites.items(), key=lambda site: site[1])
    }
