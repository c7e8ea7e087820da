"""``atc publish``: bring up to date, compose, pass the gate, and only then write: all of it, or nothing."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Template

from atc.disclosure.exceptions import Reviewed, read_exceptions
from atc.intake.simulate import Plan, simulate
from atc.publication import controls
from atc.publication.controls import ALERT, HEADING, PASSED, PUBLIC, REFUSED, Line, in_words
from atc.publication.finished import Finished, known, let_out_elsewhere, read_finished, written
from atc.publication.wave_book import read_signed, verdict_book
from atc.rendering.html import page, with_downloads
from atc.rendering.office import zip_bytes
from atc.run.manifest import content_hash
from atc.run.notebooks import INTERNAL
from atc.run.plan import cover as cover_of
from atc.run.run import Request, interruptible, run
from atc.survey.dictionary import Table
from atc.survey.errors import AtcError, DisclosureRefused, UsageError
from atc.survey.files import recover, replacing, write
from atc.survey.paths import Project
from atc.survey.settings import load_settings
from atc.survey.typography import day, french, lower_first
from atc.survey.waves import Wave, open_wave

if TYPE_CHECKING:
    from atc.run.run import Progress


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
    finished, wave = read_finished(project, vague, diffusion), open_wave(vague, diffusion)
    crowds = {table.name: crowd(table, wave.table(table.name)) for table in wave.dictionary}
    files = compose(finished, wave, crowds)
    words = partial(in_words, dictionary=wave.dictionary)
    told = _looked_at(finished, wave, files, crowds, read_signed(verdict) if verdict and in_workbook else ())
    lines = [line._replace(where=words(line.where), message=words(line.message)) for line in told]
    if verdict is not None:
        _write(verdict, verdict_book(lines, wave, verdict) if in_workbook else controls.table(lines))
    if refused := [str(line) for line in lines if line.verdict == REFUSED]:
        raise DisclosureRefused("\n".join([*refused, "Rien n’est publié."]))
    _write(target, zip_bytes(files, wave.settings.date) if target.suffix.lower() == ".zip" else files)
    alerts = tuple(f"{line.where} : {line.message}" for line in lines if line.verdict == ALERT)
    return Published(len(files), len(lines), alerts)


def _looked_at(
    finished: Finished,
    wave: Wave,
    files: Mapping[str, bytes],
    crowds: Mapping[str, Crowd],
    signed: tuple[Reviewed, ...],
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
    for name, found in crowds.items():
        fate = "lignes réelles publiables" if found.may_leave else "lignes réelles non publiées"
        diversity = "" if found.l is None else f", l = {found.l}"
        yield Line("Lignes (k, l)", name, PASSED, f"{name} : k = {found.k}{diversity} : {fate}")


# --- the files: what the run made and what goes with it --------------------------------------------------

#: What tells a publication from any other folder or archive.
MANIFEST = "manifest.json"


def compose(finished: Finished, wave: Wave, crowds: Mapping[str, Crowd]) -> dict[str, bytes]:
    """Path -> bytes of what would leave; rows, by table of ``crowds``, only go to everybody."""
    run = finished.manifest
    cover = cover_of(wave.report, run.vague, run.diffusion)
    everybody = run.diffusion == PUBLIC
    made_up = synthetic_files(wave) if everybody else {}
    said = {"cover": cover, "synthetic": made_up, "data": wave.package.licence}
    tables = list(wave.dictionary)
    papers = {"dictionnaire.html": page("dictionary.html.j2", cover, tables=tables, package=wave.package)}
    for name in ("LISEZMOI.txt", "LICENCE.txt"):
        source = Path(__file__).with_name(f"{name}.j2").read_text(encoding="utf-8")
        template = Template(source, trim_blocks=True, keep_trailing_newline=True)
        papers[name] = french(template.render(said, lower_first=lower_first, day=day))
    papers["index.html"] = with_downloads(finished.files["index.html"].decode(), sorted(made_up))
    rows = real_files({name: wave.table(name) for name in crowds}, crowds) if everybody else {}
    files = {**finished.files, **made_up, **rows, **{name: text.encode() for name, text in papers.items()}}
    files[MANIFEST] = _manifest(finished, files, wave).encode()
    return files


def _manifest(finished: Finished, files: Mapping[str, bytes], wave: Wave) -> str:
    """What was published, from which code, questions and data, as JSON.

    It bears no hash of a single data file: a reader could test guesses about one row against it.
    """
    run = finished.manifest
    content: dict[str, Any] = {
        "vague": run.vague,
        "diffusion": run.diffusion,
        "date": run.date,
        "rapport": wave.settings.report,
        "versions": dict(run.versions),
        "code": run.code,
        "donnees": content_hash(dict(run.data)),
        "figures": {
            exhibit.id: {
                "titre": exhibit.told["title"],
                "carnet": f"notebooks/{exhibit.chapter}.ipynb",
                "cellule": exhibit.cell,
                "appel": exhibit.call,
                "colonnes": exhibit.told["uses"],
                "statut": exhibit.told["status"],
            }
            for exhibit in finished.exhibits
        },
        "fichiers": {path: hashlib.sha256(files[path]).hexdigest() for path in sorted(files)},
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# --- rows: synthetic ones with the same schema, and real ones only if nobody stands out ---------------------
# k and l are those of the field: k-anonymity (Sweeney, 2002) over every quasi-identifier of the dictionary,
# and distinct l-diversity (Machanavajjhala et al., 2007) of every sensitive item.

K_MINIMUM, L_MINIMUM = 5, 2
FOLDER = "donnees-synthetiques"
#: Of every draw: it says nothing of the data, which it never sees.
_SEED, _SITES = 20211231, 15


@dataclass(frozen=True)
class Crowd:
    """How far the rows of one table hide each other."""

    k: int  # rows of the smallest group alike in all quasi-identifiers together
    # Fewest distinct values of a sensitive item in such a group; None without one.
    l: int | None  # noqa: E741 -- the field's own name
    has_identifier: bool  # rows bear pseudonyms, which never leave

    @property
    def may_leave(self) -> bool:
        """Whether the rows may be published."""
        return self.k >= K_MINIMUM and (self.l is None or self.l >= L_MINIMUM) and not self.has_identifier


def crowd(table: Table, frame: pd.DataFrame) -> Crowd:
    """Measure k and l of a table; not to have answered tells rows apart too."""
    kinds = {name: field.kind for name, field in table.fields.items()}
    quasi = [name for name, kind in kinds.items() if kind == "quasi-identifier"]
    identified = "identifier" in kinds.values()
    if frame.empty:
        return Crowd(0, None, identified)
    texts = frame.astype("str").fillna("")
    groups = texts.groupby(quasi, sort=False) if quasi else texts.groupby(lambda _: 0)
    sensitive = (name for name, kind in kinds.items() if kind == "sensitive")
    diversity = min((int(groups[name].nunique().min()) for name in sensitive), default=None)
    return Crowd(int(groups.size().min()), diversity, identified)


def synthetic_files(wave: Wave) -> dict[str, bytes]:
    """One CSV per table of rows that nobody gave, drawn from the dictionary: no real row is read."""
    plan = Plan(wave.id, wave.settings.date, _SITES, _SEED, wave.dictionary)
    return {
        f"{FOLDER}/{name}.csv": _csv(pd.DataFrame(rows, columns=list(wave.dictionary.table(name).fields)))
        for name, rows in simulate(plan).items()
    }


def real_files(tables: Mapping[str, pd.DataFrame], crowds: Mapping[str, Crowd]) -> dict[str, bytes]:
    """Real rows of the tables whose k and l allow it; in this survey, in general none."""
    return {f"donnees/{name}.csv": _csv(tables[name]) for name, found in crowds.items() if found.may_leave}


def _csv(rows: pd.DataFrame) -> bytes:
    return rows.to_csv(index=False, lineterminator="\n").encode()


# --- where it goes ------------------------------------------------------------------------------------------


def _check_target(target: Path, *, replace: bool) -> None:
    """Refuse a place where something would be lost, or that cannot hold a bundle."""
    _check_folder(target)
    if target.is_symlink() or (target.exists() and not replace):
        raise UsageError(f"{target} existe déjà. Choisissez un autre nom, ou ajoutez --replace.")
    # This command wrote it, or it is an empty folder; the outputs of a run are not one.
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    try:
        found = target / MANIFEST if target.is_dir() else zipfile.Path(target, MANIFEST)
        is_bundle = "fichiers" in json.loads(found.read_bytes())
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
