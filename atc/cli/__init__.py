"""The command ``atc``: arguments in, lines and an exit code out.

Each command imports what it needs when it is called: the help must come at once.
"""

import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from atc.cli import reports, waves
from atc.cli.french import command, usage_message
from atc.survey import paths
from atc.survey.errors import AtcError, UsageError, system_refusal

__all__ = ["command", "main", "reports", "waves"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code (see `atc.survey.errors`)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Wherever it stands: who adds it does so at the end of the line that just failed.
    words, debug = [word for word in given if word != "--debug"], "--debug" in given
    paths.placed.clear()
    colour = False if os.environ.get("NO_COLOR") else None
    try:
        with _interruptible():
            command.main(words, prog_name="atc", standalone_mode=False, color=colour)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last door: a sentence, not a trace
        told, code = _refusal(error)
        if debug:
            traceback.print_exc()
        click.echo(told, err=True)
        sys.exit(code)
    sys.exit(0)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Make a request to end (SIGTERM, a closed terminal) like Ctrl-C, but for what ``nohup`` protects."""
    known = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    heard = [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, signal.default_int_handler) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _refusal(error: BaseException) -> tuple[str, int]:
    placed = ", ".join(map(paths.as_read, paths.placed))
    match error:
        case click.UsageError():
            path = error.ctx.command_path if error.ctx else "atc"
            return f"{usage_message(error)} Aide : {path} --help", UsageError.exit_code
        case AtcError():
            return str(error), error.exit_code
        case click.Abort() | KeyboardInterrupt():
            told = f"ceci était déjà en place, en entier : {placed}. Rien d’autre n’a changé."
            nothing = "rien n’a été publié, les résultats précédents sont intacts."
            return f"Interrompu : {told if placed else nothing}", 1
        case OSError():
            kept = f"Seul ceci est en place, en entier : {placed}" if placed else "Rien n’a été changé"
            return str(system_refusal(error, kept=kept)), 1
    return (
        f"Erreur imprévue ({type(error).__name__} : {error}). "
        "Relancez avec --debug pour la trace, et joignez-la à votre signalement."
    ), 1
