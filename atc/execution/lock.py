"""One run at a time on the same outputs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from atc.errors import AtcError
from atc.files import locked

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
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder / FILE))
        except BlockingIOError as error:
            raise AtcError(
                "Une autre exécution est en cours sur ces résultats. Attendez qu’elle finisse, puis relancez."
            ) from error
        yield
