"""Execute one chapter in a worker process, and know for certain whether it reached its end."""

from __future__ import annotations

import logging

from atc.nbformat import NotebookNode

# Those that bring nbformat come after ours.
# isort: split
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from atc.errors import shown
from atc.execution import processes
from atc.execution.carnets import (
    LAST,
    OPENING,
    chapter_cells,
    clean,
    one_line,
    output_faults,
    staged,
    testimony,
    text_of,
)
from atc.execution.kernels import ENGINE, KERNEL, Watch
from atc.execution.shown import digests
from atc.execution.tasks import ChapterFault, ChapterTask, Executed
from atc.files import write


def execute_chapter(task: ChapterTask) -> Executed | ChapterFault:
    """Execute a chapter in a kernel of its own, and keep a clean copy if all went well.

    Args:
        task: The chapter.

    Returns:
        What it used, or what went wrong. Success is what the driver and the last cell say, never the state
        that the file claims.
    """
    task.private.mkdir(mode=0o700)
    watch = Watch(
        mark=task.mark,
        folder=task.private,
        project=task.project,
        cell_seconds=task.limits.cell_seconds,
        notebook_seconds=task.limits.notebook_seconds,
        cell_bytes=task.limits.output_megabytes * 1_000_000,
        megabytes=task.limits.memory_megabytes,
        kernel=task.kernel,
    )
    notebook = staged(task.notebook, str(task.project.root), task.token, watch.megabytes)
    try:
        notebook = _run(notebook, task, watch)
    except (
        PapermillExecutionError,
        CellTimeoutError,
        DeadKernelError,
        RuntimeError,
        AssertionError,
    ) as error:
        return ChapterFault(task.slug, (f"{_place(watch.flooded or watch.cell)} : {_reason(error, watch)}",))
    finally:
        processes.end(watch.mark)
    return _judged(notebook, task, watch)


def _run(notebook: NotebookNode, task: ChapterTask, watch: Watch) -> NotebookNode:
    # papermill and nbclient tell their log what they also raise.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    executed = papermill.execute_notebook(
        notebook,
        None,
        parameters=task.parameters,
        engine_name=ENGINE,
        kernel_name=KERNEL,
        language="python",
        progress_bar=False,
        watch=watch,
    )
    assert isinstance(executed, NotebookNode)
    return executed


def _place(cell: NotebookNode | None) -> str:
    if cell is None or cell.id == OPENING:
        return "démarrage du noyau"
    if cell.id == LAST:
        return "après la dernière cellule"
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    return f"cellule {cell.id} ({shown(first)})"


def _reason(error: Exception, watch: Watch) -> str:
    if watch.flooded:
        return f"elle affiche plus de {watch.cell_bytes // 1_000_000} Mo"
    if isinstance(error, PapermillExecutionError):
        return _raised(error, watch)
    if isinstance(error, CellTimeoutError):
        if watch.left < 1:
            return f"le carnet dépasse {watch.notebook_seconds} secondes"
        return f"elle dépasse {watch.cell_seconds} secondes"
    if isinstance(error, DeadKernelError):
        return f"le noyau s’est arrêté (tué, ou plus de {watch.megabytes} Mo de mémoire)"
    said = watch.log.read_text(encoding="utf-8", errors="replace").split("\n") if watch.log.exists() else []
    return one_line("le noyau ne répond pas : " + " ".join([str(error), *said[-2:]]))


def _raised(error: PapermillExecutionError, watch: Watch) -> str:
    # numpy and Arrow have their own MemoryError; a kernel that has no memory left cannot even tell its error.
    if error.ename.endswith("MemoryError") or not (error.evalue or error.traceback):
        return f"elle demande plus de {watch.megabytes} Mo de mémoire (« memoire_max » dans report.toml)"
    return one_line(f"{error.ename} : {error.evalue}").rstrip(" :")


def _judged(notebook: NotebookNode, task: ChapterTask, watch: Watch) -> Executed | ChapterFault:
    faults = [f"{_place(c)} : {fault}" for c in chapter_cells(notebook) for fault in output_faults(c)]
    said = testimony(notebook, task.token)
    if said is None and not faults:
        faults = [f"{_place(watch.cell)} : le carnet s’est arrêté avant sa dernière cellule"]
    if said is not None:
        faults += [f"une tâche d’arrière-plan a échoué : {fault}" for fault in said.faults]
    if said is None or faults:
        return ChapterFault(task.slug, tuple(faults))
    kept = clean(notebook)
    carnet = write(task.target, text_of(kept))
    return Executed(task.slug, carnet, digests(kept), said.files, said.columns, said.modules)
