"""The forms of the scores of two groups: answers by band of the scale, and both groups matched by territory.

People of one territory resemble one another, and change from a wave to the next: groups are compared through
the medians of the territories that both scored. What changes over waves is in `moments`.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from atc.disclosure import Count, Released, together
from atc.exhibits.charts.rows import draw_stacks, size, stack_bar
from atc.exhibits.charts.scales import Medians, Pair, Panel, draw_moments, draw_pairs
from atc.exhibits.comparability import BY_TERRITORY, base_of, comparable, nobody, split
from atc.exhibits.forms import LENS, largest_aloud
from atc.exhibits.model import Base, Draft, if_told, listed
from atc.exhibits.selection import Selection
from atc.exhibits.sentences import (
    Largest,
    amount,
    by_direction,
    by_way,
    difference,
    largest,
    lines_of,
    median_aloud,
    named,
    printed,
)
from atc.exhibits.table import DataTable
from atc.indicators import territories
from atc.survey.typography import enumeration, lower_first

PERIODS = {
    territories.AVANT: "avant le démarrage, jugée après coup",
    territories.ACTUELLE: "au moment de l’enquête",
}
MIDDLE = "Médiane des médianes par territoire"
#: Territories with a score of the time of the survey, in one wave.
SCORED = "scores.territoire&periode=actuelle"
#: Medians of both groups in one wave, then in each of two.
_PAIR = ("mediane_institutionnels", "mediane_animateurs")
_THEN, _NOW = (tuple(f"{name}_{when}" for name in _PAIR) for when in ("avant", "apres"))
_TOO_FEW = "Trop peu de territoires ont des réponses des deux groupes pour que leurs médianes soient dites."
_HINDSIGHT = "Regard rétrospectif : la question, posée pendant l’enquête, porte sur la période qui précède. "


# --- answers by band ---


def bands(asked: Selection) -> Draft:
    """How many answers in each band of the scale, group by group, with the median of each."""
    counts = _banded(asked)
    # One line a group × item: what all of its bands say.
    lines = {answers[0]: answers for answers in lines_of(counts, "ligne")}
    bars = [
        stack_bar(
            row.libelle_groupe,
            row.libelle_item,
            [answer.effectif for answer in answers],
            size(row.total)
            + ("" if row.mediane.known is None else f" ; médiane {median_aloud(row.mediane)}"),
            row.total,
        )
        for row, answers in lines.items()
    ]
    most = Largest.of(lines, lambda row: printed(row.mediane))
    highest = named(
        most.rows, lambda row: f"« {row.libelle_item} », chez les {lower_first(row.libelle_groupe)}"
    )
    title = f"La médiane la plus haute{most.among} va à {highest} : {amount(most.size, decimals=1)}"
    if not most.rows:
        title = f"{asked.variable.label} : trop peu de réponses pour donner une médiane"
    elif asked.variable.item:
        told = [
            f"{median_aloud(row.mediane)} chez les {lower_first(row.libelle_groupe)}"
            for row in lines
            if row.mediane.known is not None
        ]
        title = f"« {asked.variable.label} » : médiane de {' contre '.join(told)}"
    headings = {"libelle": "Notes", "effectif": "Réponses", "total": "Sur", "mediane": "Médiane du groupe"}
    labels = [answer.libelle for answer in next(iter(lines.values()))]
    return Draft(
        title=title,
        subtitle="Nombre de réponses par tranche de notes, "
        f"{territories.Scale.of(asked.field).aloud}{asked.filters_aloud()}",
        table=DataTable.headed(counts, LENS | headings),
        reading=largest_aloud(list(counts), asked.unit),
        base=Base(largest(lines), "réponses au plus par groupe et par phrase"),
        draw=lambda canvas: draw_stacks(canvas, bars, labels),
        note="Les réponses d’un même territoire se ressemblent : pour comparer les deux groupes, préférez "
        "les « regards croisés », qui les rapprochent territoire par territoire.",
    )


def _banded(asked: Selection) -> Released:
    """One row = one group × one item × one band, the favourable end first, with the ``mediane`` of both."""
    frame = asked.rows()
    if not frame["score"].notna().any():
        raise asked.nobody()
    found = dict[str, Released]()
    counted = territories.notes_par_tranche(frame, asked.wave.dictionary, asked.period)
    for (item, group), some in counted.groupby(["item", "groupe"], sort=False):
        key = f"scores.score&groupe={group}&item={item}&periode={asked.period}"
        released = asked.release.distribution(some.iloc[::-1], key)
        chosen = (frame["item"].astype(str) == item) & (frame["groupe"].astype(str) == group)
        known = frame.loc[chosen, "score"].dropna().astype("float64")
        middle = pd.DataFrame({"mediane": [known.median()], "n": [len(known)]})
        told = asked.release.splits(middle, key, by=(), total="n", values=("mediane",)).row()
        found[key] = released.reshaped(partial(pd.DataFrame.assign, mediane=told.mediane))
    return together(found, "ligne")


# --- both groups, matched by territory ---


def situation(asked: Selection) -> Draft:
    """Institutional actors beside animateurs, matched by territory; widest gaps first."""
    counts, scale = _matched(asked), territories.Scale.of(asked.field)
    first, second = asked.wave.field("scores.groupe").labels.values()
    higher, lower = lower_first(first), lower_first(second)
    pairs = [
        Pair(
            row.libelle,
            medians=_medians(row, _PAIR),
            ways=(row.plus_haut, row.egal, row.plus_bas),
            total=row.territoires,
        )
        for row in counts
    ]
    most = Largest.of(counts, partial(_apart, names=_PAIR))
    size = _aloud(most.rows[0], _PAIR) if len(most.rows) == 1 else amount(most.size, "points", 1)
    widest = f"{named(most.rows, lambda row: f'« {row.libelle} »')} : {size}"
    title = most.said(
        "La situation du territoire, notée par les deux groupes",
        f"Aucun écart entre les médianes des deux groupes{most.among}",
        f"L’écart le plus grand{most.among} porte sur {widest}" if len(counts) > 1 else widest,
    )
    headings = {
        "libelle": "Phrase",
        "mediane_institutionnels": f"Médiane, {higher}",
        "mediane_animateurs": f"Médiane, {lower}",
        "territoires": "Territoires comparés",
        "plus_haut": f"{first} plus haut",
        "egal": "Même note",
        "plus_bas": f"{second} plus haut",
    }
    early = asked.period == territories.AVANT
    message = f"Deux regards sur la situation {'de départ' if early else 'actuelle'} ; {lower_first(title)}."
    return Draft(
        title=title,
        topic=not most.rows,
        subtitle=f"Situation du territoire {PERIODS[asked.period]}, de {scale.low} à {scale.high}. {MIDDLE}"
        f"{asked.filters_aloud(period=False)}",
        table=DataTable.headed(counts, headings),
        reading=_sides(most.rows[0], higher, lower) if most.rows else _TOO_FEW,
        base=Base(largest(counts, "territoires"), "territoires au plus où les deux groupes ont répondu"),
        alt=f"{first} puis {lower}, médianes. "
        + listed((row.libelle, _aloud(row, _PAIR, " et ")) for row in counts),
        draw=lambda canvas: draw_pairs(canvas, pairs, scale, first, second),
        note=f"{_HINDSIGHT if early else ''}Chaque territoire compte par la médiane de ses réponses.",
        message=message if most.rows else "",
    )


def _matched(asked: Selection) -> Released:
    """One row = one item, with the medians of both groups over the territories where both scored it."""
    found = asked.release.splits(
        territories.comparaison(asked.rows(), asked.wave.dictionary, asked.period),
        f"scores.territoire&periode={asked.period}",
        by=("item",),
        total="territoires",
        parts=("plus_haut", "egal", "plus_bas"),
        values=_PAIR,
    )
    if not any(row.territoires.high for row in found):
        instead = "choisissez une autre phrase ou une autre vague"
        raise nobody(asked, "Les deux groupes n’ont noté ensemble aucun territoire", instead)
    return _widest_first(found, _PAIR)


def _sides(row: Any, higher: str, lower: str) -> str:
    """The median of each group on one item, and on how many territories the first is above or below."""
    middles = _aloud(row, _PAIR, f" chez les {higher} et de ")
    told = by_direction({"plus haut": row.plus_haut, "plus bas": row.plus_bas})
    beside = if_told(" ; chez les premiers, {}", told)
    return f"Sur « {lower_first(row.libelle)} », la médiane est de {middles} chez les {lower}{beside}."


def gap(asked: Selection) -> Draft:
    """Whether the gap between the two groups changed, over the territories that both scored in both waves."""
    joined, scale = comparable(asked), territories.Scale.of(asked.field)
    then, now = asked.when
    groups = asked.wave.field("scores.groupe").labels.values()
    table = territories.ecarts(*asked.both, asked.wave.dictionary, joined.items)
    if not table["compares"].any():
        fact = "Aucun territoire n’est noté par les deux groupes aux deux vagues"
        raise nobody(asked, fact, "regardez chaque vague séparément")
    parts, values = tuple(territories.ECARTS), (*_THEN, *_NOW)
    found = split(asked, table, "evolution.ecarts", SCORED, by=("item",), parts=parts, values=values)
    counts = _widest_first(found, _NOW)
    panels = [
        Panel(row.libelle, compared_aloud(row.compares), [_medians(row, _THEN), _medians(row, _NOW)])
        for row in counts
    ]

    def both(row: Any) -> str:
        return f"« {row.libelle} » ({_aloud(row, _THEN)} en {then}, {_aloud(row, _NOW)} en {now})"

    def step(row: Any) -> float | None:
        before, after = _apart(row, _THEN), _apart(row, _NOW)
        return None if before is None or after is None else round(after - before, 1)

    most = Largest.of(counts, partial(_apart, names=_NOW))
    widest = named(most.rows, both)
    became = [
        f"l’écart {way} sur {enumeration([f'« {lower_first(row.libelle)} »' for row in rows])}"
        for way, rows in by_way(counts, step, "se resserre", "se creuse", "ne change pas").items()
    ]
    reading = f"Entre {then} et {now}, {' ; '.join(became)}."
    moments = [f"Médiane {when}, {lower_first(group)}" for when in (then, now) for group in groups]
    headings = {"libelle": "Phrase", **dict(zip(values, moments, strict=True))}
    headings |= {"compares": "Territoires comparés", **territories.ECARTS}
    return Draft(
        title=most.said(
            "Trop peu de territoires sont notés par les deux groupes aux deux vagues",
            f"En {now}, aucun écart entre les médianes des deux groupes{most.among}",
            f"L’écart le plus grand{most.among} en {now} porte sur {widest}" if len(counts) > 1 else widest,
        ),
        topic=not most.rows,
        subtitle=f"Situation au moment de chaque enquête, {scale.aloud}. {MIDDLE}{asked.filters_aloud()}",
        table=DataTable.headed(counts, headings),
        reading=reading if became else "Les médianes ne peuvent être communiquées.",
        base=base_of(counts, "notés par les deux groupes aux deux vagues"),
        draw=lambda canvas: draw_moments(canvas, panels, scale, (then, now), tuple(groups)),
        note="Chaque médiane porte sur les seuls territoires notés par les deux groupes aux deux vagues. "
        f"{BY_TERRITORY} {joined.left_out(why=True)}",
    )


def compared_aloud(*counts: Count) -> str:
    """« 9 et 11 territoires comparés », where these may be told."""
    if any(count.is_masked for count in counts):
        return ""
    noun = "territoires comparés" if max(count.high for count in counts) > 1 else "territoire comparé"
    return f"{' et '.join(map(str, counts))} {noun}"


def _medians(row: Any, names: Sequence[str]) -> Medians:
    first, second = names
    return getattr(row, first), getattr(row, second)


def _aloud(row: Any, names: Sequence[str], link: str = " contre ") -> str:
    """« 7,5 contre 4 »."""
    return link.join(map(median_aloud, _medians(row, names)))


def _apart(row: Any, names: Sequence[str]) -> float | None:
    """How far apart the two medians are, as tables print them."""
    step = difference(*_medians(row, names))
    return None if step is None else abs(step)


def _widest_first(counts: Released, names: Sequence[str]) -> Released:
    """The widest gaps first; what is withheld comes last, whatever it is."""
    gaps = pd.Series([_apart(row, names) for row in counts], counts.frame.index, dtype="float64")
    order = gaps.sort_values(ascending=False, kind="stable", na_position="last").index
    return counts.reshaped(lambda frame: frame.loc[order])
