"""Table ``effets``: the examples of first effects that the report gives, and where they could be.

The examples are published, their sites are not: each is placed, for illustration, on a site whose
themes and model fit it. The summaries are in our own words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from atc.draws import Draws, NothingToDrawError
from atc.reconstitution.solving import Recipe, Rule
from atc.reconstitution.targets import Counts, Targets
from atc.rows import NOT_APPLICABLE, Row, Rows, Tables, yes

_TABLE = "effets"
# ISO days compare as text. Whoever came later had half a year at most.
_EARLY_ENOUGH = "2020-04-01"
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


def _ticking(tables: Tables, column: str) -> set[str]:
    """Sites whose carnet ticks a box."""
    return {row["territoire"] for row in tables["carnet_de_bord"] if row[column] == "oui"}


def _with_model(tables: Tables, *models: str) -> set[str]:
    """Sites that put one of these models first or second."""
    columns = ("modele_principal", "modele_secondaire")
    rows = tables["positionnements"]
    return {row["territoire"] for row in rows if {row[column] for column in columns} & set(models)}


def _started(tables: Tables) -> set[str]:
    """Sites whose animateur was there early enough for a first effect to show."""
    rows = tables["carnet_de_bord"]
    return {row["territoire"] for row in rows if row["debut_contrat"] < _EARLY_ENOUGH}


def _pick(draws: Draws, size: int, needed: set[str], *wished: set[str]) -> list[str]:
    """``size`` of the sites in ``needed``, those that are in most of the ``wished`` sets first."""
    if size > len(needed):
        raise NothingToDrawError
    # Sorted before they are shuffled: the order of a set changes from one run to the next.
    drawn = draws.shuffled(sorted(needed))
    return sorted(drawn, key=lambda site: -sum(site in wish for wish in wished))[:size]


def _row(kind: str, site: str, summary: str, *, council: bool = False, met: str = "") -> Row:
    return {
        "effet": "",
        "territoire": site,
        "type": kind,
        "appui_conseil_citoyen": yes(council),
        "associations": met or NOT_APPLICABLE,
        "resume": summary,
    }


def _participation(draws: Draws, tables: Tables, targets: Targets) -> Rows:
    """The published example, then help to conseils citoyens on other sites."""
    first, *others = _pick(
        draws,
        1 + targets.appuis_conseil_citoyen,
        {row["territoire"] for row in tables["carnet_de_bord"]},
        _ticking(tables, "instance_participation"),
        _with_model(tables, "participation"),
        _started(tables),
    )
    rows = [_row("participation", first, _NEWCOMERS)]
    # More sites than sentences would repeat them.
    for rank, site in enumerate(others):
        sentence = _COUNCILS[rank % len(_COUNCILS)]
        rows.append(_row("participation", site, sentence, council=True))
    return rows


def propose(draws: Draws, tables: Tables, targets: Targets) -> Rows:
    """One row per example, in the order of the report, numbered."""
    started, associations = _started(tables), _ticking(tables, "instance_associations")
    women = _ticking(tables, "theme_femmes_espace_public")
    food = _ticking(tables, "theme_solidarite_alimentaire")
    theme = _pick(draws, 1, women, started, associations)
    reviving = _with_model(tables, "dynamisation", "coordination")
    projects = _pick(draws, len(_PROJECTS), started, associations, reviving)
    stock = _pick(draws, 1, food, started, associations, _with_model(tables, "coordination"))
    together = _pick(draws, 1, started, _with_model(tables, "inter_institutionnel"))
    rows = [
        _row("theme_commun", theme[0], _THEME),
        *_participation(draws, tables, targets),
        *(_row("nouveaux_projets", *each) for each in zip(projects, _PROJECTS, strict=True)),
        _row("inter_associatif", stock[0], _STOCK, met=str(targets.associations_du_stock)),
        _row("inter_institutionnel", together[0], _INSTITUTIONS),
    ]
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
        placed = {row["territoire"] for row in tables[_TABLE] if row["type"] == kind}
        return placed <= _ticking(tables, theme)

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
