"""papermill's engine: cells run in this very process, or in an ordinary kernel. Same outputs.

nbclient executes, for both. In this process it has, in place of a client of a kernel, ipykernel's own kernel:
no socket, and each message handed over where it is made. papermill knows it by the name ``atc`` (see
`atc.run.entry`). `run_notebook` is what a run has done in a process of its own: see `atc.run.execution`.
"""

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from atc.rendering.outputs import NotebookNode, nbformat, place

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
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from atc.run import report
from atc.run.manifest import Reads
from atc.run.notebooks import node
from atc.run.plan import ChapterTask
from atc.run.processes import tell
from atc.survey.errors import Messages, NotebookFailed, one_line

# Ids of the cells that a run puts before those of a notebook, and after them.
_OPENING, _LAST = "atc-ouverture", "atc-temoin"
# Seconds for an ordinary kernel to be ready, on a slow machine.
_READY = 60
# What a run asks of nbclient: no tag of a cell can make it be skipped, or its errors pass.
_STRICT = {"skip_cells_with_tag": "", "force_raise_errors": True, "coalesce_streams": True}
# What errors say is missing; what they quote, which may be an answer that somebody gave, but for those that
# name code and nothing else.
_MISSING = re.compile(r"(?:\[Errno 2\] No such file or directory|No (module) named)[: ]+'?(.+?)'?$")
_QUOTED = re.compile(r"(?<!\w)(?:'[^']*'|\"[^\"]*\")(?!\w)")
_OF_CODE = re.compile("(?:Attribute|Import|Name|Type|UnboundLocal|UnicodeDecode)Error")
_said = Messages(__name__)


class Watch:
    """Tells the driver what runs, how long it may, and what to say if it is ended or ends by itself."""

    def __init__(self, task: ChapterTask) -> None:
        self.slug, self._limits, self._shown = task.slug, task.limits, 0
        self._end = time.monotonic() + self._limits.notebook_seconds
        self.where = f"{task.slug}, {_said('opening')}"
        self.died = _said("died", most=self._limits.memory_megabytes)
        self._tell(_said("silent", reason=_said("late", seconds=_READY)), _READY)

    def _tell(self, overdue: str, seconds: float, ended: str = "") -> None:
        tell((f"{self.where} : {overdue}", f"{self.where} : {ended or self.died}"), seconds)

    def begin(self, cell: NotebookNode, cell_index: int) -> None:
        """A cell begins: nbclient says so."""
        del cell_index
        self._shown = 0
        around = {_OPENING: _said("opening"), _LAST: _said("last")}.get(cell.id)
        self.where = f"{self.slug}, {around}" if around else place(self.slug, cell)
        left, most = self._end - time.monotonic(), self._limits.cell_seconds
        whole = _said("long_notebook", seconds=self._limits.notebook_seconds)
        self._tell(whole if left < most else _said("long_cell", seconds=most), min(left, most))

    def count(self, size: int) -> None:
        """A cell shows something more; too much ends this process, for it would take all memory."""
        self._shown += size
        if self._shown > self._limits.output_megabytes * 1_000_000:
            flood = _said("flood", most=self._limits.output_megabytes)
            self._tell(flood, _READY, flood)
            os._exit(1)


def execute(nb_man: Any, *, watch: Watch | None = None, standard: bool = False, **_: Any) -> None:
    """Execute a notebook for papermill; as strictly as a run wants it, if that is to ``watch`` it."""
    options: dict[str, Any] = {**_STRICT, "on_cell_execute": watch.begin} if watch else {}
    if standard:
        from jupyter_client.kernelspec import KernelSpecManager  # noqa: PLC0415
        from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415

        options |= {"startup_timeout": _READY, "iopub_timeout": 30, "shutdown_kernel": "immediate"}
        options["km"] = AsyncKernelManager(
            # Without folders to look into, the specification is the one of ipykernel for this very Python.
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            transport="ipc" if os.name == "posix" else "tcp",
            connection_file=str(Path(tempfile.gettempdir(), "k.json")),
        )
    client = (_Client if standard else _ClientHere)(nb_man, **options)
    client.watch = watch
    client.execute(cleanup_kc=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    watch: Watch | None = None

    def handle_comm_msg(self, outs: Any, msg: Any, cell_index: int) -> None:
        """No page shows a widget: nobody answers it."""

    def process_message(self, msg: Mapping[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        if self.watch and self.km:
            self.watch.count(len(json.dumps(msg["content"], default=str)))
        return super().process_message(msg, cell, cell_index)


class _ClientHere(_Client):
    """Has no kernel started, and none to end."""

    @contextmanager
    def setup_kernel(self, **_: Any) -> Iterator[None]:
        before = sys.stdout, sys.stderr
        # What lies beside the notebook can be imported, as from any kernel.
        sys.path.insert(0, "")
        try:
            self.kc = _Kernel(self.watch)
            thread = IOPubThread(DummySocket())  # type: ignore[no-untyped-call]
            thread.start()  # type: ignore[no-untyped-call]
            # What other processes write counts too, where the standard streams are of nobody else.
            sys.stdout, sys.stderr = (
                OutStream(self.kc, thread, name, watchfd=self.watch is not None)  # type: ignore[no-untyped-call]
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
    """ipykernel's kernel, in this process, as nbclient asks for one: a cell has run when it was asked for.

    It has neither the settings, nor the history, nor the keyboard of the user. It is its own session: what it
    would send is kept, for there is nobody at the other end of a socket.
    """

    def __init__(self, watch: Watch | None) -> None:
        super().__init__()
        log = logging.getLogger("atc.noyau")
        log.setLevel(logging.CRITICAL)
        self._watch, self._sent = watch, list[dict[str, Any]]()
        self._reply: dict[str, Any] = {}
        self._kernel = IPythonKernel.instance(
            session=self,
            log=log,
            # Nobody interrupts it.
            shell_channel_thread=SimpleNamespace(parent_thread=None),
            config=Config(HistoryManager={"enabled": False, "hist_file": ":memory:"}),
        )
        # What nbclient knows of a client.
        self.iopub_channel = SimpleNamespace(get_msg=lambda **_: self._sent.pop(0))
        self.shell_channel = SimpleNamespace(get_msg=lambda **_: self._reply)

    def send(  # type: ignore[override]
        self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, **_: Any
    ) -> dict[str, Any]:
        """Note a message, as it would have come out of a socket; a fork says no more."""
        del stream
        made = isinstance(msg_or_type, dict)
        message: dict[str, Any] = msg_or_type if made else self.msg(msg_or_type, content, parent=parent)
        packed = json_packer(message["content"])
        if os.getpid() == self.pid:
            if self._watch:
                self._watch.count(len(packed))
            received = message | {"content": json_unpacker(packed)}
            if message["header"]["msg_type"] == "execute_reply":
                self._reply = received
            else:
                self._sent.append(received)
        return message

    def kernel_info(self) -> str:
        self._reply = {"parent_header": {"msg_id": "info"}, "content": self._kernel.kernel_info}
        return "info"

    async def execute(self, code: str, *, store_history: bool, stop_on_error: bool) -> str:
        del stop_on_error  # no other request waits
        content = {"code": code, "store_history": store_history, "stop_on_error": False}
        request = self.msg("execute_request", content)
        self._kernel.set_parent([], request)  # type: ignore[no-untyped-call]
        await self._kernel.execute_request(None, [], request)  # type: ignore[no-untyped-call]
        self.send(None, "status", {"execution_state": "idle"}, parent=request)
        return str(request["header"]["msg_id"])


def run_notebook(task: ChapterTask) -> tuple[NotebookNode, list[str], Reads]:
    """Execute the notebook of a task in this process, and know for certain whether it reached its end.

    What is opened below the root is noted; what lies in the folder where it works can be imported. Returns it
    with its outputs, what failed unseen, in French, and what it read; `NotebookFailed`: it has no end.
    """
    root, watch = task.project.root, Watch(task)
    # Start-up files in the user's IPython profile would run in every chapter.
    os.environ |= {"ATC_ROOT": str(root), "IPYTHONDIR": str(Path(tempfile.gettempdir(), "ipython"))}
    # papermill and nbclient tell their log what they also raise.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    # What is written below Python is shown, and counted, like the rest: the terminal of the driver gets none.
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    opening, last = (
        nbformat.v4.new_code_cell(f'__import__("atc.run.report", fromlist=["report"]).{call}', id=name)  # type: ignore[no-untyped-call]
        for name, call in ((_OPENING, f"start({str(root)!r})"), (_LAST, "sign()"))
    )
    try:
        executed = papermill.execute_notebook(
            node({**task.notebook, "cells": [opening, *task.notebook.cells, last]}),
            None,
            parameters=dict(task.parameters),
            engine_name="atc",
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=str(root / task.working),
            watch=watch,
            standard=task.kernel == "standard",
        )
    except PapermillExecutionError as error:
        missing = _MISSING.match(error.evalue or "")
        if error.ename == "StdinNotImplementedError":
            reason = _said("question")
        elif missing:
            reason = _said("no_module" if missing[1] else "no_file", name=missing[2])
        elif error.ename.endswith("MemoryError") or not (error.evalue or error.traceback):
            # One without memory could maybe tell nothing.
            reason = _said("memory", most=task.limits.memory_megabytes)
        else:
            code = "\n".join(cell.source for cell in task.notebook.cells)
            whole = _OF_CODE.fullmatch(error.ename)
            text = _QUOTED.sub(lambda it: it[0] if whole or it[0][1:-1] in code else "« … »", error.evalue)
            reason = one_line(f"{error.ename} : {text}").rstrip(" :")
        raise NotebookFailed(f"{watch.where} : {reason}") from None
    except DeadKernelError:
        raise NotebookFailed(f"{watch.where} : {watch.died}") from None
    except RuntimeError as error:
        raise NotebookFailed(one_line(f"{watch.where} : {_said('silent', reason=error)}")) from None
    outputs = executed.cells[-1].get("outputs", [])
    said = next((o.data[report.MIME] for o in outputs if report.MIME in o.get("data", {})), None)
    if said is None:
        raise NotebookFailed(f"{watch.where} : {_said('cut')}")
    executed.cells = [cell for cell in executed.cells if cell.id not in {_OPENING, _LAST}]
    faults = [_said("unseen", slug=task.slug, fault=fault) for fault in said["faults"]]
    columns = {name: tuple(names) for name, names in said["columns"].items()}
    return executed, faults, Reads(tuple(said["files"]), columns)
