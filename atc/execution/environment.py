"""The same surroundings for every worker and kernel, whoever runs the report and wherever."""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def deterministic(date: dt.date) -> dict[str, str | None]:
    """Variables under which two runs give the same bytes.

    Args:
        date: Of the wave: it stands in for the clock.

    Returns:
        Variable -> value; ``None`` for those to be unset.
    """
    midnight = dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC)
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(int(midnight.timestamp())),
        "TZ": "UTC",
        "PYTHONUTF8": "1",
        # Exhibits show themselves: the inline backend would only redraw them.
        "MPLBACKEND": "agg",
        "MATPLOTLIBRC": _stock_matplotlibrc(),
        "PYTHONWARNINGS": "default",
        # The workers share the cores already.
        **dict.fromkeys(threads, "1"),
        # Arrow's own allocator takes a gigabyte at once, for later: no limit on memory would mean anything.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        # Without compiled files, each kernel spends a second more on its imports.
        "PYTHONDONTWRITEBYTECODE": None,
        "PYTHONSTARTUP": None,
    }


def _stock_matplotlibrc() -> str | None:
    # A matplotlibrc in someone's home folder would change the charts.
    spec = importlib.util.find_spec("matplotlib")
    return str(Path(spec.origin).parent / "mpl-data" / "matplotlibrc") if spec and spec.origin else None


@contextmanager
def applied(variables: Mapping[str, str | None]) -> Iterator[None]:
    """Set variables for the processes started meanwhile, then put back what was there."""
    before = {name: os.environ.get(name) for name in variables}
    _set(variables)
    try:
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
