"""``atc publish``: through the gate, then a folder or a .zip to hand over."""

from __future__ import annotations

from pathlib import Path

import click

from atc.cli.french import FrenchCommand
from atc.survey.paths import find_project
from atc.survey.settings import load_settings


@click.command(cls=FrenchCommand)
@click.option("--vague", metavar="VAGUE", help="Vague de données ; celle de report.toml par défaut.")
@click.option("--diffusion", metavar="CERCLE", help="Cercle de lecteurs ; celui de report.toml par défaut.")
@click.option(
    "--to",
    "target",
    metavar="CHEMIN",
    required=True,
    type=click.Path(path_type=Path),
    help="Dossier, ou fichier .zip.",
)
@click.option(
    "--rapport",
    "verdict",
    metavar="FICHIER",
    type=click.Path(path_type=Path),
    help="Écrit aussi ce que la vérification a regardé : .csv pour le dossier de l’évaluation, .xlsx pour "
    "signer les alertes.",
)
@click.option("--replace", is_flag=True, help="Remplace la publication si elle existe déjà.")
def publish(
    vague: str | None, diffusion: str | None, target: Path, verdict: Path | None, replace: bool
) -> None:
    """Vérifie que rien ne désigne personne, puis écrit ce qui peut être transmis."""
    from atc.cli.progress import progress  # noqa: PLC0415
    from atc.publication import publish as publish_report  # noqa: PLC0415

    project = find_project()
    settings = load_settings(project)
    wave = settings.default_wave if vague is None else settings.wave(vague).id
    tier = settings.default_tier if diffusion is None else diffusion
    with progress() as shown:
        published = publish_report(
            project, wave, tier, target, verdict=verdict, replace=replace, progress=shown
        )
    for alert in published.alerts:
        click.echo(f"À relire : {alert}")
    if published.alerts:
        click.echo("Vérifiez que ce que partagent tous, ou personne, peut se dire à ces lecteurs.")
    if verdict is not None:
        click.echo(str(verdict))
    click.echo(
        f"{target} : {published.files} fichiers ; {published.checks} contrôles, rien qui désigne personne."
    )
