"""Cells run by IPython in this very process: what they show is what an ordinary kernel would have sent.

No kernel, no socket, no message: outputs are noted where they are made, by the same steps, in the same form.
"""

from __future__ import annotations

import builtins
import codecs
import ctypes
import getpass
import os
import re
import secrets
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NoReturn

from ipykernel.compiler import XCachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.session import json_packer, json_unpacker
from traitlets.config import Config

from atc.rendering.outputs import NotebookNode, nbformat
from atc.run.processes import tell

_CHUNK = 65_536
# As nbclient has it: what is written over is not shown.
_WRITTEN_OVER = re.compile(r".*\r(?=[^\n])")


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
            flooded()
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
def opened(most_bytes: float) -> Iterator[Shell]:
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


def flooded() -> NoReturn:
    """End the process, for a cell that shows too much: more would come meanwhile, and take all memory."""
    tell(None)
    os._exit(1)
