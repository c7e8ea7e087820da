"""A wave that nobody answered, as text: who is there, who answers, what evaluators write of them.

What the rules of `atc.survey.validation` tie together (configuration, full time and ETP; contract and
meetings) is drawn together; the rest comes from the dictionary, column by column. Every text says that it is
simulated.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median_low

from atc.intake.draws import CARNET, Draws, bounds, day_between, value
from atc.intake.persons import DEMONSTRATION_KEY, pseudonym
from atc.survey.dictionary import (
    MISSING,
    NO_ANSWER,
    NOT_APPLICABLE,
    NOT_DISCLOSED,
    UNKNOWN,
    Dictionary,
    Field,
    Row,
    Rows,
    Tables,
    yes,
)

# Chances are in a hundred.
BEFORE, NOW = "avant", "actuelle"
FLASH, SCORES = "questionnaire_flash", "scores"


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
    gone: frozenset[str] = frozenset()  # no longer asked: columns or ``scores.item=code``

    def of(self, table: str, *keys: str) -> tuple[Draws, Mapping[str, Field], dict[tuple[str, ...], Row]]:
        """Of one table: its stream, its columns, and its rows of the wave before by the values of some."""
        former = {tuple(row[key] for key in keys): row for row in self.before.get(table, ())}
        return Draws(self.seed, f"{self.vague}/{table}"), self.dictionary.table(table).fields, former


def simulate(plan: Plan) -> dict[str, Rows]:
    """Rows of every table of the dictionary: the same for the same plan, on any machine."""
    known = {row["repondant"] for rows in plan.before.values() for row in rows if "repondant" in row}
    sites = [dict(row) for row in plan.before["territoires"]] if plan.previous else _made_up_sites(plan)
    carnets = sorted(_carnets(plan, sites, known), key=lambda row: row["repondant"])
    flash = sorted(_flash(plan, sites, known), key=lambda row: row["repondant"])
    return {
        "territoires": sites,
        CARNET: carnets,
        FLASH: flash,
        SCORES: list(_scores(plan, carnets, flash)),
        "entretiens": _numbered(_interviews(plan, sites), "entretien", "E"),
        "positionnements": list(_positions(plan, sites, carnets)),
        "effets": _numbered(_effects(plan, sites), "effet", "F"),
        "legitimites": list(_legitimacies(plan)),
        "verbatims": _numbered(_quotations(plan), "verbatim", "V"),
    }


def _numbered(rows: Iterator[Row] | Rows, column: str, letter: str) -> Rows:
    return [{column: f"{letter}-{rank:03d}", **row} for rank, row in enumerate(rows, start=1)]


def _newcomer(plan: Plan, known: set[str], prefix: str, post: str) -> str:
    """Code of whoever takes a post (``avignon``, ``avignon/dp``), never twice the same.

    The first wave names people by their post alone, as data/reconstitution does; a later one adds itself,
    for the person is another one.
    """
    name = f"{post}/{plan.vague}" if plan.previous else post
    while (code := pseudonym(DEMONSTRATION_KEY, prefix, name)) in known:
        name += "+"  # one chance in a billion for a pair, but thousands of people
    known.add(code)
    return code


# First two characters of commune codes that no département has: nothing points to a real place.
_NOWHERE = [f"{first}{second}" for first in "0134567" for second in "AB"]
# Hundredths of degree: a rectangle that lies wholly inside mainland France.
_LONGITUDES, _LATITUDES = (0, 550), (4_400, 4_880)


def _made_up_sites(plan: Plan) -> Rows:
    width, rows = max(3, len(str(plan.sites))), []
    for rank in range(1, plan.sites + 1):
        draws, (thousands, rest) = Draws(plan.seed, f"{plan.vague}/territoires/{rank}"), divmod(rank, 1_000)
        made = {
            "territoire": f"site_{rank:0{width}d}",
            "commune": f"Site {rank:0{width}d}",
            "departement": "Département simulé",
            "code_insee": f"{_NOWHERE[thousands % len(_NOWHERE)]}{rest:03d}",
            "quartier": NOT_DISCLOSED,
            "longitude": str(Decimal(draws.between(*_LONGITUDES)) / 100),
            "latitude": str(Decimal(draws.between(*_LATITUDES)) / 100),
        }
        fields = plan.dictionary.table("territoires").fields
        rows.append({name: made[name] if name in made else value(draws, f) for name, f in fields.items()})
    return rows


# --- carnets: who returned one, whether the animateur is the same, what changed

_RETURNED, _RETURNED_AGAIN, _SAME_ANIMATEUR, _SITE_STAYS = 92, 90, 65, 75
# What describes a person or the past does not change with them there; the rest mostly stays.
_FIXED = frozenset({"debut_contrat", "profil", "issu_du_quartier", "soutien_demarrage"})
_OF_THE_PERSON = _FIXED | {"contrat", "temps_plein"}
_MEETINGS_SINCE = (2, 7)
_JANUARY_2020 = "2020-01-31"
_HIRED_AT_LEAST = dt.timedelta(days=60)  # before the wave, to have something to tell
# Tenths of ETP, lowest and highest, by configuration and full-time post: rules on `carnet_de_bord.etp`.
_ETP = {
    ("seul", "oui"): (8, 10),
    ("seul", "non"): (4, 9),
    ("seul_avec_appui", "oui"): (8, 12),
    ("seul_avec_appui", "non"): (5, 9),
    ("partage", "oui"): (8, 16),
    ("partage", "non"): (6, 14),
}
_MOST_CHANGE = 2  # tenths of ETP from one wave to the next, same animateur


def _carnets(plan: Plan, sites: Rows, known: set[str]) -> Iterator[Row]:
    """One row per carnet returned; the first territory always returns one."""
    draws, fields, former = plan.of(CARNET, "territoire")
    # Whoever is new came after the wave before.
    earliest = dt.date.fromisoformat(fields["debut_contrat"].constraints["minimum"])
    earliest = max(earliest, plan.before_date)
    latest = max(earliest, plan.date - _HIRED_AT_LEAST)
    for rank, site in enumerate(row["territoire"] for row in sites):
        before = former.get((site,))
        if not draws.chance(_RETURNED_AGAIN if before else _RETURNED) and rank:
            continue
        person = before if before and draws.chance(_SAME_ANIMATEUR) else None
        row = {"territoire": site}
        row["repondant"] = person["repondant"] if person else _newcomer(plan, known, "A", site)
        for name, field_ in fields.items():
            if person and name in _FIXED and person[name] not in MISSING:
                row[name] = person[name]
            elif name == "debut_contrat":
                # Most begin with a month.
                row[name] = max(earliest, day_between(draws, earliest, latest).replace(day=1)).isoformat()
            elif name not in row:
                # What belongs to the person follows the person, the rest follows the site.
                row[name] = value(draws, field_, person if name in _OF_THE_PERSON else before, _SITE_STAYS)
        _tie(draws, plan, row, person, before)
        yield row


def _tie(draws: Draws, plan: Plan, row: Row, person: Row | None, before: Row | None) -> None:
    """Draw what other columns bound: ETP, then meetings.

    By the end of January 2020 there are none under a later contract, and never more than in all.
    """
    plein = "non" if row["temps_plein"] in MISSING else row["temps_plein"]
    # Who answered nothing at the wave before, or a configuration that is new, is like those with support.
    low, high = _ETP.get((row["configuration"], plein), _ETP["seul_avec_appui", plein])
    if person and person["etp"] not in MISSING:
        former = int(Decimal(person["etp"]) * 10)
        near = (max(low, former - _MOST_CHANGE), min(high, former + _MOST_CHANGE))
        low, high = near if near[0] <= near[1] else (low, high)
    row["etp"] = f"{Decimal(draws.between(low, high)) / 10:.1f}"
    fields = plan.dictionary.table(CARNET).fields
    held, early = fields["reunions_pilotage"], fields["reunions_janvier_2020"]
    if before and before[held.name] not in MISSING:
        since = int(before[held.name]) + draws.between(*_MEETINGS_SINCE)
        row[held.name] = str(min(since, int(bounds(held)[1])))
    else:
        row[held.name] = value(draws, held)
    if f"{CARNET}.{early.name}" in plan.gone:
        row[early.name] = NOT_APPLICABLE
    elif row["debut_contrat"] > _JANUARY_2020:
        row[early.name] = "0"
    else:
        drawn = value(draws, early)
        row[early.name] = drawn if drawn in MISSING else str(min(int(drawn), int(row[held.name])))


# --- flash and scores: who was asked, who answered, and how they judge

_ASKED = {"dp": 93, "ville": 60, "intercommunalite": 47}
_OTHERS = 5  # a role that the dictionary has gained
_ASKED_AGAIN, _SAME_PERSON, _ANSWERS, _ANSWERS_AGAIN, _SAME_ANSWER, _NO_SCORE = 95, 70, 50, 72, 70, 3
_MOVES = {1: 45, -1: 20, 0: 35}


def _flash(plan: Plan, sites: Rows, known: set[str]) -> Iterator[Row]:
    """One row per recipient; no answer at all where nobody answered.

    The first territory's first role is always asked and always answers: no table may be empty.
    """
    draws, fields, former = plan.of(FLASH, "territoire", "role")
    posts = ((row["territoire"], role) for row in sites for role in fields["role"].labels)
    for rank, (site, role) in enumerate(posts):
        before = former.get((site, role))
        if not draws.chance(_ASKED_AGAIN if before else _ASKED.get(role, _OTHERS)) and rank:
            continue
        person = before if before and draws.chance(_SAME_PERSON) else None
        code = person["repondant"] if person else _newcomer(plan, known, "R", f"{site}/{role}")
        again = person if person and person["repondu"] == "oui" else None
        answered = draws.chance(_ANSWERS_AGAIN if again else _ANSWERS) or not rank
        row = {"repondant": code, "territoire": site, "role": role, "repondu": yes(answered)}
        for name, field_ in fields.items():
            if name not in row:
                row[name] = value(draws, field_, again, _SAME_ANSWER) if answered else NO_ANSWER
        yield row


def _scores(plan: Plan, carnets: Rows, flash: Rows) -> Iterator[Row]:
    """One row per respondent, period and item still asked; sorted by pseudonym.

    A first wave judges the time before the start and the present; a later one, the present.
    """
    draws, fields, former = plan.of(SCORES, "repondant", "item", "periode")
    people = [(row["repondant"], "animateurs", row["territoire"]) for row in carnets]
    people += [(r["repondant"], "institutionnels", r["territoire"]) for r in flash if r["repondu"] == "oui"]
    items = [item for item in fields["item"].labels if f"{SCORES}.item={item}" not in plan.gone]
    low, high = map(int, bounds(fields["score"]))
    own: dict[tuple[str, str], int] = {}
    known: dict[tuple[str, str], list[int]] = {}
    for (person, item, period), row in former.items():
        if period == NOW and row["score"] not in MISSING:
            own[person, item] = int(row["score"])
            known.setdefault((row["territoire"], item), []).append(int(row["score"]))
    # Where a territory stands on an item: its low median at the wave before, or near the middle.
    levels = {
        (s, i): median_low(known[s, i]) if (s, i) in known else (low + high) // 2 + _around(draws)
        for s in sorted({site for _, _, site in people})
        for i in items
    }
    for person, group, site in sorted(people):
        who = {"repondant": person, "groupe": group, "territoire": site}
        for periode in (NOW,) if plan.previous else (BEFORE, NOW):
            for item in items:
                start = own.get((person, item), levels[site, item] + _around(draws))
                moved = start + (draws.weighted(_MOVES) if periode == NOW else 0)
                score = UNKNOWN if draws.chance(_NO_SCORE) else str(min(max(moved, low), high))
                yield {**who, "periode": periode, "item": item, "score": score}


def _around(draws: Draws) -> int:
    return draws.between(-1, 1) + draws.between(-1, 1)


# --- what evaluators write

_OBSERVED, _MODEL_STAYS, _SECOND_MODEL, _HELPS_COUNCIL, _REVIEWED = 20, 70, 30, 30, 80
_INTERVIEWS = (2, 5)  # of a monograph, besides the animateur
_EFFECTS = (1, 2)  # of one territory, at most
_SPOKEN_FOR = ("animateur", "delegue_prefet", "intercommunalite", "direction_porteur")
_REVIEWERS = "équipe de conception (textes simulés)"
_REVIEWED_FOR = ("financeurs", "public")
_SAID = (
    "Texte simulé : personne n’a tenu ce propos, qui montre seulement où une citation relue prendrait place."
)


def _interviews(plan: Plan, sites: Rows) -> Rows:
    """One row per interview or observation: several roles in a monograph, by telephone the animateur."""
    draws, fields, _ = plan.of("entretiens")
    roles = [code for code in fields["fonction"].labels if code not in ("instance", "animateur")]
    rows = []
    for site in sites:
        met = [("entretien", "animateur")]
        if site["recueil"] == "monographie":
            met += [("entretien", role) for role in draws.sample(roles, draws.between(*_INTERVIEWS))]
            met += [("observation", "instance")] if draws.chance(_OBSERVED) else []
        where = {name: site[name] for name in ("territoire", "recueil")}
        rows += [{**where, "nature": nature, "fonction": role} for nature, role in met]
    return sorted(rows, key=lambda row: (row["recueil"], row["territoire"]))


def _positions(plan: Plan, sites: Rows, carnets: Rows) -> Iterator[Row]:
    """One row per territory; who shares the animation, by their carnet, has a team's organisation."""
    draws, fields, former = plan.of("positionnements", "territoire")
    shared = {row["territoire"] for row in carnets if row["configuration"] == "partage"}
    for site in (row["territoire"] for row in sites):
        row, before = {"territoire": site}, former.get((site,))
        for name, field_ in fields.items():
            if name != "territoire":
                row[name] = before[name] if before and draws.chance(_MODEL_STAYS) else value(draws, field_)
        others = [model for model in fields["modele_principal"].labels if model != row["modele_principal"]]
        row["modele_secondaire"] = draws.choice(others) if draws.chance(_SECOND_MODEL) else NOT_APPLICABLE
        row["organisation"] = draws.choice(("minoritaire", "atypique")) if site in shared else "majoritaire"
        yield row


def _effects(plan: Plan, sites: Rows) -> Iterator[Row]:
    """One row per effect: one or two kinds on each territory, each kind at most once."""
    draws, fields, _ = plan.of("effets")
    kinds = fields["type"].labels
    for site in (row["territoire"] for row in sites):
        for kind in sorted(draws.sample(list(kinds), draws.between(*_EFFECTS)), key=list(kinds).index):
            helps = kind == "participation" and draws.chance(_HELPS_COUNCIL)
            met = value(draws, fields["associations"]) if kind == "inter_associatif" else NOT_APPLICABLE
            yield {
                "territoire": site,
                "type": kind,
                "appui_conseil_citoyen": yes(helps),
                "associations": met,
                "resume": f"Exemple simulé, sans valeur d’information : {kinds[kind].lower()}.",
            }


def _legitimacies(plan: Plan) -> Iterator[Row]:
    """One row per network, in the order of the dictionary."""
    draws, fields, former = plan.of("legitimites", "reseau")
    for network in fields["reseau"].labels:
        yield {
            "reseau": network,
            "legitimite": value(draws, fields["legitimite"], former.get((network,)), _MODEL_STAYS),
            "appui": "Texte simulé : ce qui appuie la légitimité de ce réseau.",
            "reste_a_gagner": "Texte simulé : ce qu’il reste à ce réseau à faire reconnaître.",
        }


def _quotations(plan: Plan) -> Iterator[Row]:
    """One row per made-up quotation, each of another speaker; some are left without review on purpose."""
    draws, fields, _ = plan.of("verbatims")
    circles = Draws(plan.seed, f"{plan.vague}/verbatims.relu_pour")
    spoken = ((chapter, role) for chapter in fields["chapitre"].labels for role in _SPOKEN_FOR)
    for rank, (chapter, role) in enumerate(spoken, start=1):
        reviewed = draws.chance(_REVIEWED)
        yield {
            "locuteur": pseudonym(DEMONSTRATION_KEY, "L", f"{plan.vague}/{rank}"),
            "fonction": role,
            "chapitre": chapter,
            "idee": "Idée simulée",
            "texte": _SAID,
            "nature": "exemple",
            "relu": yes(reviewed),
            "relu_par": _REVIEWERS if reviewed else NOT_APPLICABLE,
            "relu_le": plan.date.isoformat() if reviewed else NOT_APPLICABLE,
            "relu_pour": circles.choice(_REVIEWED_FOR) if reviewed else NOT_APPLICABLE,
        }
