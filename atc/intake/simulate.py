"""A wave that nobody answered, as text: who is there, who answers, what evaluators write of them.

What rules tie together (configuration, full time and ETP; contract and meetings) is drawn together; the rest
comes from the dictionary: a column added there is simulated at once. Every text says that it is simulated.
"""

import datetime as dt
import hashlib
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from math import ceil, floor
from statistics import median_low
from types import SimpleNamespace
from typing import Any, TypeVar

from atc.intake.persons import DEMONSTRATION_KEY, pseudonym
from atc.survey.dictionary import MISSING, NOT_APPLICABLE, UNKNOWN, Dictionary, Field, Row, Rows, yes
from atc.survey.errors import Messages
from atc.survey.paths import read_toml

_said = Messages(__name__)
_DATA = read_toml(__file__)
_CHANCE, _ETP, _SHAPES = SimpleNamespace(**_DATA["chances"]), _DATA["etp"], _DATA["columns"]
CARNET, FLASH, SCORES = "carnet_de_bord", "questionnaire_flash", "scores"
BEFORE, NOW = "avant", "actuelle"
# Questions of the carnet that made-up animateurs never leave out; what describes a person or the past does
# not change with them there, and the rest mostly stays.
_ANSWERED = {"debut_contrat", "etp", "configuration", "reunions_pilotage"}
_FIXED = {"debut_contrat", "profil", "issu_du_quartier", "soutien_demarrage"}
_OF_THE_PERSON = _FIXED | {"contrat", "temps_plein"}
T = TypeVar("T")


class NothingToDrawError(Exception):
    """A draw among too few candidates."""


class Draws:
    """One stream of draws, in general that of a table: a change in one leaves the others as they were.

    They are the same on every machine, for they are integers that come from SHA-256: the standard library
    promises a stable ``random.random()`` but neither ``choice`` nor ``shuffle``, and numpy's streams change.
    """

    def __init__(self, seed: int, name: str) -> None:
        """Start a stream, by the seed of the whole wave and its own name."""
        self._label, self._count = f"{seed}/{name}/".encode(), 0

    def below(self, bound: int) -> int:
        """An integer from 0 to ``bound - 1``, each equally likely."""
        if bound < 1:
            raise NothingToDrawError
        # Values beyond the last whole multiple would favour the small integers.
        fair = value = 2**64 - 2**64 % bound
        while value >= fair:
            digest = hashlib.sha256(self._label + str(self._count).encode()).digest()
            self._count += 1
            value = int.from_bytes(digest[:8], "big")
        return value % bound

    def between(self, low: int, high: int) -> int:
        """An integer, bounds included."""
        return low + self.below(high - low + 1)

    def chance(self, percentage: int) -> bool:
        """True ``percentage`` times in a hundred."""
        return self.below(100) < percentage

    def choice(self, items: Sequence[T]) -> T:
        """One of ``items``."""
        return items[self.below(len(items))]

    def weighted(self, weights: Mapping[T, int]) -> T:
        """One of the keys, in proportion to its weight."""
        return list(weights)[bisect([*accumulate(weights.values())], self.below(sum(weights.values())))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All of ``items``, in any order (Fisher-Yates)."""
        result = list(items)
        for last in range(len(result) - 1, 0, -1):
            other = self.below(last + 1)
            result[last], result[other] = result[other], result[last]
        return result

    def sample(self, items: Sequence[T], size: int) -> list[T]:
        """``size`` different ones of ``items``."""
        if size > len(items):
            raise NothingToDrawError
        return self.shuffled(items)[:size]


@dataclass(frozen=True)
class Plan:
    """A wave to simulate."""

    vague: str
    date: dt.date  # when it is said to take place
    sites: int  # how many territories, when there is no wave before
    seed: int
    dictionary: Dictionary = field(repr=False)
    previous: str = ""  # id of the wave before; empty if none
    before: Mapping[str, Rows] = field(default_factory=dict, repr=False)  # its tables, as text
    before_date: dt.date = dt.date.min
    gone: frozenset[str] = frozenset()  # no longer asked: columns or ``scores.item=code``

    def of(self, table: str, *keys: str) -> tuple[Draws, Mapping[str, Field], dict[tuple[str, ...], Row]]:
        """Of one table: its stream, its columns, and its rows of the wave before by the values of some."""
        former = {tuple(row[key] for key in keys): row for row in self.before.get(table, ())}
        return Draws(self.seed, f"{self.vague}/{table}"), self.dictionary.table(table).fields, former


def simulate(plan: Plan) -> dict[str, Rows]:
    """Rows of every table of the dictionary: the same for the same plan, on any machine."""
    rows = [dict(row) for row in plan.before["territoires"]] if plan.previous else _made_up_sites(plan)
    sites = [row["territoire"] for row in rows]
    carnets = sorted(_carnets(plan, sites), key=lambda row: row["repondant"])
    flash = sorted(_flash(plan, sites), key=lambda row: row["repondant"])
    return {
        "territoires": rows,
        CARNET: carnets,
        FLASH: flash,
        SCORES: list(_scores(plan, carnets, flash)),
        "entretiens": _numbered("entretien", "E", _interviews(plan, rows)),
        "positionnements": list(_positions(plan, sites, carnets)),
        "effets": _numbered("effet", "F", _effects(plan, sites)),
        "legitimites": list(_legitimacies(plan)),
        "verbatims": _numbered("verbatim", "V", _quotations(plan)),
    }


def _numbered(column: str, letter: str, rows: Iterator[Row] | Rows) -> Rows:
    return [{column: f"{letter}-{rank:03d}", **row} for rank, row in enumerate(rows, start=1)]


def _value(draws: Draws, field: Field, before: Row | None = None, stays: int = 0) -> str:
    """A plausible value as the files write it, or a missing code where the dictionary lets one stand.

    With the row of the same person or site one wave earlier, mostly what it says, else one step away.
    """
    carnet = field.table == CARNET and (field.group or field.name in _ANSWERED)
    skipped = not (field.constraints.get("required") or carnet)
    told, codes = before[field.name] if before else "", list(field.labels)
    if told not in MISSING and not (skipped and draws.chance(_CHANCE.unanswered)):
        if draws.chance(stays):
            return told
        if codes:
            near = (codes.index(told) + step for step in (-1, 1))
            return draws.choice([codes[rank] for rank in near if 0 <= rank < len(codes)] or codes)
    if skipped and draws.chance(_CHANCE.unanswered):
        return draws.choice(("", UNKNOWN))
    return _drawn(draws, field, _SHAPES.get(f"{field.table}.{field.name}"))


def _drawn(draws: Draws, field: Field, shape: Any) -> str:
    if codes := list(field.labels):
        weights = {code: shape.get(code, 0) for code in codes} if shape else {}
        return draws.weighted(weights) if sum(weights.values()) else draws.choice(codes)
    match field.type:
        case "boolean":
            return yes(draws.chance(shape or (_CHANCE.ticked if field.group else _CHANCE.even)))
        case "integer" | "number":
            scale = 10 if field.type == "number" else 1
            low, high = (bound * scale for bound in _bounds(field))
            near = shape or (low, high)
            return str(Decimal(draws.between(ceil(max(low, near[0])), floor(min(high, near[1])))) / scale)
        case "date":
            begins = dt.date.fromisoformat(field.constraints.get("minimum", "2019-09-01"))
            ends = field.constraints.get("maximum") or (begins + dt.timedelta(days=365)).isoformat()
            return _day(draws, begins, dt.date.fromisoformat(ends)).isoformat()
    return _said("text")


def _day(draws: Draws, first: dt.date, last: dt.date) -> dt.date:
    return first + dt.timedelta(days=draws.below((last - first).days + 1))


def _bounds(field: Field) -> tuple[Decimal, Decimal]:
    """Lowest and highest number that the dictionary admits; 0 and 10 where it gives none."""
    low, high = field.constraints.get("minimum", 0), field.constraints.get("maximum", 10)
    return Decimal(str(low)), Decimal(str(high))


def _newcomer(plan: Plan, prefix: str, post: str) -> str:
    """Code of whoever takes a post (``avignon``, ``avignon/dp``).

    The first wave names people by their post alone, as data/reconstitution does; a later one adds itself,
    for the person is another one.
    """
    return pseudonym(DEMONSTRATION_KEY, prefix, f"{post}/{plan.vague}" if plan.previous else post)


def _made_up_sites(plan: Plan) -> Rows:
    """Sites whose commune codes begin as those of no département, inside mainland France."""
    nowhere, rows = [f"{first}{second}" for first in "0134567" for second in "AB"], []
    for rank in range(1, plan.sites + 1):
        draws, number = Draws(plan.seed, f"{plan.vague}/territoires/{rank}"), f"{rank:03d}"
        number = number.rjust(len(str(plan.sites)), "0")
        made = {
            "territoire": f"site_{number}",
            "commune": f"Site {number}",
            "departement": "Département simulé",
            "code_insee": f"{nowhere[rank // 1_000 % len(nowhere)]}{number[-3:]}",
            "quartier": "NC",
            "longitude": str(Decimal(draws.between(0, 550)) / 100),
            "latitude": str(Decimal(draws.between(4_400, 4_880)) / 100),
        }
        fields = plan.dictionary.table("territoires").fields
        rows.append({name: made[name] if name in made else _value(draws, f) for name, f in fields.items()})
    return rows


def _carnets(plan: Plan, sites: Sequence[str]) -> Iterator[Row]:
    """One row per carnet returned; the first territory always returns one."""
    draws, fields, former = plan.of(CARNET, "territoire")
    held, early = fields["reunions_pilotage"], fields["reunions_janvier_2020"]
    # Whoever is new came after the wave before, and two months before this one, to have something to tell.
    first = dt.date.fromisoformat(fields["debut_contrat"].constraints["minimum"])
    earliest = max(first, plan.before_date)
    latest = max(earliest, plan.date - dt.timedelta(days=60))
    for rank, site in enumerate(sites):
        before = former.get((site,))
        if not draws.chance(_CHANCE.returned_again if before else _CHANCE.returned) and rank:
            continue
        person = before if before and draws.chance(_CHANCE.same_animateur) else None
        code = person["repondant"] if person else _newcomer(plan, "A", site)
        row = {"territoire": site, "repondant": code}
        if person:
            row |= {name: person[name] for name in _FIXED if person[name] not in MISSING}
        if "debut_contrat" not in row:
            # Most begin with a month.
            row["debut_contrat"] = max(earliest, _day(draws, earliest, latest).replace(day=1)).isoformat()
        for name in (name for name in fields if name not in row):
            like = person if name in _OF_THE_PERSON else before
            row[name] = _value(draws, fields[name], like, _CHANCE.site_stays)
        plein = "non" if row["temps_plein"] in MISSING else row["temps_plein"]
        # Who answered nothing at the wave before, or a configuration that is new, is like those with support.
        low, high = _ETP.get(row["configuration"], _ETP["seul_avec_appui"])[plein]
        if person and person["etp"] not in MISSING:
            tenths = int(Decimal(person["etp"]) * 10)
            near = (max(low, tenths - 2), min(high, tenths + 2))
            low, high = near if near[0] <= near[1] else (low, high)
        row["etp"] = f"{Decimal(draws.between(low, high)) / 10:.1f}"
        if before and before[held.name] not in MISSING:
            row[held.name] = str(min(int(before[held.name]) + draws.between(2, 7), int(_bounds(held)[1])))
        else:
            row[held.name] = _value(draws, held)
        # By the end of January 2020: none under a later contract, and never more than in all.
        late, gone = row["debut_contrat"] > "2020-01-31", f"{CARNET}.{early.name}" in plan.gone
        row[early.name] = NOT_APPLICABLE if gone else "0" if late else _value(draws, early)
        if row[early.name] not in MISSING:
            row[early.name] = str(min(int(row[early.name]), int(row[held.name])))
        yield row


def _flash(plan: Plan, sites: Sequence[str]) -> Iterator[Row]:
    """One row per recipient; no answer at all where nobody answered.

    The first territory's first role is always asked and always answers: no table may be empty.
    """
    draws, fields, former = plan.of(FLASH, "territoire", "role")
    for rank, (site, role) in enumerate((site, role) for site in sites for role in fields["role"].labels):
        before, asked = former.get((site, role)), _CHANCE.asked.get(role, _CHANCE.other_role_asked)
        if not draws.chance(_CHANCE.asked_again if before else asked) and rank:
            continue
        person = before if before and draws.chance(_CHANCE.same_person) else None
        code = person["repondant"] if person else _newcomer(plan, "R", f"{site}/{role}")
        again = person if person and person["repondu"] == "oui" else None
        answered = draws.chance(_CHANCE.answers_again if again else _CHANCE.answers) or not rank
        row = {"repondant": code, "territoire": site, "role": role, "repondu": yes(answered)}
        for name in (name for name in fields if name not in row):
            row[name] = _value(draws, fields[name], again, _CHANCE.same_answer) if answered else ""
        yield row


def _scores(plan: Plan, carnets: Rows, flash: Rows) -> Iterator[Row]:
    """One row per respondent, period and item still asked; sorted by pseudonym.

    A first wave judges the time before the start and the present; a later one, the present.
    """
    draws, fields, former = plan.of(SCORES, "repondant", "item", "periode")
    people = [(row["repondant"], "animateurs", row["territoire"]) for row in carnets]
    people += [(r["repondant"], "institutionnels", r["territoire"]) for r in flash if r["repondu"] == "oui"]
    items = [item for item in fields["item"].labels if f"{SCORES}.item={item}" not in plan.gone]
    low, high = map(int, _bounds(fields["score"]))
    own: dict[tuple[str, str], int] = {}
    known: dict[tuple[str, str], list[int]] = {}
    for (person, item, period), row in former.items():
        if period == NOW and row["score"] not in MISSING:
            own[person, item] = int(row["score"])
            known.setdefault((row["territoire"], item), []).append(int(row["score"]))

    def around() -> int:
        return draws.between(-1, 1) + draws.between(-1, 1)

    # Where a territory stands on an item: its low median at the wave before, or near the middle.
    levels = {
        (s, i): median_low(known[s, i]) if (s, i) in known else (low + high) // 2 + around()
        for s in sorted({site for _, _, site in people})
        for i in items
    }
    for person, group, site in sorted(people):
        who = {"repondant": person, "groupe": group, "territoire": site}
        for periode in (NOW,) if plan.previous else (BEFORE, NOW):
            for item in items:
                start = own.get((person, item), levels[site, item] + around())
                moved = start + (draws.weighted({1: 45, -1: 20, 0: 35}) if periode == NOW else 0)
                score = UNKNOWN if draws.chance(_CHANCE.no_score) else str(min(max(moved, low), high))
                yield {**who, "periode": periode, "item": item, "score": score}


def _interviews(plan: Plan, sites: Rows) -> Rows:
    """One row per interview or observation: several roles in a monograph, by telephone the animateur."""
    draws, fields, _ = plan.of("entretiens")
    roles = [code for code in fields["fonction"].labels if code not in ("instance", "animateur")]
    rows = []
    for site in sites:
        met = [("entretien", "animateur")]
        if site["recueil"] == "monographie":
            met += [("entretien", role) for role in draws.sample(roles, draws.between(2, 5))]
            met += [("observation", "instance")] if draws.chance(_CHANCE.observed) else []
        where = {"territoire": site["territoire"], "recueil": site["recueil"]}
        rows += [{**where, "nature": nature, "fonction": role} for nature, role in met]
    return sorted(rows, key=lambda row: (row["recueil"], row["territoire"]))


def _positions(plan: Plan, sites: Sequence[str], carnets: Rows) -> Iterator[Row]:
    """One row per territory; who shares the animation, by their carnet, has a team's organisation."""
    draws, fields, former = plan.of("positionnements", "territoire")
    shared = {row["territoire"] for row in carnets if row["configuration"] == "partage"}
    for site in sites:
        row, before = {"territoire": site}, former.get((site,))
        for name, f in fields.items():
            if name != "territoire":
                row[name] = before[name] if before and draws.chance(_CHANCE.model_stays) else _value(draws, f)
        others = [model for model in fields["modele_principal"].labels if model != row["modele_principal"]]
        second = draws.chance(_CHANCE.second_model)
        row["modele_secondaire"] = draws.choice(others) if second else NOT_APPLICABLE
        row["organisation"] = draws.choice(("minoritaire", "atypique")) if site in shared else "majoritaire"
        yield row


def _effects(plan: Plan, sites: Sequence[str]) -> Iterator[Row]:
    """One row per effect: one or two kinds on each territory, each kind at most once."""
    draws, fields, _ = plan.of("effets")
    kinds = fields["type"].labels
    for site in sites:
        for kind in sorted(draws.sample(list(kinds), draws.between(1, 2)), key=list(kinds).index):
            helps = kind == "participation" and draws.chance(_CHANCE.helps_council)
            met = _value(draws, fields["associations"]) if kind == "inter_associatif" else NOT_APPLICABLE
            yield {
                "territoire": site,
                "type": kind,
                "appui_conseil_citoyen": yes(helps),
                "associations": met,
                "resume": _said("effect", kind=kinds[kind].lower()),
            }


def _legitimacies(plan: Plan) -> Iterator[Row]:
    """One row per network, in the order of the dictionary."""
    draws, fields, former = plan.of("legitimites", "reseau")
    for network in fields["reseau"].labels:
        known = _value(draws, fields["legitimite"], former.get((network,)), _CHANCE.model_stays)
        texts = {"appui": _said("support"), "reste_a_gagner": _said("left_to_win")}
        yield {"reseau": network, "legitimite": known, **texts}


def _quotations(plan: Plan) -> Iterator[Row]:
    """One row per made-up quotation, each of another speaker; some are left without review on purpose."""
    draws, fields, _ = plan.of("verbatims")
    circles, chapters = Draws(plan.seed, f"{plan.vague}/verbatims.relu_pour"), fields["chapitre"].labels
    roles = ("animateur", "delegue_prefet", "intercommunalite", "direction_porteur")
    for rank, (chapter, role) in enumerate(((c, role) for c in chapters for role in roles), start=1):
        reviewed = draws.chance(_CHANCE.reviewed)
        yield {
            "locuteur": pseudonym(DEMONSTRATION_KEY, "L", f"{plan.vague}/{rank}"),
            "fonction": role,
            "chapitre": chapter,
            "idee": _said("idea"),
            "texte": _said("quotation"),
            "nature": "exemple",
            "relu": yes(reviewed),
            "relu_par": _said("reviewers") if reviewed else NOT_APPLICABLE,
            "relu_le": plan.date.isoformat() if reviewed else NOT_APPLICABLE,
            "relu_pour": circles.choice(("financeurs", "public")) if reviewed else NOT_APPLICABLE,
        }
