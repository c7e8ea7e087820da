"""Table ``effets``: the examples of first effects that the report gives, and where they could be.

The examples are published, their sites are not: each is placed, for illustration, on a site whose
themes and model fit it. The summaries are in our own words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from atc.reconstitution.draws import Draws
from atc.reconstitution.solving import NOT_APPLICABLE, Recipe, Row, Rows, Rule, Tables, yes
from atc.reconstitution.targets import Counts, Targets

_TABLE = "effets"
_THEME = (
    "Élus, services et associations ont fait du droit des femmes à occuper la rue une priorité "
    "partagée, que le contrat de ville reprend dans ses financements de l’année suivante."
)
_NEWCOMERS = (
    "Des habitants peu habitués à ce genre de réunion siègent désormais avec les institutions, "
    "et chacun y prend la parole à égalité."
)
_COUNCILS = (
    "L’animateur.trice aide le conseil citoyen à se relancer.",
    "L’animateur.trice aide le conseil citoyen à dénouer ses difficultés de fonctionnement.",
    "L’animateur.trice accompagne la réflexion du conseil citoyen sur son rôle.",
)
_PROJECTS = (
    (
        "Un groupe de travail sur la jeunesse a ouvert la porte à une association qui ne parvenait "
        "pas à se faire accepter, et l’action dans la rue est mieux admise."
    ),
    (
        "Des groupes d’habitants nés pendant le confinement ont été aidés à s’organiser, avec un "
        "centre social, et des ateliers ont eu lieu chaque semaine pendant l’été."
    ),
)
_STOCK = "Des associations d’aide alimentaire gèrent ensemble une réserve de denrées."
_INSTITUTIONS = (
    "Les structures sociales, d’insertion et de prévention se connaissent mieux et accordent leurs "
    "interventions auprès des mêmes publics."
)


class _Sites:
    """Sites on which an effect may be placed, and those already taken for one kind of effect."""

    def __init__(self, draws: Draws, tables: Tables) -> None:
        self._draws = draws
        self._carnets = {row["territoire"]: row for row in tables["carnet_de_bord"]}
        self._stances = {row["territoire"]: row for row in tables["positionnements"]}

    def ticking(self, column: str) -> list[str]:
        """Sites whose carnet ticks a box."""
        return [site for site, row in sorted(self._carnets.items()) if row[column] == "oui"]

    def with_model(self, model: str) -> list[str]:
        """Sites that put a model first or second, and returned their carnet."""
        columns = ("modele_principal", "modele_secondaire")
        rows = [row for row in self._stances.values() if row["territoire"] in self._carnets]
        return [r["territoire"] for r in rows if model in {r[column] for column in columns}]

    def pick(self, size: int, *, best: Sequence[str], fair: Sequence[str]) -> list[str]:
        """``size`` sites, from the best candidates first, then from the fair ones."""
        chosen = self._draws.shuffled(best)[:size]
        rest = [site for site in fair if site not in chosen]
        return chosen + self._draws.sample(rest, size - len(chosen))


def _row(kind: str, site: str, summary: str, *, council: bool = False, met: str = "") -> Row:
    return {
        "effet": "",
        "territoire": site,
        "type": kind,
        "appui_conseil_citoyen": yes(council),
        "associations": met or NOT_APPLICABLE,
        "resume": summary,
    }


def _participation(sites: _Sites, targets: Targets) -> Rows:
    """The published example, then help to conseils citoyens on other sites."""
    size = 1 + targets.appuis_conseil_citoyen
    open_bodies, models = sites.ticking("instance_participation"), sites.with_model("participation")
    first, *others = sites.pick(size, best=open_bodies, fair=models)
    rows = [_row("participation", first, _NEWCOMERS)]
    # More sites than sentences would repeat them.
    for rank, site in enumerate(others):
        sentence = _COUNCILS[rank % len(_COUNCILS)]
        rows.append(_row("participation", site, sentence, council=True))
    return rows


def _among(sites: _Sites, best: Sequence[str], fair: Sequence[str]) -> str:
    both = [site for site in fair if site in best]
    return sites.pick(1, best=both, fair=fair)[0]


def propose(draws: Draws, tables: Tables, targets: Targets) -> Rows:
    """One row per example, in the order of the report, numbered."""
    sites = _Sites(draws, tables)
    women = sites.ticking("theme_femmes_espace_public")
    food, coordinating = (
        sites.ticking("theme_solidarite_alimentaire"),
        sites.with_model("coordination"),
    )
    reviving = sites.with_model("dynamisation")
    rows = [_row("theme_commun", _among(sites, women, women), _THEME)]
    rows += _participation(sites, targets)
    for site, sentence in zip(sites.pick(2, best=reviving, fair=coordinating), _PROJECTS, strict=True):
        rows.append(_row("nouveaux_projets", site, sentence))
    stock = _among(sites, coordinating, food)
    rows.append(_row("inter_associatif", stock, _STOCK, met=str(targets.associations_du_stock)))
    institutional = sites.with_model("inter_institutionnel")
    rows.append(_row("inter_institutionnel", _among(sites, institutional, institutional), _INSTITUTIONS))
    for rank, row in enumerate(rows, start=1):
        row["effet"] = f"F-{rank:03d}"
    return rows


def _examples(tables: Tables) -> Counts:
    """Sites by kind of effect, help to conseils citoyens aside."""
    pairs = {
        (row["type"], row["territoire"]) for row in tables[_TABLE] if row["appui_conseil_citoyen"] == "non"
    }
    return tuple(sorted(Counter(kind for kind, _ in pairs).items()))


def _stock(tables: Tables) -> int:
    return sum(int(row["associations"]) for row in tables[_TABLE] if row["type"] == "inter_associatif")


def _fits(kind: str, theme: str) -> Callable[[Tables], bool]:
    """Rule: the sites of a kind of effect retained that theme in their carnet."""

    def holds(tables: Tables) -> bool:
        ticked = {r["territoire"] for r in tables["carnet_de_bord"] if r[theme] == "oui"}
        return {row["territoire"] for row in tables[_TABLE] if row["type"] == kind} <= ticked

    return holds


def _once_a_site(tables: Tables) -> bool:
    pairs = [(row["type"], row["territoire"]) for row in tables[_TABLE]]
    return len(set(pairs)) == len(pairs)


RECIPE = Recipe(
    table=_TABLE,
    propose=propose,
    measures={
        "types_d_effet": lambda tables: len({row["type"] for row in tables[_TABLE]}),
        "exemples": _examples,
        "associations_du_stock": _stock,
        "appuis_conseil_citoyen": lambda tables: sum(
            row["appui_conseil_citoyen"] == "oui" for row in tables[_TABLE]
        ),
    },
    rules=(
        Rule("un type d’effet n’est cité qu’une fois par site", _once_a_site),
        Rule(
            "la thématique partagée figure dans le carnet du site",
            _fits("theme_commun", "theme_femmes_espace_public"),
        ),
        Rule(
            "le stock alimentaire est sur un site qui a retenu ce thème",
            _fits("inter_associatif", "theme_solidarite_alimentaire"),
        ),
    ),
)
