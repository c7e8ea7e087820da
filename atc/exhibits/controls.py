"""What the report printed, held against what the rows give: as tables, and as what the audit knows of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from atc.datapackage import STATUSES
from atc.disclosure import Release
from atc.exhibits.declare import release_for, sealed
from atc.exhibits.model import Base, Draft, Exhibit
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
from atc.exhibits.table import Column, DataTable
from atc.indicators.parts import Part
from atc.typography import counted, french, lower_first, number
from atc.waves import Wave

#: Stands for what the rows give when it is not what the report printed.
_ELSEWHERE = "diffère : voir la version interne"
_COLUMNS = {
    "id": "Repère",
    "enonce": "Valeur",
    "imprime": "Imprimé",
    "calcule": "Recalculé",
    "verdict": "Verdict",
    "lecture": "Lecture retenue",
}


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
    wrong = [control.id for control in found if control.verdict == DIFFERENT]
    return _table(
        vague,
        id_,
        found,
        ("id", "enonce", "imprime", "calcule", "verdict"),
        title=f"Valeurs imprimées : {number(equal)} retrouvées, sur {len(found)}"
        if wrong
        else counted(equal, "valeur imprimée, retrouvée", "valeurs imprimées, toutes retrouvées"),
        reading=f"À reprendre avant toute diffusion : {', '.join(wrong)}."
        if wrong
        else "« Recalculé » : le résultat obtenu à partir des données, dans les mots du rapport.",
    )


def lectures(vague: Wave, id_: str) -> Exhibit:
    """How the traps and the vague wordings of the report were read.

    Args:
        vague: The whole wave.
        id_: Id of the exhibit.
    """
    read = tuple(control for control in controls(vague) if control.lecture)
    return _table(
        vague,
        id_,
        read,
        ("id", "enonce", "imprime", "lecture"),
        title=counted(
            len(read),
            "valeur imprimée a dû être interprétée",
            "valeurs imprimées ont dû être interprétées",
        ),
        reading="Un mot imprécis, ou une contradiction du rapport, oblige à choisir une interprétation.",
    )


def _table(
    vague: Wave, id_: str, found: Sequence[Control], columns: Sequence[str], *, title: str, reading: str
) -> Exhibit:
    release, rows = release_for(vague, id_), controls_table(found)
    shown = [Column(name, _COLUMNS[name]) for name in columns]
    if not vague.settings.published:
        # Of such a wave nothing was printed: only how much would be held against print, chapter by chapter.
        counts = Counter(control.chapitre for control in found)
        rows = pd.DataFrame(counts.items(), columns=["chapitre", "valeurs"]).assign(verdict=NOT_APPLICABLE)
        shown = [
            Column("chapitre", "Chapitre"),
            Column("valeurs", "Valeurs imprimées d’une autre vague", 0),
            Column("verdict", "Verdict"),
        ]
        title = "Contrôle sans objet : les valeurs imprimées sont celles d’une autre vague"
        reading = "Les valeurs imprimées décrivent une autre vague : elles ne se comparent pas à celle-ci."
    elif release.rules.masks:
        # What is computed leaves the evaluation team only where it is public.
        rows = rows.assign(calcule=rows["calcule"].mask(rows["verdict"] == DIFFERENT, _ELSEWHERE))
    if vague.settings.published:
        # Everybody may read in the report the numbers that it printed, however small.
        printed = re.findall(r"\d+", " ".join(f"{c.imprime} {c.lecture}" for c in found))
        release.record.small |= {int(n) for n in printed if int(n) < release.rules.floor}
    tell(vague, release, {control.id for control in found if control.verdict == EQUAL})
    # Published figures hold whatever the simulated columns say: those are not judged here.
    statuses = {s for resource in vague.package.resources.values() for s in resource.statuses.values()}
    status = max(statuses - {"simulé"}, key=STATUSES.index, default="simulé")
    return sealed(
        Draft(
            title=title,
            subtitle="",
            table=DataTable(release.facts(rows, PRINTED), shown),
            reading=reading,
            alt="",
            base=Base(len(found), "valeurs imprimées"),
        ),
        release,
        id=id_,
        source=f"Source : chiffres publiés du rapport intermédiaire, et {lower_first(vague.settings.label)}.",
        status=status,
        status_note="Les lignes sont reconstituées à partir de ces mêmes chiffres : l’égalité montre "
        "qu’elles les respectent et que le calcul est juste, elle ne les confirme pas."
        if status == "reconstitué"
        else "",
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
    found = printed.call.on(vague)
    if not isinstance(found, Part):
        raise TypeError(f"{printed.row.id} is no part of a total")
    said = french(printed.row.attendu)
    return [n for n in range(found.total + 1) if french(printed.rule(Part(n, found.total))) == said]
