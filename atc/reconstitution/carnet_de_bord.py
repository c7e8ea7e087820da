"""Table ``carnet_de_bord``: fourteen carnets, from the post to the steering body and its themes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from atc.reconstitution import carnet_poste as poste
from atc.reconstitution.carnet_calendrier import (
    Q1_2020,
    Q4_2019,
    Quarter,
    calendars,
    is_early,
    most_meetings,
    quarter,
)
from atc.reconstitution.draws import Draws, pseudonym
from atc.reconstitution.solving import NO_ANSWER, Recipe, Row, Rows, Rule, Tables, yes
from atc.reconstitution.targets import Targets
from atc.reconstitution.territoires import sites

_TABLE = "carnet_de_bord"
THEMES = (
    "theme_engagement_citoyen",
    "theme_solidarite_alimentaire",
    "theme_cadre_de_vie",
    "theme_reussite_educative",
    "theme_femmes_espace_public",
    "theme_autres",
)
_LEVELS = ("faible", "moyen", "fort")
# Simulated counts: the report says "most", "the majority" and "a few".
_SEVERAL_BODIES = 3
_WITH_ASSOCIATIONS = (10, 11)
_WITH_PARTICIPATION = 3
_MOST_THEMES = 3  # a site


def _steering(draws: Draws, names: list[str]) -> dict[str, Row]:
    """Who sits in each steering body: residents' bodies only where associations sit too."""
    several = set(draws.sample(names, _SEVERAL_BODIES))
    associations = draws.sample(names, draws.between(*_WITH_ASSOCIATIONS))
    participation = set(draws.sample(associations, _WITH_PARTICIPATION))
    return {
        name: {
            "instances": "plusieurs" if name in several else "unique",
            "instance_institutionnels": "oui",
            "instance_associations": yes(name in associations),
            "instance_participation": yes(name in participation),
        }
        for name in names
    }


def _themes(draws: Draws) -> Row:
    chosen = draws.sample(THEMES, draws.between(1, _MOST_THEMES))
    return {theme: yes(theme in chosen) for theme in THEMES}


def propose(draws: Draws, tables: Tables, targets: Targets) -> Rows:
    """One row per carnet returned, sorted by pseudonym."""
    names = [site for site in sites(tables) if site not in targets.sans_carnet]
    size = len(names)
    dates = calendars(draws, size, targets)
    staffing = poste.configurations(draws, names, targets)
    plein = poste.full_time(draws, size)
    etp = poste.etp(draws, staffing, plein, targets)
    contrats, profils = poste.contracts(draws, size), poste.profiles(draws, size)
    quartier, soutiens = poste.from_the_neighbourhood(draws, size), poste.supports(draws, size)
    steering = _steering(draws, names)
    rows = []
    for rank, name in enumerate(names):
        body = steering[name]
        rows.append(
            {
                "territoire": name,
                "repondant": pseudonym("A", name),
                "debut_contrat": dates[rank].debut.isoformat(),
                "contrat": contrats[rank],
                "temps_plein": plein[rank],
                "profil": profils[rank],
                "issu_du_quartier": quartier[rank],
                "etp": f"{etp[rank]:.1f}",
                "configuration": staffing[rank],
                "soutien_demarrage": soutiens[rank][0],
                "soutien_actuel": soutiens[rank][1],
                "instances": body.pop("instances"),
                "reunions_pilotage": str(dates[rank].reunions),
                "reunions_janvier_2020": str(dates[rank].en_janvier),
                **body,
                **_themes(draws),
            }
        )
    return sorted(rows, key=lambda row: row["repondant"])


# --- what the rows give ---


def _values(tables: Tables, column: str) -> list[str]:
    return [row[column] for row in tables[_TABLE]]


def _number(tables: Tables, column: str) -> list[Decimal]:
    return [Decimal(value) for value in _values(tables, column)]


def _count(tables: Tables, column: str, value: str) -> int:
    return _values(tables, column).count(value)


def _most(column: str, value: str) -> Callable[[Tables], bool]:
    """Measure: ``value`` is that of more than half of the rows."""
    return lambda tables: 2 * _count(tables, column, value) > len(tables[_TABLE])


def _mean(tables: Tables, column: str) -> Decimal:
    numbers = _number(tables, column)
    return sum(numbers, Decimal(0)) / len(numbers)


def _rounded(tables: Tables, column: str, unit: str) -> Decimal:
    return _mean(tables, column).quantize(Decimal(unit), rounding=ROUND_HALF_UP)


def _starts(tables: Tables, wanted: Quarter) -> int:
    days = _values(tables, "debut_contrat")
    return sum(quarter(dt.date.fromisoformat(day)) == wanted for day in days)


def _january(tables: Tables) -> list[int]:
    return [int(value) for value in _values(tables, "reunions_janvier_2020") if value != "0"]


def _alone(row: Row) -> bool:
    return "oui" not in (row["instance_associations"], row["instance_participation"])


def _unused(tables: Tables, column: str, expected: tuple[str, ...]) -> frozenset[str]:
    return frozenset(expected) - frozenset(_values(tables, column))


def _support_lost(tables: Tables) -> bool:
    """Strong for most at the start, and on average lower now where both answers are known."""
    pairs = [
        (_LEVELS.index(row["soutien_demarrage"]), _LEVELS.index(row["soutien_actuel"]))
        for row in tables[_TABLE]
        if row["soutien_actuel"] != NO_ANSWER
    ]
    start, now = (sum(side) for side in zip(*pairs, strict=True))
    return now < start and _most("soutien_demarrage", "fort")(tables)


_PROFILES = ("animation_mediation", "master_recent", "doctorat", "autre")

MEASURES: dict[str, Callable[[Tables], object]] = {
    "sans_carnet": lambda t: frozenset(sites(t)) - frozenset(_values(t, "territoire")),
    "etp_minimum": lambda t: min(_number(t, "etp")),
    "etp_maximum": lambda t: max(_number(t, "etp")),
    "etp_moyenne": lambda t: _rounded(t, "etp", "0.1"),
    "part_seul": lambda t: Fraction(_count(t, "configuration", "seul"), len(t[_TABLE])),
    "seul_avec_appui": lambda t: _count(t, "configuration", "seul_avec_appui"),
    "partage": lambda t: frozenset(
        row["territoire"] for row in t[_TABLE] if row["configuration"] == "partage"
    ),
    "debuts_t4_2019": lambda t: _starts(t, Q4_2019),
    "debuts_t1_2020": lambda t: _starts(t, Q1_2020),
    "reunions_minimum": lambda t: min(_number(t, "reunions_pilotage")),
    "reunions_maximum": lambda t: max(_number(t, "reunions_pilotage")),
    "reunions_moyenne": lambda t: _rounded(t, "reunions_pilotage", "1"),
    "reunions_en_janvier": lambda t: max(_january(t), default=0),
    "sites_en_janvier": lambda t: len(_january(t)),
    "instance_unique_le_plus_souvent": _most("instances", "unique"),
    "institutionnels_partout": lambda t: _count(t, "instance_institutionnels", "non") == 0,
    "institutionnels_parfois_seuls": lambda t: any(_alone(row) for row in t[_TABLE]),
    "associations_majoritaires": _most("instance_associations", "oui"),
    "participation_sur_quelques_sites": (lambda t: 2 <= _count(t, "instance_participation", "oui") <= 4),
    "themes_absents": lambda t: frozenset(theme for theme in THEMES if not _count(t, theme, "oui")),
    "profils_absents": lambda t: _unused(t, "profil", _PROFILES),
    "issus_du_quartier_rares": lambda t: 1 <= _count(t, "issu_du_quartier", "oui") <= 3,
    "cdd_le_plus_souvent": _most("contrat", "cdd"),
    "temps_plein_partout": lambda t: _count(t, "temps_plein", "non") == 0,
    "soutien_en_recul": _support_lost,
}


def _each(holds: Callable[[Row], bool]) -> Callable[[Tables], bool]:
    return lambda tables: all(holds(row) for row in tables[_TABLE])


def _meetings_fit(row: Row) -> bool:
    debut = dt.date.fromisoformat(row["debut_contrat"])
    january, meetings = int(row["reunions_janvier_2020"]), int(row["reunions_pilotage"])
    return january <= meetings <= most_meetings(debut) and (not january or is_early(debut))


def _off_boundary(tables: Tables) -> bool:
    """A mean on a half would round one way or the other with the software."""
    halves = (_mean(tables, "etp") * 10, _mean(tables, "reunions_pilotage"))
    return all(value % 1 != Decimal("0.5") for value in halves)


RECIPE = Recipe(
    table=_TABLE,
    propose=propose,
    measures=MEASURES,
    rules=(
        Rule("les réunions tiennent entre le début du contrat et l’enquête", _each(_meetings_fit)),
        Rule(
            "une personne seule à temps partiel consacre moins d’un ETP",
            _each(
                lambda row: (
                    (row["configuration"], row["temps_plein"]) != ("seul", "non") or Decimal(row["etp"]) < 1
                )
            ),
        ),
        Rule(
            "une personne seule ne consacre pas plus d’un ETP",
            _each(lambda row: row["configuration"] != "seul" or Decimal(row["etp"]) <= 1),
        ),
        Rule("aucune moyenne ne tombe sur un arrondi ambigu", _off_boundary),
    ),
)
