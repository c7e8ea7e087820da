"""Kernels to try things on: warm ones, and ordinary ones to compare them with."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import psutil
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

from atc.kernels.provisioner import PROVISIONER


class Specifications(KernelSpecManager):
    """The kernel of this very Python, that a zygote is to fork, wherever the project is installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        specification = super().get_kernel_spec(kernel_name)
        specification.metadata["kernel_provisioner"] = {"provisioner_name": PROVISIONER}
        return specification


class Kernel:
    """A kernel, as a notebook would use it."""

    def __init__(self, warm: bool = True, **settings: Any) -> None:
        specifications = (Specifications if warm else KernelSpecManager)(kernel_dirs=[])
        self.manager = KernelManager(kernel_name="python3", kernel_spec_manager=specifications)
        # Never the history of whoever runs the tests.
        arguments = ["--HistoryManager.hist_file=:memory:"]
        self.manager.start_kernel(extra_arguments=arguments, **settings)
        self.connect()

    def connect(self) -> None:
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    @property
    def pid(self) -> int:
        pid = self.manager.provisioner.pid
        assert isinstance(pid, int)
        return pid

    def show(self, code: str) -> list[dict[str, Any]]:
        """What a cell shows, as a notebook would keep it: what a stream says in a row is one output."""
        shown: list[dict[str, Any]] = []
        kinds = {"stream", "display_data", "execute_result", "error"}

        def note(message: dict[str, Any]) -> None:
            one = message["content"] | {"type": message["msg_type"]}
            # A kernel sends what is printed when its clock says so, be it in the middle of a line.
            if shown and one["type"] == "stream" and one["name"] == shown[-1].get("name"):
                shown[-1]["text"] += one["text"]
            elif one["type"] in kinds:
                shown.append(one)

        self.client.execute_interactive(code, output_hook=note, timeout=60)
        return shown

    def say(self, expression: str) -> str:
        """What Python prints of an expression."""
        shown = self.show(f"print(({expression}))")
        assert [message.get("name") for message in shown] == ["stdout"], shown
        return str(shown[0]["text"]).removesuffix("\n")

    def end(self) -> None:
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)


def gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def eventually(condition: Callable[[], bool]) -> None:
    """Wait for what must come, and fail if it does not within a minute."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def environment(**changes: str | None) -> dict[str, str]:
    """The variables of this process, with changes; ``None`` unsets one."""
    kept = {name: value for name, value in os.environ.items() if name not in changes}
    return kept | {name: value for name, value in changes.items() if value is not None}
