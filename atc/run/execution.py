"""Notebooks executed in processes of their own, watched from outside; what is kept of them.

A process is ended at the deadline of a cell or of the notebook, when it does not begin, or when a cell shows
too much; all that it started ends with it. Whether a notebook reached its end is said by its last cell.
"""

import datetime as dt
import importlib.util
import json
import secrets
import time
from pathlib import Path

from atc.rendering.outputs import NotebookNode, is_handle, nbformat, place, read_outputs
from atc.run import report
from atc.run.manifest import Reads
from atc.run.notebooks import INJECTED, PARAMETERS, node, tagged
from atc.run.plan import KERNELS, ChapterTask
from atc.run.processes import ChildLost, Launcher, call
from atc.survey.errors import NotebookFailed, one_line, shown
from atc.survey.paths import write
from atc.survey.settings import RunLimits

#: What is imported once for all processes that execute: what chapters call, and what that imports late.
LIBRARIES = (
    "IPython.core.completerlib",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "matplotlib_inline.backend_inline",
    "matplotlib.backends.backend_svg",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "PIL.features",
    "atc.run.engine",
    "atc.exhibits.chapters",
    "atc.exhibits.notices",
)
#: The same, for those that make pages.
RENDERING = ("atc.rendering.files",)
# Seconds for the first cell to begin, on a slow machine.
_READY = 60.0
_OPENING, _LAST = "atc-ouverture", "atc-temoin"
_AROUND = {_OPENING: "démarrage du noyau", _LAST: "après la dernière cellule"}


def launcher(folder: Path, date: dt.date, *, executing: bool = True) -> Launcher:
    """Processes under which two runs give the same bytes, whoever runs the report and wherever.

    The ``date`` of the wave stands in for the clock; what only renders imports less.
    """
    midnight = dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC)
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    spec = importlib.util.find_spec("matplotlib")
    stock = Path(spec.origin).parent / "mpl-data" / "matplotlibrc" if spec and spec.origin else None
    surroundings: dict[str, str | None] = {
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(int(midnight.timestamp())),
        "TZ": "UTC",
        "PYTHONUTF8": "1",
        # Exhibits show themselves: the inline backend would only redraw them.
        "MPLBACKEND": "agg",
        # A matplotlibrc in someone's home folder would change the charts.
        "MATPLOTLIBRC": str(stock) if stock else None,
        "PYTHONWARNINGS": "default",
        # The processes share the cores already.
        **dict.fromkeys(threads, "1"),
        # Arrow's own allocator takes a gigabyte at once, for later: no limit on memory would mean anything.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        # Without compiled files, each process spends a second more on its imports.
        "PYTHONDONTWRITEBYTECODE": None,
        "PYTHONSTARTUP": None,
        # The debugger of a kernel would warn of what nobody asks for.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    return Launcher(folder, surroundings, (*(LIBRARIES if executing else ()), *RENDERING))


class _Watch:
    """What is known, outside, of a notebook that runs."""

    def __init__(self, slug: str, limits: RunLimits) -> None:
        self._slug, self._limits = slug, limits
        self._cell: tuple[str, str] | None = None
        self._end = float("inf")
        self._flooded = False

    def heard(self, message: tuple[str, str] | None) -> float:
        """Note which cell begins, or that one shows too much and ends; until when it may run."""
        now = time.monotonic()
        if self._cell is None:
            self._end = now + self._limits.notebook_seconds
        self._flooded = message is None
        self._cell = message or self._cell
        return min(self._end, now + self._limits.cell_seconds)

    def failed(self, reason: str) -> NotebookFailed:
        """There is no result: told with the cell that runs, or the last one that ran."""
        name, first = self._cell or (_OPENING, "")
        where = _AROUND.get(name) or f"cellule {name} ({shown(first)})"
        return NotebookFailed(f"{self._slug}, {where} : {reason}")

    def lost(self, *, overdue: bool = False) -> str:
        """Why there is no result."""
        if self._flooded:
            return f"elle affiche plus de {self._limits.output_megabytes} Mo"
        if overdue and self._cell is None:
            return f"le noyau ne répond pas : il n’a pas démarré en {_READY:.0f} secondes"
        if overdue and time.monotonic() >= self._end:
            return f"le carnet dépasse {self._limits.notebook_seconds} secondes"
        if overdue:
            return f"elle dépasse {self._limits.cell_seconds} secondes"
        return f"le noyau s’est arrêté (tué, ou plus de {self._limits.memory_megabytes} Mo de mémoire)"

    def raised(self, name: str, value: str) -> str:
        """What `atc.run.engine.run_notebook` says of a cell that failed, or of a kernel."""
        if not name:
            return one_line(f"le noyau ne répond pas : {value}") if value else self.lost()
        if name == "StdinNotImplementedError":
            return (
                "elle pose une question (input), et personne n’est là pour répondre. "
                "Écrivez la réponse dans la cellule"
            )
        if name.endswith("MemoryError"):
            most = self._limits.memory_megabytes
            return f"elle demande plus de {most} Mo de mémoire (« memoire_max » dans report.toml)"
        return one_line(f"{name} : {value}").rstrip(" :")


def execute(launcher: Launcher, task: ChapterTask) -> tuple[NotebookNode, list[str], Reads]:
    """Execute a notebook in a process of its own, and know for certain whether it reached its end.

    What is opened below the root is noted; what lies in the folder where it works can be imported. Returns it
    with its outputs, what failed unseen, in French, and what it read; `NotebookFailed`: it has no end.
    """
    token, root = secrets.token_hex(), task.project.root
    watch = _Watch(task.slug, task.limits)
    try:
        executed = launcher.run(
            call,
            "atc.run.engine:run_notebook",
            _staged(task.notebook, root, token),
            dict(task.parameters),
            root,
            root / task.working,
            KERNELS[task.kernel],
            task.limits.output_megabytes * 1_000_000,
            seconds=_READY,
            heard=watch.heard,
            megabytes=task.limits.memory_megabytes,
        )
    except ChildLost as lost:
        raise watch.failed(watch.lost(overdue=lost.overdue)) from lost
    if isinstance(executed, tuple):
        raise watch.failed(watch.raised(*executed))
    last = executed.cells[-1]
    executed.cells = [cell for cell in executed.cells if cell.id not in {_OPENING, _LAST}]
    shown_last = (output.get("data", {}).get(report.MIME, {}) for output in last.get("outputs", []))
    said = next((each for each in shown_last if last.id == _LAST and each.get("token") == token), None)
    if said is None:
        raise watch.failed("le carnet s’est arrêté avant sa dernière cellule")
    columns = {name: tuple(names) for name, names in said["columns"].items()}
    faults = [f"{task.slug}, une tâche d’arrière-plan a échoué : {fault}" for fault in said["faults"]]
    return executed, faults, Reads(tuple(said["files"]), columns)


def _staged(notebook: NotebookNode, root: Path, token: str) -> NotebookNode:
    """A copy to be executed: an opening cell before the notebook, then a report that repeats the token."""
    copy = node(notebook)
    calls = (_OPENING, f"start({str(root)!r})"), (_LAST, f"sign({token!r})")
    opening, last = (
        nbformat.v4.new_code_cell(  # type: ignore[no-untyped-call]
            f'__import__("atc.run.report", fromlist=["report"]).{call}',
            id=name,
            metadata={"tags": ["remove"]},
        )
        for name, call in calls
    )
    copy.cells = [opening, *copy.cells, last]
    for cell in copy.cells:
        # papermill reads the tags of every cell.
        cell.metadata.setdefault("tags", [])
    return copy


# --- what is kept ---


def executed(launcher: Launcher, task: ChapterTask) -> tuple[str, Reads | None]:
    """Execute a notebook, keep a clean copy if all went well, and return its hash and what was read.

    `NotebookFailed` has one line for each fault.
    """
    reads = None
    if task.needs:
        notebook = reworded(task.notebook, node(json.loads(task.needs[0].read_text(encoding="utf-8"))))
    else:
        notebook, unseen, reads = execute(launcher, task)
        told = [(place(task.slug, cell), read_outputs(cell)[1]) for cell in notebook.cells]
        if faults := [f"{where} : {fault}" for where, found in told for fault in found] + unseen:
            raise NotebookFailed("\n".join(faults))
    text = json.dumps(clean(notebook), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return write(task.folder / f"{task.slug}.ipynb", text.encode()), reads


def clean(notebook: NotebookNode) -> NotebookNode:
    """The copy that is kept: no warning, no time, no path, no random id.

    It can be opened and executed again from the project: the parameters stay in it.
    """
    kept = node(notebook)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    kept.metadata = node({"kernelspec": kernel, "language_info": {"name": "python"}})
    for cell in tagged(kept, INJECTED):
        cell.id = "parametres-injectes"
    count = 0
    for cell in kept.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = node({"tags": tags} if tags else {})
        if cell.cell_type != "code":
            continue
        count += bool(cell.source.strip())
        cell.execution_count = count if cell.source.strip() else None
        cell.outputs = [o for o in cell.outputs if o.output_type != "stream" and not is_handle(o)]
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = cell.execution_count
    return kept


def reworded(notebook: NotebookNode, carnet: NotebookNode) -> NotebookNode:
    """A notebook as executed, with the outputs of a copy executed before its text changed.

    Outputs rest on the code cells alone, which are the same in both, as their hash says: the result is, byte
    for byte, what executing the chapter would give.
    """
    outputs = {cell.id: cell for cell in carnet.cells if cell.cell_type == "code"}
    copy = node(notebook)
    (declared,) = (i for i, cell in enumerate(copy.cells) if PARAMETERS in cell.metadata.get("tags", []))
    copy.cells = [outputs.get(cell.id, cell) for cell in copy.cells]
    # Where papermill puts it.
    copy.cells[declared + 1 : declared + 1] = tagged(carnet, INJECTED)
    return copy
