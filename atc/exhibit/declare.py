"""``@exhibit``: an exhibit declares the columns that it uses, and can read no other.

Source, field dates, question wordings and status follow from that declaration, so they cannot be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps

from atc.exhibit.model import Draft, Exhibit
from atc.exhibit.status import status_note, worst_status
from atc.typography import french
from atc.waves import Wave

Compute = Callable[[Wave], Draft]


def exhibit(id_: str, *, uses: Sequence[str]) -> Callable[[Compute], Callable[[Wave], Exhibit]]:
    """Make an exhibit of a function that computes a `Draft`.

    Args:
        id_: ``F02-02`` for a figure, ``T03-04`` for a table.
        uses: Columns, as ``table.colonne``, or ``table.*``.
    """

    def wrap(compute: Compute) -> Callable[[Wave], Exhibit]:
        @wraps(compute)
        def complete(vague: Wave) -> Exhibit:
            return _complete(id_, vague.using(uses), compute)

        return complete

    return wrap


def _complete(id_: str, vague: Wave, compute: Compute) -> Exhibit:
    draft = compute(vague)
    columns = tuple(sorted(vague.columns))
    return Exhibit(
        id=id_,
        title=french(draft.title),
        subtitle=french(draft.subtitle),
        table=draft.table,
        reading=french(draft.reading),
        alt=french(draft.alt),
        base=draft.base,
        note=french(draft.note),
        source=french(f"Source : {_sources(vague)} ; {draft.base}."),
        questions=_questions(vague),
        status=worst_status(vague),
        status_note=status_note(vague),
        uses=columns,
        draw=draft.draw,
    )


def _sources(vague: Wave) -> str:
    """« carnet de bord (de l’été à septembre 2020) », each source once."""
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
