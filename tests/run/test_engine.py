"""Notebooks executed in our own process and in an ordinary kernel: the same outputs, the same faults."""

import datetime as dt
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
import pytest
from clone import copy_project
from conftest import REPOSITORY, notebook

from atc.rendering.outputs import NotebookNode
from atc.run.execution import clean, execute
from atc.run.manifest import Reads
from atc.run.notebooks import NAMES, node, read_source
from atc.run.plan import KERNELS, ChapterTask
from atc.run.processes import Launcher
from atc.run.processes import launcher as launched
from atc.survey.errors import NotebookFailed
from atc.survey.paths import Project
from atc.survey.settings import RunLimits, load_settings

PARAMETERS = {"vague": "2020-automne", "diffusion": "interne"}
GENEROUS = RunLimits(cell_seconds=60, notebook_seconds=120, output_megabytes=1, memory_megabytes=4000)
WARM, STOCK = KERNELS
BOTH = pytest.mark.parametrize("kernel", [WARM, STOCK])
linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems hold nobody to that")


@dataclass
class Execution:
    """What there is to see of a notebook that was executed."""

    notebook: NotebookNode | None
    faults: tuple[str, ...]
    reads: Reads | None = None


Execute = Callable[..., Execution]


def outcome(launcher: Launcher, task: ChapterTask) -> Execution:
    try:
        notebook, faults, reads = execute(launcher, task)
    except NotebookFailed as error:
        return Execution(None, tuple(str(error).splitlines()))
    return Execution(notebook, tuple(faults), reads)


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    """Processes with all libraries, in the surroundings of a run."""
    with tempfile.TemporaryDirectory() as folder, launched(Path(folder), dt.date(2020, 12, 15)) as made:
        # An ordinary kernel that sees this one does not listen to what processes write.
        del made._environment["PYTEST_CURRENT_TEST"]
        # Of the user: no notebook sees it.
        made._environment["IPYTHONDIR"] = f"{folder}/ipython"
        startup = Path(folder, "ipython", "profile_default", "startup")
        startup.mkdir(parents=True)
        (startup / "00.py").write_text("surprise = 1")
        yield made
        assert [path.name for path in startup.parents[1].iterdir()] == ["profile_default"]


@pytest.fixture
def run(launcher: Launcher, tmp_path: Path) -> Execute:
    """Execute code cells as a notebook, in a project that holds nothing else."""
    root = tmp_path / "un projet à lire"
    (root / "notebooks").mkdir(parents=True)

    def executed(
        *cells: str, limits: RunLimits = GENEROUS, kernel: str = WARM, content: dict[str, Any] | None = None
    ) -> Execution:
        written = node(content or notebook("Essai", *cells))
        task = ChapterTask("essai", written, PARAMETERS, "notebooks", limits, kernel, Project(root), root)
        return outcome(launcher, task)

    return executed


def shown(execution: Execution, cell: int = -1) -> list[Any]:
    """The outputs of a cell, once it is known that nothing went wrong."""
    assert execution.faults == ()
    assert execution.notebook is not None
    return list(execution.notebook.cells[cell].outputs)


def fault(execution: Execution) -> str:
    (one,) = execution.faults
    return one.removeprefix("essai, ")


SETTINGS = load_settings(Project(REPOSITORY))
#: It reads both waves. Of all notebooks, `make check` runs the cells in an ordinary kernel.
WAVE, CHAPTER = "2021-automne", "08_evolution"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, validated: Path) -> Project:
    """The repository, with its own notebooks, elsewhere."""
    return copy_project(tmp_path_factory.mktemp("depot") / "projet", validated)


@pytest.mark.slow
def test_a_chapter_gives_the_same_bytes_in_both(launcher: Launcher, project: Project) -> None:
    written = read_source(project.notebooks / f"{CHAPTER}.ipynb", NAMES)
    parameters, limits = {"vague": WAVE, "diffusion": "interne"}, SETTINGS.limits
    ours, ordinary = (
        outcome(
            launcher,
            ChapterTask(CHAPTER, written, parameters, "notebooks", limits, kernel, project, project.root),
        )
        for kernel in (WARM, STOCK)
    )
    assert ours.faults == ordinary.faults == ()
    assert ours.notebook is not None
    assert ordinary.notebook is not None
    assert ours.reads is not None
    assert clean(ours.notebook) == clean(ordinary.notebook)
    # The same files and columns: nothing is stale after a change of kernel.
    assert ours.reads == ordinary.reads
    assert any(
        name.startswith(f"data/processed/{WAVE}/") for name in (*ours.reads.files, *ours.reads.columns)
    )


DRAWN = (
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n"
    "ax.plot([1, 2])\nax.set_title('Deux points')\n"
)


#: End of a cell -> how many figures it shows.
SHOWN = {
    "plt.show()": 1,
    "fig": 1,
    "display(fig)": 1,
    "None": 1,
    "ax": 1,
    "plt.show()\nplt.show()": 1,
    "plt.subplots()[1].plot([3])\nNone": 2,
    "display(fig)\nplt.bar([1], [2])\nplt.show()": 2,
    "import seaborn\nplt.close()\nseaborn.relplot(x=[1, 2], y=[3, 4])": 1,
    "plt.close()": 0,
}

CELLS = (
    "1 + 1",
    "3;",
    "print('un'); print('deux', end='')",
    "import sys\nprint('a', file=sys.stderr)\nprint('b')",
    "print('10 %\\r100 %')\nprint('fin')",
    "from IPython.display import HTML, display, clear_output\ndisplay(HTML('<p>é</p>'), 3)\n'fin'",
    "handle = display('avant', display_id='x')\nhandle.update('après')",
    "print(1)\nclear_output(wait=True)\nprint(2)",
    "print(1)\nclear_output()",
    "import asyncio\nawait asyncio.sleep(0)\nasyncio.get_running_loop().is_running()",
    "async def late():\n    await asyncio.sleep(0)\n    return 'plus tard'",
    "task = asyncio.ensure_future(late())",
    "await task",
    "import pandas as pd\npd.DataFrame({'a': [1.5, None]})",
    "display({'application/json': {'a': (1, 2), 3: None}}, raw=True, metadata={'a': (1,)})",
    "class A:\n    def _repr_html_(self):\n        return '<b>a</b>'\n    def __repr__(self): return 'A'",
    "A()",
    "import threading\nt = threading.Thread(target=print, args=('fil',))\nt.start(); t.join()",
    "%who_ls str\n",
    "from matplotlib import pyplot as plt\n_ = plt.plot([1, 2])\nplt.title('Deux')\nplt.show()",
    "In[1], Out[4]",
    "import ipywidgets\nout = ipywidgets.Output()",
    "with out:\n    display('dans un widget')",
    "display(*['x'] * 3)",
    "set(map(str, range(9)))",
    "",
    *(DRAWN + last for last in SHOWN),
)


def test_whatever_a_cell_shows_is_shown_the_same(run: Execute) -> None:
    ours, ordinary = (run(*CELLS, kernel=kernel) for kernel in (WARM, STOCK))
    assert ours.faults == ordinary.faults == ()
    assert ours.notebook is not None
    assert ordinary.notebook is not None
    for one, other in zip(ours.notebook.cells, ordinary.notebook.cells, strict=True):
        # Addresses in memory are no output that is kept.
        texts = (json.dumps(cell.get("outputs"), sort_keys=True, indent=1) for cell in (one, other))
        pair = [re.sub(r" at 0x[0-9a-f]+", "", text) for text in texts]
        assert pair[0] == pair[1], one.source
        assert one.get("execution_count") == other.get("execution_count")
    assert ours.notebook.metadata.language_info == ordinary.notebook.metadata.language_info
    for place, (last, figures) in enumerate(reversed(SHOWN.items()), 1):
        outputs = shown(ours, -place)
        images = [o for o in outputs if o.output_type != "stream" and "image/svg+xml" in o.data]
        assert len(images) == figures, last
        assert not any("image/png" in output.get("data", {}) for output in outputs)


#: What ends a notebook, and how it is told.
FAILING = {
    "1 / 0": "cellule c2 (1 / 0) : ZeroDivisionError : division by zero",
    "raise ValueError('une\\nligne\\x1b[31m' + 'x' * 10_000)": " : ValueError : une ligne�[31mxxx",
    "def f(:\n  pass": "cellule c2 (def f(:) : SyntaxError : invalid syntax",
    "input()": "elle pose une question (input)",
    "raise KeyboardInterrupt": "cellule c2 (raise KeyboardInterrupt) : KeyboardInterrupt",
    "exit()": "cellule c2 (exit()) : le carnet s’est arrêté avant sa dernière cellule",
    "class A:\n    def _repr_html_(self):\n        1 / 0\nA()": "ZeroDivisionError",
    "import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()": (
        "une tâche d’arrière-plan a échoué : ZeroDivisionError : division by zero"
    ),
    "import asyncio\nasync def f(): 1 / 0\nt = asyncio.ensure_future(f())\nawait asyncio.sleep(0)": (
        "une tâche d’arrière-plan a échoué : ZeroDivisionError : division by zero"
    ),
}


@pytest.mark.fault
@pytest.mark.parametrize("failing", FAILING)
def test_what_fails_is_told(run: Execute, failing: str) -> None:
    told = run("n = 1", failing, "n = 3").faults
    assert any(FAILING[failing] in line for line in told), told
    assert all(line.isprintable() and len(line) < 500 for line in told)


@pytest.mark.fault
def test_what_fails_is_told_the_same_in_an_ordinary_kernel(run: Execute) -> None:
    # What a cell raises comes by the same way in both; these have ways of their own.
    assert FAILING["input()"] in fault(run("n = 1", "input()", kernel=STOCK))
    unseen = list(FAILING)[-2:]
    told = run(*unseen, kernel=STOCK).faults
    assert len(told) == 2
    assert all(FAILING[failing] in line for failing, line in zip(unseen, told, strict=True))


def test_upstream_reads_what_we_write(tmp_path: Path) -> None:
    """Through papermill's own command: parameters, tags, the error that it puts above the notebook."""
    content = notebook("Essai", "vague * 2", "1 / 0", "2", "1 / 0", "3")
    content["cells"][3]["metadata"]["tags"] = ["raises-exception"]
    content["cells"][4]["metadata"]["tags"] = ["skip-execution"]
    written, made = tmp_path / "a.ipynb", tmp_path / "b.ipynb"
    written.write_text(json.dumps(content), encoding="utf-8")
    outputs = []
    for engine in ("atc", "nbclient"):
        command = ["-m", "papermill", "--engine", engine, "-p", "vague", "x", str(written), str(made)]
        code = (
            f"import atc.run.engine, runpy, sys; sys.argv[:] = {command[1:]!r}; runpy.run_module('papermill')"
        )
        command = [sys.executable, "-c", f"{code[:-1]}, run_name='__main__')"]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == 1
        assert "ZeroDivisionError" in ended.stderr
        kept = nbformat.read(made, as_version=4)
        outputs.append([(c.source, c.get("outputs"), c.get("execution_count")) for c in kept.cells])
    assert outputs[0] == outputs[1]
    assert papermill.iorw.load_notebook_node(str(made)).metadata.papermill.exception


def two_in_one_process() -> list[tuple[int, str]]:
    cell = "n = 'n' in globals()\nn"
    made = [
        papermill.execute_notebook(
            node(notebook("Essai", cell)), None, engine_name="atc", kernel_name="python3", progress_bar=False
        )
        for _ in range(2)
    ]
    return [(each.cells[-1].execution_count, each.cells[-1].outputs[0].data["text/plain"]) for each in made]


def test_a_second_notebook_in_one_process_begins_with_nothing(launcher: Launcher) -> None:
    assert launcher.run(two_in_one_process) == [(2, "False")] * 2


# --- watched from outside ---


@pytest.mark.fault
@pytest.mark.parametrize(
    ("death", "kernel"), [("import ctypes\nctypes.string_at(0)", WARM), ("import os\nos._exit(0)", STOCK)]
)
def test_a_process_that_dies_in_a_cell_is_told(run: Execute, death: str, kernel: str) -> None:
    told = fault(run("n = 1", death, "n = 3", kernel=kernel))
    assert "cellule c2 (import" in told
    assert "le noyau s’est arrêté" in told


@pytest.mark.fault
def test_an_endless_cell_is_ended(run: Execute) -> None:
    told = fault(run("n = 1", "sum(range(10**14))", "n = 3", limits=replace(GENEROUS, cell_seconds=3)))
    assert told.startswith("cellule c2")
    assert told.endswith("elle dépasse 3 secondes")


@pytest.mark.fault
def test_a_notebook_has_its_own_limit(run: Execute) -> None:
    told = fault(run(*["import time\ntime.sleep(0.9)"] * 9, limits=replace(GENEROUS, notebook_seconds=2)))
    assert told.endswith("le carnet dépasse 2 secondes")


@linux
@pytest.mark.fault
@pytest.mark.parametrize(
    ("greed", "kernel"), [("bytearray(10**9)", STOCK), ("import numpy\nnumpy.ones(2 * 10**8)", WARM)]
)
def test_a_notebook_that_takes_too_much_memory_is_told_so(run: Execute, greed: str, kernel: str) -> None:
    limits = replace(GENEROUS, memory_megabytes=700)
    told = fault(run("import pandas, seaborn", greed, limits=limits, kernel=kernel))
    assert told.startswith("cellule c2")
    assert told.endswith("plus de 700 Mo de mémoire (« memoire_max » dans report.toml)")


@pytest.mark.fault
@pytest.mark.parametrize(
    ("flood", "kernel"),
    [
        ("while True:\n    print('x' * 1000)", WARM),
        ("import os\nos.system('yes')", WARM),
        ("while True:\n    print('x' * 1000)", STOCK),
    ],
)
def test_a_cell_that_shows_too_much_is_ended(run: Execute, flood: str, kernel: str) -> None:
    told = fault(run("n = 1", flood, "n = 3", kernel=kernel))
    assert told.startswith("cellule c2")
    assert told.endswith("elle affiche plus de 1 Mo")


@linux
@pytest.mark.fault
def test_nothing_outlives_an_ordinary_kernel(run: Execute, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    spawn = (
        "import subprocess, tempfile\n"
        "p = subprocess.Popen(['/bin/sleep', '1000'], start_new_session=True, env={})\n"
        f"open({str(note)!r}, 'w').write(f'{{p.pid}} {{tempfile.mkdtemp()}}')\nNone"
    )
    run(spawn, "1 / 0", kernel=STOCK)
    pid, folder = note.read_text().split()
    assert not psutil.pid_exists(int(pid))
    assert not Path(folder).exists()


def test_papermill_finds_the_engine_while_it_is_itself_imported() -> None:
    # Each imports the other; the other way round, see `test_upstream_reads_what_we_write`.
    code = (
        "import papermill; from papermill.engines import papermill_engines; "
        "print(papermill_engines.get_engine('atc').execute_managed_notebook.__module__)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "atc.run.entry"


@BOTH
def test_what_lies_beside_a_notebook_is_found_and_the_settings_of_the_user_are_not(
    run: Execute, tmp_path: Path, kernel: str
) -> None:
    folder = tmp_path / "un projet à lire" / "notebooks"
    (folder / "sous").mkdir()
    (folder / "sous" / "calcul.py").write_text("n = 3")
    (folder / "table.csv").write_text("a\n1\n")
    execution = run(
        "import pathlib\npathlib.Path('table.csv').read_text()",
        "from sous import calcul\ncalcul.n",
        "'surprise' in globals()",
        kernel=kernel,
    )
    told = [shown(execution, cell)[0].data["text/plain"] for cell in (-3, -2, -1)]
    assert told == ["'a\\n1\\n'", "3", "False"]


def test_a_figure_has_words_for_those_who_do_not_see_it(run: Execute) -> None:
    execution = run(DRAWN + "plt.show()", DRAWN + "fig.set_label('Une hausse')\nplt.show()")
    (titled,), (labelled,) = (shown(execution, cell) for cell in (-2, -1))
    assert titled.metadata["image/svg+xml"] == {"alt": "Deux points"}
    assert labelled.metadata["image/svg+xml"] == {"alt": "Une hausse"}
