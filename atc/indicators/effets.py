"""First effects that the evaluators saw, with examples. Examples, not a census: no share is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from atc.dictionary import Dictionary


#: The help that the report counts apart, whatever kind of effect it illustrates.
APPUI = "appui_conseil_citoyen"


def _of_kind(effets: pd.DataFrame, type_effet: str) -> pd.DataFrame:
    return effets[effets["type"] == type_effet]


def sites_par_type(effets: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Sites given as examples of each kind of effect; a site may stand under several.

    Helping the conseil citoyen is counted apart, as the report does, whatever kind it illustrates.

    Returns:
        One row = one kind, those without example included, then the help to the conseil citoyen.
        ``modalite``, ``libelle``, ``effectif`` (distinct territories).
    """
    kinds = dictionary.field("effets.type").labels
    helped = dictionary.field(f"effets.{APPUI}").label
    sites = [nombre_de_sites(effets, kind) for kind in kinds]
    rows = zip((*kinds, APPUI), (*kinds.values(), helped), (*sites, len(_helped(effets))), strict=True)
    return pd.DataFrame(rows, columns=["modalite", "libelle", "effectif"])


def _helped(effets: pd.DataFrame) -> set[str]:
    """Territories where the conseil citoyen was helped."""
    return set(effets.loc[effets[APPUI].fillna(False).astype(bool), "territoire"].astype(str))


def nombre_de_types(effets: pd.DataFrame) -> int:
    """How many kinds of effect have at least one example."""
    return int(effets["type"].nunique())


def nombre_de_sites(effets: pd.DataFrame, type_effet: str, *, appui: bool = False) -> int:
    """Distinct sites given as examples of one kind.

    Args:
        effets: Table of effects.
        type_effet: Kind of effect.
        appui: Count the examples that are a help to the conseil citoyen, or all the others.
    """
    kept = _of_kind(effets, type_effet)
    helped = kept["appui_conseil_citoyen"].fillna(False).astype(bool)
    return int(kept.loc[helped == appui, "territoire"].nunique())


def nombre_d_associations(effets: pd.DataFrame, type_effet: str) -> int:
    """Associations brought together by the examples of one kind; examples without any count for none."""
    return int(_of_kind(effets, type_effet)["associations"].fillna(0).sum())
