"""A notebook whose desk is there when it opens: run beforehand, in the very kernel that JupyterLab joins.

JupyterLab cannot run a cell by itself. But it joins a kernel that already works for a notebook, shows the
outputs that the notebook holds if they are signed, and asks the kernel for the state of the controls in them.
So the kernel is started, the cell run and the notebook signed before the browser opens.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from nbformat import NotebookNode
from nbformat.sign import NotebookNotary

from atc.desk.lab.server import Server, private
from atc.errors import AtcError, NotebookFailed, UsageError
from atc.paths import Project

NOTEBOOK = "explorer.ipynb"
#: From the notebooks' folder: one's own copy, because what is run in it stays in it.
OWN = f"perso/{NOTEBOOK}"
#: Id of the cell that shows the desk.
CELL = "bureau"
#: A kernel that starts at once, where it is installed; then the one that is everywhere.
KERNELS = ("atc", "python3")
_READY, _SHOWN = 60, 120
_SILENT = (
    "Le bureau ne s’ouvre pas : son noyau ne répond pas. "
    "Relancez la commande ; si cela recommence, fermez d’autres programmes."
)


def ready_desk(project: Project, server: Server, vague: str = "") -> str:
    """Run the desk in a kernel of the server, and keep it in a signed notebook.

    Args:
        project: Whose notebooks the server opens.
        server: It gets a kernel for the notebook.
        vague: The wave on which the desk opens; its own choice when empty.

    Returns:
        The kernel that serves the desk.

    Raises:
        UsageError: One's own copy cannot be read.
        NotebookFailed: The desk does not open.
        AtcError: The kernel does not start.
    """
    own, path = private(project), project.notebooks / OWN
    offered = server.ask("GET", "api/kernelspecs")["kernelspecs"]
    kernel = next(name for name in KERNELS if name in offered)
    notebook = own_copy(project, path)
    named = offered[kernel]["spec"]["display_name"]
    notebook.metadata.kernelspec = {"name": kernel, "display_name": named, "language": "python"}
    cell = next(cell for cell in notebook.cells if cell.id == CELL)
    # Two lines of code say nothing to those who came for the lists; a click shows them.
    cell.metadata.jupyter = {"source_hidden": True}
    if vague:
        cell.source = cell.source.replace("()", f'("{vague}")')
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    asked = {"path": OWN, "name": NOTEBOOK, "type": "notebook", "kernel": {"name": kernel}}
    session = server.ask("POST", "api/sessions", asked)
    _run(cell, own / "runtime" / f"kernel-{session['kernel']['id']}.json")
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    NotebookNotary(data_dir=str(own / "data")).sign(notebook)  # type: ignore[no-untyped-call]
    return kernel


def own_copy(project: Project, path: Path) -> NotebookNode:
    """The notebook of the project, followed by what the user added to the last copy.

    Raises:
        UsageError: That copy cannot be read.
    """
    fresh: NotebookNode = nbformat.read(project.notebooks / NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    names = {cell.id for cell in fresh.cells}
    if path.is_file():
        try:
            kept: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        except (ValueError, OSError) as error:
            raise UsageError(
                f"Le carnet {project.relative(path)} ne se lit plus. "
                "Renommez-le ou supprimez-le, puis relancez."
            ) from error
        fresh.cells += [cell for cell in kept.cells if cell.get("id") not in names]
    return fresh


def _run(cell: NotebookNode, door: Path) -> None:
    """Run a cell in the kernel whose door this is, and keep what it shows."""
    outputs: list[NotebookNode] = []

    def keep(message: dict[str, Any]) -> None:
        if message["msg_type"] in {"stream", "display_data", "execute_result"}:
            outputs.append(nbformat.v4.output_from_msg(message))  # type: ignore[no-untyped-call]

    client = _met(door)
    try:
        answer = client.execute_interactive(cell.source, output_hook=keep, timeout=_SHOWN)["content"]
    except TimeoutError as error:
        raise AtcError(_SILENT) from error
    finally:
        client.stop_channels()
    if answer["status"] != "ok":
        raise NotebookFailed(
            f"Le bureau ne s’ouvre pas ({answer['ename']} : {answer['evalue']}). "
            f"Vérifiez les données avec atc check ; le carnet est notebooks/{NOTEBOOK}, cellule « {CELL} »."
        )
    cell.outputs, cell.execution_count = outputs, answer["execution_count"]


def _met(door: Path) -> BlockingKernelClient:
    """A client of the kernel, once it answers."""
    deadline = time.monotonic() + _READY
    while time.monotonic() < deadline:
        if door.is_file():
            client = BlockingKernelClient(connection_file=str(door))
            client.load_connection_file()
            client.start_channels()
            try:
                client.wait_for_ready(timeout=_READY)
            except RuntimeError:
                # What it says of a kernel that died, and of one that has not opened its doors yet.
                client.stop_channels()
            else:
                return client
        time.sleep(0.1)
    raise AtcError(_SILENT)
