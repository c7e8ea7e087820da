"""papermill and nbconvert as libraries: one process, or two with the kernels that everyone has.

``python -m benchmarks.plain JOBS WORKERS``, where JOBS is a file of executions.
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import nbconvert
import papermill

from benchmarks.field import Execution


def make(one: Execution) -> None:
    """One notebook, executed and converted."""
    target = Path("fait") / f"{one.name}.ipynb"
    papermill.execute_notebook(
        f"notebooks/{one.notebook}.ipynb", target, parameters=dict(one.parameters), progress_bar=False
    )
    page, _ = nbconvert.HTMLExporter().from_filename(target)
    target.with_suffix(".html").write_text(page, encoding="utf-8")


def main(jobs: str, workers: int) -> None:
    """All notebooks, by so many processes; by this one if there is one."""
    executions = [Execution(**fields) for fields in json.loads(Path(jobs).read_text(encoding="utf-8"))]
    if workers == 1:
        for one in executions:
            make(one)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(make, executions))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
