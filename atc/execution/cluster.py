"""The same jobs on other machines: an executor over dask.distributed (``atc run --scheduler``).

Workers need the package, and share no disk: each job takes its files along and brings back those it made.
dask runs the jobs of a lost worker again; a job that fails by itself fails once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from atc.errors import AtcError, NotebookFailed
from atc.execution import workshop
from atc.execution.likeness import differences, refusal
from atc.execution.parcels import Delivery, Files, Order, packed, received
from atc.execution.tasks import Task

if TYPE_CHECKING:
    from distributed import Client

# Seconds to reach the scheduler, and for a first worker to be there.
_PATIENCE = 15


class Cluster(Executor):
    """Runs jobs on the workers of a scheduler; it has the shape of the local pool."""

    def __init__(self, client: Client, order: Order) -> None:
        """Give the workers what their jobs have in common.

        Args:
            client: Of the scheduler.
            order: What the jobs share.
        """
        self._client = client
        self._threads = 1
        self._jobs = client.get_executor(pure=False, retries=0)  # type: ignore[no-untyped-call]
        # A task, and not data scattered once: a worker that is lost with it takes nothing away for good.
        self._order = client.submit(_handed, order, key=f"commande-{order.run}")
        # One thread puts the files away as they come: no result waits in memory for the others.
        self._reception = ThreadPoolExecutor(1, "reception")
        self._open = True

    def submit(self, function: Callable[..., Any], /, task: Task) -> Future[Any]:  # type: ignore[override]
        """Send a job.

        Args:
            function: One of `atc.execution.jobs`.
            task: Its argument.
        """
        outcome: Future[Any] = Future()
        outcome.set_running_or_notify_cancel()
        sent = self._jobs.submit(workshop.perform, packed(function, task), self._order)
        sent.add_done_callback(partial(self._receive, outcome, task))
        return outcome

    def room(self) -> int:
        """Most jobs in flight: those that the workers do, and as many beside them.

        The others stay here, in the order that the run gave them: dask would begin them as they came.
        """
        # A scheduler that is lost is told by the jobs.
        with suppress(OSError, RuntimeError):
            self._threads = sum(self._client.nthreads().values())  # type: ignore[no-untyped-call]
        return max(2, 2 * self._threads)

    def _receive(self, outcome: Future[Any], task: Task, done: Future[Delivery]) -> None:
        # Jobs that are given up end too, and no one waits for them.
        if self._open:
            self._reception.submit(_settle, outcome, task, done)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the jobs.

        Args:
            wait: Whether to wait for those that run.
            cancel_futures: Whether to give up those that do not.
        """
        self._open = not cancel_futures
        self._jobs.shutdown(wait=wait and not cancel_futures)
        self._reception.shutdown(wait=wait, cancel_futures=cancel_futures)


def _handed(order: Order) -> Order:
    return order


def _settle(outcome: Future[Any], task: Task, done: Future[Delivery]) -> None:
    try:
        outcome.set_result(received(done.result(), task))
    except Exception as error:  # noqa: BLE001 - a future holds whatever went wrong, as concurrent.futures does
        outcome.set_exception(_translated(error, task.label))


def _translated(error: Exception, label: str) -> Exception:
    from distributed.scheduler import KilledWorker  # noqa: PLC0415

    if isinstance(error, KilledWorker):
        return NotebookFailed(
            f"{label} : plusieurs workers se sont arrêtés tour à tour sur cette tâche (mémoire épuisée ?)."
        )
    if isinstance(error, CancelledError):
        return AtcError(
            "L’ordonnanceur ne répond plus : rien n’est publié. Vérifiez qu’il tourne, puis relancez."
        )
    return error


@contextmanager
def cluster(
    address: str, order: Order, *, executing: bool
) -> Iterator[Callable[[Files], AbstractContextManager[Executor]]]:
    """The workers of a scheduler, once it is known that they are like this machine.

    Args:
        address: Of the scheduler.
        order: What the jobs of the run have in common, but for its files: those are not known yet.
        executing: Whether they may get ready to execute chapters.

    Raises:
        AtcError: No scheduler or no worker there, or one that would not give the same bytes.
    """
    with _connected(address) as client:
        try:
            _refuse_others(client, order, executing=executing)
            yield partial(_hired, client, order)
        finally:
            _dismiss(client, order.run)


@contextmanager
def _hired(client: Client, order: Order, files: Files) -> Iterator[Executor]:
    executor = Cluster(client, replace(order, files=files))
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    from distributed import Client  # noqa: PLC0415

    # What matters of its log comes back as an exception.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        _check_certificates(address)
        client = Client(  # type: ignore[no-untyped-call]
            address, timeout=_PATIENCE, set_as_default=False, name="atc"
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise AtcError(
            f"L’ordonnanceur {address} ne répond pas ({error}). Vérifiez l’adresse, qu’il tourne, "
            "et pour tls:// les certificats (voir docs/cluster.md)."
        ) from error
    with client:
        yield client


def _check_certificates(address: str) -> None:
    from distributed.security import Security  # noqa: PLC0415

    given = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    if address.startswith("tls://") and given["ssl_context"] is None:
        # dask would say it in other words, half a minute later.
        raise ValueError("aucun certificat n’est indiqué à ce poste")


def _refuse_others(client: Client, order: Order, *, executing: bool) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        raise AtcError(
            "L’ordonnanceur n’a aucun worker. Démarrez-en au moins un (voir docs/cluster.md), puis relancez."
        ) from error
    refused = []
    for worker, there in client.run(workshop.presented, order, executing, on_error="return").items():
        if isinstance(there, Exception):
            refused.append(f"Le worker {worker} ne convient pas : {there}.")
        elif found := differences(order.likeness, there):
            refused.append(refusal(worker, found))
    if refused:
        raise AtcError("\n".join(sorted(refused)))


def _dismiss(client: Client, run: str) -> None:
    # Whoever is gone has nothing left to end; a worker that misses this ends by itself when no job comes.
    if client.status == "running":
        client.run(workshop.close, run, on_error="ignore")
