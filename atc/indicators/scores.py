"""The situation of the territory, scored 1-10 by institutional actors and by animateurs.

Answers are nested in territories, so the two groups are compared through territory medians, and only where
both answered (docs/confidentialite.md, règle 17). Asked in summer 2020 about the time before the start: a
retrospective baseline, to be called so wherever it is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures

if TYPE_CHECKING:
    from atc.dictionary import Dictionary

INSTITUTIONNELS, ANIMATEURS = "institutionnels", "animateurs"
AVANT, ACTUELLE = "avant", "actuelle"
TRANCHES_NOTES = measures.edges(3, 5, 7, 10, first=1)


def medianes_par_territoire(scores: pd.DataFrame, periode: str = "avant") -> pd.DataFrame:
    """Median score of each territory. Never to be shown beyond ``interne``: a site is a few persons.

    Returns:
        One row = one territory × one group × one item, those without score left out. ``territoire``,
        ``groupe``, ``item``, ``mediane`` (1-10), ``repondants`` (persons who scored the item).
    """
    kept = scores[(scores["periode"] == periode) & scores["score"].notna()]
    keys = {name: kept[name].astype(str) for name in ("territoire", "groupe", "item")}
    scored = kept.assign(**keys, score=kept["score"].astype(float))
    return scored.groupby(list(keys))["score"].agg(mediane="median", repondants="count").reset_index()


def periode_jugee(scores: pd.DataFrame) -> str:
    """The period that a wave's chapter on the situation shows: before the start if it was asked, else now."""
    return AVANT if (scores["periode"] == AVANT).any() else ACTUELLE


def items_notes(scores: pd.DataFrame, dictionary: Dictionary) -> dict[str, str]:
    """Items of this wave's form, in the order of the questionnaire: item -> label.

    The dictionary lists those of every wave; an item is on the form when the table has a row for it. A
    table without any row tells nothing: all of them stand.
    """
    labels = dictionary.field("scores.item").labels
    asked = set(scores["item"].dropna().astype(str))
    return {item: label for item, label in labels.items() if item in asked or not asked}


def comparaison(scores: pd.DataFrame, dictionary: Dictionary, periode: str = "avant") -> pd.DataFrame:
    """Institutional actors beside animateurs, over the territories where both scored the item.

    Returns:
        One row = one item of `items_notes`, in the order of the questionnaire. ``item``, ``libelle``,
        ``territoires`` (matched), ``mediane_institutionnels`` and ``mediane_animateurs`` (medians of
        territory medians, 1-10), ``ecart`` (the first less the second), then how many matched territories
        have institutions ``plus_haut``, ``egal``, ``plus_bas``. Medians are missing where none is matched.
    """
    medians = medianes_par_territoire(scores, periode)
    rows = [
        {"item": item, "libelle": label, **_matched(medians[medians["item"] == item])}
        for item, label in items_notes(scores, dictionary).items()
    ]
    return pd.DataFrame(rows)


def _matched(medians: pd.DataFrame) -> dict[str, float]:
    wide = medians.pivot_table(index="territoire", columns="groupe", values="mediane")
    both = wide.reindex(columns=[INSTITUTIONNELS, ANIMATEURS]).dropna()
    higher, lower = both[INSTITUTIONNELS].median(), both[ANIMATEURS].median()
    gaps = both[INSTITUTIONNELS] - both[ANIMATEURS]
    return {
        "territoires": len(both),
        "mediane_institutionnels": higher,
        "mediane_animateurs": lower,
        "ecart": higher - lower,
        "plus_haut": int((gaps > 0).sum()),
        "egal": int((gaps == 0).sum()),
        "plus_bas": int((gaps < 0).sum()),
    }


def notes_par_tranche(scores: pd.DataFrame, dictionary: Dictionary, periode: str = "avant") -> pd.DataFrame:
    """Scores in the bands of ``TRANCHES_NOTES``, respondents counted one by one.

    Returns:
        One row = one item × one group × one band. The columns of a count in respondents who scored the item,
        then ``groupe``, ``libelle_groupe``, ``item``, ``libelle_item``.
    """
    kept = scores[scores["periode"] == periode]
    groups, tables = dictionary.field("scores.groupe").labels, []
    for item, label in items_notes(scores, dictionary).items():
        for group, group_label in groups.items():
            values = kept.loc[(kept["groupe"] == group) & (kept["item"] == item), "score"]
            found = measures.bands(values, TRANCHES_NOTES)
            names = {"groupe": group, "libelle_groupe": group_label, "item": item, "libelle_item": label}
            tables.append(measures.tally(found.labels, found.codes).assign(**names))
    return pd.concat(tables, ignore_index=True)
