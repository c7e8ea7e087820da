"""Quotations of a chapter, those that were reviewed."""

from __future__ import annotations

from atc.disclosure import Release
from atc.exhibits import forms
from atc.exhibits.model import Draft
from atc.indicators import verbatims
from atc.reference import load_roster
from atc.typography import counted
from atc.waves import Wave

#: Nature in the register -> what a reader must know of such a text.
_NATURES = {
    "citation": "Une citation exacte est entre guillemets.",
    "paraphrase": "Une paraphrase redit une idée relevée en entretien : personne ne l’a prononcée ainsi.",
    "exemple": "Un exemple est inventé, pour montrer où un propos prendrait place.",
}


def quotations(vague: Wave, release: Release, chapitre: str) -> Draft:
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
    labels = vague.field("verbatims.nature").labels
    table = shown.assign(
        nature=shown["nature"].astype(str).map(labels),
        texte=[
            f"« {t} »" if n == "citation" else t for t, n in zip(shown["texte"], shown["nature"], strict=True)
        ],
    )
    found = set(shown["nature"].astype(str))
    natures = " ".join(told for nature, told in _NATURES.items() if nature in found)
    waiting = int((register["chapitre"] == chapitre).sum()) - len(shown)
    told = f"{counted(len(shown), 'propos relu est présenté', 'propos relus sont présentés')}"
    if waiting and not release.rules.masks:
        # What is missing concerns those who can sign it.
        told += f" ; {counted(waiting, 'autre attend', 'autres attendent')} une relecture signée"
    return forms.statements(
        release,
        table,
        "Propos relus et signés pour ces lecteurs, un par un",
        {"idee": "Idée", "texte": "Propos", "attribution": "Qui parle", "nature": "Nature"},
        title="Ce qu’en disent les acteurs",
        who="propos relus",
        reading=f"{told}." if len(shown) else "Aucun propos n’est encore relu et signé pour ces lecteurs.",
        note=f"{natures} Chaque propos est attribué à une catégorie qui couvre au moins {floor} personnes "
        "rencontrées, sans lieu ni numéro.".strip(),
    )
