"""What the report printed, held against what the rows give: as tables, and as what the audit knows of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields

import pandas as pd

from atc.datapackage import MADE, WORDS
from atc.disclosure import Release
from atc.exhibits import statements
from atc.exhibits.declare import release_for, sealed
from atc.exhibits.model import Base, Exhibit
from atc.exhibits.published import DIFFERENT, EQUAL, NOT_APPLICABLE, PRINTED, Control, controls, read_register
from atc.typography import counted, lower_first, number
from atc.waves import Wave

#: Stands for what the rows give when it is not what the report printed.
_ELSEWHERE = "diffère : voir la version interne"
_WORDS = {"id": "Repère", "enonce": "Valeur", "imprime": "Imprimé"}
_CIRCULAR = (
    "Là où les données sont reconstituées, elles le sont à partir de ces mêmes chiffres : l’égalité montre "
    "qu’elles les respectent et que le calcul est juste, elle ne les confirme pas."
)
_VERDICTS = _WORDS | {"calcule": "Recalculé", "verdict": "Verdict", "statut": "Données"}
_READINGS = _WORDS | {"lecture": "Lecture retenue"}
_OTHER_WAVE = {"verdict": "Verdict", "valeurs": "Valeurs imprimées d’une autre vague"}


def controles(vague: Wave, chapitre: str) -> Exhibit:
    """The controls that close a chapter, by its notebook."""
    return tableau_des_controles(vague, f"C{chapitre[:2]}-00", chapitre)


def tableau_des_controles(vague: Wave, id_: str, chapitre: str | None = None) -> Exhibit:
    """Printed against computed, as a table: the figures of one notebook, or all of them."""
    found = controls(vague, chapitre)
    equal = sum(control.verdict == EQUAL for control in found)
    title = f"{counted(equal, 'valeur retrouvée', 'valeurs retrouvées')} sur {number(len(found))} imprimées"
    reading = "« Recalculé » : le résultat obtenu à partir des données, dans les mots du rapport."
    if wrong := [control.id for control in found if control.verdict == DIFFERENT]:
        reading = f"À reprendre avant toute diffusion : {', '.join(wrong)}."
    return _table(vague, id_, found, _VERDICTS, title, reading)


def lectures(vague: Wave, id_: str) -> Exhibit:
    """How the traps and the vague wordings of the report were read."""
    read = tuple(control for control in controls(vague) if control.lecture)
    verbs = ("valeur imprimée a dû être interprétée", "valeurs imprimées ont dû être interprétées")
    reading = "Un mot imprécis, ou une contradiction du rapport, oblige à choisir une interprétation."
    return _table(vague, id_, read, _READINGS, counted(len(read), *verbs), reading)


def _table(
    vague: Wave, id_: str, found: Sequence[Control], shown: Mapping[str, str], title: str, reading: str
) -> Exhibit:
    columns = [field.name for field in fields(Control)]
    rows = pd.DataFrame(list(found), columns=columns, dtype="str")
    release = release_for(vague, id_)
    if not vague.settings.published:
        # Of such a wave nothing was printed.
        shown, rows = _OTHER_WAVE, pd.DataFrame([{"verdict": NOT_APPLICABLE, "valeurs": len(found)}])
        title = "Contrôle sans objet : les valeurs imprimées sont celles d’une autre vague"
        reading = "Elles décrivent une autre vague, et ne se comparent pas à celle-ci."
    else:
        # Everybody may read in the report the numbers that it printed, however small.
        printed = re.findall(r"\d+", " ".join(f"{c.imprime} {c.lecture}" for c in found))
        release.record.small |= {int(n) for n in printed if int(n) < release.rules.floor}
        if release.rules.masks:
            # What is computed leaves the evaluation team only where it is public.
            rows = rows.assign(calcule=rows["calcule"].mask(rows["verdict"] == DIFFERENT, _ELSEWHERE))
    tell(vague, release, {control.id for control in found if control.verdict == EQUAL})
    told = statements.statements(
        release, rows, PRINTED, shown, title=title, who="valeurs imprimées", reading=reading
    )
    made = {control.statut for control in found} & {WORDS[status] for status in MADE}
    return sealed(
        told.worded(
            base=Base(len(found), told.base.who),
            note=_CIRCULAR if made and vague.settings.published else "",
        ),
        release,
        id=id_,
        source=f"Source : chiffres publiés du rapport intermédiaire, et {lower_first(vague.settings.label)}.",
        # Each row says what its own data are worth.
        status="",
    )


def tell(vague: Wave, release: Release, held: Collection[str]) -> None:
    """Add to the record what the report says of masked counts without printing them.

    « La plupart », or one case before another, is no count; beside the counts that another exhibit shows, it
    may be enough to compute one. ``held`` are the ids of the printed values that the rows give back.
    """
    for printed in read_register(vague.project) if release.rules.masks else ():
        first, *others = printed.comptes.split(" > ")
        if printed.id not in held or not first:
            continue
        if others:
            release.rank([first, *others])
            continue
        possible = printed.possible(printed.address.on(vague).total)
        # A word that leaves one value (« la moitié » of fourteen) is a number that the report printed.
        if len(possible) > 1:
            release.record.believe(release.named(first), (possible[0], possible[-1]))
