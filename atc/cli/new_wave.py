"""``atc new-wave``: open a wave to come, from the one before."""

from __future__ import annotations

import click

from atc.cli.french import FrenchCommand
from atc.survey.paths import find_project


@click.command(name="new-wave", cls=FrenchCommand)
@click.argument("vague", metavar="VAGUE")
@click.option("--from", "previous", metavar="VAGUE", required=True, help="Vague précédente, dont on part.")
@click.option("--forms", is_flag=True, help="N’écrit que les modèles de saisie d’une vague qui existe.")
def new_wave(vague: str, previous: str, forms: bool) -> None:
    """Prépare une nouvelle vague : description, livret de codes et modèles de saisie."""
    from atc.intake.newwave import open_new_wave, write_forms  # noqa: PLC0415

    project = find_project()
    opened = (write_forms if forms else open_new_wave)(project, vague, previous)
    for name in opened.files:
        click.echo(name)
    if opened.declared:
        click.echo(f"report.toml : la vague {vague} est déclarée ; complétez les lignes qui le demandent.")
    if not forms:
        click.echo(
            f"Relisez d’abord data/raw/{vague}/codebook.csv, ligne à ligne. Tant que les tables ne sont pas "
            "importées, atc check refuse cette vague."
        )
