"""``atc import``: exports of survey tools to the tables of a wave, or a first draft of the mapping."""

from __future__ import annotations

from pathlib import Path

import click

from atc.cli.french import FrenchCommand
from atc.survey.errors import UsageError
from atc.survey.paths import find_project


@click.command("import", cls=FrenchCommand)
@click.argument("files", metavar="[FICHIER…]", nargs=-1, type=click.Path(path_type=Path))
@click.option("--vague", metavar="VAGUE", required=True, help="Vague de données que ces fichiers apportent.")
@click.option(
    "--mapping",
    metavar="CORRESPONDANCE",
    type=click.Path(path_type=Path),
    help="Classeur .xlsx ou fichier YAML qui dit ce que devient chaque colonne (exemples : docs/exemples).",
)
@click.option(
    "--key",
    metavar="CLÉ",
    type=click.Path(path_type=Path),
    help="Fichier de la clé des pseudonymes, hors du projet et la même d’une vague à l’autre.",
)
@click.option("--new-key", is_flag=True, help="Crée d’abord la clé (première vague seulement).")
@click.option("--replace", is_flag=True, help="Remplace une vague déjà importée, si tout est bon.")
@click.option(
    "--propose",
    is_flag=True,
    help="N’importe rien : ébauche la correspondance (correspondance.xlsx, à côté des exports), à relire.",
)
@click.option(
    "--corriger",
    metavar="TABLE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Remet dans la vague une table corrigée avec un tableur : montre ce qui change, vérifie tout.",
)
def import_(
    files: tuple[Path, ...],
    vague: str,
    mapping: Path | None,
    key: Path | None,
    new_key: bool,
    replace: bool,
    propose: bool,
    corriger: tuple[Path, ...],
) -> None:
    """Importe les exports d’une enquête : tout passe, ou rien n’est écrit."""
    if bool(files) == bool(corriger):
        raise UsageError("Donnez des exports (FICHIER…), ou une table à --corriger. Aide : atc import --help")
    if corriger:
        _correct(corriger, vague)
        return
    if propose:
        _propose(files, vague, mapping)
        return
    if mapping is None or key is None:
        missing = "--mapping" if mapping is None else "--key"
        raise UsageError(f"Il manque {missing}. Aide : atc import --help")
    from atc.intake.importing import Request, import_wave  # noqa: PLC0415
    from atc.intake.persons import create_key  # noqa: PLC0415

    project = find_project()
    if new_key:
        create_key(key, project)
    outcome = import_wave(project, Request(files, vague, mapping, key, replace))
    for line in outcome.lines:
        click.echo(line)
    folder = project.relative(project.raw(vague))
    if outcome.changed:
        click.echo(f"{folder} est à jour. Vérifiez-le avec : atc check --vague {vague}")
    else:
        click.echo(f"Rien n’a changé : {folder} contient déjà exactement ces données.")


def _correct(tables: tuple[Path, ...], vague: str) -> None:
    from atc.intake.correcting import correct  # noqa: PLC0415

    changes = correct(find_project(), vague, tables)
    for line in changes or ["Aucune valeur n’a changé."]:
        click.echo(line)
    click.echo(f"La vague {vague} est à jour et vérifiée. Refaites le rapport avec : atc run --vague {vague}")


def _propose(files: tuple[Path, ...], vague: str, mapping: Path | None) -> None:
    from atc.intake.proposal import propose  # noqa: PLC0415
    from atc.intake.sheet import WORKBOOK  # noqa: PLC0415

    # Beside the exports, out of the project: it shows some of their answers.
    target = mapping or files[0].parent / f"correspondance{WORKBOOK}"
    draft = propose(find_project(), [path for path in files if path.resolve() != target.resolve()], vague)
    if mapping is None:
        click.echo(draft.yaml(), nl=False)
        if target.exists():
            click.echo(f"« {target} » existe déjà : il reste tel quel.", err=True)
            return
    is_workbook = target.suffix.lower() == WORKBOOK
    content = draft.workbook() if is_workbook else draft.yaml().encode()
    try:
        with target.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise UsageError(f"« {target} » existe déjà. Donnez un autre nom à l’ébauche.") from error
    except OSError as error:
        raise UsageError(f"Impossible d’écrire « {target} ». Donnez un autre dossier à --mapping.") from error
    todo = "en jaune" if is_workbook else "marquée « à confirmer »"
    click.echo(
        f"Ébauche écrite dans {target} : confirmez ou corrigez chaque ligne {todo}.", err=mapping is None
    )
