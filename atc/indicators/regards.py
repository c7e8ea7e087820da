"""Two groups, two waves, any column: what the exploration compares, and the chapter on change for its models.

The unit is the territory (docs/confidentialite.md, règle 19).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures, scores

if TYPE_CHECKING:
    from atc.dictionary import Dictionary

#: What becomes of the gap between the two groups, territory by territory.
RESSERRE, EGAL, CREUSE = "resserre", "egal", "creuse"
ECARTS = {RESSERRE: "L’écart se resserre", EGAL: "Il ne change pas", CREUSE: "Il se creuse"}
_SIDES = ("institutionnels_avant", "animateurs_avant", "institutionnels_apres", "animateurs_apres")


def ecarts(
    scores_avant: pd.DataFrame, scores_apres: pd.DataFrame, dictionary: Dictionary, items: Collection[str]
) -> pd.DataFrame:
    """The gap between institutional actors and animateurs, in both waves, over the same territories.

    Args:
        scores_avant: Former wave.
        scores_apres: Latter wave.
        dictionary: Labels.
        items: Items that the codebooks allow to join; no other is compared.

    Returns:
        One row = one item, in the order of the questionnaire. ``item``, ``libelle``; ``mediane_…`` of each
        group in each wave (median of territory medians, 1-10, missing when no territory is compared);
        ``compares`` (territories where both groups scored in both waves), of which ``resserre``, ``egal`` and
        ``creuse``; ``connus_avant`` and ``connus_apres`` (where both groups scored in that wave), of which
        ``perdus`` and ``nouveaux`` are not compared.
    """
    sides = {
        f"{group}_{when}": medians[medians["groupe"] == group].set_index(["item", "territoire"])["mediane"]
        for when, medians in (
            (when, scores.medianes_par_territoire(table, scores.ACTUELLE))
            for when, table in (("avant", scores_avant), ("apres", scores_apres))
        )
        for group in (scores.INSTITUTIONNELS, scores.ANIMATEURS)
    }
    wide = pd.DataFrame(sides, columns=list(_SIDES)).sort_index()
    labels = dictionary.field("scores.item").labels
    rows = [
        {"item": item, "libelle": label, **_gaps(wide[wide.index.get_level_values(0) == item])}
        for item, label in labels.items()
        if item in items
    ]
    return pd.DataFrame(rows)


def _gaps(wide: pd.DataFrame) -> dict[str, float]:
    known = {
        when: wide[[f"institutionnels_{when}", f"animateurs_{when}"]].dropna() for when in ("avant", "apres")
    }
    both = wide.dropna()
    then, now = (
        (both[f"institutionnels_{when}"] - both[f"animateurs_{when}"]).abs() for when in ("avant", "apres")
    )
    return {
        **{f"mediane_{side}": both[side].median() for side in _SIDES},
        "compares": len(both),
        RESSERRE: int((now < then).sum()),
        EGAL: int((now == then).sum()),
        CREUSE: int((now > then).sum()),
        "perdus": len(known["avant"]) - len(both),
        "nouveaux": len(known["apres"]) - len(both),
        "connus_avant": len(known["avant"]),
        "connus_apres": len(known["apres"]),
    }


def _paired(avant: pd.DataFrame, apres: pd.DataFrame, colonne: str) -> pd.DataFrame:
    """Codes of both waves, over the territories that have one in both."""
    before, after = (
        table.set_index(table["territoire"].astype(str))[colonne].dropna().astype(str)
        for table in (avant, apres)
    )
    return pd.DataFrame({"avant": before, "apres": after}).dropna()


def passages(
    avant: pd.DataFrame, apres: pd.DataFrame, colonne: str, libelles: Mapping[str, str]
) -> pd.DataFrame:
    """From which modalité to which, over the territories with an answer in both waves.

    Args:
        avant: Former wave, one row = one territory.
        apres: Latter wave.
        colonne: Column of codes.
        libelles: Code -> label.

    Returns:
        One row = one former modalité × one present one that some territory went through. ``avant``,
        ``apres``, ``libelle_avant``, ``libelle_apres``, ``effectif`` (territories), ``total`` (of the former
        modalité).
    """
    both = _paired(avant, apres, colonne)
    moves, origins = both.value_counts(), both["avant"].value_counts()
    rows = [
        (first, second, libelles[first], libelles[second], int(moves[first, second]), int(origins[first]))
        for first in libelles
        for second in libelles
        if (first, second) in moves.index
    ]
    columns = ["avant", "apres", "libelle_avant", "libelle_apres", "effectif", "total"]
    return pd.DataFrame(rows, columns=columns)


def fidelite(
    avant: pd.DataFrame, apres: pd.DataFrame, colonne: str, libelles: Mapping[str, str]
) -> pd.DataFrame:
    """How many territories keep their answer, over those with one in both waves.

    Args:
        avant: Former wave, one row = one territory.
        apres: Latter wave.
        colonne: Column of codes.
        libelles: What ``garde`` and ``change`` are called.

    Returns:
        ``garde`` then ``change``: ``modalite``, ``libelle``, ``effectif`` and ``total`` (territories).
    """
    both = _paired(avant, apres, colonne)
    codes = (both["avant"] == both["apres"]).map({True: "garde", False: "change"})
    return measures.tally(libelles, codes)
