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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
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
#: Id of the cell that shows the desk.
CELL = "bureau"
KERNEL = "python3"
# Seconds for a kernel to answer, and for the desk to be shown, on a slow machine.
_READY, _SHOWN = 60, 120
#: Where Jupyter and IPython keep what is theirs: never in the user's home, whose own settings do not apply.
_FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "reglages",
    "JUPYTERLAB_WORKSPACES_DIR": "espaces",
    "IPYTHONDIR": "ipython",
}


@dataclass(frozen=True)
class Served:
    """A JupyterLab that answers."""

    address: str  # of the desk, with the token: to be shown to the user, and to nobody else
    door: Path  # A page for the browser that carries the token, readable by this user only


def private(project: Project) -> Path:
    """The folder of JupyterLab in a project: out of git; only this user enters it, for the token is there.

    In it: ``runtime``, where a server that runs tells of itself; ``data``, signatures of the notebooks that
    were run here; ``jupyterlab.log``, for those who look for a cause.
    """
    root = project.root / ".jupyter"
    for folder in (root, root / "runtime"):
        folder.mkdir(mode=0o700, exist_ok=True)
    return root


def running(project: Project) -> Served | None:
    """The JupyterLab of this project, if one runs."""
    from jupyter_server.serverapp import list_running_servers  # noqa: PLC0415

    cards = private(project) / "runtime"
    for told in list_running_servers(str(cards)):
        address = f"{told['url']}lab/tree/{OWN}?token={told['token']}"
        return Served(address, cards / f"jpserver-{told['pid']}-open.html")
    return None


def serve(project: Project, vague: str, ready: Callable[[Served], None]) -> None:
    """Run JupyterLab until somebody closes it, its kernels with it."""
    failed = list[BaseException]()
    with _told_apart(private(project) / "jupyterlab.log"):
        app = _started(project)

        async def prepare() -> None:
            try:
                await _ready_desk(app, project, vague)
                if (served := running(project)) is not None:
                    ready(served)
            except BaseException as error:  # noqa: BLE001 (raised once the server has ended)
                failed.append(error)
                app.stop()

        for name in {"SIGINT", "SIGTERM", "SIGHUP"} & set(dir(signal)):
            signal.signal(getattr(signal, name), lambda *_: app.stop(from_signal=True))
        app.io_loop.add_callback(prepare)
        app.start()
    for error in failed:
        raise error


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


def _started(project: Project) -> ServerApp:
    own = private(project)
    os.environ |= {name: str(own / folder) for name, folder in _FOLDERS.items()}
    os.environ["ATC_ROOT"] = str(project.root)
    # It reads the folders above.
    from jupyterlab.labapp import LabApp  # noqa: PLC0415

    options = {
        "LabApp.default_url": f"/lab/tree/{OWN}",
        "LabApp.app_settings_dir": SETTINGS,
        "LabApp.extension_manager": "readonly",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    try:
        app: ServerApp = LabApp.initialize_server(
            [f"--{name}={value}" for name, value in options.items()],
            root_dir=str(project.notebooks),
            open_browser=False,
            # Administrators are asked whether they mean it; whoever works as one here has no other account.
            allow_root=True,
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
    await _run(cell, app.kernel_manager.get_kernel(session["kernel"]["id"]).client())
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    NotebookNotary(data_dir=os.environ["JUPYTER_DATA_DIR"]).sign(notebook)  # type: ignore[no-untyped-call]


def own_copy(project: Project, path: Path) -> NotebookNode:
    """The notebook of the project, followed by what the user added to the last copy.

    A `UsageError` tells that that copy cannot be read.
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


async def _run(cell: NotebookNode, client: Any) -> None:
    """Run a cell in the kernel of a client, and keep what it shows."""
    outputs: list[NotebookNode] = []

    def keep(message: dict[str, Any]) -> None:
        if message["msg_type"] in {"stream", "display_data", "execute_result"}:
            outputs.append(nbformat.v4.output_from_msg(message))  # type: ignore[no-untyped-call]

    client.start_channels()
    try:
        await client.wait_for_ready(timeout=_READY)
        answer = await client.execute_interactive(cell.source, output_hook=keep, timeout=_SHOWN)
    except (TimeoutError, RuntimeError) as error:
        raise AtcError(
            "Le bureau ne s’ouvre pas : son noyau ne répond pas. "
            "Relancez la commande ; si cela recommence, fermez d’autres programmes."
        ) from error
    finally:
        client.stop_channels()
    told = answer["content"]
    if told["status"] != "ok":
        raise NotebookFailed(
            f"Le bureau ne s’ouvre pas ({told['ename']} : {told['evalue']}). "
            f"Vérifiez les données avec atc check ; le carnet est notebooks/{NOTEBOOK}, cellule « {CELL} »."
        )
    cell.outputs, cell.execution_count = outputs, told["execution_count"]
