"""The benchmarks measure what they say, and run from one end to the other on two notebooks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measuring import measured
from benchmarks.report import number

BURN = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass"


def test_the_processor_time_of_children_and_orphans_counts(tmp_path: Path) -> None:
    # The last one is left behind by a process that does not wait for it.
    code = (
        "import subprocess, sys\n"
        f"subprocess.run([sys.executable, '-c', {BURN!r}])\n"
        "left = 'import subprocess, sys; subprocess.Popen([sys.executable, \"-c\", sys.argv[1]])'\n"
        f"subprocess.run([sys.executable, '-c', left, {BURN!r}])\n"
        "import time; time.sleep(2)"
    )
    found = measured([sys.executable, "-c", code], tmp_path, {})
    assert 1.0 <= found.cpu < 3.0
    assert found.wall >= 2.5
    assert 0 < found.driver <= found.whole * 1.5


def test_what_was_there_before_a_measure_outlives_it(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as mine:
        measured([sys.executable, "-c", ""], tmp_path, {})
        assert mine.poll() is None
        mine.communicate(b"\n")


def test_a_command_that_fails_is_no_measure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="pas ainsi"):
        measured([sys.executable, "-c", "raise SystemExit('pas ainsi')"], tmp_path, {})


def test_variables_and_folder_reach_the_command(tmp_path: Path) -> None:
    code = "import os; print(os.environ['ESSAI'], os.getcwd())"
    assert measured([sys.executable, "-c", code], tmp_path, {"ESSAI": "oui"}).said == f"oui {tmp_path}\n"


def test_numbers_are_written_as_french_writes_them() -> None:
    assert number(1362.25, 1) == "1\N{NARROW NO-BREAK SPACE}362,2"
    assert number(0.5, 2) == "0,50"
