"""The rows of wave 2020-automne: a seeded procedure that solves for what the report published.

No row of the evaluation was ever published, only aggregates. ``targets`` states them as data, each
with the id of its figure; one module a table proposes rows and measures them; ``solving`` starts
again until all holds; ``wave`` puts the tables together; ``package`` writes the files::

    python -m atc.reconstitution                 rewrites data/raw/2020-automne
    python -m atc.reconstitution --to DOSSIER    writes elsewhere, to compare

What was assumed, and what each assumption changes, is in docs/hypotheses.md.
"""

from atc.reconstitution.package import write_wave
from atc.reconstitution.provenance import SEED
from atc.reconstitution.wave import WAVE, check, reconstitute

__all__ = ["SEED", "WAVE", "check", "reconstitute", "write_wave"]
