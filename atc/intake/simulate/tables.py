"""The nine tables of a simulated wave, as text: who is there, who answers, and what evaluators write of them.

What the rules of `atc.survey.validation` tie together (configuration, full time and ETP; contract and
meetings) is drawn together; the rest comes from the dictionary, column by column. Every text says that it is
simulated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from statistics import median_low

from atc.intake.persons import DEMONSTRATION_KEY, pseudonym
from atc.intake.simulate.drawing import Newcomers, Plan, bounds, day, value
from atc.intake.simulate.draws import Draws
from atc.survey.dictionary import (
    MISSING,
    NO_ANSWER,
    NOT_APPLICABLE,
    NOT_DISCLOSED,
    UNKNOWN,
    Field,
    Row,
    Rows,
    yes,
)

BEFORE, NOW = "avant", "actuelle"


def simulate(plan: Plan) -> dict[str, Rows]:
    """Rows of every table of the dictionary: the same for the same plan, on any machine."""
    newcomers = Newcomers(plan)
    sites = _sites(plan)
    carnets = _carnets(plan, sites, newcomers)
    flash = _flash(plan, sites, newcomers)
    return {
        "territoires": sites,
        "carnet_de_bord": carnets,
        "questionnaire_flash": flash,
        "scores": _scores(plan, carnets, flash),
        "entretiens": _interviews(plan, sites),
        "positionnements": _positions(plan, sites, carnets),
        "effets": _effects(plan, sites),
        "legitimites": _legitimacies(plan),
        "verbatims": _quotations(plan),
    }


def _numbered(rows: Rows, column: str, letter: str) -> Rows:
    return [{column: f"{letter}-{rank:03d}", **row} for rank, row in enumerate(rows, start=1)]


# --- territories: those of the wave before, public facts being public, or made up ---

# First two characters of commune codes that no département has: nothing points to a real place.
_NOWHERE = [f"{first}{second}" for first in "0134567" for second in "AB"]
_BY_PREFIX = 1_000
# Hundredths of degree: a rectangle that lies wholly inside mainland France.
_LONGITUDES, _LATITUDES = (0, 550), (4_400, 4_880)


def _sites(plan: Plan) -> Rows:
    if plan.previous:
        return [dict(row) for row in plan.before["territoires"]]
    fields = plan.dictionary.table("territoires").fields
    width = max(3, len(str(plan.sites)))
    rows = []
    for rank in range(1, plan.sites + 1):
        draws = plan.draws(f"territoires/{rank}")
        made = {
            "territoire": f"site_{rank:0{width}d}",
            "commune": f"Site {rank:0{width}d}",
            "departement": "Département simulé",
            "code_insee": f"{_NOWHERE[rank // _BY_PREFIX % len(_NOWHERE)]}{rank % _BY_PREFIX:03d}",
            "quartier": NOT_DISCLOSED,
            "longitude": str(Decimal(draws.between(*_LONGITUDES)) / 100),
            "latitude": str(Decimal(draws.between(*_LATITUDES)) / 100),
        }
        rows.append({name: made[name] if name in made else value(draws, f) for name, f in fields.items()})
    return rows


# --- carnets: who returned one, whether the animateur is the same, what changed (chances in a hundred) ---

_CARNET = "carnet_de_bord"
_RETURNED, _RETURNED_AGAIN, _SAME_ANIMATEUR, _SITE_STAYS = 92, 90, 65, 75
# What describes a person or the past does not change with them there; the rest mostly stays.
_FIXED = frozenset({"debut_contrat", "profil", "issu_du_quartier", "soutien_demarrage"})
_OF_THE_POST = frozenset({"contrat", "temps_plein"})
_MEETINGS_SINCE = (2, 7)
_JANUARY_2020 = dt.date(2020, 1, 31)
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


def _carnets(plan: Plan, sites: Rows, newcomers: Newcomers) -> Rows:
    """One row per carnet returned, sorted by pseudonym; the first territory always returns one."""
    draws, former = plan.draws(_CARNET), plan.former(_CARNET, "territoire")
    rows = []
    for rank, site in enumerate(row["territoire"] for row in sites):
        before = former.get((site,))
        if draws.chance(_RETURNED_AGAIN if before else _RETURNED) or rank == 0:
            person = before if before and draws.chance(_SAME_ANIMATEUR) else None
            row = {"territoire": site, "repondant": newcomers.code("A", site)} if not person else dict(person)
            rows.append(_carnet(draws, plan, row, person, before))
    return sorted(rows, key=lambda row: row["repondant"])


def _carnet(draws: Draws, plan: Plan, who: Row, person: Row | None, site: Row | None) -> Row:
    """What belongs to the person follows the person, the rest follows the site, as they were."""
    row = {name: who[name] for name in ("territoire", "repondant")}
    fields = plan.dictionary.table(_CARNET).fields
    for name, field in fields.items():
        if name in row:
            continue
        if person and name in _FIXED and person[name] not in MISSING:
            row[name] = person[name]
        elif name == "debut_contrat":
            row[name] = _start(draws, plan, field).isoformat()
        else:
            before = person if name in _FIXED | _OF_THE_POST else site
            row[name] = value(draws, field, before, _SITE_STAYS)
    row["etp"] = _etp(draws, row, person)
    # Held in all, then by the end of January 2020: none under a later contract, and never more than in all.
    held, early = fields["reunions_pilotage"], fields["reunions_janvier_2020"]
    if site and site[held.name] not in MISSING:
        since = int(site[held.name]) + draws.between(*_MEETINGS_SINCE)
        row[held.name] = str(min(since, int(bounds(held)[1])))
    else:
        row[held.name] = value(draws, held)
    if f"{_CARNET}.{early.name}" in plan.gone:
        row[early.name] = NOT_APPLICABLE
    elif dt.date.fromisoformat(row["debut_contrat"]) > _JANUARY_2020:
        row[early.name] = "0"
    else:
        drawn = value(draws, early)
        row[early.name] = drawn if drawn in MISSING else str(min(int(drawn), int(row[held.name])))
    return row


def _start(draws: Draws, plan: Plan, field: Field) -> dt.date:
    first = dt.date.fromisoformat(field.constraints["minimum"])
    if plan.previous:  # whoever is new came after the wave before
        first = max(first, plan.before_date)
    last = max(first, plan.date - _HIRED_AT_LEAST)
    return max(first, day(draws, first, last).replace(day=1))  # most contracts begin with a month


def _etp(draws: Draws, row: Row, former: Row | None) -> str:
    plein = "non" if row["temps_plein"] in MISSING else row["temps_plein"]
    # Who answered nothing at the wave before, or a configuration that is new, is like those with support.
    low, high = _ETP.get((row["configuration"], plein), _ETP["seul_avec_appui", plein])
    if former and former["etp"] not in MISSING:
        before = int(Decimal(former["etp"]) * 10)
        near = (max(low, before - _MOST_CHANGE), min(high, before + _MOST_CHANGE))
        low, high = near if near[0] <= near[1] else (low, high)
    return f"{Decimal(draws.between(low, high)) / 10:.1f}"


# --- flash and scores: who was asked, who answered, and how they judge (chances in a hundred) ---

_FLASH, _SCORES = "questionnaire_flash", "scores"
_ASKED = {"dp": 93, "ville": 60, "intercommunalite": 47}
_OTHERS = 5  # a role that the dictionary has gained
_ASKED_AGAIN, _SAME_PERSON, _ANSWERS, _ANSWERS_AGAIN, _SAME_ANSWER, _NO_SCORE = 95, 70, 50, 72, 70, 3
_MOVES = {1: 45, -1: 20, 0: 35}


def _flash(plan: Plan, sites: Rows, newcomers: Newcomers) -> Rows:
    """One row per recipient, sorted by pseudonym; no answer at all where nobody answered.

    The first territory's first role is always asked and always answers: no table may be empty.
    """
    draws, former = plan.draws(_FLASH), plan.former(_FLASH, "territoire", "role")
    fields, rows = plan.dictionary.table(_FLASH).fields, []
    for rank, site in enumerate(row["territoire"] for row in sites):
        for place, role in enumerate(fields["role"].labels):
            before, forced = former.get((site, role)), rank == place == 0
            if not draws.chance(_ASKED_AGAIN if before else _ASKED.get(role, _OTHERS)) and not forced:
                continue
            person = before if before and draws.chance(_SAME_PERSON) else None
            code = person["repondant"] if person else newcomers.code("R", f"{site}/{role}")
            again = person is not None and person["repondu"] == "oui"
            answered = draws.chance(_ANSWERS_AGAIN if again else _ANSWERS) or forced
            row = {"repondant": code, "territoire": site, "role": role, "repondu": yes(answered)}
            for name, field in fields.items():
                if name not in row:
                    told = person if again else None
                    row[name] = value(draws, field, told, _SAME_ANSWER) if answered else NO_ANSWER
            rows.append(row)
    return sorted(rows, key=lambda row: row["repondant"])


def _scores(plan: Plan, carnets: Rows, flash: Rows) -> Rows:
    """One row per respondent, period and item still asked; sorted by pseudonym.

    A first wave judges the time before the start and the present; a later one, the present.
    """
    draws, fields = plan.draws(_SCORES), plan.dictionary.table(_SCORES).fields
    people = [(row["repondant"], "animateurs", row["territoire"]) for row in carnets]
    people += [(r["repondant"], "institutionnels", r["territoire"]) for r in flash if r["repondu"] == "oui"]
    items = [item for item in fields["item"].labels if f"{_SCORES}.item={item}" not in plan.gone]
    low, high = map(int, bounds(fields["score"]))
    own: dict[tuple[str, str], int] = {}
    known: dict[tuple[str, str], list[int]] = {}
    for row in plan.before.get(_SCORES, ()):
        if row["periode"] == NOW and row["score"] not in MISSING:
            own[row["repondant"], row["item"]] = int(row["score"])
            known.setdefault((row["territoire"], row["item"]), []).append(int(row["score"]))
    # Where a territory stands on an item: its low median at the wave before, or near the middle.
    levels: Mapping[tuple[str, str], int] = {
        (s, i): median_low(known[s, i]) if (s, i) in known else (low + high) // 2 + _around(draws)
        for s in sorted({site for _, _, site in people})
        for i in items
    }
    rows = []
    for person, group, site in sorted(people):
        for periode in (NOW,) if plan.previous else (BEFORE, NOW):
            for item in items:
                start = own.get((person, item), levels[site, item] + _around(draws))
                moved = start + (draws.weighted(_MOVES) if periode == NOW else 0)
                score = UNKNOWN if draws.chance(_NO_SCORE) else str(min(max(moved, low), high))
                who = {"repondant": person, "groupe": group, "territoire": site}
                rows.append({**who, "periode": periode, "item": item, "score": score})
    return rows


def _around(draws: Draws) -> int:
    return draws.between(-1, 1) + draws.between(-1, 1)


# --- what evaluators write (chances in a hundred) ---

_OBSERVED, _MODEL_STAYS, _SECOND_MODEL, _HELPS_COUNCIL, _REVIEWED = 20, 70, 30, 30, 80
_INTERVIEWS = (2, 5)  # of a monograph, besides the animateur
_EFFECTS = (1, 2)  # of one territory, at most
_BY_CHAPTER = 4  # quotations
_SPOKEN_FOR = ("animateur", "delegue_prefet", "intercommunalite", "direction_porteur")
_REVIEWERS = "équipe de conception (textes simulés)"
_REVIEWED_FOR = ("financeurs", "public")
_SAID = (
    "Texte simulé : personne n’a tenu ce propos, qui montre seulement où une citation relue prendrait place."
)


def _interviews(plan: Plan, sites: Rows) -> Rows:
    """One row per interview or observation: several roles in a monograph, by telephone the animateur."""
    draws = plan.draws("entretiens")
    roles = [
        code
        for code in plan.dictionary.field("entretiens.fonction").labels
        if code not in ("instance", "animateur")
    ]
    rows = []
    for site in sites:
        met = [("entretien", "animateur")]
        if site["recueil"] == "monographie":
            met += [("entretien", role) for role in draws.sample(roles, draws.between(*_INTERVIEWS))]
            met += [("observation", "instance")] if draws.chance(_OBSERVED) else []
        where = {name: site[name] for name in ("territoire", "recueil")}
        rows += [{**where, "nature": nature, "fonction": role} for nature, role in met]
    rows.sort(key=lambda row: (row["recueil"], row["territoire"]))
    return _numbered(rows, "entretien", "E")


def _positions(plan: Plan, sites: Rows, carnets: Rows) -> Rows:
    """One row per territory; who shares the animation, by their carnet, has a team's organisation."""
    draws, former = plan.draws("positionnements"), plan.former("positionnements", "territoire")
    fields = plan.dictionary.table("positionnements").fields
    shared = {row["territoire"] for row in carnets if row["configuration"] == "partage"}
    rows = []
    for site in (row["territoire"] for row in sites):
        row, before = {"territoire": site}, former.get((site,))
        for name, field in fields.items():
            if name != "territoire":
                kept = before and draws.chance(_MODEL_STAYS)
                row[name] = before[name] if before and kept else value(draws, field)
        others = [model for model in fields["modele_principal"].labels if model != row["modele_principal"]]
        row["modele_secondaire"] = draws.choice(others) if draws.chance(_SECOND_MODEL) else NOT_APPLICABLE
        row["organisation"] = draws.choice(("minoritaire", "atypique")) if site in shared else "majoritaire"
        rows.append(row)
    return rows


def _effects(plan: Plan, sites: Rows) -> Rows:
    """One row per effect: one or two kinds on each territory, each kind at most once."""
    draws, fields = plan.draws("effets"), plan.dictionary.table("effets").fields
    kinds, rows = fields["type"].labels, []
    for site in (row["territoire"] for row in sites):
        for kind in sorted(draws.sample(list(kinds), draws.between(*_EFFECTS)), key=list(kinds).index):
            helps = kind == "participation" and draws.chance(_HELPS_COUNCIL)
            met = value(draws, fields["associations"]) if kind == "inter_associatif" else NOT_APPLICABLE
            rows.append(
                {
                    "territoire": site,
                    "type": kind,
                    "appui_conseil_citoyen": yes(helps),
                    "associations": met,
                    "resume": f"Exemple simulé, sans valeur d’information : {kinds[kind].lower()}.",
                }
            )
    return _numbered(rows, "effet", "F")


def _legitimacies(plan: Plan) -> Rows:
    """One row per network, in the order of the dictionary."""
    draws, former = plan.draws("legitimites"), plan.former("legitimites", "reseau")
    fields = plan.dictionary.table("legitimites").fields
    return [
        {
            "reseau": network,
            "legitimite": value(draws, fields["legitimite"], former.get((network,)), _MODEL_STAYS),
            "appui": "Texte simulé : ce qui appuie la légitimité de ce réseau.",
            "reste_a_gagner": "Texte simulé : ce qu’il reste à ce réseau à faire reconnaître.",
        }
        for network in fields["reseau"].labels
    ]


def _quotations(plan: Plan) -> Rows:
    """One row per made-up quotation, each of another speaker; some are left without review on purpose."""
    draws, circles = plan.draws("verbatims"), plan.draws("verbatims.relu_pour")
    chapters = plan.dictionary.field("verbatims.chapitre").labels
    rows: Rows = []
    for chapter in chapters:
        for role in _SPOKEN_FOR[:_BY_CHAPTER]:
            reviewed = draws.chance(_REVIEWED)
            rows.append(
                {
                    "locuteur": pseudonym(DEMONSTRATION_KEY, "L", f"{plan.vague}/{len(rows) + 1}"),
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
            )
    return _numbered(rows, "verbatim", "V")
