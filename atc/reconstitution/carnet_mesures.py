"""What the carnets give for each target: the same aggregates as the report printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from atc.reconstitution.carnet_calendrier import Q1_2020, Q4_2019, Quarter, quarter
from atc.reconstitution.territoires import sites
from atc.rows import NO_ANSWER, Row, Tables

TABLE = "carnet_de_bord"
THEMES = (
    "theme_engagement_citoyen",
    "theme_solidarite_alimentaire",
    "theme_cadre_de_vie",
    "theme_reussite_educative",
    "theme_femmes_espace_public",
    "theme_autres",
)
_LEVELS = ("faible", "moyen", "fort")
_PROFILES = ("animation_mediation", "master_recent", "doctorat", "autre")


def _values(tables: Tables, column: str) -> list[str]:
    return [row[column] for row in tables[TABLE]]


def _number(tables: Tables, column: str) -> list[Decimal]:
    return [Decimal(value) for value in _values(tables, column)]


def _count(tables: Tables, column: str, value: str) -> int:
    return _values(tables, column).count(value)


def _most(column: str, value: str) -> Callable[[Tables], bool]:
    """Measure: ``value`` is that of more than half of the rows."""
    return lambda tables: 2 * _count(tables, column, value) > len(tables[TABLE])


def mean(tables: Tables, column: str) -> Decimal:
    """Exact mean of a column, over the carnets."""
    numbers = _number(tables, column)
    return sum(numbers, Decimal(0)) / len(numbers)


def _rounded(tables: Tables, column: str, unit: str) -> Decimal:
    return mean(tables, column).quantize(Decimal(unit), rounding=ROUND_HALF_UP)


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
    """Strong for most at the start, less often and lower now; uneven now, whatever the start."""
    pairs = [
        (_LEVELS.index(row["soutien_demarrage"]), _LEVELS.index(row["soutien_actuel"]))
        for row in tables[TABLE]
        if row["soutien_actuel"] != NO_ANSWER
    ]
    start, now = zip(*pairs, strict=True)
    strong = _LEVELS.index("fort")
    lower = sum(now) < sum(start) and now.count(strong) < start.count(strong)
    return lower and len(set(now)) > 1 and _most("soutien_demarrage", "fort")(tables)


MEASURES: dict[str, Callable[[Tables], object]] = {
    "sans_carnet": lambda t: frozenset(sites(t)) - frozenset(_values(t, "territoire")),
    "etp_minimum": lambda t: min(_number(t, "etp")),
    "etp_maximum": lambda t: max(_number(t, "etp")),
    "etp_moyenne": lambda t: _rounded(t, "etp", "0.1"),
    "part_seul": lambda t: Fraction(_count(t, "configuration", "seul"), len(t[TABLE])),
    "seul_avec_appui": lambda t: _count(t, "configuration", "seul_avec_appui"),
    "partage": lambda t: frozenset(
        row["territoire"] for row in t[TABLE] if row["configuration"] == "partage"
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
    "institutionnels_parfois_seuls": lambda t: any(_alone(row) for row in t[TABLE]),
    "associations_majoritaires": _most("instance_associations", "oui"),
    "participation_sur_quelques_sites": (lambda t: 2 <= _count(t, "instance_participation", "oui") <= 4),
    "themes_absents": lambda t: frozenset(theme for theme in THEMES if not _count(t, theme, "oui")),
    "profils_absents": lambda t: _unused(t, "profil", _PROFILES),
    "issus_du_quartier_rares": lambda t: 1 <= _count(t, "issu_du_quartier", "oui") <= 3,
    "cdd_le_plus_souvent": _most("contrat", "cdd"),
    "temps_plein_partout": lambda t: _count(t, "temps_plein", "non") == 0,
    "soutien_en_recul": _support_lost,
}
