"""What changed between a wave and the one before it.

The unit is the territory, because people change (docs/confidentialite.md, règle 19): a territory is compared
when both waves know it; the others are counted as lost or new, never imputed. Every function takes two tables
of one name, the former wave first (``carnet_avant``, ``carnet_apres``). Counts and medians only, no test.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import regards

if TYPE_CHECKING:
    from atc.dictionary import Dictionary

HAUSSE, STABLE, BAISSE, PERDU, NOUVEAU = "hausse", "stable", "baisse", "perdu", "nouveau"
SENS = {HAUSSE: "En hausse", STABLE: "Stable", BAISSE: "En baisse"}
# Columns of `bilan`.
BILAN = (
    "compares",
    *SENS,
    "perdus",
    "nouveaux",
    "connus_avant",
    "connus_apres",
    "mediane_avant",
    "mediane_apres",
)


@dataclass(frozen=True)
class Presence:
    """Of two sets of people or territories, who is in both and who is in one only.

    Attributes:
        communs: In both waves.
        partis: In the former wave only.
        entres: In the latter wave only.
    """

    communs: int
    partis: int
    entres: int

    @property
    def avant(self) -> int:
        """How many in the former wave."""
        return self.communs + self.partis

    @property
    def apres(self) -> int:
        """How many in the latter wave."""
        return self.communs + self.entres


def presence(avant: pd.Series, apres: pd.Series) -> Presence:
    """Compare two columns of codes, each code counted once and missing ones left out."""
    before, after = ({str(code) for code in codes.dropna()} for codes in (avant, apres))
    return Presence(len(before & after), len(before - after), len(after - before))


def presences(
    questionnaire_avant: pd.DataFrame,
    questionnaire_apres: pd.DataFrame,
    carnet_avant: pd.DataFrame,
    carnet_apres: pd.DataFrame,
) -> pd.DataFrame:
    """Who answered in each wave. People are told apart by their pseudonym, the same in both waves.

    Returns:
        One row = one kind of answer × one unit. ``modalite``, ``libelle``, ``avant``, ``apres``, ``communs``,
        ``partis``, ``entres`` (territories or persons, as ``libelle`` says).
    """
    before, after = _answered(questionnaire_avant), _answered(questionnaire_apres)
    pairs = {
        "carnets": ("Carnets de bord (territoires)", carnet_avant, carnet_apres, "territoire"),
        "animateurs": ("Animateur.trices (personnes)", carnet_avant, carnet_apres, "repondant"),
        "territoires": ("Questionnaire flash (territoires)", before, after, "territoire"),
        "institutionnels": ("Acteurs institutionnels (personnes)", before, after, "repondant"),
    }
    rows = []
    for code, (label, first, second, column) in pairs.items():
        found = presence(first[column], second[column])
        rows.append(
            {
                "modalite": code,
                "libelle": label,
                "avant": found.avant,
                "apres": found.apres,
                "communs": found.communs,
                "partis": found.partis,
                "entres": found.entres,
            }
        )
    return pd.DataFrame(rows)


def _answered(questionnaire: pd.DataFrame) -> pd.DataFrame:
    return questionnaire[questionnaire["repondu"].fillna(False).astype(bool)]


def par_territoire(carnet_avant: pd.DataFrame, carnet_apres: pd.DataFrame, colonne: str) -> pd.DataFrame:
    """One numeric column of the carnet, territory by territory. Never to be shown beyond ``interne``.

    Returns:
        One row = one territory with a value in either wave, in alphabetical order of codes. ``territoire``,
        ``avant`` and ``apres`` (unit of the column, missing when the wave has none), ``sens`` (see `SENS`,
        or ``perdu``, ``nouveau``).
    """
    before, after = (
        table.assign(territoire=table["territoire"].astype(str), valeur=table[colonne].astype("float64"))
        .dropna(subset="valeur")
        .set_index("territoire")["valeur"]
        for table in (carnet_avant, carnet_apres)
    )
    return directions(pd.DataFrame({"avant": before, "apres": after}).sort_index()).reset_index(
        names="territoire"
    )


def directions(pairs: pd.DataFrame) -> pd.DataFrame:
    """Add ``sens`` to columns ``avant`` and ``apres``."""
    return pairs.assign(
        sens=pd.Series(
            [_direction(a, b) for a, b in zip(pairs["avant"], pairs["apres"], strict=True)],
            index=pairs.index,
            dtype="str",
        )
    )


def _direction(avant: float, apres: float) -> str:
    if math.isnan(avant):
        return NOUVEAU
    if math.isnan(apres):
        return PERDU
    return HAUSSE if apres > avant else BAISSE if apres < avant else STABLE


def bilan(evolution: pd.DataFrame) -> dict[str, float]:
    """Territories by direction of change, and the two medians over those compared.

    Args:
        evolution: One row = one territory, with ``avant``, ``apres`` and ``sens``.

    Returns:
        ``compares``, ``hausse``, ``stable``, ``baisse``, ``perdus``, ``nouveaux``, ``connus_avant`` and
        ``connus_apres`` (territories: in both waves, of which by direction, in one only, in each), then
        ``mediane_avant`` and ``mediane_apres``, over the same territories, missing when none is compared.
    """
    counts = evolution["sens"].value_counts()
    both = evolution[evolution["sens"].isin(list(SENS))]
    lost, new = (int(counts.get(sens, 0)) for sens in (PERDU, NOUVEAU))
    return {
        "compares": len(both),
        **{sens: int(counts.get(sens, 0)) for sens in SENS},
        "perdus": lost,
        "nouveaux": new,
        "connus_avant": len(both) + lost,
        "connus_apres": len(both) + new,
        "mediane_avant": both["avant"].median(),
        "mediane_apres": both["apres"].median(),
    }


def evolution_du_carnet(
    carnet_avant: pd.DataFrame, carnet_apres: pd.DataFrame, libelles: Mapping[str, str]
) -> pd.DataFrame:
    """Numeric columns of the carnet: how many territories went up, stayed, went down.

    Args:
        carnet_avant: Former wave.
        carnet_apres: Latter wave.
        libelles: Column -> label.

    Returns:
        One row = one column. ``modalite``, ``libelle``, then the columns of `bilan`.
    """
    rows = [
        {
            "modalite": column,
            "libelle": label,
            **bilan(par_territoire(carnet_avant, carnet_apres, column)),
        }
        for column, label in libelles.items()
    ]
    return pd.DataFrame(rows, columns=["modalite", "libelle", *BILAN])


def composition(
    carnet_avant: pd.DataFrame, carnet_apres: pd.DataFrame, libelles: Mapping[str, str]
) -> pd.DataFrame:
    """Ticked boxes of the carnet then and now, over the territories that answered both times.

    Args:
        carnet_avant: Former wave.
        carnet_apres: Latter wave.
        libelles: Column -> label.

    Returns:
        One row = one box. ``modalite``, ``libelle``, ``avant`` and ``apres`` (territories that tick it),
        ``gagnes``, ``perdus`` and ``inchanges`` (that tick it now only, then only, or both times or never),
        ``total`` (compared), ``partis`` and ``entres`` (that answered then only, now only), ``connus_avant``
        and ``connus_apres`` (that answered then, now).
    """
    rows = []
    for column, label in libelles.items():
        before, after = (
            table.assign(territoire=table["territoire"].astype(str))
            .dropna(subset=column)
            .set_index("territoire")[column]
            .astype(bool)
            for table in (carnet_avant, carnet_apres)
        )
        both = sorted(set(before.index) & set(after.index))
        then, now = before[both], after[both]
        known = {"connus_avant": len(before), "connus_apres": len(after)}
        rows.append(
            {
                "modalite": column,
                "libelle": label,
                "avant": int(then.sum()),
                "apres": int(now.sum()),
                "gagnes": int((now & ~then).sum()),
                "perdus": int((then & ~now).sum()),
                "inchanges": int((then == now).sum()),
                "total": len(both),
                "partis": len(before) - len(both),
                "entres": len(after) - len(both),
                **known,
            }
        )
    columns = ["modalite", "libelle", "avant", "apres", "gagnes", "perdus", "inchanges", "total"]
    return pd.DataFrame(rows, columns=[*columns, "partis", "entres", "connus_avant", "connus_apres"])


def passages(
    positionnements_avant: pd.DataFrame, positionnements_apres: pd.DataFrame, dictionary: Dictionary
) -> pd.DataFrame:
    """From which main model to which, over the territories placed in both waves.

    Returns:
        One row = one former model × one present model that at least one territory went through, in the order
        of the questionnaire. ``modele_avant``, ``libelle_avant``, ``modele_apres``, ``libelle_apres``,
        ``effectif`` (territories), ``total`` (those of the former model). A territory that stays has the same
        model twice.
    """
    labels = dictionary.field("positionnements.modele_principal").labels
    moves = regards.passages(positionnements_avant, positionnements_apres, "modele_principal", labels)
    moves = moves.rename(columns={"avant": "modele_avant", "apres": "modele_apres"})
    return moves[["modele_avant", "libelle_avant", "modele_apres", "libelle_apres", "effectif", "total"]]


def fidelite(positionnements_avant: pd.DataFrame, positionnements_apres: pd.DataFrame) -> pd.DataFrame:
    """How many territories keep their main model, over those placed in both waves.

    Returns:
        ``garde`` then ``change``: ``modalite``, ``libelle``, ``effectif`` and ``total`` (territories).
    """
    labels = {"garde": "Gardent leur modèle", "change": "Changent de modèle"}
    return regards.fidelite(positionnements_avant, positionnements_apres, "modele_principal", labels)
