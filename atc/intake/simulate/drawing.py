"""What is asked of a simulated wave, and one value of one column, from what the dictionary says of it.

``SHAPES`` makes values plausible where the dictionary only bounds them (an ETP of 0.8 rather than 4.3); a
column that it does not name is drawn evenly, so that a column added to the dictionary is simulated at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from atc.intake.persons import DEMONSTRATION_KEY, pseudonym
from atc.intake.simulate.draws import Draws
from atc.survey.dictionary import MISSING, NO_ANSWER, UNKNOWN, Dictionary, Field, Row, Tables, yes

# Chances in a hundred that a question that may be left unanswered is; of a yes, of a ticked box.
_UNANSWERED, _EVEN, _TICKED = 3, 50, 35
#: Highest number of a question to which the dictionary gives no end.
_UNBOUNDED = 10

Shape = Mapping[str, int] | tuple[int, int] | int
# Weights of categories; lowest and highest of integers; chances in a hundred of « oui ».
SHAPES: Mapping[str, Shape] = {
    "territoires.reseau": {"fcsf": 5, "cnlrq": 4, "bbz": 2, "non_renseigne": 1},
    "territoires.recueil": {"monographie": 2, "telephone": 3},
    "carnet_de_bord.contrat": {"cdd": 8, "cdi": 3, "autre": 1},
    "carnet_de_bord.temps_plein": 50,
    "carnet_de_bord.profil": {"animation_mediation": 5, "master_recent": 4, "doctorat": 1, "autre": 3},
    "carnet_de_bord.issu_du_quartier": 20,
    "carnet_de_bord.configuration": {"seul": 4, "seul_avec_appui": 2, "partage": 2},
    "carnet_de_bord.soutien_demarrage": {"fort": 6, "moyen": 3, "faible": 1},
    "carnet_de_bord.soutien_actuel": {"fort": 4, "moyen": 4, "faible": 2},
    "carnet_de_bord.instances": {"unique": 3, "plusieurs": 1},
    "carnet_de_bord.reunions_pilotage": (0, 14),
    "carnet_de_bord.reunions_janvier_2020": (0, 3),
    "carnet_de_bord.instance_institutionnels": 97,
    "carnet_de_bord.instance_associations": 75,
    "carnet_de_bord.instance_participation": 30,
    "questionnaire_flash.posture": {"soutien": 5, "observateur": 4, "reserve": 2},
    "questionnaire_flash.frein_saturation": 60,
    "questionnaire_flash.frein_crise_sanitaire": 75,
    "questionnaire_flash.frein_elections": 40,
    "questionnaire_flash.frein_objet_flou": 30,
    "positionnements.portage": {"binome": 5, "triumvirat": 5, "faible_assume": 3, "faible_subi": 2},
    "effets.associations": (2, 12),
}
#: Questions of the carnet that made-up animateurs never leave out.
_ANSWERED = frozenset({"debut_contrat", "etp", "configuration", "reunions_pilotage"})


@dataclass(frozen=True)
class Plan:
    """A wave to simulate."""

    vague: str
    date: dt.date  # when it is said to take place
    sites: int  # how many territories, when there is no wave before
    seed: int
    dictionary: Dictionary = field(repr=False)
    previous: str = ""  # id of the wave before; empty if none
    before: Tables = field(default_factory=dict, repr=False)  # its tables, as text
    before_date: dt.date = dt.date.min
    # Variables of the codebook that are no longer asked: columns or ``scores.item=code``.
    gone: frozenset[str] = frozenset()

    def draws(self, table: str) -> Draws:
        """The stream of one table."""
        return Draws(self.seed, f"{self.vague}/{table}")

    def former(self, table: str, *keys: str) -> Mapping[tuple[str, ...], Row]:
        """Rows of the wave before, by the values of some columns."""
        return {tuple(row[key] for key in keys): row for row in self.before.get(table, ())}


class Newcomers:
    """Codes for people who were not there before, never twice the same."""

    def __init__(self, plan: Plan) -> None:
        """Know the codes already given by the wave before."""
        self._plan = plan
        self._given = {
            row["repondant"] for rows in plan.before.values() for row in rows if "repondant" in row
        }

    def code(self, prefix: str, post: str) -> str:
        """Code of whoever takes a post: ``avignon`` or ``avignon/dp``.

        The first wave names people by their post alone, as data/reconstitution does; a later one adds
        itself, for the person is another one.
        """
        name = f"{post}/{self._plan.vague}" if self._plan.previous else post
        code = pseudonym(DEMONSTRATION_KEY, prefix, name)
        while code in self._given:  # one chance in a billion for a pair, but thousands of people
            name += "+"
            code = pseudonym(DEMONSTRATION_KEY, prefix, name)
        self._given.add(code)
        return code


def value(draws: Draws, field: Field, before: Row | None = None, stays: int = 0) -> str:
    """A plausible value as the files write it, or a missing code where the dictionary lets one stand.

    With the row of the same person or site one wave earlier, mostly what it says, else one step away.
    """
    boxes = field.table == "carnet_de_bord" and (field.group or field.name in _ANSWERED)
    skipped = not (field.constraints.get("required") or boxes)
    told = before[field.name] if before else NO_ANSWER
    if told not in MISSING and not (skipped and draws.chance(_UNANSWERED)):
        if draws.chance(stays):
            return told
        if field.categories:
            codes = list(field.labels)
            near = (codes.index(told) + step for step in (-1, 1))
            return draws.choice([codes[rank] for rank in near if 0 <= rank < len(codes)] or codes)
    if skipped and draws.chance(_UNANSWERED):
        return draws.choice((NO_ANSWER, UNKNOWN))
    return _drawn(draws, field)


def _drawn(draws: Draws, field: Field) -> str:
    shape = SHAPES.get(f"{field.table}.{field.name}")
    if field.categories:
        weights = {code: shape.get(code, 0) for code in field.labels} if isinstance(shape, Mapping) else {}
        return draws.weighted(weights) if sum(weights.values()) else draws.choice(list(field.labels))
    match field.type:
        case "boolean":
            return yes(draws.chance(shape if isinstance(shape, int) else _TICKED if field.group else _EVEN))
        case "integer":
            least, most = map(int, bounds(field))
            near = shape if isinstance(shape, tuple) else (least, most)
            return str(draws.between(max(least, near[0]), min(most, near[1])))
        case "number":
            low, high = (bound * 10 for bound in bounds(field))
            first, last = low.to_integral_value(ROUND_CEILING), high.to_integral_value(ROUND_FLOOR)
            return str(Decimal(draws.between(int(first), int(last))) / 10)
        case "date":
            begins = dt.date.fromisoformat(field.constraints.get("minimum", "2019-09-01"))
            told = field.constraints.get("maximum")
            ends = dt.date.fromisoformat(told) if told else begins + dt.timedelta(days=365)
            return day(draws, begins, ends).isoformat()
    return "Texte simulé"


def day(draws: Draws, first: dt.date, last: dt.date) -> dt.date:
    """A day between two others, both included."""
    return first + dt.timedelta(days=draws.below((last - first).days + 1))


def bounds(field: Field) -> tuple[Decimal, Decimal]:
    """Lowest and highest number that the dictionary admits."""
    low, high = field.constraints.get("minimum", 0), field.constraints.get("maximum", _UNBOUNDED)
    return Decimal(str(low)), Decimal(str(high))
