"""Territory by territory: the situation as two groups score it, and what changed since the wave before.

The unit is the territory, because answers are nested in it and people change (docs/confidentialite.md, règles
17 et 19): groups, or waves, are compared where both know it, never imputed. The time before the start, asked
in hindsight, is to be called so wherever it is shown. No test.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
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
HAUSSE, STABLE, BAISSE = "hausse", "stable", "baisse"
SENS = {sens: measures.DIRECTIONS[sens] for sens in (HAUSSE, STABLE, BAISSE)}
#: Medians of `bilan` in order of time, the first where the time before the start was judged too.
MEDIANS = ("mediane_depart", "mediane_avant", "mediane_apres")


# --- the scores of a wave ---


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
    """Items of which the table has rows (all, if it has none), in the order of the form: item -> label."""
    labels = dictionary.field("scores.item").labels
    asked = set(scores["item"].dropna().astype(str))
    return {item: label for item, label in labels.items() if item in asked or not asked}


def notes_par_tranche(scores: pd.DataFrame, dictionary: Dictionary, periode: str = "avant") -> pd.DataFrame:
    """Respondents by band of the scale: one row = one item × one group × one band, and their labels."""
    kept = scores[scores["periode"] == periode]
    groups, tables = dictionary.field("scores.groupe").labels, []
    scale = Scale.of(dictionary.field("scores.score"))
    for item, label in items_notes(scores, dictionary).items():
        for group, group_label in groups.items():
            values = kept.loc[(kept["groupe"] == group) & (kept["item"] == item), "score"]
            found = measures.bands(values, scale.bands)
            counts = measures.tally(found.labels, found.codes)
            tables.append(
                counts.assign(groupe=group, libelle_groupe=group_label, item=item, libelle_item=label)
            )
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
    """Median scores side by side, one column for each table of scores and period that is asked for.

    The index is territory × group × item, of those scored in any of them.
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


def _by_group(medians: pd.DataFrame, item: str, column: str) -> pd.DataFrame:
    """Medians of both groups on one item, over the territories where both scored it."""
    of_item = medians[medians.index.get_level_values("item") == item].reset_index()
    wide = of_item.pivot_table(index="territoire", columns="groupe", values=column)
    return wide.reindex(columns=[INSTITUTIONNELS, ANIMATEURS]).dropna()


# --- two waves, the former first ---


def names(waves: int) -> tuple[str, ...]:
    """What so many successive waves are called in tables: the last two, ``avant`` and ``apres``."""
    return (*(f"avant_{rank}" for rank in range(waves - 2, 0, -1)), "avant", "apres")


def presences(
    questionnaire_avant: pd.DataFrame,
    questionnaire_apres: pd.DataFrame,
    carnet_avant: pd.DataFrame,
    carnet_apres: pd.DataFrame,
) -> pd.DataFrame:
    """Who answered ``avant``, ``apres``, and twice (``communs``): one row = one kind of answer × one unit.

    People are told apart by their pseudonym, the same in both waves under one key.
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


def par_territoire(avant: pd.DataFrame, apres: pd.DataFrame, colonne: str) -> pd.DataFrame:
    """One column, ``avant`` and ``apres``, territory by territory. Never to be shown beyond ``interne``."""
    before, after = (
        table.set_index(table["territoire"].astype(str))[colonne].dropna() for table in (avant, apres)
    )
    return pd.DataFrame({"avant": before, "apres": after}).sort_index()


def sens(avant: float, apres: float) -> str:
    """One of `SENS`."""
    return HAUSSE if apres > avant else BAISSE if apres < avant else STABLE


def bilan(paires: pd.DataFrame) -> dict[str, float]:
    """Territories by direction of change, which add up to ``compares``, and their median in each column.

    ``paires`` has one row a territory, with the numbers ``avant`` and ``apres``, and those of earlier moments
    where only the territories that have them are to be compared. `measures.partage` comes first.
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
    found = {name: bilan(par_territoire(avant, apres, name)) for name in libelles}
    return pd.DataFrame([{"modalite": n, "libelle": libelles[n], **told} for n, told in found.items()])


# --- from which modalité to which ---


def passages(
    avant: pd.DataFrame, apres: pd.DataFrame, colonne: str, libelles: Mapping[str, str]
) -> pd.DataFrame:
    """Territories by former modalité × present one, if some went through, in the order of ``libelles``.

    ``total`` is that of the former modalité.
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


# --- the scores of two waves ---


def notes(
    waves: Sequence[pd.DataFrame], dictionary: Dictionary, items: Collection[str], *, depart: bool = False
) -> pd.DataFrame:
    """`bilan` of the median scores between the last two waves: one row = one group × one of the ``items``.

    ``waves`` are the tables of scores, the earliest first: those territories are compared that all of them
    know. With ``depart``, those only that judged the time before the start too, where the first wave asked.
    """
    asked = {name: (wave, ACTUELLE) for name, wave in zip(names(len(waves)), waves, strict=True)}
    if depart and periode_jugee(waves[0]) == AVANT:
        asked = {"depart": (waves[0], AVANT), **asked}
    medians, rows = medianes(**asked), []
    groups, labels = (dictionary.field(f"scores.{name}").labels for name in ("groupe", "item"))
    group_of, item_of = (medians.index.get_level_values(name) for name in ("groupe", "item"))
    for group, item in itertools.product(groups, (item for item in labels if item in items)):
        lens = {"groupe": group, "libelle_groupe": groups[group], "item": item, "libelle_item": labels[item]}
        rows.append({**lens, **bilan(medians[(group_of == group) & (item_of == item)])})
    return pd.DataFrame(rows)


def comparaisons(notes: pd.DataFrame) -> pd.DataFrame:
    """Comparisons (one territory on one item) that go up, and that go down, in each group.

    How many there are in all is left out: it would tell how many territories answered only once.
    """
    rows = [
        (group, label, way, int(some[way].sum()), SENS[way])
        for (group, label), some in notes.groupby(["groupe", "libelle_groupe"], sort=False)
        for way in (HAUSSE, BAISSE)
    ]
    return pd.DataFrame(rows, columns=["groupe", "libelle_groupe", "sens", "effectif", "libelle"])


def ecarts(
    scores_avant: pd.DataFrame, scores_apres: pd.DataFrame, dictionary: Dictionary, items: Collection[str]
) -> pd.DataFrame:
    """The gap between both groups, in two waves, over the same territories: one row = one of the ``items``.

    ``mediane_…`` of each group in each wave (median of territory medians); `measures.partage` of the
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
