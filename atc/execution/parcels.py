"""A job that leaves for a machine without our disk: its files go along, and those that it makes come back."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atc.execution import processes
from atc.execution.tasks import Place, Task
from atc.files import write
from atc.paths import Project

Files = Mapping[str, bytes]
_RAW, _STAMP = "data/raw/", "/provenance.json"


@dataclass(frozen=True)
class Order:
    """What the jobs of one run have in common: it is sent once to each worker.

    Attributes:
        run: Mark of the run.
        date: Of the wave: it stands in for the clock.
        kernel: ``chaud`` or ``standard``: how kernels start.
        likeness: What a worker must be, to give the same bytes (see `atc.execution.likeness`).
        files: Of the project, by path relative to its root.
    """

    run: str
    date: dt.date
    kernel: str
    likeness: Mapping[str, str]
    files: Files


@dataclass(frozen=True)
class Parcel:
    """One job.

    Attributes:
        function: One of `atc.execution.jobs`.
        task: Its argument, as the driver sees it.
        files: Those that the task needs besides the order's, by name.
    """

    function: Callable[[Any], Any]
    task: Task
    files: Files


@dataclass(frozen=True)
class Delivery:
    """What a job gave.

    Attributes:
        result: What the function returned.
        files: Those that it made, by path relative to the folder of the task.
    """

    result: Any
    files: Files


def slice_of(project: Project, files: Iterable[str]) -> dict[str, bytes]:
    """The files of the project that notebooks may read: settings, dictionary, reference, validated tables.

    Raw files stay here: validation is done, and nothing else reads them.

    Args:
        project: Where the files are.
        files: Those that the run rests on, relative to the root.
    """
    kept = {name: (project.root / name).read_bytes() for name in files if not name.startswith(_RAW)}
    return {name: _stamp(content) if name.endswith(_STAMP) else content for name, content in kept.items()}


def _stamp(content: bytes) -> bytes:
    # What the tables were made from, as far as it travels: else the worker would validate raw files that it
    # does not have.
    made_from = {name: digest for name, digest in json.loads(content).items() if not name.startswith(_RAW)}
    return json.dumps(made_from, indent=1).encode()


def packed(function: Callable[[Any], Any], task: Task) -> Parcel:
    """A job and the files that it needs."""
    return Parcel(function, task, {path.name: path.read_bytes() for path in task.needs})


def carry_out(parcel: Parcel, order: Order) -> Delivery:
    """Do a job in a private folder, which is gone in the end.

    Args:
        parcel: The job.
        order: What it shares with the others of its run.
    """
    with processes.private_folder() as folder:
        place = Place(
            project=Project(folder / "projet"),
            given=folder / "recu",
            made=folder / "fait",
            private=folder / "0",
            # The process that runs this carries the mark of its worker: what it starts ends with it.
            mark=f"{os.environ[processes.MARK]}/{folder.name}",
        )
        for empty in (place.project.notebooks, place.given, place.made):
            empty.mkdir(parents=True)
        _lay(place.project.root, order.files)
        _lay(place.given, parcel.files)
        result = parcel.function(parcel.task.settled(place))
        return Delivery(result, _found(place.made))


def _lay(folder: Path, files: Files) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _found(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def received(delivery: Delivery, task: Task) -> Any:
    """Put the files of a job where the task says, as if it had been done here.

    Args:
        delivery: What the job gave.
        task: As the driver sees it.

    Returns:
        The result of the job.
    """
    for name, content in delivery.files.items():
        write(task.folder / name, content)
    return delivery.result
