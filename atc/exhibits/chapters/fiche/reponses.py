"""What is known of one territory in this wave: its logbook, its interviews, its models and effects."""

from __future__ import annotations

from typing import Any

import pandas as pd

from atc.dictionary import Field, Table
from atc.disclosure import Release
from atc.exhibits import Base, Column, DataTable, Draft, exhibit
from atc.exhibits.chapters.fiche.acces import SITES, commune, own, shown_here
from atc.indicators import terrain
from atc.indicators.measures import lignes
from atc.typography import counted, day, lower_first, number
from atc.waves import Wave

_ANSWERS = (Column("libelle", "Question"), Column("reponse", "Réponse"))


def _answer(value: object, labels: dict[str, str], unit: str) -> str | None:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return None
    if isinstance(value, bool) or str(value) in {"True", "False"}:
        return "oui" if str(value) == "True" else "non"
    if isinstance(value, pd.Timestamp):
        return day(value.date())
    if isinstance(value, float | int) or str(value).isdecimal():
        return f"{number(float(str(value)), 1 if isinstance(value, float) else 0)} {unit}".strip()
    return labels.get(str(value), str(value))


def _asked(table: Table, field: Field) -> str:
    """A label; a ticked box alone would not say of what."""
    return f"{table.groups[field.group]} : {lower_first(field.label)}" if field.group else field.label


def _answers(vague: Wave, table: str, row: Any) -> list[dict[str, str | None]]:
    """Label and answer of each column of one row, keys left out."""
    described = vague.dictionary.table(table)
    return [
        {
            "libelle": _asked(described, field),
            "reponse": _answer(getattr(row, name), field.labels, field.unit),
        }
        for name, field in described.fields.items()
        if name != "territoire" and field.kind != "identifier"
    ]


@exhibit("T90-01", uses=("carnet_de_bord.*", *SITES), files=False)
def carnet(vague: Wave, release: Release, territoire: str) -> Draft:
    """The logbook of the territory, question by question."""
    name = commune(vague, territoire)
    returned = own(vague.table("carnet_de_bord"), territoire)
    rows = [answer for row in lignes(returned) for answer in _answers(vague, "carnet_de_bord", row)]
    return Draft(
        title=f"{name} : carnet de bord" if rows else f"{name} : aucun carnet de bord rendu",
        subtitle="Réponses de l’animateur.trice",
        table=DataTable(shown_here(release, pd.DataFrame(rows, columns=["libelle", "reponse"])), _ANSWERS),
        reading=f"Le carnet compte {counted(len(rows), 'question')}. Un tiret : sans réponse, ou sans objet."
        if rows
        else "Aucun carnet de ce territoire n’est revenu pour cette vague.",
        alt="",
        base=Base(len(returned), "carnet de ce territoire"),
    )


@exhibit("T90-03", uses=("entretiens.*", *SITES), files=False)
def entretiens(vague: Wave, release: Release, territoire: str) -> Draft:
    """Whom the evaluators met there."""
    name = commune(vague, territoire)
    met = own(
        terrain.detail(vague.table("entretiens"), vague.table("territoires"), vague.dictionary), territoire
    )
    natures = vague.field("entretiens.nature").labels
    rows = met.assign(nature=met["nature"].astype(str).map(natures))
    total = int(met["effectif"].sum())
    return Draft(
        title=f"{name} : {counted(total, 'rencontre')}",
        subtitle="Entretiens et observations",
        table=DataTable(
            shown_here(release, rows),
            [Column("libelle", "Fonction"), Column("nature", "Nature"), Column("effectif", "Nombre", 0)],
        ),
        reading=f"L’évaluation compte {counted(total, 'rencontre')} sur ce territoire.",
        alt="",
        base=Base(total, "rencontres sur ce territoire"),
    )


@exhibit("T90-04", uses=("positionnements.*", "effets.*", *SITES), files=False)
def modeles_et_effets(vague: Wave, release: Release, territoire: str) -> Draft:
    """Its models, as the evaluators read them, and the effects seen there."""
    name = commune(vague, territoire)
    placed = own(vague.table("positionnements"), territoire)
    rows = [answer for row in lignes(placed) for answer in _answers(vague, "positionnements", row)]
    kinds = vague.field("effets.type").labels
    seen = own(vague.table("effets"), territoire)
    rows += [
        {"libelle": f"Effet : {lower_first(kinds[str(row.type)])}", "reponse": str(row.resume)}
        for row in lignes(seen)
    ]
    return Draft(
        title=f"{name} : modèles et premiers effets",
        subtitle="Lecture des évaluateurs",
        table=DataTable(shown_here(release, pd.DataFrame(rows, columns=["libelle", "reponse"])), _ANSWERS),
        reading=f"{counted(len(seen), 'effet est relevé', 'effets sont relevés')} sur ce territoire. "
        "L’absence d’exemple ne veut pas dire l’absence d’effet.",
        alt="",
        base=Base(len(placed), "territoire"),
    )
