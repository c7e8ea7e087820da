"""New text around the outputs of a chapter that is executed already.

Outputs rest on the code cells alone: when the text is all that changed, they are put back among the new text.
The result is, byte for byte, what executing the chapter would give.
"""

from __future__ import annotations

from atc.execution.carnets import clean
from atc.execution.notebooks import node, tagged
from atc.execution.parameters import INJECTED, PARAMETERS
from atc.nbformat import NotebookNode


def reworded(notebook: NotebookNode, carnet: NotebookNode) -> NotebookNode:
    """The executed copy of a notebook, with the outputs of a copy executed before its text changed.

    Args:
        notebook: As written today.
        carnet: As executed and cleaned; its code cells are those of the notebook.

    Raises:
        ValueError: A code cell is not the same in both: these outputs are not its own.
    """
    executed = [cell for cell in carnet.cells if cell.cell_type == "code"]
    injected = tagged(carnet, INJECTED)
    written = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [_code(cell) for cell in written] != [_code(cell) for cell in executed if cell not in injected]:
        raise ValueError("the code cells are not those that gave these outputs")
    outputs = {cell.id: cell for cell in executed}
    copy = node(notebook)
    copy.cells = [outputs[cell.id] if cell.cell_type == "code" else cell for cell in copy.cells]
    (place,) = (i for i, cell in enumerate(copy.cells) if PARAMETERS in cell.metadata.get("tags", []))
    # Where papermill puts it.
    copy.cells[place + 1 : place + 1] = injected
    return clean(copy)


def _code(cell: NotebookNode) -> tuple[str, str, list[str]]:
    return cell.id, cell.source, list(cell.metadata.get("tags", []))
