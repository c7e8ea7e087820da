"""What changed between a wave and the one before it, territory by territory.

The unit is the territory, because people change (docs/confidentialite.md, règle 19): a territory is compared
when both waves know it; the others are counted as lost or new, never imputed. Every function takes two tables
of the same name, the former wave first. Counts and medians only, no test.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import scores

if TYPE_CHECKING:
    from atc.dictionary import Dictionary

HAUSSE, STABLE, BAISSE, PERDU, NOUVEAU = "hausse", "stable", "baisse", "perdu", "nouveau"
SENS = {HAUSSE: "En hausse", STABLE: "Stable", BAISSE: "En baisse"}
#: Medians of the scores: a name that says that it holds no count.
MOMENTS = ("mediane_avant", "mediane_precedente", "mediane_actuelle")


# --- who answered ---


def presences(
    questionnaire_avant: pd.DataFrame,
    questionnaire_apres: pd.DataFrame,
    carnet_avant: pd.DataFrame,
    carnet_apres: pd.DataFrame,
) -> pd.DataFrame:
    """Who answered in each wave. People are told apart by their pseudonym, the same in both waves.

    Returns:
        One row = one kind of answer × one unit. ``modalite``, ``libelle``, then territories or persons, as
        ``libelle`` says: ``avant``, ``apres`` (in each wave), ``communs`` (in both), ``partis`` (in the
        former only), ``entres``.
    """
    before, after = (
        table[table["repondu"].fillna(False).astype(bool)]
        for table in (questionnaire_avant, questionnaire_apres)
    )
    pairs = {
        "carnets": ("Carnets de bord (territoires)", carnet_avant, carnet_apres, "territoire"),
        "animateurs": ("Animateur.trices (personnes)", carnet_avant, carnet_apres, "repondant"),
        "territoires": ("Questionnaire flash (territoires)", before, after, "territoire"),
        "institutionnels": ("Acteurs institutionnels (personnes)", before, after, "repondant"),
    }
    rows = []
    for code, (label, *tables, column) in pairs.items():
        then, now = ({str(each) for each in table[column].dropna()} for table in tables)
        counts = (len(then), len(now), len(then & now), len(then - now), len(now - then))
        rows.append((code, label, *counts))
    columns = ["modalite", "libelle", "avant", "apres", "communs", "partis", "entres"]
    return pd.DataFrame(rows, columns=columns)


# --- up, stable, down ---


def par_territoire(avant: pd.DataFrame, apres: pd.DataFrame, colonne: str) -> pd.DataFrame:
    """One column in both waves, territory by territory. Never to be shown beyond ``interne``.

    Returns:
        One row = one territory with a value in either wave, by code in alphabetical order. ``avant`` and
        ``apres``, missing where the wave has none.
    """
    before, after = (
        table.set_index(table["territoire"].astype(str))[colonne].dropna() for table in (avant, apres)
    )
    return pd.DataFrame({"avant": before, "apres": after}).sort_index()


def sens(avant: float | None, apres: float | None) -> str:
    """One of `SENS`, or ``perdu``, ``nouveau`` where one wave has no value."""
    if avant is None:
        return NOUVEAU
    if apres is None:
        return PERDU
    return HAUSSE if apres > avant else BAISSE if apres < avant else STABLE


def bilan(paires: pd.DataFrame) -> dict[str, float]:
    """Territories by direction of change, and the two medians over those compared.

    Args:
        paires: One row = one territory, with the numbers ``avant`` and ``apres``.

    Returns:
        ``compares``, ``hausse``, ``stable``, ``baisse``, ``perdus``, ``nouveaux``, ``connus_avant`` and
        ``connus_apres`` (territories: in both waves, of which by direction, in one only, in each), then
        ``mediane_avant`` and ``mediane_apres``, over the same territories, missing when none is compared.
    """
    values = paires.astype("float64")
    both = values.dropna()
    steps = both["apres"] - both["avant"]
    return {
        **_known(len(both), int(values["avant"].count()), int(values["apres"].count()), "compares"),
        HAUSSE: int((steps > 0).sum()),
        STABLE: int((steps == 0).sum()),
        BAISSE: int((steps < 0).sum()),
        "mediane_avant": both["avant"].median(),
        "mediane_apres": both["apres"].median(),
    }


def _known(compared: int, before: int, after: int, total: str) -> dict[str, float]:
    """How many are compared, how many each wave knows, and how many of those are not compared."""
    return {
        total: compared,
        "perdus": before - compared,
        "nouveaux": after - compared,
        "connus_avant": before,
        "connus_apres": after,
    }


def nombres(avant: pd.DataFrame, apres: pd.DataFrame, libelles: Mapping[str, str]) -> pd.DataFrame:
    """Numeric columns: how many territories went up, stayed, went down.

    Returns:
        One row = one column of ``libelles`` (code -> label). ``modalite``, ``libelle``, then `bilan`.
    """
    return pd.DataFrame(
        [
            {"modalite": name, "libelle": label, **bilan(par_territoire(avant, apres, name))}
            for name, label in libelles.items()
        ]
    )


# --- scores, by lens: one group on one item ---


def notes(
    scores_avant: pd.DataFrame, scores_apres: pd.DataFrame, dictionary: Dictionary, items: Collection[str]
) -> pd.DataFrame:
    """How many territories went up, stayed, went down, in the medians of their scores.

    Args:
        scores_avant: Former wave.
        scores_apres: Latter wave.
        dictionary: Labels.
        items: Items that the codebooks allow to join; no other is compared.

    Returns:
        One row = one group × one item, in the order of the questionnaire. ``groupe``, ``libelle_groupe``,
        ``item``, ``libelle_item``, then `bilan`.
    """
    pairs = scores.medianes(avant=(scores_avant, scores.ACTUELLE), apres=(scores_apres, scores.ACTUELLE))
    return _by_lens(pairs, dictionary, items, bilan)


def _by_lens(
    medians: pd.DataFrame,
    dictionary: Dictionary,
    items: Collection[str],
    summed: Callable[[pd.DataFrame], dict[str, float]],
) -> pd.DataFrame:
    groups, labels = (dictionary.field(f"scores.{name}").labels for name in ("groupe", "item"))
    group_of, item_of = (medians.index.get_level_values(name) for name in ("groupe", "item"))
    rows = [
        {
            "groupe": group,
            "libelle_groupe": groups[group],
            "item": item,
            "libelle_item": labels[item],
            **summed(medians[(group_of == group) & (item_of == item)]),
        }
        for group in groups
        for item in labels
        if item in items
    ]
    return pd.DataFrame(rows)


def comparaisons(notes: pd.DataFrame) -> pd.DataFrame:
    """Comparisons that go up, and that go down: one comparison is one territory on one item.

    How many there are in all is left out: it would tell how many territories answered only once.

    Returns:
        One row = one group × ``hausse`` or ``baisse``. ``groupe``, ``libelle_groupe``, ``sens``,
        ``effectif`` (comparisons), ``libelle``.
    """
    rows = [
        (group, label, way, int(some[way].sum()), SENS[way])
        for (group, label), some in notes.groupby(["groupe", "libelle_groupe"], sort=False)
        for way in (HAUSSE, BAISSE)
    ]
    return pd.DataFrame(rows, columns=["groupe", "libelle_groupe", "sens", "effectif", "libelle"])


def moments(
    scores_avant: pd.DataFrame, scores_apres: pd.DataFrame, dictionary: Dictionary, items: Collection[str]
) -> pd.DataFrame:
    """Before the start, in the former wave, in the latter: medians over the territories known at all of them.

    « Avant » is the retrospective judgement of the former wave; without it, there are two moments.

    Returns:
        One row = one group × one item. ``groupe``, ``libelle_groupe``, ``item``, ``libelle_item``, a column
        for each moment of ``MOMENTS`` (median of territory medians, 1-10, missing when no territory is known
        at all of them), ``territoires`` (how many are); then how many each wave knows now
        (``connus_avant``, ``connus_apres``), and how many of those are not compared (``perdus``,
        ``nouveaux``).
    """
    asked = {
        MOMENTS[0]: (scores_avant, scores.AVANT),
        MOMENTS[1]: (scores_avant, scores.ACTUELLE),
        MOMENTS[2]: (scores_apres, scores.ACTUELLE),
    }
    if scores.periode_jugee(scores_avant) != scores.AVANT:
        del asked[MOMENTS[0]]

    def summed(some: pd.DataFrame) -> dict[str, float]:
        kept = some.dropna()
        before, after = (int(some[name].count()) for name in MOMENTS[1:])
        return {
            **{name: kept[name].median() for name in asked},
            **_known(len(kept), before, after, "territoires"),
        }

    return _by_lens(scores.medianes(**asked), dictionary, items, summed)


# --- from which modalité to which ---


def passages(
    avant: pd.DataFrame, apres: pd.DataFrame, colonne: str, libelles: Mapping[str, str]
) -> pd.DataFrame:
    """From which modalité to which, over the territories with an answer in both waves.

    Returns:
        One row = one former modalité × one present one that some territory went through, in the order of
        ``libelles`` (code -> label). ``avant``, ``apres``, ``libelle_avant``, ``libelle_apres``, ``effectif``
        (territories), ``total`` (of the former modalité).
    """
    both = par_territoire(avant, apres, colonne).dropna().astype(str)
    moves, origins = both.value_counts(), both["avant"].value_counts()
    rows = [
        (first, second, libelles[first], libelles[second], int(moves[first, second]), int(origins[first]))
        for first in libelles
        for second in libelles
        if (first, second) in moves.index
    ]
    columns = ["avant", "apres", "libelle_avant", "libelle_apres", "effectif", "total"]
    return pd.DataFrame(rows, columns=columns)


def fidelite(avant: pd.DataFrame, apres: pd.DataFrame, colonne: str) -> pd.DataFrame:
    """How many territories keep their answer.

    Returns:
        One row. ``modalite`` (the column); ``compares`` (territories with an answer in both waves), of which
        ``garde`` and ``change``; ``connus_avant`` and ``connus_apres`` (with one in each wave), of which
        ``perdus`` and ``nouveaux`` are not compared.
    """
    pairs = par_territoire(avant, apres, colonne)
    both = pairs.dropna().astype(str)
    same = int((both["avant"] == both["apres"]).sum())
    known = _known(len(both), int(pairs["avant"].count()), int(pairs["apres"].count()), "compares")
    return pd.DataFrame([{"modalite": colonne, "garde": same, "change": len(both) - same, **known}])
