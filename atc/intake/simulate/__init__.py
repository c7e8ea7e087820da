"""Waves that nobody answered: values (`drawing`) and rows (`tables`) from the dictionary, then files."""

from atc.intake.simulate.drawing import Plan
from atc.intake.simulate.tables import simulate
from atc.intake.simulate.writing import write_simulated

__all__ = ["Plan", "simulate", "write_simulated"]
