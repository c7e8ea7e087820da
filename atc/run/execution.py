"""Notebooks executed in processes of their own, watched from outside.

A process is ended at the deadline of a cell or of the notebook, when it does not begin, or when a cell shows
too much; all that it started ends with it. Whether a notebook reached its end is said by its last cell.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from atc.rendering.outputs import NotebookNode, nbformat
from atc.run import report
from atc.run.child import Child, ChildLost, Launcher
from atc.run.keeper import call
from atc.run.parameters import STOCK, WARM
from atc.survey.errors import one_line, shown
from atc.survey.settings import RunLimits

#: What a launcher preloads for `execute`: third-party libraries that chapters spend a second on.
LIBRARIES = (
    "IPython.core.interactiveshell",
    "IPython.core.completerlib",
    "IPython.extensions.storemagic",
    "matplotlib_inline.backend_inline",
    "atc.run.engine",
    "pandas",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "PIL.features",
    "seaborn",
    "scipy.stats",
    "babel.dates",
    "babel.lists",
    "babel.numbers",
    "jinja2",
)
_ENGINES = {WARM: "atc", STOCK: "atc-standard"}
# Seconds for the first cell to begin, on a slow machine.
_READY = 60.0
_OPENING, _LAST = "atc-ouverture", "atc-temoin"


@dataclass(frozen=True)
class Execution:
    """A notebook that was executed."""

    notebook: NotebookNode | None  # with its outputs; None when a cell failed, or the process was ended
    faults: tuple[str, ...] = ()  # in French, one line each; success is an end reached without any
    files: tuple[str, ...] = ()  # of the project, that were opened
    columns: Mapping[str, tuple[str, ...]] | None = None  # table file -> the only columns that were read


class _Watch:
    """What is known, outside, of a notebook that runs."""

    def __init__(self, limits: RunLimits) -> None:
        self._limits = limits
        self._cell: tuple[str, str] | None = None
        self._end = float("inf")
        self._flooded = False
        self.most_bytes = limits.output_megabytes * 1_000_000

    def heard(self, child: Child, message: tuple[str, str] | None) -> None:
        """Note which cell begins, and until when it may run."""
        if message is None:
            self._flooded = True
            return
        now = time.monotonic()
        if self._cell is None:
            self._end = now + self._limits.notebook_seconds
        self._cell = message
        child.deadline = min(self._end, now + self._limits.cell_seconds)

    @property
    def place(self) -> str:
        """The cell that runs, or the last one that ran, as messages call it."""
        match self._cell:
            case None | (("atc-ouverture"), _):
                return "démarrage du noyau"
            case (("atc-temoin"), _):
                return "après la dernière cellule"
            case (name, first):
                return f"cellule {name} ({shown(first)})"

    def lost(self, error: ChildLost) -> str:
        """Why there is no result."""
        if self._flooded:
            return f"elle affiche plus de {self._limits.output_megabytes} Mo"
        if error.overdue and self._cell is None:
            return f"le noyau ne répond pas : il n’a pas démarré en {_READY:.0f} secondes"
        if error.overdue and time.monotonic() >= self._end:
            return f"le carnet dépasse {self._limits.notebook_seconds} secondes"
        if error.overdue:
            return f"elle dépasse {self._limits.cell_seconds} secondes"
        return self._died

    @property
    def _died(self) -> str:
        return f"le noyau s’est arrêté (tué, ou plus de {self._limits.memory_megabytes} Mo de mémoire)"

    def raised(self, name: str, value: str) -> str:
        """What `atc.run.engine.run_notebook` says of a cell that failed, or of a kernel."""
        if not name:
            return one_line(f"le noyau ne répond pas : {value}") if value else self._died
        if name == "StdinNotImplementedError":
            return (
                "elle pose une question (input), et personne n’est là pour répondre. "
                "Écrivez la réponse dans la cellule"
            )
        if name.endswith("MemoryError"):
            return (
                f"elle demande plus de {self._limits.memory_megabytes} Mo de mémoire "
                "(« memoire_max » dans report.toml)"
            )
        return one_line(f"{name} : {value}").rstrip(" :")


def execute(
    launcher: Launcher,
    notebook: NotebookNode,
    parameters: Mapping[str, str],
    *,
    root: Path,
    folder: Path,
    limits: RunLimits,
    kernel: str = WARM,
) -> Execution:
    """Execute a notebook in a process of its own, and know for certain whether it reached its end.

    The launcher should preload `LIBRARIES`. What is opened below ``root`` is noted; what lies in ``folder``,
    where the notebook works, can be imported.
    """
    token = secrets.token_hex()
    watch = _Watch(limits)
    options = {"engine": _ENGINES[kernel], "most_bytes": watch.most_bytes}
    job = partial(call, "atc.run.engine:run_notebook", **options)
    try:
        executed = launcher.run(
            job,
            staged(notebook, root, token),
            dict(parameters),
            root,
            folder,
            deadline=_READY,
            megabytes=limits.memory_megabytes,
            heard=watch.heard,
        )
    except ChildLost as error:
        return Execution(None, (f"{watch.place} : {watch.lost(error)}",))
    if isinstance(executed, tuple):
        return Execution(None, (f"{watch.place} : {watch.raised(*executed)}",))
    return _concluded(executed, token, watch)


def staged(notebook: NotebookNode, root: Path, token: str) -> NotebookNode:
    """A copy to be executed: an opening cell before the notebook, then a report that repeats the token."""
    copy = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    calls = (_OPENING, f"start({str(root)!r})"), (_LAST, f"sign({token!r})")
    opening, last = (_own_cell(name, call) for name, call in calls)
    copy.cells = [opening, *copy.cells, last]
    for cell in copy.cells:
        # papermill reads the tags of every cell.
        cell.metadata.setdefault("tags", [])
    return copy  # type: ignore[no-any-return]


def _own_cell(name: str, call: str) -> NotebookNode:
    source = f'__import__("atc.run.report", fromlist=["report"]).{call}'
    return nbformat.v4.new_code_cell(source, id=name, metadata={"tags": ["remove"]})  # type: ignore[no-untyped-call, no-any-return]


def _concluded(notebook: NotebookNode, token: str, watch: _Watch) -> Execution:
    last = notebook.cells[-1]
    notebook.cells = [cell for cell in notebook.cells if cell.id not in {_OPENING, _LAST}]
    said = next(_said(last, token), None)
    if said is None:
        errors = [o for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == "error"]
        told = [one_line(f"{error.ename} : {error.evalue}").rstrip(" :") for error in errors]
        reasons = told or ["le carnet s’est arrêté avant sa dernière cellule"]
        return Execution(None, tuple(f"{watch.place} : {reason}" for reason in reasons))
    return Execution(
        notebook,
        tuple(f"une tâche d’arrière-plan a échoué : {fault}" for fault in said["faults"]),
        tuple(said["files"]),
        {name: tuple(names) for name, names in said["columns"].items()},
    )


def _said(cell: NotebookNode, token: str) -> Iterator[dict[str, Any]]:
    for output in cell.get("outputs", []):
        said = output.get("data", {}).get(report.MIME)
        if cell.id == _LAST and said and said["token"] == token:
            yield said
