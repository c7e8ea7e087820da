"""click in French: its help, and its messages about a command that is badly formed."""

from __future__ import annotations

import click

from atc.survey.errors import shown


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
        """The list of the options."""
        # An argument has no sentence of its own: the first line of the help shows it.
        records = [
            (names, told.replace("[required]", "[obligatoire]"))
            for names, told in filter(None, (p.get_help_record(ctx) for p in self.get_params(ctx)))
            if told
        ]
        with formatter.section("Options"):
            formatter.write_dl(records)


class FrenchGroup(FrenchCommand, click.Group):
    """Commands listed in the order in which one needs them, and their faults told in French."""

    command_class = FrenchCommand

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of their definition."""
        del ctx
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the commands."""
        FrenchCommand.format_options(self, ctx, formatter)
        with formatter.section("Commandes"):
            formatter.write_dl(
                [(name, command.get_short_help_str(120)) for name, command in self.commands.items()]
            )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is asked for.

        Raises:
            click.UsageError: There is no such command.
        """
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            raise click.UsageError(
                f"La commande « {shown(args[0])} » n’existe pas. Commandes : {', '.join(self.commands)}.",
                ctx,
            )
        return super().resolve_command(ctx, args)


def at_least_one(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """A whole number from 1, or nothing if the option is absent.

    Raises:
        click.BadParameter: It is something else.
    """
    if value is None:
        return None
    if not value.isdecimal() or int(value) < 1:
        raise click.BadParameter(f"« {shown(value)} » n’est pas un nombre entier à partir de 1.", ctx, param)
    return int(value)


# click has no class of its own for these.
_OTHERS = {
    "Got unexpected extra argument": "Il y a un mot de trop dans la commande.",
    "Missing command": "Il manque une commande.",
}


def usage_message(error: click.UsageError) -> str:
    """What is wrong with a command, in French, on one line."""
    match error:
        case click.NoSuchOption():
            near = ", ".join(error.possibilities or ())
            hint = f" Vouliez-vous dire {near} ?" if near else ""
            told = f"L’option {shown(error.option_name)} n’existe pas.{hint}"
        case click.MissingParameter():
            told = f"Il manque {_names(error)}."
        case click.BadParameter():
            told = f"Valeur refusée pour {_names(error)} : {error.message}"
        case click.BadOptionUsage() if "does not take" in error.message:
            told = f"L’option {shown(error.option_name)} ne prend pas de valeur."
        case click.BadOptionUsage():
            told = f"L’option {shown(error.option_name)} demande une valeur."
        case _:
            told = next((t for sign, t in _OTHERS.items() if error.message.startswith(sign)), error.message)
    return told


def _names(error: click.BadParameter) -> str:
    return " / ".join(error.param.opts) if error.param else "un paramètre"
