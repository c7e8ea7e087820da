"""« Regards croisés »: institutional actors beside animateurs, and whether the gap changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from atc.desk.asked import Asked
from atc.desk.joining import BY_TERRITORY, joined, outside, year
from atc.desk.notes import PERIODS, SCALE, score
from atc.disclosure import Measure, Released
from atc.errors import UsageError
from atc.exhibits import Base, Column, DataTable, Draft, listed
from atc.exhibits.charts import dumbbell, moments, stacked
from atc.indicators import regards, scores
from atc.indicators.measures import lignes
from atc.typography import enumeration, lower_first, number

#: Beyond this, squares are too small to be told apart: bars count the territories.
_MOST_SQUARES = 40
_PAIR = ("mediane_institutionnels", "mediane_animateurs")
_THEN = tuple(f"{name}_avant" for name in _PAIR)
_NOW = tuple(f"{name}_apres" for name in _PAIR)


def draft(asked: Asked) -> Draft:
    """Answer « regards croisés » on one wave, or on two."""
    return _one(asked) if asked.before is None else _two(asked)


def _one(asked: Asked) -> Draft:
    table = asked.rows()
    compared = scores.comparaison(table, asked.wave.dictionary, asked.period)
    if asked.variable.item:
        compared = compared[compared["item"] == asked.variable.item]
    if not len(compared) or not compared["territoires"].any():
        raise UsageError(
            "Les deux groupes n’ont noté ensemble aucun territoire dans cette sélection"
            f"{asked.filters_aloud()}. Retirez le filtre, ou choisissez une autre phrase ou une autre vague."
        )
    released = asked.release.splits(
        compared,
        f"scores.territoire&periode={asked.period}",
        by=("item",),
        total="territoires",
        parts=("plus_haut", "egal", "plus_bas"),
        values=_PAIR,
    ).reshaped(lambda frame: _by_gap(frame, _PAIR))
    first, second = asked.wave.field("scores.groupe").labels.values()
    rows = list(released)
    return Draft(
        title=_title(rows),
        subtitle=f"Situation du territoire {PERIODS[asked.period]}, {SCALE}. Médiane des médianes par "
        f"territoire{_filters(asked)}",
        table=_one_table(released, first, second),
        reading=_reading(rows, lower_first(first), lower_first(second)),
        alt=f"{first} puis {lower_first(second)}, médianes. "
        + listed((row.libelle, " et ".join(score(value) for value in _pair(row, _PAIR))) for row in rows),
        base=Base(
            max((row.territoires for row in rows), key=lambda count: int(count.high)),
            "territoires au plus où les deux groupes ont répondu",
        ),
        draw=_drawing(rows, first, second),
        note=_hindsight(asked) + BY_TERRITORY,
    )


def _filters(asked: Asked) -> str:
    """The subtitle says the period in full already."""
    kept = asked.filters_aloud().replace(" ; filtre : ", "")
    period = "période jugée"
    parts = [part for part in kept.split(" et ") if part and not part.startswith(period)]
    return f" ; filtre : {' et '.join(parts)}" if parts else ""


def _hindsight(asked: Asked) -> str:
    if asked.period != scores.AVANT:
        return ""
    return "Regard rétrospectif : la question, posée pendant l’enquête, porte sur la période qui précède. "


def _drawing(rows: Sequence[Any], first: str, second: str) -> Any:
    if max(int(row.territoires.high) for row in rows) <= _MOST_SQUARES:
        pairs = [
            dumbbell.PairRow(
                row.libelle, "", *_pair(row, _PAIR), row.plus_haut, row.egal, row.plus_bas, row.territoires
            )
            for row in rows
        ]
        return lambda canvas: dumbbell.draw(canvas, pairs, first, second)
    bars = [
        stacked.StackRow(
            row.libelle,
            counts=(row.plus_haut, row.egal, row.plus_bas),
            text=" / ".join(score(value) for value in _pair(row, _PAIR)),
            total=row.territoires,
        )
        for row in rows
    ]
    parts = [f"{first} plus haut", "même note", f"{lower_first(second)} plus haut"]
    return lambda canvas: stacked.draw(canvas, bars, parts)


def _pair(row: Any, names: Sequence[str]) -> tuple[Measure, Measure]:
    first, second = (getattr(row, name) for name in names)
    return first, second


def _gap(row: Any, names: Sequence[str]) -> float | None:
    first, second = (value.known for value in _pair(row, names))
    return None if first is None or second is None else abs(first - second)


def _by_gap(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    # What is withheld comes last, whatever it is.
    gaps = pd.Series([_gap(row, names) for row in lignes(frame)], index=frame.index, dtype="float64")
    return frame.loc[gaps.sort_values(ascending=False, kind="stable", na_position="last").index]


def _widest(rows: Sequence[Any], names: Sequence[str]) -> Any | None:
    known = [(gap, row) for row in rows if (gap := _gap(row, names)) is not None]
    return max(known, key=lambda pair: pair[0])[1] if known else None


def _against(row: Any, names: Sequence[str]) -> str:
    return " contre ".join(score(value) for value in _pair(row, names))


def _title(rows: Sequence[Any]) -> str:
    widest = _widest(rows, _PAIR)
    if widest is None:
        return "La situation du territoire, notée par les deux groupes"
    if not _gap(widest, _PAIR):
        return "Les deux groupes donnent les mêmes médianes"
    if len(rows) == 1:
        return f"« {widest.libelle} » : {_against(widest, _PAIR)}"
    return f"L’écart le plus grand porte sur « {widest.libelle} » : {_against(widest, _PAIR)}"


def _reading(rows: Sequence[Any], first: str, second: str) -> str:
    widest = _widest(rows, _PAIR)
    if widest is None:
        return (
            "Trop peu de territoires ont des réponses des deux groupes pour que leurs médianes soient dites."
        )
    higher, lower = (score(value) for value in _pair(widest, _PAIR))
    told = [
        f"plus {way} sur {count.of('territoire')}"
        for way, count in (("haut", widest.plus_haut), ("bas", widest.plus_bas))
        if not count.is_withheld
    ]
    return (
        f"Sur « {lower_first(widest.libelle)} », la médiane est de {higher} chez les {first} et de {lower} "
        f"chez les {second}{f' ; les premiers notent {enumeration(told)}' if told else ''}."
    )


def _one_table(released: Released, first: str, second: str) -> DataTable:
    return DataTable(
        released,
        [
            Column("libelle", "Phrase"),
            Column("mediane_institutionnels", f"Médiane, {lower_first(first)}", 1),
            Column("mediane_animateurs", f"Médiane, {lower_first(second)}", 1),
            Column("territoires", "Territoires comparés", 0),
            Column("plus_haut", f"{first} plus haut", 0),
            Column("egal", "Même note", 0),
            Column("plus_bas", f"{second} plus haut", 0),
        ],
    )


def _two(asked: Asked) -> Draft:
    items, note = joined(asked)
    table = regards.ecarts(
        asked.rows_of(asked.former), asked.rows_of(asked.wave), asked.wave.dictionary, items
    )
    if not len(table) or not table["compares"].any():
        raise UsageError(
            "Aucun territoire n’est noté par les deux groupes aux deux vagues dans cette sélection"
            f"{asked.filters_aloud()}. Retirez le filtre, ou regardez chaque vague séparément."
        )
    released = asked.release.splits(
        table.assign(sites=asked.sites),
        "evolution.ecarts",
        by=("item",),
        total="compares",
        parts=tuple(regards.ECARTS),
        outside=outside(asked, "scores.territoire&periode=actuelle"),
        among="sites",
        values=(*_THEN, *_NOW),
    ).reshaped(lambda frame: _by_gap(frame, _NOW))
    rows, years = list(released), (year(asked.former), year(asked.wave))
    first, second = asked.wave.field("scores.groupe").labels.values()
    panels = [_panel(row) for row in rows]
    return Draft(
        title=_changed(rows, years),
        subtitle=f"Situation au moment de chaque enquête, {SCALE}. Médiane des médianes par territoire"
        f"{asked.filters_aloud()}",
        table=_two_table(released, lower_first(first), lower_first(second), years),
        reading=_course(rows, years),
        alt=f"{first} contre {lower_first(second)}, médianes en {years[0]} puis en {years[1]}. "
        + listed((row.libelle, f"{_against(row, _THEN)}, puis {_against(row, _NOW)}") for row in rows),
        base=Base(
            max((row.connus_apres for row in rows), key=lambda count: int(count.high)),
            f"territoires au plus, notés par les deux groupes en {years[1]}, dont ceux que l’on compare",
        ),
        draw=lambda canvas: moments.draw(canvas, panels, years, first, second),
        note=f"Chaque médiane porte sur les seuls territoires notés par les deux groupes aux deux vagues. "
        f"{BY_TERRITORY} {note}",
    )


def _panel(row: Any) -> moments.Panel:
    pairs = [_pair(row, names) for names in (_THEN, _NOW)]
    first, second = zip(*pairs, strict=True)
    note = "" if row.compares.is_masked else f"{row.compares} territoires comparés"
    return moments.Panel(row.libelle, first, second, note)


def _changed(rows: Sequence[Any], years: Sequence[str]) -> str:
    now, then = _widest(rows, _NOW), _widest(rows, _THEN)
    if now is None or then is None:
        return "Trop peu de territoires sont notés par les deux groupes aux deux vagues"
    if not _gap(now, _NOW):
        return f"En {years[1]}, les deux groupes donnent les mêmes médianes"
    if now.item == then.item:
        return (
            f"L’écart le plus grand reste sur « {now.libelle} » : {_against(now, _THEN)} en {years[0]}, "
            f"{_against(now, _NOW)} en {years[1]}"
        )
    return (
        f"L’écart le plus grand portait en {years[0]} sur « {then.libelle} » ({_against(then, _THEN)}) ; il "
        f"porte en {years[1]} sur « {now.libelle} » ({_against(now, _NOW)})"
    )


def _course(rows: Sequence[Any], years: Sequence[str]) -> str:
    steps = [
        (row, now - then)
        for row in rows
        if (then := _gap(row, _THEN)) is not None and (now := _gap(row, _NOW)) is not None
    ]
    if not steps:
        return "Les médianes ne peuvent être communiquées."
    told = [
        f"l’écart {way} sur {enumeration([f'« {lower_first(row.libelle)} »' for row in some])}"
        for way, some in (
            ("se resserre", [row for row, step in steps if step < 0]),
            ("se creuse", [row for row, step in steps if step > 0]),
            ("ne change pas", [row for row, step in steps if step == 0]),
        )
        if some
    ]
    row, step = max(steps, key=lambda pair: abs(pair[1]))
    points = number(abs(step), 0 if float(step).is_integer() else 1)
    most = (
        f" Le plus grand changement : « {lower_first(row.libelle)} », de {_against(row, _THEN)} à "
        f"{_against(row, _NOW)} ({points} point{'s' if abs(step) >= 2 else ''} "
        f"{'de moins' if step < 0 else 'de plus'} entre les deux groupes)."
        if step
        else ""
    )
    return f"Entre {years[0]} et {years[1]}, {' ; '.join(told)}.{most}"


def _two_table(released: Released, first: str, second: str, years: Sequence[str]) -> DataTable:
    groups = (first, second)
    return DataTable(
        released,
        [
            Column("libelle", "Phrase"),
            *(
                Column(name, f"Médiane {when}, {group}", 1)
                for names, when in ((_THEN, years[0]), (_NOW, years[1]))
                for name, group in zip(names, groups, strict=True)
            ),
            Column("compares", "Territoires comparés", 0),
            *(Column(code, label, 0) for code, label in regards.ECARTS.items()),
        ],
    )
