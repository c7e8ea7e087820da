"""One run at a time on the same outputs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from atc.errors import AtcError

FILE = ".verrou"


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold a folder. The system lets go of it when the process ends, however it ends.

    Args:
        folder: Made if need be.

    Raises:
        AtcError: Another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("a+b") as stream:
        try:
            _take(stream)
        except OSError as error:
            raise AtcError(
                "Une autre exécution est en cours sur ces résultats. Attendez qu’elle finisse, puis relancez."
            ) from error
        yield


if sys.platform == "win32":
    import msvcrt

    def _take(stream: IO[bytes]) -> None:
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(stream: IO[bytes]) -> None:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
