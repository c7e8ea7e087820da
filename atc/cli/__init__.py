"""The command ``atc``: arguments in, lines and an exit code out.

Each command imports what it needs when it is called: the help must come at once.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import click

import atc
from atc.cli.compare import compare
from atc.cli.explore import explore
from atc.cli.french import FrenchGroup, at_least_one, usage_message
from atc.cli.import_ import import_
from atc.cli.new_wave import new_wave
from atc.cli.publish import publish
from atc.cli.simulate import simulate
from atc.survey import files
from atc.survey.errors import AtcError, FigureNotReproduced, UsageError, system_refusal
from atc.survey.paths import Project, find_project
from atc.survey.settings import load_settings

if TYPE_CHECKING:
    from atc.run.run import Outcome

# Wide enough for most printed values, narrow enough for two of them on a screen.
_COLUMN = 48
_VAGUE = click.option("--vague", metavar="VAGUE", help="Vague de données ; celle de report.toml par défaut.")


@click.group(
    cls=FrenchGroup,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option("--debug", is_flag=True, help="En cas d’erreur, montre aussi la trace Python.")
@click.version_option(
    atc.__version__, "-V", "--version", message="atc %(version)s", help="Affiche la version et s’arrête."
)
def command(debug: bool) -> None:
    """Le rapport d’évaluation de l’animation territoriale citoyenne, des réponses aux pages."""
    del debug


command.add_command(import_)
command.add_command(new_wave)
command.add_command(simulate)


@command.command()
@_VAGUE
def check(vague: str | None) -> None:
    """Vérifie les données d’une vague : toutes les erreurs d’un coup."""
    from atc.cli.register import register_lines  # noqa: PLC0415
    from atc.survey.processed import is_processed, row_counts  # noqa: PLC0415
    from atc.survey.typography import counted  # noqa: PLC0415
    from atc.survey.unfinished import unfinished  # noqa: PLC0415
    from atc.survey.waves import open_wave, process  # noqa: PLC0415

    project = find_project()
    known = _known_wave(project, vague)
    if is_processed(project, known):
        click.echo("Déjà vérifié : ni les données, ni le dictionnaire, ni les règles n’ont changé depuis.")
        rows = row_counts(project, known)
    else:
        rows = process(project, known)
    width = max(map(len, rows), default=0)
    for table, count in rows.items():
        click.echo(f"{table:<{width}}  {counted(count, 'ligne')}")
    wave = open_wave(known)
    for line in (*map(str, unfinished(wave)), *register_lines(wave)):
        click.echo(line)


@command.command()
@_VAGUE
@click.option("--diffusion", metavar="CERCLE", help="Cercle de lecteurs ; celui de report.toml par défaut.")
@click.option(
    "--chapitre",
    "chapitres",
    metavar="CHAPITRE",
    multiple=True,
    help="Ne refait que ce chapitre (à répéter pour plusieurs), ou fait un carnet : perso/mon_carnet.",
)
@click.option(
    "--jobs",
    callback=at_least_one,
    metavar="NOMBRE",
    help="Processus en parallèle ; par défaut, un de plus que de cœurs, si la mémoire le permet.",
)
@click.option(
    "--scheduler",
    metavar="ADRESSE",
    default="",
    help="Ordonnanceur dask dont les workers font le travail, par exemple tcp://machine:8786.",
)
@click.option(
    "--noyau",
    metavar="NOYAU",
    default="chaud",
    help="Démarrage des noyaux : chaud (par défaut, les bibliothèques sont déjà chargées) ou standard.",
)
@click.option(
    "--fiches",
    is_flag=True,
    help="Fait la fiche de chaque territoire au lieu des chapitres, pour l’équipe d’évaluation seulement.",
)
@click.option("--force", is_flag=True, help="Refait tout, même ce qui est à jour.")
def run(
    vague: str | None,
    diffusion: str | None,
    chapitres: tuple[str, ...],
    jobs: int | None,
    scheduler: str,
    noyau: str,
    fiches: bool,
    force: bool,
) -> None:
    """Fait le rapport : exécute les chapitres périmés, puis les pages HTML et PDF."""
    from atc.cli.progress import progress  # noqa: PLC0415
    from atc.run.notebooks import INTERNAL, own_defaults, own_notebook  # noqa: PLC0415
    from atc.run.processes import FORKS  # noqa: PLC0415
    from atc.run.run import Request  # noqa: PLC0415
    from atc.run.run import run as run_report  # noqa: PLC0415

    project = find_project()
    settings = load_settings(project)
    own = own_notebook(project, chapitres)
    said = own_defaults(project, own) if own else {}
    default_tier = INTERNAL if fiches else said.get("diffusion", settings.default_tier)
    request = Request(
        vague=_known_wave(project, said.get("vague") if vague is None else vague),
        diffusion=default_tier if diffusion is None else diffusion,
        chapitres=chapitres,
        jobs=jobs or 0,
        scheduler=scheduler,
        kernel=noyau,
        force=force,
        fiches=fiches,
    )
    with progress() as shown:
        outcome = run_report(project, request, shown)
    if outcome.executed and noyau == "chaud" and not FORKS:
        click.echo("Sur ce système, chaque carnet recharge les bibliothèques : c’est plus long.", err=True)
    if not outcome.nothing:
        # Tables take a second to open: whoever has nothing to redo was told before.
        from atc.survey.unfinished import unfinished  # noqa: PLC0415
        from atc.survey.waves import open_wave  # noqa: PLC0415

        for left in unfinished(open_wave(request.vague, request.diffusion)):
            click.echo(str(left))
    _tell(project, outcome, fiches=fiches, own=own, chapitres=chapitres)


def _tell(project: Project, outcome: Outcome, *, fiches: bool, own: str, chapitres: Sequence[str]) -> None:
    """What a run did, what it left, and where to look."""
    if outcome.nothing:
        click.echo("Rien à refaire : les données, le code, les paramètres et les pages n’ont pas changé.")
    if outcome.outdated:
        click.echo(
            f"Chapitres laissés de côté, à refaire : {', '.join(outcome.outdated)}. "
            "Le rapport entier attend : relancez atc run sans --chapitre."
        )
    elif chapitres and not own and any(name.startswith("pdf/") for name in outcome.files):
        click.echo("Le PDF du rapport entier attend : relancez atc run sans --chapitre.")
    pages = [f"html/{slug}.html" for slug in chapitres] + ["index.html", "rapport.pdf"]
    for name in [f"html/{own}.html", f"pdf/{own}.pdf"] if own else pages:
        if (outcome.pages / name).is_file():
            click.echo(project.relative(outcome.pages / name))
    if fiches:
        click.echo(f"{project.relative(outcome.pages)} : {len(list(outcome.pages.glob('*.html')))} fiches")


@command.command()
@_VAGUE
def verify(vague: str | None) -> None:
    """Compare chaque chiffre publié à celui que donnent les données, et cherche chaque énoncé du rapport."""
    from atc.exhibits.argument import MISSING, verdicts  # noqa: PLC0415
    from atc.exhibits.published import DIFFERENT, EXPLAINED, controls  # noqa: PLC0415
    from atc.survey.waves import open_wave  # noqa: PLC0415

    wave = open_wave(_known_wave(find_project(), vague))
    checked, told = controls(wave), verdicts(wave)
    _show_table(
        ("id", "imprimé", "calculé", "verdict"),
        [(c.id, c.imprime, c.calcule, c.verdict) for c in checked],
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
    _show_table(
        ("id", "énoncé", "où le lire", "verdict"),
        [(t.id, t.attendu, t.place, t.verdict) for t in told if t in statements or t.id in missing],
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


command.add_command(compare)
command.add_command(explore)
command.add_command(publish)


def _known_wave(project: Project, vague: str | None) -> str:
    settings = load_settings(project)
    return settings.default_wave if vague is None else settings.wave(vague).id


def _show_table(heading: tuple[str, ...], rows: list[tuple[str, ...]], whole: Collection[str]) -> None:
    """Aligned columns; long texts are cut, except in the rows whose first cell is in ``whole``."""
    cut = [
        row if row[0] in whole else tuple(c if len(c) <= _COLUMN else f"{c[: _COLUMN - 1]}…" for c in row)
        for row in (heading, *rows)
    ]
    widths = [min(max(len(row[i]) for row in cut), _COLUMN) for i in range(len(heading) - 1)]
    for *cells, last in cut:
        aligned = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
        click.echo("  ".join((*aligned, last)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code (see `atc.survey.errors`)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Wherever it stands: who adds it does so at the end of the line that just failed.
    sys.exit(_exit_code([word for word in given if word != "--debug"], debug="--debug" in given))


def _exit_code(arguments: list[str], *, debug: bool) -> int:
    files.placed.clear()
    colour = False if os.environ.get("NO_COLOR") else None
    try:
        command.main(arguments, prog_name="atc", standalone_mode=False, color=colour)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "atc"
        return _told(f"{usage_message(error)} Aide : {path} --help", UsageError.exit_code, debug)
    except AtcError as error:
        return _told(str(error), error.exit_code, debug)
    except (KeyboardInterrupt, click.Abort):
        return _told(_interrupted(), 1, debug)
    except OSError as error:
        kept = f"Seul ceci est en place, en entier : {_in_place()}" if files.placed else "Rien n’a été changé"
        return _told(str(system_refusal(error, kept=kept)), 1, debug)
    except Exception as error:  # noqa: BLE001 - the last door: whatever is left gets a sentence, not a trace
        return _told(
            f"Erreur imprévue ({type(error).__name__} : {error}). "
            "Relancez avec --debug pour la trace, et joignez-la à votre signalement.",
            1,
            debug,
        )
    return 0


def _interrupted() -> str:
    if not files.placed:
        return "Interrompu : rien n’a été publié, les résultats précédents sont intacts."
    return f"Interrompu : ceci était déjà en place, en entier : {_in_place()}. Rien d’autre n’a changé."


def _in_place() -> str:
    return ", ".join(map(files.as_read, files.placed))


def _told(message: str, code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    click.echo(message, err=True)
    return code
