"""The exceptions that evaluators meet, with an exit code for each family, and how values are quoted there.

Messages are in French and say what to do: they are read by people who do not program.
"""

from __future__ import annotations

import errno
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any


class AtcError(Exception):
    """Base of every error that the tool raises on purpose."""

    exit_code = 1


class UsageError(AtcError):
    """The command or a parameter asks for something that does not exist."""

    exit_code = 2


class NotebookFailed(AtcError):
    """A notebook stopped before its last cell, whatever the file it left behind says."""

    exit_code = 4


class DisclosureRefused(AtcError):
    """Something would leave that may not, or nobody can vouch for it: nothing is published."""

    exit_code = 5


class FigureNotReproduced(AtcError):
    """At least one figure that the report printed is not what the rows give."""

    exit_code = 6


_LONGEST, _PARAGRAPH = 60, 300
_NAMED = dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", "[insécable]") | {"\t": "[tabulation]"}


def shown(value: str) -> str:
    """A value as a message may quote it: on one line, cut, with what the eye cannot see made visible."""
    # Control characters never reach the terminal: a file could otherwise recolour or erase the messages.
    cut = value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
    edged = re.sub(r"^ +| +$", lambda spaces: "␣" * len(spaces[0]), cut)
    return "".join(c if c.isprintable() else _NAMED.get(c, f"[U+{ord(c):04X}]") for c in edged)


def one_line(text: str) -> str:
    """A message of Python as our own messages quote it: on one line, not longer than a paragraph."""
    flat = " ".join("".join(c if c.isprintable() or c.isspace() else "�" for c in text).split())
    return flat if len(flat) <= _PARAGRAPH else f"{flat[: _PARAGRAPH - 1]}…"


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in one file, at the place where the evaluator will look for it."""

    file: str  # as the evaluator knows it, relative to the project
    line: int  # the heading being line 1; 0 when the whole file is at fault
    column: str  # empty when the whole line or file is at fault
    value: str  # what was found there, cut to a readable length
    message: str  # what is wrong, in French
    remedy: str  # what to do about it, in French

    def __str__(self) -> str:
        """One line: ``fichier:ligne:colonne : message (trouvé : « valeur »). Remède``."""
        place = ":".join(str(part) for part in (self.file, self.line or "", self.column) if part)
        found = f" (trouvé : « {self.value} »)" if self.value else ""
        return f"{place} : {self.message}{found}. {self.remedy.rstrip('.')}."


class DataRefused(AtcError):
    """A wave that cannot be trusted: nothing of it is used."""

    exit_code = 3

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep every fault, in the order of files and lines."""
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[DataRefused], tuple[tuple[Fault, ...]]]:
        """Travel from one process to another with its faults."""
        return type(self), (self.faults,)


def refusal(
    file: str, message: str, remedy: str, *, line: int = 0, column: str = "", value: str = ""
) -> DataRefused:
    """One `Fault`, ready to be raised."""
    return DataRefused([Fault(file, line, shown(column), shown(value), message, remedy)])


class Messages:
    """What one module says in French: its table of the ``messages.toml`` of its room, as key -> sentence.

    A sentence names in braces what it quotes; that of a `Fault` is a pair, what is wrong and what to do.
    """

    def __init__(self, module: str) -> None:
        """Read the table of a module, which gives its ``__name__``."""
        room, _, name = module.rpartition(".")
        text = resources.files(room).joinpath("messages.toml").read_text(encoding="utf-8")
        self._said = tomllib.loads(text)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def __call__(self, key: str, /, **words: object) -> str:
        """One sentence, with what it quotes."""
        return str(self._said[key]).format(**words)

    def pair(self, key: str, /, **words: object) -> tuple[str, str]:
        """What is wrong, and what to do about it."""
        message, remedy = (said.format(**words) for said in self._said[key])
        return message, remedy

    def fault(
        self, key: str, file: str, /, line: int = 0, column: str = "", value: str = "", **words: object
    ) -> Fault:
        """The same at its place; column and value are made fit to be shown."""
        told = self.pair(key, column=column, value=value, **words)
        return Fault(file, line, shown(column), shown(value), *told)

    def refusal(self, key: str, file: str, /, *place: Any, **words: Any) -> DataRefused:
        """The same, ready to be raised."""
        return DataRefused([self.fault(key, file, *place, **words)])


_said = Messages(__name__)


def system_refusal(error: OSError, place: str = "", kept: str = "Rien n’a été changé") -> AtcError:
    """What the system refused, as a sentence; ``place`` if the error does not say, ``kept`` what stands."""
    # Whole, for it is a place to go to.
    where = "".join(c if c.isprintable() else "�" for c in str(error.filename or place))
    named = next((key for key in _said if key == errno.errorcode.get(error.errno or 0)), "other")
    reason, remedy = _said.pair(named, reason=error.strerror or error)
    told = f"Lecture ou écriture impossible{f' : {where}' if where else ''} ({reason})."
    return AtcError(f"{told} {kept} : {remedy}, puis relancez.")
