from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from atc.errors import AtcError
from atc.execution.lock import exclusive

HOLD = """
import sys, time
from pathlib import Path
from atc.execution.lock import exclusive
with exclusive(Path(sys.argv[1])):
    print("tenu", flush=True)
    time.sleep(1000)
"""


def test_a_folder_is_held_by_one_process_at_a_time_and_freed_by_death(tmp_path: Path) -> None:
    folder = tmp_path / "sorties" / "2020-automne"
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    other.stdout.readline()
    with pytest.raises(AtcError, match="Une autre exécution est en cours"), exclusive(folder):
        pytest.fail("held twice")
    other.kill()
    other.wait()
    other.stdout.close()
    with exclusive(folder):
        pass
    with exclusive(folder):
        pass
