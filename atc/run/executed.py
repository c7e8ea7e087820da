"""Executed notebooks: how they are made, what may stay in them, new text around outputs that stand."""

from __future__ import annotations

import json
from pathlib import Path

from atc.rendering.outputs import NotebookNode, is_handle, place, read_outputs
from atc.run.child import Launcher
from atc.run.execution import execute
from atc.run.manifest import Reads
from atc.run.notebooks import node, tagged
from atc.run.parameters import INJECTED, PARAMETERS
from atc.run.tasks import ChapterTask, Executed
from atc.survey.errors import NotebookFailed
from atc.survey.files import write


def executed(launcher: Launcher, task: ChapterTask) -> Executed:
    """Execute a notebook in a process of its own, and keep a clean copy if all went well.

    `NotebookFailed` has one line for each fault.
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
    faults = [f"{place(task.slug, cell)} : {fault}" for cell in cells for fault in read_outputs(cell)[1]]
    faults += [f"{task.slug}, {fault}" for fault in found.faults]
    if faults or found.notebook is None:
        raise NotebookFailed("\n".join(faults))
    sha256 = write_carnet(clean(found.notebook), task.folder / f"{task.slug}.ipynb")
    return Executed(sha256, Reads(found.files, found.columns or {}))


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
    cell.outputs = [o for o in cell.outputs if o.output_type != "stream" and not is_handle(o)]
    for output in cell.outputs:
        if "execution_count" in output:
            output.execution_count = count


def write_carnet(notebook: NotebookNode, path: Path) -> str:
    """Write an executed notebook that was cleaned, and return its hash."""
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return write(path, text.encode())


def reworded(notebook: NotebookNode, carnet: NotebookNode) -> NotebookNode:
    """The executed copy of a notebook, with the outputs of a copy executed before its text changed.

    Outputs rest on the code cells alone: the result is, byte for byte, what executing the chapter would give.
    With a code cell that is not the same in both, a `ValueError`: these outputs are not its own.
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
