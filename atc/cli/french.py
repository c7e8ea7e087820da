"""The group of commands, its help and its refusals in French; what commands show on a terminal."""

import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

import click

import atc
from atc.survey.errors import shown
from atc.survey.paths import read_toml

if TYPE_CHECKING:
    from tqdm import tqdm

Command = TypeVar("Command", bound=Callable[..., Any])
_FRENCH = read_toml(__file__)
_OPTIONS = read_toml(__file__, "options.toml")
_BAR = "{bar:30} {n_fmt}/{total_fmt}{postfix}"


class FrenchCommand(click.Command):
    """A command whose help is in French."""

    def get_help(self, ctx: click.Context) -> str:
        """The whole help."""
        told = super().get_help(ctx)
        for english, french in _FRENCH["help"].items():
            told = told.replace(english, french)
        return told

    def get_short_help_str(self, limit: int = 0) -> str:
        """Its sentence in the list of the commands, whole."""
        del limit
        return super().get_short_help_str(120)


class FrenchGroup(FrenchCommand, click.Group):
    """Commands listed in the order in which one needs them."""

    command_class = FrenchCommand

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of their definition."""
        del ctx
        return list(self.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The command that is asked for; a `click.UsageError` if there is no such command."""
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        known = ", ".join(self.commands)
        raise click.UsageError(f"La commande « {shown(cmd_name)} » n’existe pas. Commandes : {known}.", ctx)


@click.group(
    cls=FrenchGroup,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option("--debug", is_flag=True, help="En cas d’erreur, montre aussi la trace Python.")
@click.version_option(
    atc.__version__, "-V", "--version", message="atc %(version)s", help="Affiche la version et s’arrête."
)
def command(debug: bool) -> None:
    """Le rapport d’évaluation de l’animation territoriale citoyenne, des réponses aux pages."""
    del debug


def option(of: str, *names: str, **more: Any) -> Callable[[Command], Command]:
    """An option, with what ``options.toml`` says of it."""
    metavar, told = _OPTIONS[of][names[0]]
    return click.option(*names, metavar=metavar or None, help=told, **more)


def at_least_one(ctx: click.Context, param: click.Parameter, value: str | None) -> int:
    """A whole number from 1, 0 if the option is absent; anything else is refused."""
    if value is None:
        return 0
    if not value.isdecimal() or int(value) < 1:
        raise click.BadParameter(f"« {shown(value)} » n’est pas un nombre entier à partir de 1.", ctx, param)
    return int(value)


def usage_message(error: click.UsageError) -> str:
    """What is wrong with a command, in French, on one line."""
    param = error.param if isinstance(error, click.BadParameter) else None
    names = " / ".join(param.opts) if param else "un paramètre"
    match error:
        case click.NoSuchOption():
            near = ", ".join(error.possibilities or ())
            hint = f" Vouliez-vous dire {near} ?" if near else ""
            return f"L’option {shown(error.option_name)} n’existe pas.{hint}"
        case click.MissingParameter():
            return f"Il manque {names}."
        case click.BadParameter():
            return f"Valeur refusée pour {names} : {error.message}"
        case click.BadOptionUsage():
            takes = "ne prend pas de" if "does not take" in error.message else "demande une"
            return f"L’option {shown(error.option_name)} {takes} valeur."
        case _:
            return next(
                (t for sign, t in _FRENCH["others"].items() if error.message.startswith(sign)), error.message
            )


def show_table(
    heading: Sequence[str], rows: Iterable[Sequence[str]], *, longest: int = 48, whole: Collection[str] = ()
) -> None:
    """Aligned columns, whole numbers on the right.

    Texts longer than ``longest`` are cut, except in the rows whose first cell is in ``whole``.
    """
    lines = [
        row if row[0] in whole else [c if len(c) <= longest else f"{c[: longest - 1]}…" for c in row]
        for row in (heading, *rows)
    ]
    columns = list(zip(*lines, strict=True))
    sides = [">" if all(c.isdecimal() for c in column[1:]) else "<" for column in columns]
    widths = [min(longest, max(map(len, column))) for column in columns]
    for line in lines:
        cells = (f"{c:{side}{width}}" for c, side, width in zip(line, sides, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


class Progress:
    """How far a run has come: a bar that leaves no trace on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None

    def begin(self, steps: int) -> None:
        """So many more steps."""
        if self._bar is None:
            # A run with nothing to do shows no bar, and stays quick.
            from tqdm import tqdm  # noqa: PLC0415

            shown = sys.stderr.isatty()
            self._bar = tqdm(total=0, leave=False, file=sys.stderr, bar_format=_BAR, disable=not shown)
        self._bar.total = (self._bar.total or 0) + steps
        self._bar.refresh()

    def done(self, label: str) -> None:
        """One step more."""
        if self._bar is None or self._bar.disable:
            try:
                click.echo(label)
            except OSError as error:
                error.filename = "l’affichage"  # and not the outputs, which a run would name
                raise
        else:
            self._bar.set_postfix_str(label, refresh=False)
            self._bar.update()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
