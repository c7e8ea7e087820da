"""Jobs at a time follow the cores and the memory that are really there, in a container too."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import dask.system
import pytest

from atc.run import steps

GIGABYTE = 1_000_000_000


FIRST = "memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"
SECOND = "memory.max", "memory.current", "memory.stat"


@pytest.mark.parametrize(
    ("names", "texts", "available", "expected"),
    [
        ((), (), 64 * GIGABYTE, 9),
        ((), (), 10_000_000, 1),
        (SECOND, ("max", "5", "inactive_file 0"), 64 * GIGABYTE, 9),
        (SECOND, (2 * GIGABYTE, GIGABYTE, "anon 5"), 64 * GIGABYTE, 2),
        (SECOND, (GIGABYTE, GIGABYTE, "anon 5"), 64 * GIGABYTE, 1),
        (FIRST, (2 * GIGABYTE, 2 * GIGABYTE, f"anon 5\ninactive_file {GIGABYTE}"), 64 * GIGABYTE, 2),
    ],
)
def test_the_least_of_cores_and_memory_decides(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: tuple[str, ...],
    texts: tuple[object, ...],
    available: int,
    expected: int,
) -> None:
    monkeypatch.setattr(steps, "_CGROUPS", tmp_path)
    monkeypatch.setattr(dask.system, "cpu_count", lambda: 8)
    monkeypatch.setattr(steps.psutil, "virtual_memory", lambda: SimpleNamespace(available=available))
    for name, text in zip(names, texts, strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
    assert steps.capacity() == expected
