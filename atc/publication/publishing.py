"""``atc publish``: bring up to date, compose, pass the gate, and only then write: all of it, or nothing."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from atc.disclosure.exceptions import Reviewed, read_exceptions
from atc.publication import controls
from atc.publication.bundle import FOLDER, MANIFEST, compose, crowd
from atc.publication.finished import Finished, let_out_elsewhere, read_finished, written
from atc.publication.scan import known
from atc.publication.verdict import (
    ALERT,
    HEADING,
    PASSED,
    REFUSED,
    Line,
    in_words,
    read_signed,
    table,
    workbook,
)
from atc.rendering.office import zip_bytes
from atc.run.notebooks import INTERNAL
from atc.run.run import Request, interruptible, run
from atc.survey.errors import AtcError, DisclosureRefused, UsageError
from atc.survey.files import recover, replacing, write
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
    """Write a bundle, folder or .zip, that anyone in the circle may be handed, or nothing but the verdict.

    `UsageError` before the run (tier, wave, places that are taken), what the run raises, `DisclosureRefused`
    for what must not leave, `DataRefused` for a signature that is half filled.
    """
    load_settings(project).tier(diffusion)
    if diffusion == INTERNAL:
        raise DisclosureRefused(
            "La diffusion « interne » ne se publie pas : elle montre chaque site. Choisissez --diffusion "
            "financeurs, ou public."
        )
    _check_target(target, replace=replace)
    if verdict is not None:
        _check_verdict(verdict, target)
    # The run ends cleanly when it is told to; so does what follows.
    with interruptible():
        run(project, Request(vague, diffusion), progress)
        return _passed_and_written(project, vague, diffusion, target, verdict)


def _passed_and_written(
    project: Project, vague: str, diffusion: str, target: Path, verdict: Path | None
) -> Published:
    in_workbook = verdict is not None and verdict.suffix == ".xlsx"
    signed = read_signed(verdict) if verdict is not None and in_workbook else ()
    finished, wave = read_finished(project, vague, diffusion), open_wave(vague, diffusion)
    crowds = {table.name: crowd(table, wave.table(table.name)) for table in wave.dictionary}
    files = compose(finished, wave, crowds)
    words = partial(in_words, dictionary=wave.dictionary)
    told = list(_looked_at(finished, wave, files, signed))
    for name, found in crowds.items():
        fate = "lignes réelles publiables" if found.may_leave else "lignes réelles non publiées"
        diversity = "" if found.l is None else f", l = {found.l}"
        told.append(Line("Lignes (k, l)", name, PASSED, f"{name} : k = {found.k}{diversity} : {fate}"))
    lines = [line._replace(where=words(line.where), message=words(line.message)) for line in told]
    if verdict is not None:
        day = wave.settings.date
        _write(verdict, workbook(lines, vague, day, signed) if in_workbook else table(lines))
    if refused := [str(line) for line in lines if line.verdict == REFUSED]:
        raise DisclosureRefused("\n".join([*refused, "Rien n’est publié."]))
    is_zip = target.suffix.lower() == ".zip"
    _write(target, zip_bytes(files, wave.settings.date) if is_zip else files)
    alerts = tuple(f"{line.where} : {line.message}" for line in lines if line.verdict == ALERT)
    return Published(len(files), len(lines), alerts)


def _looked_at(
    finished: Finished, wave: Wave, files: Mapping[str, bytes], signed: tuple[Reviewed, ...]
) -> Iterator[Line]:
    yield Line(
        "Cercle de diffusion", wave.diffusion, PASSED, f"vague {wave.id}, toutes les pages de ce cercle"
    )
    made = f"{len(finished.files)} fichiers, tels que l’exécution les a faits"
    yield Line("Péremption", "manifeste", PASSED, made)
    reviewed = (*read_exceptions(wave.project), *signed)
    by_hand = tuple(written(wave.project, wave.id, finished.notebooks))
    yield from controls.ready(finished, wave)
    made_up = frozenset(path for path in files if path.startswith(f"{FOLDER}/"))
    yield from controls.content(files, known(finished, wave, made_up, reviewed), by_hand)
    yield from controls.deduction(finished, *let_out_elsewhere(wave.project, finished.manifest))
    words = partial(in_words, dictionary=wave.dictionary)
    yield from controls.everybody_or_nobody(finished, reviewed, by_hand, words)
    yield from controls.posts(finished, wave, reviewed)
    yield from controls.words(finished)


# --- where it goes ------------------------------------------------------------------------------------------


def _check_target(target: Path, *, replace: bool) -> None:
    """Refuse a place where something would be lost, or that cannot hold a bundle."""
    _check_folder(target)
    if target.is_symlink() or (target.exists() and not replace):
        raise UsageError(f"{target} existe déjà. Choisissez un autre nom, ou ajoutez --replace.")
    if not target.exists():
        return
    try:
        # This command wrote it, or it is an empty folder; the outputs of a run are not one.
        if target.is_dir():
            manifest = (target / MANIFEST).read_bytes() if any(target.iterdir()) else b'{"fichiers": {}}'
        else:
            with zipfile.ZipFile(target) as archive:
                manifest = archive.read(MANIFEST)
        is_bundle = "fichiers" in json.loads(manifest)
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, zipfile.BadZipFile):
        is_bundle = False
    if not is_bundle:
        raise UsageError(
            f"{target} n’est pas une publication : --replace n’y touche pas. Choisissez un autre nom."
        )


def _check_folder(target: Path) -> None:
    """Refuse a file whose folder is not there: to find it out after the run would waste it."""
    if not target.parent.is_dir():
        raise UsageError(f"Le dossier {target.parent} n’existe pas. Créez-le, ou choisissez une autre place.")
    # What a command that was killed left half-way is put back first.
    recover([target.parent])


def _check_verdict(path: Path, target: Path) -> None:
    """Refuse, before the run, a place where the verdict would be lost, or would take that of another file."""
    _check_folder(path)
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


def _write(target: Path, content: bytes | Mapping[str, bytes]) -> None:
    """Write a file, or a folder; should it fail, what was there before still is."""
    try:
        with replacing(target) as (place,):
            if isinstance(content, bytes):
                write(place, content)
            else:
                for path, each in content.items():
                    write(place / path, each)
    except OSError as error:
        raise AtcError(
            f"Écriture impossible : {target} ({error.strerror or error}). Rien n’a été changé : libérez "
            "de la place ou rétablissez les droits, puis relancez."
        ) from error
