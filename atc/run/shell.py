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

_CHUNK = 65_536
# As nbclient has it: what is written over is not shown.
_WRITTEN_OVER = re.compile(r".*\r(?=[^\n])")


class Outputs:
    """Outputs of the cell that runs, as the notebook keeps them."""

    def __init__(self, flooded: Callable[[], None], most: float) -> None:
        """No cell runs yet.

        Args:
            flooded: Called when a cell shows more than it may.
            most: Bytes that one cell may show.
        """
        self._flooded, self._most = flooded, most
        self._shown = 0
        self._cell: list[NotebookNode] = []
        self._cleared = False
        self._displayed: dict[str, list[NotebookNode]] = {}
        self._lock = threading.Lock()

    def begin(self, cell: NotebookNode) -> None:
        """Note what follows in a cell."""
        with self._lock:
            self._cell, self._shown, self._cleared = cell.outputs, 0, False

    def add(self, kind: str, display_id: str | None = None, **content: Any) -> None:
        """Note an output, in the form in which a kernel would have sent it."""
        packed = json_packer(content)
        with self._lock:
            self._count(len(packed))
            message = {"header": {"msg_type": kind}, "content": json_unpacker(packed)}
            output = nbformat.v4.output_from_msg(message)  # type: ignore[no-untyped-call]
            if self._cleared:
                self._clear()
            self._cell.append(output)
            if display_id:
                self._displayed.setdefault(display_id, []).append(output)

    def write(self, name: str, text: str) -> None:
        """Note what was written to a stream, after what that cell has written there already."""
        with self._lock:
            self._count(len(text))
            if self._cleared:
                self._clear()
            for output in self._cell:
                if output.get("name") == name:
                    output.text += text
                    return
            self._cell.append(nbformat.v4.new_output("stream", name=name, text=text))  # type: ignore[no-untyped-call]

    def update(self, display_id: str, **content: Any) -> None:
        """Show something else where something is shown already."""
        packed = json_packer(content)
        with self._lock:
            self._count(len(packed))
            for output in self._displayed.get(display_id, []):
                output.update(nbformat.from_dict(json_unpacker(packed)))  # type: ignore[no-untyped-call]

    def clear(self, *, wait: bool) -> None:
        """Take back what the cell has shown, now or once it shows something else."""
        with self._lock:
            self._cleared = wait
            if not wait:
                self._clear()

    def end(self) -> bool:
        """The cell is over: put what it wrote in order.

        Returns:
            Whether it showed an error.
        """
        with self._lock:
            for output in self._cell:
                if output.output_type == "stream":
                    output.text = _WRITTEN_OVER.sub("", output.text)
            for place, output in enumerate(self._cell[:-1]):
                # Two streams come in no order of their own.
                if (output.get("name"), self._cell[place + 1].get("name")) == ("stderr", "stdout"):
                    self._cell[place : place + 2] = [self._cell[place + 1], output]
                    break
            return any(output.output_type == "error" for output in self._cell)

    def _clear(self) -> None:
        self._cell.clear()
        self._cleared = False

    def _count(self, size: int) -> None:
        self._shown += size
        if self._shown > self._most:
            self._flooded()


class _Stream(threading.Thread):
    """Reads what this process, and those that it starts, write to a standard stream while a cell runs."""

    def __init__(self, name: str, descriptor: int, outputs: Outputs) -> None:
        super().__init__(daemon=True, name=f"lecture-{name}")
        self._stream, self._descriptor, self._outputs = name, descriptor, outputs
        self._reading, self._writing = os.pipe()
        self._mark = secrets.token_bytes(16)
        self._reached = threading.Event()
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self.text = open(  # noqa: SIM115 - a descriptor, for as long as the process lives
            descriptor, "w", encoding="utf-8", errors="backslashreplace", closefd=False
        )

    def run(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        held = b""
        while chunk := os.read(self._reading, _CHUNK):
            held += chunk
            while self._mark in held:
                before, _, held = held.partition(self._mark)
                self._note(decoder.decode(before))
                self._reached.set()
            # A mark may have been read in part.
            cut = max(0, len(held) - len(self._mark) + 1)
            self._note(decoder.decode(held[:cut]))
            held = held[cut:]

    def _note(self, text: str) -> None:
        if text:
            self._outputs.write(self._stream, text)

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
            _flush_c()
            self.sync()
            setattr(sys, self._stream, python)
            os.dup2(system, self._descriptor)
            os.close(system)


def _flush_c() -> None:
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)


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
        kind = "update" if update else "display_data"
        self.shell.show(kind, display_id, data=data, metadata=metadata or {})

    def clear_output(self, wait: bool = False) -> None:
        self.shell.clear(wait)


class Shell(InteractiveShell):
    """IPython, for one notebook; what its cells show goes to `Outputs`."""

    # Set by `opened`.
    outputs: Outputs
    streams: tuple[_Stream, ...] = ()

    def init_virtualenv(self) -> None:
        """A kernel does not look for one either."""

    def show(self, kind: str, display_id: str | None = None, **content: Any) -> None:
        """Note an output, after all that was written before it."""
        self.sync()
        if kind != "update":
            self.outputs.add(kind, display_id, **content)
        elif display_id:
            self.outputs.update(display_id, **content)

    def clear(self, wait: bool) -> None:
        """Take back what the cell has shown."""
        self.sync()
        self.outputs.clear(wait=wait)

    def sync(self) -> None:
        """Note all that was written so far."""
        for stream in self.streams:
            stream.sync()

    def _showtraceback(self, etype: type[BaseException], evalue: Any, stb: list[str]) -> None:
        self.show("error", ename=etype.__name__, evalue=str(evalue), traceback=stb)

    async def run(self, cell: NotebookNode) -> bool:
        """Run a cell.

        Returns:
            Whether it reached its end without an error.
        """
        code, failure = cell.source, None
        try:
            code = self.transform_cell(code)  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 - IPython shows it, as it does in a kernel
            failure = sys.exc_info()
        cell.execution_count = self.execution_count
        cell.outputs = []
        self.outputs.begin(cell)
        with ExitStack() as captured:
            for stream in self.streams:
                captured.enter_context(stream.captured())
            result = await self.run_cell_async(
                cell.source,
                store_history=True,
                transformed_cell=code,
                preprocessing_exc_tuple=failure,
            )
            self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
        return not self.outputs.end() and bool(result.success)


@contextmanager
def opened(outputs: Outputs) -> Iterator[Shell]:
    """A shell without the settings, the history or the keyboard of the user.

    Args:
        outputs: Where what its cells show is noted.
    """
    config = Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}})
    with tempfile.TemporaryDirectory(prefix="atc-ipython-") as folder, _without_keyboard():
        shell = Shell.instance(
            config=config,
            ipython_dir=folder,
            displayhook_class=_Result,
            display_pub_class=_Publisher,
            # It names the file of a cell by a hash of the cell, in errors of syntax for instance.
            compiler_class=XCachingCompiler,
        )
        shell.outputs = outputs
        # What lies beside the notebook can be imported, as from any kernel.
        sys.path.insert(0, "")
        shell.streams = _Stream("stdout", 1, outputs), _Stream("stderr", 2, outputs)
        for stream in shell.streams:
            stream.start()
        try:
            yield shell
        finally:
            Shell.clear_instance()
            sys.path.remove("")


@contextmanager
def _without_keyboard() -> Iterator[None]:
    def refusing(name: str) -> Callable[..., NoReturn]:
        def refuse(*_: Any, **__: Any) -> NoReturn:
            raise StdinNotImplementedError(
                f"{name} was called, but this frontend does not support input requests."
            )

        return refuse

    asked = builtins.input, getpass.getpass
    builtins.input, getpass.getpass = refusing("raw_input"), refusing("getpass")
    try:
        yield
    finally:
        builtins.input, getpass.getpass = asked
