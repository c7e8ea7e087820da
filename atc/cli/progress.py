"""How far a run has come: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

import click

if TYPE_CHECKING:
    from tqdm import tqdm


_FORMAT = "{bar:30} {n_fmt}/{total_fmt}{postfix}"


class Lines:
    """One line for each finished step."""

    def begin(self, steps: int) -> None:
        """Nothing to say yet."""

    def done(self, label: str) -> None:
        """Say what is done."""
        click.echo(label)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to clear."""


class Bar(Lines):
    """A bar that grows, and leaves no trace."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None

    def begin(self, steps: int) -> None:
        """So many more steps."""
        # A run with nothing to do shows no bar, and stays quick.
        from tqdm import tqdm  # noqa: PLC0415

        if self._bar is None:
            self._bar = tqdm(total=0, leave=False, file=sys.stderr, bar_format=_FORMAT)
        self._bar.total = (self._bar.total or 0) + steps
        self._bar.refresh()

    def done(self, label: str) -> None:
        """One step more."""
        assert self._bar is not None
        self._bar.set_postfix_str(label, refresh=False)
        self._bar.update()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the bar."""
        if self._bar is not None:
            self._bar.close()


def progress() -> Lines:
    """A bar if someone watches, lines otherwise."""
    return Bar() if sys.stderr.isatty() else Lines()
