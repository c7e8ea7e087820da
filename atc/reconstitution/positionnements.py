"""Table ``positionnements``: model of priorities, backing and organisation of each site.

Published: the lists (four models, three backings, three organisations, three factors), that some
sites stand between two models, that one organisation prevails. How many sites and which ones: not
published, drawn here so as to fit the carnet (who sits in the steering body, who shares the work).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from atc.draws import Draws
from atc.reconstitution.solving import Recipe, Rule
from atc.reconstitution.targets import Targets
from atc.reconstitution.territoires import sites
from atc.rows import NOT_APPLICABLE, Row, Rows, Tables, yes

_TABLE = "positionnements"
MODELS = ("participation", "inter_institutionnel", "coordination", "dynamisation")
_FACTORS = ("facteur_profil", "facteur_besoins", "facteur_institutions")
_WEAK = ("faible_assume", "faible_subi")
# Simulated counts over fifteen sites.
_BACKINGS = {"binome": 5, "triumvirat": 5, "faible_assume": 3, "faible_subi": 2}
_FEWEST_BY_MODEL = 2


def _weights(carnet: Row | None) -> dict[str, int]:
    """How likely each model is, from what the report says of each; even where no carnet came."""
    weights = dict.fromkeys(MODELS, 2)
    if carnet is None:
        return weights
    if carnet["instance_associations"] == "non":
        # A steering body closed to associations goes with work among institutions, or with few
        # associations to invite; not with residents at its table.
        return weights | {"inter_institutionnel": 8, "participation": 0}
    weights["coordination"] += 2
    if carnet["profil"] == "animation_mediation" or carnet["instance_participation"] == "oui":
        weights["participation"] += 4
    return weights


def _second(draws: Draws, main: str) -> str:
    return draws.choice([model for model in MODELS if model != main])


def _factors(draws: Draws, model: str, portage: str) -> Row:
    """What explains the model: one factor at least, the most natural one more often."""
    row = {
        "facteur_profil": yes(draws.chance(80 if model == "participation" else 35)),
        "facteur_besoins": yes(model == "dynamisation" or draws.chance(65)),
        "facteur_institutions": yes(
            model == "inter_institutionnel" or draws.chance(70 if portage in _WEAK else 30)
        ),
    }
    if "oui" not in row.values():
        row["facteur_besoins"] = "oui"
    return row


def _organisations(draws: Draws, targets: Targets) -> dict[str, str]:
    shared = sorted(targets.partage)
    atypical = set(draws.sample(shared, targets.sites_atypiques))
    return {site: "atypique" if site in atypical else "minoritaire" for site in shared}


def propose(draws: Draws, tables: Tables, targets: Targets) -> Rows:
    """One row per territoire, in alphabetical order."""
    names = sites(tables)
    carnets = {row["territoire"]: row for row in tables["carnet_de_bord"]}
    organisations = _organisations(draws, targets)
    between = set(draws.sample(names, targets.sites_entre_deux_modeles))
    backings = draws.shuffled([value for value, count in _BACKINGS.items() for _ in range(count)])
    rows = []
    for name, portage in zip(names, backings, strict=True):
        model = draws.weighted(_weights(carnets.get(name)))
        rows.append(
            {
                "territoire": name,
                "modele_principal": model,
                "modele_secondaire": _second(draws, model) if name in between else NOT_APPLICABLE,
                "portage": portage,
                "organisation": organisations.get(name, "majoritaire"),
                **_factors(draws, model, portage),
            }
        )
    return rows


def _distinct(column: str) -> Callable[[Tables], int]:
    return lambda tables: len({row[column] for row in tables[_TABLE]})


def _between(tables: Tables) -> int:
    return sum(row["modele_secondaire"] != NOT_APPLICABLE for row in tables[_TABLE])


def _backing_cases(tables: Tables) -> int:
    """Weak backing is one case, whether accepted or suffered."""
    return len({row["portage"].partition("_")[0] for row in tables[_TABLE]})


def _organised(tables: Tables, organisation: str) -> set[str]:
    return {row["territoire"] for row in tables[_TABLE] if row["organisation"] == organisation}


def _shared_agrees(tables: Tables) -> bool:
    shared = {row["territoire"] for row in tables["carnet_de_bord"] if row["configuration"] == "partage"}
    return shared == _organised(tables, "minoritaire") | _organised(tables, "atypique")


def _fewest(tables: Tables) -> bool:
    counts = Counter(row["modele_principal"] for row in tables[_TABLE])
    return all(counts[model] >= _FEWEST_BY_MODEL for model in MODELS)


RECIPE = Recipe(
    table=_TABLE,
    propose=propose,
    measures={
        "modeles": _distinct("modele_principal"),
        "sites_entre_deux_modeles": _between,
        "cas_de_portage": _backing_cases,
        "organisations": _distinct("organisation"),
        "organisation_majoritaire": lambda tables: (
            2 * len(_organised(tables, "majoritaire")) > len(tables[_TABLE])
        ),
        "sites_atypiques": lambda tables: len(_organised(tables, "atypique")),
        "facteurs_cites": lambda tables: sum(
            any(row[factor] == "oui" for row in tables[_TABLE]) for factor in _FACTORS
        ),
    },
    rules=(
        Rule("les sites à fonction partagée ont une organisation d’équipe", _shared_agrees),
        Rule("chaque modèle est le premier de deux sites au moins", _fewest),
        Rule(
            "les deux formes de soutien faible existent",
            lambda tables: set(_WEAK) <= {row["portage"] for row in tables[_TABLE]},
        ),
        Rule(
            "un second modèle diffère du premier",
            lambda tables: all(row["modele_principal"] != row["modele_secondaire"] for row in tables[_TABLE]),
        ),
    ),
)
