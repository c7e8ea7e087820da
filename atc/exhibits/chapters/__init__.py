"""The chapters of the report: one module each, one function an exhibit. They do not know each other."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atc.exhibits.chapters import (
        evolution,
        feuille_de_route,
        fiche,
        jeux_d_acteurs,
        methode,
        modeles,
        poste_d_animateur,
        premiers_effets,
        synthese,
    )

__all__ = [
    "evolution",
    "feuille_de_route",
    "fiche",
    "jeux_d_acteurs",
    "methode",
    "modeles",
    "poste_d_animateur",
    "premiers_effets",
    "synthese",
]


# Imported when first named (PEP 562): a notebook reaches its own chapter only, so a change in another one
# does not make it stale.
def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module 'atc.exhibits.chapters' has no attribute '{name}'")
    return import_module(f"atc.exhibits.chapters.{name}")
