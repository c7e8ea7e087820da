"""Standard streams for a kernel, from the arguments that ``subprocess.Popen`` would take."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any


@dataclass
class Streams:
    """What a kernel is given, and what its starter keeps.

    Attributes:
        descriptors: Standard input, output and error, for the kernel.
        stdout: Where its output can be read, if that was asked for.
        stderr: The same for its errors.
        kept: Whether a kernel has them; else nobody will read there.
    """

    descriptors: tuple[int, int, int]
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None
    kept: bool = False


@contextmanager
def opened(asked: Mapping[str, Any]) -> Iterator[Streams]:
    """Open the streams of a kernel, and close its ends once it has its own copies.

    Args:
        asked: ``stdout`` and ``stderr``, as for `subprocess.Popen`.
    """
    # A kernel reads nothing there: like an ordinary launch, give it a pipe that is closed already.
    read, write = os.pipe()
    os.close(write)
    taken = [read]
    try:
        out, stdout = _output(asked.get("stdout"), 1, taken)
        if asked.get("stderr") == subprocess.STDOUT:
            error, stderr = out, None
        else:
            error, stderr = _output(asked.get("stderr"), 2, taken)
        streams = Streams((read, out, error), stdout, stderr)
        try:
            yield streams
        finally:
            for stream in (stdout, stderr):
                if stream and not streams.kept:
                    stream.close()
    finally:
        for descriptor in taken:
            os.close(descriptor)


def _output(asked: Any, inherited: int, taken: list[int]) -> tuple[int, IO[bytes] | None]:
    if asked == subprocess.PIPE:
        read, write = os.pipe()
        taken.append(write)
        return write, os.fdopen(read, "rb")
    if asked == subprocess.DEVNULL:
        taken.append(os.open(os.devnull, os.O_WRONLY))
        return taken[-1], None
    if asked is None:
        return inherited, None
    return (asked if isinstance(asked, int) else asked.fileno()), None
