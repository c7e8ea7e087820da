"""Table ``questionnaire_flash``: who was asked, who answered, stances and obstacles.

Printed: recipients by role, territoires, respondents; any choice that gives those counts is as likely. Of
stances, only an order between roles (J03): they follow the backing of the site, in ``positionnements``. Of
obstacles, a list (J05). Of respondents by role, nothing: ours follow the proportions of the recipients.
"""

from fractions import Fraction

from targets import Printed

from atc.intake.persons import DEMONSTRATION_KEY, pseudonym
from atc.intake.simulate import Draws
from atc.survey.dictionary import NO_ANSWER, UNKNOWN, Rows, Tables, yes

RESPONDENTS = {"dp": 7, "ville": 5, "intercommunalite": 5}
# Chances in a hundred that a respondent ticks each obstacle.
TICKED = {
    "frein_saturation": 70,
    "frein_crise_sanitaire": 85,
    "frein_elections": 65,
    "frein_objet_flou": 35,
}
VAGUE = "frein_objet_flou"
# Weights of soutien, observateur and reserve, by backing of the site and role. A backing is strong because
# those who make it support the experiment: the DP, and the city in a triumvirat.
STANCES = {
    ("binome", "dp"): (1, 0, 0),
    ("binome", "ville"): (1, 5, 3),
    ("binome", "intercommunalite"): (1, 5, 3),
    ("triumvirat", "dp"): (1, 0, 0),
    ("triumvirat", "ville"): (1, 0, 0),
    ("triumvirat", "intercommunalite"): (2, 4, 2),
    ("faible", "dp"): (0, 5, 4),
    ("faible", "ville"): (0, 5, 5),
    ("faible", "intercommunalite"): (0, 5, 5),
}


def propose(draws: Draws, printed: Printed, tables: Tables) -> Rows:
    """One row per recipient, sorted by pseudonym; no answer at all where nobody answered.

    A role has at most one recipient on a site, and the site without a carnet has none.
    """
    backing = {row["territoire"]: row["portage"].partition("_")[0] for row in tables["positionnements"]}
    sites = sorted(row["territoire"] for row in tables["carnet_de_bord"])
    asked = {role: draws.sample(sites, printed.count(f"M03-{role}")) for role in RESPONDENTS}
    answering = {role: draws.sample(asked[role], size) for role, size in RESPONDENTS.items()}
    rows = []
    for role, site in [(role, site) for role, sites in asked.items() for site in sites]:
        row = {
            "repondant": pseudonym(DEMONSTRATION_KEY, "R", f"{site}/{role}"),
            "territoire": site,
            "role": role,
            "repondu": yes(site in answering[role]),
            **dict.fromkeys(("posture", *TICKED), NO_ANSWER),
        }
        if site in answering[role]:
            row |= {obstacle: yes(draws.chance(chance)) for obstacle, chance in TICKED.items()}
            weights = STANCES[backing[site], role]
            row["posture"] = draws.weighted(
                dict(zip(("soutien", "observateur", "reserve"), weights, strict=True))
            )
        rows.append(row)
    # Two missing answers, where the report gives nothing.
    for row, code in zip(draws.sample(respondents(rows), 2), (NO_ANSWER, UNKNOWN), strict=True):
        row[VAGUE] = code
    return sorted(rows, key=lambda row: row["repondant"])


def holds(rows: Rows, printed: Printed) -> bool:
    """Totals, territoires of the respondents, orders between roles, obstacles that most tick."""
    answered = respondents(rows)
    support, aside = (
        {
            role: Fraction(sum((row["role"], row["posture"]) == (role, stance) for row in answered), size)
            for role, size in RESPONDENTS.items()
        }
        for stance in ("soutien", "observateur")
    )
    ticks = {obstacle: sum(row[obstacle] == "oui" for row in answered) for obstacle in TICKED}
    vague = ticks.pop(VAGUE)
    return (
        (len(rows), len(answered)) == (printed.count("M02"), printed.count("M05"))
        and len({row["territoire"] for row in answered}) == printed.count("M06")
        and 1 > support["dp"] > Fraction(1, 2) > max(support["ville"], support["intercommunalite"])
        and aside["dp"] < min(aside["ville"], aside["intercommunalite"])
        and min(ticks.values()) > max(len(answered) // 2, vague)
        and vague > 1
    )


def respondents(rows: Rows) -> Rows:
    """Recipients who answered."""
    return [row for row in rows if row["repondu"] == "oui"]
