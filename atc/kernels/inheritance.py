"""What a kernel takes over from the moment that its process starts, and that no fork can give it later.

A zygote serves only kernels whose own start would have been like its own: same interpreter, same variables,
same limits. Variables are compared unless known to be harmless, so one that nobody thought of costs another
zygote, never a wrong result.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

if os.name == "posix":
    import resource

# No library reads these while it is imported (tests/kernels/test_inheritance.py); the child sets them itself.
_FREE_PREFIXES = ("ATC_", "JPY_", "KERNEL_")
_FREE = frozenset({"IPYTHONDIR", "PYTEST_CURRENT_TEST", "PWD", "OLDPWD", "SHLVL", "_", "COLUMNS", "LINES"})


def is_free(variable: str) -> bool:
    """Whether kernels of one zygote may differ in a variable."""
    return variable in _FREE or variable.startswith(_FREE_PREFIXES)


def digest(interpreter: Sequence[str], environment: Mapping[str, str]) -> str:
    """What two kernels must share to come from one zygote.

    Args:
        interpreter: Python, and its options.
        environment: All variables of the kernel.
    """
    inherited = {
        "interpreter": list(interpreter),
        "environment": {name: value for name, value in sorted(environment.items()) if not is_free(name)},
        "limits": _limits(),
        "umask": _umask(),
        "niceness": os.getpriority(os.PRIO_PROCESS, 0),
        "cores": sorted(os.sched_getaffinity(0)),
        "user": [os.geteuid(), os.getegid(), sorted(os.getgroups())],
    }
    return hashlib.sha256(json.dumps(inherited).encode()).hexdigest()


def _limits() -> dict[str, tuple[int, int]]:
    names = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    return {name: resource.getrlimit(getattr(resource, name)) for name in names}


def _umask() -> str:
    # Asking through os.umask would change it for a moment, for every thread.
    found = re.search(r"^Umask:\s*(\d+)", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    assert found
    return found[1]
