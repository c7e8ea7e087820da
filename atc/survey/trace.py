"""What a notebook really used: the project's files that it opened.

Python announces every opening of a file (``sys.addaudithook``), so nothing has to be declared by hand and
nothing can be forgotten; the run hashes what is listed here to know, next time, what is stale.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import source_from_cache
from pathlib import Path

_opened: set[str] = set()
_columns: dict[str, set[str]] = {}
# Files opened on behalf of who says what is read of them.
_announced: set[str] = set()
_roots: list[str] = []


def _note(event: str, args: tuple[object, ...]) -> None:
    if event == "open" and _roots and isinstance(args[0], str | bytes | os.PathLike):
        # Whatever way it was named; pathlib cannot fold « .. » without following links.
        name = os.path.abspath(os.fsdecode(args[0]))  # noqa: PTH100
        if name.startswith(_roots[0]) and name not in _announced:
            # A module beside a notebook is read in its compiled form; pytest names its own as it likes.
            with suppress(ValueError):
                name = source_from_cache(name) if "__pycache__" in name else name
            _opened.add(name)


def start(root: Path) -> None:
    """Note from now on each file opened under ``root``. Python cannot take an audit hook back."""
    if not _roots:
        sys.addaudithook(_note)
    # The separator keeps a folder beside the project, `atc-old` beside `atc`, out of it.
    _roots[:] = [f"{root.resolve()}{os.sep}"]
    _opened.clear()
    _columns.clear()


@contextmanager
def reading_columns(path: Path) -> Iterator[None]:
    """Open a table whose columns are told one by one, with `columns_read`, as they are handed out."""
    name = os.path.abspath(path)  # noqa: PTH100
    _announced.add(name)
    try:
        yield
    finally:
        _announced.discard(name)


def columns_read(path: Path, columns: Iterable[str]) -> None:
    """Note columns of a table that were handed out to who will read them."""
    _columns.setdefault(os.path.abspath(path), set()).update(columns)  # noqa: PTH100


def files() -> list[str]:
    """Files that the results rest on, relative to the root, sorted; one that is no more is left out."""
    # Raw files are only hashed: what is read is in data/processed. The code is in the key of every step.
    folders = ("data/processed/", "data/dictionary/", "data/reference/", "notebooks/")
    apart = (".ipynb", "/provenance.json", "/colonnes.json")
    read = {*filter(os.path.isfile, _opened), *_columns}
    names = (Path(name).relative_to(_roots[0]).as_posix() for name in read if name.startswith(_roots[0]))
    return sorted(n for n in names if n == "report.toml" or (n.startswith(folders) and not n.endswith(apart)))


def columns() -> dict[str, list[str]]:
    """Tables of which some columns were read, and nothing else: their file, and these columns, sorted."""
    told = {name: sorted(found) for name, found in sorted(_columns.items()) if name not in _opened}
    return {Path(n).relative_to(_roots[0]).as_posix(): c for n, c in told.items() if n.startswith(_roots[0])}
