"""A wave: its validated, typed tables, and what each of their columns is worth.

`open_wave` is the door. Tables are read from ``data/processed/<vague>`` (Parquet), which is rebuilt from
``data/raw/<vague>`` as soon as a raw file or the dictionary changed. A wave that breaks the dictionary is
not opened at all.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path

import pandas as pd

from atc.survey import codebook, fingerprints, trace
from atc.survey.codebook import Codebook
from atc.survey.datapackage import FILE, Package, read_package
from atc.survey.dictionary import Dictionary, Field, load_dictionary
from atc.survey.errors import UsageError
from atc.survey.files import replacing, write
from atc.survey.paths import Project, find_project
from atc.survey.processed import STAMP, is_processed, sources
from atc.survey.settings import Settings, WaveSettings, load_settings


@dataclass(frozen=True)
class Wave:
    """One wave, seen at one tier.

    Attributes:
        settings: What report.toml says of it.
        report: The whole of report.toml.
        diffusion: Tier at which it is seen.
        package: Origin, hashes, statuses.
        dictionary: What the columns mean.
        project: Where the files are.
        columns: Columns that may be read, as ``table.colonne``; all of them when empty.
    """

    settings: WaveSettings
    report: Settings
    diffusion: str
    package: Package
    dictionary: Dictionary
    project: Project
    columns: frozenset[str] = frozenset()
    _frames: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @property
    def id(self) -> str:
        """``2020-automne``."""
        return self.settings.id

    def __repr__(self) -> str:
        """Short, without anything of its rows."""
        return f"<Wave {self.id}, diffusion {self.diffusion}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(t.label)}</td><td><code>{t.name}</code></td><td>{escape(t.grain)}</td></tr>"
            for t in self.dictionary
        )
        heading = "<tr><th>Table</th><th>Nom</th><th>Contenu</th></tr>"
        hint = "Ce que l’on peut demander : <code>atc.tables(donnees)</code>."
        return (
            f"<h4>{escape(self.settings.label)}, diffusion {escape(self.diffusion)}</h4>"
            f"<table>{heading}{rows}</table><p>{hint}</p>"
        )

    def table(self, name: str) -> pd.DataFrame:
        """A copy of one table, at the grain that the dictionary gives it.

        Modalités are ordered categoricals in the order of the questionnaire, ticked boxes are nullable
        booleans, counts are ``Int64``, dates are ``datetime64``. Every missing code (no answer, NSP, NC,
        SO) becomes a missing value.

        Args:
            name: Name of the table.

        Returns:
            The columns that this wave lets through: all, or those of `using`.

        Raises:
            UsageError: The dictionary has no such table.
            KeyError: `using` left no column of this table.
        """
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
        """The same wave, where only these columns can be read: what an exhibit declares is what it uses.

        Args:
            columns: ``table.colonne``, ``table.groupe_de_cases``, or ``table.*`` for a whole table.

        Raises:
            UsageError: The dictionary has no such column.
            KeyError: This wave was restricted already, and lets one of them through no more.
            ValueError: No column is named, which would mean all of them.
        """
        names: set[str] = set()
        for dotted in columns:
            table, _, column = dotted.partition(".")
            described = self.dictionary.table(table)
            if column == "*" or column in described.groups:
                names |= {
                    f"{table}.{c}"
                    for c in (described.fields if column == "*" else described.in_group(column))
                }
            else:
                names.add(f"{self.dictionary.field(dotted).table}.{column}")
        if not names:
            raise ValueError("name at least one column")
        if self.columns and not names <= self.columns:
            raise KeyError(f"not declared: {', '.join(sorted(names - self.columns))}")
        return replace(self, columns=frozenset(names))

    def previous(self) -> Wave:
        """The wave before, seen at the same tier and through the same columns.

        Raises:
            UsageError: report.toml names none.
            DataRefused: Its files break the dictionary.
        """
        if self.settings.previous is None:
            raise UsageError(
                f"La vague « {self.id} » n’a pas de vague précédente. "
                "Indiquez-la dans report.toml (« precedente »), ou choisissez une autre vague."
            )
        opened = _opened(self.project, self.report, self.settings.previous, self.diffusion)
        return replace(opened, columns=self.columns)

    @property
    def has_codebook(self) -> bool:
        """Whether somebody said how its variables were asked."""
        return (self.project.processed(self.id) / codebook.FILE).is_file()

    def codebook(self) -> Codebook:
        """How each variable of this wave was asked.

        Raises:
            DataRefused: The wave has no codebook.
        """
        return _codebook(self.project, self.id, self.dictionary)

    def field(self, dotted: str) -> Field:
        """What the dictionary says of ``table.colonne``."""
        return self.dictionary.field(dotted)


def process(project: Project, vague: str) -> dict[str, int]:
    """Validate a wave and write its typed tables; nothing is written unless every table is right.

    Args:
        project: Where the files are.
        vague: Id of the wave.

    Returns:
        Table -> number of rows.

    Raises:
        DataRefused: With every fault of every file.
        UsageError: The wave is not in report.toml.
    """
    # frictionless takes half a second to import: only those who validate pay for it.
    from atc.survey.validation import validate_wave  # noqa: PLC0415

    load_settings(project).wave(vague)
    before = sources(project, vague)
    tables = validate_wave(project, vague)
    with replacing(project.processed(vague), cache=True) as (folder,):
        written = {}
        for name, frame in tables.items():
            sha256 = write(folder / f"{name}.parquet", frame.to_parquet(index=False))
            written[f"{name}.parquet"] = {fingerprints.SHA256: sha256, **fingerprints.of_table(frame)}
        others = {FILE: _without_hashes(project.raw(vague) / FILE)}
        if (project.raw(vague) / codebook.FILE).is_file():
            others[codebook.FILE] = (project.raw(vague) / codebook.FILE).read_bytes()
        for name in sorted(others):
            written[name] = {fingerprints.SHA256: write(folder / name, others[name])}
        write(folder / fingerprints.FILE, json.dumps(written, indent=1).encode())
        write(folder / STAMP, json.dumps(before, indent=1).encode())
    return {name: len(frame) for name, frame in tables.items()}


def _without_hashes(description: Path) -> bytes:
    # A page that shows one table must not become stale because the hash of another one changed.
    raw = json.loads(description.read_text(encoding="utf-8"))
    for resource in raw["resources"]:
        resource["hash"] = ""
    return json.dumps(raw, ensure_ascii=False, indent=1).encode()


def open_wave(vague: str | None = None, diffusion: str | None = None) -> Wave:
    """Open a wave, validating it first if a file changed.

    Args:
        vague: Id of the wave; the one that report.toml names by default.
        diffusion: Tier at which it is seen; ``financeurs`` by default.

    Returns:
        The wave.

    Raises:
        UsageError: report.toml knows no such wave or tier.
        DataRefused: The files break the dictionary.
    """
    project = find_project()
    settings = load_settings(project)
    tier = diffusion or settings.default_tier
    settings.tier(tier)
    return _opened(project, settings, vague or settings.default_wave, tier)


def _opened(project: Project, settings: Settings, vague: str, tier: str) -> Wave:
    wave_settings = settings.wave(vague)
    if not is_processed(project, wave_settings.id):
        process(project, wave_settings.id)
    folder = project.processed(wave_settings.id)
    dictionary = load_dictionary(project)
    if (folder / codebook.FILE).is_file():
        dictionary = _codebook(project, wave_settings.id, dictionary).asked(dictionary)
    return Wave(
        settings=wave_settings,
        report=settings,
        diffusion=tier,
        package=read_package(folder, project.relative(folder)),
        dictionary=dictionary,
        project=project,
    )


def _codebook(project: Project, vague: str, dictionary: Dictionary) -> Codebook:
    # The copy that `process` checked is read, so that atc.survey.trace sees it; the evaluator's is named.
    path = project.processed(vague) / codebook.FILE
    shown_as = project.relative(project.raw(vague) / codebook.FILE)
    return codebook.read_codebook(path, shown_as, vague, dictionary.variables)
