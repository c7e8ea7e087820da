"""The notebooks of the chapters, read strictly before anything runs: every fault of each is told at once."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atc.execution.parameters import INJECTED, NAMES, PARAMETERS, declared_parameters, parameter_faults
from atc.nbformat import NotebookNode, nbformat
from atc.typography import french


@dataclass(frozen=True)
class Source:
    """A chapter as it is written.

    Attributes:
        slug: Name of the notebook, without its extension.
        title: Title of the chapter, with the spaces of French typography.
        notebook: Its cells.
    """

    slug: str
    title: str
    notebook: NotebookNode


class BadNotebook(ValueError):
    """A notebook that cannot be run; its arguments are the faults, in French."""


def read_source(folder: Path, slug: str, names: Sequence[str] = NAMES) -> Source:
    """Read and check one chapter.

    Args:
        folder: The notebooks.
        slug: The chapter.
        names: Parameters that it must declare.

    Raises:
        BadNotebook: With every fault that was found.
    """
    notebook = _read(folder / f"{slug}.ipynb")
    faults = list(_faults(notebook, names))
    if faults:
        raise BadNotebook(*faults)
    return Source(slug, french(_title(notebook)), notebook)


def _read(path: Path) -> NotebookNode:
    shown = f"notebooks/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BadNotebook(
            f"{shown} n’existe pas. Créez-le, ou retirez-le de la liste des chapitres de report.toml."
        ) from error
    except (UnicodeDecodeError, OSError) as error:
        raise BadNotebook(
            f"{shown} n’est pas lisible. Remettez un fichier de carnet à cette place."
        ) from error
    try:
        raw = json.loads(text)
        if not isinstance(raw, dict) or (raw.get("nbformat"), raw.get("nbformat_minor", 0) >= 5) != (4, True):
            raise BadNotebook(
                f"{shown} n’est pas un carnet au format 4.5. Ouvrez-le puis enregistrez-le avec JupyterLab."
            )
        with warnings.catch_warnings():
            # nbformat only warns of missing or repeated ids, and draws others: no page could be made twice.
            warnings.simplefilter("error")
            nbformat.validate(raw)
        return node(nbformat.reads(text, as_version=4))  # type: ignore[no-untyped-call]
    except json.JSONDecodeError as error:
        raise BadNotebook(
            f"{shown}, ligne {error.lineno} : ce n’est pas du JSON lisible. "
            "Reprenez la dernière bonne version du carnet."
        ) from error
    except (nbformat.ValidationError, TypeError, Warning) as error:
        reason = str(error).splitlines()[0]
        raise BadNotebook(
            f"{shown} n’est pas un carnet valide ({reason}). Enregistrez-le de nouveau avec JupyterLab."
        ) from error


def node(notebook: NotebookNode | dict[str, Any]) -> NotebookNode:
    """A notebook of its own, typed: nbformat's functions say nothing of what they return."""
    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))  # type: ignore[no-untyped-call]
    assert isinstance(copy, NotebookNode)
    return copy


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


def tagged(notebook: NotebookNode, tag: str) -> list[NotebookNode]:
    """Cells that carry a tag."""
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def parse(source: str) -> ast.Module:
    """The syntax tree of a cell, where ``await`` may stand alone.

    Raises:
        SyntaxError: It is not Python: ``!`` and ``%`` are IPython's.
    """
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, "cellule", "exec", flags=flags)
    assert isinstance(tree, ast.Module)
    return tree


def _not_python(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        try:
            parse(cell.source)
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
            for node in ast.walk(parse(cell.source))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for name in sorted(stored & names):
            yield f"cellule {cell.id} : le paramètre « {name} » y est remplacé. Donnez un autre nom"
