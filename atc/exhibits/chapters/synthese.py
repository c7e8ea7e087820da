"""Chapter 07: what to keep in mind, and how far to trust it."""

from __future__ import annotations

from atc import exhibits
from atc.exhibits import controls, enonces
from atc.exhibits.chapters import feuille_de_route, jeux_d_acteurs, methode, modeles, premiers_effets
from atc.waves import Wave


def messages(vague: Wave) -> exhibits.Prose:
    """The messages of the report's own synthesis; else those of the exhibits, marked with their worth."""
    return enonces.messages(vague) or exhibits.messages(
        vague,
        {
            methode.fig_01_02: ("questionnaire_flash.repondant", "questionnaire_flash.repondu"),
            methode.fig_01_04: (),
            feuille_de_route.fig_02_02: (),
            feuille_de_route.fig_02_03: (),
            feuille_de_route.fig_02_04: (),
            feuille_de_route.fig_02_05: (),
            jeux_d_acteurs.fig_03_03: (),
            jeux_d_acteurs.fig_03_01: (),
            modeles.fig_05_01: (),
            premiers_effets.fig_06_01: ("effets.type",),
        },
    )


def tab_07_01(vague: Wave) -> exhibits.Exhibit | None:
    """Every published figure: printed against computed."""
    return controls.tableau_des_controles(vague, "T07-01")


def tab_07_02(vague: Wave) -> exhibits.Exhibit | None:
    """How the contradictions and the vague wordings of the report were read."""
    return controls.lectures(vague, "T07-02")


def tab_07_04(vague: Wave) -> exhibits.Exhibit | None:
    """What was reviewed, and is shown or masked against the rule of small numbers."""
    return controls.exceptions(vague, "T07-04")
