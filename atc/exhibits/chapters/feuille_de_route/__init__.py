"""Chapter 02: how far the sites have come in setting the animation up."""

from atc.exhibits.chapters.feuille_de_route.configuration import fig_02_03
from atc.exhibits.chapters.feuille_de_route.contrats import fig_02_01
from atc.exhibits.chapters.feuille_de_route.instances import fig_02_05, fig_02_06
from atc.exhibits.chapters.feuille_de_route.moyens import fig_02_02, fig_02_04

__all__ = ["fig_02_01", "fig_02_02", "fig_02_03", "fig_02_04", "fig_02_05", "fig_02_06"]
