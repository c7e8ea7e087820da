"""``@exhibit``: an exhibit declares the columns that it uses, and can read no other.

Source, field dates, question wordings and status follow from that declaration, so they cannot be wrong. Its
counts go through its `Release`, and so does every sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import pandas as pd

from atc.datapackage import STATUSES
from atc.disclosure import Release, Rules
from atc.disclosure.exceptions import of_exhibit, read_exceptions
from atc.exhibits.model import Base, Draft, Exhibit
from atc.exhibits.selection import NoAnswer
from atc.exhibits.table import Column, DataTable
from atc.typography import NBSP, enumeration, french, lower_first
from atc.waves import Wave

Compute = Callable[..., Draft]


def exhibit(
    id_: str, *, uses: Sequence[str], uses_before: Sequence[str] = (), files: bool = True
) -> Callable[[Compute], Callable[..., Exhibit]]:
    """Make an exhibit of a function that computes a `Draft`.

    Args:
        id_: ``F02-02`` for a figure, ``T03-04`` for a table.
        uses: Columns, as ``table.colonne``, or ``table.*``.
        uses_before: Columns of the wave before, which the function then takes as its second argument.
        files: Whether it also goes into files of its own. Those of a sheet do not: nothing is drawn for them.

    Returns:
        What turns a function of the wave (or waves), of the `Release` that makes its table fit to leave and,
        after those, of what it asks for besides (the territory of a sheet), into one without the `Release`.
    """

    def wrap(compute: Compute) -> Callable[..., Exhibit]:
        @wraps(compute)
        def complete(vague: Wave, *arguments: str) -> Exhibit:
            waves = [vague.using(uses)]
            if uses_before:
                waves.append(vague.previous().using(uses_before))
            release = release_for(vague, id_, *waves[1:])
            try:
                draft = compute(*waves, release, *arguments)
            except NoAnswer as nobody:
                draft = _unanswered(nobody, release)
            return complete_exhibit(id_, waves, draft, release, files=files)

        return complete

    return wrap


def release_for(vague: Wave, exhibit: str, avant: Wave | None = None) -> Release:
    """What makes the tables of one exhibit fit to leave, from the tier of its wave and reviewed exceptions.

    Args:
        vague: The wave, seen at its tier.
        exhibit: Id of the exhibit.
        avant: The wave before, when the exhibit reads it too.

    Raises:
        DataRefused: The file of exceptions is wrong.
    """
    small = vague.report.small_numbers
    rules = Rules(vague.diffusion, small.floor, small.mean)
    # Nothing is masked for the evaluation team: an exception has no say there.
    reviewed = read_exceptions(vague.project) if rules.masks else ()
    release = Release(vague.id, exhibit, rules, of_exhibit(reviewed, vague.id, exhibit))
    if avant is not None:
        there = of_exhibit(reviewed, avant.id, exhibit)
        release.earlier = Release(avant.id, exhibit, rules, there, release.record)
    return release


def _unanswered(nobody: NoAnswer, release: Release) -> Draft:
    """What stands in the place of an exhibit that nobody's answers can fill."""
    table = release.facts(pd.DataFrame({"libelle": [nobody.label]}), "Une question restée sans réponse")
    return Draft(
        title=f"{nobody.label} : aucune réponse",
        subtitle="",
        table=DataTable(table, [Column("libelle", "Question sans réponse")]),
        reading="Personne n’a répondu à cette question dans cette vague.",
        alt="",
        base=Base(0, "réponses"),
    )


def complete_exhibit(
    id_: str, waves: Sequence[Wave], draft: Draft, release: Release, *, files: bool = True
) -> Exhibit:
    """Add what the data's own papers say, and refuse what may not leave.

    Args:
        id_: Id of the exhibit.
        waves: The waves that it reads, through the columns that it declared; the current one first.
        draft: What its function computed.
        release: What its counts went through.
        files: Whether it also goes into files of its own.

    Raises:
        DisclosureRefused: A sentence tells a small count, or a reviewed exception matches nothing.
    """
    current, *before = waves
    return sealed(
        draft,
        release,
        id=id_,
        source=f"Source : {_sources(waves)} ; {draft.base}.",
        questions=tuple(dict.fromkeys(text for wave in waves for text in _questions(wave))),
        status=max((worst_status(wave) for wave in waves), key=STATUSES.index),
        status_note=_status_notes(waves),
        uses=tuple(sorted(current.columns)),
        uses_before=tuple(sorted(column for wave in before for column in wave.columns)),
        files=files,
    )


def sealed(draft: Draft, release: Release, **papers: Any) -> Exhibit:
    """The exhibit of a draft whose papers are known, once everything that it says was checked.

    Args:
        draft: What is shown.
        release: What its counts went through.
        papers: What `Exhibit` has besides.

    Raises:
        DisclosureRefused: See `complete_exhibit`.
    """
    sentences = ("title", "subtitle", "reading", "alt", "note", "message")
    told = {name: french(getattr(draft, name)) for name in sentences}
    release.check(tuple(getattr(draft, name) for name in sentences), draft.table.texts)
    release.finish()
    papers |= {name: french(papers[name]) for name in ("source", "status_note") if name in papers}
    return Exhibit(
        **{**vars(draft), **told, **papers},
        masking_note=_masking_note(release.rules.floor) if draft.table.is_masked else "",
        let_out=release.record.plain(),
    )


def _masking_note(floor: int) -> str:
    return french(
        f"« n < {floor} » : effectif masqué, parce qu’il compte moins de {floor} personnes ou sites "
        f"(« n > … » : moins de {floor} n’en sont pas). « n.c. » : non communiqué, pour qu’aucun effectif "
        "masqué ne se déduise des autres. Les hachures couvrent ce qui est masqué."
    )


# --- where the data come from, and what they are worth ---


def _in_time(waves: Sequence[Wave]) -> list[Wave]:
    return sorted(waves, key=lambda wave: wave.settings.date)


def _sources(waves: Sequence[Wave]) -> str:
    """« carnet de bord (de l’été à septembre 2020) », each source once; two waves in the order of time."""
    if len(waves) == 1:
        return _wave_sources(waves[0])
    named = ((lower_first(wave.settings.label), _wave_sources(wave)) for wave in _in_time(waves))
    return " ; ".join(f"{label} : {sources}" for label, sources in named)


def _wave_sources(vague: Wave) -> str:
    named: dict[str, None] = {}
    for table in dict.fromkeys(column.split(".")[0] for column in sorted(vague.columns)):
        source, when = (
            vague.dictionary.table(table).source,
            vague.package.resources[table].collected,
        )
        named[f"{source} ({when})" if when else source] = None
    return " ; ".join(named)


def _questions(vague: Wave) -> tuple[str, ...]:
    asked = [vague.field(column).question for column in sorted(vague.columns)]
    unique = dict.fromkeys(question for question in asked if question)
    return tuple(french(f"« {question} »") for question in unique)


def worst_status(vague: Wave) -> str:
    """Status of the least sure column that the wave lets through, pseudonyms left out."""
    return vague.package.worst(_telling(vague))


def _telling(vague: Wave) -> list[str]:
    """Columns whose values say something: a pseudonym only tells rows apart, whoever made it up."""
    return [c for c in sorted(vague.columns) if vague.field(c).kind != "identifier"]


def _status_notes(waves: Sequence[Wave]) -> str:
    """What a reader must not believe; two waves are told apart by their names."""
    if len(waves) == 1:
        return _status_note(waves[0])
    notes = {wave.settings.label: _status_note(wave) for wave in _in_time(waves)}
    return " ".join(f"{label}. {note}" for label, note in notes.items() if note)


def _status_note(vague: Wave) -> str:
    """What a reader must not believe, column by column."""
    parts = []
    if simulated := _labels(vague, "simulé"):
        why = (
            "le rapport n’a rien publié de chiffré sur ces colonnes, dont les valeurs illustrent"
            if vague.settings.published
            else "personne n’a été interrogé pour cette vague, et les valeurs de ces colonnes illustrent"
        )
        parts.append(f"Données simulées : {why} seulement la forme du résultat{NBSP}: {simulated}.")
    if rebuilt := _labels(vague, "reconstitué"):
        parts.append(
            "Données reconstituées : les lignes sont tirées de façon à redonner exactement les chiffres "
            f"publiés{NBSP}: {rebuilt}."
        )
    # One reserve may stand for several columns: it is said once.
    parts += dict.fromkeys(reserve.text for reserve in vague.package.reserves(vague.columns))
    return " ".join(parts)


def _labels(vague: Wave, status: str) -> str:
    """The columns of one status, those that only say which row it is, and of which territory, left out."""
    labels = []
    for column in _telling(vague):
        table, _, name = column.partition(".")
        described = vague.dictionary.table(table)
        is_key = (name,) == described.primary_key or any(name in key for key, _, _ in described.foreign_keys)
        if vague.package.status(column) == status and not is_key:
            labels.append(lower_first(vague.field(column).label))
    return enumeration(list(dict.fromkeys(labels)))
