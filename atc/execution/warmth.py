"""One zygote for all kernels of a run on this machine, started while the workers are still importing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from atc.execution import processes
from atc.execution.environment import applied
from atc.kernels import available, starting


@contextmanager
def zygote(private: Path, environment: Mapping[str, str | None], wanted: bool) -> Iterator[None]:
    """A zygote for the processes that are started in this block; it ends with the block, or with its driver.

    Args:
        private: Private folder of the run; its name is the mark of the run.
        environment: Variables that the workers start with.
        wanted: Whether any kernel is to start warm.
    """
    if not wanted or not available():
        yield
        return
    own = begun(private, private.name, environment)
    try:
        with applied({starting.SHARED: str(own.socket)}):
            yield
    finally:
        own.end()


def begun(private: Path, mark: str, environment: Mapping[str, str | None]) -> starting.Zygote:
    """A zygote, which whoever asks for it ends.

    Args:
        private: Private folder, where it gets one of its own.
        mark: Of whoever will end it.
        environment: Variables that those who ask it for kernels start with.
    """
    starting.sweep()
    folder = private / "z"
    folder.mkdir(mode=0o700)
    with applied({**environment, processes.MARK: mark}):
        return starting.start([sys.executable], os.environ, folder)
