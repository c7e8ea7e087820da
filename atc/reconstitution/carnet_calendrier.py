"""When each contract began, and how often the steering body met since: two things that must agree.

Published: 6 starts in Q4 2019, 4 in Q1 2020; meetings from 0 to 8, 3 on average; 2 held by January
2020 on some sites. The other starts, and who met how often, are drawn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from atc.draws import Draws, NothingToDrawError
from atc.reconstitution.targets import Targets

Quarter = tuple[int, int]

Q3_2019, Q4_2019, Q1_2020, Q2_2020, Q3_2020 = (2019, 3), (2019, 4), (2020, 1), (2020, 2), (2020, 3)
# The experiment began in September 2019; an animateur hired in September 2020 would hardly have
# filled in the carnet that same month.
_MONTHS = {
    Q3_2019: (9,),
    Q4_2019: (10, 11, 12),
    Q1_2020: (1, 2, 3),
    Q2_2020: (4, 5, 6),
    Q3_2020: (7, 8),
}
# Starts outside the two published quarters, first one in each, then wherever.
_OTHERS = (Q3_2019, Q2_2020, Q3_2020)
_LAST_MONTH = dt.date(2020, 8, 1)
# No steering body met in the first lockdown and the weeks that followed.
_LOCKDOWN = (dt.date(2020, 4, 1), dt.date(2020, 5, 1))
# Two meetings by the end of January take a start that leaves time for them.
_EARLY = dt.date(2019, 12, 1)
# Whoever began before the lockdown had met the steering body at least once by September.
_LATE = dt.date(2020, 3, 1)


@dataclass(frozen=True)
class Calendar:
    """Dates of one carnet.

    Attributes:
        debut: First day of the contract.
        reunions: Meetings of the steering body until the carnet was filled in.
        en_janvier: Those held before the end of January 2020.
    """

    debut: dt.date
    reunions: int
    en_janvier: int


def quarter(day: dt.date) -> Quarter:
    """``(2019, 4)`` for a day of autumn 2019."""
    return day.year, (day.month + 2) // 3


def _months(debut: dt.date) -> Iterable[dt.date]:
    month = debut.replace(day=1)
    while month <= _LAST_MONTH:
        yield month
        month = (month + dt.timedelta(days=31)).replace(day=1)


def most_meetings(debut: dt.date) -> int:
    """Meetings that fit between the start and September 2020: one a month, lockdown aside."""
    return sum(month not in _LOCKDOWN for month in _months(debut))


def is_early(debut: dt.date) -> bool:
    """Whether two meetings could be held by the end of January 2020."""
    return debut < _EARLY


def is_late(debut: dt.date) -> bool:
    """Whether no meeting at all is plausible by September 2020."""
    return debut >= _LATE


def _first_days(year: int, month: int) -> list[dt.date]:
    """The 1st and the Mondays of a month: when contracts begin."""
    days = [dt.date(year, month, 1)]
    days += [dt.date(year, month, day) for day in range(2, 29)]
    return [day for day in days if day.day == 1 or day.weekday() == 0]


def _start(draws: Draws, quarter_: Quarter) -> dt.date:
    month = draws.choice(_MONTHS[quarter_])
    return draws.choice(_first_days(quarter_[0], month))


def _starts(draws: Draws, size: int, targets: Targets) -> list[dt.date]:
    quarters = [Q4_2019] * targets.debuts_t4_2019 + [Q1_2020] * targets.debuts_t1_2020
    if len(quarters) > size:
        raise NothingToDrawError
    for rank in range(size - len(quarters)):
        quarters.append(_OTHERS[rank] if rank < len(_OTHERS) else draws.choice(_OTHERS))
    return [_start(draws, quarter_) for quarter_ in draws.shuffled(quarters)]


def _pinned(draws: Draws, starts: list[dt.date], targets: Targets) -> dict[int, int]:
    """Which carnet holds the published maximum, and which the minimum: rank -> meetings."""
    ranks = range(len(starts))
    top = draws.choice([r for r in ranks if most_meetings(starts[r]) >= targets.reunions_maximum])
    late = [r for r in ranks if r != top and is_late(starts[r])]
    return {top: targets.reunions_maximum, draws.choice(late): targets.reunions_minimum}


def calendars(draws: Draws, size: int, targets: Targets) -> list[Calendar]:
    """Calendars of ``size`` carnets, in no order.

    Raises:
        NothingToDrawError: The starts drawn leave no room for the published meetings.
    """
    starts = _starts(draws, size, targets)
    pinned = _pinned(draws, starts, targets)
    early = [r for r in range(size) if is_early(starts[r])]
    begun = set(draws.sample(early, targets.sites_en_janvier))
    result = []
    for rank, debut in enumerate(starts):
        january = targets.reunions_en_janvier if rank in begun else 0
        most = min(most_meetings(debut), targets.reunions_maximum - 1)
        # Those who met early went on: at least one more meeting before September.
        least = january + 1 if january else targets.reunions_minimum + (not is_late(debut))
        meetings = pinned[rank] if rank in pinned else draws.between(least, most)
        result.append(Calendar(debut, meetings, january))
    return result
