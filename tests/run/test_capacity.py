"""Jobs at a time follow the cores and the memory that are really there, in a container too."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from atc.run import worker as capacity

GIGABYTE = 1_000_000_000


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with 8 cores and 64 GB free, whose control groups limit nothing."""
    monkeypatch.setattr(capacity, "_CGROUPS", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    memory = SimpleNamespace(available=64 * GIGABYTE)
    monkeypatch.setattr(capacity.psutil, "virtual_memory", lambda: memory)
    return tmp_path


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 9),
        ({"cpu.max": "max 100000\n", "memory.max": "max\n", "memory.current": "5\n"}, 9),
        ({"cpu.max": "300000 100000\n"}, 4),
        ({"cpu.max": "50000 100000\n"}, 2),
        ({"cpu/cpu.cfs_quota_us": "200000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 9),
        ({"memory.max": f"{2 * GIGABYTE}\n", "memory.current": f"{GIGABYTE}\n"}, 2),
        ({"memory.max": f"{GIGABYTE}\n", "memory.current": f"{GIGABYTE}\n"}, 1),
        (
            {
                "memory.max": f"{2 * GIGABYTE}\n",
                "memory.current": f"{2 * GIGABYTE}\n",
                "memory.stat": f"anon 5\ninactive_file {GIGABYTE}\n",
            },
            2,
        ),
        (
            {
                "memory/memory.limit_in_bytes": "9223372036854771712\n",
                "memory/memory.usage_in_bytes": "5\n",
            },
            9,
        ),
    ],
)
def test_the_least_of_cores_and_memory_decides(groups: Path, files: dict[str, str], expected: int) -> None:
    _write(groups, files)
    assert capacity.capacity() == expected


def test_little_free_memory_leaves_one_job(groups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity.psutil, "virtual_memory", lambda: SimpleNamespace(available=10_000_000))
    assert capacity.capacity() == 1
