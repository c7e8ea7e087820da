"""Fresh processes: their results, their ends, and nothing of them left, whoever ends whom."""

import contextlib
import operator
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from atc.run import processes
from atc.run.processes import ChildLost, Launcher, private_folder, tell
from atc.survey.paths import locked, recover, replacing

linux = pytest.mark.skipif(sys.platform != "linux", reason="families are complete on Linux only")
fault = pytest.mark.fault


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: that of a socket has some hundred bytes."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture
def launcher(folder: Path) -> Iterator[Launcher]:
    """Fresh processes without any library."""
    with Launcher(folder, {"PYTHONHASHSEED": "0"}) as made:
        yield made
    assert list(folder.iterdir()) == []


@pytest.fixture(params=[pytest.param(True, marks=linux), False], ids=["linux", "ailleurs"])
def anywhere(request: pytest.FixtureRequest, launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> Launcher:
    """The same, and on a system that forks nothing."""
    monkeypatch.setattr(processes, "FORKS", request.param)
    monkeypatch.setenv("PYTHONHASHSEED", "1")  # and put back
    return launcher


def eventually(true: Callable[[], bool], seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def alive(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


def noted(note: Path) -> list[int]:
    """Processes that a function wrote down, once it has."""
    eventually(lambda: note.exists() and note.read_text().endswith("\n"))
    return [int(pid) for pid in note.read_text().split()]


class Unreadable(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} et {two}")


def fail() -> None:
    raise Unreadable(1, 2)


def stop_itself() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def ignore_everything() -> None:
    for number in {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(1000)


def busy_in_c() -> None:
    sum(range(10**14))


def limited(seconds: float, function: Callable[..., Any], *arguments: Any) -> Any:
    tell("avant", 1000)
    tell("après", seconds)
    return function(*arguments)


def family(note: str, then: str) -> None:
    """Start processes that hide, write them down, then end in some way, or not at all."""
    hidden = {"start_new_session": True, "env": {}}
    near = subprocess.Popen(["/bin/sleep", "1000"], **hidden)
    # Its own child is an orphan at once.
    script = "/bin/sleep 1000 >/dev/null & echo $!"
    far = subprocess.run(["/bin/sh", "-c", script], stdout=subprocess.PIPE, check=True, text=True, **hidden)
    Path(note).write_text(f"{os.getpid()} {near.pid} {far.stdout}")
    actions: dict[str, Callable[[], Any]] = {
        "returns": lambda: None,
        "raises": lambda: 1 / 0,
        "sleeps": lambda: time.sleep(1),
        "leaves": lambda: os._exit(3),
        "crashes": os.abort,
        "stays": busy_in_c,
        "orphans": lambda: (os.kill(os.getppid(), signal.SIGKILL), time.sleep(60)),
        "freezes": lambda: os.kill(os.getppid(), signal.SIGSTOP),
    }
    actions[then]()


def test_a_function_runs_in_a_fresh_process_and_its_result_comes_back(anywhere: Launcher) -> None:
    pids = {anywhere.run(os.getpid) for _ in range(2)}
    assert len(pids) == 2
    assert os.getpid() not in pids
    eventually(lambda: not any(map(alive, pids)))
    assert anywhere.run(os.getenv, "PYTHONHASHSEED") == "0"
    assert len(anywhere.run(operator.mul, "x", 3_000_000)) == 3_000_000
    with pytest.raises(RuntimeError, match="ZeroDivisionError : division by zero"):
        anywhere.run(operator.truediv, 1, 0)


@linux
@fault
@pytest.mark.parametrize(("function", "arguments"), [(os._exit, (0,)), (sys.exit, (0,)), (os.abort, ())])
def test_a_process_that_ends_without_a_result_is_told(
    launcher: Launcher, function: Callable[..., Any], arguments: tuple[int, ...]
) -> None:
    with pytest.raises(ChildLost) as caught:
        launcher.run(function, *arguments)
    assert not caught.value.overdue


@fault
@pytest.mark.parametrize("function", [busy_in_c, ignore_everything, stop_itself])
def test_whatever_it_does_it_ends_at_its_deadline(anywhere: Launcher, function: Callable[[], None]) -> None:
    began = time.monotonic()
    with pytest.raises(ChildLost) as caught:
        anywhere.run(limited, 0.5, function)
    assert caught.value.overdue
    assert caught.value.told == "après"
    assert time.monotonic() - began < 10


@linux
@fault
def test_memory_is_limited(launcher: Launcher) -> None:
    with pytest.raises(RuntimeError, match="MemoryError"):
        launcher.run(bytearray, 10**9, megabytes=300)
    assert launcher.run(len, bytes(10**6), megabytes=300) == 10**6


@linux
@fault
@pytest.mark.parametrize("then", ["returns", "raises", "leaves", "crashes", "stays", "orphans", "freezes"])
def test_nothing_that_it_started_outlives_it(
    launcher: Launcher, folder: Path, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = folder / "note"
    monkeypatch.setattr(processes, "_PATIENCE", 2.0)
    with contextlib.suppress(ChildLost, RuntimeError):
        launcher.run(limited, 2 if then in {"stays", "freezes"} else 60, family, str(note), then)
    pids = noted(note)
    if then in {"orphans", "freezes"}:
        launcher.close()
    assert len(pids) == 3
    assert not any(map(alive, pids))
    note.unlink()


@linux
@fault
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_the_driver(folder: Path, end: signal.Signals) -> None:
    code = (
        "from pathlib import Path\nfrom test_processes import Launcher, family\n"
        f"with Launcher(Path({str(folder)!r}), {{}}) as made:\n"
        f"    made.run(family, {str(folder / 'note')!r}, 'stays')"
    )
    driver = subprocess.Popen(
        [sys.executable, "-c", code],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
    )
    pids = noted(folder / "note")
    pids += [each.pid for each in psutil.Process(pids[0]).parents()[:2]]
    assert driver.pid not in pids
    assert all(map(alive, pids))
    driver.send_signal(end)
    assert driver.wait(15) != 0
    eventually(lambda: not any(map(alive, pids)))


@linux
@fault
def test_a_server_that_is_killed_ends_no_function(launcher: Launcher, folder: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(launcher.run, family, str(folder / "note"), "sleeps")
        pids = noted(folder / "note")
        os.kill(launcher._server.pid, signal.SIGKILL)
        assert one.result() is None
    assert not any(map(alive, pids))
    assert launcher.run(operator.add, 1, 2) == 3
    (folder / "note").unlink()


@linux
@fault
def test_a_fork_server_that_is_stopped_is_not_waited_for(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert launcher.run(operator.add, 1, 2) == 3
    monkeypatch.setattr(processes, "START_SECONDS", 1.0)
    os.kill(launcher._server.pid, signal.SIGSTOP)
    with pytest.raises(ChildLost):
        launcher.run(operator.add, 1, 2)
    monkeypatch.undo()
    assert launcher.run(operator.add, 1, 2) == 3


@linux
@fault
def test_a_server_left_idle_ends_and_another_one_is_started(folder: Path) -> None:
    with Launcher(folder, {}) as launcher, pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "_IDLE", 0.2)
        assert launcher.run(operator.add, 1, 2) == 3
        first = launcher._server
        assert launcher.run(time.sleep, 1) is None, "who works is not idle"
        eventually(lambda: first.poll() is not None)
        assert launcher.run(operator.add, 1, 2) == 3
        assert launcher._server is not first


def test_an_exception_comes_back(launcher: Launcher) -> None:
    with pytest.raises(RuntimeError, match="Unreadable : 1 et 2"):
        launcher.run(fail)
    with pytest.raises(RuntimeError, match="pickle"):
        launcher.run(eval, "lambda: 1")
    with pytest.raises(FileNotFoundError, match="/rien"):
        launcher.run(os.listdir, "/rien")


def test_several_run_at_once_and_closing_ends_them(launcher: Launcher) -> None:
    with ThreadPoolExecutor(2) as pool:
        slow, fast = (pool.submit(launcher.run, time.sleep, seconds) for seconds in (1000, 0))
        assert fast.result() is None
        assert not slow.done()
        launcher.close()
        assert isinstance(slow.exception(), ChildLost)
    with pytest.raises(ChildLost):
        launcher.run(os.getpid)


@fault
def test_commands_that_begin_together_leave_each_other_their_folders(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    (folder / "atc-run-tué").mkdir()

    def begin(rank: int) -> None:
        for _ in range(60):
            recover([folder])
            with private_folder() as mine, replacing(folder / f"cible-{rank}") as (made,):
                made.touch()
                (mine / "à moi").touch()
                time.sleep(0.001)
                assert {each.name for each in mine.iterdir()} == {"à moi", "verrou"}

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(begin, range(4)))
    assert [each.name for each in sorted(folder.iterdir())] == [f"cible-{rank}" for rank in range(4)]

    # At the worst moments: it is gone, or it is somebody else's for now, before its maker could hold it.
    make, held = tempfile.mkdtemp, contextlib.ExitStack()
    sweeps = [shutil.rmtree, lambda made: held.enter_context(locked(Path(made, "verrou")))]

    def swept(**named: str) -> str:
        made = make(**named)
        if sweeps:
            sweeps.pop()(made)
        return made

    monkeypatch.setattr(tempfile, "mkdtemp", swept)
    with held, private_folder() as mine:
        assert not sweeps
        assert mine.is_dir()
    assert not list(folder.glob("*atc*"))
