"""What changed between a wave and the one before it, territory by territory.

The unit is the territory, because people change (docs/confidentialite.md, règle 19): a territory is compared
when both waves know it; the others are counted as lost or new, never imputed. Every function takes two tables
of the same name, the former wave first; `notes`, those of any number of waves. Counts and medians only, no
test.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures, scores

if TYPE_CHECKING:
    from atc.survey.dictionary import Dictionary

HAUSSE, STABLE, BAISSE = "hausse", "stable", "baisse"
SENS = {sens: measures.DIRECTIONS[sens] for sens in (HAUSSE, STABLE, BAISSE)}
#: Medians of `bilan` in order of time, the first where the time before the start was judged too.
MEDIANS = ("mediane_depart", "mediane_avant", "mediane_apres")


def names(waves: int) -> tuple[str, ...]:
    """What so many successive waves are called in tables: the last two, ``avant`` and ``apres``."""
    return (*(f"avant_{rank}" for rank in range(waves - 2, 0, -1)), "avant", "apres")


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

    ``paires`` has one row a territory, with the numbers ``avant`` and ``apres``, and those of earlier moments
    where only the territories that have them are to be compared. `measures.partage`, then ``hausse``,
    ``stable`` and ``baisse``, which add up to ``compares``; a median for each column, over the same
    territories, missing without any.
    """
    values = paires.astype("float64")
    # Known before is known at every moment before the last.
    values["avant"] = values["avant"].where(values.drop(columns="apres").notna().all(axis="columns"))
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
    waves: Sequence[pd.DataFrame], dictionary: Dictionary, items: Collection[str], *, depart: bool = False
) -> pd.DataFrame:
    """How many territories went up, stayed, went down, in the medians of their scores, between the last two.

    ``waves`` are the tables of scores, the earliest first: those territories are compared that all of them
    know. With ``depart``, those only that judged the time before the start too, in hindsight; all the same
    where the first wave did not ask. One row = one group × one of the ``items`` that may be joined, in the
    order of the questionnaire: ``groupe``, ``libelle_groupe``, ``item``, ``libelle_item``, then `bilan`.
    """
    asked = {name: (wave, scores.ACTUELLE) for name, wave in zip(names(len(waves)), waves, strict=True)}
    if depart and scores.periode_jugee(waves[0]) == scores.AVANT:
        asked = {"depart": (waves[0], scores.AVANT), **asked}
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
