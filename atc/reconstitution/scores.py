"""Table ``scores``: the situation before the start and now, from 1 to 10, as two groups see it.

The report's chart is lost: items and scores are simulated. The one thing kept is its question: do
institutional actors and animateurs see the start differently? Here institutions score somewhat
higher on three items, and about the same on the others (docs/hypotheses.md). Nothing says that the
situation of 2020 itself was scored: those rows only give the next wave something to be compared with.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from atc.draws import Draws
from atc.reconstitution.questionnaire_flash import respondents
from atc.reconstitution.solving import Recipe, Rule
from atc.reconstitution.targets import Targets
from atc.reconstitution.territoires import sites
from atc.rows import MISSING, NO_ANSWER, UNKNOWN, Row, Rows, Tables

_TABLE = "scores"
# Simulated: usual score of an animateur on each item.
_USUAL = {
    "cooperation": 4,
    "interconnaissance": 4,
    "vie_associative": 4,
    "projets_communs": 4,
    "participation": 3,
    "confiance": 4,
}
_SEEN_HIGHER = ("cooperation", "interconnaissance", "vie_associative")
_HIGHER = 2  # points that institutions add on those three, before noise
_LOWEST, _HIGHEST = 1, 10
_MISSING = (NO_ANSWER, NO_ANSWER, UNKNOWN, UNKNOWN, UNKNOWN)
# Gaps between the means of the two groups, in points.
_WIDE, _NARROW = Fraction(1), Fraction(7, 10)
BEFORE, NOW = "avant", "actuelle"
# Simulated: points won on each item in a year, out of a hundred chances each way.
_WON, _LOST = 45, 15


def _people(tables: Tables) -> list[tuple[str, str, str]]:
    """``(pseudonym, group, territoire)`` of everyone who scores."""
    people = [(r["repondant"], "institutionnels", r["territoire"]) for r in respondents(tables)]
    people += [(r["repondant"], "animateurs", r["territoire"]) for r in tables["carnet_de_bord"]]
    return sorted(people)


def _site_levels(draws: Draws, tables: Tables) -> dict[tuple[str, str], int]:
    """What a territoire adds on each item; few associations where the model is to revive them."""
    models = {row["territoire"]: row["modele_principal"] for row in tables["positionnements"]}
    levels = {}
    for site in sites(tables):
        level = draws.between(-1, 2)
        for item in _USUAL:
            revived = item == "vie_associative" and models[site] == "dynamisation"
            levels[site, item] = level - 2 * revived
    return levels


def _score(draws: Draws, group: str, item: str, level: int) -> int:
    higher = _HIGHER if group == "institutionnels" and item in _SEEN_HIGHER else 0
    noise = draws.between(-1, 1) + draws.between(-1, 1)
    return min(max(_USUAL[item] + higher + level + noise, _LOWEST), _HIGHEST)


def propose(draws: Draws, tables: Tables, _targets: Targets) -> Rows:
    """One row per respondent, period and item, sorted by pseudonym, items in the order of the form."""
    levels = _site_levels(draws, tables)
    rows = []
    for person, group, site in _people(tables):
        severity = draws.between(-1, 1)
        for item in _USUAL:
            score = _score(draws, group, item, levels[site, item] + severity)
            rows.append(
                {
                    "repondant": person,
                    "groupe": group,
                    "territoire": site,
                    "periode": BEFORE,
                    "item": item,
                    "score": str(score),
                }
            )
    # A stream of its own, begun before the blanks: what is published about the start does not depend on it.
    since = _since(draws.branch(NOW), rows)
    for row, code in zip(draws.sample(rows, len(_MISSING)), _MISSING, strict=True):
        row["score"] = code
    return sorted(rows + since, key=lambda row: (row["repondant"], row["periode"] == NOW))


def _since(draws: Draws, before: Rows) -> Rows:
    """The same people on the same items, now: a territoire mostly moves as one, each judge a little apart."""
    drifts = {site: _drift(draws) for site in sorted({row["territoire"] for row in before})}
    rows = []
    for row in before:
        score = int(row["score"]) + drifts[row["territoire"]] + _drift(draws)
        rows.append(row | {"periode": NOW, "score": str(min(max(score, _LOWEST), _HIGHEST))})
    for row in draws.sample(rows, len(_MISSING)):
        row["score"] = UNKNOWN
    return rows


def _drift(draws: Draws) -> int:
    return draws.weighted({1: _WON, -1: _LOST, 0: 100 - _WON - _LOST})


def _mean(rows: Iterable[Row]) -> Fraction:
    scores = [int(row["score"]) for row in rows if row["score"] not in MISSING]
    return Fraction(sum(scores), len(scores))


def _judging(tables: Tables, periode: str) -> Rows:
    return [row for row in tables[_TABLE] if row["periode"] == periode]


def _gap(tables: Tables, item: str) -> Fraction:
    """Mean of institutional actors minus mean of animateurs, on sites where both answered."""
    both = {row["territoire"] for row in respondents(tables)}
    rows = [row for row in _judging(tables, BEFORE) if row["item"] == item and row["territoire"] in both]
    institutions, animateurs = (
        _mean(row for row in rows if row["groupe"] == group) for group in ("institutionnels", "animateurs")
    )
    return institutions - animateurs


def _institutions_higher(tables: Tables) -> bool:
    """Clearly higher on the three items, close on the others."""
    return all(
        _gap(tables, item) >= _WIDE if item in _SEEN_HIGHER else abs(_gap(tables, item)) <= _NARROW
        for item in _USUAL
    )


def _all_judge(tables: Tables, periode: str) -> bool:
    judges = {(r["repondant"], r["groupe"], r["territoire"]) for r in _judging(tables, periode)}
    return judges == set(_people(tables))


RECIPE = Recipe(
    table=_TABLE,
    propose=propose,
    measures={
        "avant_juge_par_tous": lambda tables: _all_judge(tables, BEFORE),
        "institutions_plus_favorables": _institutions_higher,
    },
    rules=(
        Rule(
            "chaque note vient d’un répondant, avec son territoire",
            lambda tables: all(_all_judge(tables, periode) for periode in (BEFORE, NOW)),
        ),
        Rule(
            "chaque répondant a une ligne par item et par période",
            lambda tables: len(tables[_TABLE]) == 2 * len(_people(tables)) * len(_USUAL),
        ),
    ),
)
