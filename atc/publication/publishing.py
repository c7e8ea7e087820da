"""``atc publish``: bring up to date, compose, pass the gate, and only then write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from atc.disclosure.exceptions import Reviewed, read_exceptions
from atc.publication import controls
from atc.publication.archive import check_folder, check_target, write_bundle, write_file
from atc.publication.bundle import PUBLIC, Bundle, compose
from atc.publication.finished import Finished, let_out_elsewhere, read_finished
from atc.publication.gate import HEADING, PASSED, Line, Verdict, rows_lines
from atc.publication.known import known
from atc.publication.rows import crowd
from atc.publication.signing import read_signed, workbook
from atc.publication.wording import in_words
from atc.publication.written import written
from atc.run.notebooks import INTERNAL
from atc.run.run import Request, interruptible, run
from atc.survey.errors import DisclosureRefused, UsageError
from atc.survey.paths import Project
from atc.survey.settings import load_settings
from atc.survey.waves import Wave, open_wave

if TYPE_CHECKING:
    from atc.run.steps import Progress


#: Begins the verdict of a former publication.
_CSV = ";".join(HEADING).encode("utf-8-sig")


@dataclass(frozen=True)
class Published:
    """What left."""

    files: int  # how many
    checks: int  # how many lines the verdict has
    alerts: tuple[str, ...]  # what a person should read again, in French


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
        DataRefused: The wave breaks the dictionary, or a signature of the workbook is half filled.
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
    signed = read_signed(verdict) if verdict is not None and verdict.suffix == ".xlsx" else ()
    finished, wave = read_finished(project, vague, diffusion), open_wave(vague, diffusion)
    crowds = {table.name: crowd(table, wave.table(table.name)) for table in wave.dictionary}
    bundle = compose(finished, wave, crowds if diffusion == PUBLIC else {})
    lines = (*_up_to_date(finished), *_looked_at(finished, wave, bundle, signed), *rows_lines(crowds))
    found = Verdict(tuple(_in_words(line, wave) for line in lines))
    if verdict is not None:
        is_workbook = verdict.suffix == ".xlsx"
        write_file(
            verdict, workbook(found, vague, wave.settings.date, signed) if is_workbook else found.csv()
        )
    if found.refused:
        raise DisclosureRefused("\n".join([*map(str, found.refused), "Rien n’est publié."]))
    write_bundle(target, bundle.files, wave.settings.date)
    alerts = tuple(f"{line.where} : {line.message}" for line in found.alerts)
    return Published(len(bundle.files), len(found.lines), alerts)


def _in_words(line: Line, wave: Wave) -> Line:
    where, message = (in_words(text, wave.dictionary) for text in (line.where, line.message))
    return replace(line, where=where, message=message)


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


def _looked_at(
    finished: Finished, wave: Wave, bundle: Bundle, signed: tuple[Reviewed, ...]
) -> tuple[Line, ...]:
    reviewed = (*read_exceptions(wave.project), *signed)
    by_hand = tuple(written(wave.project, wave.id, finished.notebooks))
    return (
        *controls.ready(finished, wave),
        *controls.content(bundle, known(finished, wave, bundle, reviewed), by_hand),
        *controls.deduction(finished, let_out_elsewhere(wave.project, wave.id, wave.diffusion)),
        *controls.everybody_or_nobody(
            finished, reviewed, by_hand, lambda key: in_words(key, wave.dictionary)
        ),
        *controls.posts(finished, wave, reviewed),
        *controls.words(finished),
    )


def _check_verdict(path: Path, target: Path) -> None:
    """Refuse, before the run, a place where the verdict would be lost, or would take that of another file."""
    check_folder(path)
    if path.is_dir():
        raise UsageError(f"{path} est un dossier : donnez le nom d’un fichier .csv ou .xlsx à la suite.")
    ours = path.suffix == ".xlsx" or not path.exists() or path.read_bytes().startswith(_CSV)
    if path.is_symlink() or not ours:
        raise UsageError(
            f"{path} n’est pas un rapport de vérification : il n’est pas remplacé. Choisissez un autre nom."
        )
    if path.suffix == ".xlsx":
        # A workbook of somebody else, or a signature left half-way, is told before the run.
        read_signed(path)
    if target.resolve() in (path.resolve(), *path.resolve().parents):
        raise UsageError(
            f"{path} : le rapport de vérification reste dans le dossier de l’évaluation. Donnez-lui une "
            f"autre place que {target}, qui se transmet."
        )
