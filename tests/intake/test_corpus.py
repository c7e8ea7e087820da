"""What costs memory and time to import; what is said of each defective export is frozen: see `behaviour`."""

import os
import subprocess
import sys

import pytest
from behaviour.record import frozen
from intake.corpus import DEFECTS, GREEDY
from intake.world import VAGUE, World

from atc.survey.errors import DataRefused

MEGABYTES, SECONDS = 512, 10
TOLD = frozen("commands/imported.json")
MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
kilobytes = usage.ru_maxrss if sys.platform == "linux" else usage.ru_maxrss // 1024
print(os.waitstatus_to_exitcode(status), kilobytes, usage.ru_utime + usage.ru_stime)
"""


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
    # Of processor: the wall clock depends on who else is at work.
    assert float(seconds) < SECONDS
    assert world.snapshot() == before
