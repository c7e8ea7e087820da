"""Two dask workers on this machine, each in an empty folder, for as long as the block lasts."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from distributed import Client

# As docs/cluster.md says.
_SETTINGS = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
}


@contextmanager
def two_workers(folder: Path, variables: Mapping[str, str]) -> Iterator[tuple[str, list[int]]]:
    """The address of the scheduler, and the processes.

    Args:
        folder: Made here; each process works in a folder of its own below.
        variables: Added to the environment.
    """
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> None:
        own = folder / str(len(started))
        own.mkdir(parents=True)
        command = [sys.executable, "-m", "dask", *arguments, "--host", "127.0.0.1", "--no-dashboard"]
        environment = {**os.environ, **variables, **_SETTINGS}
        quiet = subprocess.DEVNULL
        started.append(subprocess.Popen(command, cwd=own, env=environment, stdout=quiet, stderr=quiet))

    try:
        named = folder / "ordonnanceur.json"
        start("scheduler", "--port", "0", "--scheduler-file", str(named))
        address = _address(named)
        for _ in range(2):
            # Each has half of the cores of a machine that has two, and one job more than that.
            start("worker", address, "--no-nanny", "--nthreads", "2")
        _wait_for_two(address)
        yield address, [process.pid for process in started]
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(named: Path) -> str:
    deadline = time.monotonic() + 60
    while not (named.is_file() and named.read_text(encoding="utf-8")):
        if time.monotonic() > deadline:
            raise RuntimeError("the scheduler did not start")
        time.sleep(0.1)
    return str(json.loads(named.read_text(encoding="utf-8"))["address"])


def _wait_for_two(address: str) -> None:
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)


@contextmanager
def lose(pid: int, after: float) -> Iterator[None]:
    """Kill a process while the block goes on.

    Args:
        pid: Which.
        after: Seconds from now.
    """
    timer = threading.Timer(after, os.kill, (pid, signal.SIGKILL))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
