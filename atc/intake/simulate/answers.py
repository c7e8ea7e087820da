"""Tables ``questionnaire_flash`` and ``scores``: who was asked, who answered, and how they judge."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median_low

from atc.intake.draws import Draws
from atc.intake.simulate.columns import bounds, later, value
from atc.intake.simulate.plan import Newcomers, Person, Plan, codes
from atc.survey.rows import MISSING, NO_ANSWER, UNKNOWN, Row, Rows, yes

_FLASH, _SCORES = "questionnaire_flash", "scores"
BEFORE, NOW = "avant", "actuelle"
# Chances in a hundred.
_ASKED = {"dp": 93, "ville": 60, "intercommunalite": 47}
_OTHERS = 5  # a role that the dictionary has gained
_ASKED_AGAIN, _SAME_PERSON = 95, 70
_ANSWERS, _ANSWERS_AGAIN = 50, 72
_STAYS = 70
_NO_SCORE = 3
_MOVES = {1: 45, -1: 20, 0: 35}


def propose_flash(plan: Plan, sites: Rows, newcomers: Newcomers) -> Rows:
    """One row per recipient, sorted by pseudonym; no answer at all where nobody answered.

    The first territory's first role is always asked and always answers: no table may be empty.
    """
    draws = plan.draws(_FLASH)
    former = plan.former(_FLASH, "territoire", "role")
    rows = []
    for rank, site in enumerate(codes(sites, "territoire")):
        for place, role in enumerate(plan.dictionary.field(f"{_FLASH}.role").labels):
            before = former.get((site, role))
            forced = rank == place == 0
            if draws.chance(_ASKED_AGAIN if before else _ASKED.get(role, _OTHERS)) or forced:
                person = _recipient(draws, f"{site}/{role}", before, newcomers)
                rows.append(_answer(draws, plan, person, role, forced=forced))
    return sorted(rows, key=lambda row: row["repondant"])


def _recipient(draws: Draws, post: str, before: Row | None, newcomers: Newcomers) -> Person:
    site = post.partition("/")[0]
    if before and draws.chance(_SAME_PERSON):
        return Person(before["repondant"], site, before)
    return Person(newcomers.code("R", post), site)


def _answer(draws: Draws, plan: Plan, person: Person, role: str, *, forced: bool) -> Row:
    again = person.former is not None and person.former["repondu"] == "oui"
    answered = draws.chance(_ANSWERS_AGAIN if again else _ANSWERS) or forced
    row = {"repondant": person.code, "territoire": person.site, "role": role, "repondu": yes(answered)}
    for name, field in plan.dictionary.table(_FLASH).fields.items():
        if name in row:
            continue
        if not answered:
            row[name] = NO_ANSWER
        elif again and person.former:
            row[name] = later(draws, field, person.former[name], _STAYS)
        else:
            row[name] = value(draws, field)
    return row


def propose_scores(plan: Plan, carnets: Rows, flash: Rows) -> Rows:
    """One row per respondent, period and item still asked; sorted by pseudonym.

    A first wave judges the time before the start and the present; a later one, the present.
    """
    draws = plan.draws(_SCORES)
    people = [(row["repondant"], "animateurs", row["territoire"]) for row in carnets]
    people += [(r["repondant"], "institutionnels", r["territoire"]) for r in flash if r["repondu"] == "oui"]
    items = [
        i for i in plan.dictionary.field(f"{_SCORES}.item").labels if f"scores.item={i}" not in plan.gone
    ]
    levels = _levels(draws, plan, sorted({site for _, _, site in people}), items)
    own = {
        (row["repondant"], row["item"]): int(row["score"])
        for row in plan.before.get(_SCORES, ())
        if row["periode"] == NOW and row["score"] not in MISSING
    }
    low, high = map(int, bounds(plan.dictionary.field(f"{_SCORES}.score")))
    rows = []
    for person, group, site in sorted(people):
        who = {"repondant": person, "groupe": group, "territoire": site}
        for periode in (NOW,) if plan.previous else (BEFORE, NOW):
            for item in items:
                start = own.get((person, item), levels[site, item] + _around(draws))
                moved = start + (draws.weighted(_MOVES) if periode == NOW else 0)
                rows.append(
                    {
                        **who,
                        "periode": periode,
                        "item": item,
                        "score": _shown(draws, min(max(moved, low), high)),
                    }
                )
    return rows


def _levels(draws: Draws, plan: Plan, sites: list[str], items: list[str]) -> Mapping[tuple[str, str], int]:
    """Where a territory stands on an item: its low median at the wave before, or near the middle."""
    known: dict[tuple[str, str], list[int]] = {}
    for row in plan.before.get(_SCORES, ()):
        if row["periode"] == NOW and row["score"] not in MISSING:
            known.setdefault((row["territoire"], row["item"]), []).append(int(row["score"]))
    middle = sum(map(int, bounds(plan.dictionary.field(f"{_SCORES}.score")))) // 2
    return {
        (site, item): median_low(known[site, item]) if (site, item) in known else middle + _around(draws)
        for site in sites
        for item in items
    }


def _around(draws: Draws) -> int:
    return draws.between(-1, 1) + draws.between(-1, 1)


def _shown(draws: Draws, score: int) -> str:
    return UNKNOWN if draws.chance(_NO_SCORE) else str(score)
