"""Who does the jobs of a run: processes of this machine, or the workers of a cluster. Same jobs, same bytes.

Only a run that has jobs pays for the imports of either.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from atc.errors import UsageError, shown
from atc.kernels import STOCK, WARM

if TYPE_CHECKING:
    from atc.execution.planning import Survey, Target
    from atc.execution.staleness import Basis

# Gives what runs the jobs, for as long as a block lasts, once it is known what there is to do.
Hire = Callable[["Basis", "Target", "Survey"], AbstractContextManager[Executor]]
_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")


@dataclass(frozen=True)
class Crew:
    """What is asked for.

    Attributes:
        jobs: Most processes of this machine.
        scheduler: Address of a dask scheduler, whose workers do the jobs instead; empty for none.
        kernel: ``chaud`` or ``standard``: how kernels start.
    """

    jobs: int
    scheduler: str = ""
    kernel: str = WARM

    def room(self, hired: Executor) -> Callable[[], int]:
        """Tells how many jobs may be in flight: enough that no worker waits, few enough to hold no memory.

        Args:
            hired: Who does them.
        """
        if not self.scheduler:
            return lambda: 2 * self.jobs
        from atc.execution.cluster import Cluster  # noqa: PLC0415

        assert isinstance(hired, Cluster)
        return hired.room


@dataclass(frozen=True)
class Expected:
    """What there is to do, as far as is known before all is compared. Work goes on if it turns out otherwise.

    Attributes:
        executing: Whether chapters are to be executed.
        printed: Documents that are to be printed, where nothing is executed.
    """

    executing: bool = False
    printed: int = 0


def check_crew(jobs: int, scheduler: str) -> None:
    """Refuse what is not the address of a scheduler, and a number of processes beside one.

    Args:
        jobs: As asked for; 0 when nothing was.
        scheduler: As asked for.

    Raises:
        UsageError: Neither ``tcp://machine:port`` nor ``tls://machine:port``, or both requests at once.
    """
    if not scheduler:
        return
    if not _ADDRESS.fullmatch(scheduler):
        raise UsageError(
            f"« {shown(scheduler)} » n’est pas l’adresse d’un ordonnanceur dask. "
            "Écrivez --scheduler tcp://machine:8786, ou tls://machine:8786 pour une liaison chiffrée."
        )
    if jobs:
        raise UsageError(
            "Avec --scheduler, le nombre de tâches simultanées est celui des workers. Retirez --jobs."
        )


def check_kernel(kernel: str) -> None:
    """Refuse what is no way to start a kernel.

    Args:
        kernel: As asked for.

    Raises:
        UsageError: Neither ``chaud`` nor ``standard``.
    """
    if kernel not in (WARM, STOCK):
        raise UsageError(f"Le noyau « {shown(kernel)} » est inconnu. Choisissez parmi : {WARM}, {STOCK}.")


@contextmanager
def ready(crew: Crew, private: Path, date: dt.date, expected: Expected) -> Iterator[Hire]:
    """Whoever will do the jobs gets ready, for as long as the block lasts: libraries take time to import.

    Args:
        crew: What is asked for.
        private: Private folder of the run; its name is the mark of the run.
        date: Of the wave: it stands in for the clock.
        expected: What there is to do.

    Raises:
        AtcError: There is no such scheduler, or a worker there would not give the same bytes.
    """
    from atc.execution.environment import deterministic  # noqa: PLC0415
    from atc.execution.warmth import zygote  # noqa: PLC0415

    if crew.scheduler:
        with _cluster(crew, private.name, date, executing=expected.executing) as hire:
            yield hire
        return
    environment = deterministic(date)
    with (
        zygote(private, environment, wanted=expected.executing and crew.kernel == WARM),
        ExitStack() as begun,
    ):
        executor = None
        if expected.executing:
            from atc.execution.pool import begin  # noqa: PLC0415

            begin(private.name, environment)
        elif expected.printed:
            executor = begun.enter_context(_press(crew, private.name, environment, expected))
        yield partial(_processes, crew, private.name, environment, begun, executor)


def _processes(
    crew: Crew,
    mark: str,
    environment: Mapping[str, str | None],
    begun: ExitStack,
    press: Executor | None,
    basis: Basis,
    target: Target,
    found: Survey,
) -> AbstractContextManager[Executor]:
    if found.stale or basis.sheet:
        from atc.execution.pool import workers  # noqa: PLC0415

        # Never a process without work; the whole report is printed too, unless chapters are asked for.
        return workers(min(crew.jobs, len(target.chosen) + 1), mark, environment)
    if press:
        return _taken_over(begun, press)
    return _press(crew, mark, environment, expected_of(target, found.reworded or target.chosen))


def expected_of(target: Target, read: Sequence[str]) -> Expected:
    """What a run that executes nothing has to do: the whole is printed too, unless chapters are asked for.

    Args:
        target: What it aims at.
        read: Chapters that are read again.
    """
    return Expected(printed=len(read) + (target.chosen == target.chapters))


def _press(
    crew: Crew, mark: str, environment: Mapping[str, str | None], expected: Expected
) -> AbstractContextManager[Executor]:
    from atc.execution.pool import press  # noqa: PLC0415

    return press(min(crew.jobs, expected.printed), mark, environment)


@contextmanager
def _taken_over(begun: ExitStack, executor: Executor) -> Iterator[Executor]:
    """What was begun ends with this block: before anything that its processes write to is cleared."""
    with begun.pop_all():
        yield executor


@contextmanager
def _cluster(crew: Crew, run: str, date: dt.date, *, executing: bool) -> Iterator[Hire]:
    from atc.execution.cluster import cluster  # noqa: PLC0415
    from atc.execution.likeness import likeness  # noqa: PLC0415
    from atc.execution.parcels import Order, slice_of  # noqa: PLC0415

    order = Order(run, date, crew.kernel, likeness(), {})
    with cluster(crew.scheduler, order, executing=executing) as workers:
        yield lambda basis, _target, _found: workers(slice_of(basis.project, basis.files))
