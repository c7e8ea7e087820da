"""What a notebook really used: the project's files that it opened and the modules that it reached.

Python announces every opening of a file (``sys.addaudithook``), so nothing has to be declared by hand and
nothing can be forgotten; the run hashes what is listed here to know, next time, what is stale.
"""

from __future__ import annotations

import sys
from pathlib import Path

_opened: set[str] = set()
_roots: list[str] = []


def _note(event: str, args: tuple[object, ...]) -> None:
    if event == "open" and _roots and isinstance(args[0], str) and args[0].startswith(_roots[0]):
        _opened.add(args[0])


def start(root: Path) -> None:
    """Note from now on each file opened under ``root``. Python cannot take an audit hook back."""
    if not _roots:
        sys.addaudithook(_note)
    _roots[:] = [str(root.resolve())]
    _opened.clear()


def files() -> list[str]:
    """Files that the results rest on, among those opened since `start`, relative to the root, sorted.

    Raw files are only hashed, to check that ``data/processed`` is up to date: what is read is there. The code
    itself is in `modules`.
    """
    root = Path(_roots[0])
    names = {Path(name).relative_to(root).as_posix() for name in _opened}
    kept = ("data/processed/", "data/dictionary/", "data/reference/", "report.toml")
    return sorted(n for n in names if n.startswith(kept) and not n.endswith("/provenance.json"))


def modules() -> list[str]:
    """Modules of ``atc`` imported in this process, sorted."""
    return sorted(name for name in sys.modules if name == "atc" or name.startswith("atc."))
