"""``atc explore``: the exploration desk, in JupyterLab, in the browser."""

from __future__ import annotations

import signal
from contextlib import ExitStack, suppress
from types import FrameType
from typing import TYPE_CHECKING

import click

from atc.cli.french import FrenchCommand
from atc.survey.errors import AtcError, DataRefused
from atc.survey.paths import Project, find_project
from atc.survey.settings import Settings, load_settings

if TYPE_CHECKING:
    from atc.desk.lab import Served


@click.command(cls=FrenchCommand)
@click.option(
    "--vague", metavar="VAGUE", help="Vague sur laquelle le bureau s’ouvre ; il les montre toutes par défaut."
)
@click.option(
    "--sans-navigateur", "quiet", is_flag=True, help="Donne l’adresse à ouvrir, sans ouvrir le navigateur."
)
def explore(vague: str | None, quiet: bool) -> None:
    """Ouvre le bureau dans JupyterLab : poser une question aux données, garder la réponse."""
    from atc.desk import lab  # noqa: PLC0415
    from atc.run.run import exclusive  # noqa: PLC0415

    project = find_project()
    settings = load_settings(project)
    wave = "" if vague is None else settings.wave(vague).id
    with ExitStack() as held:
        try:
            held.enter_context(exclusive(lab.private(project)))
        except AtcError as error:
            served = lab.running(project)
            if served is None:
                raise AtcError("JupyterLab démarre déjà dans une autre fenêtre : attendez-le.") from error
            click.echo("Le bureau est déjà ouvert dans une autre fenêtre de commande.")
            _show(served, quiet)
            return
        _prepare(project, settings, wave or settings.default_wave)
        signal.signal(signal.SIGTERM, _interrupt)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, _interrupt)
        click.echo("JupyterLab démarre…")
        # Asked to stop before JupyterLab is there; later, JupyterLab itself is.
        with suppress(KeyboardInterrupt):
            lab.serve(project, wave, lambda served: _opened(served, quiet))
    click.echo("JupyterLab est fermé. Ce que vous avez enregistré est dans notebooks/perso.")


def _opened(served: Served, quiet: bool) -> None:
    _show(served, quiet)
    click.echo("Pour fermer : « Fichier », « Arrêter » dans JupyterLab, ou Ctrl+C ici.")


def _prepare(project: Project, settings: Settings, first: str) -> None:
    """Validate the waves that need it; the one that is asked for must be right, the others are told."""
    from atc.survey.processed import is_processed, process  # noqa: PLC0415

    for wave in sorted(settings.waves, key=lambda id_: id_ != first):
        if not project.raw(wave).is_dir() or is_processed(project, wave):
            continue
        click.echo(f"Préparation des données de {wave}…")
        try:
            process(project, wave)
        except DataRefused:
            if wave == first:
                raise
            click.echo(f"Cette vague est refusée ; pour savoir pourquoi : atc check --vague {wave}")


def _show(served: Served, quiet: bool) -> None:
    import webbrowser  # noqa: PLC0415

    # The page that is opened is a file of this user: the token is on no command line that others can list.
    opened = not quiet and webbrowser.open(served.door.as_uri())
    if not opened and not quiet:
        click.echo("Aucun navigateur ne s’est ouvert : copiez vous-même l’adresse dans le vôtre.")
    click.echo(f"Le bureau est prêt : {served.address}")


def _interrupt(number: int, frame: FrameType | None) -> None:
    # The window was closed, or the system asks: the same clean end as Ctrl-C.
    del number, frame
    raise KeyboardInterrupt
