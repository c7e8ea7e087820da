"""What the evaluators read, and what was said to them."""

from __future__ import annotations

from atc.disclosure import Release
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, notices
from atc.indicators import acteurs
from atc.typography import enumeration
from atc.waves import Wave


@exhibit("T03-04", uses=("legitimites.*",))
def tab_03_04(vague: Wave, release: Release) -> Draft:
    """Legitimacy by network of carriers: an order, without numbers."""
    table = acteurs.legitimites_par_reseau(vague.table("legitimites"), vague.dictionary)
    easy = acteurs.reseaux_de_legitimite(vague.table("legitimites"), vague.dictionary, "acquise")
    return Draft(
        title="La légitimité de départ dépend du réseau porteur",
        subtitle="Lecture qualitative des évaluateurs, sans nombre",
        table=DataTable(
            release.facts(
                table, "Lecture des évaluateurs par réseau porteur : aucune personne n’est comptée"
            ),
            [
                Column("libelle", "Réseau"),
                Column("legitimite", "Légitimité au démarrage"),
                Column("appui", "Ce qui aide"),
                Column("reste_a_gagner", "Ce qui reste à gagner"),
            ],
        ),
        reading=f"La légitimité est la plus facile à trouver pour : {enumeration(easy)}."
        if easy
        else "Aucun réseau n’a, au démarrage, une légitimité facile à trouver.",
        alt="",
        base=Base(len(table), "réseaux"),
        note="Le réseau de la plupart des sites n’est pas public : ce tableau ne peut pas être recalculé "
        "site par site.",
    )


@exhibit("T03-05", uses=("verbatims.*", "entretiens.entretien", "entretiens.nature", "entretiens.fonction"))
def tab_03_05(vague: Wave, release: Release) -> Draft:
    """Quotations on the actors, those that were reviewed."""
    return notices.citations(vague, release, "jeux_d_acteurs")
