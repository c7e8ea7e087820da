"""The situation of the territory, scored by institutional actors and by animateurs.

Answers are nested in territories, so the two groups are compared through territory medians, and only where
both answered (docs/confidentialite.md, règle 17). Asked in summer 2020 about the time before the start: a
retrospective baseline, to be called so wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures

if TYPE_CHECKING:
    from atc.survey.dictionary import Dictionary, Field

INSTITUTIONNELS, ANIMATEURS = "institutionnels", "animateurs"
AVANT, ACTUELLE = "avant", "actuelle"
#: What becomes of the gap between the two groups, territory by territory.
ECARTS = {"resserre": "L’écart se resserre", "egal": "Il ne change pas", "creuse": "Il se creuse"}
_MOST_BANDS = 4


@dataclass(frozen=True)
class Scale:
    """The scale of the scores, from the score of who does not agree at all to that of who fully agrees."""

    low: int
    high: int

    @classmethod
    def of(cls, score: Field) -> Scale:
        """That of a wave, whose dictionary bounds the column of its scores."""
        return cls(score.constraints["minimum"], score.constraints["maximum"])

    @property
    def aloud(self) -> str:
        """What each end means."""
        return f"de {self.low} (pas du tout d’accord) à {self.high} (tout à fait)"

    @property
    def bands(self) -> tuple[measures.Band, ...]:
        """Four at most: the last three tenths apart, and the middle cut in two; 3, 5, 7 and 10 of ten."""
        span = self.high - self.low + 1
        if span <= _MOST_BANDS:
            return measures.edges(*range(self.low, self.high + 1), first=self.low)
        ends = (self.low - 1 - -span * tenths // 10 for tenths in (3, 5, 7, 10))
        return measures.edges(*ends, first=self.low)


def medianes_par_territoire(scores: pd.DataFrame, periode: str = "avant") -> pd.DataFrame:
    """Median score of each territory. Never to be shown beyond ``interne``: a site is a few persons.

    Returns:
        One row = one territory × one group × one item, those without score left out. ``territoire``,
        ``groupe``, ``item``, ``mediane``, ``repondants`` (persons who scored the item).
    """
    kept = scores[(scores["periode"] == periode) & scores["score"].notna()]
    keys = {name: kept[name].astype(str) for name in ("territoire", "groupe", "item")}
    scored = kept.assign(**keys, score=kept["score"].astype(float))
    return scored.groupby(list(keys))["score"].agg(mediane="median", repondants="count").reset_index()


def medianes(**asked: tuple[pd.DataFrame, str]) -> pd.DataFrame:
    """Median scores of the territories side by side. Never to be shown beyond ``interne``.

    Each name of a column asks for a table of scores and the period judged. One row = one territory × one
    group × one item scored in any of them, which the index names.
    """
    keys = ["territoire", "groupe", "item"]
    found = {
        name: medianes_par_territoire(table, period).set_index(keys)["mediane"]
        for name, (table, period) in asked.items()
    }
    return pd.DataFrame(found).sort_index()


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
        territory medians), ``ecart`` (the first less the second), then how many matched territories
        have institutions ``plus_haut``, ``egal``, ``plus_bas``. Medians are missing where none is matched.
    """
    medians = medianes_par_territoire(scores, periode)
    rows = [
        {"item": item, "libelle": label, **_matched(medians[medians["item"] == item])}
        for item, label in items_notes(scores, dictionary).items()
    ]
    return pd.DataFrame(rows)


def _matched(medians: pd.DataFrame) -> dict[str, float]:
    both = _by_group(medians, "mediane")
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


def _by_group(medians: pd.DataFrame, column: str) -> pd.DataFrame:
    """Medians of both groups on one item, over the territories where both scored it."""
    wide = medians.pivot_table(index="territoire", columns="groupe", values=column)
    return wide.reindex(columns=[INSTITUTIONNELS, ANIMATEURS]).dropna()


def ecarts(
    scores_avant: pd.DataFrame, scores_apres: pd.DataFrame, dictionary: Dictionary, items: Collection[str]
) -> pd.DataFrame:
    """The gap between institutional actors and animateurs, in two waves, over the same territories.

    Args:
        scores_avant: Former wave.
        scores_apres: Latter wave.
        dictionary: Labels.
        items: Items that the codebooks allow to join; no other is compared.

    Returns:
        One row = one item, in the order of the questionnaire. ``item``, ``libelle``; ``mediane_…`` of each
        group in each wave (median of territory medians, missing when no territory is compared);
        ``compares`` (territories where both groups scored in both waves), of which ``resserre``, ``egal`` and
        ``creuse``; ``connus_avant`` and ``connus_apres`` (where both groups scored in that wave), of which
        ``perdus`` and ``nouveaux`` are not compared.
    """
    medians = medianes(avant=(scores_avant, ACTUELLE), apres=(scores_apres, ACTUELLE)).reset_index()
    rows = [
        {"item": item, "libelle": label, **_gaps(medians[medians["item"] == item])}
        for item, label in dictionary.field("scores.item").labels.items()
        if item in items
    ]
    return pd.DataFrame(rows)


def _gaps(medians: pd.DataFrame) -> dict[str, float]:
    then, now = (_by_group(medians, when) for when in ("avant", "apres"))
    both = then.add_suffix("_avant").join(now.add_suffix("_apres"), how="inner")
    gaps = [(some[INSTITUTIONNELS] - some[ANIMATEURS]).abs()[both.index] for some in (then, now)]
    steps = gaps[1] - gaps[0]
    return {
        **{f"mediane_{side}": both[side].median() for side in both},
        "compares": len(both),
        "resserre": int((steps < 0).sum()),
        "egal": int((steps == 0).sum()),
        "creuse": int((steps > 0).sum()),
        "perdus": len(then) - len(both),
        "nouveaux": len(now) - len(both),
        "connus_avant": len(then),
        "connus_apres": len(now),
    }


def notes_par_tranche(scores: pd.DataFrame, dictionary: Dictionary, periode: str = "avant") -> pd.DataFrame:
    """Scores in the bands of their scale, respondents counted one by one.

    Returns:
        One row = one item × one group × one band. The columns of a count in respondents who scored the item,
        then ``groupe``, ``libelle_groupe``, ``item``, ``libelle_item``.
    """
    kept = scores[scores["periode"] == periode]
    groups, tables = dictionary.field("scores.groupe").labels, []
    for item, label in items_notes(scores, dictionary).items():
        for group, group_label in groups.items():
            values = kept.loc[(kept["groupe"] == group) & (kept["item"] == item), "score"]
            found = measures.bands(values, Scale.of(dictionary.field("scores.score")).bands)
            names = {"groupe": group, "libelle_groupe": group_label, "item": item, "libelle_item": label}
            tables.append(measures.tally(found.labels, found.codes).assign(**names))
    return pd.concat(tables, ignore_index=True)
