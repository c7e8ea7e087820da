"""Jobs at a time follow the cores and the memory that are really there, in a container too."""

from pathlib import Path
from types import SimpleNamespace

import dask.system
import pytest

from atc.run import run as steps

GIGABYTE = 1_000_000_000


@pytest.mark.parametrize(
    ("limit", "available", "expected"),
    [
        ("", 64 * GIGABYTE, 9),
        ("", 10_000_000, 1),
        ("max", 64 * GIGABYTE, 9),
        (str(GIGABYTE), 64 * GIGABYTE, 2),
        (str(64 * GIGABYTE), GIGABYTE, 2),
    ],
)
def test_the_least_of_cores_and_memory_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, available: int, expected: int
) -> None:
    monkeypatch.setattr(steps, "_MEMORY", tmp_path / "memory.max")
    monkeypatch.setattr(dask.system, "cpu_count", lambda: 8)
    monkeypatch.setattr(steps.psutil, "virtual_memory", lambda: SimpleNamespace(available=available))
    if limit:
        (tmp_path / "memory.max").write_text(f"{limit}\n")
    assert steps.capacity() == expected
