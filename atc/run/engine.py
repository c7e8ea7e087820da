"""papermill engines: cells run in this very process, or in an ordinary kernel. Same outputs.

`Engine` is registered by the name ``atc`` (``papermill --engine atc``). `run_notebook` is what a run has done
in a process of its own: see `atc.run.execution`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from atc.rendering.outputs import NotebookNode, nbformat

# Those that bring nbformat come after ours.
# isort: split
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine as PapermillEngine
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from atc.run.processes import tell
from atc.run.shell import flooded, opened

# Seconds for a kernel to be ready, and characters of a cell that tell which it is.
_READY, _LONGEST = 60, 300
_LANGUAGE = {
    "name": "python",
    "version": sys.version.split()[0],
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}


class Engine(PapermillEngine):  # type: ignore[misc]
    """Runs the cells in this very process; it serves all the kernels of Python, whatever their name."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        most_bytes: float = float("inf"),
        trust_tags: bool = True,
        **_: Any,
    ) -> None:
        """Execute a notebook; a cell that shows more than ``most_bytes`` ends the process.

        ``trust_tags``: ``skip-execution`` and ``raises-exception`` hold, as they do with nbclient.
        """
        del kernel_name
        asyncio.run(_run_cells(nb_man, most_bytes, trust_tags))
        nb_man.nb.metadata["language_info"] = nbformat.from_dict(_LANGUAGE)  # type: ignore[no-untyped-call]


async def _run_cells(nb_man: Any, most_bytes: float, trust_tags: bool) -> None:
    with opened(most_bytes) as shell:
        for index, cell in enumerate(nb_man.nb.cells):
            tags = cell.metadata.get("tags", []) if trust_tags else []
            nb_man.cell_start(cell, index)
            try:
                if cell.cell_type != "code" or not cell.source.strip() or "skip-execution" in tags:
                    continue
                _tell_cell(cell)
                if not await shell.run(cell) and "raises-exception" not in tags:
                    nb_man.cell_exception(cell, cell_index=index)
                    break
            finally:
                nb_man.cell_complete(cell, cell_index=index)
            # Tasks in the background go on between cells, as in a kernel.
            await asyncio.sleep(0)


class _Standard(NBClientEngine):  # type: ignore[misc]
    """Runs the cells in an ordinary kernel of this Python, with its sockets in a private folder."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, most_bytes: float, **_: Any) -> None:
        from jupyter_client.kernelspec import KernelSpecManager  # noqa: PLC0415
        from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415

        private = os.environ["TMPDIR"]
        manager = AsyncKernelManager(
            kernel_name=kernel_name,
            # Without folders to look into, the specification is the one of ipykernel for this very Python.
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            transport="ipc" if os.name == "posix" else "tcp",
            connection_file=str(Path(private, "k.json")),
        )
        client = _Client(
            nb_man,
            km=manager,
            timeout=None,
            startup_timeout=_READY,
            shell_timeout_interval=1,
            iopub_timeout=30,
            # No tag of a cell can make it be skipped, or its errors pass.
            skip_cells_with_tag="",
            force_raise_errors=True,
            store_widget_state=False,
            record_timing=False,
            shutdown_kernel="immediate",
            coalesce_streams=True,
        )
        client.most = most_bytes
        # Start-up files in the user's IPython profile would run in every chapter.
        environment = {**os.environ, "IPYTHONDIR": str(Path(private, "ipython"))}
        with Path(private, "noyau.log").open("wb") as log:
            client.execute(cleanup_kc=True, cwd=str(Path.cwd()), env=environment, stdout=log, stderr=log)


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """Tells the cell that runs, and ends the process when it shows too much."""

    most: float
    shown = 0

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        self.shown = 0
        if cell.cell_type == "code":
            _tell_cell(cell)
        super().execute_cell(cell, cell_index, **options)
        return cell

    def process_message(self, msg: Mapping[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        if msg["msg_type"] in {"stream", "display_data", "execute_result", "update_display_data"}:
            self.shown += len(json.dumps(msg["content"], default=str))
            if self.shown > self.most:
                flooded()
        return super().process_message(msg, cell, cell_index)


papermill_engines.register("atc", Engine)
papermill_engines.register("atc-standard", _Standard)


def _tell_cell(cell: NotebookNode) -> None:
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    tell((cell.get("id", ""), first[:_LONGEST]))


def run_notebook(
    notebook: NotebookNode,
    parameters: Mapping[str, str],
    root: Path,
    folder: Path,
    engine: str,
    most_bytes: int,
) -> NotebookNode | tuple[str, str]:
    """Execute a notebook in this process, in a folder, by the engine ``atc`` or ``atc-standard``.

    Returns the executed notebook; or, in words that travel, class and text of what a cell raised. An empty
    class stands for a kernel that died, and an empty text may be all that one without memory could tell.
    """
    os.environ["ATC_ROOT"] = str(root)
    # papermill and nbclient tell their log what they also raise.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    try:
        return papermill.execute_notebook(  # type: ignore[no-any-return]
            notebook,
            None,
            parameters=parameters,
            engine_name=engine,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=str(folder),
            most_bytes=most_bytes,
            trust_tags=False,
        )
    except PapermillExecutionError as error:
        untold = not (error.evalue or error.traceback)
        return "MemoryError" if untold else error.ename, error.evalue
    except (DeadKernelError, RuntimeError) as error:
        return "", "" if isinstance(error, DeadKernelError) else str(error)
