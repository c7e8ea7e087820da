"""Chapter 07: what to keep in mind, and how far to trust it."""

from atc.exhibits import model, notices
from atc.exhibits.chapters import feuille_de_route, jeux_d_acteurs, methode, modeles, premiers_effets
from atc.survey.waves import Wave

_TOLD = (
    methode.fig_01_02,
    methode.fig_01_04,
    feuille_de_route.fig_02_02,
    feuille_de_route.fig_02_03,
    feuille_de_route.fig_02_04,
    feuille_de_route.fig_02_05,
    jeux_d_acteurs.fig_03_03,
    jeux_d_acteurs.fig_03_01,
    modeles.fig_05_01,
    premiers_effets.fig_06_01,
)


def messages(vague: Wave) -> model.Prose | None:
    """The messages of the report's own synthesis; else those of its exhibits, marked with their worth.

    Nothing is said of a chapter that the report leaves out.
    """
    kept = {slug.partition("_")[2] for slug in vague.report.chapters_of(vague.id)}
    told = [show for show in _TOLD if show.__module__.rpartition(".")[2] in kept]
    return notices.messages(vague) or (model.messages(vague, told) if told else None)


def tab_07_01(vague: Wave) -> model.Exhibit | None:
    """Every published figure: printed against computed."""
    return notices.controles(vague, id_="T07-01")


def tab_07_02(vague: Wave) -> model.Exhibit | None:
    """How the contradictions and the vague wordings of the report were read."""
    return notices.lectures(vague, "T07-02")


def tab_07_04(vague: Wave) -> model.Exhibit | None:
    """What was reviewed, and is shown or masked against the rule of small numbers."""
    return notices.exceptions(vague, "T07-04")
