"""The notebooks that a run executes, read strictly before anything runs: every fault is told at once.

Chapters of the report, notebooks of one's own under `notebooks/perso`, and the one notebook that is run for
each territory, which gives its sheet.
"""

from __future__ import annotations

import ast
import csv
import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atc.run.parameters import INJECTED, NAMES, PARAMETERS, declared_parameters, parameter_faults
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


@dataclass(frozen=True)
class Source:
    """A notebook as it is written."""

    slug: str  # its name, without its extension
    title: str  # with the spaces of French typography
    notebook: NotebookNode


class BadNotebook(ValueError):
    """A notebook that cannot be run; its arguments are the faults, in French."""


def read_source(folder: Path, slug: str, names: Sequence[str] = NAMES) -> Source:
    """Read one notebook and check it, its parameters too; `BadNotebook` tells every fault."""
    notebook = _read(folder / f"{slug}.ipynb")
    faults = list(_faults(notebook, names))
    if faults:
        raise BadNotebook(*faults)
    return Source(slug, french(_title(notebook)), notebook)


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
        text = _text(path)
    except (UnicodeDecodeError, OSError) as error:
        raise BadNotebook(
            f"{shown_as} n’est pas lisible. Remettez un fichier de carnet à cette place."
        ) from error
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


def _text(path: Path) -> str:
    if not path.is_file():  # a named pipe would never end
        raise OSError(path)
    return path.read_text(encoding="utf-8")


def node(notebook: NotebookNode | dict[str, Any]) -> NotebookNode:
    """A notebook of its own, typed: nbformat's functions say nothing of what they return."""
    from atc.rendering.outputs import NotebookNode, nbformat  # noqa: PLC0415

    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))  # type: ignore[no-untyped-call]
    assert isinstance(copy, NotebookNode)
    return copy


def tagged(notebook: NotebookNode, tag: str) -> list[NotebookNode]:
    """Cells that carry a tag."""
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def _title(notebook: NotebookNode) -> str:
    lines = notebook.cells[0].source.splitlines() if notebook.cells else []
    is_title = lines and notebook.cells[0].cell_type == "markdown" and lines[0].startswith("# ")
    return lines[0].removeprefix("# ").strip() if is_title else ""


def _faults(notebook: NotebookNode, names: Sequence[str]) -> Iterator[str]:
    if not _title(notebook):
        yield "la première cellule doit être en Markdown et commencer par le titre du chapitre : « # Titre »"
    if tagged(notebook, INJECTED):
        yield "une cellule « injected-parameters » reste d’une exécution : supprimez-la"
    cells = tagged(notebook, PARAMETERS)
    if len(cells) != 1 or cells[0].cell_type != "code":
        yield f"il faut une cellule de code marquée « parameters », et une seule (trouvé : {len(cells)})"
    broken = list(_not_python(notebook))
    yield from broken
    if broken or len(cells) != 1:
        return
    declared, faults = declared_parameters(cells[0].source)
    yield from faults
    if not faults:
        yield from parameter_faults(declared, names)
        yield from _overwritten(notebook, set(declared))


def _parsed(source: str) -> ast.Module:
    """The syntax tree of a cell, where ``await`` may stand alone."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, "cellule", "exec", flags=flags)
    assert isinstance(tree, ast.Module)
    return tree


def _not_python(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        try:
            _parsed(cell.source)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            yield (
                f"cellule {cell.id}, ligne {line} : ce n’est pas du Python. "
                "Les commandes « ! » et « % » ne sont pas admises dans un chapitre"
            )


def _overwritten(notebook: NotebookNode, names: set[str]) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type != "code" or PARAMETERS in cell.metadata.get("tags", []):
            continue
        stored = {
            node.id
            for node in ast.walk(_parsed(cell.source))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for name in sorted(stored & names):
            yield f"cellule {cell.id} : le paramètre « {name} » y est remplacé. Donnez un autre nom"


# --- notebooks of one's own ---


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


def own_defaults(project: Project, name: str) -> dict[str, str]:
    """The parameters that a notebook of one's own gives itself: they hold unless others are asked for.

    Raises:
        UsageError: It cannot be read as a chapter; with its faults.
    """
    try:
        return declared_texts(read_source(project.own_notebooks, name).notebook)
    except BadNotebook as error:
        faults = "\n".join(f"{PREFIX}{name} : {fault}" for fault in error.args)
        raise UsageError(faults) from error


def declared_texts(notebook: NotebookNode) -> dict[str, str]:
    """The texts that the parameters of a notebook are given in it."""
    values: dict[str, str] = {}
    for cell in tagged(notebook, PARAMETERS):
        for statement in _parsed(cell.source).body:
            match statement:
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(value))):
                    values[name] = value
    return values


# --- the sheets of the territories ---


def check_sheets(diffusion: str, chapitres: Sequence[str]) -> None:
    """Refuse sheets outside the tightest circle, and sheets mixed with chapters."""
    if diffusion != INTERNAL:
        raise UsageError(
            f"Les fiches de territoire se font en diffusion « {INTERNAL} », non « {shown(diffusion)} » : "
            f"elles montrent les réponses de quelques personnes. Relancez avec --diffusion {INTERNAL}."
        )
    if chapitres:
        raise UsageError(
            "Les fiches de territoire ne sont pas des chapitres. Choisissez --fiches ou --chapitre."
        )


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
