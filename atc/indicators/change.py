"""What changed between a wave and the one before it, territory by territory.

The unit is the territory, because people change (docs/confidentialite.md, règle 19): a territory is compared
when both waves know it; the others are counted as lost or new, never imputed. Every function takes two tables
of the same name, the former wave first. Counts and medians only, no test.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures, scores

if TYPE_CHECKING:
    from atc.survey.dictionary import Dictionary

HAUSSE, STABLE, BAISSE = "hausse", "stable", "baisse"
SENS = {sens: measures.DIRECTIONS[sens] for sens in (HAUSSE, STABLE, BAISSE)}
#: Medians of `bilan` in order of time, the first where the time before the start was judged too.
MEDIANS = ("mediane_depart", "mediane_avant", "mediane_apres")


def presences(
    questionnaire_avant: pd.DataFrame,
    questionnaire_apres: pd.DataFrame,
    carnet_avant: pd.DataFrame,
    carnet_apres: pd.DataFrame,
) -> pd.DataFrame:
    """Who answered in each wave. People are told apart by their pseudonym, the same in both waves.

    One row = one kind of answer × one unit, territories or persons, as ``libelle`` says: ``avant``, ``apres``
    (in each wave), ``communs`` (in both), ``partis`` (in the former only), ``entres``.
    """
    carnets = (carnet_avant, carnet_apres)
    flash = [t[t["repondu"].fillna(False).astype(bool)] for t in (questionnaire_avant, questionnaire_apres)]
    asked = (
        ("carnets", "Carnets de bord (territoires)", carnets, "territoire"),
        ("animateurs", "Animateur.trices (personnes)", carnets, "repondant"),
        ("territoires", "Questionnaire flash (territoires)", flash, "territoire"),
        ("institutionnels", "Acteurs institutionnels (personnes)", flash, "repondant"),
    )
    rows = []
    for code, label, tables, column in asked:
        then, now = (set(table[column].dropna().astype(str)) for table in tables)
        rows.append((code, label, *map(len, (then, now, then & now, then - now, now - then))))
    columns = ["modalite", "libelle", "avant", "apres", "communs", "partis", "entres"]
    return pd.DataFrame(rows, columns=columns)


# --- up, stable, down ---


def par_territoire(avant: pd.DataFrame, apres: pd.DataFrame, colonne: str) -> pd.DataFrame:
    """One column in both waves, territory by territory. Never to be shown beyond ``interne``.

    One row = one territory with a value in either wave, by code in alphabetical order: ``avant`` and
    ``apres``, missing where the wave has none.
    """
    before, after = (
        table.set_index(table["territoire"].astype(str))[colonne].dropna() for table in (avant, apres)
    )
    return pd.DataFrame({"avant": before, "apres": after}).sort_index()


def sens(avant: float, apres: float) -> str:
    """One of `SENS`."""
    return HAUSSE if apres > avant else BAISSE if apres < avant else STABLE


def bilan(paires: pd.DataFrame) -> dict[str, float]:
    """Territories by direction of change, and the medians over those compared.

    ``paires`` has one row a territory, with the numbers ``avant`` and ``apres``, and ``depart`` where only
    those that have it are to be compared. `measures.partage`, then ``hausse``, ``stable`` and ``baisse``,
    which add up to ``compares``; a median for each column, over the same territories, missing without any.
    """
    values = paires.astype("float64")
    if "depart" in values:
        # Known before is known at both of the moments that the former wave judged.
        values["avant"] = values["avant"].where(values["depart"].notna())
    both = values.dropna()
    return {
        **measures.partage(values),
        **measures.signes(both["apres"] - both["avant"], HAUSSE, STABLE, BAISSE),
        **{f"mediane_{name}": both[name].median() for name in both},
    }


def nombres(avant: pd.DataFrame, apres: pd.DataFrame, libelles: Mapping[str, str]) -> pd.DataFrame:
    """Numeric columns: one row, with its `bilan`, for each of ``libelles`` (column -> label)."""
    rows = [
        {"modalite": name, "libelle": label, **bilan(par_territoire(avant, apres, name))}
        for name, label in libelles.items()
    ]
    return pd.DataFrame(rows)


# --- scores, by lens: one group on one item ---


def notes(
    scores_avant: pd.DataFrame,
    scores_apres: pd.DataFrame,
    dictionary: Dictionary,
    items: Collection[str],
    *,
    depart: bool = False,
) -> pd.DataFrame:
    """How many territories went up, stayed, went down, in the medians of their scores.

    With ``depart``, those only are compared that judged the time before the start too, in hindsight; all the
    same where the former wave did not ask. One row = one group × one of the ``items`` that may be joined, in
    the order of the questionnaire: ``groupe``, ``libelle_groupe``, ``item``, ``libelle_item``, then `bilan`.
    """
    asked = {"avant": (scores_avant, scores.ACTUELLE), "apres": (scores_apres, scores.ACTUELLE)}
    if depart and scores.periode_jugee(scores_avant) == scores.AVANT:
        asked = {"depart": (scores_avant, scores.AVANT), **asked}
    medians, rows = scores.medianes(**asked), []
    groups, labels = (dictionary.field(f"scores.{name}").labels for name in ("groupe", "item"))
    group_of, item_of = (medians.index.get_level_values(name) for name in ("groupe", "item"))
    for group, item in itertools.product(groups, (item for item in labels if item in items)):
        lens = {"groupe": group, "libelle_groupe": groups[group], "item": item, "libelle_item": labels[item]}
        rows.append({**lens, **bilan(medians[(group_of == group) & (item_of == item)])})
    return pd.DataFrame(rows)


def comparaisons(notes: pd.DataFrame) -> pd.DataFrame:
    """Comparisons that go up, and that go down: one comparison is one territory on one item.

    One row = one group × ``hausse`` or ``baisse``. How many there are in all is left out: it would tell how
    many territories answered only once.
    """
    rows = [
        (group, label, way, int(some[way].sum()), SENS[way])
        for (group, label), some in notes.groupby(["groupe", "libelle_groupe"], sort=False)
        for way in (HAUSSE, BAISSE)
    ]
    return pd.DataFrame(rows, columns=["groupe", "libelle_groupe", "sens", "effectif", "libelle"])


# --- from which modalité to which ---


def passages(
    avant: pd.DataFrame, apres: pd.DataFrame, colonne: str, libelles: Mapping[str, str]
) -> pd.DataFrame:
    """From which modalité to which, over the territories with an answer in both waves.

    One row = one former modalité × one present one that some territory went through, in the order of
    ``libelles``. ``effectif`` is in territories, ``total`` of the former modalité.
    """
    both = par_territoire(avant, apres, colonne).dropna().astype(str)
    order = pd.MultiIndex.from_product([libelles, libelles], names=["avant", "apres"])
    moves = both.value_counts().reindex(order).dropna().astype(int).rename("effectif").reset_index()
    return moves.assign(
        libelle_avant=moves["avant"].map(libelles),
        libelle_apres=moves["apres"].map(libelles),
        total=moves.groupby("avant")["effectif"].transform("sum"),
    )


def fidelite(avant: pd.DataFrame, apres: pd.DataFrame, colonne: str) -> pd.DataFrame:
    """How many territories keep their answer: one row, `measures.partage`, ``garde`` and ``change``."""
    pairs = par_territoire(avant, apres, colonne)
    both = pairs.dropna().astype(str)
    same = int((both["avant"] == both["apres"]).sum())
    told = {"modalite": colonne, "garde": same, "change": len(both) - same, **measures.partage(pairs)}
    return pd.DataFrame([told])
