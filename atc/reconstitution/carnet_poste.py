"""The animateur's post: who does the animation, for how much time, on what contract.

Published: the four sites that share the function, three with support, half of the territoires with
one person alone; ETP from 0.4 to 1.5, 0.8 on average. Contracts, profiles and the support of the
direction are known as orders only (P01 to P04): their counts below are ours, and only illustrate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from atc.draws import Draws, NothingToDrawError
from atc.reconstitution.targets import Targets
from atc.rows import NO_ANSWER, UNKNOWN

# Simulated counts over fourteen carnets; other sizes repeat or cut the list.
_CONTRACTS = {"cdd": 10, "cdi": 2, "autre": 1, NO_ANSWER: 1}
_PROFILES = {"animation_mediation": 5, "master_recent": 4, "doctorat": 2, "autre": 3}
_FROM_THE_NEIGHBOURHOOD = {"oui": 2, "non": 11, UNKNOWN: 1}
_FULL_TIME = {"oui": 7, "non": 7}
_SUPPORT_AT_START = {"fort": 10, "moyen": 3, "faible": 1}

_LEVELS = ("faible", "moyen", "fort")
_LOSES_SUPPORT = 55  # per cent of the carnets

# Tenths of ETP, lowest and highest, by configuration and full-time post. Someone alone at full time
# may keep other tasks in the structure, but someone alone at part time never reaches one ETP.
_ETP_TENTHS = {
    ("seul", "oui"): (8, 10),
    ("seul", "non"): (4, 7),
    ("seul_avec_appui", "oui"): (8, 11),
    ("seul_avec_appui", "non"): (6, 9),
    ("partage", "oui"): (8, 15),
    ("partage", "non"): (7, 13),
}


def _spread(draws: Draws, counts: Mapping[str, int], size: int) -> list[str]:
    values = [value for value, count in counts.items() for _ in range(count)]
    return [values[rank % len(values)] for rank in draws.shuffled(range(size))]


def configurations(draws: Draws, sites: Sequence[str], targets: Targets) -> list[str]:
    """Configuration of each site, in the order of ``sites``."""
    others = [site for site in sites if site not in targets.partage]
    supported = set(draws.sample(others, targets.seul_avec_appui))

    def configuration(site: str) -> str:
        if site in targets.partage:
            return "partage"
        return "seul_avec_appui" if site in supported else "seul"

    return [configuration(site) for site in sites]


def full_time(draws: Draws, size: int) -> list[str]:
    """``oui`` or ``non`` for each carnet."""
    return _spread(draws, _FULL_TIME, size)


def _pin(draws: Draws, posts: Sequence[tuple[str, str]], wanted: tuple[str, ...]) -> int:
    return draws.choice([rank for rank, post in enumerate(posts) if post[: len(wanted)] == wanted])


def etp(draws: Draws, staffing: Sequence[str], plein: Sequence[str], targets: Targets) -> list[Decimal]:
    """ETP of each carnet, in tenths, the published extremes included.

    Args:
        draws: Stream of draws.
        staffing: Configuration of each carnet.
        plein: Whether each post is full time.
        targets: Published minimum and maximum.
    """
    posts = list(zip(staffing, plein, strict=True))
    lowest, highest = (int(value * 10) for value in (targets.etp_minimum, targets.etp_maximum))
    if lowest > highest:
        raise NothingToDrawError
    # The minimum is someone alone at part time; the maximum, several people.
    pinned = {
        _pin(draws, posts, ("partage",)): highest,
        _pin(draws, posts, ("seul", "non")): lowest,
    }
    tenths = []
    for rank, post in enumerate(posts):
        low, high = _ETP_TENTHS[post]
        drawn = draws.between(max(low, lowest), min(high, highest))
        tenths.append(pinned.get(rank, drawn))
    return [Decimal(value) / 10 for value in tenths]


def contracts(draws: Draws, size: int) -> list[str]:
    """Kind of contract of each carnet, one without answer."""
    return _spread(draws, _CONTRACTS, size)


def profiles(draws: Draws, size: int) -> list[str]:
    """Background of each animateur."""
    return _spread(draws, _PROFILES, size)


def from_the_neighbourhood(draws: Draws, size: int) -> list[str]:
    """Whether each animateur comes from the neighbourhood, one unknown."""
    return _spread(draws, _FROM_THE_NEIGHBOURHOOD, size)


def supports(draws: Draws, size: int) -> list[tuple[str, str]]:
    """Support of the direction at the start and now: never higher now, one answer missing now."""
    silent = draws.below(size)
    pairs = []
    for rank, start in enumerate(_spread(draws, _SUPPORT_AT_START, size)):
        level = _LEVELS.index(start)
        lost = draws.between(1, level) if level and draws.chance(_LOSES_SUPPORT) else 0
        pairs.append((start, NO_ANSWER if rank == silent else _LEVELS[level - lost]))
    return pairs
