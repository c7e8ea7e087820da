"""What the report printed, held against what the rows give: as tables, and as what the audit knows of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from atc.datapackage import STATUSES
from atc.disclosure import Release
from atc.exhibits import statements
from atc.exhibits.declare import release_for, sealed
from atc.exhibits.model import Base, Exhibit
from atc.exhibits.published import (
    DIFFERENT,
    EQUAL,
    NOT_APPLICABLE,
    PRINTED,
    Control,
    controls,
    controls_table,
)
from atc.exhibits.published.register import Printed, read_register
from atc.indicators.measures import Part
from atc.typography import counted, french, lower_first, number
from atc.waves import Wave

#: Stands for what the rows give when it is not what the report printed.
_ELSEWHERE = "diffère : voir la version interne"
_WORDS = {"id": "Repère", "enonce": "Valeur", "imprime": "Imprimé"}
_VERDICTS = _WORDS | {"calcule": "Recalculé", "verdict": "Verdict"}
_READINGS = _WORDS | {"lecture": "Lecture retenue"}
_OTHER_WAVE = {"verdict": "Verdict", "valeurs": "Valeurs imprimées d’une autre vague"}


def controles(vague: Wave, chapitre: str) -> Exhibit:
    """The controls that close a chapter, by its notebook."""
    return tableau_des_controles(vague, f"C{chapitre[:2]}-00", chapitre)


def tableau_des_controles(vague: Wave, id_: str, chapitre: str | None = None) -> Exhibit:
    """Printed against computed, as a table.

    Args:
        vague: The whole wave.
        id_: Id of the exhibit.
        chapitre: Only the figures of this notebook; all of them by default.
    """
    found = controls(vague, chapitre)
    equal = sum(control.verdict == EQUAL for control in found)
    title = f"{counted(equal, 'valeur retrouvée', 'valeurs retrouvées')} sur {number(len(found))} imprimées"
    reading = "« Recalculé » : le résultat obtenu à partir des données, dans les mots du rapport."
    if wrong := [control.id for control in found if control.verdict == DIFFERENT]:
        reading = f"À reprendre avant toute diffusion : {', '.join(wrong)}."
    return _table(vague, id_, found, _VERDICTS, title, reading)


def lectures(vague: Wave, id_: str) -> Exhibit:
    """How the traps and the vague wordings of the report were read.

    Args:
        vague: The whole wave.
        id_: Id of the exhibit.
    """
    read = tuple(control for control in controls(vague) if control.lecture)
    verbs = ("valeur imprimée a dû être interprétée", "valeurs imprimées ont dû être interprétées")
    reading = "Un mot imprécis, ou une contradiction du rapport, oblige à choisir une interprétation."
    return _table(vague, id_, read, _READINGS, counted(len(read), *verbs), reading)


def _table(
    vague: Wave, id_: str, found: Sequence[Control], shown: Mapping[str, str], title: str, reading: str
) -> Exhibit:
    release, rows = release_for(vague, id_), controls_table(found)
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
    # Published figures hold whatever the simulated columns say: those are not judged here.
    statuses = {s for resource in vague.package.resources.values() for s in resource.statuses.values()}
    status = max(statuses - {"simulé"}, key=STATUSES.index, default="simulé")
    circular = (
        "Les lignes sont reconstituées à partir de ces mêmes chiffres : l’égalité montre qu’elles les "
        "respectent et que le calcul est juste, elle ne les confirme pas."
    )
    return sealed(
        told.worded(base=Base(len(found), told.base.who)),
        release,
        id=id_,
        source=f"Source : chiffres publiés du rapport intermédiaire, et {lower_first(vague.settings.label)}.",
        status=status,
        status_note=circular if status == "reconstitué" else "",
    )


# --- what the words and the orders of the report tell of counts that are masked ---

# « La plupart », or one case before another, is no count; beside the counts that another exhibit shows, it
# may be enough to compute one.
_ORGANISATION, _CHANGE = "positionnements.organisation", "carnet_de_bord.evolution_du_soutien"
_MEMBERS = "carnet_de_bord.composition"
#: Printed order -> the counts that it ranks, the largest first, by the names that the exhibits give them. An
#: order of shares (P04-ordre, J03) ranks no counts: those have totals of their own.
ORDERS: Mapping[str, Sequence[str]] = {
    "O03-ordre": [f"{_ORGANISATION}&modalite={m}" for m in ("majoritaire", "minoritaire", "atypique")],
    "P04-sens": [f"{_CHANGE}&modalite={sens}" for sens in ("baisse", "hausse")],
}
#: Printed word -> the count that it stands for.
WORDS: Mapping[str, str] = {
    "F02": "carnet_de_bord.configuration&modalite=seul",
    "F09": "carnet_de_bord.instances&modalite=unique",
    "F10-seuls": f"{_MEMBERS}&modalite=institutionnels_seuls",
    "F11": f"{_MEMBERS}&modalite=instance_associations",
    "F12": f"{_MEMBERS}&modalite=instance_participation",
    "P02": "carnet_de_bord&modalite=issu_du_quartier",
    "P03": "carnet_de_bord.contrat&modalite=cdd",
    "P03-temps-plein": "carnet_de_bord&modalite=temps_plein",
    "P04": "carnet_de_bord.soutien&modalite=fort&moment=soutien_demarrage",
    "O01-entre-deux": "positionnements.modele_secondaire",
    "O03-majorite": f"{_ORGANISATION}&modalite=majoritaire",
    "E02-conseils": "effets.type&modalite=appui_conseil_citoyen",
}


def tell(vague: Wave, release: Release, held: Collection[str]) -> None:
    """Add to the record what the report says of counts without printing them.

    Args:
        vague: The whole wave.
        release: Of the table that says that the report is right.
        held: Ids of the printed values that the rows give back.
    """
    if not release.rules.masks:
        return
    for printed in read_register(vague.project):
        if printed.row.id not in held:
            continue
        if keys := ORDERS.get(printed.row.id):
            release.rank(keys)
        elif key := WORDS.get(printed.row.id):
            possible = _possible(printed, vague)
            # A word that leaves one value (« la moitié » of fourteen) is a number that the report printed.
            if len(possible) > 1:
                release.record.believe(release.named(key), (possible[0], possible[-1]))


def _possible(printed: Printed, vague: Wave) -> list[int]:
    """Every count that the report could have told in this word."""
    found = printed.address.on(vague)
    if not isinstance(found, Part):
        raise TypeError(f"{printed.row.id} is no part of a total")
    said = french(printed.row.attendu)
    return [n for n in range(found.total + 1) if french(printed.rule(Part(n, found.total))) == said]
