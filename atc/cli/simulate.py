"""``atc simulate``: a wave that nobody answered, to see the report before the answers come."""

from __future__ import annotations

import click

from atc.cli.french import FrenchCommand, at_least_one
from atc.survey.paths import find_project


@click.command(cls=FrenchCommand)
@click.option("--vague", metavar="VAGUE", required=True, help="Vague à faire, déclarée dans report.toml.")
@click.option(
    "--sites", metavar="NOMBRE", required=True, callback=at_least_one, help="Nombre de territoires."
)
@click.option(
    "--seed", metavar="GRAINE", type=int, required=True, help="La même graine redonne les mêmes lignes."
)
@click.option(
    "--from",
    "previous",
    metavar="VAGUE",
    default="",
    help="Vague dont viennent les territoires et les personnes qui restent ; sinon, tout est inventé.",
)
@click.option("--replace", is_flag=True, help="Remplace la vague si elle existe déjà.")
def simulate(vague: str, sites: int, seed: int, previous: str, replace: bool) -> None:
    """Invente une vague d’après le dictionnaire : tout y est marqué « simulé »."""
    from atc.intake.simulate import write_simulated  # noqa: PLC0415
    from atc.survey.typography import counted  # noqa: PLC0415

    project = find_project()
    rows = write_simulated(project, vague, sites=sites, seed=seed, previous=previous, replace=replace)
    lines = counted(sum(rows.values()), "ligne simulée", "lignes simulées")
    click.echo(f"{project.relative(project.raw(vague))} : {lines} dans {counted(len(rows), 'table')}.")
