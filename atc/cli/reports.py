"""Commands about the report: run, verify, compare, explore, publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from atc.cli.french import Progress, at_least_one, command, option, show_table
from atc.cli.waves import VAGUE, known_wave
from atc.survey.errors import AtcError, DataRefused, FigureNotReproduced, UsageError
from atc.survey.paths import find_project
from atc.survey.settings import load_settings

if TYPE_CHECKING:
    import pandas as pd

    from atc.survey.waves import Wave

_NUMBERS = ("En hausse", "Stable", "En baisse", "Comparés", "Perdus", "Nouveaux", "Médianes")
_DIFFUSION = option("any", "--diffusion")


@command.command()
@VAGUE
@_DIFFUSION
@option("run", "--chapitre", "chapitres", multiple=True)
@option("run", "--jobs", callback=at_least_one)
@option("run", "--scheduler", default="")
@option("run", "--noyau", "kernel", default="chaud")
@option("run", "--fiches", is_flag=True)
@option("run", "--force", is_flag=True)
def run(vague: str | None, diffusion: str | None, **asked: Any) -> None:
    """Fait le rapport : exécute les chapitres périmés, puis les pages HTML et PDF."""
    from atc.run.notebooks import INTERNAL, own_defaults, own_notebook  # noqa: PLC0415
    from atc.run.run import Request  # noqa: PLC0415
    from atc.run.run import run as run_report  # noqa: PLC0415
    from atc.survey.waves import open_wave, unfinished  # noqa: PLC0415

    project = find_project()
    settings = load_settings(project)
    own = own_notebook(project, asked["chapitres"])
    said = own_defaults(project, own) if own else {}
    usual = INTERNAL if asked["fiches"] else said.get("diffusion", settings.default_tier)
    wave = known_wave(project, said.get("vague") if vague is None else vague)
    # The other options are called as what they ask for.
    request = Request(wave, usual if diffusion is None else diffusion, **asked)
    with Progress() as shown:
        outcome = run_report(project, request, shown)
    if outcome.nothing:
        click.echo("Rien à refaire : les données, le code, les paramètres et les pages n’ont pas changé.")
    else:
        for left in unfinished(open_wave(request.vague, request.diffusion)):
            click.echo(str(left))
    if outcome.outdated:
        click.echo(
            f"Chapitres laissés de côté, à refaire : {', '.join(outcome.outdated)}. "
            "Le rapport entier attend : relancez atc run sans --chapitre."
        )
    elif request.chapitres and not own and any(name.startswith("pdf/") for name in outcome.files):
        click.echo("Le PDF du rapport entier attend : relancez atc run sans --chapitre.")
    pages = [f"html/{slug}.html" for slug in request.chapitres] + ["index.html", "rapport.pdf"]
    for name in [f"html/{own}.html", f"pdf/{own}.pdf"] if own else pages:
        if (outcome.pages / name).is_file():
            click.echo(project.relative(outcome.pages / name))
    if request.fiches:
        click.echo(f"{project.relative(outcome.pages)} : {len(list(outcome.pages.glob('*.html')))} fiches")


@command.command()
@VAGUE
def verify(vague: str | None) -> None:
    """Compare chaque chiffre publié à celui que donnent les données, et cherche chaque énoncé du rapport."""
    from atc.exhibits.published import DIFFERENT, EXPLAINED, MISSING, controls, verdicts  # noqa: PLC0415
    from atc.survey.waves import open_wave  # noqa: PLC0415

    wave = open_wave(known_wave(find_project(), vague))
    checked, told = controls(wave), verdicts(wave)
    different = [c.id for c in checked if c.verdict == DIFFERENT]
    missing = [t.id for t in told if t.verdict == MISSING]
    show_table(
        ("id", "imprimé", "calculé", "verdict"),
        [(c.id, c.imprime, c.calcule, c.verdict) for c in checked],
        whole={c.id for c in checked if c.verdict in {DIFFERENT, EXPLAINED}},
    )
    for control in checked:
        if control.explication:
            click.echo(f"{control.id}, écart expliqué : {control.explication}")
    _count("chiffres publiés", [c.verdict for c in checked])
    # The words that exhibits take from the report are told only when they are lost.
    statements = [t for t in told if t.id[0] == "A"]
    show_table(
        ("id", "énoncé", "où le lire", "verdict"),
        [(t.id, t.attendu, t.place, t.verdict) for t in told if t in statements or t.id in missing],
        whole=missing,
    )
    _count("énoncés du rapport", [t.verdict for t in statements])
    faults = {
        f"Les données ne donnent plus : {', '.join(different)}. Comparez les lignes « différent » ci-dessus "
        "avec les fichiers de la vague, ou expliquez l’écart dans data/reference/ecarts.csv.": different,
        f"Le rapport ne dit plus : {', '.join(missing)}. Rétablissez leurs lignes dans "
        "data/reference/enonces.csv, ou la cellule du chapitre qui les montre.": missing,
    }
    if different or missing:
        raise FigureNotReproduced("\n".join(fault for fault, ids in faults.items() if ids))


def _count(what: str, verdicts: list[str]) -> None:
    counts = Counter(verdicts).items()
    click.echo(f"{len(verdicts)} {what} : {', '.join(f'{n} {verdict}' for verdict, n in counts)}.")


@command.command()
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
    rows = shown[["variable", "verdict", "jointure", "libelle"]].values.tolist()
    show_table(("Variable", "Comparabilité", "Rapprochée", "Libellé"), rows, longest=62)
    counts = ", ".join(f"{v} : {n}" for v, n in compared["verdict"].value_counts(sort=False).items())
    told = f"{len(compared)} variables ; {counts}. {(~compared['jointure']).sum()} ne sont pas rapprochées."
    changed = compared[compared["jointure"] & (compared["comparabilite"] != "identique")]
    if len(changed):
        told += f" Rapprochées quoique modifiées, le codebook l’autorise : {', '.join(changed['variable'])}."
    click.echo(f"{told}\n\nÉvolution par territoire (les personnes changent, les territoires restent)")
    show_table(("Mesure", "Source", *_NUMBERS), _change_rows(before, after, compared), longest=62)
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


@command.command()
@option("explore", "--vague")
@option("explore", "--sans-navigateur", "quiet", is_flag=True)
def explore(vague: str | None, quiet: bool) -> None:
    """Ouvre le bureau dans JupyterLab : poser une question aux données, garder la réponse."""
    from atc.desk import lab  # noqa: PLC0415
    from atc.run.run import exclusive  # noqa: PLC0415
    from atc.survey.waves import is_processed, process  # noqa: PLC0415

    project = find_project()
    settings = load_settings(project)
    asked = "" if vague is None else settings.wave(vague).id

    def opened() -> None:
        click.echo(f"Le bureau est prêt : {lab.running(project)}")
        click.echo("Pour fermer : « Fichier », « Arrêter » dans JupyterLab, ou Ctrl+C ici.")

    with ExitStack() as held:
        try:
            held.enter_context(exclusive(lab.private(project)))
        except AtcError as error:
            if not (address := lab.running(project)):
                raise AtcError("JupyterLab démarre déjà dans une autre fenêtre : attendez-le.") from error
            click.echo("Le bureau est déjà ouvert dans une autre fenêtre de commande : copiez son adresse.")
            click.echo(f"Le bureau est prêt : {address}")
            return
        # The wave that is asked for must be right, the others are told.
        first = asked or settings.default_wave
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
        click.echo("JupyterLab démarre…")
        # Asked to stop before JupyterLab is there; later, JupyterLab itself is.
        with suppress(KeyboardInterrupt):
            lab.serve(project, asked, opened, browser=not quiet)
    click.echo("JupyterLab est fermé. Ce que vous avez enregistré est dans notebooks/perso.")


@command.command()
@VAGUE
@_DIFFUSION
@option("publish", "--to", "target", required=True, type=click.Path(path_type=Path))
@option("publish", "--rapport", "verdict", type=click.Path(path_type=Path))
@option("publish", "--replace", is_flag=True)
def publish(vague: str | None, diffusion: str | None, target: Path, **asked: Any) -> None:
    """Vérifie que rien ne désigne personne, puis écrit ce qui peut être transmis."""
    from atc.publication.controls import ALERT  # noqa: PLC0415
    from atc.publication.publishing import publish as publish_report  # noqa: PLC0415

    project = find_project()
    wave = known_wave(project, vague)
    tier = load_settings(project).default_tier if diffusion is None else diffusion
    with Progress() as shown:
        files, verdict = publish_report(project, wave, tier, target, progress=shown, **asked)
    alerts = [line for line in verdict if line.verdict == ALERT]
    for alert in alerts:
        click.echo(f"À relire : {alert.where} : {alert.message}")
    if alerts:
        click.echo("Vérifiez que ce que partagent tous, ou personne, peut se dire à ces lecteurs.")
    if asked["verdict"] is not None:
        click.echo(str(asked["verdict"]))
    click.echo(f"{target} : {files} fichiers ; {len(verdict)} contrôles, rien qui désigne personne.")
