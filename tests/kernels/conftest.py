from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kernel_craft import Kernel

from atc.kernels import starting


@pytest.fixture
def kernel() -> Iterator[Callable[..., Kernel]]:
    """Start kernels; they end with the test."""
    started: list[Kernel] = []

    def start(**settings: Any) -> Kernel:
        started.append(Kernel(**settings))
        return started[-1]

    yield start
    for one in started:
        one.end()


@pytest.fixture
def alone() -> Iterator[None]:
    """No zygote from before, and none after."""
    starting.end_all()
    yield
    starting.end_all()
