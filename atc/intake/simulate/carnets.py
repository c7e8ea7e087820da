"""Table ``carnet_de_bord``: who returned a carnet, whether the animateur is the same, what changed.

What the rules of `atc.survey.validation` tie together (configuration, full time and ETP; contract and
meetings) is drawn together; the rest comes from the dictionary, column by column.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from atc.intake.draws import Draws
from atc.intake.simulate.columns import bounds, day, later, value
from atc.intake.simulate.plan import Newcomers, Person, Plan, codes
from atc.survey.dictionary import Field
from atc.survey.rows import MISSING, NOT_APPLICABLE, Row, Rows

_TABLE = "carnet_de_bord"
# Chances in a hundred.
_RETURNED, _RETURNED_AGAIN, _SAME_ANIMATEUR = 92, 90, 65
# What describes a person or the past does not change with them there; the rest mostly stays.
_FIXED = frozenset({"debut_contrat", "profil", "issu_du_quartier", "soutien_demarrage"})
_OF_THE_POST = frozenset({"contrat", "temps_plein"})
_STAYS = 75
_MEETINGS_SINCE = (2, 7)
_JANUARY_2020 = dt.date(2020, 1, 31)
_HIRED_AT_LEAST = dt.timedelta(days=60)  # before the wave, to have something to tell
# Tenths of ETP, lowest and highest, by configuration and full-time post: rules « seul_a… ».
_ETP = {
    ("seul", "oui"): (8, 10),
    ("seul", "non"): (4, 9),
    ("seul_avec_appui", "oui"): (8, 12),
    ("seul_avec_appui", "non"): (5, 9),
    ("partage", "oui"): (8, 16),
    ("partage", "non"): (6, 14),
}
_MOST_CHANGE = 2  # tenths of ETP from one wave to the next, same animateur


def propose_carnets(plan: Plan, sites: Rows, newcomers: Newcomers) -> Rows:
    """One row per carnet returned, sorted by pseudonym; the first territory always returns one."""
    draws = plan.draws(_TABLE)
    former = plan.former(_TABLE, "territoire")
    rows = []
    for rank, site in enumerate(codes(sites, "territoire")):
        before = former.get((site,))
        chance = _RETURNED_AGAIN if before else _RETURNED
        if draws.chance(chance) or rank == 0:
            rows.append(_carnet(draws, plan, _animateur(draws, site, before, newcomers), before))
    return sorted(rows, key=lambda row: row["repondant"])


def _animateur(draws: Draws, site: str, before: Row | None, newcomers: Newcomers) -> Person:
    if before and draws.chance(_SAME_ANIMATEUR):
        return Person(before["repondant"], site, before)
    return Person(newcomers.code("A", site), site)


def _carnet(draws: Draws, plan: Plan, person: Person, site_before: Row | None) -> Row:
    row = {"territoire": person.site, "repondant": person.code}
    for name, field in plan.dictionary.table(_TABLE).fields.items():
        if name not in row:
            row[name] = _cell(draws, plan, field, person, site_before)
    row["etp"] = _etp(draws, row, person.former)
    row["reunions_pilotage"] = _meetings(draws, plan, site_before)
    row["reunions_janvier_2020"] = _early_meetings(draws, plan, row)
    return row


def _cell(draws: Draws, plan: Plan, field: Field, person: Person, site_before: Row | None) -> str:
    """A column on its own: what belongs to the person follows the person, the rest follows the site."""
    if person.former and field.name in _FIXED and person.former[field.name] not in MISSING:
        return person.former[field.name]
    if field.name == "debut_contrat":
        return _start(draws, plan, field).isoformat()
    personal = field.name in _FIXED | _OF_THE_POST
    before = person.former if personal else site_before
    return later(draws, field, before[field.name], _STAYS) if before else value(draws, field)


def _start(draws: Draws, plan: Plan, field: Field) -> dt.date:
    first = dt.date.fromisoformat(field.constraints["minimum"])
    if plan.previous:  # whoever is new came after the wave before
        first = max(first, plan.before_date)
    last = max(first, plan.date - _HIRED_AT_LEAST)
    return max(first, day(draws, first, last).replace(day=1))  # most contracts begin with a month


def _etp(draws: Draws, row: Row, former: Row | None) -> str:
    plein = "non" if row["temps_plein"] in MISSING else row["temps_plein"]
    # Who answered nothing at the wave before, or a configuration that is new, is like those with support.
    low, high = _ETP.get((row["configuration"], plein), _ETP["seul_avec_appui", plein])
    if former and former["etp"] not in MISSING:
        before = int(Decimal(former["etp"]) * 10)
        near = (max(low, before - _MOST_CHANGE), min(high, before + _MOST_CHANGE))
        low, high = near if near[0] <= near[1] else (low, high)
    return f"{Decimal(draws.between(low, high)) / 10:.1f}"


def _meetings(draws: Draws, plan: Plan, site_before: Row | None) -> str:
    field = plan.dictionary.field(f"{_TABLE}.reunions_pilotage")
    if not site_before or site_before[field.name] in MISSING:
        return value(draws, field)
    _, most = bounds(field)
    return str(min(int(site_before[field.name]) + draws.between(*_MEETINGS_SINCE), int(most)))


def _early_meetings(draws: Draws, plan: Plan, row: Row) -> str:
    """Held by the end of January 2020: none under a later contract, and never more than in all."""
    if f"{_TABLE}.reunions_janvier_2020" in plan.gone:
        return NOT_APPLICABLE
    if dt.date.fromisoformat(row["debut_contrat"]) > _JANUARY_2020:
        return "0"
    drawn = value(draws, plan.dictionary.field(f"{_TABLE}.reunions_janvier_2020"))
    return drawn if drawn in MISSING else str(min(int(drawn), int(row["reunions_pilotage"])))
