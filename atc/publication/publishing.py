"""``atc publish``: bring up to date, compose, pass the gate, and only then write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from atc.disclosure.exceptions import read_exceptions
from atc.errors import DisclosureRefused, UsageError
from atc.paths import Project
from atc.publication import controls
from atc.publication.archive import check_folder, check_target, write_bundle, write_file
from atc.publication.bundle import PUBLIC, Bundle, compose
from atc.publication.finished import Finished, let_out_elsewhere, read_finished
from atc.publication.gate import HEADING, PASSED, REFUSED, Line, Verdict, concluded, rows_lines
from atc.publication.rows import crowd
from atc.run.notebooks import INTERNAL
from atc.run.run import Request, run
from atc.run.worker import interruptible
from atc.settings import load_settings
from atc.typography import french
from atc.unfinished import unfinished
from atc.waves import Wave, open_wave

if TYPE_CHECKING:
    from atc.run.steps import Progress


@dataclass(frozen=True)
class Published:
    """What left.

    Attributes:
        files: How many files.
        checks: How many lines the verdict has.
        alerts: What a person should read again, in French.
    """

    files: int
    checks: int
    alerts: tuple[str, ...]


def publish(
    project: Project,
    vague: str,
    diffusion: str,
    target: Path,
    *,
    verdict: Path | None = None,
    replace: bool = False,
    progress: Progress,
) -> Published:
    """Write a bundle that anyone in the circle may be handed.

    Args:
        project: Where the files are.
        vague: Wave.
        diffusion: Tier: ``financeurs`` or ``public``.
        target: A folder to make, or a .zip.
        verdict: Where to write what the gate looked at, one row each; nowhere when there is none.
        replace: Whether a former bundle may go.
        progress: Told how far the run is.

    Returns:
        What left.

    Raises:
        UsageError: An unknown wave or tier, or a place that is taken, for the bundle or the verdict.
        DisclosureRefused: Something must not leave; nothing is written but the verdict.
        DataRefused: The wave breaks the dictionary.
        NotebookFailed: A chapter failed.
        AtcError: The bundle cannot be written.
    """
    load_settings(project).tier(diffusion)
    if diffusion == INTERNAL:
        raise DisclosureRefused(
            "La diffusion « interne » ne se publie pas : elle montre chaque site. Choisissez --diffusion "
            "financeurs, ou public."
        )
    check_target(target, replace=replace)
    if verdict is not None:
        _check_verdict(verdict, target)
    # The run ends cleanly when it is told to; so does what follows.
    with interruptible():
        run(project, Request(vague, diffusion), progress)
        return _passed_and_written(project, vague, diffusion, target, verdict)


def _passed_and_written(
    project: Project, vague: str, diffusion: str, target: Path, verdict: Path | None
) -> Published:
    finished, wave = read_finished(project, vague, diffusion), open_wave(vague, diffusion)
    crowds = {table.name: crowd(table, wave.table(table.name)) for table in wave.dictionary}
    bundle = compose(finished, wave, crowds if diffusion == PUBLIC else {})
    found = Verdict(
        (*_up_to_date(finished), *_achieved(wave), *_looked_at(finished, wave, bundle), *rows_lines(crowds))
    )
    if verdict is not None:
        write_file(verdict, found.csv())
    if found.refused:
        raise DisclosureRefused("\n".join([*map(str, found.refused), "Rien n’est publié."]))
    write_bundle(target, bundle.files, wave.settings.date)
    alerts = tuple(f"{line.where} : {line.message}" for line in found.alerts)
    return Published(len(bundle.files), len(found.lines), alerts)


def _up_to_date(finished: Finished) -> tuple[Line, ...]:
    run_ = finished.manifest
    return (
        Line(
            "Cercle de diffusion",
            run_.diffusion,
            PASSED,
            f"vague {run_.vague}, toutes les pages de ce cercle",
        ),
        Line(
            "Péremption",
            "manifeste",
            PASSED,
            f"{len(finished.files)} fichiers, tels que l’exécution les a faits",
        ),
    )


def _achieved(wave: Wave) -> Iterator[Line]:
    """Nothing is left of a draft, or of made-up rows that real ones have replaced."""
    control = "Vague achevée"
    left = [
        Line(control, each.where, REFUSED, french(each.message), french(each.remedy))
        for each in unfinished(wave)
        if each.stops
    ]
    return concluded(control, left, "rien n’y reste à compléter, ni d’un exemple simulé")


def _looked_at(finished: Finished, wave: Wave, bundle: Bundle) -> tuple[Line, ...]:
    reviewed = read_exceptions(wave.project)
    elsewhere = let_out_elsewhere(wave.project, wave.id, wave.diffusion)
    return (
        *controls.content(bundle, controls.known(finished, wave, bundle, reviewed)),
        *controls.deduction(finished, elsewhere),
        *controls.everybody_or_nobody(finished, reviewed),
        *controls.posts(finished, wave, reviewed),
        *controls.words(finished),
    )


def _check_verdict(path: Path, target: Path) -> None:
    """Refuse, before the run, a place where the verdict would be lost, or would take that of another file."""
    check_folder(path)
    ours = ";".join(HEADING).encode("utf-8-sig")
    if path.is_dir():
        raise UsageError(f"{path} est un dossier : donnez le nom d’un fichier .csv à la suite.")
    if path.is_symlink() or (path.exists() and not path.read_bytes().startswith(ours)):
        raise UsageError(
            f"{path} n’est pas un rapport de vérification : il n’est pas remplacé. Choisissez un autre nom."
        )
    if target.resolve() in (path.resolve(), *path.resolve().parents):
        raise UsageError(
            f"{path} : le rapport de vérification reste dans le dossier de l’évaluation. Donnez-lui une "
            f"autre place que {target}, qui se transmet."
        )
