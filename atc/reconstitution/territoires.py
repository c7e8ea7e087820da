"""Table ``territoires``: the public roster of the fifteen sites. Nothing is drawn.

List of sites: csc-lacroisee.org. Commune codes: INSEE, code officiel géographique. Coordinates: the
commune's centre in degrees (WGS 84), rounded to 0.01 degree, about a kilometre. Network and
neighbourhood: only where a public site names them (facts.md, public facts); never guessed.
"""

from __future__ import annotations

from atc.draws import Draws
from atc.reconstitution.solving import Recipe
from atc.reconstitution.targets import Targets
from atc.rows import NOT_DISCLOSED, Row, Rows, Tables

# territoire, commune, département, code INSEE, longitude, latitude
_ROSTER = (
    ("aubenas", "Aubenas", "Ardèche (07)", "07019", "4.39", "44.62"),
    ("avignon", "Avignon", "Vaucluse (84)", "84007", "4.81", "43.95"),
    ("fort_de_france", "Fort-de-France", "Martinique (972)", "97209", "-61.07", "14.60"),
    ("grande_synthe", "Grande-Synthe", "Nord (59)", "59271", "2.30", "51.01"),
    ("grenoble", "Grenoble", "Isère (38)", "38185", "5.72", "45.19"),
    ("grigny", "Grigny", "Essonne (91)", "91286", "2.39", "48.65"),
    ("hombourg_haut", "Hombourg-Haut", "Moselle (57)", "57332", "6.78", "49.13"),
    ("les_mureaux", "Les Mureaux", "Yvelines (78)", "78440", "1.91", "48.99"),
    ("marseille", "Marseille", "Bouches-du-Rhône (13)", "13055", "5.37", "43.30"),
    ("roubaix", "Roubaix", "Nord (59)", "59512", "3.17", "50.69"),
    ("saint_denis", "Saint-Denis", "Seine-Saint-Denis (93)", "93066", "2.36", "48.94"),
    ("saint_gilles", "Saint-Gilles", "Gard (30)", "30258", "4.43", "43.68"),
    ("strasbourg", "Strasbourg", "Bas-Rhin (67)", "67482", "7.75", "48.57"),
    ("tourcoing", "Tourcoing", "Nord (59)", "59599", "3.16", "50.72"),
    (
        "villefranche_sur_saone",
        "Villefranche-sur-Saône",
        "Rhône (69)",
        "69264",
        "4.72",
        "45.99",
    ),
)
_NETWORKS = {
    "aubenas": "fcsf",
    "grenoble": "cnlrq",
    "hombourg_haut": "fcsf",
    "marseille": "fcsf",
    "saint_gilles": "fcsf",
}
_NEIGHBOURHOODS = {
    "aubenas": "Quartiers d’avenir",
    "hombourg_haut": "Les Chênes",
    "marseille": "Frais Vallon",
    "saint_gilles": "Sabatot – Centre ancien",
}


def _row(public: tuple[str, ...], targets: Targets) -> Row:
    site, commune, departement, code, longitude, latitude = public
    return {
        "territoire": site,
        "commune": commune,
        "departement": departement,
        "code_insee": code,
        "quartier": _NEIGHBOURHOODS.get(site, NOT_DISCLOSED),
        "reseau": _NETWORKS.get(site, "non_renseigne"),
        "recueil": "monographie" if site in targets.monographies else "telephone",
        "longitude": longitude,
        "latitude": latitude,
    }


def propose(_draws: Draws, _tables: Tables, targets: Targets) -> Rows:
    """One row per territoire, in alphabetical order."""
    return [_row(public, targets) for public in _ROSTER]


def sites(tables: Tables) -> list[str]:
    """Codes of the territoires, in alphabetical order."""
    return [row["territoire"] for row in tables["territoires"]]


def with_recueil(tables: Tables, recueil: str) -> list[str]:
    """Territoires met in one way: ``monographie`` or ``telephone``."""
    return [row["territoire"] for row in tables["territoires"] if row["recueil"] == recueil]


RECIPE = Recipe(
    table="territoires",
    propose=propose,
    measures={
        "sites": lambda tables: len(set(sites(tables))),
        "monographies": lambda tables: frozenset(with_recueil(tables, "monographie")),
        "sites_telephone": lambda tables: len(with_recueil(tables, "telephone")),
    },
)
