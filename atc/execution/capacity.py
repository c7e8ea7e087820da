"""How many jobs this machine bears at a time: one more than it has cores, where memory has room for them.

A core would idle while its job waits for a kernel to start, to be ready and to end: half a second each time.
"""

from __future__ import annotations

import os
from pathlib import Path

import psutil  # type: ignore[import-untyped]

# A worker that lays out the whole report, or one with a kernel and its charts, at their largest.
_JOB_BYTES = 400_000_000
_CGROUPS = Path("/sys/fs/cgroup")
# Limit, use and detail of memory: of the second version of control groups, and of the first.
_MEMORY = (
    ("memory.max", "memory.current", "memory.stat"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
)


def capacity() -> int:
    """Most jobs at a time; one at least."""
    return max(1, min(_cores() + 1, _free_memory() // _JOB_BYTES))


def _cores() -> int:
    """Cores that this process may use: a container may be given fewer than the machine has."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _words("cpu.max") or [*_words("cpu/cpu.cfs_quota_us"), *_words("cpu/cpu.cfs_period_us")]
    if len(quota) != 2 or not quota[0].isdecimal():
        return allowed
    return max(1, min(allowed, int(quota[0]) // int(quota[1])))


def _free_memory() -> int:
    """Bytes that may still be taken."""
    free = [int(psutil.virtual_memory().available)]
    for limit, used, detail in _MEMORY:
        numbers = [word for name in (limit, used) for word in _words(name)]
        if len(numbers) == 2 and numbers[0].isdecimal():
            free.append(max(0, int(numbers[0]) - int(numbers[1]) + _reclaimable(detail)))
    return min(free)


def _reclaimable(detail: str) -> int:
    """Bytes of files that were read, which the system gives back when they are asked for."""
    words = _words(detail)
    return int(dict(zip(words[::2], words[1::2], strict=False)).get("inactive_file", 0))


def _words(name: str) -> list[str]:
    try:
        return (_CGROUPS / name).read_text(encoding="ascii").split()
    except OSError:
        return []
