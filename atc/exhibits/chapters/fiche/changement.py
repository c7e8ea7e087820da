"""What changed on one territory since the wave before."""

from __future__ import annotations

from typing import Any

import pandas as pd

from atc import codebook
from atc.disclosure import Release
from atc.exhibits import Base, Column, DataTable, Draft, Exhibit, Prose, exhibit, prose
from atc.exhibits.chapters.fiche.acces import SITES, commune, own, shown_here
from atc.indicators import evolution, evolution_des_notes
from atc.indicators.measures import lignes
from atc.typography import number
from atc.waves import Wave

_MEASURES = ("etp", "reunions_pilotage")
_CARNET_NUMBERS = ("carnet_de_bord.territoire", *(f"carnet_de_bord.{name}" for name in _MEASURES))
_MODEL = ("positionnements.territoire", "positionnements.modele_principal")


def changement(vague: Wave, territoire: str) -> Exhibit | Prose:
    """What changed there since the wave before; a sentence when there is none."""
    commune(vague, territoire)
    if vague.settings.previous is None:
        return prose("C’est la première vague : rien ne la précède à quoi comparer ce territoire.")
    return tab_changement(vague, territoire)


_CHANGING = ("scores.*", *_CARNET_NUMBERS, *_MODEL)


@exhibit("T90-05", uses=(*_CHANGING, *SITES), uses_before=_CHANGING, files=False)
def tab_changement(vague: Wave, avant: Wave, release: Release, territoire: str) -> Draft:
    """Measure by measure, then and now; nothing that the codebooks do not allow to join."""
    name = commune(vague, territoire)
    compared = codebook.comparability(avant.codebook(), vague.codebook())
    rows = [
        *_carnet_changes(vague, avant, territoire, compared),
        *_score_changes(vague, avant, territoire, compared),
        *_model_change(vague, avant, territoire, compared),
    ]
    then, now = (str(wave.settings.date.year) for wave in (avant, vague))
    return Draft(
        title=f"{name} : ce qui change entre {then} et {now}",
        subtitle="Une médiane résume les réponses du territoire",
        table=DataTable(
            shown_here(release, pd.DataFrame(rows, columns=["libelle", "source", "avant", "apres", "sens"])),
            [
                Column("libelle", "Mesure"),
                Column("source", "Source"),
                Column("avant", then),
                Column("apres", now),
                Column("sens", "Sens"),
            ],
        ),
        reading="Ne figurent ici que les mesures que le codebook autorise à rapprocher.",
        alt="",
        base=Base(len(rows), "mesures"),
    )


_DIRECTIONS = {
    **{code: label.lower() for code, label in evolution.SENS.items()},
    evolution.PERDU: "absent de la seconde vague",
    evolution.NOUVEAU: "absent de la première vague",
}


def _change(label: str, source: str, row: Any, decimals: int) -> dict[str, object]:
    values = [None if pd.isna(value) else number(value, decimals) for value in (row.avant, row.apres)]
    return {
        "libelle": label,
        "source": source,
        "avant": values[0],
        "apres": values[1],
        "sens": _DIRECTIONS[row.sens],
    }


def _carnet_changes(
    vague: Wave, avant: Wave, territoire: str, compared: pd.DataFrame
) -> list[dict[str, object]]:
    tables = avant.table("carnet_de_bord"), vague.table("carnet_de_bord")
    return [
        _change(vague.field(variable).label, "carnet de bord", row, 1 if variable.endswith("etp") else 0)
        for variable in codebook.joined(compared, [f"carnet_de_bord.{name}" for name in _MEASURES])
        for row in lignes(own(evolution.par_territoire(*tables, variable.partition(".")[2]), territoire))
    ]


def _score_changes(
    vague: Wave, avant: Wave, territoire: str, compared: pd.DataFrame
) -> list[dict[str, object]]:
    if not codebook.joined(compared, ["scores.score"]):
        return []
    labels = vague.field("scores.item").labels
    groups = vague.field("scores.groupe").labels
    changes = own(
        evolution_des_notes.scores_par_territoire(avant.table("scores"), vague.table("scores")), territoire
    )
    return [
        _change(labels[row.item], groups[row.groupe].lower(), row, 1)
        for item in labels
        if codebook.joined(compared, [f"scores.item={item}"])
        for row in lignes(changes[changes["item"] == item])
    ]


def _model_change(
    vague: Wave, avant: Wave, territoire: str, compared: pd.DataFrame
) -> list[dict[str, object]]:
    variable = "positionnements.modele_principal"
    if not codebook.joined(compared, [variable]):
        return []
    labels = vague.field(variable).labels
    found = [
        [labels[str(code)] for code in own(wave.table("positionnements"), territoire)["modele_principal"]]
        for wave in (avant, vague)
    ]
    before, after = (names[0] if names else None for names in found)
    same = "stable" if before == after else "change"
    return [
        {
            "libelle": vague.field(variable).label,
            "source": "analyse des évaluateurs",
            "avant": before,
            "apres": after,
            "sens": same if before and after else None,
        }
    ]
