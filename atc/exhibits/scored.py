"""The forms of scores, in one wave or in two: each group by itself, and both matched by territory.

People of one territory resemble one another, and change from a wave to the next: groups and waves are
compared through the medians of the territories that are known twice.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from atc.disclosure import Count
from atc.exhibits.charts.rows import draw_units, unit_bar
from atc.exhibits.charts.scales import Pair, Panel, draw_moments, draw_pairs
from atc.exhibits.charts.tokens import BLUE, BLUE_MID
from atc.exhibits.comparability import BY_TERRITORY, base_of, comparable, nobody, split
from atc.exhibits.forms import LENS
from atc.exhibits.model import Base, Draft, if_told, listed
from atc.exhibits.moments import SCORED, medians
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
)
from atc.exhibits.table import DataTable
from atc.indicators import territories
from atc.survey.typography import counted, enumeration, in_words, lower_first, spelled
from atc.survey.waves import Wave

PERIODS = {
    territories.AVANT: "avant le démarrage, jugée après coup",
    territories.ACTUELLE: "au moment de l’enquête",
}
#: Medians of both groups in one wave, then in each of two.
PAIR = ("mediane_institutionnels", "mediane_animateurs")
_THEN, _NOW = (tuple(f"{name}_{when}" for name in PAIR) for when in ("avant", "apres"))
_MIDDLE = "Médiane des médianes par territoire"
_TOO_FEW = "Trop peu de territoires ont des réponses des deux groupes pour que leurs médianes soient dites."
_MEDIANS = territories.MEDIANS[1:]


# --- both groups, matched by territory ---


def situation(asked: Selection) -> Draft:
    """Institutional actors beside animateurs, matched by territory; widest gaps first."""
    first, second = asked.wave.field("scores.groupe").labels.values()
    high, low, parts = lower_first(first), lower_first(second), ("plus_haut", "egal", "plus_bas")
    counts = asked.release.splits(
        territories.comparaison(asked.rows(), asked.wave.dictionary, asked.period),
        f"scores.territoire&periode={asked.period}",
        by=("item",),
        total="territoires",
        parts=parts,
        values=PAIR,
    ).reshaped(partial(_by_gap, names=PAIR))
    scale, rows = territories.Scale.of(asked.field), list(counts)
    if not any(row.territoires.high for row in rows):
        instead = "choisissez une autre phrase ou une autre vague"
        raise nobody(asked, "Les deux groupes n’ont noté ensemble aucun territoire", instead)
    drawn = [
        Pair(
            row.libelle,
            medians=(getattr(row, PAIR[0]), getattr(row, PAIR[1])),
            ways=(row.plus_haut, row.egal, row.plus_bas),
            total=row.territoires,
        )
        for row in rows
    ]
    most = Largest.of(rows, partial(_gap_of, names=PAIR))
    apart = _against(most.rows[0], PAIR) if len(most.rows) == 1 else amount(most.size, "points", 1)
    widest = f"{named(most.rows, lambda row: f'« {row.libelle} »')} : {apart}"
    title = most.said(
        "La situation du territoire, notée par les deux groupes",
        f"Aucun écart entre les médianes des deux groupes{most.among}",
        f"L’écart le plus grand{most.among} porte sur {widest}" if len(rows) > 1 else widest,
    )
    early, reading = asked.period == territories.AVANT, _TOO_FEW
    if most.rows:
        row = most.rows[0]
        told = by_direction({"plus haut": row.plus_haut, "plus bas": row.plus_bas})
        higher, lower = (median_aloud(getattr(row, name)) for name in PAIR)
        reading = f"Sur « {lower_first(row.libelle)} », la médiane est de {higher} chez les {high} et de "
        reading += f"{lower} chez les {low}{if_told(' ; chez les premiers, {}', told)}."
    headed = {
        "libelle": "Phrase",
        **{name: f"Médiane, {group}" for name, group in zip(PAIR, (high, low), strict=True)},
        "territoires": "Territoires comparés",
        **dict(zip(parts, (f"{first} plus haut", "Même note", f"{second} plus haut"), strict=True)),
    }
    return Draft(
        title=title,
        subtitle=f"Situation du territoire {PERIODS[asked.period]}, de {scale.low} à {scale.high}. {_MIDDLE}"
        f"{asked.filters_aloud(period=False)}",
        table=DataTable.headed(counts, headed),
        reading=reading,
        base=Base(largest(rows, "territoires"), "territoires au plus où les deux groupes ont répondu"),
        alt=f"{first} puis {low}, médianes. "
        + listed((r.libelle, " et ".join(median_aloud(getattr(r, name)) for name in PAIR)) for r in rows),
        draw=lambda canvas: draw_pairs(canvas, drawn, scale, first, second),
        note="Regard rétrospectif : la question, posée pendant l’enquête, porte sur la période qui précède. "
        * early
        + "Chaque territoire compte par la médiane de ses réponses.",
        topic=not most.rows,
        message=if_told(
            f"Deux regards sur la situation {'de départ' if early else 'actuelle'} ; {{}}.",
            most.rows and lower_first(title),
        ),
    )


def gap(asked: Selection) -> Draft:
    """Whether the gap between the two groups changed, over the territories that both scored in both waves."""
    joined, when, scale = comparable(asked), asked.when, territories.Scale.of(asked.field)
    first, second = asked.wave.field("scores.groupe").labels.values()
    table = territories.ecarts(*asked.both, asked.wave.dictionary, joined.items)
    if not table["compares"].any():
        fact = "Aucun territoire n’est noté par les deux groupes aux deux vagues"
        raise nobody(asked, fact, "regardez chaque vague séparément")
    parts, values = tuple(territories.ECARTS), (*_THEN, *_NOW)
    counts = split(
        asked, table, "evolution.ecarts", SCORED, by=("item",), parts=parts, values=values
    ).reshaped(partial(_by_gap, names=_NOW))
    rows = list(counts)
    panels = [
        Panel(
            row.libelle,
            _compared(row.compares),
            [(getattr(row, one), getattr(row, other)) for one, other in (_THEN, _NOW)],
        )
        for row in rows
    ]

    def both(row: Any) -> str:
        return f"{_against(row, _THEN)} en {when[0]}, {_against(row, _NOW)} en {when[1]}"

    def step(row: Any) -> float | None:
        then, now = _gap_of(row, _THEN), _gap_of(row, _NOW)
        return None if then is None or now is None else round(now - then, 1)

    most = Largest.of(rows, partial(_gap_of, names=_NOW))
    widest = named(most.rows, lambda row: f"« {row.libelle} » ({both(row)})")
    became = [
        f"l’écart {way} sur {enumeration([f'« {lower_first(row.libelle)} »' for row in some])}"
        for way, some in by_way(rows, step, "se resserre", "se creuse", "ne change pas").items()
    ]
    moments = [f"{moment}, {lower_first(group)}" for moment in when for group in (first, second)]
    headed = {name: f"Médiane {told}" for name, told in zip(values, moments, strict=True)}
    headed = {"libelle": "Phrase", **headed, "compares": "Territoires comparés", **territories.ECARTS}
    return Draft(
        title=most.said(
            "Trop peu de territoires sont notés par les deux groupes aux deux vagues",
            f"En {when[1]}, aucun écart entre les médianes des deux groupes{most.among}",
            f"L’écart le plus grand{most.among} en {when[1]} porte sur {widest}" if len(rows) > 1 else widest,
        ),
        topic=not most.rows,
        subtitle=f"Situation au moment de chaque enquête, {scale.aloud}. {_MIDDLE}{asked.filters_aloud()}",
        table=DataTable.headed(counts, headed),
        reading=f"Entre {when[0]} et {when[1]}, {' ; '.join(became)}."
        if became
        else "Les médianes ne peuvent être communiquées.",
        base=base_of(counts, "notés par les deux groupes aux deux vagues"),
        draw=lambda canvas: draw_moments(canvas, panels, scale, when, (first, second)),
        note="Chaque médiane porte sur les seuls territoires notés par les deux groupes aux deux vagues. "
        f"{BY_TERRITORY} {joined.left_out(why=True)}",
    )


def _compared(*counts: Count) -> str:
    """« 9 et 11 territoires comparés », where these may be told."""
    if any(count.is_masked for count in counts):
        return ""
    noun = "territoires comparés" if max(count.high for count in counts) > 1 else "territoire comparé"
    return f"{' et '.join(map(str, counts))} {noun}"


def _gap_of(row: Any, names: Sequence[str]) -> float | None:
    """How far apart the two medians are, as tables print them."""
    step = difference(*(getattr(row, name) for name in names))
    return None if step is None else abs(step)


def _by_gap(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The widest gaps first; what is withheld comes last, whatever it is."""
    gaps = pd.Series([_gap_of(row, names) for row in frame.itertuples()], frame.index, dtype="float64")
    return frame.loc[gaps.sort_values(ascending=False, kind="stable", na_position="last").index]


def _against(row: Any, names: Sequence[str], link: str = " contre ") -> str:
    """« 7,5 contre 4 »."""
    return link.join(median_aloud(getattr(row, name)) for name in names)


# --- each group by itself, in two waves ---


def moments(asked: Selection, waves: Sequence[Wave] = ()) -> Draft:
    """The median of each group on each item in each wave, over the same territories.

    With the ``waves`` of a succession, in all of them where that may be told, and before the start too where
    it was asked for; else in both waves, and how many moved between them.
    """
    joined, scale = comparable(asked), territories.Scale.of(asked.field)
    counts, named_, notes = medians(
        asked, waves or (asked.former, asked.wave), joined.items, depart=bool(waves)
    )
    names, groups = list(named_.values()), asked.wave.field("scores.groupe").labels.values()
    rows, when = list(counts), (names[-2], names[-1])
    whose = "notés à chaque moment montré" if len(names) > len(_MEDIANS) else "notés aux deux vagues"
    headed = {**LENS, **{code: f"Médiane {lower_first(name)}" for code, name in named_.items()}}
    headed |= {**({} if waves else territories.SENS), "compares": "Territoires comparés"}
    if not waves:
        headed |= {"connus_avant": f"Notés en {when[0]}", "connus_apres": f"Notés en {when[1]}"}
    panels = [
        Panel(
            pair[0].libelle_item,
            _compared(*(row.compares for row in pair)),
            [(getattr(pair[0], code), getattr(pair[1], code)) for code in named_],
        )
        for pair in lines_of(rows, "item")
    ]
    most = Largest.of(rows, _step)

    def heard(row: Any) -> tuple[str, str]:
        # At a moment when it was not asked, nothing.
        told = {name: getattr(row, code) for code, name in named_.items()}
        known = {
            name: middle for name, middle in told.items() if middle.is_masked or middle.known is not None
        }
        texts = (f"{median_aloud(middle)} ({lower_first(name)})" for name, middle in known.items())
        return f"{row.libelle_item}, {lower_first(row.libelle_groupe)}", ", ".join(texts)

    def moved(row: Any) -> str:
        first, last = (median_aloud(getattr(row, name)) for name in _MEDIANS)
        return f"« {row.libelle_item} », de {first} à {last} chez les {lower_first(row.libelle_groupe)}"

    return Draft(
        title=most.said(
            f"Trop peu de territoires sont notés en {when[0]} et en {when[1]} pour dire leurs médianes",
            f"Aucun changement entre {when[0]} et {when[1]}{most.among}",
            f"Le plus grand changement depuis {when[0]}{most.among} : {named(most.rows, moved, 'médiane')}",
        ),
        topic=not most.rows,
        subtitle=f"Situation du territoire, {scale.aloud}{asked.filters_aloud()}. {_MIDDLE}",
        table=DataTable.headed(counts, headed),
        reading=" ".join(_course(some, when) for some in lines_of(rows))
        + f" Chaque médiane porte sur les seuls territoires {whose}.",
        base=base_of(counts, whose),
        alt="Médianes. " + listed((label, text) for label, text in map(heard, rows) if text),
        draw=lambda canvas: draw_moments(canvas, panels, scale, names, list(groups)),
        note=" ".join(filter(None, [*notes[:1], BY_TERRITORY, *notes[1:], joined.left_out(why=not waves)])),
    )


def _step(row: Any) -> float | None:
    """How far the median moved between both waves."""
    return difference(row.mediane_avant, row.mediane_apres)


def _course(rows: Sequence[Any], when: tuple[str, str]) -> str:
    """How many medians of one group go up, stay or go down."""
    group = f"Chez les {lower_first(rows[0].libelle_groupe)}"
    found = by_way(rows, _step, "baisse", "monte", "ne bouge pas")
    if not found:
        return f"{group}, trop peu de territoires sont notés pour que les médianes soient dites."
    (first, some), *others = found.items()
    told = [f"{first} pour {spelled(len(some), 'phrase', feminine=True)}"]
    told += [f"{way} pour {in_words(len(some), feminine=True)}" for way, some in others]
    hidden = " ; les autres médianes ne sont pas communiquées" * any(_step(row) is None for row in rows)
    return f"{group}, entre {when[0]} et {when[1]}, la note médiane {enumeration(told)}{hidden}."


def comparisons(asked: Selection) -> Draft:
    """Comparisons that go up and that go down, all items together: one is one territory on one item."""
    joined, when = comparable(asked), asked.when
    changes = territories.notes(asked.both, asked.wave.dictionary, joined.items)
    counts = asked.release.splits(
        territories.comparaisons(changes), "evolution.comparaisons", by=("groupe", "sens"), total="effectif"
    )
    lines, colors = lines_of(counts), {territories.HAUSSE: BLUE, territories.BAISSE: BLUE_MID}
    rows = [
        unit_bar(r.libelle, r.libelle_groupe, r.effectif, text=r.effectif.shown, color=colors[r.sens])
        for r in counts
    ]
    told = [_both_ways(some) for some in lines]
    headed = {"libelle_groupe": "Groupe", "libelle": "Évolution", "effectif": "Comparaisons"}
    return Draft(
        title=" ; ".join([told[0], *map(lower_first, told[1:])]),
        topic=all(row.effectif.is_withheld for row in counts),
        subtitle="Nombre de comparaisons (un territoire, une phrase), selon le sens où va la médiane entre "
        f"{when[0]} et {when[1]}",
        table=DataTable.headed(counts, headed),
        reading="Chaque comparaison porte sur un territoire et une phrase ; "
        + counted(len(joined.items), "phrase est comparable.", "phrases sont comparables."),
        base=Base(len(joined.items), "phrases comparables dans les deux groupes"),
        draw=lambda canvas: draw_units(canvas, rows),
        note="Phrases prises ensemble ; ce qui n’a pas changé n’est pas compté. "
        f"{BY_TERRITORY} {joined.left_out()}",
    )


def _both_ways(some: Sequence[Any]) -> str:
    """« Notes des animateur.trices : 25 hausses et 8 baisses »; one way alone would be taken for all."""
    hidden = any(row.effectif.is_withheld for row in some)
    nouns = {territories.HAUSSE: "hausse", territories.BAISSE: "baisse"}
    told = [
        row.effectif.of(nouns[row.sens]) if row.effectif.high else f"aucune {nouns[row.sens]}"
        for row in some
        if not (hidden and row.effectif.high)
    ]
    where = f"Notes des {lower_first(some[0].libelle_groupe)}"
    return f"{where} : {enumeration(told) or 'nombres non communiqués'}"
