"""Synthetic waves: rows drawn from the dictionary, for nobody, that validate like real ones.

``columns`` draws one value of one column; ``posts`` says who stays from the wave before and who answers;
``carnets``, ``answers`` and ``readings`` propose the tables; ``wave`` puts them together; ``writing`` makes
the files and lets them stand only once they validate::

    atc simulate --vague 2021-automne --sites 15 --seed 2021 --from 2020-automne
    atc simulate --vague essai --sites 60 --seed 1
"""

from atc.intake.simulate.wave import Plan, simulate
from atc.intake.simulate.writing import write_simulated

__all__ = ["Plan", "simulate", "write_simulated"]
