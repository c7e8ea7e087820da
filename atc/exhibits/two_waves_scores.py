"""The forms of scores in two waves, each group by itself: territories up, stable and down, then medians.

They take and raise what the forms of `atc.exhibits.two_waves` do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from atc.disclosure import Released, farthest
from atc.exhibits.charts import Canvas, stacked, units
from atc.exhibits.charts import moments as panels
from atc.exhibits.charts.tokens import BLUE, BLUE_MID
from atc.exhibits.comparability import BY_TERRITORY, base_of, comparable, outside, then_and_now
from atc.exhibits.forms import lines_of, median_aloud, printed, size
from atc.exhibits.model import Base, Draft
from atc.exhibits.prose import listed
from atc.exhibits.scored import MOST_NAMED, SCALE, lens
from atc.exhibits.selection import Selection
from atc.exhibits.table import DataTable
from atc.exhibits.two_waves import MEDIANS, columns_of, directions, tables, unanswered, ways
from atc.indicators import change
from atc.typography import counted, enumeration, half_up, in_words, lower_first

_SCORED = "scores.territoire&periode=actuelle"
_LENS = {"libelle_item": "Phrase", "libelle_groupe": "Groupe"}
_MIDDLE = "Médiane des médianes par territoire"


def scores(asked: Selection) -> Draft:
    """Territories whose median goes up, stays or goes down; the chart shows medians where some are masked."""
    joined, when = comparable(asked), then_and_now(asked.former, asked.wave)
    changes = change.notes(*tables(asked), asked.wave.dictionary, joined.items)
    if not changes["compares"].any():
        raise unanswered(asked)
    counts = directions(asked, changes, "evolution.scores", ("groupe", "item"), _SCORED)
    rows, once = list(counts), {"perdus": f"En {when[0]} seulement", "nouveaux": f"En {when[1]} seulement"}
    found = _medians(asked, counts, MEDIANS, when, change.SENS | {"compares": "Territoires comparés"} | once)
    found = found.worded(note=f"{BY_TERRITORY} {joined.left_out(why=True)}")
    if any(count.is_masked for row in rows for count in ways(row).values()):
        return found
    return found.worded(
        subtitle=found.subtitle.replace(_MIDDLE, "Nombre de territoires, selon l’évolution de leur médiane"),
        alt="En hausse, stables, en baisse. "
        + listed((lens(row), ", ".join(map(str, ways(row).values()))) for row in rows),
        draw=_stacks(rows),
    )


def moments(asked: Selection) -> Draft:
    """Medians before the start, where they were asked for, then in each wave, over the same territories."""
    joined, when = comparable(asked), then_and_now(asked.former, asked.wave)
    table = change.moments(*tables(asked), asked.wave.dictionary, joined.items)
    columns = [name for name in change.MOMENTS if name in table]
    three = len(columns) == len(change.MOMENTS)
    counts = asked.release.splits(
        table.assign(sites=asked.sites),
        # Two moments are those of `scores`: the same territories, under the same name.
        "evolution.trois_moments" if three else "evolution.scores",
        by=("groupe", "item"),
        total="territoires",
        outside=outside(asked, _SCORED),
        among="sites",
        values=columns,
    ).reshaped(
        lambda frame: frame.sort_values("item", key=lambda some: some.map(joined.items.index), kind="stable")
    )
    names = ("Avant", *when) if three else when
    found = _medians(asked, counts, columns, names, {"territoires": "Territoires comparés"})
    hindsight = f"« Avant » est un regard rétrospectif, demandé en {when[0]}. " if three else ""
    return found.worded(note=f"{hindsight}{BY_TERRITORY} {joined.left_out()}")


def _medians(
    asked: Selection,
    counts: Released,
    columns: Sequence[str],
    names: Sequence[str],
    others: Mapping[str, str],
) -> Draft:
    """The median of each group on each item, at each moment."""
    rows, medians = list(counts), zip(columns, names, strict=True)
    known = "connus aux trois moments" if len(columns) > 2 else "notés aux deux vagues"
    headed = {**_LENS, **{code: f"Médiane {lower_first(name)}" for code, name in medians}, **others}
    return Draft(
        title=_moved(rows, columns[-2:], names[-2:]),
        subtitle=f"Situation du territoire, {SCALE}{asked.filters_aloud()}. {_MIDDLE}",
        table=DataTable(counts, columns_of(headed)),
        reading=f"{_course(rows, columns[-2:], names[-2:])} Chaque médiane porte sur les seuls territoires "
        f"{known}.",
        alt=f"Médianes : {', puis '.join(lower_first(name) for name in names)}. "
        + listed((lens(row), " puis ".join(median_aloud(getattr(row, c)) for c in columns)) for row in rows),
        base=base_of(counts, known),
        draw=_panels(asked, rows, columns, names),
    )


def comparisons(asked: Selection) -> Draft:
    """Comparisons that go up and that go down, all items together: one is one territory on one item."""
    joined, when = comparable(asked), then_and_now(asked.former, asked.wave)
    changes = change.notes(*tables(asked), asked.wave.dictionary, joined.items)
    counts = asked.release.splits(
        change.comparaisons(changes), "evolution.comparaisons", by=("groupe", "sens"), total="effectif"
    )
    lines, colors = lines_of(counts), {change.HAUSSE: BLUE, change.BAISSE: BLUE_MID}
    rows = [
        units.UnitRow(
            row.libelle,
            "" if i else row.libelle_groupe,
            row.effectif,
            text=row.effectif.shown,
            color=colors[row.sens],
        )
        for some in lines
        for i, row in enumerate(some)
    ]
    headed = {"libelle_groupe": "Groupe", "libelle": "Évolution", "effectif": "Comparaisons"}
    aloud = [
        f"Chez les {lower_first(up.libelle_groupe)}, la note monte dans {up.effectif.of('comparaison')} et "
        f"baisse dans {down.effectif}."
        for up, down in lines
    ]
    return Draft(
        title=f"Notes en hausse et en baisse entre {when[0]} et {when[1]}",
        subtitle="Nombre de comparaisons (un territoire, une phrase), selon l’évolution de la médiane du "
        f"territoire entre {when[0]} et {when[1]}",
        table=DataTable(counts, columns_of(headed)),
        reading=f"{' '.join(aloud)} Chaque comparaison porte sur un territoire et une phrase ; "
        + counted(len(joined.items), "phrase est comparable.", "phrases sont comparables."),
        alt="En hausse, puis en baisse. "
        + listed(
            (some[0].libelle_groupe, " puis ".join(str(row.effectif) for row in some)) for some in lines
        ),
        base=Base(len(joined.items), "phrases comparables, notées par deux groupes"),
        draw=lambda canvas: units.draw(canvas, rows),
        note="Phrase par phrase, trop peu de territoires vont dans chaque sens pour que leurs nombres soient "
        f"communiqués ; les comparaisons sans changement ne sont pas comptées. {BY_TERRITORY} "
        f"{joined.left_out()}",
    )


# --- charts ---


def _stacks(rows: Sequence[Any]) -> Callable[[Canvas], Figure]:
    stacks = [
        stacked.StackRow(
            row.libelle_item,
            "" if i else row.libelle_groupe,
            tuple(ways(row).values()),
            size(row.compares),
            row.compares,
        )
        for some in lines_of(rows)
        for i, row in enumerate(some)
    ]
    return lambda canvas: stacked.draw(canvas, stacks, list(change.SENS.values()))


def _panels(
    asked: Selection, rows: Sequence[Any], columns: Sequence[str], names: Sequence[str]
) -> Callable[[Canvas], Figure]:
    """A small panel an item, both groups at each moment."""
    found = []
    for first, second in lines_of(rows, "item"):
        values = [tuple(getattr(row, name) for name in columns) for row in (first, second)]
        totals = [getattr(row, "territoires", None) or row.compares for row in (first, second)]
        masked = any(total.is_masked for total in totals)
        note = "" if masked else f"{totals[0]} et {totals[1]} territoires comparés"
        found.append(panels.Panel(first.libelle_item, values[0], values[1], note))
    first, second = asked.wave.field("scores.groupe").labels.values()
    return lambda canvas: panels.draw(canvas, found, names, first, second)


# --- words ---


def _step(row: Any, columns: Sequence[str]) -> float | None:
    """How far the median moved, as tables print it; nothing when one of the two is not known."""
    then, now = (printed(getattr(row, name)) for name in columns)
    return None if then is None or now is None else half_up(now - then, 1)


def _moved(rows: Sequence[Any], columns: Sequence[str], when: Sequence[str]) -> str:
    """The median that moved most; those that moved as far beside it."""
    steps = [_step(row, columns) for row in rows]
    most = farthest((None if step is None else abs(step), row) for step, row in zip(steps, rows, strict=True))
    if not most:
        return f"Trop peu de territoires sont notés en {when[0]} et en {when[1]} pour dire leurs médianes"
    among = " parmi les médianes communiquées" if None in steps else ""
    if not _step(most[0], columns):
        return f"Aucun changement entre {when[0]} et {when[1]}{among}"
    if len(most) > MOST_NAMED:
        return f"Le plus grand changement depuis {when[0]}{among} est le même sur {len(most)} médianes"
    told = []
    for row in most:
        then, now = (median_aloud(getattr(row, name)) for name in columns)
        told.append(f"« {row.libelle_item} », de {then} à {now} chez les {lower_first(row.libelle_groupe)}")
    many = "Le plus grand changement" if len(most) == 1 else "Les plus grands changements"
    return f"{many} depuis {when[0]}{among} : {enumeration(told)}"


def _course(rows: Sequence[Any], columns: Sequence[str], when: Sequence[str]) -> str:
    return " ".join(f"Chez les {_group_course(some, columns, when)}." for some in lines_of(rows))


def _group_course(rows: Sequence[Any], columns: Sequence[str], when: Sequence[str]) -> str:
    """How many medians of one group go up, stay or go down; of one item alone, from what to what."""
    group = lower_first(rows[0].libelle_groupe)
    steps = [step for row in rows if (step := _step(row, columns)) is not None]
    if not steps:
        return f"{group}, trop peu de territoires sont notés pour que les médianes soient dites"
    if len(rows) == 1:
        then, now = (median_aloud(getattr(rows[0], name)) for name in columns)
        way = f"passe de {then} en {when[0]} à {now} en {when[1]}" if steps[0] else f"reste à {now}"
        return f"{group}, la note médiane {way}"
    counts = {
        "monte": sum(step > 0 for step in steps),
        "baisse": sum(step < 0 for step in steps),
        "ne bouge pas": sum(step == 0 for step in steps),
    }
    told = [f"{way} pour {in_words(n, feminine=True)}" for way, n in counts.items() if n]
    told[0] += " phrase" if told[0].endswith(" une") else " phrases"
    hidden = " ; les autres médianes ne sont pas communiquées" if len(steps) < len(rows) else ""
    return f"{group}, entre {when[0]} et {when[1]}, la note médiane {enumeration(told)}{hidden}"
