"""Births, interruptions and deaths: of kernels, of zygotes and of their drivers. Nothing is ever left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from kernel_craft import Kernel, environment, eventually, gone

from atc.kernels import starting
from atc.kernels.process import WarmProcess

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="zygotes are for Linux"),
    pytest.mark.usefixtures("alone"),
]

Start = Callable[..., Kernel]
REPOSITORY = Path(__file__).resolve().parents[2]
# A cell inside one long call of C, which started a process. No thread of the kernel can speak meanwhile.
BUSY = """
import os, subprocess
near = subprocess.Popen(["sleep", "1000"])
with open({note!r} + ".part", "w") as note:
    note.write(f"{{os.getpid()}} {{os.getppid()}} {{near.pid}}")
os.rename(note.name, {note!r})
sum(range(10**14))
"""
DRIVER = """
import os, sys, time
sys.path.insert(0, {tests!r})
from kernel_craft import Kernel
one = Kernel()
one.client.execute({busy!r})
while not os.path.exists({note!r}):
    time.sleep(0.02)
{then}
"""


def driver(note: Path, then: str) -> subprocess.Popen[bytes]:
    """A driver with a busy kernel; it does something once it has it, and the note says who is there."""
    tests = str(REPOSITORY / "tests")
    code = DRIVER.format(tests=tests, busy=BUSY.format(note=str(note)), note=str(note), then=then)
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)


def noted(note: Path) -> list[int]:
    """The kernel, its zygote and the process that the kernel started."""
    eventually(note.exists)
    return [int(pid) for pid in note.read_text(encoding="ascii").split()]


def zygotes() -> list[starting.Zygote]:
    return [own for own in starting._started if own.process.poll() is None]


def folders(driver: int) -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"atc-noyaux-{driver}-*"))


def test_a_zygote_is_shared_private_and_leaves_with_its_driver(kernel: Start) -> None:
    first, second = kernel(), kernel()
    (own,) = zygotes()
    assert own.folder.stat().st_mode & 0o777 == 0o700
    assert {psutil.Process(one.pid).ppid() for one in (first, second)} == {own.process.pid}
    starting.end_all()
    assert gone(own.process.pid)
    assert gone(first.pid)
    assert gone(second.pid)
    assert folders(os.getpid()) == []


def test_a_kernel_that_is_shut_down_leaves_nothing(kernel: Start) -> None:
    one = kernel()
    children = psutil.Process(zygotes()[0].process.pid).children
    assert [child.pid for child in children()] == [one.pid]
    one.end()
    eventually(lambda: children() == [])


def test_a_kernel_can_be_asked_to_end(kernel: Start) -> None:
    one = kernel()
    one.client.stop_channels()
    one.manager.shutdown_kernel()
    assert gone(one.pid)


@pytest.mark.parametrize(
    ("death", "code"), [("os._exit(7)", 7), ("os._exit(0)", 0), ("os.kill(os.getpid(), 9)", -9)]
)
def test_the_death_of_a_kernel_is_told(kernel: Start, death: str, code: int) -> None:
    one = kernel()
    process = one.manager.provisioner.process
    assert isinstance(process, WarmProcess)
    one.client.execute(f"import os\n{death}")
    assert process.wait(30) == code
    assert not one.manager.is_alive()


def test_a_kernel_that_runs_is_waited_for(kernel: Start) -> None:
    process = kernel().manager.provisioner.process
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.1)
    process.terminate()
    assert process.wait(30) in {-signal.SIGTERM, 1}


def test_a_cell_can_be_interrupted(kernel: Start) -> None:
    one = kernel()
    one.show("n = 1")
    # An interrupted cell is an error, and for a moment after it a kernel aborts what it is asked.
    endless = "import time\nprint(flush=True)\nwhile True: time.sleep(0.01)"
    one.client.execute(endless, stop_on_error=False)
    # The cell itself must have begun.
    while one.client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
        pass
    one.manager.interrupt_kernel()
    assert one.client.get_shell_msg(timeout=60)["content"]["ename"] == "KeyboardInterrupt"
    assert one.say("n") == "1"


def test_a_restart_gives_a_fresh_process(kernel: Start) -> None:
    one = kernel()
    one.show("n = 1")
    before = one.pid
    one.client.stop_channels()
    one.manager.restart_kernel(now=True)
    one.connect()
    assert one.pid != before
    assert gone(before)
    assert one.say("'n' in globals()") == "False"


def test_a_zygote_that_is_killed_takes_its_kernels_and_is_replaced(kernel: Start) -> None:
    one = kernel()
    (own,) = zygotes()
    os.kill(own.process.pid, signal.SIGKILL)
    assert one.manager.provisioner.process.wait(30) == -signal.SIGKILL
    eventually(lambda: gone(one.pid))
    assert kernel().say("1 + 1") == "2"
    assert not own.folder.exists()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_nothing_outlives_a_driver_that_is_killed(tmp_path: Path, end: signal.Signals) -> None:
    killed = driver(tmp_path / "pids", "time.sleep(1000)")
    pids = noted(tmp_path / "pids")
    assert not any(gone(pid) for pid in pids)
    killed.send_signal(end)
    assert killed.wait() == -end
    eventually(lambda: all(gone(pid) for pid in pids))
    eventually(lambda: folders(killed.pid) == [])


@pytest.mark.parametrize(
    ("then", "code"), [("", 0), ("raise SystemExit(3)", 3), ("1 / 0", 1), ("os._exit(5)", 5)]
)
def test_nothing_outlives_a_driver_that_ends(tmp_path: Path, then: str, code: int) -> None:
    ended = driver(tmp_path / "pids", then)
    pids = noted(tmp_path / "pids")
    assert ended.wait() == code
    eventually(lambda: all(gone(pid) for pid in pids))
    eventually(lambda: folders(ended.pid) == [])


def test_a_driver_that_was_forked_leaves_the_zygote_alone(kernel: Start) -> None:
    one = kernel()
    pid = os.fork()
    if pid == 0:
        starting.end_all()
        os._exit(0)
    os.waitpid(pid, 0)
    assert one.say("1 + 1") == "2"


def test_a_zygote_that_nobody_asks_ends(kernel: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "IDLE_SECONDS", 0.5)
    one = kernel()
    (own,) = zygotes()
    one.end()
    eventually(lambda: own.process.poll() is not None)
    assert own.process.returncode == 0
    assert not own.folder.exists()
    assert kernel().say("1 + 1") == "2"


def test_a_zygote_waits_for_its_kernels(kernel: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "IDLE_SECONDS", 0.2)
    one = kernel()
    one.show("import time\ntime.sleep(1)")
    assert one.say("1 + 1") == "2"


def test_a_third_kind_of_kernel_retires_the_first_zygote(kernel: Start) -> None:
    kinds = [kernel(env=environment(SORTE=str(n))) for n in range(3)]
    first, *others = zygotes()
    assert first.retired
    assert not any(own.retired for own in others)
    assert kinds[0].say("1 + 1") == "2", "it waits for its kernels"
    kinds[0].end()
    eventually(lambda: first.process.poll() is not None)
    assert [one.say("1 + 1") for one in kinds[1:]] == ["2", "2"]


def test_a_library_that_changed_on_disk_is_imported_anew(kernel: Start, tmp_path: Path) -> None:
    style = tmp_path / "style"
    read = "__import__('matplotlib').rcParams['lines.linewidth']"
    for width in ("2.5", "7.5"):
        style.write_text(f"lines.linewidth: {width}\n", encoding="utf-8")
        os.utime(style, (1, float(width)))
        assert kernel(env=environment(MATPLOTLIBRC=str(style))).say(read) == width


def test_a_zygote_that_cannot_start_says_why(kernel: Start, tmp_path: Path) -> None:
    (tmp_path / "seaborn.py").write_text("raise ImportError('installation incomplète')", encoding="utf-8")
    with pytest.raises(RuntimeError, match="ImportError: installation incomplète"):
        kernel(env=environment(PYTHONPATH=str(tmp_path)))


def test_what_a_killed_driver_left_is_swept(
    kernel: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / f"atc-noyaux-{dead.pid}-abc"
    alive = tmp_path / f"atc-noyaux-{os.getpid()}-abc"
    left.mkdir()
    alive.mkdir()
    starting.sweep()
    assert not left.exists()
    assert alive.exists()
