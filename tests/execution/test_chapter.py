"""Faults A 1–8, 12, 13, 18 and 20, injected one by one into a chapter of a few cells."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from conftest import notebook

from atc.execution import processes
from atc.execution.carnets import EXHIBIT_MIME
from atc.execution.chapter import execute_chapter
from atc.execution.environment import applied, deterministic
from atc.execution.notebooks import node
from atc.execution.tasks import ChapterFault, ChapterTask, Executed
from atc.kernels import STOCK, WARM
from atc.paths import Project
from atc.settings import RunLimits

PARAMETERS = {"vague": "2020-automne", "diffusion": "interne"}
GENEROUS = RunLimits(cell_seconds=60, notebook_seconds=120, output_megabytes=1, memory_megabytes=4000)

Execute = Callable[..., Executed | ChapterFault]


@pytest.fixture
def execute(tmp_path: Path) -> Execute:
    """Execute code cells as a chapter, in a project that holds nothing else."""
    root = tmp_path / "un projet à lire"
    (root / "notebooks").mkdir(parents=True)
    (root / "report.toml").touch()
    numbers = itertools.count()

    def run(
        *cells: str,
        limits: RunLimits = GENEROUS,
        content: dict[str, Any] | None = None,
        kernel: str = WARM,
    ) -> Any:
        with processes.private_folder() as private:
            task = ChapterTask(
                slug="03_essai",
                notebook=node(content or notebook("Essai", *cells)),
                parameters=PARAMETERS,
                project=Project(root),
                limits=limits,
                mark=f"{private.name}/03_essai",
                private=private / "0",
                token="jeton",
                target=tmp_path / f"{next(numbers)}.ipynb",
                kernel=kernel,
            )
            result = execute_chapter(task)
        assert task.target.exists() == isinstance(result, Executed)
        return result

    return run


def _fault(result: Executed | ChapterFault) -> str:
    assert isinstance(result, ChapterFault)
    return "\n".join(result.faults)


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_chapter_that_reaches_its_end_is_kept_clean(execute: Execute, tmp_path: Path) -> None:
    show = "from IPython.display import HTML\nHTML(f'<p>{a}, {diffusion}</p>')"
    result = execute("a = vague", "import warnings\nwarnings.warn('attention')", show)
    assert isinstance(result, Executed)
    kept = json.loads((tmp_path / "0.ipynb").read_text(encoding="utf-8"))
    ids = [cell["id"] for cell in kept["cells"]]
    assert ids == ["titre", "parametres", "parametres-injectes", "c1", "c2", "c3"]
    assert kept["metadata"]["kernelspec"]["name"] == "python3"
    injected, silent, shown = kept["cells"][2], kept["cells"][4], kept["cells"][5]
    assert 'diffusion = "interne"' in injected["source"]
    assert silent["outputs"] == []
    assert shown["outputs"][0]["data"]["text/html"] == "<p>2020-automne, interne</p>"
    assert [cell.get("execution_count") for cell in kept["cells"]] == [None, 1, 2, 3, 4, 5]
    assert shown["outputs"][0]["execution_count"] == 5
    assert all(set(cell["metadata"]) <= {"tags"} for cell in kept["cells"])


def test_two_executions_give_the_same_bytes_without_path_or_name(execute: Execute, tmp_path: Path) -> None:
    cells = (
        "from IPython.display import HTML, display",
        "display(HTML('<p>un</p>'))",
        "set(map(str, range(9)))",
    )
    first, second = execute(*cells[:2]), execute(*cells[:2])
    assert isinstance(first, Executed)
    assert isinstance(second, Executed)
    kept = (tmp_path / "0.ipynb").read_bytes()
    assert kept == (tmp_path / "1.ipynb").read_bytes()
    for told in (str(tmp_path), "un projet", str(Path.home()), "jeton", "ipykernel_", "papermill"):
        assert told.encode() not in kept


def test_the_witness_tells_files_and_modules(execute: Execute, tmp_path: Path) -> None:
    result = execute("import atc.typography", "open('../report.toml').close()")
    assert isinstance(result, Executed)
    assert "atc.typography" in result.modules
    assert "atc.waves" not in result.modules


@pytest.mark.parametrize("position", range(3))
def test_a_kernel_killed_in_any_cell_fails_the_chapter(execute: Execute, position: int) -> None:
    cells = ["n = 1", "n = 2", "n = 3"]
    cells[position] = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    fault = _fault(execute(*cells))
    assert f"cellule c{position + 1} (import os, signal)" in fault
    assert "le noyau s’est arrêté" in fault


@pytest.mark.parametrize(
    "death",
    [
        "import os\nos._exit(0)",
        "import ctypes\nctypes.string_at(0)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    ],
)
def test_a_kernel_that_ends_in_the_last_cell_fails_the_chapter(execute: Execute, death: str) -> None:
    assert "cellule c2" in _fault(execute("n = 1", death))


@pytest.mark.parametrize(
    "leave",
    [
        "import sys\nsys.exit()",
        "import sys\nsys.exit(0)",
        "raise SystemExit",
        "raise SystemExit(3)",
        "exit()",
        "quit()",
    ],
)
@pytest.mark.parametrize("last", [True, False])
def test_leaving_a_notebook_fails_the_chapter(execute: Execute, leave: str, last: bool) -> None:
    assert "cellule c" in _fault(execute(leave, *(() if last else ("n = 2",))))


def test_an_error_quotes_the_cell_its_line_and_the_reason(execute: Execute) -> None:
    fault = _fault(execute("n = 1", "\nfig_03_02(vague)  # la figure", "n = 3"))
    assert fault == (
        "cellule c2 (fig_03_02(vague)  # la figure) : NameError : name 'fig_03_02' is not defined"
    )


def test_a_long_error_stays_on_one_line(execute: Execute) -> None:
    fault = _fault(execute("raise ValueError('une\\nligne\\x1b[31m' + 'x' * 10_000)"))
    assert "ValueError : une ligne" in fault
    assert fault.isprintable()
    assert len(fault) < 500


@pytest.mark.parametrize("tag", ["raises-exception", "skip-execution"])
def test_no_tag_lets_an_error_pass(execute: Execute, tag: str) -> None:
    content = notebook("Essai", "n = 1", "1 / 0", "n = 3")
    content["cells"][3]["metadata"]["tags"] = [tag]
    assert "ZeroDivisionError" in _fault(execute(content=content))


@pytest.mark.parametrize(
    "loop",
    [
        "while True:\n    pass",
        "sum(range(10**14))",
        "while True:\n    try:\n        while True: pass\n    except KeyboardInterrupt:\n        pass",
        "import time\ntime.sleep(1000)",
        "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass",
    ],
)
def test_an_endless_cell_is_stopped(execute: Execute, loop: str) -> None:
    limits = RunLimits(cell_seconds=1, notebook_seconds=60, output_megabytes=1, memory_megabytes=4000)
    fault = _fault(execute("n = 1", loop, "n = 3", limits=limits))
    assert "cellule c2" in fault
    assert "dépasse 1 secondes" in fault


def test_a_notebook_has_its_own_limit(execute: Execute) -> None:
    limits = RunLimits(cell_seconds=60, notebook_seconds=4, output_megabytes=1, memory_megabytes=4000)
    fault = _fault(execute(*["import time\ntime.sleep(0.9)"] * 10, limits=limits))
    assert "le carnet dépasse 4 secondes" in fault


GREEDY = ("bytearray(10**9)", "'x' * 10**9", "import numpy\nnumpy.ones(2 * 10**8)", "[0] * 2 * 10**8")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold nobody to that limit")
@pytest.mark.parametrize("kernel", [WARM, STOCK])
@pytest.mark.parametrize("greed", GREEDY)
def test_a_chapter_that_takes_too_much_memory_is_told_so(execute: Execute, greed: str, kernel: str) -> None:
    limits = replace(GENEROUS, memory_megabytes=700)
    with applied(deterministic(dt.date(2020, 12, 15))):
        fault = _fault(execute("n = 1", greed, limits=limits, kernel=kernel))
    assert "cellule c2" in fault
    assert "plus de 700 Mo de mémoire (« memoire_max » dans report.toml)" in fault


@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold nobody to that limit")
@pytest.mark.parametrize("kernel", [WARM, STOCK])
def test_a_chapter_may_use_the_libraries_within_its_memory(execute: Execute, kernel: str) -> None:
    read = (
        "import io, pandas as pd, seaborn\nbuffer = io.BytesIO()\n"
        "pd.DataFrame({'a': ['x'] * 999}).to_parquet(buffer)\nbuffer.seek(0)\nframe = pd.read_parquet(buffer)"
    )
    limits = replace(GENEROUS, memory_megabytes=700)
    with applied(deterministic(dt.date(2020, 12, 15))):
        assert isinstance(execute(read, limits=limits, kernel=kernel), Executed)


@pytest.mark.parametrize(
    "background",
    [
        "import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()",
        "import threading, time\nt = threading.Thread(target=lambda: (time.sleep(0.3), 1 / 0))\nt.start()",
        "import asyncio\nasync def f():\n    1 / 0\nasyncio.ensure_future(f())\nawait asyncio.sleep(0.1)",
        "class A:\n    def __del__(self):\n        1 / 0\n\na = A()\ndel a",
    ],
)
def test_what_dies_in_the_background_fails_the_chapter(execute: Execute, background: str) -> None:
    waits = "import time\ntime.sleep(0.6)"
    assert "ZeroDivisionError" in _fault(execute("n = 1", background, waits))


def test_a_traceback_on_stderr_fails_the_chapter(execute: Execute) -> None:
    logs = "import logging\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    logging.exception('échec')"
    fault = _fault(execute("n = 1", logs))
    assert "cellule c2" in fault
    assert "ZeroDivisionError" in fault


@pytest.mark.parametrize(
    "flood", ["print('x' * 3_000_000)", "while True:\n    print('x' * 1000)", "'x' * 3_000_000"]
)
def test_a_cell_that_shows_too_much_is_stopped(execute: Execute, flood: str) -> None:
    fault = _fault(execute("n = 1", flood, "n = 3"))
    assert "cellule c2" in fault
    assert "plus de 1 Mo" in fault


@pytest.mark.parametrize(
    "mime",
    [
        "application/javascript",
        "image/png",
        "image/svg+xml",
        "text/markdown",
        "text/latex",
        "text/vnd.mermaid",
        "application/vnd.plotly.v1+json",
        "application/vnd.jupyter.widget-view+json",
        "application/vnd.atc.witness+json",
    ],
)
def test_only_our_own_displays_are_admitted(execute: Execute, mime: str) -> None:
    show = f"from IPython.display import display\ndisplay({{'{mime}': 'x', 'text/plain': 'x'}}, raw=True)"
    fault = _fault(execute(show))
    assert "n’est pas admis" in fault
    assert mime in fault


def test_text_html_and_exhibits_are_admitted(execute: Execute) -> None:
    show = (
        "from IPython.display import display\n"
        f"display({{'text/plain': 'x', 'text/html': 'x', '{EXHIBIT_MIME}': {{}}}}, raw=True)"
    )
    assert isinstance(execute(show), Executed)


def test_printing_is_refused(execute: Execute) -> None:
    assert "print" in _fault(execute("print('n = 3')"))


def test_bare_text_is_refused_unless_no_page_shows_it(execute: Execute) -> None:
    assert "texte brut" in _fault(execute("vague"))
    content = notebook("Essai", "vague")
    content["cells"][2]["metadata"]["tags"] = ["remove"]
    assert isinstance(execute(content=content), Executed)


def test_every_fault_of_a_chapter_is_told(execute: Execute) -> None:
    fault = _fault(execute("print(1)", "n = 2", "print(3)"))
    assert "cellule c1" in fault
    assert "cellule c3" in fault


def test_a_false_witness_does_not_sign(execute: Execute) -> None:
    lie = (
        "from atc.execution import witness\nwitness.sign('jeton')\n"
        "import os\nfrom IPython import get_ipython\n"
        "get_ipython().events.register('pre_run_cell', lambda info: os._exit(0))"
    )
    assert isinstance(execute(lie), ChapterFault)


def test_the_channels_of_the_kernel_are_private_sockets(execute: Execute) -> None:
    # ipykernel itself keeps one port, on the loopback only, for what forked children print.
    check = (
        "import os, psutil\n"
        "from ipykernel.connect import get_connection_info\n"
        "info = get_connection_info(unpack=True)\n"
        "assert info['transport'] == 'ipc', info\n"
        "assert os.stat(os.path.dirname(info['ip'])).st_mode & 0o777 == 0o700\n"
        "listening = [c.laddr.ip for c in psutil.Process().net_connections('tcp') if c.status == 'LISTEN']\n"
        "assert len(listening) <= 1 and set(listening) <= {'127.0.0.1'}, listening"
    )
    assert isinstance(execute(check), Executed)


def test_a_kernel_that_does_not_start_says_why(
    execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ipykernel_launcher.py").write_text("raise ImportError('installation incomplète')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    fault = _fault(execute("n = 1"))
    assert fault.startswith("démarrage du noyau : le noyau ne répond pas")
    assert "ImportError: installation incomplète" in fault


def test_the_settings_of_the_user_do_not_reach_the_kernel(
    execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("surprise = 1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    assert "NameError" in _fault(execute("surprise"))


@pytest.mark.skipif(os.name != "posix", reason="sessions and process groups are POSIX")
@pytest.mark.parametrize("end", ["n = 1", "1 / 0", "import os\nos._exit(0)"])
def test_no_process_outlives_the_chapter(execute: Execute, tmp_path: Path, end: str) -> None:
    note = tmp_path / "pid"
    spawn = (
        "import subprocess\n"
        "p = subprocess.Popen(['sleep', '1000'], start_new_session=True)\n"
        "q = subprocess.Popen(['sh', '-c', 'sleep 1000 & echo $!'], stdout=subprocess.PIPE, text=True)\n"
        f"open({str(note)!r}, 'w').write(f'{{p.pid}} {{q.stdout.readline()}}')\nNone"
    )
    execute(spawn, end)
    detached, orphan = map(int, note.read_text().split())
    assert not _alive(detached)
    assert not _alive(orphan)


@pytest.mark.skipif(sys.platform != "linux", reason="the system ends the orphan on Linux only")
def test_an_orphan_kernel_ends_even_inside_a_call_of_c(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "kernel = subprocess.Popen([sys.executable, '-c', "
        "'from atc.execution import witness; witness.start(\".\", 1000); '"
        "'print(1, flush=True); sum(range(10**14))'], stdout=subprocess.PIPE)\n"
        "kernel.stdout.readline()\nprint(kernel.pid, flush=True)\ntime.sleep(1000)"
    )
    driver = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert driver.stdout is not None
    kernel = int(driver.stdout.readline())
    driver.kill()
    driver.wait()
    driver.stdout.close()
    for _ in range(50):
        if not _alive(kernel):
            return
        time.sleep(0.1)
    pytest.fail("the kernel outlived its driver by five seconds")
