"""The benchmarks measure what they say, leave nothing behind, and keep what was measured when cut short."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from benchmarks.__main__ import Findings
from benchmarks.cluster import lose
from benchmarks.field import Field
from benchmarks.machine import Machine
from benchmarks.measuring import Measure, measured
from benchmarks.report import page
from benchmarks.rivals import PAGES, SHELL, Rival
from benchmarks.rounds import ALONE, AWAY, CLUSTER, COLD, Results, turn

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


def test_variables_and_folder_reach_the_command_and_one_that_fails_is_no_measure(tmp_path: Path) -> None:
    code = "import os; print(os.environ['ESSAI'], os.getcwd())"
    assert measured([sys.executable, "-c", code], tmp_path, {"ESSAI": "oui"}).said == f"oui {tmp_path}\n"
    with pytest.raises(RuntimeError, match="pas ainsi"):
        measured([sys.executable, "-c", "raise SystemExit('pas ainsi')"], tmp_path, {})


# --- nothing is left, nothing is lost ---


def test_an_interrupted_measure_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    born = tmp_path / "pid"
    child = f"import os, time; open({str(born)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"

    class Impatient(subprocess.Popen):  # type: ignore[type-arg]
        def communicate(self, *_: object, **__: object) -> tuple[str, str]:
            while not (born.exists() and born.read_text()):
                pass
            raise KeyboardInterrupt

    monkeypatch.setattr("benchmarks.measuring.subprocess.Popen", Impatient)
    with pytest.raises(KeyboardInterrupt):
        measured([sys.executable, "-c", code], tmp_path, {})
    assert not psutil.pid_exists(int(born.read_text()))


def _found(**measures: list[tuple[str, str, float]]) -> Findings:
    found = Findings(Machine("p", 2, 8.0, "Linux", {"Python": "3"}, 0.0))
    for scenario, label, wall in measures.get("of", []):
        found.results.add(scenario, label, Measure(wall, 2 * wall, 50, 100, ""))
    return found


def test_a_page_tells_what_is_known_so_far() -> None:
    text = page(_found())
    assert "Les objectifs" in text
    assert "oui" not in text
    text = page(_found(of=[(COLD, SHELL, 110.0), (COLD, PAGES, 20.0)]))
    assert "| à froid : 5 fois plus vite que la boucle | 5,50 | oui |" in text
    assert f"| {SHELL} | 110,0 | 220,0 | 100 | 5,50 | 1 |" in text
    assert "limite |" not in text


@pytest.mark.parametrize(("walls", "told"), [((10.0, 11.4), "oui"), ((10.0, 11.6), "**non**")])
def test_targets_are_judged(walls: tuple[float, float], told: str) -> None:
    text = page(_found(of=[(CLUSTER, ALONE, walls[0]), (CLUSTER, AWAY, walls[1])]))
    assert re.search(rf"^\| {AWAY} : à 15 % près \|.*\| {re.escape(told)} \|$", text, re.MULTILINE)


def test_sheets_that_cost_more_when_there_are_many_are_seen() -> None:
    found = _found()
    found.sizes = {23: [Measure(10, 23.0, 50, 100, "")], 60: [Measure(20, 67.0, 120, 1001, "")]}
    lines = [line for line in page(found).splitlines() if line.endswith("**non** |")]
    assert [line.split("|")[2].strip() for line in lines] == [
        "12 %",
        "70 Mo",
        "1\N{NARROW NO-BREAK SPACE}001 Mo",
    ]


def test_who_is_measured_once_sits_out_the_next_rounds(tmp_path: Path) -> None:
    results, ran = Results(), []

    def run(field: Field) -> Measure:
        ran.append(field.root.name)
        return Measure(1, 1, 1, 1, "")

    rivals = [Rival("a", run), Rival("b", run, once=True), Rival("c", run)]
    fields = {}
    for rival in rivals:
        (tmp_path / rival.label).mkdir()
        fields[rival.label] = Field(tmp_path / rival.label, ("01_a",), sheets=False)
    for rank in range(2):
        list(turn(rivals, fields, rank, results))
    assert ran == ["a", "b", "c", "c", "a"]
    assert [results.count(COLD, label) for label in "abc"] == [2, 1, 2]


def test_a_process_can_be_lost_meanwhile() -> None:
    mine = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with mine, lose(mine.pid, after=0):
        assert mine.wait(10) == -signal.SIGKILL
