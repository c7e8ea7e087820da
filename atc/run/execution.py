"""Notebooks executed in processes of their own, watched from outside; what is kept of them."""

import json

from atc.rendering.outputs import NotebookNode, is_handle, place, read_outputs
from atc.run.manifest import Reads
from atc.run.notebooks import INJECTED, PARAMETERS, node, tagged
from atc.run.plan import ChapterTask
from atc.run.processes import ChildLost, Launcher, call
from atc.survey.errors import NotebookFailed
from atc.survey.paths import write


def execute(launcher: Launcher, task: ChapterTask) -> tuple[NotebookNode, list[str], Reads]:
    """Execute a notebook in a process of its own: see `atc.run.engine.run_notebook`."""
    most = task.limits.memory_megabytes
    try:
        return launcher.run(call, "atc.run.engine:run_notebook", task, megabytes=most)  # type: ignore[no-any-return]
    except ChildLost as lost:
        if not lost.told:
            raise
        overdue, ended = lost.told
        raise NotebookFailed(overdue if lost.overdue else ended) from lost


def executed(launcher: Launcher, task: ChapterTask) -> tuple[str, Reads | None]:
    """Execute a notebook, keep a clean copy if all went well, and return its hash and what was read.

    `NotebookFailed` has one line for each fault.
    """
    reads = None
    if task.needs:
        notebook = reworded(task.notebook, node(json.loads(task.needs[0].read_text(encoding="utf-8"))))
    else:
        notebook, unseen, reads = execute(launcher, task)
        told = [(place(task.slug, cell), read_outputs(cell)[1]) for cell in notebook.cells]
        if faults := [f"{where} : {fault}" for where, found in told for fault in found] + unseen:
            raise NotebookFailed("\n".join(faults))
    text = json.dumps(clean(notebook), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return write(task.folder / f"{task.slug}.ipynb", text.encode()), reads


def clean(notebook: NotebookNode) -> NotebookNode:
    """The copy that is kept: no warning, no time, no path, no random id.

    It can be opened and executed again from the project: the parameters stay in it.
    """
    kept = node(notebook)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    kept.metadata = node({"kernelspec": kernel, "language_info": {"name": "python"}})
    for cell in tagged(kept, INJECTED):
        cell.id = "parametres-injectes"
    count = 0
    for cell in kept.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = node({"tags": tags} if tags else {})
        if cell.cell_type != "code":
            continue
        count += bool(cell.source.strip())
        cell.execution_count = count if cell.source.strip() else None
        cell.outputs = [o for o in cell.outputs if o.output_type != "stream" and not is_handle(o)]
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = cell.execution_count
    return kept


def reworded(notebook: NotebookNode, carnet: NotebookNode) -> NotebookNode:
    """A notebook as executed, with the outputs of a copy executed before its text changed.

    Outputs rest on the code cells alone, which are the same in both, as their hash says: the result is, byte
    for byte, what executing the chapter would give.
    """
    outputs = {cell.id: cell for cell in carnet.cells if cell.cell_type == "code"}
    copy = node(notebook)
    (declared,) = (i for i, cell in enumerate(copy.cells) if PARAMETERS in cell.metadata.get("tags", []))
    copy.cells = [outputs.get(cell.id, cell) for cell in copy.cells]
    # Where papermill puts it.
    copy.cells[declared + 1 : declared + 1] = tagged(carnet, INJECTED)
    return copy
