"""From a fork of the zygote to a kernel that cannot tell the difference."""

from __future__ import annotations

import atexit
import ctypes
import importlib
import os
import random
import runpy
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from atc.kernels.wire import Request

_PR_SET_PDEATHSIG = 1
_INLINE = "module://matplotlib_inline.backend_inline"
# Positions in /proc/self/stat, counted after the name of the program.
_ENV_START, _ENV_END = 47, 48


def become(request: Request, streams: Sequence[int], added: Mapping[str, str], zygote: int) -> None:
    """Turn this process, just forked, into a kernel, and return at its end.

    Args:
        request: The kernel.
        streams: Its standard input, output and error.
        added: Variables that libraries set while they were imported.
        zygote: Its parent; it ends when the parent does.
    """
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != zygote:
        os._exit(1)
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    os.chdir(request.folder)
    _take_variables({**request.environment, **added})
    _forget_the_zygote()
    _draw_other_numbers()
    _choose_backend(request.environment)
    _launch(request, zygote)


def _take_variables(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    # The system shows the variables that a process was started with: runs find their processes by them. Ours
    # first, in case the zygote had less room for them.
    ordered = sorted(environment.items(), key=lambda item: (not item[0].startswith("ATC_"), item[0]))
    block = b"".join(os.fsencode(f"{name}={value}") + b"\0" for name, value in ordered)
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    start, end = int(fields[_ENV_START]), int(fields[_ENV_END])
    # No pointer leads there any more: each variable has just been copied elsewhere, by setenv.
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, block[: end - start - 1], min(len(block), end - start - 1))


def _forget_the_zygote() -> None:
    for name in [name for name in sys.modules if name == "atc" or name.startswith("atc.")]:
        del sys.modules[name]
    # Where the project has files that it had not when the zygote looked.
    importlib.invalidate_caches()
    # Where a user has no folder for it, matplotlib makes one for a while: it belongs to the zygote.
    atexit.unregister(shutil.rmtree)


def _draw_other_numbers() -> None:
    # Python reseeds its own generator after a fork, numpy does not.
    random.seed()
    sys.modules["numpy"].random.seed()


def _choose_backend(environment: Mapping[str, str]) -> None:
    # As ipykernel, then matplotlib on its first import, would have done; else no figure shows, in silence.
    sys.modules["matplotlib"].rcParams["backend"] = environment.get("MPLBACKEND") or _INLINE


def _launch(request: Request, zygote: int) -> None:
    # A kernel reads in this variable, while it is imported, whose end it must follow.
    sys.modules["ipykernel.kernelapp"].IPKernelApp.instance(parent_handle=zygote)
    if not sys.flags.safe_path:
        sys.path.insert(0, request.folder)
    sys.argv = ["", *request.arguments]
    interpreter = sys.orig_argv[: sys.orig_argv.index("-m")]
    sys.orig_argv = [*interpreter, "-m", "ipykernel_launcher", *request.arguments]
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
