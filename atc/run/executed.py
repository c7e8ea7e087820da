"""Executed notebooks: how they are made, what may stay in them, new text around outputs that stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from atc.errors import NotebookFailed, shown
from atc.files import write
from atc.nbformat import NotebookNode
from atc.run.child import Launcher
from atc.run.execution import execute, one_line
from atc.run.manifest import Reads
from atc.run.notebooks import node, tagged
from atc.run.parameters import INJECTED, PARAMETERS
from atc.run.tasks import ChapterTask, Executed

EXHIBIT_MIME = "application/vnd.atc.exhibits+json"
PROSE_MIME = "application/vnd.atc.prose+json"
ALLOWED_MIME = frozenset({"text/plain", "text/html", EXHIBIT_MIME, PROSE_MIME})
_TRACEBACKS = ("Traceback (most recent call last)", "Exception in thread", "Exception ignored in")


def executed(launcher: Launcher, task: ChapterTask) -> Executed:
    """Execute a notebook in a process of its own, and keep a clean copy if all went well.

    Args:
        launcher: Starts the process.
        task: The notebook.

    Raises:
        NotebookFailed: With one line for each fault.
    """
    root = task.project.root
    found = execute(
        launcher,
        task.notebook,
        task.parameters,
        root=root,
        folder=root / task.working,
        limits=task.limits,
        kernel=task.kernel,
    )
    cells = found.notebook.cells if found.notebook else []
    faults = [f"{_place(cell)} : {fault}" for cell in cells for fault in output_faults(cell)]
    if faults or found.faults or found.notebook is None:
        raise NotebookFailed("\n".join(f"{task.slug}, {fault}" for fault in (*faults, *found.faults)))
    sha256 = write_carnet(clean(found.notebook), task.folder / f"{task.slug}.ipynb")
    return Executed(sha256, Reads(found.files, found.columns or {}))


def _place(cell: NotebookNode) -> str:
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    return f"cellule {cell.id} ({shown(first)})"


def output_faults(cell: NotebookNode) -> Iterator[str]:
    """What a cell showed that no page may hold, in French."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            if output.name == "stdout":
                yield "elle écrit du texte (print) : affichez une figure, un tableau ou une phrase calculée"
            elif any(sign in output.text for sign in _TRACEBACKS):
                yield f"une erreur est passée inaperçue : {one_line(output.text.strip().splitlines()[-1])}"
        elif output.output_type == "error":
            yield one_line(f"{output.ename} : {output.evalue}")
        else:
            unknown = sorted(set(output.data) - ALLOWED_MIME)
            if unknown:
                yield f"elle montre un contenu qui n’est pas admis ({', '.join(unknown)})"
            elif "text/html" not in output.data and "remove" not in cell.metadata.get("tags", []):
                yield "elle montre un texte brut : affichez une figure, un tableau ou une phrase calculée"


def clean(notebook: NotebookNode) -> NotebookNode:
    """The copy that is kept: no warning, no time, no path, no random id.

    It can be opened and executed again from the project: the parameters stay in it.
    """
    kept = node(notebook)
    kept.metadata = node(
        {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        }
    )
    for cell in tagged(kept, INJECTED):
        cell.id = "parametres-injectes"
    count = 0
    for cell in kept.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = node({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            count += bool(cell.source.strip())
            _renumber(cell, count if cell.source.strip() else None)
    return kept


def _renumber(cell: NotebookNode, count: int | None) -> None:
    cell.execution_count = count
    cell.outputs = [o for o in cell.outputs if o.output_type != "stream"]
    for output in cell.outputs:
        if "execution_count" in output:
            output.execution_count = count


def write_carnet(notebook: NotebookNode, path: Path) -> str:
    """Write an executed notebook that was cleaned.

    Returns:
        Its hash.
    """
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return write(path, text.encode())


def reworded(notebook: NotebookNode, carnet: NotebookNode) -> NotebookNode:
    """The executed copy of a notebook, with the outputs of a copy executed before its text changed.

    Outputs rest on the code cells alone: the result is, byte for byte, what executing the chapter would give.

    Args:
        notebook: As written today.
        carnet: As executed and cleaned; its code cells are those of the notebook.

    Raises:
        ValueError: A code cell is not the same in both: these outputs are not its own.
    """
    former = [cell for cell in carnet.cells if cell.cell_type == "code"]
    injected = tagged(carnet, INJECTED)
    written = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [_code(cell) for cell in written] != [_code(cell) for cell in former if cell not in injected]:
        raise ValueError("the code cells are not those that gave these outputs")
    outputs = {cell.id: cell for cell in former}
    copy = node(notebook)
    copy.cells = [outputs[cell.id] if cell.cell_type == "code" else cell for cell in copy.cells]
    (place,) = (i for i, cell in enumerate(copy.cells) if PARAMETERS in cell.metadata.get("tags", []))
    # Where papermill puts it.
    copy.cells[place + 1 : place + 1] = injected
    return clean(copy)


def _code(cell: NotebookNode) -> tuple[str, str, list[str]]:
    return cell.id, cell.source, list(cell.metadata.get("tags", []))
