"""What Jupyter finds, and when the launch is an ordinary one."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from kernel_craft import Kernel, environment

from atc.kernels import process, provisioner
from atc.kernels.process import WarmProcess
from atc.kernels.provisioner import PROVISIONER, WarmProvisioner, _order

REPOSITORY = Path(__file__).resolve().parents[2]
STOCK = [sys.executable, "-m", "ipykernel_launcher", "-f", "k.json"]


def test_jupyter_finds_the_provisioner() -> None:
    (found,) = entry_points(group="jupyter_client.kernel_provisioners", name=PROVISIONER)
    assert found.load() is WarmProvisioner


def test_the_kernel_is_installed_with_the_project() -> None:
    folder = Path(sys.prefix) / "share" / "jupyter" / "kernels"
    installed = KernelSpecManager(kernel_dirs=[str(folder)]).get_kernel_spec("atc").to_dict()
    written = json.loads((REPOSITORY / "share/jupyter/kernels/atc/kernel.json").read_text(encoding="utf-8"))
    for name in ("argv", "display_name", "language"):
        assert installed[name] == written[name]
    assert installed["metadata"]["kernel_provisioner"]["provisioner_name"] == PROVISIONER
    # nbclient only thinks of it for kernels that bear the name of ipykernel's own.
    assert written["argv"][-1] == "--HistoryManager.hist_file=:memory:"


@pytest.mark.skipif(sys.platform != "linux", reason="zygotes are for Linux")
@pytest.mark.parametrize(
    ("command", "settings"),
    [
        ([sys.executable, "-m", "autre_noyau", "-f", "k.json"], {}),
        (["R", "--slave", "-e", "IRkernel::main()"], {}),
        ([sys.executable, "script.py", "-m", "ipykernel_launcher"], {}),
        (STOCK, {"independent": True}),
        (STOCK, {"preexec_fn": os.getpid}),
        (STOCK, {"env": environment(PYTHONPATH="modules")}),
    ],
)
def test_another_kernel_is_launched_as_it_always_was(command: list[str], settings: dict[str, object]) -> None:
    assert _order(command, {"env": environment()} | settings) is None


@pytest.mark.skipif(sys.platform != "linux", reason="zygotes are for Linux")
def test_options_of_the_interpreter_are_kept() -> None:
    order = _order([STOCK[0], "-Xfrozen_modules=off", *STOCK[1:], "--debug"], {"env": environment()})
    assert order is not None
    assert order[:2] == ([STOCK[0], "-Xfrozen_modules=off"], ["-f", "k.json", "--debug"])


def test_elsewhere_than_on_linux_the_launch_is_an_ordinary_one(
    kernel: Callable[..., Kernel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioner, "available", lambda: False)
    one = kernel()
    assert not isinstance(one.manager.provisioner.process, WarmProcess)
    assert one.say("1 + 1") == "2"


@pytest.mark.skipif(sys.platform != "linux", reason="zygotes are for Linux")
@pytest.mark.filterwarnings("error::ResourceWarning", "error::pytest.PytestUnraisableExceptionWarning")
def test_a_refused_kernel_leaves_no_descriptor_open(kernel: Callable[..., Kernel], tmp_path: Path) -> None:
    (tmp_path / "seaborn.py").touch()
    one = kernel(cwd=str(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert not isinstance(one.manager.provisioner.process, WarmProcess)
    gc.collect()
    one.end()
    assert process._running == set()
