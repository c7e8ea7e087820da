"""The same tasks on other machines, through dask.distributed (``atc run --scheduler``).

Workers need the package, and share no disk: each task takes its files along and brings back those it made.
dask gives the tasks of a lost worker to another; a task that fails by itself fails once.
"""

import datetime as dt
import json
import logging
import os
import platform
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from copy import copy
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from distributed import Client, Reschedule, Worker, WorkerPlugin, get_worker
from distributed.scheduler import KilledWorker
from distributed.security import Security

from atc.run.execution import launcher
from atc.run.manifest import code_hashes, pango, required
from atc.run.processes import private_folder
from atc.run.steps import Executor, Result, Task, perform
from atc.survey.errors import AtcError, NotebookFailed
from atc.survey.files import write
from atc.survey.paths import Project

Files = Mapping[str, bytes]
_RAW, _STAMP = "data/raw/", "/provenance.json"
# Seconds to reach the scheduler, and for a first worker to be there.
_PATIENCE = 15
# Seconds without a task after which processes end, whether or not their driver said goodbye.
_IDLE = 60.0
_ABSENT, _SHOWN = "absent", 4
# A worker that stays while its code is replaced would run some of the old and some of the new.
_LOADED = code_hashes()[1]


@dataclass(frozen=True)
class Order:
    """What the tasks of one run have in common: it is sent once to each worker."""

    run: str  # its name
    date: dt.date  # of the wave: it stands in for the clock
    likeness: Mapping[str, str]  # what a worker must be, to give the same bytes
    files: Files  # of the project, by path relative to its root


# --- on the machine that runs ---


@contextmanager
def cluster(
    address: str, run: str, date: dt.date, project: Project, names: Iterable[str]
) -> Iterator[Executor]:
    """The workers of a scheduler, once it is known that they are like this machine.

    ``names`` are the files that notebooks may read, relative to the root. An `AtcError` tells that no
    scheduler or no worker is there, or that one would not give the same bytes.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters of it comes as an exception
    with _reached(address) as client:
        order = Order(run, date, likeness(), slice_of(project, names))
        _refuse_others(client, order)
        try:
            workers = Workers(client, order)
            yield Executor(workers.do, workers.room, workers.close)
        finally:
            # Whoever is gone has nothing left to end; a worker that misses this ends by itself.
            if client.status == "running":
                client.run(close, run, on_error="ignore")


def _reached(address: str) -> Client:
    try:
        given = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
        if not address.startswith("tls://") or given["ssl_context"] is not None:
            return Client(address, timeout=_PATIENCE, set_as_default=False, name="atc")  # type: ignore[no-untyped-call]
        # dask would say it in other words, half a minute later.
        reason = "aucun certificat n’est indiqué à ce poste"
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error)
    raise AtcError(
        f"L’ordonnanceur {address} ne répond pas ({reason}). Vérifiez l’adresse, qu’il tourne, "
        "et pour tls:// les certificats (voir docs/cluster.md)."
    )


class Workers:
    """Do the tasks of a run."""

    def __init__(self, client: Client, order: Order) -> None:
        self._client = client
        # A task, and not data scattered once: a worker that is lost with it takes nothing away for good.
        self._order = client.submit(copy, order, key=f"commande-{order.run}")
        self._sent: set[Any] = set()
        self._threads, self._open = 1, True

    def do(self, function: str, task: Task, label: str) -> Result:
        """Have a task done, with the files that it needs, and put what it makes in its folder."""
        needs = {path.name: path.read_bytes() for path in task.needs}
        sent = self._client.submit(
            perform_away, function, task, label, needs, self._order, pure=False, retries=0
        )
        self._sent.add(sent)
        if not self._open:
            sent.cancel()  # type: ignore[no-untyped-call]
        try:
            result, files = sent.result()
        except KilledWorker as error:
            told = "plusieurs workers se sont arrêtés tour à tour sur cette tâche (mémoire épuisée ?)."
            raise NotebookFailed(f"{label} : {told}") from error
        except CancelledError as error:
            raise AtcError(
                "L’ordonnanceur ne répond plus : rien n’est publié. Vérifiez qu’il tourne, puis relancez."
            ) from error
        finally:
            # No result waits on a worker for the others.
            self._sent.discard(sent)
        for name, content in files.items():
            write(task.folder / name, content)
        return result

    def room(self) -> int:
        """As many tasks as the workers do, and as many beside them."""
        # A scheduler that is lost is told by the tasks.
        with suppress(OSError, RuntimeError):
            self._threads = sum(self._client.nthreads().values())  # type: ignore[no-untyped-call]
        return max(2, 2 * self._threads)

    def close(self) -> None:
        """Give up the tasks that are left."""
        self._open = False
        if self._client.status == "running":
            self._client.cancel(list(self._sent))  # type: ignore[no-untyped-call]


def slice_of(project: Project, names: Iterable[str]) -> dict[str, bytes]:
    """The files of the project that notebooks may read: settings, dictionary, reference, validated tables.

    Raw files stay here: validation is done, and nothing else reads them.
    """
    kept = {name: (project.root / name).read_bytes() for name in names if not name.startswith(_RAW)}
    for name, content in kept.items():
        if name.endswith(_STAMP):
            # Else the worker would validate raw files that it does not have.
            made_from = json.loads(content)
            known = {source: sha256 for source, sha256 in made_from.items() if not source.startswith(_RAW)}
            kept[name] = json.dumps(known, indent=1).encode()
    return kept


# --- what two machines must have in common to give the same bytes ---


def likeness() -> dict[str, str]:
    """Python, system, code of ``atc``, Pango, and every library that ``atc`` rests on, directly or not."""
    found: dict[str, str] = {}
    waiting = {"atc"}
    while waiting:
        name = waiting.pop()
        # Some are asked for on other systems only.
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
            waiting |= required(name) - found.keys()
    return {
        "Python": platform.python_version(),
        "système": f"{platform.system()} {platform.machine()}",
        "code d’atc": code_hashes()[1][:12],
        "code d’atc chargé": _LOADED[:12],
        "Pango": pango(),
        **dict(sorted(found.items())),
    }


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Where two machines differ, in French: « pandas (ici 3.0.1, là-bas 2.3.3) »; empty if nowhere."""
    names = [n for n in {**here, **there} if here.get(n, _ABSENT) != there.get(n, _ABSENT)]
    told = [f"{n} (ici {here.get(n, _ABSENT)}, là-bas {there.get(n, _ABSENT)})" for n in names[:_SHOWN]]
    if len(names) > _SHOWN:
        told.append(f"et {len(names) - _SHOWN} autres")
    return ", ".join(told)


def _refusal(worker: str, found: str) -> str:
    return (
        f"Le worker {worker} n’a pas le même environnement que ce poste : {found}. Rien n’a été exécuté. "
        "Installez-y le même code et les mêmes versions (requirements.lock), relancez-le, puis recommencez."
    )


def _refuse_others(client: Client, order: Order) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        raise AtcError(
            "L’ordonnanceur n’a aucun worker. Démarrez-en au moins un (voir docs/cluster.md), puis relancez."
        ) from error
    refused = []
    for worker, there in client.run(likeness, on_error="return").items():
        if isinstance(there, Exception):
            refused.append(f"Le worker {worker} ne convient pas : {there}.")
        elif found := differences(order.likeness, there):
            refused.append(_refusal(worker, found))
    if refused:
        raise AtcError("\n".join(sorted(refused)))


# --- on a worker ---


class _Site:
    """Where a worker does the tasks of one run."""

    def __init__(self, order: Order) -> None:
        # Workers may join while a run goes on: the driver asked those of the beginning only.
        if found := differences(order.likeness, likeness()):
            raise AtcError(_refusal(f"{platform.node()}, processus {os.getpid()}", found))
        self.held = ExitStack()
        self.folder = self.held.enter_context(private_folder())
        self.launcher = self.held.enter_context(launcher(self.folder, order.date))
        self.busy = 0
        self.end = threading.Timer(_IDLE, close, [order.run])


class _Leaving(WorkerPlugin):
    """What a worker that is told to stop does first: else it would wait for the end of its tasks."""

    name = "atc"
    begun = False

    def teardown(self, worker: Worker) -> None:
        """End the processes of every run."""
        del worker
        self.begun = True
        for run in list(_sites):
            close(run)


_leaving = _Leaving()
_sites: dict[str, _Site] = {}
_opening = threading.Lock()


@contextmanager
def _opened(order: Order) -> Iterator[_Site]:
    """The site of a run, for one task; without any, it ends a minute later."""
    with _opening:
        if order.run not in _sites:
            _sites[order.run] = _Site(order)
        site = _sites[order.run]
        site.end.cancel()
        site.busy += 1
    try:
        yield site
    finally:
        with _opening:
            site.busy -= 1
            if not site.busy:
                site.end = threading.Timer(_IDLE, close, [order.run])
                site.end.daemon = True
                site.end.start()


def close(run: str) -> None:
    """The run is over, well or not: a task that goes on is ended."""
    with _opening:
        site = _sites.pop(run, None)
    if site:
        site.end.cancel()
        site.held.close()


def perform_away(function: str, task: Task, label: str, needs: Files, order: Order) -> tuple[Result, Files]:
    """Do one task in a private folder, gone in the end; return its result, and the files that it made.

    ``needs`` are files besides those of the order, by name. `NotebookFailed`: it cannot be done, or its
    process was killed; `AtcError`: this worker would not give the same bytes; `Reschedule`: this worker was
    told to stop, the task is for another one.
    """
    # Not through the scheduler: a worker of another version could not even read it.
    get_worker().plugins.setdefault(_leaving.name, _leaving)
    try:
        with _opened(order) as site, tempfile.TemporaryDirectory(dir=site.folder) as name:
            project, given, made = (Path(name) / part for part in ("projet", "recu", "fait"))
            for folder, files in ((project, order.files), (given, needs)):
                for path, content in files.items():
                    (folder / path).parent.mkdir(parents=True, exist_ok=True)
                    (folder / path).write_bytes(content)
            Project(project).own_notebooks.mkdir(parents=True, exist_ok=True)
            moved = replace(
                task, project=Project(project), folder=made, needs=tuple(given / p.name for p in task.needs)
            )
            result = perform(site.launcher, function, moved, label)
            found = sorted(path for path in made.rglob("*") if path.is_file())
            return result, {path.relative_to(made).as_posix(): path.read_bytes() for path in found}
    except NotebookFailed as error:
        if _leaving.begun:
            raise Reschedule from error
        raise
