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


def notes_par_tranche(scores: pd.DataFrame, dictionary: Dictionary, periode: str = "avant") -> pd.DataFrame:
    """Scores in the bands of their scale, counted in respondents who scored the item.

    One row = one item × one group × one band: ``groupe``, ``libelle_groupe``, ``item``, ``libelle_item``.
    """
    kept = scores[scores["periode"] == periode]
    groups, tables = dictionary.field("scores.groupe").labels, []
    scale = Scale.of(dictionary.field("scores.score"))
    for item, label in items_notes(scores, dictionary).items():
        for group, group_label in groups.items():
            values = kept.loc[(kept["groupe"] == group) & (kept["item"] == item), "score"]
            found = measures.bands(values, scale.bands)
            names = {"groupe": group, "libelle_groupe": group_label, "item": item, "libelle_item": label}
            tables.append(measures.tally(found.labels, found.codes).assign(**names))
    return pd.concat(tables, ignore_index=True)


# --- medians of the territories: never to be shown beyond ``interne``, where a site is a few persons ---


def medianes_par_territoire(scores: pd.DataFrame, periode: str = "avant") -> pd.DataFrame:
    """Median score of each territory, ``mediane``, and how many persons scored the item, ``repondants``.

    One row = one territory × one group × one item, those without score left out.
    """
    kept = scores[(scores["periode"] == periode) & scores["score"].notna()]
    keys = {name: kept[name].astype(str) for name in ("territoire", "groupe", "item")}
    scored = kept.assign(**keys, score=kept["score"].astype(float))
    return scored.groupby(list(keys))["score"].agg(mediane="median", repondants="count").reset_index()


def medianes(**asked: tuple[pd.DataFrame, str]) -> pd.DataFrame:
    """Median scores of the territories side by side.

    Each name of a column asks for a table of scores and the period judged. One row = one territory × one
    group × one item scored in any of them, which the index names.
    """
    keys = ["territoire", "groupe", "item"]
    found = {
        name: medianes_par_territoire(table, period).set_index(keys)["mediane"]
        for name, (table, period) in asked.items()
    }
    return pd.DataFrame(found).sort_index()


def comparaison(scores: pd.DataFrame, dictionary: Dictionary, periode: str = "avant") -> pd.DataFrame:
    """Institutional actors beside animateurs, over the territories where both scored the item.

    One row = one item of `items_notes`. ``territoires`` (matched), ``mediane_institutionnels`` and
    ``mediane_animateurs`` (medians of territory medians, missing where none is matched), ``ecart`` (the first
    less the second), then how many have institutions ``plus_haut``, ``egal``, ``plus_bas``.
    """
    medians, rows = medianes(note=(scores, periode)), []
    for item, label in items_notes(scores, dictionary).items():
        both = _by_group(medians, item, "note")
        middle = {f"mediane_{group}": both[group].median() for group in both}
        ahead = both[INSTITUTIONNELS] - both[ANIMATEURS]
        gap = middle[f"mediane_{INSTITUTIONNELS}"] - middle[f"mediane_{ANIMATEURS}"]
        told = {"item": item, "libelle": label, "territoires": len(both), **middle, "ecart": gap}
        rows.append({**told, **measures.signes(ahead, "plus_haut", "egal", "plus_bas")})
    return pd.DataFrame(rows)


def ecarts(
    scores_avant: pd.DataFrame, scores_apres: pd.DataFrame, dictionary: Dictionary, items: Collection[str]
) -> pd.DataFrame:
    """The gap between both groups, in two waves, over the same territories, on items that may be joined.

    One row = one of these ``items``, in the order of the questionnaire. ``mediane_…`` of each group in each
    wave (median of territory medians, missing when no territory is compared); `measures.partage` of the
    territories where both groups scored, of which ``resserre``, ``egal`` and ``creuse`` make ``compares``.
    """
    medians, rows = medianes(avant=(scores_avant, ACTUELLE), apres=(scores_apres, ACTUELLE)), []
    for item, label in dictionary.field("scores.item").labels.items():
        if item in items:
            then, now = (_by_group(medians, item, when) for when in ("avant", "apres"))
            both = then.add_suffix("_avant").join(now.add_suffix("_apres"), how="inner")
            sides = {"avant": then, "apres": now}
            gaps = pd.DataFrame({w: (s[INSTITUTIONNELS] - s[ANIMATEURS]).abs() for w, s in sides.items()})
            middle = {f"mediane_{side}": both[side].median() for side in both}
            became = measures.signes(gaps["apres"] - gaps["avant"], "creuse", "egal", "resserre")
            rows.append({"item": item, "libelle": label, **middle, **measures.partage(gaps), **became})
    return pd.DataFrame(rows)


def _by_group(medians: pd.DataFrame, item: str, column: str) -> pd.DataFrame:
    """Medians of both groups on one item, over the territories where both scored it."""
    of_item = medians[medians.index.get_level_values("item") == item].reset_index()
    wide = of_item.pivot_table(index="territoire", columns="groupe", values=column)
    return wide.reindex(columns=[INSTITUTIONNELS, ANIMATEURS]).dropna()
