"""Chapter 08: what changed since the wave before, and what may be compared at all.

Nothing is joined that the codebooks do not allow: what is left out is listed in the note of each exhibit.
"""

from atc.exhibits.chapters.evolution.comparabilite import tab_08_06
from atc.exhibits.chapters.evolution.moyens import fig_08_04
from atc.exhibits.chapters.evolution.notes import fig_08_02
from atc.exhibits.chapters.evolution.passages import fig_08_05
from atc.exhibits.chapters.evolution.reponses import fig_08_01
from atc.exhibits.chapters.evolution.sens import fig_08_03

__all__ = ["fig_08_01", "fig_08_02", "fig_08_03", "fig_08_04", "fig_08_05", "tab_08_06"]
