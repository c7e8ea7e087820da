"""WeasyPrint, imported without running a compiler.

cffi asks `ctypes.util.find_library` for each spelling of each library that WeasyPrint tries. For those
that the loader does not know, it starts gcc, then ld: a quarter of a second, in each process, for nothing.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path


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
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    from atc.rendering.labels import set_whole

set_whole()

__all__ = ["HTML", "FatalURLFetchingError", "URLFetcher", "URLFetcherResponse", "fonts", "variable"]


@cache
def fonts() -> FontConfiguration:
    """The fonts of this process, for all its documents: none of the machine's.

    Ours are added as documents ask for them; a document has the same bytes whatever was laid out before it,
    and whatever this machine has to show a letter that they lack.
    """
    # Its folder goes with it, before the modules that it needs to remove it.
    atexit.register(fonts.cache_clear)
    with variable("FONTCONFIG_FILE", str(Path(__file__).parent / "fonts" / "none.conf")):
        return FontConfiguration()
