"""Commands about the data of a wave: import, new-wave, simulate, check."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from atc.cli.french import at_least_one, command, option
from atc.survey.errors import DataRefused, UsageError
from atc.survey.paths import Project, find_project
from atc.survey.settings import load_settings

#: Of most commands.
VAGUE = option("any", "--vague")
_FILE = click.Path(path_type=Path)


def known_wave(project: Project, vague: str | None) -> str:
    """The wave asked for, which report.toml must know; its own by default."""
    settings = load_settings(project)
    return settings.default_wave if vague is None else settings.wave(vague).id


@command.command("import")
@click.argument("files", metavar="[FICHIER…]", nargs=-1, type=_FILE)
@option("import", "--vague", required=True)
@option("import", "--mapping", type=_FILE)
@option("import", "--key", type=_FILE)
@option("import", "--new-key", is_flag=True)
@option("import", "--replace", is_flag=True)
@option("import", "--propose", is_flag=True)
@option("import", "--corriger", multiple=True, type=_FILE)
def import_(
    files: tuple[Path, ...], vague: str, mapping: Path | None, key: Path | None, propose: bool, **asked: Any
) -> None:
    """Importe les exports d’une enquête : tout passe, ou rien n’est écrit."""
    project, corrected = find_project(), asked["corriger"]
    if bool(files) == bool(corrected):
        raise UsageError("Donnez des exports (FICHIER…), ou une table à --corriger. Aide : atc import --help")
    if corrected:
        from atc.publication.wave_book import take  # noqa: PLC0415

        for line in take(project, vague, corrected) or ["Aucune valeur n’a changé."]:
            click.echo(line)
        click.echo(
            f"La vague {vague} est à jour et vérifiée. Refaites le rapport avec : atc run --vague {vague}"
        )
    elif propose:
        _propose(project, files, vague, mapping)
    elif mapping is None or key is None:
        missing = "--mapping" if mapping is None else "--key"
        raise UsageError(f"Il manque {missing}. Aide : atc import --help")
    else:
        from atc.intake.importing import import_wave  # noqa: PLC0415
        from atc.intake.persons import create_key  # noqa: PLC0415

        if asked["new_key"]:
            create_key(key, project)
        lines, changed = import_wave(project, vague, files, mapping, key, replace=asked["replace"])
        for line in lines:
            click.echo(line)
        folder = project.relative(project.raw(vague))
        if changed:
            click.echo(f"{folder} est à jour. Vérifiez-le avec : atc check --vague {vague}")
        else:
            click.echo(f"Rien n’a changé : {folder} contient déjà exactement ces données.")


def _propose(project: Project, files: tuple[Path, ...], vague: str, mapping: Path | None) -> None:
    from atc.intake.proposal import propose  # noqa: PLC0415
    from atc.intake.reading import WORKBOOK  # noqa: PLC0415

    # Beside the exports, out of the project: it shows some of their answers.
    target = mapping or files[0].parent / f"correspondance{WORKBOOK}"
    draft = propose(project, [path for path in files if path.resolve() != target.resolve()], vague)
    if mapping is None:
        click.echo(draft.yaml(), nl=False)
        if target.exists():
            click.echo(f"« {target} » existe déjà : il reste tel quel.", err=True)
            return
    is_workbook = target.suffix.lower() == WORKBOOK
    _write_new(target, draft.workbook() if is_workbook else draft.yaml().encode(), "--mapping")
    todo = "en jaune" if is_workbook else "marquée « à confirmer »"
    told = f"Ébauche écrite dans {target} : confirmez ou corrigez chaque ligne {todo}."
    click.echo(told, err=mapping is None)


def _write_new(target: Path, content: bytes, option: str) -> None:
    """Write a file that nobody has filled yet: never over one that somebody may have."""
    try:
        with target.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise UsageError(f"« {target} » existe déjà. Donnez un autre nom à {option}.") from error
    except OSError as error:
        raise UsageError(f"Impossible d’écrire « {target} ». Donnez un autre dossier à {option}.") from error


@command.command("new-wave")
@click.argument("vague", metavar="VAGUE")
@option("new-wave", "--from", "previous", required=True)
@option("new-wave", "--forms", is_flag=True)
def new_wave(vague: str, previous: str, forms: bool) -> None:
    """Prépare une nouvelle vague : description, livret de codes et modèles de saisie."""
    from atc.intake.newwave import open_new_wave  # noqa: PLC0415

    files, declared = open_new_wave(find_project(), vague, previous, forms_only=forms)
    for name in files:
        click.echo(name)
    if declared:
        click.echo(f"report.toml : la vague {vague} est déclarée ; complétez les lignes qui le demandent.")
    if not forms:
        click.echo(
            f"Relisez d’abord data/raw/{vague}/codebook.csv, ligne à ligne. Tant que les tables ne sont pas "
            "importées, atc check refuse cette vague."
        )


@command.command()
@option("simulate", "--vague", required=True)
@option("simulate", "--sites", required=True, callback=at_least_one)
@option("simulate", "--seed", required=True, callback=at_least_one)
@option("simulate", "--from", "previous", default="")
@option("simulate", "--replace", is_flag=True)
def simulate(vague: str, sites: int, seed: int, previous: str, replace: bool) -> None:
    """Invente une vague d’après le dictionnaire : tout y est marqué « simulé »."""
    from atc.intake.wavefiles import write_simulated  # noqa: PLC0415
    from atc.survey.typography import counted  # noqa: PLC0415

    project = find_project()
    rows = write_simulated(project, vague, sites=sites, seed=seed, previous=previous, replace=replace)
    lines = counted(sum(rows.values()), "ligne simulée", "lignes simulées")
    click.echo(f"{project.relative(project.raw(vague))} : {lines} dans {counted(len(rows), 'table')}.")


@command.command()
@VAGUE
@option("check", "--classeur", type=_FILE)
def check(vague: str | None, classeur: Path | None) -> None:
    """Vérifie les données d’une vague : toutes les erreurs d’un coup."""
    from atc.survey.quotations import register_alerts  # noqa: PLC0415
    from atc.survey.typography import counted, french  # noqa: PLC0415
    from atc.survey.waves import is_processed, open_wave, process, row_counts, unfinished  # noqa: PLC0415

    project = find_project()
    known = known_wave(project, vague)
    if classeur is not None:
        from atc.publication.wave_book import decisions  # noqa: PLC0415

        if classeur.suffix.lower() != ".xlsx":
            raise UsageError(f"« {classeur} » : donnez un nom qui finit par .xlsx à --classeur.")
        described = None
        with suppress(DataRefused):  # told by the check that follows; a draft has its codebook to review
            described = open_wave(known)
        _write_new(classeur, decisions(project, known, described), "--classeur")
        click.echo(
            f"Classeur écrit : {classeur}. Décidez, ligne à ligne, enregistrez, puis : "
            f"atc import --corriger {classeur} --vague {known}"
        )
    if is_processed(project, known):
        click.echo("Déjà vérifié : ni les données, ni le dictionnaire, ni les règles n’ont changé depuis.")
        rows = row_counts(project, known)
    else:
        rows = process(project, known)
    for table, count in rows.items():
        click.echo(f"{table:<{max(map(len, rows))}}  {counted(count, 'ligne')}")
    wave = open_wave(known)
    for left in unfinished(wave):
        click.echo(str(left))
    if found := register_alerts(wave.table("verbatims"), wave.table("territoires")):
        told = f"Registre des citations : {counted(len(found), 'passage')} à regarder avant de signer."
        click.echo(french(f"{told} La machine prévient, et ne voit pas tout : une personne lit, et signe."))
    for seen in found:
        told = f"{'déjà relue' if seen.signed else 'à relire'}), {seen.kind} « {seen.passage} »"
        click.echo(french(f"{seen.verbatim} ({told} : {seen.remedy}."))
