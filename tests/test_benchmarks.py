"""The benchmarks measure what they say."""

import sys
from pathlib import Path

from benchmarks.measuring import measured

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
