"""What costs memory and time to import; what is said of each defective export is frozen: see `behaviour`."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys

import pytest
from behaviour.record import frozen
from intake.corpus import DEFECTS, GREEDY
from intake.world import VAGUE, World

from atc.intake import workbook
from atc.intake.workbook import MEGABYTES, SECONDS
from atc.survey.errors import DataRefused

TOLD = frozen("commands/imported.json")
MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
kilobytes = usage.ru_maxrss if sys.platform == "linux" else usage.ru_maxrss // 1024
print(os.waitstatus_to_exitcode(status), kilobytes, usage.ru_utime + usage.ru_stime)
"""


@pytest.fixture(autouse=True, scope="module")
def in_this_process() -> None:
    """Here workbooks are opened in another process, as they are for evaluators."""


def test_a_giant_cell_is_refused_whatever_limit_another_library_has_set(tmp_path):
    # The limit of the csv module belongs to the whole process, and any library may raise it.
    before = csv.field_size_limit(10**9)
    world = World(tmp_path)
    DEFECTS["giant cell"](world)
    try:
        assert world.refusal() == TOLD["giant cell"]["errors"]
    finally:
        csv.field_size_limit(before)


def test_no_message_quotes_who_answered():
    told = "\n".join(line for name in DEFECTS for line in TOLD[name].get("errors", ()))
    assert len(told) > 5_000
    for person in ("exemple.org", "tok-", "06 12", "jeanne", "192.168"):
        assert person not in told


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="usage of a child process is known on Unix only")
@pytest.mark.parametrize("name", GREEDY)
def test_a_trap_costs_little_memory_and_time(name, tmp_path):
    world = World(tmp_path)
    DEFECTS[name](world)
    before = world.snapshot()
    command = [sys.executable, "-m", "atc", "import", *map(str, sorted(world.exports.iterdir()))]
    command += ["--vague", VAGUE, "--mapping", str(world.mapping), "--key", str(world.key)]
    # A child inherits the peak of whoever starts it: a small process stands between pytest and the import.
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, *command],
        env={**os.environ, "ATC_ROOT": str(world.project.root)},
        capture_output=True,
        text=True,
        check=True,
    )
    status, kilobytes, seconds = measured.stdout.split()
    assert int(status) == DataRefused.exit_code
    assert measured.stderr.splitlines() == TOLD[name]["errors"]
    assert int(kilobytes) < MEGABYTES * 1024
    # Of processor, for both processes: the wall clock depends on who else is at work.
    assert float(seconds) < SECONDS
    assert world.snapshot() == before


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the system does not enforce it, and the summary says so"
)
def test_the_child_cannot_take_more_memory_nor_write_a_file(tmp_path):
    greedy = "from atc.intake.workbook import _cap; _cap(); bytearray(600 * 2**20)"
    done = subprocess.run([sys.executable, "-c", greedy], capture_output=True, check=False)
    assert b"MemoryError" in done.stderr
    writing = (
        f"from atc.intake.workbook import _cap; _cap(); open({str(tmp_path / 'x')!r}, 'w').write('x' * 9999)"
    )
    done = subprocess.run([sys.executable, "-c", writing], capture_output=True, check=False)
    assert done.returncode != 0
    assert not (tmp_path / "x").exists() or not (tmp_path / "x").stat().st_size


def test_a_child_that_cannot_start_is_no_fault_of_the_workbook(monkeypatch):
    monkeypatch.setattr(workbook.sys, "executable", shutil.which("false"))
    with pytest.raises(RuntimeError):
        workbook.read_workbook(b"PK", "x.xlsx")


def test_a_child_that_takes_too_long_is_ended(monkeypatch, tmp_path):
    world = World(tmp_path)
    monkeypatch.setattr(workbook, "SECONDS", 0.001)
    with pytest.raises(DataRefused, match="Classeur illisible en"):
        workbook.read_workbook(world.path("terrain.xlsx").read_bytes(), "terrain.xlsx", "Effets")
