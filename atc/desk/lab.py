"""JupyterLab, open on the desk: in French, on this machine only, and ready; it ends with the command.

JupyterLab cannot run a cell by itself. But it joins a kernel that already works for a notebook, shows the
outputs that the notebook holds if they are signed, and asks the kernel for the state of the controls in them.
So the server starts a kernel, runs the cell of the desk in it and signs the notebook before anybody looks.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.sign import NotebookNotary

from atc.survey.errors import AtcError, NotebookFailed, UsageError
from atc.survey.paths import Project

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

#: Settings for everybody, part of the package: French, no news, no search for updates.
SETTINGS = Path(__file__).parent / "jupyterlab"
NOTEBOOK = "explorer.ipynb"
#: From the notebooks' folder: one's own copy, because what is run in it stays in it.
OWN = f"perso/{NOTEBOOK}"
#: Id of the cell that shows the desk, and the kernel that runs it.
CELL, KERNEL = "bureau", "python3"
# Seconds for a kernel to answer, and for the desk to be shown, on a slow machine.
_READY, _SHOWN = 60, 120
#: Where Jupyter and IPython keep what is theirs: never in the user's home, whose own settings do not apply.
_FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "IPYTHONDIR": "ipython",
}


def private(project: Project) -> Path:
    """The folder of JupyterLab in a project: out of git; only this user enters it, for the token is there."""
    root = project.root / ".jupyter"
    for folder in (root, root / "runtime"):
        folder.mkdir(mode=0o700, exist_ok=True)
    return root


def running(project: Project) -> str:
    """Address of the desk in the JupyterLab of this project, empty if none runs.

    The token is in it: it is shown to the user, and to nobody else.
    """
    from jupyter_server.serverapp import list_running_servers  # noqa: PLC0415

    told = next(iter(list_running_servers(str(private(project) / "runtime"))), None)
    return f"{told['url']}lab/tree/{OWN}?token={told['token']}" if told else ""


def serve(project: Project, vague: str, ready: Callable[[], None], *, browser: bool) -> None:
    """Run JupyterLab until somebody closes it, its kernels with it; ``ready`` is called once the desk is."""
    with _told_apart(private(project) / "jupyterlab.log"):
        app = _started(project, browser=browser)
        # Who asks to stop before the desk is there interrupts this; later, JupyterLab ends.
        _upon_signal(signal.default_int_handler)
        app.io_loop.run_sync(partial(_ready_desk, app, project, vague))
        _upon_signal(lambda *_: app.stop(from_signal=True))
        app.io_loop.add_callback(ready)
        app.start()


def _upon_signal(does: Callable[[int, FrameType | None], None]) -> None:
    for name in {"SIGINT", "SIGTERM", "SIGHUP"} & set(dir(signal)):
        if signal.getsignal(number := getattr(signal, name)) is not signal.SIG_IGN:
            signal.signal(number, does)


@contextmanager
def _told_apart(log: Path) -> Iterator[None]:
    """What JupyterLab and its kernels say, in English, goes to a file."""
    kept = os.dup(2)
    with log.open("wb") as stream:
        os.dup2(stream.fileno(), 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)


def _started(project: Project, *, browser: bool) -> ServerApp:
    own = private(project)
    os.environ |= {name: str(own / folder) for name, folder in _FOLDERS.items()}
    os.environ["ATC_ROOT"] = str(project.root)
    # It reads the folders above.
    from jupyterlab.labapp import LabApp  # noqa: PLC0415

    options = [f"--config={SETTINGS / 'server.json'}", f"--LabApp.app_settings_dir={SETTINGS}"]
    try:
        app: ServerApp = LabApp.initialize_server(
            options, root_dir=str(project.notebooks), open_browser=browser
        )
    except (Exception, SystemExit) as error:
        log = own / "jupyterlab.log"
        said = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
        raise AtcError(
            f"JupyterLab ne démarre pas : {said[-1].rpartition('] ')[2] if said else error}\n"
            f"Le reste de ce qu’il dit est dans {project.relative(log)}. "
            "Si le port est pris, fermez l’autre programme qui l’occupe, puis relancez."
        ) from error
    return app


async def _ready_desk(app: ServerApp, project: Project, vague: str) -> None:
    """Run the desk in a kernel of the server, and keep it in a signed notebook."""
    path = project.notebooks / OWN
    notebook = own_copy(project, path)
    named = KernelSpecManager().get_kernel_spec(KERNEL).display_name
    notebook.metadata.kernelspec = {"name": KERNEL, "display_name": named, "language": "python"}
    cell = next(cell for cell in notebook.cells if cell.id == CELL)
    # Two lines of code say nothing to those who came for the lists; a click shows them.
    cell.metadata.jupyter = {"source_hidden": True}
    if vague:
        cell.source = cell.source.replace("()", f'("{vague}")')
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    session = await app.session_manager.create_session(OWN, NOTEBOOK, "notebook", kernel_name=KERNEL)
    kernel = app.kernel_manager.get_kernel(session["kernel"]["id"])
    client = NotebookClient(notebook, kernel, timeout=_SHOWN, startup_timeout=_READY, record_timing=False)
    try:
        await client.async_start_new_kernel_client()
        await client.async_execute_cell(cell, notebook.cells.index(cell))
    except CellExecutionError as error:
        raise NotebookFailed(
            f"Le bureau ne s’ouvre pas ({error.ename} : {error.evalue}). "
            f"Vérifiez les données avec atc check ; le carnet est notebooks/{NOTEBOOK}, cellule « {CELL} »."
        ) from error
    except (TimeoutError, RuntimeError) as error:
        raise AtcError(
            "Le bureau ne s’ouvre pas : son noyau ne répond pas. "
            "Relancez la commande ; si cela recommence, fermez d’autres programmes."
        ) from error
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    NotebookNotary(data_dir=os.environ["JUPYTER_DATA_DIR"]).sign(notebook)  # type: ignore[no-untyped-call]


def own_copy(project: Project, path: Path) -> NotebookNode:
    """The notebook of the project, followed by what the user added to the last copy.

    A `UsageError` tells that that copy cannot be read.
    """
    fresh: NotebookNode = nbformat.read(project.notebooks / NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    try:
        kept = nbformat.read(path, as_version=4).cells if path.is_file() else []  # type: ignore[no-untyped-call]
    except (ValueError, OSError) as error:
        raise UsageError(
            f"Le carnet {project.relative(path)} ne se lit plus. Renommez-le ou supprimez-le, puis relancez."
        ) from error
    names = {cell.id for cell in fresh.cells}
    fresh.cells += [cell for cell in kept if cell.get("id") not in names]
    return fresh
