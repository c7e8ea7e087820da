"""Table ``entretiens``: the fieldwork that the report itself details, role by role. Nothing is drawn.

How the report's words became functions: an élue and a city's director are ``ville``; Grand Avignon,
the métropoles and Nîmes Métropole are ``intercommunalite``; « directrice de la Région » is read as
the régie's director (trap 4 of facts.md); the go-between of the régie and the carriers met at
Les Mureaux are ``equipe_porteur``; the resident who chairs a local union is ``habitant``.
"""

from __future__ import annotations

from collections import Counter

from atc.draws import Draws
from atc.reconstitution.solving import Recipe
from atc.reconstitution.targets import Counts, Targets
from atc.reconstitution.territoires import with_recueil
from atc.rows import Row, Rows, Tables

# Published, site by site, in the order of the report's lines.
_MONOGRAPHS = {
    "avignon": (
        "animateur",
        "direction_porteur",
        "intercommunalite",
        "intercommunalite",
        "delegue_prefet",
        "ville",
    ),
    "grenoble": (
        "animateur",
        "direction_porteur",
        "equipe_porteur",
        "delegue_prefet",
        "ville",
        "intercommunalite",
        "habitant",
    ),
    "les_mureaux": ("equipe_porteur",),
    "marseille": ("animateur", "direction_porteur", "delegue_prefet", "intercommunalite"),
    "roubaix": ("animateur", "ville", "delegue_prefet", "association"),
    "saint_gilles": (
        "animateur",
        "direction_porteur",
        "ville",
        "intercommunalite",
        "departement",
        "delegue_prefet",
        "association",
    ),
}
_OBSERVED = ("marseille",)


def propose(_draws: Draws, tables: Tables, _targets: Targets) -> Rows:
    """One row per interview or observation: monographs first, then telephone, by territoire."""
    met = [
        (site, "monographie", "entretien", fonction)
        for site, fonctions in _MONOGRAPHS.items()
        for fonction in fonctions
    ]
    met += [(site, "monographie", "observation", "instance") for site in _OBSERVED]
    met += [(site, "telephone", "entretien", "animateur") for site in with_recueil(tables, "telephone")]
    # Stable sort: within a site the report's order stays, and the observation comes last.
    met.sort(key=lambda each: (each[1], each[0]))
    return [
        {
            "entretien": f"E-{rank:03d}",
            "territoire": site,
            "recueil": recueil,
            "nature": nature,
            "fonction": fonction,
        }
        for rank, (site, recueil, nature, fonction) in enumerate(met, start=1)
    ]


def _where(tables: Tables, **values: str) -> Rows:
    def keeps(row: Row) -> bool:
        return all(row[column] == value for column, value in values.items())

    return [row for row in tables["entretiens"] if keeps(row)]


def _by_site(rows: Rows) -> Counts:
    return tuple(sorted(Counter(row["territoire"] for row in rows).items()))


def _interviews(tables: Tables, recueil: str) -> Rows:
    return _where(tables, recueil=recueil, nature="entretien")


RECIPE = Recipe(
    table="entretiens",
    propose=propose,
    measures={
        "entretiens_monographies": lambda tables: len(_interviews(tables, "monographie")),
        "entretiens_par_site": lambda tables: _by_site(_interviews(tables, "monographie")),
        "observations": lambda tables: _by_site(_where(tables, nature="observation")),
        "entretiens_telephone": lambda tables: len(_interviews(tables, "telephone")),
    },
)
