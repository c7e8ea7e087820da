"""``@exhibit``: an exhibit declares the columns that it uses, and can read no other.

Source, field dates, question wordings and status follow from that declaration, so they cannot be wrong. Its
counts go through its `Release`, and so does every sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from itertools import groupby
from typing import Any

import pandas as pd

from atc.datapackage import STATUSES
from atc.disclosure import Count, Release, Rules
from atc.disclosure.count import PRIMARY
from atc.disclosure.exceptions import of_exhibit, read_exceptions
from atc.disclosure.prose import small_counts
from atc.exhibits.argument import words
from atc.exhibits.model import Base, Draft, Exhibit
from atc.exhibits.selection import NoAnswer
from atc.exhibits.statements import statements
from atc.exhibits.table import DataTable
from atc.typography import enumeration, french, lower_first
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
                draft = _as_printed(compute(*waves, release, *arguments), waves[0], release)
            except NoAnswer as nobody:
                draft = nobody.instead(release) if nobody.instead else _unanswered(nobody, release)
            return complete_exhibit(id_, waves, draft, release, files=files)

        return complete

    return wrap


def _as_printed(draft: Draft, vague: Wave, release: Release) -> Draft:
    """In the words of the report of its wave, where it has some: never an order that nobody published."""
    said = words(vague, release.exhibit)
    let_printed(release, *said.values())
    if "note" in said:
        said["note"] = f"{said['note']} {draft.note}".strip()
    return draft.worded(**said)


def let_printed(release: Release, *texts: str) -> None:
    """Let the small numbers of these texts be read: everybody may read them in the report."""
    release.public(*(n.value for text in texts for n in small_counts(text, release.rules.floor)))


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
    rules = Rules(vague.diffusion, small.floor, small.mean, small.site_floor, vague.dictionary.protects)
    # Nothing is masked for the evaluation team: an exception has no say there.
    reviewed = read_exceptions(vague.project) if rules.masks else ()
    release = Release(vague.id, exhibit, rules, of_exhibit(reviewed, vague.id, exhibit))
    if avant is not None:
        there = of_exhibit(reviewed, avant.id, exhibit)
        release.earlier = Release(avant.id, exhibit, rules, there, release.record)
    return release


def _unanswered(nobody: NoAnswer, release: Release) -> Draft:
    """What stands in the place of an exhibit that nobody's answers can fill."""
    return statements(
        release,
        pd.DataFrame({"libelle": [nobody.label]}),
        "Ce dont la vague ne dit rien : aucune personne n’est comptée",
        {"libelle": "Question sans réponse"},
        title=f"{nobody.label} : {nobody.told}",
        reading=nobody.why,
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
    asked = dict.fromkeys(wave.field(column).question for wave in waves for column in sorted(wave.columns))
    return sealed(
        draft,
        release,
        id=id_,
        source=f"Source : {_sources(waves)} ; {draft.base}.",
        questions=tuple(french(f"« {question} »") for question in asked if question),
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
        masking_note=french(_masks(draft.table, release.rules.floor)) if draft.table.is_masked else "",
        let_out=release.record.plain(),
    )


def _masks(table: DataTable, persons: int) -> str:
    """What the masks of a table mean, under the floors that it needed."""
    floors = sorted(
        {n.floor for n in table.released_values if isinstance(n, Count) and n.status == PRIMARY}
    ) or [persons]
    below = " ; ".join(f"« n < {floor} » : de 1 à {floor - 1}" for floor in floors)
    return (
        f"{below}, nombre masqué pour que personne ne soit reconnu. « n > … » : tous, sauf 1 à "
        f"{floors[-1] - 1}. « n.c. » : non communiqué, parce qu’il repose sur trop peu de réponses ou "
        "permettrait d’en déduire un autre. Une bande pâle va du plus petit au plus grand effectif possible."
    )


# --- where the data come from, and what they are worth ---


def _sources(waves: Sequence[Wave]) -> str:
    """« carnet de bord (de l’été à septembre 2020) », each source once; two waves in the order of time."""
    found = []
    for wave in sorted(waves, key=lambda wave: wave.settings.date):
        tables = dict.fromkeys(column.partition(".")[0] for column in sorted(wave.columns))
        papers = [(wave.dictionary.table(name).source, wave.package.resources[name]) for name in tables]
        named = dict.fromkeys(
            f"{source} ({its.collected})" if its.collected else source for source, its in papers
        )
        found.append((lower_first(wave.settings.label), " ; ".join(named)))
    return found[0][1] if len(waves) == 1 else " ; ".join(f"{label} : {sources}" for label, sources in found)


def _telling(vague: Wave) -> list[str]:
    """Columns whose values say something: a pseudonym only tells rows apart, whoever made it up."""
    return [c for c in sorted(vague.columns) if vague.field(c).kind != "identifier"]


def worst_status(vague: Wave) -> str:
    """Status of the least sure of those."""
    return vague.package.worst(_telling(vague))


_WORTH = {
    "simulé": "Données simulées, inventées pour montrer la forme du résultat",
    "reconstitué": "Données reconstituées, qui redonnent exactement les chiffres publiés",
}
#: A table of which so many columns are alike is named instead of them.
_MANY = 4


def _status_notes(waves: Sequence[Wave]) -> str:
    """What a reader must not believe; two waves are told apart by their names."""
    found = []
    for wave in sorted(waves, key=lambda wave: wave.settings.date):
        told = {worth: _labels(wave, status) for status, worth in _WORTH.items()}
        parts = [f"{worth} : {enumeration(labels)}." for worth, labels in told.items() if labels]
        # One reserve may stand for several columns: it is said once.
        parts += dict.fromkeys(reserve.text for reserve in wave.package.reserves(wave.columns))
        found += [(wave.settings.label, " ".join(parts))] if parts else []
    return found[0][1] if len(waves) == 1 and found else " ".join(f"{label}. {note}" for label, note in found)


def _labels(vague: Wave, status: str) -> list[str]:
    """The columns of one status, those that only say which row it is, and of which territory, left out."""
    labels: list[str] = []
    for name, columns in groupby(_telling(vague), key=lambda column: column.partition(".")[0]):
        table = vague.dictionary.table(name)
        keys = {column for key, _, _ in table.foreign_keys for column in key}
        keys |= set(table.primary_key) if len(table.primary_key) == 1 else set()
        own = [column for column in columns if column.partition(".")[2] not in keys]
        alike = [column for column in own if vague.package.status(column) == status]
        if len(alike) == len(own) >= _MANY:
            labels.append(f"« {table.label} »")
        else:
            labels += [lower_first(vague.field(column).label) for column in alike]
    return list(dict.fromkeys(labels))
