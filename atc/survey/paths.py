"""Where things are, and how they are swapped in: whatever stops a command, nothing that stood is lost.

A command works in a locked, hidden folder beside what it replaces: ``neuf/NAME`` comes, ``ancien/NAME`` goes.
Until all is swapped, ``journal.json`` tells what to put back: at once if the command fails or is interrupted,
at the next one if it was killed.
"""

import errno
import hashlib
import json
import logging
import os
import secrets
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from atc.survey.errors import Messages, UsageError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_said = Messages(__name__)
MARKER = "report.toml"
# Folders below the root in which a command may be making what it will swap in.
_WORKED_IN = (
    *("collecte", "data", "data/raw", "data/processed", "outputs", "outputs/*", "outputs/*/interne"),
    *("outputs/*/interne/carnets", "outputs/*/perso", "outputs/*/perso/*", "outputs/*/perso/*/*"),
)


def read_toml(module: str, name: str = "") -> dict[str, Any]:
    """The TOML file beside a module, given its ``__file__``: named as it is, or as told."""
    path = Path(module).parent / name if name else Path(module).with_suffix(".toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def belongs(path: Path) -> bool:
    """Whether a file counts: it is none that LibreOffice, Excel or an editor leaves beside one it opens."""
    return path.is_file() and not path.name.startswith((".", "~$")) and not path.name.endswith("~")


@dataclass(unsafe_hash=True)
class Project:
    """The folders of one project, below the one that holds ``report.toml``."""

    root: Path

    def __post_init__(self) -> None:
        self.settings_file = self.root / MARKER  # all that changes from one report to the next
        self.dictionary = self.root / "data" / "dictionary"  # one Table Schema per table
        self.reference = self.root / "data" / "reference"  # public facts: published figures, background map
        self.notebooks = self.root / "notebooks"  # one chapter each, without outputs
        self.own_notebooks = self.notebooks / "perso"  # of one's own: out of git, and of the report

    def raw(self, vague: str) -> Path:
        """Pseudonymised tables of a wave, as received."""
        return self.root / "data" / "raw" / vague

    def forms(self, vague: str) -> Path:
        """Blank forms of a wave to come: out of git, for they end up filled in."""
        return self.root / "collecte" / vague

    def processed(self, vague: str) -> Path:
        """Validated tables of a wave, rebuilt at will."""
        return self.root / "data" / "processed" / vague

    def outputs(self, vague: str, diffusion: str) -> Path:
        """Pages of a wave at one tier, rebuilt at will."""
        return self.root / "outputs" / vague / diffusion

    def recover(self) -> None:
        """Put back what a command that was killed left half-way."""
        recover([self.root, *(folder for pattern in _WORKED_IN for folder in self.root.glob(pattern))])

    def relative(self, path: Path) -> str:
        """``path`` as a reader knows it: from the root, with forward slashes; links are not followed."""
        return path.absolute().relative_to(self.root.absolute()).as_posix()


def find_project(start: Path | None = None) -> Project:
    """Find the project, in ``ATC_ROOT`` or from ``start`` or the current folder up; put it in order."""
    forced = os.environ.get("ATC_ROOT")
    here = Path(forced).resolve() if forced else (start or Path.cwd()).resolve()
    for folder in (here,) if forced else (here, *here.parents):
        if (folder / MARKER).is_file():
            project = Project(folder)
            project.recover()
            return project
    raise UsageError(_said("wrong_root" if forced else "no_project", folder=forced or here, marker=MARKER))


# --- files and folders made aside, then swapped in ---

TEMPORARY, _SITE, _LOCK, _JOURNAL = "atc-run-", ".chantier-", "verrou", "journal.json"
_NEW, _FORMER = "neuf", "ancien"

#: What this process has swapped in, so that whoever interrupts it afterwards is told the truth.
placed: list[Path] = []


def write(path: Path, content: bytes) -> str:
    """Write a file to the disk itself, in a folder made if need be; returns the SHA-256 of its bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        try:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        except OSError as error:
            # The system does not say which file it refuses to go on with.
            error.filename = str(path)
            raise
    return hashlib.sha256(content).hexdigest()


@contextmanager
def replacing(*targets: Path, cache: bool = False) -> Iterator[tuple[Path, ...]]:
    """Give a place where to make files or folders; when the block ends well, they replace what stood.

    All of them do, or none: after any failure or interruption, what stood still stands. Of several targets,
    the one that vouches for the others comes last. Nobody needs to know that a ``cache`` is in place.
    """
    token, moves = secrets.token_hex(4), list[tuple[Path, Path, Path]]()
    with ExitStack() as held:
        for rank, target in enumerate(targets):
            beside = next(folder for folder in target.absolute().parents if folder.is_dir())
            site = held.enter_context(held_folder(beside, f"{_SITE}{token}-{rank}"))
            moves.append((site / _NEW / target.name, target, site / _FORMER / target.name))
            (site / _NEW).mkdir()
            (site / _FORMER).mkdir()
        yield tuple(new for new, _, _ in moves)
        for new, target, former in moves:
            new.stat()  # what was not made replaces nothing
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_file() and new.is_file():
                # A file is replaced in one rename, and is never missing: a copy stands for the former one.
                write(former, target.read_bytes())
        journal = moves[0][0].parents[1] / _JOURNAL
        told = [[os.path.relpath(path, journal.parent) for path in move] for move in moves]
        write(journal.with_suffix(".neuf"), json.dumps(told).encode())
        journal.with_suffix(".neuf").replace(journal)
        try:
            for move in moves:
                _move_in(*move)
            journal.unlink()
        finally:
            if not journal.exists() and not cache:
                placed.extend(targets)
            while journal.exists():
                # Whoever presses Ctrl-C twice waits for it too.
                with suppress(KeyboardInterrupt):
                    _undo(journal)


def _move_in(new: Path, target: Path, former: Path) -> None:
    if new.is_file() and not target.is_dir():
        new.replace(target)
        return
    while new.exists():
        # Another process may put the same there between the two renames: then that goes aside in its turn.
        if target.exists():
            if former.exists():
                shutil.rmtree(former)
            with suppress(FileNotFoundError):
                target.rename(former)
        try:
            new.rename(target)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise


def _undo(journal: Path) -> list[Path]:
    """Put back what a swap had moved; the journal goes last, so that this too may be stopped anywhere."""
    if not journal.exists():
        return []
    back = []
    for move in reversed(json.loads(journal.read_bytes())):
        new, target, former = (Path(os.path.normpath(journal.parent / path)) for path in move)
        came_in = not new.exists()
        if former.is_file() and target.is_file():
            if came_in:
                shutil.copyfile(former, copy := former.with_name(f"{former.name}.copie"))
                copy.replace(target)
        else:
            if came_in and target.exists():
                target.rename(new)
            if former.exists():
                # Whatever somebody put there since stays, and so does what is put back.
                came_in, number, place = True, 0, target
                while target.exists():
                    number += 1
                    target = place.with_name(f"{place.name}.ancien-{number}")
                former.rename(target)
        back += [target] if came_in else []
    journal.unlink()
    return back


def recover(folders: Iterable[Path]) -> None:
    """Put back what commands that were killed had moved here; clear what they made, temporary files too."""
    for old in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        with suppress(OSError), locked(old / _LOCK):
            shutil.rmtree(old, ignore_errors=True)
    found = sorted((s for folder in folders for s in folder.glob(f"{_SITE}*")), key=lambda s: s.name)
    for sites in (list(group) for _, group in groupby(found, lambda s: s.name.rpartition("-")[0])):
        with ExitStack() as held:
            try:
                for site in sites:
                    held.enter_context(locked(site / _LOCK))
            except OSError:
                # Somebody works there, has just ended, or may not be disturbed.
                continue
            back = _undo(sites[0] / _JOURNAL)
            for site in reversed(sites):
                shutil.rmtree(site, ignore_errors=True)
        if back:
            names = ", ".join(map(as_read, reversed(back)))
            told = f"Une commande avait été arrêtée en plein remplacement. Remis en l’état d’avant : {names}."
            logging.getLogger(__name__).warning(told)


def as_read(path: Path) -> str:
    """``path`` as whoever types the command reads it: from the current folder, if it is inside."""
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


@contextmanager
def held_folder(beside: Path | None, prefix: str) -> Iterator[Path]:
    """A folder that only this user can enter, held as long as it is there: ``beside``, or temporary."""
    with ExitStack() as held:
        for left in reversed(range(10)):
            folder = Path(tempfile.mkdtemp(prefix=prefix, dir=beside))
            held.callback(shutil.rmtree, folder, ignore_errors=True)
            try:
                held.enter_context(locked(folder / _LOCK))
                break
            except OSError:
                # Another command that begins at this moment took it for one that was left.
                if not left:
                    raise
        yield folder


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file, made if need be, as long as the process lives; a `BlockingIOError` if another holds it."""
    with path.open("a+b") as stream:
        if sys.platform == "win32":
            try:
                msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError as error:
                raise BlockingIOError(*error.args) from error
        else:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Who held it before may have removed it; another may stand there.
            if not os.path.samestat(os.fstat(stream.fileno()), path.stat()):
                raise BlockingIOError
        yield
