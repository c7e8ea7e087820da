"""What the zygote imports: the kernel itself, and the libraries that chapters spend a second on.

Third-party code only. Modules of ``atc`` are imported afresh by each kernel: which of them a chapter reached
decides when it is stale, and a change in one must be seen by the next kernel.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from pathlib import Path

LIBRARIES = (
    # What every kernel imports by itself.
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "psutil",
    "sqlite3",
    # What chapters import.
    "pandas",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "PIL.features",
    "seaborn",
    "scipy.stats",
    "babel.dates",
    "babel.lists",
    "babel.numbers",
    "jinja2",
)


def prepared(environment: dict[str, str]) -> dict[str, str]:
    """The variables of a zygote, from those of its first kernel.

    Args:
        environment: All variables of the kernel.
    """
    # Read by ipykernel and matplotlib while they are imported; each child answers for itself.
    kept = {k: v for k, v in environment.items() if k not in {"MPLBACKEND", "JPY_PARENT_PID"}}
    # The allocator of Arrow would start a thread, and a fork copies the calling thread only.
    return {"JE_ARROW_MALLOC_CONF": "background_thread:false", **kept}


def load() -> dict[str, str]:
    """Import everything, and leave a process that can be forked.

    Returns:
        Variables that libraries have set meanwhile, as they would have in each kernel.
    """
    before = dict(os.environ)
    for name in LIBRARIES:
        importlib.import_module(name)
    _end_numeric_threads()
    # What was imported lives as long as the process: children need not go through it, nor copy its pages.
    gc.collect()
    gc.freeze()
    return {name: value for name, value in os.environ.items() if before.get(name) != value}


def _end_numeric_threads() -> None:
    # OpenBLAS ends its threads before a fork and starts others when they are needed, in parent and child.
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def threads() -> int:
    """Threads of this process, those of C libraries included."""
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - names are enough


def state() -> dict[str, int]:
    """When what was imported last changed on disk: a library may be upgraded while the zygote lives."""
    packages = [sys.modules[name.partition(".")[0]] for name in LIBRARIES]
    places = {Path(package.__path__[0]).parent for package in packages}
    places.add(Path(sys.modules["matplotlib"].matplotlib_fname()))
    return {str(place): place.stat().st_mtime_ns for place in places if place.exists()}


def shadowed(folder: Path) -> list[str]:
    """Files of a folder that a kernel started there would import, or read, instead of what was preloaded.

    Args:
        folder: Where the kernel works; Python looks there first.
    """
    # Modules of atc are no more than a start of the zygote: each kernel imports its own.
    names = {name.partition(".")[0] for name in sys.modules} - {"atc"}
    found = []
    for path in folder.iterdir():
        module = path.name.partition(".")[0]
        is_module = path.suffix in {".py", ".so", ".pyc"} or (path / "__init__.py").is_file()
        if path.name == "matplotlibrc" or (is_module and module in names):
            found.append(path.name)
    return sorted(found)
