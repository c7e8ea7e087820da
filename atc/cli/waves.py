"""Commands about the data of waves: import, new-wave, simulate, check, compare."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from atc.cli.french import FrenchCommand, at_least_one, option, show_table
from atc.survey.errors import DataRefused, UsageError
from atc.survey.paths import Project, find_project
from atc.survey.settings import load_settings

if TYPE_CHECKING:
    import pandas as pd

    from atc.survey.waves import Wave

#: Of most commands.
VAGUE = option("any", "--vague")
_FILE = click.Path(path_type=Path)
# A longer label is cut: the whole wording is in the codebook and in the chapter on change.
_LONGEST = 62
_NUMBERS = ("En hausse", "Stable", "En baisse", "Comparés", "Perdus", "Nouveaux", "Médianes")


def known_wave(project: Project, vague: str | None) -> str:
    """The wave asked for, which report.toml must know; its own by default."""
    settings = load_settings(project)
    return settings.default_wave if vague is None else settings.wave(vague).id


@click.command("import", cls=FrenchCommand)
@click.argument("files", metavar="[FICHIER…]", nargs=-1, type=_FILE)
@option("import", "--vague", required=True)
@option("import", "--mapping", type=_FILE)
@option("import", "--key", type=_FILE)
@option("import", "--new-key", is_flag=True)
@option("import", "--replace", is_flag=True)
@option("import", "--propose", is_flag=True)
@option("import", "--corriger", multiple=True, type=_FILE)
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
        from atc.publication.wave_book import take  # noqa: PLC0415

        for line in take(find_project(), vague, corriger) or ["Aucune valeur n’a changé."]:
            click.echo(line)
        click.echo(
            f"La vague {vague} est à jour et vérifiée. Refaites le rapport avec : atc run --vague {vague}"
        )
        return
    if propose:
        _propose(files, vague, mapping)
        return
    if mapping is None or key is None:
        missing = "--mapping" if mapping is None else "--key"
        raise UsageError(f"Il manque {missing}. Aide : atc import --help")
    from atc.intake.importing import import_wave  # noqa: PLC0415
    from atc.intake.persons import create_key  # noqa: PLC0415

    project = find_project()
    if new_key:
        create_key(key, project)
    lines, changed = import_wave(project, vague, files, mapping, key, replace=replace)
    for line in lines:
        click.echo(line)
    folder = project.relative(project.raw(vague))
    if changed:
        click.echo(f"{folder} est à jour. Vérifiez-le avec : atc check --vague {vague}")
    else:
        click.echo(f"Rien n’a changé : {folder} contient déjà exactement ces données.")


def _propose(files: tuple[Path, ...], vague: str, mapping: Path | None) -> None:
    from atc.intake.proposal import propose  # noqa: PLC0415
    from atc.intake.reading import WORKBOOK  # noqa: PLC0415

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
    _write_new(target, content, "--mapping")
    todo = "en jaune" if is_workbook else "marquée « à confirmer »"
    click.echo(
        f"Ébauche écrite dans {target} : confirmez ou corrigez chaque ligne {todo}.", err=mapping is None
    )


def _write_new(target: Path, content: bytes, option: str) -> None:
    """Write a file that nobody has filled yet: never over one that somebody may have."""
    try:
        with target.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise UsageError(f"« {target} » existe déjà. Donnez un autre nom à {option}.") from error
    except OSError as error:
        raise UsageError(f"Impossible d’écrire « {target} ». Donnez un autre dossier à {option}.") from error


@click.command(name="new-wave", cls=FrenchCommand)
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


@click.command(cls=FrenchCommand)
@option("simulate", "--vague", required=True)
@option("simulate", "--sites", required=True, callback=at_least_one)
@option("simulate", "--seed", type=int, required=True)
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


@click.command(cls=FrenchCommand)
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
        _write_decisions(project, known, classeur)
    if is_processed(project, known):
        click.echo("Déjà vérifié : ni les données, ni le dictionnaire, ni les règles n’ont changé depuis.")
        rows = row_counts(project, known)
    else:
        rows = process(project, known)
    width = max(map(len, rows), default=0)
    for table, count in rows.items():
        click.echo(f"{table:<{width}}  {counted(count, 'ligne')}")
    wave = open_wave(known)
    for left in unfinished(wave):
        click.echo(str(left))
    found = register_alerts(wave.table("verbatims"), wave.table("territoires"))
    if found:
        click.echo(
            french(
                f"Registre des citations : {counted(len(found), 'passage')} à regarder avant de signer. "
                "La machine prévient, et ne voit pas tout : une personne lit, et signe."
            )
        )
    for seen in found:
        told = f"{'déjà relue' if seen.signed else 'à relire'}), {seen.kind} « {seen.passage} »"
        click.echo(french(f"{seen.verbatim} ({told} : {seen.remedy}."))


def _write_decisions(project: Project, vague: str, target: Path) -> None:
    from atc.publication.wave_book import decisions  # noqa: PLC0415
    from atc.survey.waves import open_wave  # noqa: PLC0415

    if target.suffix.lower() != ".xlsx":
        raise UsageError(f"« {target} » : donnez un nom qui finit par .xlsx à --classeur.")
    wave = None
    with suppress(DataRefused):  # told by the check that follows; a draft has its codebook to review
        wave = open_wave(vague)
    _write_new(target, decisions(project, vague, wave), "--classeur")
    click.echo(
        f"Classeur écrit : {target}. Décidez, ligne à ligne, enregistrez, puis : "
        f"atc import --corriger {target} --vague {vague}"
    )


@click.command(cls=FrenchCommand)
@click.argument("avant", metavar="VAGUE")
@click.argument("apres", metavar="SUIVANTE")
def compare(avant: str, apres: str) -> None:
    """Compare deux vagues : ce qui se rapproche, puis les territoires en hausse, stables, en baisse."""
    from atc.survey.codebook import comparability  # noqa: PLC0415
    from atc.survey.waves import open_wave  # noqa: PLC0415

    waves = [open_wave(vague) for vague in _succession(avant, apres)]
    before, after = waves[0], waves[-1]
    compared = comparability(*(wave.codebook() for wave in waves))
    click.echo(f"Comparabilité, d’après le codebook : {before.settings.label} et {after.settings.label}")
    shown = compared.assign(jointure=compared["jointure"].map({True: "oui", False: "non"})).astype(str)
    show_table(
        ("Variable", "Comparabilité", "Rapprochée", "Libellé"),
        shown[["variable", "verdict", "jointure", "libelle"]].values.tolist(),
        longest=_LONGEST,
        counts=True,
    )
    counts = compared["verdict"].value_counts(sort=False)
    told = f"{len(compared)} variables ; {', '.join(f'{v} : {n}' for v, n in counts.items())}."
    told += f" {int((~compared['jointure']).sum())} ne sont pas rapprochées."
    changed = compared[compared["jointure"] & (compared["comparabilite"] != "identique")]
    if len(changed):
        told += f" Rapprochées quoique modifiées, le codebook l’autorise : {', '.join(changed['variable'])}."
    click.echo(told)
    click.echo("\nÉvolution par territoire (les personnes changent, les territoires restent)")
    rows = _change_rows(before, after, compared)
    show_table(("Mesure", "Source", *_NUMBERS), rows, longest=_LONGEST, counts=True)
    click.echo(
        "Ni pourcentage ni test : les nombres sont trop petits. Perdus, nouveaux : territoires d’une seule "
        "vague, qui ne sont pas comparés. Médianes : sur les seuls territoires comparés, connus aux deux "
        "vagues ; la figure F08-02 peut en retenir moins, car elle montre aussi le démarrage."
    )


def _succession(avant: str, apres: str) -> list[str]:
    """The waves from one to the other, each compared with the one before it."""
    settings = load_settings(find_project())
    settings.wave(avant)
    found = [settings.wave(apres).id]
    while found[0] != avant or len(found) == 1:
        previous = settings.wave(found[0]).previous
        if previous is None or previous in found:
            before = settings.wave(apres).previous
            order = f"après « {before} »" if before else "sans vague précédente"
            raise UsageError(
                f"La vague « {apres} » ne suit pas « {avant} » : report.toml la déclare {order}. "
                "Donnez d’abord la plus ancienne, et vérifiez l’entrée « precedente »."
            )
        found.insert(0, previous)
    return found


def _change_rows(before: Wave, after: Wave, compared: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """One measure each: its label and source, then `_NUMBERS`."""
    from atc.indicators import territories  # noqa: PLC0415
    from atc.indicators.measures import lignes  # noqa: PLC0415
    from atc.survey.codebook import joined  # noqa: PLC0415
    from atc.survey.typography import number  # noqa: PLC0415

    dotted = {f"carnet_de_bord.{name}": name for name in ("etp", "reunions_pilotage")}
    columns = {name: after.field(c).label for c, name in dotted.items() if joined(compared, [c])}
    scored = joined(compared, ["scores.score"])
    items = [
        c for c in after.field("scores.item").labels if scored and joined(compared, [f"scores.item={c}"])
    ]
    measures = territories.nombres(before.table("carnet_de_bord"), after.table("carnet_de_bord"), columns)
    notes = territories.notes([before.table("scores"), after.table("scores")], after.dictionary, items)
    rows = [(str(row.libelle), "carnet de bord", row) for row in lignes(measures)]
    rows += [(str(row.libelle_item), str(row.libelle_groupe).lower(), row) for row in lignes(notes)]
    for label, source, row in rows:
        counts = (row.hausse, row.stable, row.baisse, row.compares, row.perdus, row.nouveaux)
        medians = [float(row.mediane_avant), float(row.mediane_apres)]
        told = " → ".join(number(value, 0 if value.is_integer() else 1) for value in medians)
        yield (label, source, *map(str, counts), told if row.compares else "aucun territoire comparé")
