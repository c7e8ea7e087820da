from __future__ import annotations

import pandas as pd
import pytest

from atc.exhibits.published.calls import MODULES, find, prepare
from atc.indicators import reponse, terrain

TABLES = ("territoires", "entretiens")


def _indicator(
    territoires: pd.DataFrame,
    dictionary: object,
    nom: str,
    annee: int = 1,
    oui: bool | None = None,
    part: float = 1.0,
) -> None:
    """Stands for an indicator with every kind of parameter."""


def test_every_module_of_indicators_is_known():
    assert {"reponse", "scores", "verbatims", "measures"} <= set(MODULES)


def test_a_function_is_found_by_its_name():
    assert find("reponse.taux_de_reponse") is reponse.taux_de_reponse


@pytest.mark.parametrize(
    "name",
    [
        "",
        "reponse",
        "reponse.",
        "reponse.inconnue",
        "reponse._answered",
        "reponse.Part",
        "reponse.hypergeom",
        "reponse.pd",
        "inconnu.f",
        "os.system",
        "..os.system",
        "scores.measures.part",
        "animation.quarter",
    ],
)
def test_nothing_else_can_be_called(name):
    with pytest.raises(ValueError, match=r"Module inconnu|n’a pas de fonction"):
        find(name)


def test_arguments_are_typed_by_the_annotations():
    call = prepare(_indicator, "nom=a=b;annee=2019;oui=non", TABLES)
    assert call.inputs == ("territoires", "dictionary")
    assert call.values == {"nom": "a=b", "annee": 2019, "oui": False}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "manquant : nom"),
        ("annee=2019", "manquant : nom"),
        ("nom=x;inconnu=1", "inconnu de cette fonction : inconnu"),
        ("nom=x;territoires=1", "inconnu de cette fonction : territoires"),
        ("nom=x;annee=2019.0", "un nombre entier"),
        ("nom=x;annee=deux", "un nombre entier"),
        ("nom=x;oui=True", "oui ou non"),
        ("nom=x;part=1", "attendu float"),
        ("nom=x;nom=y", "deux fois"),
        ("nom", "mal écrits"),
        ("nom=", "mal écrits"),
        ("=x", "mal écrits"),
        ("nom=x;", "mal écrits"),
    ],
)
def test_ill_written_arguments_are_refused_in_french(arguments, message):
    with pytest.raises(ValueError, match=message):
        prepare(_indicator, arguments, TABLES)


def test_a_call_reads_its_tables_from_the_wave(wave):
    call = prepare(terrain.nombre_de_sites, "recueil=monographie", TABLES)
    assert call.on(wave) == 6
