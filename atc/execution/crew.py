"""Who does the jobs of a run: processes of this machine, or the workers of a cluster. Same jobs, same bytes.

Only a run that has jobs pays for the imports of either.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from atc.errors import UsageError, shown
from atc.kernels import STOCK, WARM

if TYPE_CHECKING:
    from atc.execution.planning import Survey, Target
    from atc.execution.staleness import Basis

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

    @property
    def warm(self) -> bool:
        """Whether kernels of this machine start warm; on a cluster, each worker sees to its own."""
        return self.kernel == WARM and not self.scheduler

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


def executor(
    crew: Crew, run: str, basis: Basis, target: Target, found: Survey
) -> AbstractContextManager[Executor]:
    """What runs the jobs, for as long as the block lasts.

    Args:
        crew: What is asked for.
        run: Mark of the run.
        basis: What it starts from.
        target: What it aims at.
        found: State of the chapters.

    Raises:
        AtcError: There is no such scheduler, or a worker there would not give the same bytes.
    """
    from atc.execution.environment import deterministic  # noqa: PLC0415
    from atc.execution.pool import press, workers  # noqa: PLC0415

    date = target.settings.wave(basis.parameters["vague"]).date
    if not crew.scheduler:
        # Never a process without work; the whole report is printed too, unless chapters are asked for.
        makers = len(found.reworded) or len(target.chosen)
        if found.stale or basis.sheet:
            return workers(min(crew.jobs, len(target.chosen) + 1), run, deterministic(date))
        printed = makers + (target.chosen == target.chapters)
        return press(min(crew.jobs, makers), min(crew.jobs, printed), run, deterministic(date))
    from atc.execution.cluster import cluster  # noqa: PLC0415
    from atc.execution.likeness import likeness  # noqa: PLC0415
    from atc.execution.parcels import Order, slice_of  # noqa: PLC0415

    files = slice_of(basis.project, basis.files)
    return cluster(crew.scheduler, Order(run, date, crew.kernel, likeness(), files))
