"""What evaluators write: interviews, positions, effects, legitimacies, quotations.

Every text says that it is simulated.
"""

from __future__ import annotations

from atc.intake.draws import Draws
from atc.intake.persons import DEMONSTRATION_KEY, pseudonym
from atc.intake.simulate.columns import later, value
from atc.intake.simulate.plan import Plan, codes
from atc.survey.dictionary import Field
from atc.survey.rows import NOT_APPLICABLE, Row, Rows, yes

# Chances in a hundred.
_OBSERVED, _MODEL_STAYS, _SECOND_MODEL, _HELPS_COUNCIL, _REVIEWED = 20, 70, 30, 30, 80
_INTERVIEWS = (2, 5)  # of a monograph, besides the animateur
_EFFECTS = (1, 2)  # of one territory, at most
_BY_CHAPTER = 4  # quotations
_SPOKEN_FOR = ("animateur", "delegue_prefet", "intercommunalite", "direction_porteur")
_REVIEWERS = "équipe de conception (textes simulés)"
_REVIEWED_FOR = ("financeurs", "public")


def propose_entretiens(plan: Plan, sites: Rows) -> Rows:
    """One row per interview or observation: several roles in a monograph, by telephone the animateur."""
    draws = plan.draws("entretiens")
    roles = [
        code
        for code in plan.dictionary.field("entretiens.fonction").labels
        if code not in ("instance", "animateur")
    ]
    rows = []
    for site in sites:
        met = ["animateur"]
        if site["recueil"] == "monographie":
            met += draws.sample(roles, draws.between(*_INTERVIEWS))
        rows += [_met(site, "entretien", role) for role in met]
        if site["recueil"] == "monographie" and draws.chance(_OBSERVED):
            rows.append(_met(site, "observation", "instance"))
    rows.sort(key=lambda row: (row["recueil"], row["territoire"]))
    return _numbered(rows, "entretien", "E")


def _met(site: Row, nature: str, fonction: str) -> Row:
    return {
        "territoire": site["territoire"],
        "recueil": site["recueil"],
        "nature": nature,
        "fonction": fonction,
    }


def _numbered(rows: Rows, column: str, letter: str) -> Rows:
    return [{column: f"{letter}-{rank:03d}", **row} for rank, row in enumerate(rows, start=1)]


def propose_positionnements(plan: Plan, sites: Rows, carnets: Rows) -> Rows:
    """One row per territory; who shares the animation, by their carnet, has a team's organisation."""
    draws = plan.draws("positionnements")
    former = plan.former("positionnements", "territoire")
    shared = {row["territoire"] for row in carnets if row["configuration"] == "partage"}
    rows = []
    for site in codes(sites, "territoire"):
        row = {"territoire": site}
        for name, field in plan.dictionary.table("positionnements").fields.items():
            if name != "territoire":
                row[name] = _position(draws, field, former.get((site,)))
        row["modele_secondaire"] = _second(draws, plan, row["modele_principal"])
        row["organisation"] = draws.choice(("minoritaire", "atypique")) if site in shared else "majoritaire"
        rows.append(row)
    return rows


def _position(draws: Draws, field: Field, before: Row | None) -> str:
    if before and draws.chance(_MODEL_STAYS):
        return before[field.name]
    return value(draws, field)


def _second(draws: Draws, plan: Plan, main: str) -> str:
    models = plan.dictionary.field("positionnements.modele_principal").labels
    return draws.choice([m for m in models if m != main]) if draws.chance(_SECOND_MODEL) else NOT_APPLICABLE


def propose_effets(plan: Plan, sites: Rows) -> Rows:
    """One row per effect: one or two kinds on each territory, each kind at most once."""
    draws = plan.draws("effets")
    kinds = plan.dictionary.field("effets.type").labels
    rows = []
    for site in codes(sites, "territoire"):
        for kind in sorted(draws.sample(list(kinds), draws.between(*_EFFECTS)), key=list(kinds).index):
            together = kind == "inter_associatif"
            met = plan.dictionary.field("effets.associations")
            rows.append(
                {
                    "territoire": site,
                    "type": kind,
                    "appui_conseil_citoyen": yes(kind == "participation" and draws.chance(_HELPS_COUNCIL)),
                    "associations": value(draws, met) if together else NOT_APPLICABLE,
                    "resume": f"Exemple simulé, sans valeur d’information : {kinds[kind].lower()}.",
                }
            )
    return _numbered(rows, "effet", "F")


def propose_legitimites(plan: Plan) -> Rows:
    """One row per network, in the order of the dictionary."""
    draws = plan.draws("legitimites")
    former = plan.former("legitimites", "reseau")
    fields = plan.dictionary.table("legitimites").fields
    rows = []
    for network in fields["reseau"].labels:
        field, before = fields["legitimite"], former.get((network,))
        rows.append(
            {
                "reseau": network,
                "legitimite": later(draws, field, before[field.name], _MODEL_STAYS)
                if before
                else value(draws, field),
                "appui": "Texte simulé : ce qui appuie la légitimité de ce réseau.",
                "reste_a_gagner": "Texte simulé : ce qu’il reste à ce réseau à faire reconnaître.",
            }
        )
    return rows


def propose_verbatims(plan: Plan) -> Rows:
    """One row per made-up quotation, each of another speaker; some are left without review on purpose."""
    draws, circles = plan.draws("verbatims"), plan.draws("verbatims.relu_pour")
    chapters = plan.dictionary.field("verbatims.chapitre").labels
    said = [(chapter, role) for chapter in chapters for role in _SPOKEN_FOR[:_BY_CHAPTER]]
    rows = []
    for rank, (chapter, role) in enumerate(said, start=1):
        reviewed = draws.chance(_REVIEWED)
        rows.append(
            {
                "locuteur": pseudonym(DEMONSTRATION_KEY, "L", f"{plan.vague}/{rank}"),
                "fonction": role,
                "chapitre": chapter,
                "idee": "Idée simulée",
                "texte": "Texte simulé : personne n’a tenu ce propos, qui montre seulement où une citation "
                "relue prendrait place.",
                "nature": "exemple",
                "relu": yes(reviewed),
                "relu_par": _REVIEWERS if reviewed else NOT_APPLICABLE,
                "relu_le": plan.date.isoformat() if reviewed else NOT_APPLICABLE,
                "relu_pour": circles.choice(_REVIEWED_FOR) if reviewed else NOT_APPLICABLE,
            }
        )
    return _numbered(rows, "verbatim", "V")
