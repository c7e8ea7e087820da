"""A papermill engine whose kernels are private, bounded and alone.

What it adds to papermill's own: sockets in a folder that only this user can enter (instead of TCP ports), a
kernel that belongs to this environment and ignores the user's settings, limits on time and output, and a
record of the cell that was running when something went wrong. Kernels start warm, or as they always did: what
they give is the same.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from atc.execution import processes
from atc.kernels import WARM
from atc.kernels.provisioner import PROVISIONER
from atc.nbformat import NotebookNode
from atc.paths import Project

ENGINE = "atc"
KERNEL = "python3"


@dataclass
class Watch:
    """What the driver knows while a notebook runs.

    Attributes:
        mark: Mark of the processes of this notebook.
        folder: Private folder for its sockets and logs.
        project: Its kernel works among the notebooks, as it does in JupyterLab.
        cell_seconds: Longest life of one cell.
        notebook_seconds: Longest life of the notebook.
        cell_bytes: Most that one cell may show.
        megabytes: Most memory that the kernel may take.
        kernel: ``chaud`` for one that a zygote forks, ``standard`` for an ordinary one.
        cell: The cell that runs, or the last one that ran.
        flooded: The cell that showed more than it may.
        started: When the first cell began, on the monotonic clock.
    """

    mark: str
    folder: Path
    project: Project
    cell_seconds: int
    notebook_seconds: int
    cell_bytes: int
    megabytes: int
    kernel: str = WARM
    cell: NotebookNode | None = None
    flooded: NotebookNode | None = None
    started: float = 0.0

    @property
    def log(self) -> Path:
        """What the kernel says outside of any cell, when it does not start for instance."""
        return self.folder / "noyau.log"

    @property
    def left(self) -> float:
        """Seconds that the notebook may still take."""
        return self.started + self.notebook_seconds - time.monotonic()

    def seconds_for(self, _cell: NotebookNode) -> int:
        """How long nbclient waits for a cell; never 0, which would mean for ever."""
        return max(1, min(self.cell_seconds, int(self.left)))


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """Follows the cells, and stops a kernel that shows too much."""

    watch: Watch
    shown = 0

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        if self.watch.left <= 0:
            raise CellTimeoutError("notebook timed out")
        if self.watch.flooded:
            raise DeadKernelError("ended for what it showed")
        self.shown = 0
        if cell.cell_type == "code":
            self.watch.cell = cell
        super().execute_cell(cell, cell_index, **options)
        return cell

    def process_message(self, msg: Mapping[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        if not self.watch.flooded:
            if msg["msg_type"] in {"stream", "display_data", "execute_result", "update_display_data"}:
                self.shown += len(json.dumps(msg["content"], default=str))
            if self.shown > self.watch.cell_bytes:
                self.watch.flooded = cell
                processes.end(self.watch.mark)
        if self.watch.flooded and msg["msg_type"] != "status":
            return None
        return super().process_message(msg, cell, cell_index)


class Engine(NBClientEngine):  # type: ignore[misc]
    """Runs the cells in a private kernel."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, watch: Watch, start_timeout: int = 60, **_: Any
    ) -> None:
        """Execute a notebook.

        Args:
            nb_man: papermill's manager of the notebook.
            kernel_name: Name of the kernel.
            watch: Limits, and what is learnt on the way.
            start_timeout: Seconds that a kernel may take to be ready.
        """
        client = _Client(
            nb_man,
            km=_manager(watch.folder, kernel_name, watch.kernel),
            timeout=watch.cell_seconds,
            timeout_func=watch.seconds_for,
            startup_timeout=start_timeout,
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
        client.watch = watch
        watch.started = time.monotonic()
        with watch.log.open("wb") as log:
            client.execute(
                cleanup_kc=True,
                cwd=str(watch.project.notebooks),
                env=_environment(watch),
                stdout=log,
                stderr=log,
            )


class _Attentive(AsyncKernelClient):
    """Knows from what a kernel says that it is ready: others wait for a fifth of a second of silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until a kernel answers, and is heard on the channel of what cells show.

        Args:
            timeout: Seconds; no end when nothing is said.

        Raises:
            RuntimeError: It died, or never did.
        """
        deadline = time.monotonic() + (math.inf if timeout is None else timeout)
        while not await self._answered(self.kernel_info()):
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answered(self, question: str) -> bool:
        try:
            while (await self.get_shell_msg(timeout=1))["parent_header"].get("msg_id") != question:
                continue
            # Whoever joins this channel late misses what was said: it must be heard before any cell runs.
            while True:
                said = await self.get_iopub_msg(timeout=0.2)
                idle = said["content"].get("execution_state") == "idle"
                if idle and said["parent_header"].get("msg_id") == question:
                    return True
        except Empty:
            return False


class _WarmSpecifications(KernelSpecManager):
    """The specifications of kernels, which a zygote is to fork."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        specification = super().get_kernel_spec(kernel_name)
        specification.metadata["kernel_provisioner"] = {"provisioner_name": PROVISIONER}
        return specification


def _manager(folder: Path, kernel_name: str, kernel: str) -> AsyncKernelManager:
    # Without folders to look into, the specification is the one that ipykernel gives for this very Python.
    specifications = (_WarmSpecifications if kernel == WARM else KernelSpecManager)(kernel_dirs=[])
    transport = "ipc" if os.name == "posix" else "tcp"
    return AsyncKernelManager(
        kernel_name=kernel_name,
        kernel_spec_manager=specifications,
        transport=transport,
        connection_file=str(folder / "k.json"),
        client_factory=_Attentive,
    )


def _environment(watch: Watch) -> dict[str, str]:
    return {
        **os.environ,
        processes.MARK: watch.mark,
        "ATC_ROOT": str(watch.project.root),
        # Start-up files in the user's IPython profile would run in every chapter.
        "IPYTHONDIR": str(watch.folder / "ipython"),
    }


papermill_engines.register(ENGINE, Engine)
