"""papermill engines: cells run by IPython in this very process, or in an ordinary kernel. Same outputs.

`Engine` is registered by the name ``atc`` (``papermill --engine atc``): no kernel, no socket, no message;
outputs are noted where they are made, by the same steps, in the same form, as a kernel would have sent them.
`run_notebook` is what a run has done in a process of its own: see `atc.run.execution`.
"""

from __future__ import annotations

import asyncio
import builtins
import codecs
import ctypes
import getpass
import json
import logging
import os
import re
import secrets
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

from atc.rendering.nbformat import NotebookNode, nbformat

# Those that bring nbformat come after ours.
# isort: split
import papermill
from ipykernel.compiler import XCachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.session import json_packer, json_unpacker
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine as PapermillEngine
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from atc.run.processes import tell

# Seconds for a kernel to be ready; characters of a cell that tell which it is; bytes read at a time.
_READY, _LONGEST, _CHUNK = 60, 300, 65_536
# As nbclient has it: what is written over is not shown.
_WRITTEN_OVER = re.compile(r".*\r(?=[^\n])")
_LANGUAGE = {
    "name": "python",
    "version": sys.version.split()[0],
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}


class _Stream(threading.Thread):
    """Reads what this process, and those that it starts, write to a standard stream while a cell runs."""

    def __init__(self, name: str, descriptor: int, write: Callable[[str, str], None]) -> None:
        super().__init__(daemon=True, name=f"lecture-{name}")
        self._stream, self._descriptor, self._write = name, descriptor, write
        self._reading, self._writing = os.pipe()
        self._mark = secrets.token_bytes(16)
        self._reached, self._lock = threading.Event(), threading.Lock()
        self._pid = os.getpid()
        self.text = open(  # noqa: SIM115 - a descriptor, for as long as the process lives
            descriptor, "w", encoding="utf-8", errors="backslashreplace", closefd=False
        )
        self.start()

    def run(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        held = b""
        while chunk := os.read(self._reading, _CHUNK):
            held += chunk
            while self._mark in held:
                before, _, held = held.partition(self._mark)
                self._write(self._stream, decoder.decode(before))
                self._reached.set()
            # A mark may have been read in part.
            cut = max(0, len(held) - len(self._mark) + 1)
            self._write(self._stream, decoder.decode(held[:cut]))
            held = held[cut:]

    def sync(self) -> None:
        """Wait until what was written so far is read. A fork has no reader: it says no more than it wrote."""
        with suppress(ValueError, OSError):
            self.text.flush()
        if os.getpid() == self._pid and self.is_alive():
            with self._lock:
                self._reached.clear()
                os.write(self._writing, self._mark)
                self._reached.wait()

    @contextmanager
    def captured(self) -> Iterator[None]:
        """Read the stream as long as the block lasts."""
        python = getattr(sys, self._stream)
        python.flush()
        system = os.dup(self._descriptor)
        os.dup2(self._writing, self._descriptor)
        setattr(sys, self._stream, self.text)
        try:
            yield
        finally:
            if os.name == "posix":
                ctypes.CDLL(None).fflush(None)
            self.sync()
            setattr(sys, self._stream, python)
            os.dup2(system, self._descriptor)
            os.close(system)


class _Result(DisplayHook):
    """Notes the value of the last line of a cell."""

    shell: Any

    def start_displayhook(self) -> None:
        self._content: dict[str, Any] = {"execution_count": self.prompt_count}

    def write_output_prompt(self) -> None:
        """It shows in the notebook, not here."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self._content |= {"data": format_dict, "metadata": md_dict or {}}

    def finish_displayhook(self) -> None:
        if self._content.get("data"):
            self.shell.show("execute_result", **self._content)


class _Publisher(DisplayPublisher):
    """Notes what a cell displays."""

    def publish(  # type: ignore[override]
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        self._validate_data(data, metadata)  # type: ignore[no-untyped-call]
        display_id = (transient or {}).get("display_id")
        self.shell.show(
            "update" if update else "display_data", display_id, data=data, metadata=metadata or {}
        )

    def clear_output(self, wait: bool = False) -> None:
        self.shell.clear(wait)


class Shell(InteractiveShell):
    """IPython, for one notebook; notes the outputs of the cell that runs, as the notebook keeps them."""

    def init_virtualenv(self) -> None:
        """A kernel does not look for one either."""

    def open(self, most: float) -> None:
        """Be ready for cells, each of which may show so many bytes."""
        self._most, self._shown = most, 0
        self._cell: list[NotebookNode] = []
        self._cleared = False
        self._displayed: dict[str, list[NotebookNode]] = {}
        self._noting = threading.Lock()
        self._streams = _Stream("stdout", 1, self.write), _Stream("stderr", 2, self.write)

    def show(self, kind: str, display_id: str | None = None, **content: Any) -> None:
        """Note an output, in the form in which a kernel would have sent it, or in place of another one."""
        self._sync()
        packed = json_packer(content)
        with self._noting:
            self._count(len(packed))
            if kind == "update":
                for output in self._displayed.get(display_id or "", []):
                    output.update(nbformat.from_dict(json_unpacker(packed)))  # type: ignore[no-untyped-call]
                return
            message = {"header": {"msg_type": kind}, "content": json_unpacker(packed)}
            output = nbformat.v4.output_from_msg(message)  # type: ignore[no-untyped-call]
            self._cell.append(output)
            if display_id:
                self._displayed.setdefault(display_id, []).append(output)

    def write(self, name: str, text: str) -> None:
        """Note what was written to a stream, after what that cell has written there already."""
        if not text:
            return
        with self._noting:
            self._count(len(text))
            for output in self._cell:
                if output.get("name") == name:
                    output.text += text
                    return
            self._cell.append(nbformat.v4.new_output("stream", name=name, text=text))  # type: ignore[no-untyped-call]

    def clear(self, wait: bool) -> None:
        """Take back what the cell has shown, now or once it shows something else."""
        self._sync()
        with self._noting:
            self._cleared = wait
            if not wait:
                self._cell.clear()

    def _count(self, size: int) -> None:
        self._shown += size
        if self._shown > self._most:
            _flooded()
        if self._cleared:
            self._cell.clear()
            self._cleared = False

    def _sync(self) -> None:
        # All that was written before comes before.
        for stream in self._streams:
            stream.sync()

    def _showtraceback(self, etype: type[BaseException], evalue: Any, stb: list[str]) -> None:
        self.show("error", ename=etype.__name__, evalue=str(evalue), traceback=stb)

    async def run(self, cell: NotebookNode) -> bool:
        """Run a cell; whether it reached its end without an error."""
        code, failure = cell.source, None
        try:
            code = self.transform_cell(code)  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 - IPython shows it, as it does in a kernel
            failure = sys.exc_info()
        cell.execution_count = self.execution_count
        cell.outputs = []
        self._cell, self._shown, self._cleared = cell.outputs, 0, False
        with ExitStack() as captured:
            for stream in self._streams:
                captured.enter_context(stream.captured())
            result = await self.run_cell_async(
                cell.source,
                store_history=True,
                transformed_cell=code,
                preprocessing_exc_tuple=failure,
            )
            self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
        return self._in_order() and bool(result.success)

    def _in_order(self) -> bool:
        """Put what the cell wrote in order; whether it showed no error."""
        with self._noting:
            for output in self._cell:
                if output.output_type == "stream":
                    output.text = _WRITTEN_OVER.sub("", output.text)
            for place, output in enumerate(self._cell[:-1]):
                # Two streams come in no order of their own.
                if (output.get("name"), self._cell[place + 1].get("name")) == ("stderr", "stdout"):
                    self._cell[place : place + 2] = [self._cell[place + 1], output]
                    break
            return all(output.output_type != "error" for output in self._cell)


@contextmanager
def _opened(most_bytes: float) -> Iterator[Shell]:
    """A shell without the settings, the history or the keyboard of the user."""

    def refusing(name: str) -> Callable[..., NoReturn]:
        def refuse(*_: Any, **__: Any) -> NoReturn:
            raise StdinNotImplementedError(
                f"{name} was called, but this frontend does not support input requests."
            )

        return refuse

    asked = builtins.input, getpass.getpass
    builtins.input, getpass.getpass = refusing("raw_input"), refusing("getpass")
    config = Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}})
    # What lies beside the notebook can be imported, as from any kernel.
    sys.path.insert(0, "")
    try:
        with tempfile.TemporaryDirectory(prefix="atc-ipython-") as folder:
            shell = Shell.instance(
                config=config,
                ipython_dir=folder,
                displayhook_class=_Result,
                display_pub_class=_Publisher,
                # It names the file of a cell by a hash of the cell, in errors of syntax for instance.
                compiler_class=XCachingCompiler,
            )
            shell.open(most_bytes)
            yield shell
    finally:
        Shell.clear_instance()
        sys.path.remove("")
        builtins.input, getpass.getpass = asked


class Engine(PapermillEngine):  # type: ignore[misc]
    """Runs the cells in this very process; it serves all the kernels of Python, whatever their name."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        most_bytes: float = float("inf"),
        trust_tags: bool = True,
        **_: Any,
    ) -> None:
        """Execute a notebook; a cell that shows more than ``most_bytes`` ends the process.

        ``trust_tags``: ``skip-execution`` and ``raises-exception`` hold, as they do with nbclient.
        """
        del kernel_name
        asyncio.run(_run_cells(nb_man, most_bytes, trust_tags))
        nb_man.nb.metadata["language_info"] = nbformat.from_dict(_LANGUAGE)  # type: ignore[no-untyped-call]


async def _run_cells(nb_man: Any, most_bytes: float, trust_tags: bool) -> None:
    with _opened(most_bytes) as shell:
        for index, cell in enumerate(nb_man.nb.cells):
            tags = cell.metadata.get("tags", []) if trust_tags else []
            nb_man.cell_start(cell, index)
            try:
                if cell.cell_type != "code" or not cell.source.strip() or "skip-execution" in tags:
                    continue
                _tell_cell(cell)
                if not await shell.run(cell) and "raises-exception" not in tags:
                    nb_man.cell_exception(cell, cell_index=index)
                    break
            finally:
                nb_man.cell_complete(cell, cell_index=index)
            # Tasks in the background go on between cells, as in a kernel.
            await asyncio.sleep(0)


class _Standard(NBClientEngine):  # type: ignore[misc]
    """Runs the cells in an ordinary kernel of this Python, with its sockets in a private folder."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, most_bytes: float, **_: Any) -> None:
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
        client = _Client(
            nb_man,
            km=manager,
            timeout=None,
            startup_timeout=_READY,
            shell_timeout_interval=1,
            iopub_timeout=30,
            # No tag of a cell can make it be skipped, or its errors pass.
            skip_cells_with_tag="",
            force_raise_errors=True,
            store_widget_state=False,
            record_timing=False,
            shutdown_kernel="immediate",
            coalesce_streams=True,
        )
        client.most = most_bytes
        # Start-up files in the user's IPython profile would run in every chapter.
        environment = {**os.environ, "IPYTHONDIR": str(Path(private, "ipython"))}
        with Path(private, "noyau.log").open("wb") as log:
            client.execute(cleanup_kc=True, cwd=str(Path.cwd()), env=environment, stdout=log, stderr=log)


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """Tells the cell that runs, and ends the process when it shows too much."""

    most: float
    shown = 0

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        self.shown = 0
        if cell.cell_type == "code":
            _tell_cell(cell)
        super().execute_cell(cell, cell_index, **options)
        return cell

    def process_message(self, msg: Mapping[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        if msg["msg_type"] in {"stream", "display_data", "execute_result", "update_display_data"}:
            self.shown += len(json.dumps(msg["content"], default=str))
            if self.shown > self.most:
                _flooded()
        return super().process_message(msg, cell, cell_index)


papermill_engines.register("atc", Engine)
papermill_engines.register("atc-standard", _Standard)


def _tell_cell(cell: NotebookNode) -> None:
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    tell((cell.get("id", ""), first[:_LONGEST]))


def _flooded() -> NoReturn:
    # At once: more would come meanwhile, and take the memory of whoever notes it.
    tell(None)
    os._exit(1)


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
            trust_tags=False,
        )
    except PapermillExecutionError as error:
        untold = not (error.evalue or error.traceback)
        return "MemoryError" if untold else error.ename, error.evalue
    except (DeadKernelError, RuntimeError) as error:
        return "", "" if isinstance(error, DeadKernelError) else str(error)
