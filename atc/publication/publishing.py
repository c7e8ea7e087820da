"""``atc publish``: bring up to date, compose, pass the gate, and only then write: all of it, or nothing."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from jinja2 import Template

from atc.disclosure.exceptions import Reviewed, read_exceptions
from atc.intake.simulate import Plan, simulate
from atc.publication import controls
from atc.publication.controls import HEADING, PASSED, PUBLIC, REFUSED, Line, in_words
from atc.publication.finished import Finished, known, let_out_elsewhere, read_finished, written
from atc.publication.wave_book import read_signed, verdict_book
from atc.rendering.html import filled
from atc.rendering.office import zip_bytes
from atc.run.manifest import content_hash
from atc.run.notebooks import INTERNAL, file_name
from atc.run.plan import cover as cover_of
from atc.run.run import Request, run
from atc.survey.dictionary import Table
from atc.survey.errors import AtcError, DisclosureRefused, Messages, UsageError
from atc.survey.paths import Project, recover, replacing, write
from atc.survey.settings import load_settings
from atc.survey.typography import day, french, lower_first
from atc.survey.waves import Wave, open_wave

if TYPE_CHECKING:
    from atc.run.run import Progress

_said = Messages(__name__)
#: What tells a publication from any other folder or archive, and begins the verdict of a former one.
MANIFEST, _CSV = "manifest.json", ";".join(HEADING).encode("utf-8-sig")


def publish(
    project: Project,
    vague: str,
    diffusion: str,
    target: Path,
    *,
    verdict: Path | None = None,
    replace: bool = False,
    progress: Progress,
) -> tuple[int, list[Line]]:
    """Write a bundle, folder or .zip, that anyone in the circle may be handed: how many files, the verdict.

    `UsageError` before the run (tier, wave, places that are taken), what the run raises, `DisclosureRefused`
    for what must not leave, `DataRefused` for a signature that is half filled.
    """
    load_settings(project).tier(diffusion)
    if diffusion == INTERNAL:
        raise DisclosureRefused(_said("internal"))
    _check_places(target, verdict, replace=replace)
    run(project, Request(vague, diffusion), progress)
    in_workbook = verdict is not None and verdict.suffix == ".xlsx"
    finished, wave = read_finished(project, vague, diffusion), open_wave(vague, diffusion)
    crowds = {table.name: crowd(table, wave.table(table.name)) for table in wave.dictionary}
    files = compose(finished, wave, crowds)
    words = partial(in_words, dictionary=wave.dictionary)
    signed = read_signed(verdict) if verdict and in_workbook else ()
    found = _looked_at(finished, wave, files, crowds, signed)
    lines = [line._replace(where=words(line.where), message=words(line.message)) for line in found]
    if verdict is not None:
        # As French spreadsheets open it.
        table = pd.DataFrame([line[: len(HEADING)] for line in lines], columns=list(HEADING))
        told = table.to_csv(sep=";", index=False, lineterminator="\r\n").encode("utf-8-sig")
        _write(verdict, verdict_book(lines, wave, verdict) if in_workbook else told)
    if refused := [str(line) for line in lines if line.verdict == REFUSED]:
        raise DisclosureRefused("\n".join([*refused, _said("nothing")]))
    _write(target, zip_bytes(files, wave.settings.date) if target.suffix.lower() == ".zip" else files)
    return len(files), lines


def _looked_at(
    finished: Finished,
    wave: Wave,
    files: Mapping[str, bytes],
    crowds: Mapping[str, Crowd],
    signed: tuple[Reviewed, ...],
) -> Iterator[Line]:
    """The lines of every control."""
    yield Line("Cercle de diffusion", wave.diffusion, PASSED, _said("circle", wave=wave.id))
    yield Line("Péremption", "manifeste", PASSED, _said("as_made", count=len(finished.files)))
    reviewed = (*read_exceptions(wave.project), *signed)
    by_hand = tuple(written(wave.project, wave.id, finished.notebooks))
    made_up = frozenset(path for path in files if path.startswith(f"{FOLDER}/"))
    words = partial(in_words, dictionary=wave.dictionary)
    yield from controls.ready(finished, wave)
    yield from controls.content(files, known(finished, wave, made_up, reviewed), by_hand)
    yield from controls.deduction(finished, *let_out_elsewhere(wave.project, finished.manifest))
    yield from controls.everybody_or_nobody(finished, reviewed, by_hand, words)
    yield from controls.posts(finished, wave, reviewed)
    yield from controls.words(finished)
    for name, found in crowds.items():
        fate = "lignes réelles publiables" if found.may_leave else "lignes réelles non publiées"
        diversity = "" if found.l is None else f", l = {found.l}"
        yield Line("Lignes (k, l)", name, PASSED, f"{name} : k = {found.k}{diversity} : {fate}")


def compose(finished: Finished, wave: Wave, crowds: Mapping[str, Crowd]) -> dict[str, bytes]:
    """Path -> bytes of what would leave; made-up rows, and real ones where ``crowds`` allow it, if public."""
    made = finished.manifest
    cover = cover_of(wave.report, made.vague, made.diffusion)
    made_up, rows = dict[str, bytes](), dict[str, bytes]()
    if made.diffusion == PUBLIC:
        made_up = synthetic_files(wave)
        rows = {f"donnees/{name}.csv": _csv(wave.table(name)) for name, c in crowds.items() if c.may_leave}
    said = {"cover": cover, "synthetic": made_up, "data": wave.package.licence}
    dictionary = filled("dictionary.html.j2", cover=cover, tables=list(wave.dictionary), package=wave.package)
    papers: dict[str, str] = {"dictionnaire.html": dictionary}
    for name in ("LISEZMOI.txt", "LICENCE.txt"):
        source = Path(__file__).with_name(f"{name}.j2").read_text(encoding="utf-8")
        template = Template(source, trim_blocks=True, keep_trailing_newline=True)
        papers[name] = french(template.render(said, lower_first=lower_first, day=day))
    added, front = filled("downloads.html.j2", made_up=sorted(made_up)), finished.files["index.html"].decode()
    papers["index.html"] = front.replace("<!-- fichiers joints -->", added, 1)
    files = {**finished.files, **made_up, **rows, **{name: text.encode() for name, text in papers.items()}}
    content = {
        "vague": made.vague,
        "diffusion": made.diffusion,
        "date": made.date,
        "rapport": wave.settings.report,
        "versions": dict(made.versions),
        "code": made.code,
        # Of all together: a reader could test guesses about one row against the hash of a single file.
        "donnees": content_hash(dict(made.data)),
        "figures": {
            exhibit.id: {
                "titre": exhibit.told["title"],
                "carnet": file_name(exhibit.chapter),
                "cellule": exhibit.cell,
                "appel": exhibit.call,
                "colonnes": exhibit.told["uses"],
                "statut": exhibit.told["status"],
            }
            for exhibit in finished.exhibits
        },
        "fichiers": {path: hashlib.sha256(files[path]).hexdigest() for path in sorted(files)},
    }
    manifest = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return {**files, MANIFEST: manifest.encode()}


# --- rows: synthetic ones with the same schema, and real ones only if nobody stands out ---------------------
# k and l are those of the field: k-anonymity (Sweeney, 2002) over every quasi-identifier of the dictionary,
# and distinct l-diversity (Machanavajjhala et al., 2007) of every sensitive item.

K_MINIMUM, L_MINIMUM = 5, 2
FOLDER = "donnees-synthetiques"
_SEED, _SITES = 20211231, 15  # of every draw, which never sees the data


class Crowd(NamedTuple):
    """How far the rows of one table hide each other."""

    k: int  # rows of the smallest group alike in all quasi-identifiers together
    # Fewest distinct values of a sensitive item in such a group; None without one.
    l: int | None  # noqa: E741 -- the field's own name
    may_leave: bool  # rows that bear pseudonyms never do


def crowd(table: Table, frame: pd.DataFrame) -> Crowd:
    """Measure k and l of a table; not to have answered tells rows apart too."""
    kinds = {name: field.kind for name, field in table.fields.items()}
    quasi = [name for name, kind in kinds.items() if kind == "quasi-identifier"]
    if frame.empty:
        return Crowd(0, None, may_leave=False)
    texts = frame.astype("str").fillna("")
    groups = texts.groupby(quasi, sort=False) if quasi else texts.groupby(lambda _: 0)
    sensitive = (name for name, kind in kinds.items() if kind == "sensitive")
    k, diversity = int(groups.size().min()), [int(groups[name].nunique().min()) for name in sensitive]
    hidden = k >= K_MINIMUM and all(found >= L_MINIMUM for found in diversity)
    return Crowd(k, min(diversity, default=None), may_leave=hidden and "identifier" not in kinds.values())


def synthetic_files(wave: Wave) -> dict[str, bytes]:
    """One CSV per table of rows that nobody gave, drawn from the dictionary: no real row is read."""
    plan = Plan(wave.id, wave.settings.date, _SITES, _SEED, wave.dictionary)
    return {
        f"{FOLDER}/{name}.csv": _csv(pd.DataFrame(rows, columns=list(wave.dictionary.table(name).fields)))
        for name, rows in simulate(plan).items()
    }


def _csv(rows: pd.DataFrame) -> bytes:
    return rows.to_csv(index=False, lineterminator="\n").encode()


def _check_places(target: Path, verdict: Path | None, *, replace: bool) -> None:
    """Refuse, before the run, places where something would be lost, or that cannot hold what is written."""
    for path in (target, verdict or target):
        if not path.parent.is_dir():
            raise UsageError(_said("no_folder", folder=path.parent))
        # What a command that was killed left half-way is put back first.
        recover([path.parent])
    wrong = {
        "taken": target.is_symlink() or (target.exists() and not replace),
        "no_bundle": target.exists() and not _is_bundle(target),
    }
    if verdict is not None:
        ours = verdict.suffix == ".xlsx" or not verdict.is_file()
        wrong["verdict_folder"] = verdict.is_dir()
        wrong["no_verdict"] = verdict.is_symlink() or not (ours or verdict.read_bytes().startswith(_CSV))
        wrong["inside"] = target.resolve() in (verdict.resolve(), *verdict.resolve().parents)
    for key in (key for key, holds in wrong.items() if holds):
        raise UsageError(_said(key, target=target, path=verdict))
    if verdict is not None and verdict.suffix == ".xlsx":
        # A workbook of somebody else, or a signature left half-way, is told before the run.
        read_signed(verdict)


def _is_bundle(target: Path) -> bool:
    """Whether this command wrote it, or it is an empty folder; the outputs of a run are not one."""
    try:
        found = target / MANIFEST if target.is_dir() else zipfile.Path(target, MANIFEST)
        return "fichiers" in json.loads(found.read_bytes())
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, zipfile.BadZipFile):
        return target.is_dir() and not any(target.iterdir())


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
        raise AtcError(_said("not_written", target=target, reason=error.strerror or error)) from error
