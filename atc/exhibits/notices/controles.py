"""Controls: what the report printed, held against what the rows give."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from atc.datapackage import STATUSES
from atc.disclosure import Release
from atc.exhibits import Base, Column, DataTable, Exhibit
from atc.exhibits.gate import release_for
from atc.exhibits.notices.imprimes import tell
from atc.exhibits.published import (
    DIFFERENT,
    EQUAL,
    NOT_APPLICABLE,
    PRINTED,
    Control,
    controls,
    controls_table,
)
from atc.typography import french, lower_first
from atc.waves import Wave


def tableau_des_controles(vague: Wave, id_: str, chapitre: str | None = None) -> Exhibit:
    """Printed against computed, as a table.

    Args:
        vague: The whole wave.
        id_: Id of the exhibit.
        chapitre: Only the figures of this notebook; all of them by default.
    """
    found, release = controls(vague, chapitre), release_for(vague, id_)
    if not vague.settings.published:
        return _without_object(vague, release, found)
    shown = [
        Column("id", "Repère"),
        Column("enonce", "Valeur"),
        Column("imprime", "Imprimé"),
        Column("calcule", "Recalculé"),
        Column("verdict", "Verdict"),
    ]
    rows = _printed(release, found)
    return _table_of(vague, release, found, rows, shown, title=_verdict(found), reading=_reading(found))


#: Stands for what the rows give when it is not what the report printed.
_ELSEWHERE = "diffère : voir la version interne"


def _printed(release: Release, found: tuple[Control, ...]) -> pd.DataFrame:
    """Printed against computed; what is computed leaves the evaluation team only where it is public."""
    table = controls_table(found)
    if not release.rules.masks:
        return table
    return table.assign(calcule=table["calcule"].mask(table["verdict"] == DIFFERENT, _ELSEWHERE))


def _table_of(
    vague: Wave,
    release: Release,
    found: tuple[Control, ...],
    rows: pd.DataFrame,
    columns: Sequence[Column],
    *,
    title: str,
    reading: str,
) -> Exhibit:
    status = _status(vague)
    table = DataTable(release.facts(rows, PRINTED), columns)
    if vague.settings.published:
        # Everybody may read in the report the numbers that it printed, however small.
        printed = re.findall(r"\d+", " ".join(f"{c.imprime} {c.lecture}" for c in found))
        release.record.small |= {int(n) for n in printed if int(n) < release.rules.floor}
    tell(vague, release, {c.id for c in found if c.verdict == EQUAL})
    release.check((title, reading), table.texts)
    release.finish()
    return Exhibit(
        id=release.exhibit,
        title=french(title),
        subtitle="",
        table=table,
        reading=french(reading),
        alt="",
        base=Base(len(found), "valeurs imprimées"),
        note="",
        source=french(
            f"Source : chiffres publiés du rapport intermédiaire, et {lower_first(vague.settings.label)}."
        ),
        questions=(),
        status=status,
        status_note=_STATUS_NOTES.get(status, ""),
        uses=(),
        draw=None,
        let_out=release.record.plain(),
    )


def _without_object(vague: Wave, release: Release, found: tuple[Control, ...]) -> Exhibit:
    """For a wave of which nothing was published: what would be held against print, chapter by chapter."""
    counts = Counter(control.chapitre for control in found)
    rows = [
        {"chapitre": chapitre, "valeurs": count, "verdict": NOT_APPLICABLE}
        for chapitre, count in counts.items()
    ]
    shown = [
        Column("chapitre", "Chapitre"),
        Column("valeurs", "Valeurs imprimées d’une autre vague", 0),
        Column("verdict", "Verdict"),
    ]
    return _table_of(
        vague,
        release,
        found,
        pd.DataFrame(rows, columns=[column.name for column in shown]),
        shown,
        title=_verdict(found),
        reading="Les valeurs imprimées décrivent une autre vague : elles ne se comparent pas à celle-ci.",
    )


def controles(vague: Wave, chapitre: str) -> Exhibit:
    """The controls that close a chapter."""
    return tableau_des_controles(vague, f"C{chapitre[:2]}-00", chapitre)


_STATUS_NOTES = {
    "reconstitué": french(
        "Les lignes sont reconstituées à partir de ces mêmes chiffres : l’égalité montre qu’elles les "
        "respectent et que "
        "le calcul est juste, elle ne les confirme pas."
    )
}


def _status(vague: Wave) -> str:
    """Published figures hold whatever the simulated columns say: those are not judged here."""
    found = {s for resource in vague.package.resources.values() for s in resource.statuses.values()}
    return max(found - {"simulé"}, key=STATUSES.index, default="simulé")


def _verdict(found: tuple[Control, ...]) -> str:
    if all(control.verdict == NOT_APPLICABLE for control in found):
        return "Contrôle sans objet : les chiffres publiés sont ceux d’une autre vague"
    equal = sum(control.verdict == EQUAL for control in found)
    return f"{equal} valeurs sur {len(found)} sont retrouvées telles qu’imprimées"


def lectures(vague: Wave, id_: str) -> Exhibit:
    """How the traps and the vague wordings of the report were read.

    Args:
        vague: The whole wave.
        id_: Id of the exhibit.
    """
    read, release = tuple(c for c in controls(vague) if c.lecture), release_for(vague, id_)
    if not vague.settings.published:
        return _without_object(vague, release, read)
    shown = [
        Column("id", "Repère"),
        Column("enonce", "Valeur"),
        Column("imprime", "Imprimé"),
        Column("lecture", "Lecture retenue"),
    ]
    return _table_of(
        vague,
        release,
        read,
        _printed(release, read),
        shown,
        title=f"{len(read)} valeurs demandent une lecture",
        reading="Un mot imprécis, ou une contradiction du rapport, ne se recalcule pas sans choisir.",
    )


def _reading(found: tuple[Control, ...]) -> str:
    wrong = [control.id for control in found if control.verdict == DIFFERENT]
    if wrong:
        return f"À reprendre avant toute diffusion : {', '.join(wrong)}."
    return f"{_verdict(found)}. « Recalculé » : ce que donnent les lignes, dans les mots du rapport."
