"""What changed in the scores between a wave and the one before it, by territory and by lens."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import scores
from atc.indicators.evolution import BAISSE, BILAN, HAUSSE, SENS, bilan, directions

if TYPE_CHECKING:
    from atc.dictionary import Dictionary

#: Columns: a name that says that it holds no count.
MOMENTS = ("mediane_avant", "mediane_precedente", "mediane_actuelle")


def scores_par_territoire(
    scores_avant: pd.DataFrame, scores_apres: pd.DataFrame, periode: str = "actuelle"
) -> pd.DataFrame:
    """Median score of each territory in both waves. Never to be shown beyond ``interne``.

    Returns:
        One row = one territory × one group × one item scored in either wave. ``territoire``, ``groupe``,
        ``item``, ``avant`` and ``apres`` (territory medians, 1-10), ``sens``.
    """
    keys = ["territoire", "groupe", "item"]
    before, after = (
        scores.medianes_par_territoire(table, periode).set_index(keys)["mediane"]
        for table in (scores_avant, scores_apres)
    )
    return directions(pd.DataFrame({"avant": before, "apres": after}).sort_index()).reset_index()


def evolution_des_scores(
    scores_avant: pd.DataFrame,
    scores_apres: pd.DataFrame,
    dictionary: Dictionary,
    items: Collection[str],
) -> pd.DataFrame:
    """Item by item and lens by lens: how many territories went up, stayed, went down.

    Args:
        scores_avant: Former wave.
        scores_apres: Latter wave.
        dictionary: Labels.
        items: Items that the codebooks allow to join; no other is compared.

    Returns:
        One row = one group × one item, in the order of the questionnaire. ``groupe``, ``libelle_groupe``,
        ``item``, ``libelle_item``, then the columns of `bilan`.
    """
    changes = scores_par_territoire(scores_avant, scores_apres)
    rows = [
        {**names, **bilan(changes[(changes["groupe"] == group) & (changes["item"] == item)])}
        for names, group, item in _lenses(dictionary, items)
    ]
    return pd.DataFrame(rows, columns=["groupe", "libelle_groupe", "item", "libelle_item", *BILAN])


def comparaisons(evolution_des_scores: pd.DataFrame) -> pd.DataFrame:
    """Comparisons that go up, and that go down: one comparison is one territory on one item.

    How many there are in all is left out: it would tell how many territories answered only once.

    Args:
        evolution_des_scores: What the function of that name gives.

    Returns:
        One row = one group × ``hausse`` or ``baisse``. ``groupe``, ``libelle_groupe``, ``sens``, ``libelle``,
        ``effectif`` (comparisons).
    """
    rows = [
        {
            "groupe": group,
            "libelle_groupe": label,
            "sens": sens,
            "libelle": SENS[sens],
            "effectif": int(some[sens].sum()),
        }
        for (group, label), some in evolution_des_scores.groupby(["groupe", "libelle_groupe"], sort=False)
        for sens in (HAUSSE, BAISSE)
    ]
    return pd.DataFrame(rows)


def _lenses(dictionary: Dictionary, items: Collection[str]) -> list[tuple[dict[str, str], str, str]]:
    groups = dictionary.field("scores.groupe").labels
    labels = dictionary.field("scores.item").labels
    return [
        (
            {"groupe": group, "libelle_groupe": group_label, "item": item, "libelle_item": label},
            group,
            item,
        )
        for group, group_label in groups.items()
        for item, label in labels.items()
        if item in items
    ]


def trois_moments(
    scores_avant: pd.DataFrame,
    scores_apres: pd.DataFrame,
    dictionary: Dictionary,
    items: Collection[str],
) -> pd.DataFrame:
    """Before the start, in the former wave, in the latter: medians over the territories known at all three.

    « Avant » is the retrospective judgement that the former wave asked for.

    Returns:
        One row = one group × one item. ``groupe``, ``libelle_groupe``, ``item``, ``libelle_item``, a column
        for each moment of ``MOMENTS`` (median of territory medians, 1-10, missing when no territory is known
        at all three), ``territoires`` (how many are); then how many each wave knows now
        (``connus_avant``, ``connus_apres``), and how many of those are not known at all three (``perdus``,
        ``nouveaux``).
    """
    taken = zip(
        MOMENTS,
        (scores_avant, scores_avant, scores_apres),
        ("avant", "actuelle", "actuelle"),
        strict=True,
    )
    keys = ["territoire", "groupe", "item"]
    medians = pd.DataFrame(
        {
            moment: scores.medianes_par_territoire(table, period).set_index(keys)["mediane"]
            for moment, table, period in taken
        }
    )
    rows = []
    for names, group, item in _lenses(dictionary, items):
        levels = medians.index.get_level_values
        some = medians[(levels("groupe") == group) & (levels("item") == item)]
        kept = some.dropna()
        known = {"connus_avant": some["mediane_precedente"], "connus_apres": some["mediane_actuelle"]}
        counts = {name: int(values.notna().sum()) for name, values in known.items()}
        left = {name: n - len(kept) for name, n in zip(("perdus", "nouveaux"), counts.values(), strict=True)}
        middles = {moment: kept[moment].median() for moment in MOMENTS}
        rows.append({**names, **middles, "territoires": len(kept), **left, **counts})
    columns = ["groupe", "libelle_groupe", "item", "libelle_item", *MOMENTS, "territoires"]
    return pd.DataFrame(rows, columns=[*columns, "perdus", "nouveaux", "connus_avant", "connus_apres"])
