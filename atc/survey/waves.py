"""A wave: its validated, typed tables, what each of their columns is worth, and what it has left unfinished.

`open_wave` is the door. Tables are read from ``data/processed/<vague>`` (Parquet), which is rebuilt from
``data/raw/<vague>`` as soon as a raw file or the dictionary changed. A wave that breaks the dictionary is
not opened at all.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html import escape

import pandas as pd

from atc.survey import codebook, trace
from atc.survey.codebook import Codebook
from atc.survey.datapackage import Package, read_package
from atc.survey.dictionary import SCORE, Dictionary, Field, load_dictionary
from atc.survey.errors import UsageError
from atc.survey.paths import Project, find_project
from atc.survey.processed import is_processed, process
from atc.survey.settings import Settings, WaveSettings, load_settings
from atc.survey.spelling import fold
from atc.survey.typography import french


@dataclass(frozen=True)
class Wave:
    """One wave, seen at one tier."""

    settings: WaveSettings
    report: Settings
    diffusion: str
    package: Package
    dictionary: Dictionary
    project: Project
    # Columns that may be read, as ``table.colonne``; all of them when empty.
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
                kept = described.fields if column == "*" else described.in_group(column)
                names |= {f"{table}.{c}" for c in kept}
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
        """How each variable of this wave was asked; a `DataRefused` if the wave has no codebook."""
        return _codebook(self.project, self.id, self.dictionary)

    def field(self, dotted: str) -> Field:
        """What the dictionary says of ``table.colonne``."""
        return self.dictionary.field(dotted)


def open_wave(vague: str | None = None, diffusion: str | None = None) -> Wave:
    """Open a wave, validating it first if a file changed.

    Args:
        vague: Id of the wave; the one that report.toml names by default.
        diffusion: Tier at which it is seen; ``financeurs`` by default.

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
    wave = settings.wave(vague)
    if not is_processed(project, vague):
        process(project, vague)
    folder, dictionary = project.processed(vague), load_dictionary(project)
    if (folder / codebook.FILE).is_file():
        dictionary = _codebook(project, vague, dictionary).asked(dictionary)
    package = read_package(folder, project.relative(folder))
    return Wave(wave, settings, tier, package, dictionary, project)


def _codebook(project: Project, vague: str, dictionary: Dictionary) -> Codebook:
    # The copy that `process` checked is read, so that atc.survey.trace sees it; the evaluator's is named.
    path = project.processed(vague) / codebook.FILE
    shown_as = project.relative(project.raw(vague) / codebook.FILE)
    return codebook.read_codebook(path, shown_as, vague, dictionary.variables)


# --- what a wave still says of its draft or of made-up rows: told by check and run, refused by publish ---

#: In texts without accents.
_DRAFT = re.compile(r"a (?:completer|choisir|preciser|definir)|non choisie|todo")
#: What a sentence says of the data, and the status that some column must then bear.
_SAID = {r"\b(?:simule|invente)": "simulé", r"\breconstitue": "reconstitué"}


@dataclass(frozen=True)
class Left:
    """Something to mend."""

    where: str  # file and entry
    message: str  # what it still says
    remedy: str
    stops: bool = True  # nothing may be published as long as it stands

    def __str__(self) -> str:
        """One line for the terminal."""
        return french(f"À savoir, {self.where} : {self.message}. {self.remedy}.")


def unfinished(wave: Wave) -> tuple[Left, ...]:
    """All that is left, in the order in which a reader meets it."""
    settings = wave.settings
    told = {
        "libelle": settings.label,
        "rapport": settings.report,
        "precaution": settings.precaution,
        "provenance": settings.provenance,
        "suite": " ".join(settings.following),
    }
    texts = {f"report.toml, [vagues.{wave.id}] {entry}": text for entry, text in told.items()}
    described, book = (f"data/raw/{wave.id}/{name}" for name in ("datapackage.json", codebook.FILE))
    texts |= {f"{described}, title": wave.package.title, f"{described}, licenses": wave.package.licence}
    found = list(_texts(wave, texts))
    if not wave.package.licence.strip(" .–-"):
        remedy = "Choisissez-la : « Licence Ouverte 2.0 » si l’équipe peut partager ces données"
        found.append(Left(f"{described}, licenses", "aucune licence n’est choisie", remedy))
    asked, usual = (
        [source.field(SCORE).constraints[end] for end in ("minimum", "maximum")]
        for source in (wave, load_dictionary(wave.project))
    )
    if asked != usual:
        message = "l’échelle des notes, de {} à {}, n’est pas celle du dictionnaire, de {} à {}"
        remedy = (
            "C’est celle du codebook qui est lue et montrée : vérifiez qu’elle est celle du questionnaire"
        )
        found.append(Left(book, message.format(*asked, *usual), remedy, stops=False))
    return (*found, *_undescribed(wave, book))


def _texts(wave: Wave, texts: dict[str, str]) -> Iterator[Left]:
    statuses = {status for each in wave.package.described for status in each.statuses.values()}
    for where, text in texts.items():
        if _DRAFT.search(fold(text)):
            yield Left(where, "reste « à compléter »", "Écrivez ce que les lecteurs doivent y lire")
        for stem, status in _SAID.items():
            if re.search(stem, fold(text)) and status not in statuses:
                message = f"parle de données que datapackage.json ne dit pas « {status} »"
                yield Left(where, message, "Réécrivez cette phrase pour vos réponses")


def _undescribed(wave: Wave, book: str) -> Iterator[Left]:
    """What somebody answered, and the codebook does not speak of: no wave could be compared on it."""
    if not wave.has_codebook:
        return
    described = wave.codebook().entries
    scored = {f"scores.item={item}" for item in wave.table("scores")["item"].dropna()}
    for entry in codebook.variables(load_dictionary(wave.project)):
        table, _, column = entry.variable.partition(".")
        asked = entry.variable in scored if "=" in column else wave.table(table)[column].notna().any()
        if asked and entry.variable not in described:
            message = f"« {entry.libelle} » ({entry.variable}) a des réponses, mais pas de ligne"
            remedy = "Ajoutez-la, avec « nouveau » et « non » si aucune vague ne l’a posée avant"
            yield Left(book, message, remedy, stops=False)
