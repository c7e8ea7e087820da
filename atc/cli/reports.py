"""Commands about the report: run, verify, explore, publish."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from atc.cli.french import FrenchCommand, Progress, at_least_one, option, show_table
from atc.cli.waves import VAGUE, known_wave
from atc.survey.errors import AtcError, DataRefused, FigureNotReproduced
from atc.survey.paths import Project, find_project
from atc.survey.settings import Settings, load_settings

if TYPE_CHECKING:
    from atc.desk.lab import Served

# Wide enough for most printed values, narrow enough for two of them on a screen.
_COLUMN = 48
_DIFFUSION = option("any", "--diffusion")


@click.command(cls=FrenchCommand)
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
    from atc.run.processes import FORKS  # noqa: PLC0415
    from atc.run.run import Request  # noqa: PLC0415
    from atc.run.run import run as run_report  # noqa: PLC0415

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
    if outcome.executed and request.kernel == "chaud" and not FORKS:
        click.echo("Sur ce système, chaque carnet recharge les bibliothèques : c’est plus long.", err=True)
    if outcome.nothing:
        click.echo("Rien à refaire : les données, le code, les paramètres et les pages n’ont pas changé.")
    else:
        # Tables take a second to open: whoever has nothing to redo waits for none.
        from atc.survey.waves import open_wave, unfinished  # noqa: PLC0415

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


@click.command(cls=FrenchCommand)
@VAGUE
def verify(vague: str | None) -> None:
    """Compare chaque chiffre publié à celui que donnent les données, et cherche chaque énoncé du rapport."""
    from atc.exhibits.published import DIFFERENT, EXPLAINED, MISSING, controls, verdicts  # noqa: PLC0415
    from atc.survey.waves import open_wave  # noqa: PLC0415

    wave = open_wave(known_wave(find_project(), vague))
    checked, told = controls(wave), verdicts(wave)
    show_table(
        ("id", "imprimé", "calculé", "verdict"),
        [(c.id, c.imprime, c.calcule, c.verdict) for c in checked],
        longest=_COLUMN,
        whole={c.id for c in checked if c.verdict in {DIFFERENT, EXPLAINED}},
    )
    for control in checked:
        if control.explication:
            click.echo(f"{control.id}, écart expliqué : {control.explication}")
    counts = Counter(c.verdict for c in checked)
    click.echo(f"{len(checked)} chiffres publiés : {', '.join(f'{n} {v}' for v, n in counts.items())}.")
    missing = [t.id for t in told if t.verdict == MISSING]
    # The words that exhibits take from the report are told only when they are lost.
    statements = [t for t in told if t.id[0] == "A"]
    show_table(
        ("id", "énoncé", "où le lire", "verdict"),
        [(t.id, t.attendu, t.place, t.verdict) for t in told if t in statements or t.id in missing],
        longest=_COLUMN,
        whole=missing,
    )
    counts = Counter(t.verdict for t in statements)
    click.echo(f"{len(statements)} énoncés du rapport : {', '.join(f'{n} {v}' for v, n in counts.items())}.")
    faults = []
    if different := [c.id for c in checked if c.verdict == DIFFERENT]:
        faults.append(
            f"Les données ne donnent plus : {', '.join(different)}. "
            "Comparez les lignes « différent » ci-dessus avec les fichiers de la vague, ou expliquez "
            "l’écart dans data/reference/ecarts.csv."
        )
    if missing:
        faults.append(
            f"Le rapport ne dit plus : {', '.join(missing)}. Rétablissez leurs lignes dans "
            "data/reference/enonces.csv, ou la cellule du chapitre qui les montre."
        )
    if faults:
        raise FigureNotReproduced("\n".join(faults))


@click.command(cls=FrenchCommand)
@option("explore", "--vague")
@option("explore", "--sans-navigateur", "quiet", is_flag=True)
def explore(vague: str | None, quiet: bool) -> None:
    """Ouvre le bureau dans JupyterLab : poser une question aux données, garder la réponse."""
    from atc.desk import lab  # noqa: PLC0415
    from atc.run.run import exclusive, interruptible  # noqa: PLC0415

    project = find_project()
    settings = load_settings(project)
    wave = "" if vague is None else settings.wave(vague).id

    def opened(served: Served) -> None:
        _show(served, quiet)
        click.echo("Pour fermer : « Fichier », « Arrêter » dans JupyterLab, ou Ctrl+C ici.")

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
        click.echo("JupyterLab démarre…")
        # Asked to stop before JupyterLab is there; later, JupyterLab itself is.
        with suppress(KeyboardInterrupt), interruptible():
            lab.serve(project, wave, opened)
    click.echo("JupyterLab est fermé. Ce que vous avez enregistré est dans notebooks/perso.")


def _prepare(project: Project, settings: Settings, first: str) -> None:
    """Validate the waves that need it; the one that is asked for must be right, the others are told."""
    from atc.survey.waves import is_processed, process  # noqa: PLC0415

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
    if not quiet and not webbrowser.open(served.door.as_uri()):
        click.echo("Aucun navigateur ne s’est ouvert : copiez vous-même l’adresse dans le vôtre.")
    click.echo(f"Le bureau est prêt : {served.address}")


@click.command(cls=FrenchCommand)
@VAGUE
@_DIFFUSION
@option("publish", "--to", "target", required=True, type=click.Path(path_type=Path))
@option("publish", "--rapport", "verdict", type=click.Path(path_type=Path))
@option("publish", "--replace", is_flag=True)
def publish(
    vague: str | None, diffusion: str | None, target: Path, verdict: Path | None, replace: bool
) -> None:
    """Vérifie que rien ne désigne personne, puis écrit ce qui peut être transmis."""
    from atc.publication.publishing import publish as publish_report  # noqa: PLC0415

    project = find_project()
    wave = known_wave(project, vague)
    tier = load_settings(project).default_tier if diffusion is None else diffusion
    with Progress() as shown:
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
