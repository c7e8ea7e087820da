"""The nine tables of a simulated wave, as text."""

from __future__ import annotations

from atc.intake.simulate.answers import propose_flash, propose_scores
from atc.intake.simulate.carnets import propose_carnets
from atc.intake.simulate.plan import Newcomers, Plan
from atc.intake.simulate.readings import (
    propose_effets,
    propose_entretiens,
    propose_legitimites,
    propose_positionnements,
    propose_verbatims,
)
from atc.intake.simulate.sites import propose_territoires
from atc.survey.rows import Rows

__all__ = ["Plan", "simulate"]


def simulate(plan: Plan) -> dict[str, Rows]:
    """Rows of every table of the dictionary: the same for the same plan, on any machine.

    Args:
        plan: The wave, and the one before if there is one.
    """
    newcomers = Newcomers(plan)
    sites = propose_territoires(plan)
    carnets = propose_carnets(plan, sites, newcomers)
    flash = propose_flash(plan, sites, newcomers)
    return {
        "territoires": sites,
        "carnet_de_bord": carnets,
        "questionnaire_flash": flash,
        "scores": propose_scores(plan, carnets, flash),
        "entretiens": propose_entretiens(plan, sites),
        "positionnements": propose_positionnements(plan, sites, carnets),
        "effets": propose_effets(plan, sites),
        "legitimites": propose_legitimites(plan),
        "verbatims": propose_verbatims(plan),
    }
