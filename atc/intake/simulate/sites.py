"""Table ``territoires``: those of the wave before, or made-up ones that nobody can take for real."""

from __future__ import annotations

from decimal import Decimal

from atc.intake.simulate.columns import value
from atc.intake.simulate.plan import Plan
from atc.survey.rows import NOT_DISCLOSED, Row, Rows

# First two characters of commune codes that no département has: nothing points to a real place.
_NOWHERE = [f"{first}{second}" for first in "0134567" for second in "AB"]
_BY_PREFIX = 1_000
# Hundredths of degree: a rectangle that lies wholly inside mainland France.
_LONGITUDES, _LATITUDES = (0, 550), (4_400, 4_880)


def propose_territoires(plan: Plan) -> Rows:
    """One row per territory: as they were, public facts being public, or ``plan.sites`` made-up ones."""
    if plan.previous:
        return [dict(row) for row in plan.before["territoires"]]
    return [_made_up(plan, rank) for rank in range(1, plan.sites + 1)]


def _made_up(plan: Plan, rank: int) -> Row:
    draws = plan.draws(f"territoires/{rank}")
    fields = plan.dictionary.table("territoires").fields
    width = max(3, len(str(plan.sites)))
    prefix = _NOWHERE[rank // _BY_PREFIX % len(_NOWHERE)]
    made = {
        "territoire": f"site_{rank:0{width}d}",
        "commune": f"Site {rank:0{width}d}",
        "departement": "Département simulé",
        "code_insee": f"{prefix}{rank % _BY_PREFIX:03d}",
        "quartier": NOT_DISCLOSED,
        "longitude": str(Decimal(draws.between(*_LONGITUDES)) / 100),
        "latitude": str(Decimal(draws.between(*_LATITUDES)) / 100),
    }
    return {name: made[name] if name in made else value(draws, field) for name, field in fields.items()}
