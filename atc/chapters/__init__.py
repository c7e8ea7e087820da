"""The chapters of the report: one module each, one function an exhibit. They do not know each other."""

from atc.chapters import (
    evolution,
    feuille_de_route,
    fiche,
    jeux_d_acteurs,
    methode,
    modeles,
    poste_d_animateur,
    premiers_effets,
    synthese,
)

__all__ = [
    "evolution",
    "feuille_de_route",
    "fiche",
    "jeux_d_acteurs",
    "methode",
    "modeles",
    "poste_d_animateur",
    "premiers_effets",
    "synthese",
]
