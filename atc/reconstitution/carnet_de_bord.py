"""Table ``carnet_de_bord``: fourteen carnets, from the post to the steering body and its themes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from atc.draws import Draws
from atc.pseudonyms import DEMONSTRATION_KEY, pseudonym
from atc.reconstitution import carnet_poste as poste
from atc.reconstitution.carnet_calendrier import calendars, is_early, most_meetings
from atc.reconstitution.carnet_mesures import MEASURES, TABLE, THEMES, mean
from atc.reconstitution.solving import Recipe, Rule
from atc.reconstitution.targets import Targets
from atc.reconstitution.territoires import sites
from atc.rows import Row, Rows, Tables, yes

# Simulated counts: the report says "most", "the majority" and "a few".
_SEVERAL_BODIES = 3
_WITH_ASSOCIATIONS = (10, 11)
_WITH_PARTICIPATION = 3
_MOST_THEMES = 3  # a site


def _steering(draws: Draws, names: list[str]) -> dict[str, Row]:
    """Who sits in each steering body: residents' bodies only where associations sit too."""
    several = set(draws.sample(names, _SEVERAL_BODIES))
    associations = draws.sample(names, draws.between(*_WITH_ASSOCIATIONS))
    participation = set(draws.sample(associations, _WITH_PARTICIPATION))
    return {
        name: {
            "instances": "plusieurs" if name in several else "unique",
            "instance_institutionnels": "oui",
            "instance_associations": yes(name in associations),
            "instance_participation": yes(name in participation),
        }
        for name in names
    }


def _themes(draws: Draws) -> Row:
    chosen = draws.sample(THEMES, draws.between(1, _MOST_THEMES))
    return {theme: yes(theme in chosen) for theme in THEMES}


def propose(draws: Draws, tables: Tables, targets: Targets) -> Rows:
    """One row per carnet returned, sorted by pseudonym."""
    names = [site for site in sites(tables) if site not in targets.sans_carnet]
    size = len(names)
    dates = calendars(draws, size, targets)
    staffing = poste.configurations(draws, names, targets)
    plein = poste.full_time(draws, size)
    etp = poste.etp(draws, staffing, plein, targets)
    contrats, profils = poste.contracts(draws, size), poste.profiles(draws, size)
    quartier, soutiens = poste.from_the_neighbourhood(draws, size), poste.supports(draws, size)
    steering = _steering(draws, names)
    rows = []
    for rank, name in enumerate(names):
        body = steering[name]
        rows.append(
            {
                "territoire": name,
                "repondant": pseudonym(DEMONSTRATION_KEY, "A", name),
                "debut_contrat": dates[rank].debut.isoformat(),
                "contrat": contrats[rank],
                "temps_plein": plein[rank],
                "profil": profils[rank],
                "issu_du_quartier": quartier[rank],
                "etp": f"{etp[rank]:.1f}",
                "configuration": staffing[rank],
                "soutien_demarrage": soutiens[rank][0],
                "soutien_actuel": soutiens[rank][1],
                "instances": body.pop("instances"),
                "reunions_pilotage": str(dates[rank].reunions),
                "reunions_janvier_2020": str(dates[rank].en_janvier),
                **body,
                **_themes(draws),
            }
        )
    return sorted(rows, key=lambda row: row["repondant"])


def _each(holds: Callable[[Row], bool]) -> Callable[[Tables], bool]:
    return lambda tables: all(holds(row) for row in tables[TABLE])


def _meetings_fit(row: Row) -> bool:
    debut = dt.date.fromisoformat(row["debut_contrat"])
    january, meetings = int(row["reunions_janvier_2020"]), int(row["reunions_pilotage"])
    return january <= meetings <= most_meetings(debut) and (not january or is_early(debut))


def _off_boundary(tables: Tables) -> bool:
    """A mean on a half would round one way or the other with the software."""
    halves = (mean(tables, "etp") * 10, mean(tables, "reunions_pilotage"))
    return all(value % 1 != Decimal("0.5") for value in halves)


RECIPE = Recipe(
    table=TABLE,
    propose=propose,
    measures=MEASURES,
    rules=(
        Rule("les réunions tiennent entre le début du contrat et l’enquête", _each(_meetings_fit)),
        Rule(
            "une personne seule à temps partiel consacre moins d’un ETP",
            _each(
                lambda row: (
                    (row["configuration"], row["temps_plein"]) != ("seul", "non") or Decimal(row["etp"]) < 1
                )
            ),
        ),
        Rule(
            "une personne seule ne consacre pas plus d’un ETP",
            _each(lambda row: row["configuration"] != "seul" or Decimal(row["etp"]) <= 1),
        ),
        Rule("aucune moyenne ne tombe sur un arrondi ambigu", _off_boundary),
    ),
)
