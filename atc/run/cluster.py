"""The same tasks on other machines, through dask.distributed (``atc run --scheduler``).

Workers need the package, and share no disk: each task takes its files along and brings back those it made.
dask gives the tasks of a lost worker to another; a task that fails by itself fails once.
"""

import datetime as dt
import json
import logging
import platform
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from copy import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from distributed import Client, Reschedule, Worker, WorkerPlugin, get_worker
from distributed.scheduler import KilledWorker
from distributed.security import Security

from atc.run.manifest import code_hashes, environment
from atc.run.plan import Executor, Result, Task, perform
from atc.run.processes import launcher, private_folder
from atc.survey.errors import AtcError, Messages, NotebookFailed
from atc.survey.paths import Project, write

Files = Mapping[str, bytes]
_RAW, _STAMP = "data/raw/", "/provenance.json"
# Seconds to reach the scheduler, and for a first worker to be there.
_PATIENCE = 15
_ABSENT, _SHOWN = "absent", 4
# A worker that stays while its code is replaced would run some of the old and some of the new.
_LOADED = code_hashes()[1]
_said = Messages(__name__)


@contextmanager
def cluster(address: str, run: str, date: dt.date) -> Iterator[Callable[[Project, Iterable[str]], Executor]]:
    """The workers of a scheduler, known to be like this machine, getting ready.

    They work once they are told which files of the project notebooks may read, relative to its root. An
    `AtcError` tells that no scheduler or no worker is there, or that one would not give the same bytes.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters of it comes as an exception
    site = Site(run, date, likeness())

    def do(shared: Any, function: str, task: Task, label: str) -> Any:
        needs = {path.name: path.read_bytes() for path in task.needs}
        asked = (function, task, label, needs, shared, site.name)
        try:
            # No result waits on a worker for the others.
            result, files = client.submit(perform_away, *asked, pure=False, retries=0).result()
        except KilledWorker as error:
            raise NotebookFailed(_said("lost_workers", label=label)) from error
        except CancelledError as error:
            raise AtcError(_said("lost_scheduler")) from error
        for name, content in files.items():
            write(task.folder / name, content)
        return result

    def room() -> Any:
        # As many as the workers do, and as many beside them; a scheduler that is lost is told by the tasks.
        with suppress(OSError, RuntimeError):
            return max(2, 2 * sum(client.nthreads().values()))
        return 2

    def close() -> None:
        # Tasks that wait and that are done are given up; whoever is gone has nothing left to end.
        with suppress(Exception):
            if client.status == "running":
                client.unregister_worker_plugin(site.name)
        client.close()

    def executor(project: Project, names: Iterable[str]) -> Executor:
        # A task, and not data scattered once: a worker that is lost with it takes nothing away for good.
        shared = client.submit(copy, slice_of(project, names), key=f"fichiers-{site.name}")
        return Executor(partial(do, shared), room, close)

    with _reached(address) as client, ExitStack() as held:
        held.callback(close)
        _prepare(client, site)
        yield executor


def _reached(address: str) -> Client:
    try:
        given = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
        if not address.startswith("tls://") or given["ssl_context"] is not None:
            return Client(address, timeout=_PATIENCE, set_as_default=False, name="atc")  # type: ignore[no-untyped-call]
        # dask would say it in other words, half a minute later.
        reason = _said("no_certificate")
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error)
    raise AtcError(_said("unreachable", address=address, reason=reason))


def _prepare(client: Client, site: WorkerPlugin) -> None:
    """Set up all workers, and those that join later."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
        client.register_plugin(site)
    except TimeoutError as error:
        raise AtcError(_said("no_worker")) from error
    except (ImportError, AttributeError) as error:
        # With another package, or none, one cannot even read what it is sent.
        raise AtcError(_said("unfit", error=error)) from error


def slice_of(project: Project, names: Iterable[str]) -> dict[str, bytes]:
    """The files of the project that notebooks may read; raw files stay here, for validation is done."""
    kept = {name: (project.root / name).read_bytes() for name in names if not name.startswith(_RAW)}
    for name, content in kept.items():
        if name.endswith(_STAMP):
            # Else the worker would validate raw files that it does not have.
            made_from = {source: sha for source, sha in json.loads(content).items() if _RAW not in source}
            kept[name] = json.dumps(made_from, indent=1).encode()
    return kept


def likeness() -> dict[str, str]:
    """Python, system, code of ``atc``, Pango, and every library that ``atc`` rests on, directly or not."""
    return {
        "système": f"{platform.system()} {platform.machine()}",
        "code d’atc": code_hashes()[1][:12],
        "code d’atc chargé": _LOADED[:12],
        **environment(whole=True),
    }


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Where two machines differ, in French: « pandas (ici 3.0.1, là-bas 2.3.3) »; empty if nowhere."""
    told = [
        f"{name} (ici {here.get(name, _ABSENT)}, là-bas {there.get(name, _ABSENT)})"
        for name in {**here, **there}
        if here.get(name) != there.get(name)
    ]
    return ", ".join(told[:_SHOWN] + [f"et {len(told) - _SHOWN} autres"] * (len(told) > _SHOWN))


# --- on a worker ---


class Site(WorkerPlugin):
    """Where a worker does the tasks of one run: dask sets it up on each, and on those that join later."""

    refused, leaving = "", False

    def __init__(self, run: str, date: dt.date, likeness: Mapping[str, str]) -> None:
        self.name, self._date, self._likeness = f"atc-{run}", date, likeness

    def setup(self, worker: Worker) -> None:
        """Get ready; an `AtcError` if this worker would not give the same bytes."""
        if found := differences(self._likeness, likeness()):
            self.refused = _said("unlike", address=worker.address, found=found)
            raise AtcError(self.refused)
        self._held = ExitStack()
        self.folder = self._held.enter_context(private_folder())
        # Its server ends when it is left idle: a driver that is lost says no goodbye.
        self.launcher = self._held.enter_context(launcher(self.folder, self._date))
        self.launcher.warm()

    def teardown(self, worker: Worker) -> None:
        """End the tasks that go on: the run is over, or the worker, which else would wait for their end."""
        del worker
        self.leaving = True
        if not self.refused:
            self._held.close()


def perform_away(
    function: str, task: Task, label: str, needs: Files, shared: Files, site: str
) -> tuple[Result, Files]:
    """Do one task in a private folder, gone in the end; return its result, and the files that it made.

    ``needs`` are files that it names; ``shared``, those of the project. `Reschedule`: it is for another
    worker, for this one was told to stop.
    """
    here = get_worker().plugins[site]
    assert isinstance(here, Site)
    if here.refused:
        raise AtcError(here.refused)
    try:
        with tempfile.TemporaryDirectory(dir=here.folder) as name:
            project, given, made = (Path(name) / part for part in ("projet", "recu", "fait"))
            for folder, files in ((project, shared), (given, needs)):
                for path, content in files.items():
                    (folder / path).parent.mkdir(parents=True, exist_ok=True)
                    (folder / path).write_bytes(content)
            Project(project).own_notebooks.mkdir(parents=True, exist_ok=True)
            moved = replace(
                task, project=Project(project), folder=made, needs=tuple(given / p.name for p in task.needs)
            )
            result = perform(here.launcher, function, moved, label)
            found = sorted(path for path in made.rglob("*") if path.is_file())
            return result, {path.relative_to(made).as_posix(): path.read_bytes() for path in found}
    except (NotebookFailed, FileNotFoundError) as error:
        if here.leaving:
            raise Reschedule from error
        raise
