"""A wave: its validated, typed tables, what each of their columns is worth, and what it has left unfinished.

Tables are read from ``data/processed/<vague>``, made again from ``data/raw/<vague>`` as soon as a raw file or
the dictionary changed, with a hash of each column: who reads one does not depend on the others. Nothing heavy
is imported: who finds that nothing changed does not wait.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from atc.survey import codebook, datapackage, trace
from atc.survey.codebook import Codebook
from atc.survey.datapackage import Package, read_package
from atc.survey.dictionary import SCORE, Dictionary, Field, load_dictionary
from atc.survey.errors import Messages, UsageError
from atc.survey.paths import Project, belongs, find_project, replacing, write
from atc.survey.settings import Settings, WaveSettings, load_settings
from atc.survey.typography import fold, french

if TYPE_CHECKING:
    import pandas as pd

_said = Messages(__name__)
FILE, STAMP = "colonnes.json", "provenance.json"
# Of each table: hash, number of rows, columns and items of which somebody answered something.
SHA256, ROWS, ANSWERED = "sha256", "rows", "answered"
# Those that what is refused and what is written rests on.
_LIBRARIES = ("pydantic", "pandas", "pyarrow")


@dataclass(frozen=True)
class Wave:
    """One wave, seen at one tier."""

    settings: WaveSettings
    report: Settings
    diffusion: str
    package: Package
    dictionary: Dictionary
    project: Project
    columns: frozenset[str] = frozenset()  # that may be read, as ``table.colonne``; all of them when empty
    _frames: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    # Who fills the lists of the desk asks hundreds of times.
    _codebooks: dict[str, Codebook] = field(default_factory=dict, repr=False, compare=False)

    @property
    def id(self) -> str:
        """``2020-automne``."""
        return self.settings.id

    def __repr__(self) -> str:
        """Short, without anything of its rows."""
        return f"<Wave {self.id}, diffusion {self.diffusion}>"

    def table(self, name: str) -> pd.DataFrame:
        """A copy of one table, typed by `typed_frame`: all columns, or those declared."""
        import pandas as pd  # noqa: PLC0415

        described = self.dictionary.table(name)
        path = self.project.processed(self.id) / f"{name}.parquet"
        if name not in self._frames:
            with trace.reading_columns(path):
                # Through Python's own open, so that atc.survey.trace sees it.
                self._frames[name] = pd.read_parquet(io.BytesIO(path.read_bytes()))
        kept = [c for c in described.fields if not self.columns or f"{name}.{c}" in self.columns]
        if not kept:
            raise KeyError(f"{name}: no column of this table was declared")
        trace.columns_read(path, kept)
        return self._frames[name][kept].copy()

    def using(self, columns: Iterable[str]) -> Wave:
        """Only these can be read: ``table.colonne``, ``table.groupe_de_cases``, ``table.*``."""
        names: set[str] = set()
        for dotted in columns:
            table, _, column = dotted.partition(".")
            described = self.dictionary.table(table)
            kept = described.fields if column == "*" else described.in_group(column)
            names |= {f"{table}.{name}" for name in kept or [self.dictionary.field(dotted).name]}
        if not names:
            raise ValueError("name at least one column")
        if self.columns and not names <= self.columns:
            raise KeyError(f"not declared: {', '.join(sorted(names - self.columns))}")
        return replace(self, columns=frozenset(names))

    def previous(self) -> Wave:
        """The wave before, at the same tier and through the same columns; refused as by `open_wave`."""
        if self.settings.previous is None:
            raise UsageError(_said("first", vague=self.id))
        opened = _opened(self.project, self.report, self.settings.previous, self.diffusion)
        return replace(opened, columns=self.columns)

    def succession(self) -> tuple[Wave, ...]:
        """This wave after all those before it, the earliest first: see `previous`."""
        return (*(() if self.settings.previous is None else self.previous().succession()), self)

    def codebook(self) -> Codebook:
        """How each variable of this wave was asked; a `DataRefused` if the wave has no codebook."""
        if self.id not in self._codebooks:
            # The copy that `process` checked is read, so that `trace` sees it; the evaluator's is named.
            path, shown_as = self.project.processed(self.id), self.project.relative(self.project.raw(self.id))
            book = f"{shown_as}/{codebook.FILE}", self.id, self.dictionary.variables
            self._codebooks[self.id] = codebook.read_codebook(path / codebook.FILE, *book)
        return self._codebooks[self.id]

    def field(self, dotted: str) -> Field:
        """What the dictionary says of ``table.colonne``."""
        return self.dictionary.field(dotted)


def open_wave(vague: str | None = None, diffusion: str | None = None) -> Wave:
    """Open a wave, validating it first if a file changed; report.toml says which one and at which tier."""
    project = find_project()
    settings = load_settings(project)
    tier = diffusion or settings.default_tier
    settings.tier(tier)
    return _opened(project, settings, vague or settings.default_wave, tier)


def _opened(project: Project, settings: Settings, vague: str, tier: str) -> Wave:
    wave = settings.wave(vague)
    if not is_processed(project, vague):
        process(project, vague)
    folder = project.processed(vague)
    package = read_package(folder, project.relative(folder))
    opened = Wave(wave, settings, tier, package, load_dictionary(project), project)
    if not (folder / codebook.FILE).is_file():
        return opened
    return replace(opened, dictionary=opened.codebook().asked(opened.dictionary))


# --- the validated tables, and whether they still are those of the raw files ---


def process(project: Project, vague: str) -> dict[str, int]:
    """Validate a wave and write its typed tables, unless a fault is found; gives the rows of each."""
    # pandas takes a while to import: only those who validate pay for it.
    from atc.survey.validation import validate_wave  # noqa: PLC0415

    load_settings(project).wave(vague)
    before, raw = _sources(project, vague), project.raw(vague)
    tables = validate_wave(project, vague)
    with replacing(project.processed(vague), cache=True) as (folder,):
        files = {f"{name}.parquet": frame.to_parquet(index=False) for name, frame in tables.items()}
        # A page that shows one table must not become stale because the hash of another one changed.
        described = json.loads((raw / datapackage.FILE).read_text(encoding="utf-8"))
        for resource in described["resources"]:
            resource["hash"] = ""
        files[datapackage.FILE] = json.dumps(described, ensure_ascii=False, indent=1).encode()
        if (raw / codebook.FILE).is_file():
            files[codebook.FILE] = (raw / codebook.FILE).read_bytes()
        written: dict[str, Any] = {n: {SHA256: write(folder / n, content)} for n, content in files.items()}
        for name, frame in tables.items():
            written[f"{name}.parquet"] |= {ROWS: len(frame), "columns": column_hashes(frame)}
            items = frame["item"].dropna().unique() if "item" in frame else ()
            answered = [*frame.columns[frame.notna().any()], *(f"item={item}" for item in items)]
            written[f"{name}.parquet"][ANSWERED] = [f"{name}.{each}" for each in answered]
        write(folder / FILE, json.dumps(written, indent=1).encode())
        write(folder / STAMP, json.dumps(before, indent=1).encode())
    return row_counts(project, vague)


def column_hashes(frame: pd.DataFrame) -> dict[str, str]:
    """Hash of each column of a table: values in order, type, modalités."""
    columns = {str(name): frame[[name]].to_parquet(index=False) for name in frame}
    return {name: hashlib.sha256(content).hexdigest() for name, content in columns.items()}


def _sources(project: Project, vague: str) -> dict[str, str]:
    """What the validated tables of a wave are made from: raw files, dictionary, rules, libraries -> hash."""
    paths = [*sorted(project.raw(vague).glob("*")), *sorted(project.dictionary.glob("*.json"))]
    found = {project.relative(path): _hash(path) for path in paths if belongs(path)}
    return {**found, "atc": _rules(), **{name: metadata.version(name) for name in _LIBRARIES}}


def _hash(path: Path) -> str:
    try:
        # Who only checks that a table is up to date does not read its columns.
        with trace.reading_columns(path):
            return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # validation says it in French, with what to do
        return ""


@cache
def _rules() -> str:
    own = sorted(path for path in Path(__file__).parent.rglob("*") if path.suffix in {".py", ".toml"})
    return hashlib.sha256("".join(map(_hash, own)).encode()).hexdigest()


def is_processed(project: Project, vague: str) -> bool:
    """Whether ``data/processed/<vague>`` was made from all that it is made from, and was left as it was."""
    folder = project.processed(vague)
    written = read_fingerprints(folder / FILE)
    whole = written and all(_hash(folder / name) == known[SHA256] for name, known in written.items())
    return bool(whole and read_fingerprints(folder / STAMP) == _sources(project, vague))


def read_fingerprints(path: Path) -> dict[str, Any]:
    """File -> its hash and, of a table, its rows and the hash of each column; nothing if it is not ours."""
    with suppress(OSError, ValueError):
        if isinstance(found := json.loads(path.read_text(encoding="utf-8")), dict):
            return found
    return {}


def row_counts(project: Project, vague: str) -> dict[str, int]:
    """Table -> number of rows, for a wave that is processed."""
    written = read_fingerprints(project.processed(vague) / FILE)
    return {Path(name).stem: known[ROWS] for name, known in written.items() if ROWS in known}


# --- what a wave still says of its draft or of made-up rows: told by check and run, refused by publish ---

#: In texts without accents.
_DRAFT = re.compile(r"a (?:completer|choisir|preciser|definir)|non choisie|todo")
#: What a sentence says of the data, and the status that some column must then bear.
_SAID = {r"\b(?:simule|invente)": "simulé", r"\breconstitue": "reconstitué"}


class Left(NamedTuple):
    """Something to mend: file and entry, what it still says, and whether nothing may be published with it."""

    where: str
    message: str
    remedy: str
    stops: bool = True

    def __str__(self) -> str:
        """One line for the terminal."""
        return french(f"À savoir, {self.where} : {self.message}. {self.remedy}.")


def unfinished(wave: Wave) -> Iterator[Left]:
    """All that is left, in the order in which a reader meets it."""
    settings, folder, entry = wave.settings, f"data/raw/{wave.id}", f"report.toml, [vagues.{wave.id}]"
    statuses = {status for each in wave.package.resources.values() for status in each.statuses.values()}
    licences, book = f"{folder}/{datapackage.FILE}, licenses", f"{folder}/{codebook.FILE}"
    for where, text in {
        f"{entry} libelle": settings.label,
        f"{entry} rapport": settings.report,
        f"{entry} precaution": settings.precaution,
        f"{entry} provenance": settings.provenance,
        f"{entry} suite": " ".join(settings.following),
        f"{folder}/{datapackage.FILE}, title": wave.package.title,
        licences: wave.package.licence,
    }.items():
        if _DRAFT.search(fold(text)):
            yield Left(where, *_said.pair("draft"))
        for stem, status in _SAID.items():
            if re.search(stem, fold(text)) and status not in statuses:
                yield Left(where, *_said.pair("not_made", status=status))
    if not wave.package.licence.strip(" .–-"):
        yield Left(licences, *_said.pair("no_licence"))
    usual = load_dictionary(wave.project)
    here, there = (codebook.options(of.field(SCORE)) for of in (wave, usual))
    if here != there:
        yield Left(book, *_said.pair("scale", here=here, there=there), stops=False)
    if not (wave.project.processed(wave.id) / codebook.FILE).is_file():
        return
    # What somebody answered, and the codebook does not speak of: no wave could be compared on it.
    written = read_fingerprints(wave.project.processed(wave.id) / FILE)
    answered = {each for known in written.values() for each in known.get(ANSWERED, ())}
    for asked in codebook.variables(usual):
        if asked.variable in answered and asked.variable not in wave.codebook().entries:
            said = _said.pair("not_in_codebook", label=asked.libelle, variable=asked.variable)
            yield Left(book, *said, stops=False)
