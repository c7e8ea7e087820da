"""Quotations of a chapter, those that were reviewed."""

from __future__ import annotations

from atc.disclosure import Release
from atc.exhibits import Base, Column, DataTable, Draft
from atc.indicators import verbatims
from atc.reference import load_roster
from atc.typography import counted
from atc.waves import Wave


def citations(vague: Wave, release: Release, chapitre: str) -> Draft:
    """Quotations of one chapter: those signed for this tier, under a name that covers enough people.

    Args:
        vague: With the columns of ``verbatims`` and of ``entretiens``.
        release: Of the exhibit.
        chapitre: Code of the chapter in the register.
    """
    register, floor = vague.table("verbatims"), vague.report.small_numbers.floor
    names = verbatims.attributions(
        vague.table("entretiens"), load_roster(vague.project), vague.dictionary, floor
    )
    shown = verbatims.publiables(register, names, chapitre, vague.report.tiers_from(vague.diffusion))
    withheld = int((register["chapitre"] == chapitre).sum()) - len(shown)
    waiting = (
        f" ; {counted(withheld, 'autre attend', 'autres attendent')}, dans le registre, une relecture signée "
        "pour ces lecteurs"
        if withheld
        else ""
    )
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
            release.facts(table, "Propos relus et signés pour ces lecteurs, un par un"),
            [
                Column("idee", "Idée"),
                Column("texte", "Propos"),
                Column("attribution", "Qui parle"),
                Column("nature", "Nature"),
            ],
        ),
        reading=f"{counted(len(table), 'propos relu est montré', 'propos relus sont montrés')}{waiting}.",
        alt="",
        base=Base(len(table), "propos relus"),
        note=f"Chaque propos est attribué à une catégorie qui couvre au moins {floor} personnes rencontrées, "
        "sans lieu ni numéro.",
    )
