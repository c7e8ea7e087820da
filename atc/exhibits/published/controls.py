"""Each printed figure beside the one that the rows of a wave give."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import pandas as pd

from atc.errors import UsageError
from atc.exhibits.published.register import Printed, read_register
from atc.typography import french

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atc.waves import Wave

EQUAL, DIFFERENT, NOT_APPLICABLE = "égal", "différent", "sans objet"
#: Why the tables of controls may name a site beside a post: everybody read it in the report.
PRINTED = "Chiffres imprimés par le rapport intermédiaire"
_REASON_LENGTH = 120


@dataclass(frozen=True)
class Control:
    """One printed figure and its verdict.

    Attributes:
        id, chapitre, exhibit, enonce, statut, lecture: As in the register.
        imprime: What the report prints.
        calcule: What the rows give, in the same words; the reason when they give nothing.
        verdict: ``égal``, ``différent``, or ``sans objet`` for a wave of which nothing was published.
    """

    id: str
    chapitre: str
    exhibit: str
    enonce: str
    imprime: str
    calcule: str
    verdict: str
    statut: str
    lecture: str


def controls(wave: Wave, chapitre: str | None = None) -> tuple[Control, ...]:
    """Hold a wave against what was published, figure by figure, in the order of the report.

    Args:
        wave: The whole wave, every column readable.
        chapitre: Only the figures that this notebook shows; all of them by default.

    Returns:
        One control per printed value. A figure that cannot be computed is ``différent``, with the reason,
        and does not stop the others.

    Raises:
        DataRefused: ``publie.csv`` itself is at fault.
        UsageError: report.toml knows no such chapter.
    """
    chapters = wave.report.chapters_of(wave.id)
    if chapitre is not None and chapitre not in chapters:
        known = ", ".join(chapters)
        raise UsageError(f"Le chapitre « {chapitre} » est inconnu. Chapitres déclarés : {known}.")
    printed = read_register(wave.project)
    return tuple(control(p, wave) for p in printed if chapitre in (None, p.row.chapitre))


def control(printed: Printed, wave: Wave) -> Control:
    """Hold one printed figure against a wave."""
    row, expected, found, verdict = printed.row, french(printed.row.attendu), "", NOT_APPLICABLE
    if wave.settings.published:
        try:
            found = french(printed.rule(printed.address.on(wave)))
            verdict = EQUAL if found == expected else DIFFERENT
        except Exception as error:  # noqa: BLE001 (one figure that fails must not hide the verdict of the others)
            # First line only, and cut: the reason is shown beside figures, in a table.
            reason = f"{type(error).__name__} : {error}".splitlines()[0][:_REASON_LENGTH]
            found, verdict = f"non calculé ({reason})", DIFFERENT
    return Control(
        id=row.id,
        chapitre=row.chapitre,
        exhibit=row.exhibit,
        enonce=french(row.enonce),
        imprime=expected,
        calcule=found,
        verdict=verdict,
        statut=row.statut,
        lecture=french(row.lecture),
    )


def controls_table(controls: Iterable[Control]) -> pd.DataFrame:
    """Controls as a table.

    Returns:
        One row = one printed value × one wave; columns are the attributes of `Control`, all texts. The
        columns are there even without any row.
    """
    columns = [field.name for field in fields(Control)]
    return pd.DataFrame([asdict(each) for each in controls], columns=columns, dtype="str")
