"""papermill engines: cells run in this very process, or in an ordinary kernel. Same outputs.

Both are nbclient's. Ours gives it, in place of a client of a kernel, ipykernel's own kernel in this process:
no socket, and each message handed over where it is made. papermill knows it by the name ``atc`` (see
`atc.run.entry`). `run_notebook` is what a run has done in a process of its own: see `atc.run.execution`.
"""

import asyncio
import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from atc.rendering.outputs import NotebookNode

# Those that bring nbformat come after ours.
# isort: split
import papermill
from ipykernel.inprocess.socket import DummySocket
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session, json_packer, json_unpacker
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from atc.run.processes import tell

# Seconds for a kernel to be ready, and characters of a cell that tell which it is.
_READY, _LONGEST = 60, 300
#: What a run asks of nbclient: no tag of a cell can make it be skipped, or its errors pass.
_STRICT = {
    "timeout": None,
    "skip_cells_with_tag": "",
    "force_raise_errors": True,
    "store_widget_state": False,
    "record_timing": False,
    "coalesce_streams": True,
}


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """Tells the cell that runs, and ends the process when it shows too much: more would take all memory."""

    most = float("inf")
    shown = 0

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        self.shown = 0
        if cell.cell_type == "code":
            first = next((line for line in cell.source.splitlines() if line.strip()), "")
            tell((cell.get("id", ""), first[:_LONGEST]))
        return super().execute_cell(cell, cell_index, **options)  # type: ignore[no-any-return]

    def handle_comm_msg(self, outs: Any, msg: Any, cell_index: int) -> None:
        """No page shows a widget: nobody answers it."""

    def count(self, size: int) -> None:
        self.shown += size
        if self.shown > self.most:
            tell(None)
            os._exit(1)


# --- in this very process ---


def execute_here(
    nb_man: Any, *, most_bytes: float = float("inf"), options: Mapping[str, Any] | None = None, **_: Any
) -> None:
    """Execute a notebook; a cell that shows more than ``most_bytes`` ends the process."""
    client = _ClientHere(nb_man, **(options or {}))
    client.most = most_bytes
    client.execute()


class _ClientHere(_Client):
    """Has no kernel started, and none to end."""

    @contextmanager
    def setup_kernel(self, **_: Any) -> Iterator[None]:
        before = sys.stdout, sys.stderr
        # What lies beside the notebook can be imported, as from any kernel.
        sys.path.insert(0, "")
        try:
            with tempfile.TemporaryDirectory(prefix="atc-ipython-") as folder:
                self.kc = _Kernel(folder, self.count)
                thread = IOPubThread(DummySocket())  # type: ignore[no-untyped-call]
                thread.start()  # type: ignore[no-untyped-call]
                # What other processes write counts too, where the standard streams are of nobody else.
                sys.stdout, sys.stderr = (
                    OutStream(self.kc, thread, name, watchfd=self.most < float("inf"))  # type: ignore[no-untyped-call]
                    for name in ("stdout", "stderr")
                )
                yield
        finally:
            # The next notebook of this process begins with nothing of this one.
            IPythonKernel.clear_instance()
            ZMQInteractiveShell.clear_instance()
            sys.path.remove("")
            sys.stdout, sys.stderr = before


class _Kernel(Session):
    """ipykernel's kernel, in this process, as nbclient asks for one: each cell runs when it is asked for.

    It has neither the settings, nor the history, nor the keyboard of the user. It is its own session: what it
    would send is kept, for there is nobody at the other end of a socket.
    """

    def __init__(self, folder: str, count: Callable[[int], None]) -> None:
        super().__init__()
        logging.getLogger("atc.noyau").setLevel(logging.CRITICAL)
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # it would warn of what nobody asks for
        self._count, self._sent = count, list[dict[str, Any]]()
        settings = {
            "HistoryManager": {"enabled": False, "hist_file": ":memory:"},
            "InteractiveShell": {"ipython_dir": folder},
        }
        self._kernel = IPythonKernel.instance(
            session=self,
            log=logging.getLogger("atc.noyau"),
            # Nobody interrupts it.
            shell_channel_thread=SimpleNamespace(parent_thread=None),
            config=Config(settings),
        )
        self._answered: asyncio.Future[dict[str, Any]] | None = None
        self._published: asyncio.Queue[Any] = asyncio.Queue()
        # What nbclient knows of a client.
        self.iopub_channel = SimpleNamespace(get_msg=self._output)
        self.shell_channel = SimpleNamespace(get_msg=self._reply)

    def send(  # type: ignore[override]
        self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, **_: Any
    ) -> dict[str, Any]:
        """Note a message, as it would have come out of a socket; a fork says no more."""
        del stream
        made = isinstance(msg_or_type, dict)
        message: dict[str, Any] = msg_or_type if made else self.msg(msg_or_type, content, parent=parent)
        packed = json_packer(message["content"])
        if os.getpid() == self.pid:
            self._count(len(packed))
            self._sent.append(message | {"content": json_unpacker(packed)})
        return message

    def is_alive(self) -> bool:
        return True

    def kernel_info(self) -> str:
        self._answered = None
        return "info"

    def execute(self, code: str, *, store_history: bool, stop_on_error: bool) -> str:
        del stop_on_error  # no other request waits
        content = {"code": code, "store_history": store_history, "stop_on_error": False}
        request = self.msg("execute_request", content)
        self._answered = asyncio.ensure_future(self._answer(request))
        return str(request["header"]["msg_id"])

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        self._kernel.set_parent([], request)  # type: ignore[no-untyped-call]
        await self._kernel.execute_request(None, [], request)  # type: ignore[no-untyped-call]
        self.send(None, "status", {"execution_state": "idle"}, parent=request)
        sent, self._sent = self._sent, []
        replies = [message for message in sent if message["header"]["msg_type"] == "execute_reply"]
        for message in sent:
            if message not in replies:
                self._published.put_nowait(message)
        return replies[0]

    async def _output(self, timeout: float | None = None) -> dict[str, Any]:
        del timeout
        found: dict[str, Any] = await self._published.get()
        return found

    async def _reply(self, timeout: float | None = None) -> dict[str, Any]:
        del timeout
        if self._answered is None:
            return {"parent_header": {"msg_id": "info"}, "content": self._kernel.kernel_info}
        return await self._answered


# --- in an ordinary kernel ---


class _Standard(NBClientEngine):  # type: ignore[misc]
    """Runs the cells in an ordinary kernel of this Python, with its sockets in a private folder."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, most_bytes: float, options: Mapping[str, Any], **_: Any
    ) -> None:
        from jupyter_client.kernelspec import KernelSpecManager  # noqa: PLC0415
        from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415

        private = os.environ["TMPDIR"]
        manager = AsyncKernelManager(
            kernel_name=kernel_name,
            # Without folders to look into, the specification is the one of ipykernel for this very Python.
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            transport="ipc" if os.name == "posix" else "tcp",
            connection_file=str(Path(private, "k.json")),
        )
        client = _ClientOutside(
            nb_man,
            km=manager,
            startup_timeout=_READY,
            shell_timeout_interval=1,
            iopub_timeout=30,
            shutdown_kernel="immediate",
            **options,
        )
        client.most = most_bytes
        # Start-up files in the user's IPython profile would run in every chapter.
        environment = {**os.environ, "IPYTHONDIR": str(Path(private, "ipython"))}
        with Path(private, "noyau.log").open("wb") as log:
            client.execute(cleanup_kc=True, cwd=str(Path.cwd()), env=environment, stdout=log, stderr=log)


class _ClientOutside(_Client):
    def process_message(self, msg: Mapping[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        self.count(len(json.dumps(msg["content"], default=str)))
        return super().process_message(msg, cell, cell_index)


papermill_engines.register("atc-standard", _Standard)


def run_notebook(
    notebook: NotebookNode,
    parameters: Mapping[str, str],
    root: Path,
    folder: Path,
    engine: str,
    most_bytes: int,
) -> NotebookNode | tuple[str, str]:
    """Execute a notebook in this process, in a folder, by the engine ``atc`` or ``atc-standard``.

    Returns the executed notebook; or, in words that travel, class and text of what a cell raised. An empty
    class stands for a kernel that died, and an empty text may be all that one without memory could tell.
    """
    os.environ["ATC_ROOT"] = str(root)
    # papermill and nbclient tell their log what they also raise.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    try:
        return papermill.execute_notebook(  # type: ignore[no-any-return]
            notebook,
            None,
            parameters=parameters,
            engine_name=engine,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=str(folder),
            most_bytes=most_bytes,
            options=_STRICT,
        )
    except PapermillExecutionError as error:
        untold = not (error.evalue or error.traceback)
        return "MemoryError" if untold else error.ename, error.evalue
    except (DeadKernelError, RuntimeError) as error:
        return "", "" if isinstance(error, DeadKernelError) else str(error)
