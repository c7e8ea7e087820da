"""One value of one column, from what the dictionary says of it: type, categories, constraints.

``SHAPES`` makes values plausible where the dictionary only bounds them (an ETP of 0.8 rather than 4.3); a
column that it does not name is drawn evenly, so that a column added to the dictionary is simulated at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from atc.intake.draws import Draws
from atc.survey.dictionary import Field
from atc.survey.rows import MISSING, NO_ANSWER, UNKNOWN, yes

# Chances in a hundred that a question that may be left unanswered is.
_UNANSWERED = 3
_EVEN = 50
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
_ANSWERED = frozenset(
    f"carnet_de_bord.{name}" for name in ("debut_contrat", "etp", "configuration", "reunions_pilotage")
)
_TICKED = 35  # other boxes


def answered(field: Field) -> bool:
    """Whether everybody answers: the dictionary admits no missing code, or the carnet would tell little."""
    dotted = f"{field.table}.{field.name}"
    boxes = field.table == "carnet_de_bord" and field.group
    return bool(field.constraints.get("required") or boxes or dotted in _ANSWERED)


def value(draws: Draws, field: Field) -> str:
    """A plausible value as the files write it, or a missing code where the dictionary lets one stand."""
    if not answered(field) and draws.chance(_UNANSWERED):
        return draws.choice((NO_ANSWER, UNKNOWN))
    if field.categories:
        return _category(draws, field)
    if field.type == "boolean":
        shape = SHAPES.get(f"{field.table}.{field.name}")
        default = _TICKED if field.group else _EVEN
        return yes(draws.chance(shape if isinstance(shape, int) else default))
    match field.type:
        case "integer":
            drawn = str(draws.between(*_integers(field)))
        case "number":
            drawn = str(Decimal(draws.between(*_tenths(field))) / 10)
        case "date":
            drawn = day(draws, *_days(field)).isoformat()
        case _:
            drawn = "Texte simulé"
    return drawn


def later(draws: Draws, field: Field, before: str, stays: int) -> str:
    """The value of the same person or site one wave later: mostly the same, else one step away."""
    if before in MISSING or (not answered(field) and draws.chance(_UNANSWERED)):
        return value(draws, field)
    if draws.chance(stays):
        return before
    if not field.categories:
        return value(draws, field)
    codes = list(field.labels)
    rank = codes.index(before)
    return draws.choice([codes[near] for near in (rank - 1, rank + 1) if 0 <= near < len(codes)] or codes)


def day(draws: Draws, first: dt.date, last: dt.date) -> dt.date:
    """A day between two others, both included."""
    return first + dt.timedelta(days=draws.below((last - first).days + 1))


def bounds(field: Field) -> tuple[Decimal, Decimal]:
    """Lowest and highest number that the dictionary admits."""
    low, high = field.constraints.get("minimum", 0), field.constraints.get("maximum", _UNBOUNDED)
    return Decimal(str(low)), Decimal(str(high))


def _category(draws: Draws, field: Field) -> str:
    shape = SHAPES.get(f"{field.table}.{field.name}")
    weights = {code: shape.get(code, 0) for code in field.labels} if isinstance(shape, Mapping) else {}
    return draws.weighted(weights) if sum(weights.values()) else draws.choice(list(field.labels))


def _integers(field: Field) -> tuple[int, int]:
    low, high = (int(bound) for bound in bounds(field))
    shape = SHAPES.get(f"{field.table}.{field.name}")
    if isinstance(shape, tuple):
        low, high = max(low, shape[0]), min(high, shape[1])
    return low, high


def _tenths(field: Field) -> tuple[int, int]:
    low, high = (bound * 10 for bound in bounds(field))
    return int(low.to_integral_value(ROUND_CEILING)), int(high.to_integral_value(ROUND_FLOOR))


def _days(field: Field) -> tuple[dt.date, dt.date]:
    first = dt.date.fromisoformat(field.constraints.get("minimum", "2019-09-01"))
    last = field.constraints.get("maximum")
    return first, dt.date.fromisoformat(last) if last else first + dt.timedelta(days=365)
