"""Table ``questionnaire_flash``: thirty recipients, seventeen of whom answered.

Published: recipients by role, territoires, respondents. Any choice of recipients and respondents
that gives those counts is as likely as another. Stances follow the backing of the site, as drawn in
``positionnements``; only an order between roles was published, and three names of obstacles.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from atc.draws import Draws
from atc.pseudonyms import DEMONSTRATION_KEY, pseudonym
from atc.reconstitution.solving import Recipe, Rule
from atc.reconstitution.targets import Targets
from atc.reconstitution.territoires import sites
from atc.rows import NO_ANSWER, UNKNOWN, Row, Rows, Tables, yes

_TABLE = "questionnaire_flash"
ROLES = ("dp", "ville", "intercommunalite")
_NAMED = ("frein_saturation", "frein_crise_sanitaire", "frein_elections")
_VAGUE = "frein_objet_flou"
# Simulated: chances in a hundred that a respondent ticks each obstacle.
_TICKED = {
    "frein_saturation": 70,
    "frein_crise_sanitaire": 85,
    "frein_elections": 65,
    _VAGUE: 35,
}
_ANSWERS = ("posture", *_TICKED)
# Simulated: weights of soutien, observateur and reserve, by backing of the site and role. A backing
# is strong because those who make it support the experiment: the DP, and the city in a triumvirat.
_STANCES = {
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


def _recipients(draws: Draws, tables: Tables, targets: Targets) -> list[tuple[str, str]]:
    """``(role, territoire)`` of each recipient: a role has at most one on a territoire."""
    # Of the fifteen sites, the one without a carnet is read as the one without recipients.
    names = [site for site in sites(tables) if site not in targets.sans_carnet]
    sizes = {
        "dp": targets.destinataires_dp,
        "ville": targets.destinataires_ville,
        "intercommunalite": targets.destinataires_intercommunalite,
    }
    return [(role, site) for role, size in sizes.items() for site in draws.sample(names, size)]


def _respondents(draws: Draws, recipients: list[tuple[str, str]], targets: Targets) -> set[tuple[str, str]]:
    sizes = {
        "dp": targets.repondants_dp,
        "ville": targets.repondants_ville,
        "intercommunalite": targets.repondants_intercommunalite,
    }
    by_role = {role: [each for each in recipients if each[0] == role] for role in sizes}
    return {each for role, size in sizes.items() for each in draws.sample(by_role[role], size)}


def _answers(draws: Draws, role: str, portage: str) -> Row:
    weights = _STANCES[portage.partition("_")[0], role]
    stances = dict(zip(("soutien", "observateur", "reserve"), weights, strict=True))
    ticks = {name: yes(draws.chance(chance)) for name, chance in _TICKED.items()}
    return {"posture": draws.weighted(stances), **ticks}


def _leave_blanks(draws: Draws, rows: Rows) -> None:
    """Two missing answers, in the one obstacle that the report does not name."""
    answered = [row for row in rows if row["repondu"] == "oui"]
    for row, code in zip(draws.sample(answered, 2), (NO_ANSWER, UNKNOWN), strict=True):
        row[_VAGUE] = code


def propose(draws: Draws, tables: Tables, targets: Targets) -> Rows:
    """One row per recipient, sorted by pseudonym; no answer at all where nobody answered."""
    portage = {row["territoire"]: row["portage"] for row in tables["positionnements"]}
    recipients = _recipients(draws, tables, targets)
    respondents = _respondents(draws, recipients, targets)
    rows = []
    for role, site in recipients:
        answered = (role, site) in respondents
        rows.append(
            {
                "repondant": pseudonym(DEMONSTRATION_KEY, "R", f"{site}/{role}"),
                "territoire": site,
                "role": role,
                "repondu": yes(answered),
                **dict.fromkeys(_ANSWERS, NO_ANSWER),
                **(_answers(draws, role, portage[site]) if answered else {}),
            }
        )
    _leave_blanks(draws, rows)
    return sorted(rows, key=lambda row: row["repondant"])


def respondents(tables: Tables, role: str | None = None) -> Rows:
    """Recipients who answered, of one role or all."""
    return [
        row for row in tables[_TABLE] if row["repondu"] == "oui" and (role is None or row["role"] == role)
    ]


def _of_role(role: str) -> Callable[[Tables], int]:
    return lambda tables: sum(row["role"] == role for row in tables[_TABLE])


def _answered(role: str) -> Callable[[Tables], int]:
    return lambda tables: len(respondents(tables, role))


def _distinct_sites(rows: Rows) -> int:
    return len({row["territoire"] for row in rows})


def _rate(tables: Tables) -> int:
    """Response rate in per cent, rounded half up."""
    return (200 * len(respondents(tables)) + len(tables[_TABLE])) // (2 * len(tables[_TABLE]))


def _share(tables: Tables, role: str, posture: str) -> Fraction:
    stances = [row["posture"] for row in respondents(tables, role)]
    return Fraction(stances.count(posture), len(stances))


def _dp_support_most(tables: Tables) -> bool:
    """DP mostly support, and more often than either kind of local authority."""
    dp, *others = (_share(tables, role, "soutien") for role in ROLES)
    return dp > Fraction(1, 2) > max(others)


def _authorities_watch_most(tables: Tables) -> bool:
    """Either kind of local authority stays back more often than DP do."""
    dp, *others = (_share(tables, role, "observateur") for role in ROLES)
    return dp < min(others)


def _ticks(tables: Tables, column: str) -> int:
    return sum(row[column] == "oui" for row in respondents(tables))


def _named_obstacles_frequent(tables: Tables) -> bool:
    """The three that the report names are each ticked by most, and more than the vague purpose."""
    counts = [_ticks(tables, column) for column in _NAMED]
    return 2 * min(counts) > len(respondents(tables)) and min(counts) > _ticks(tables, _VAGUE) > 1


def _silent_rows_empty(tables: Tables) -> bool:
    silent = [row for row in tables[_TABLE] if row["repondu"] == "non"]
    return all(row[column] == NO_ANSWER for row in silent for column in _ANSWERS)


def _stances_confirm_backing(tables: Tables) -> bool:
    """The DP of a strong backing support; none does where backing is weak."""
    strong = {
        row["territoire"]: row["portage"] in {"binome", "triumvirat"} for row in tables["positionnements"]
    }
    return all(
        (row["posture"] == "soutien") == strong[row["territoire"]] for row in respondents(tables, "dp")
    )


def _one_per_role(tables: Tables) -> bool:
    posts = [(row["role"], row["territoire"]) for row in tables[_TABLE]]
    return len(set(posts)) == len(posts)


RECIPE = Recipe(
    table=_TABLE,
    propose=propose,
    measures={
        "destinataires": lambda tables: len(tables[_TABLE]),
        "destinataires_dp": _of_role("dp"),
        "destinataires_ville": _of_role("ville"),
        "destinataires_intercommunalite": _of_role("intercommunalite"),
        "territoires_destinataires": lambda tables: _distinct_sites(tables[_TABLE]),
        "repondants": lambda tables: len(respondents(tables)),
        "territoires_repondants": lambda tables: _distinct_sites(respondents(tables)),
        "taux_de_reponse": _rate,
        "repondants_dp": _answered("dp"),
        "repondants_ville": _answered("ville"),
        "repondants_intercommunalite": _answered("intercommunalite"),
        "dp_plus_souvent_en_soutien": _dp_support_most,
        "dp_tous_en_soutien": lambda tables: _share(tables, "dp", "soutien") == 1,
        "collectivites_plus_souvent_en_retrait": _authorities_watch_most,
        "freins_nommes_frequents": _named_obstacles_frequent,
    },
    rules=(
        Rule("qui n’a pas répondu n’a aucune réponse", _silent_rows_empty),
        Rule("un rôle a au plus un destinataire par territoire", _one_per_role),
        Rule("la posture des délégué.es du préfet confirme le portage du site", _stances_confirm_backing),
    ),
)
