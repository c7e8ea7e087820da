"""Chapter 03: how the experiment finds its place among the actors of the territory."""

from atc.exhibits.chapters.jeux_d_acteurs.freins import fig_03_03
from atc.exhibits.chapters.jeux_d_acteurs.lectures import tab_03_04, tab_03_05
from atc.exhibits.chapters.jeux_d_acteurs.postures import fig_03_02
from atc.exhibits.chapters.jeux_d_acteurs.situation import fig_03_01

__all__ = ["fig_03_01", "fig_03_02", "fig_03_03", "tab_03_04", "tab_03_05"]
