"""Jobs lead to other jobs, a few in flight; what fails is told, and leads nowhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from atc.errors import NotebookFailed
from atc.execution.flow import Job, Ranked, drain


class Watched(Executor):
    """Runs jobs on threads, and counts those in flight."""

    def __init__(self, workers: int) -> None:
        self._pool = ThreadPoolExecutor(workers)
        self._lock = threading.Lock()
        self.flying = self.most = 0

    def submit(self, function: Any, /, *arguments: Any, **options: Any) -> Future[Any]:
        with self._lock:
            self.flying += 1
            self.most = max(self.most, self.flying)
        future = self._pool.submit(function, *arguments, **options)
        future.add_done_callback(self._landed)
        return future

    def _landed(self, _: Future[Any]) -> None:
        with self._lock:
            self.flying -= 1


def _fail(reason: str) -> None:
    raise NotebookFailed(reason)


def _end(_: Any) -> tuple[Ranked, ...]:
    return ()


def _job(name: str, then: Any = _end, run: Any = str) -> Job:
    return Job(name, "fait", run, name, then)


def test_a_result_leads_to_jobs_that_lead_to_others() -> None:
    seen: list[str] = []

    def follow(result: str) -> Iterator[Ranked]:
        seen.append(result)
        if len(result) < 4:
            yield 0, _job(result + "a", follow)
            yield 0, _job(result + "b", follow)

    told: list[str] = []
    drain(Watched(2), iter([(0, _job("x", follow))]), lambda: 3, told.append)
    expected = ["x"] + [f"x{a}" for a in "ab"] + [f"x{a}{b}" for a in "ab" for b in "ab"]
    expected += [f"x{a}{b}{c}" for a in "ab" for b in "ab" for c in "ab"]
    assert sorted(seen) == sorted(expected)
    assert sorted(told) == sorted(f"{name} : fait" for name in expected)


def test_no_job_at_all_ends_at_once() -> None:
    drain(Watched(1), iter([]), lambda: 3, pytest.fail)


@pytest.mark.parametrize("window", [1, 3, 10])
def test_jobs_are_drawn_as_the_window_lets_them_in(window: int) -> None:
    drawn: list[int] = []
    ended: list[str] = []
    ahead: list[int] = []

    def follow(result: str) -> tuple[Ranked, ...]:
        ended.append(result)
        ahead.append(len(drawn) - len(ended))
        return ()

    def jobs() -> Iterator[Ranked]:
        for n in range(40):
            drawn.append(n)
            yield 0, _job(str(n), follow)

    executor = Watched(2)
    drain(executor, jobs(), lambda: window, lambda _: None)
    assert len(ended) == 40
    assert executor.most <= window
    # One is drawn beforehand, to know its rank.
    assert max(ahead) <= window + 1


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [(1, 0, "aAbBcC"), (0, 1, "abcABC")],
)
def test_the_lowest_rank_goes_first(first: int, second: int, order: str) -> None:
    done: list[str] = []

    def follow(result: str) -> Iterator[Ranked]:
        done.append(result)
        if result.islower():
            yield second, _job(result.upper(), follow)

    drain(Watched(1), iter([(first, _job(name, follow)) for name in "abc"]), lambda: 1, lambda _: None)
    assert "".join(done) == order


def test_after_a_failure_the_others_are_run_and_lead_nowhere() -> None:
    done: list[str] = []
    told: list[str] = []

    def follow(result: str) -> Iterator[Ranked]:
        done.append(result)
        yield 1, _job(f"{result}+", follow)

    jobs = [(0, _job("a", run=_fail)), (0, _job("b", follow)), (0, _job("c", _fail)), (0, _job("d", follow))]
    with pytest.raises(NotebookFailed) as caught:
        drain(Watched(1), iter(jobs), lambda: 1, told.append)
    assert str(caught.value) == "a\nc"
    assert done == ["b", "d"]
    assert told == ["a : échec", "b : fait", "c : échec", "d : fait"]


def test_another_error_stops_everything() -> None:
    def broken(_: str) -> None:
        raise OSError(28, "plein")

    with pytest.raises(OSError, match="plein"):
        drain(Watched(1), iter([(0, _job("a", run=broken))]), lambda: 1, lambda _: None)


@pytest.mark.parametrize(("when", "lost"), [("submit", "a"), ("result", "b")])
def test_a_dead_worker_names_what_was_in_flight(when: str, lost: str) -> None:
    def dead(*_: Any) -> None:
        raise BrokenExecutor("mort")

    executor, gate = Watched(1), threading.Event()
    if when == "submit":
        submitted = executor.submit
        executor.submit = lambda run, task: dead() if task == "b" else submitted(run, task)  # type: ignore[method-assign]
    jobs = [(0, _job("a", run=lambda _: gate.wait(0.1))), (0, _job("b", run=dead))]
    with pytest.raises(NotebookFailed, match="un processus de travail a été tué") as caught:
        drain(executor, iter(jobs), lambda: 2, lambda _: None)
    assert lost in str(caught.value).partition(" :")[0].split(", ")
    assert "--jobs 1" in str(caught.value)
