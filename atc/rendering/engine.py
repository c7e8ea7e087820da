"""WeasyPrint, imported without running a compiler.

cffi asks `ctypes.util.find_library` for each spelling of each library that WeasyPrint tries. For those
that the loader does not know, it starts gcc, then ld: a quarter of a second, in each process, for nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def variable(name: str, value: str) -> Iterator[None]:
    """Set a variable of the environment, then put back what was there."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


# On Linux, the path serves to find these two programs only; elsewhere, to find the libraries.
with variable("PATH", os.devnull if sys.platform == "linux" else os.environ.get("PATH", os.defpath)):
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

__all__ = ["HTML", "FatalURLFetchingError", "URLFetcher", "URLFetcherResponse", "variable"]
