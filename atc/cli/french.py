"""click in French: its help, its messages about a badly formed command; what commands show on a terminal."""

import sys
import tomllib
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

import click

from atc.survey.errors import shown

if TYPE_CHECKING:
    from tqdm import tqdm

Command = TypeVar("Command", bound=Callable[..., Any])
# click has no class of its own for these.
_OTHERS = {
    "Got unexpected extra argument": "Il y a un mot de trop dans la commande.",
    "Missing command": "Il manque une commande.",
}
_OPTIONS = tomllib.loads(Path(__file__).with_name("options.toml").read_text(encoding="utf-8"))
_BAR = "{bar:30} {n_fmt}/{total_fmt}{postfix}"


class FrenchCommand(click.Command):
    """A command whose help is in French."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The usual option, with its sentence in French."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Affiche cette aide et s’arrête."
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """« Utilisation », and the pieces in French."""
        pieces = " ".join(self.collect_usage_pieces(ctx)).replace("COMMAND [ARGS]...", "COMMANDE …")
        formatter.write_usage(ctx.command_path, pieces, prefix="Utilisation : ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of the options: an argument has no sentence of its own, the first line shows it."""
        records = filter(None, (param.get_help_record(ctx) for param in self.get_params(ctx)))
        with formatter.section("Options"):
            formatter.write_dl(
                [(names, told.replace("[required]", "[obligatoire]")) for names, told in records if told]
            )


class FrenchGroup(FrenchCommand, click.Group):
    """Commands listed in the order in which one needs them, and their faults told in French."""

    command_class = FrenchCommand

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of their definition."""
        del ctx
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the commands."""
        super().format_options(ctx, formatter)
        with formatter.section("Commandes"):
            formatter.write_dl(
                [(name, command.get_short_help_str(120)) for name, command in self.commands.items()]
            )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is asked for; a `click.UsageError` if there is no such command."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            raise click.UsageError(
                f"La commande « {shown(args[0])} » n’existe pas. Commandes : {', '.join(self.commands)}.",
                ctx,
            )
        return super().resolve_command(ctx, args)


def option(command: str, *names: str, **more: Any) -> Callable[[Command], Command]:
    """An option, with what ``options.toml`` says of it."""
    metavar, told = _OPTIONS[command][names[0]]
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
        case click.BadOptionUsage() if "does not take" in error.message:
            return f"L’option {shown(error.option_name)} ne prend pas de valeur."
        case click.BadOptionUsage():
            return f"L’option {shown(error.option_name)} demande une valeur."
        case _:
            return next((t for sign, t in _OTHERS.items() if error.message.startswith(sign)), error.message)


def show_table(
    heading: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    longest: int,
    whole: Collection[str] = (),
    counts: bool = False,
) -> None:
    """Aligned columns, those of ``counts`` on the right.

    Texts longer than ``longest`` are cut, except in the rows whose first cell is in ``whole``.
    """
    lines = [
        row if row[0] in whole else [c if len(c) <= longest else f"{c[: longest - 1]}…" for c in row]
        for row in (heading, *rows)
    ]
    columns = list(zip(*lines, strict=True))
    sides = [">" if counts and all(c.isdecimal() for c in column[1:]) else "<" for column in columns]
    widths = [min(longest, max(map(len, column))) for column in columns]
    for line in lines:
        cells = (f"{c:{side}{width}}" for c, side, width in zip(line, sides, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


class Progress:
    """How far a run has come: a bar that leaves no trace on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()
        self._bar: tqdm[NoReturn] | None = None

    def begin(self, steps: int) -> None:
        """So many more steps."""
        if not self._watched:
            return
        if self._bar is None:
            # A run with nothing to do shows no bar, and stays quick.
            from tqdm import tqdm  # noqa: PLC0415

            self._bar = tqdm(total=0, leave=False, file=sys.stderr, bar_format=_BAR)
        self._bar.total = (self._bar.total or 0) + steps
        self._bar.refresh()

    def done(self, label: str) -> None:
        """One step more."""
        if self._bar is None:
            click.echo(label)
        else:
            self._bar.set_postfix_str(label, refresh=False)
            self._bar.update()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
