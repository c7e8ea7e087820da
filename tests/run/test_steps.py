"""Jobs at a time follow the cores and the memory that are really there, in a container too."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from atc.run import steps

GIGABYTE = 1_000_000_000


def _memory(limit: int, used: int, files: int) -> dict[str, str]:
    detail = f"anon 5\ninactive_file {files}"
    return {"memory.max": str(limit), "memory.current": str(used), "memory.stat": detail}


@pytest.mark.parametrize(
    ("files", "available", "expected"),
    [
        ({}, 64 * GIGABYTE, 9),
        ({}, 10_000_000, 1),
        ({"cpu.max": "max 100000", "memory.max": "max", "memory.current": "5"}, 64 * GIGABYTE, 9),
        ({"cpu.max": "300000 100000"}, 64 * GIGABYTE, 4),
        ({"cpu.max": "50000 100000"}, 64 * GIGABYTE, 2),
        (_memory(2 * GIGABYTE, GIGABYTE, 0), 64 * GIGABYTE, 2),
        (_memory(GIGABYTE, GIGABYTE, 0), 64 * GIGABYTE, 1),
        (_memory(2 * GIGABYTE, 2 * GIGABYTE, GIGABYTE), 64 * GIGABYTE, 2),
    ],
)
def test_the_least_of_cores_and_memory_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], available: int, expected: int
) -> None:
    monkeypatch.setattr(steps, "_CGROUP", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(steps.psutil, "virtual_memory", lambda: SimpleNamespace(available=available))
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
    assert steps.capacity() == expected
