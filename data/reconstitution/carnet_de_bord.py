"""Table ``carnet_de_bord``: the post, the steering body and its themes, on each site that returned a carnet.

Printed: who shares the function, how many have support, the extremes and means of ETP and of meetings, the
starts of two quarters. The rest is known as an order or a list: the counts below are ours, and illustrate.
"""

import datetime as dt
from collections.abc import Mapping
from statistics import mean

from targets import Printed

from atc.intake.persons import DEMONSTRATION_KEY, pseudonym
from atc.intake.simulate import Draws
from atc.survey.dictionary import NO_ANSWER, UNKNOWN, Rows, Tables, yes

#: Fourteen carnets make « la moitié » (F02) exactly seven; the missing one is the site that was met late.
WITHOUT_CARNET = "les_mureaux"

# How many of the fourteen: P01 to P04 give orders, no number.
CONTRACTS = {"cdd": 10, "cdi": 2, "autre": 1, NO_ANSWER: 1}
PROFILES = {"animation_mediation": 5, "master_recent": 4, "doctorat": 2, "autre": 3}
FROM_THE_NEIGHBOURHOOD = {"oui": 2, "non": 11, UNKNOWN: 1}
FULL_TIME = {"oui": 7, "non": 7}
SUPPORT_AT_START = {"fort": 10, "moyen": 3, "faible": 1}
LEVELS = ("faible", "moyen", "fort")
LOSES_SUPPORT = 55  # per cent
# F09 to F13: « la plupart », « la majorité », « quelques ».
SEVERAL_BODIES, WITH_ASSOCIATIONS, WITH_PARTICIPATION, MOST_THEMES = 3, (10, 11), 3, 3
THEMES = (
    "theme_engagement_citoyen",
    "theme_solidarite_alimentaire",
    "theme_cadre_de_vie",
    "theme_reussite_educative",
    "theme_femmes_espace_public",
    "theme_autres",
)
# Tenths of ETP, lowest and highest, by configuration and full-time post. Someone alone at full time may keep
# other tasks in the structure, but someone alone at part time never reaches one ETP.
ETP = {
    ("seul", "oui"): (8, 10),
    ("seul", "non"): (4, 7),
    ("seul_avec_appui", "oui"): (8, 11),
    ("seul_avec_appui", "non"): (6, 9),
    ("partage", "oui"): (8, 15),
    ("partage", "non"): (7, 13),
}
# Months of the starts, by quarter. The experiment began in September 2019; whoever was hired a year later
# would hardly have filled in the carnet that same month.
Q3_2019, Q4_2019, Q1_2020, Q2_2020, Q3_2020 = (
    (2019, (9,)),
    (2019, (10, 11, 12)),
    (2020, (1, 2, 3)),
    (2020, (4, 5, 6)),
    (2020, (7, 8)),
)
# No steering body met in the first lockdown and the weeks that followed.
MONTHS_WITH_MEETING = [
    *(dt.date(2019, month, 1) for month in (9, 10, 11, 12)),
    *(dt.date(2020, month, 1) for month in (1, 2, 3, 6, 7, 8)),
]
SITES_IN_JANUARY = 3  # F08: « certains »
# Two meetings by the end of January take a start before December; none at all by September, a late one.
EARLY, LATE = dt.date(2019, 12, 1), dt.date(2020, 3, 1)


def propose(draws: Draws, printed: Printed, tables: Tables) -> Rows:
    """One row per carnet returned, sorted by pseudonym."""
    communes = {row["territoire"]: row["commune"] for row in tables["territoires"]}
    names = [site for site in communes if site != WITHOUT_CARNET]
    size = len(names)
    starts = _starts(draws, size, printed)
    january, meetings = _meetings(draws, starts, printed)
    shared = [site for site in names if communes[site] in printed.names("F04-noms")]
    supported = draws.sample([site for site in names if site not in shared], printed.count("F03"))
    staffing = [
        "partage" if site in shared else "seul_avec_appui" if site in supported else "seul" for site in names
    ]
    full_time = _spread(draws, FULL_TIME, size)
    columns = {
        "territoire": names,
        "repondant": [pseudonym(DEMONSTRATION_KEY, "A", site) for site in names],
        "debut_contrat": [start.isoformat() for start in starts],
        "reunions_pilotage": list(map(str, meetings)),
        "reunions_janvier_2020": list(map(str, january)),
        "configuration": staffing,
        "temps_plein": full_time,
        "etp": _etp(draws, list(zip(staffing, full_time, strict=True)), printed),
        "contrat": _spread(draws, CONTRACTS, size),
        "profil": _spread(draws, PROFILES, size),
        "issu_du_quartier": _spread(draws, FROM_THE_NEIGHBOURHOOD, size),
        **_supports(draws, size),
        **_steering(draws, names),
    }
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    for row in rows:
        chosen = draws.sample(THEMES, draws.between(1, MOST_THEMES))
        row.update({theme: yes(theme in chosen) for theme in THEMES})
    return sorted(rows, key=lambda row: row["repondant"])


def holds(rows: Rows, printed: Printed) -> bool:
    """Means as printed, strictly inside what rounds to them; every theme somewhere; support lost (P04)."""
    etp = mean(int(row["etp"].replace(".", "")) for row in rows)
    meetings = mean(int(row["reunions_pilotage"]) for row in rows)
    return (
        abs(etp - printed.tenths("F01-moyenne")) < 0.5
        and abs(meetings - printed.count("F07-moyenne")) < 0.5
        and all(any(row[theme] == "oui" for row in rows) for theme in THEMES)
        and _support_is_lost(rows)
    )


def _spread(draws: Draws, counts: Mapping[str, int], size: int) -> list[str]:
    values = [value for value, count in counts.items() for _ in range(count)]
    return [values[rank] for rank in draws.shuffled(range(size))]


def _starts(draws: Draws, size: int, printed: Printed) -> list[dt.date]:
    """First days: the two printed quarters, then one start at least in each of the others."""
    others = (Q3_2019, Q2_2020, Q3_2020)
    quarters = [Q4_2019] * printed.count("F05") + [Q1_2020] * printed.count("F06") + [*others]
    quarters += [draws.choice(others) for _ in range(size - len(quarters))]
    starts = []
    for year, months in draws.shuffled(quarters):
        month = draws.choice(months)
        days = [dt.date(year, month, day) for day in range(1, 29)]
        # Contracts begin on the 1st or on a Monday.
        starts.append(draws.choice([day for day in days if day.day == 1 or day.weekday() == 0]))
    return starts


def _meetings(draws: Draws, starts: list[dt.date], printed: Printed) -> tuple[list[int], list[int]]:
    """Meetings held by the end of January 2020, and by September: one a month at most since the start."""
    fewest, most, early = (printed.count(figure) for figure in ("F07-min", "F07-max", "F08-reunions"))
    possible = [sum(month >= start.replace(day=1) for month in MONTHS_WITH_MEETING) for start in starts]
    ranks = range(len(starts))
    top = draws.choice([rank for rank in ranks if possible[rank] >= most])
    none = draws.choice([rank for rank in ranks if rank != top and starts[rank] >= LATE])
    begun = draws.sample([rank for rank in ranks if starts[rank] < EARLY], SITES_IN_JANUARY)
    january = [early if rank in begun else 0 for rank in ranks]
    meetings = []
    for rank in ranks:
        if rank in (top, none):
            meetings.append(most if rank == top else fewest)
            continue
        # Those who met early went on; those hired before the lockdown had met once at least.
        least = january[rank] + 1 if january[rank] else fewest + (starts[rank] < LATE)
        meetings.append(draws.between(least, min(possible[rank], most - 1)))
    return january, meetings


def _etp(draws: Draws, posts: list[tuple[str, str]], printed: Printed) -> list[str]:
    """The printed maximum is several people's, the minimum that of someone alone at part time."""
    low, high = printed.tenths("F01-min"), printed.tenths("F01-max")
    top = draws.choice([rank for rank, (staffing, _) in enumerate(posts) if staffing == "partage"])
    bottom = draws.choice([rank for rank, post in enumerate(posts) if post == ("seul", "non")])
    tenths = [draws.between(max(ETP[post][0], low), min(ETP[post][1], high)) for post in posts]
    tenths[top], tenths[bottom] = high, low
    return [f"{value / 10:.1f}" for value in tenths]


def _supports(draws: Draws, size: int) -> dict[str, list[str]]:
    """Support of the direction at the start and now: never higher now, one answer missing now."""
    silent = draws.below(size)
    start = _spread(draws, SUPPORT_AT_START, size)
    now = []
    for value in start:
        level = LEVELS.index(value)
        lost = draws.between(1, level) if level and draws.chance(LOSES_SUPPORT) else 0
        now.append(LEVELS[level - lost])
    now[silent] = NO_ANSWER
    return {"soutien_demarrage": start, "soutien_actuel": now}


def _steering(draws: Draws, names: list[str]) -> dict[str, list[str]]:
    """Who sits in each steering body: residents' bodies only where associations sit too."""
    several = draws.sample(names, SEVERAL_BODIES)
    associations = draws.sample(names, draws.between(*WITH_ASSOCIATIONS))
    participation = draws.sample(associations, WITH_PARTICIPATION)
    return {
        "instances": ["plusieurs" if site in several else "unique" for site in names],
        "instance_institutionnels": ["oui"] * len(names),  # F10
        "instance_associations": [yes(site in associations) for site in names],
        "instance_participation": [yes(site in participation) for site in names],
    }


def _support_is_lost(rows: Rows) -> bool:
    """Lower now, less often strong, and uneven."""
    answered = [row for row in rows if row["soutien_actuel"] != NO_ANSWER]
    start, now = (
        [LEVELS.index(row[column]) for row in answered] for column in ("soutien_demarrage", "soutien_actuel")
    )
    strong = LEVELS.index("fort")
    return sum(now) < sum(start) and now.count(strong) < start.count(strong) and len(set(now)) > 1
