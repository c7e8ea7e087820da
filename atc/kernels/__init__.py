"""Kernels that start warm: a process with the libraries already imported forks one fresh child per notebook.

That process, the zygote, comes to life when a kernel is first asked for, serves the driver that started it,
and ends with it. Jupyter finds all this through its own extension points: the provisioner ``atc-warm`` and
the kernel ``atc``. Linux only; elsewhere the provisioner launches kernels the ordinary way.
"""

from __future__ import annotations

import os
import sys

# What `atc run --noyau` takes.
WARM, STOCK = "chaud", "standard"


def available() -> bool:
    """Whether this system can fork warm kernels, and end them for certain."""
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:  # a Linux from before 5.3
        return False
    return True
