"""What several chapters print: the precaution that opens them, quotations, controls that close them."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from atc.datapackage import STATUSES
from atc.exhibit import Base, Column, DataTable, Draft, Exhibit, Prose
from atc.indicators import terrain, verbatims
from atc.indicators.lignes import premiere
from atc.published import DIFFERENT, EQUAL, NOT_APPLICABLE, Control, controls, controls_table
from atc.typography import counted, french, lower_first
from atc.waves import Wave

_INTERVIEWS = ("entretiens.fonction", "entretiens.nature", "entretiens.recueil")


def precaution(vague: Wave) -> Prose:
    """The precaution of the report: which results these are, and whose view they give."""
    # A chapter rests on what it reads: not on every column of a table for one sentence.
    interviews = vague.using(_INTERVIEWS).table("entretiens")
    counts = terrain.entretiens_par_groupe(interviews, vague.dictionary, "monographie")
    heard = premiere(counts[counts["modalite"] == "association_habitant"])
    return Prose(
        (
            french(vague.settings.precaution),
            french(
                f"La lecture est en partie institutionnelle : {counted(heard.effectif, 'entretien')} de "
                f"monographie sur {heard.total} donnent la parole à une association ou à un.e habitant.e."
            ),
        ),
        "precaution",
    )


def citations(vague: Wave, chapitre: str) -> Draft:
    """Quotations of one chapter: those that were reviewed, under a name that covers enough people.

    Args:
        vague: With the columns of ``verbatims`` and of ``entretiens``.
        chapitre: Code of the chapter in the register.
    """
    register = vague.table("verbatims")
    shown = verbatims.publiables(register, vague.table("entretiens"), vague.dictionary, chapitre)
    withheld = verbatims.nombre_retenu(register, chapitre)
    natures = vague.field("verbatims.nature").labels
    table = shown.assign(
        nature=shown["nature"].astype(str).map(natures),
        texte=[
            f"« {t} »" if n == "citation" else t for t, n in zip(shown["texte"], shown["nature"], strict=True)
        ],
    )
    return Draft(
        title="Ce qu’en disent les acteurs",
        subtitle="",
        table=DataTable(
            table,
            [
                Column("idee", "Idée"),
                Column("texte", "Propos"),
                Column("attribution", "Qui parle"),
                Column("nature", "Nature"),
            ],
        ),
        reading=f"{counted(len(table), 'propos relu est montré', 'propos relus sont montrés')} ; "
        f"{counted(withheld, 'autre attend', 'autres attendent')} une relecture signée dans le registre.",
        alt="",
        base=Base(len(table), "propos relus"),
        note="Chaque propos est attribué à une catégorie qui couvre au moins "
        f"{verbatims.PERSONNES_MINIMUM} personnes rencontrées, sans lieu ni numéro.",
    )


def tableau_des_controles(vague: Wave, id_: str, chapitre: str | None = None) -> Exhibit:
    """Printed against computed, as a table.

    Args:
        vague: The whole wave.
        id_: Id of the exhibit.
        chapitre: Only the figures of this notebook; all of them by default.
    """
    found = controls(vague, chapitre)
    if not vague.settings.published:
        return _without_object(vague, id_, found)
    shown = [
        Column("id", "Repère"),
        Column("enonce", "Valeur"),
        Column("imprime", "Imprimé"),
        Column("calcule", "Recalculé"),
        Column("verdict", "Verdict"),
    ]
    table = DataTable(controls_table(found), shown)
    return _table_of(vague, id_, found, table, title=_verdict(found), reading=_reading(found))


def _table_of(
    vague: Wave, id_: str, found: tuple[Control, ...], table: DataTable, *, title: str, reading: str
) -> Exhibit:
    status = _status(vague)
    return Exhibit(
        id=id_,
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
    )


def _without_object(vague: Wave, id_: str, found: tuple[Control, ...]) -> Exhibit:
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
        id_,
        found,
        DataTable(pd.DataFrame(rows, columns=[column.name for column in shown]), shown),
        title=_verdict(found),
        reading=f"{_verdict(found)}. Les valeurs imprimées sont celles d’une autre vague : elles ne se "
        "comparent pas à celle-ci.",
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
        return "Aucun chiffre publié pour cette vague : contrôle sans objet"
    equal = sum(control.verdict == EQUAL for control in found)
    return f"{equal} valeurs sur {len(found)} sont retrouvées telles qu’imprimées"


def lectures(vague: Wave, id_: str) -> Exhibit:
    """How the traps and the vague wordings of the report were read.

    Args:
        vague: The whole wave.
        id_: Id of the exhibit.
    """
    read = tuple(control for control in controls(vague) if control.lecture)
    if not vague.settings.published:
        return _without_object(vague, id_, read)
    shown = [
        Column("id", "Repère"),
        Column("enonce", "Valeur"),
        Column("imprime", "Imprimé"),
        Column("lecture", "Lecture retenue"),
    ]
    return _table_of(
        vague,
        id_,
        read,
        DataTable(controls_table(read), shown),
        title=f"{len(read)} valeurs demandent une lecture",
        reading="Un mot imprécis, ou une contradiction du rapport, ne se recalcule pas sans choisir.",
    )


def _reading(found: tuple[Control, ...]) -> str:
    wrong = [control.id for control in found if control.verdict == DIFFERENT]
    if wrong:
        return f"À reprendre avant toute diffusion : {', '.join(wrong)}."
    return f"{_verdict(found)}. « Recalculé » : ce que donnent les lignes, dans les mots du rapport."
