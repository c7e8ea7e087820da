"""``@exhibit``: an exhibit declares the columns that it uses, and can read no other.

Source, field dates, question wordings and status follow from that declaration, so they cannot be wrong. Its
counts go through its `Release`, and so does every sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps

import pandas as pd

from atc.datapackage import STATUSES
from atc.disclosure import Release
from atc.exhibits.comparability import NotJoined
from atc.exhibits.gate import release_for
from atc.exhibits.model import Base, Draft, Exhibit
from atc.exhibits.selection import NoAnswer
from atc.exhibits.status import status_note, worst_status
from atc.exhibits.table import Column, DataTable
from atc.typography import french, lower_first
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
            except NotJoined as apart:
                draft = apart.draft(release)
            except NoAnswer as nobody:
                draft = _unanswered(nobody, release)
            return complete_exhibit(id_, waves, draft, release, files=files)

        return complete

    return wrap


def _unanswered(nobody: NoAnswer, release: Release) -> Draft:
    """What stands in the place of an exhibit that nobody's answers can fill."""
    table = release.facts(pd.DataFrame({"libelle": [nobody.label]}), "Une question restée sans réponse")
    return Draft(
        title=f"{nobody.label} : {nobody.told}",
        subtitle="",
        table=DataTable(table, [Column("libelle", "Question sans réponse")]),
        reading=nobody.why,
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
    release.check((draft.title, draft.subtitle, draft.reading, draft.alt, draft.note), draft.table.texts)
    release.finish()
    return Exhibit(
        id=id_,
        title=french(draft.title),
        subtitle=french(draft.subtitle),
        table=draft.table,
        reading=french(draft.reading),
        alt=french(draft.alt),
        base=draft.base,
        note=french(draft.note),
        source=french(f"Source : {_sources(waves)} ; {draft.base}."),
        questions=tuple(dict.fromkeys(text for wave in waves for text in _questions(wave))),
        status=max((worst_status(wave) for wave in waves), key=STATUSES.index),
        status_note=_status_notes(waves),
        uses=tuple(sorted(current.columns)),
        draw=draft.draw,
        uses_before=tuple(sorted(column for wave in before for column in wave.columns)),
        masking_note=_masking_note(release.rules.floor) if draft.table.is_masked else "",
        let_out=release.record.plain(),
        files=files,
    )


def _masking_note(floor: int) -> str:
    return french(
        f"« n < {floor} » : effectif masqué, parce qu’il compte moins de {floor} personnes ou sites "
        f"(« n > … » : moins de {floor} n’en sont pas). « n.c. » : non communiqué, pour qu’aucun effectif "
        "masqué ne se déduise des autres. Une bande pâle va du plus petit au plus grand effectif possible."
    )


def _in_time(waves: Sequence[Wave]) -> list[Wave]:
    return sorted(waves, key=lambda wave: wave.settings.date)


def _status_notes(waves: Sequence[Wave]) -> str:
    """What a reader must not believe; two waves are told apart by their names."""
    if len(waves) == 1:
        return status_note(waves[0])
    notes = {wave.settings.label: status_note(wave) for wave in _in_time(waves)}
    return french(" ".join(f"{label}. {note}" for label, note in notes.items() if note))


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
