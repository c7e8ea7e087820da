"""The form of what is counted: release, table, chart and default sentences, which say which count leads.

A form takes a `Selection` and gives a `Draft` that is already true and complete; a chapter changes its words
(`Draft.worded`), the desk shows it as it is. Scores are in `scored` and, over waves, in `moments`; what else
two waves share in `two_waves`, what counts nobody in `statements`, what only the team sees in `profile`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from atc.disclosure import Measure, Ratio, Released, Summary, leading, together
from atc.exhibits import selection as counting
from atc.exhibits.charts.rows import draw_stacks, draw_units, stack_bars, unit_bars
from atc.exhibits.charts.scales import Range, draw_range
from atc.exhibits.model import Base, Draft, Draw
from atc.exhibits.selection import Selection
from atc.exhibits.sentences import (
    TOO_SMALL,
    amount,
    largest,
    lines_of,
)
from atc.exhibits.table import DataTable, Told
from atc.exhibits.variables import BOXES, DATE, NUMBER, Unit, group_variable
from atc.indicators import measures
from atc.survey.typography import capitalise, elided, enumeration, lower_first, number, spelled

#: All groups together: the code and the label of their row.
EVERYBODY = ("ensemble", "Ensemble")
#: So few rows are read in a sentence, and a stacked bar tells no more shades apart.
_FEW = 4
#: What names one group on one item.
LENS = {"libelle_item": "Phrase", "libelle_groupe": "Groupe"}
#: Name of a group, empty for everybody -> its rows.
_Lines = Mapping[str, Sequence[Any]]


# --- how many gave each answer ---


def distribution(asked: Selection, *, last: str = "") -> Draft:
    """How many gave each answer, or ticked each box; where a column cuts them, by group, then together.

    The box ``last`` is told after the others, however many ticked it.
    """
    label, kind, unit = asked.variable.label, asked.variable.kind, asked.unit
    group = lower_first(group_variable(asked.wave.dictionary, asked.group).label) if asked.group else ""
    counts, lines = _counted(asked, last)
    *parts, whole = lines
    named, middle, span, beside = f"{label}, par {group}" if group else label, "", None, dict[str, float]()
    if kind == NUMBER and group:
        beside = counting.medians(asked)
    elif kind == NUMBER and not (asked.masks and asked.chosen):
        # Beyond the evaluation team, a filtered number would tell by difference what it leaves out.
        told = summary(asked)
        middle, span = in_short(asked, told), _range(asked, told)
    title = _leading(named, lines) if group else commonest(label, counts, unit)
    every = [row for name in parts or lines for row in lines[name]]
    if not group and not middle:
        # The title told the first: the reading goes on from there, where there is more to tell.
        others = [row for row in every if row.effectif.high and row not in leading(counts)]
        every = [row for row in others if share(row, unit.one, unit.several)] or every
    columns = {"libelle": label, "effectif": capitalise(unit.several), "total": "Sur"}
    if asked.group:
        columns = {"libelle_groupe": group_variable(asked.wave.dictionary, asked.group).label, **columns}
    enough = asked.wave.report.small_numbers.count_first
    shares = [
        Measure(Ratio(row.effectif, row.total).part if (row.total.value or 0) >= enough else math.nan)
        for row in counts
    ]
    if any(share.known is not None for share in shares):
        columns["part"] = "Part"
        counts = counts.reshaped(lambda frame: frame.assign(part=pd.Series(shares, frame.index, "object")))
    table = DataTable.headed(counts, columns)
    merged = asked.release.record.merged and not group
    shown = {text for column in table.columns if not column.numeric for text in counts.frame[column.name]}
    # Everybody in one band: a sentence says it.
    lone = kind in {NUMBER, DATE} and not group and len(counts) == 1 and span is None
    joined = "Des tranches voisines, trop peu fournies, sont réunies." if merged else ""
    return Draft(
        title=f"{label} : {middle}" if middle else title,
        topic=not middle and title == named,
        subtitle=f"Nombre {elided('de', unit.several)}{f', par {group}' if group else ''}"
        f"{' ; plusieurs réponses possibles' if kind == BOXES else ''}{asked.filters_aloud()}",
        table=table,
        reading=largest_aloud(every, unit),
        base=Base(largest(lines[whole]), unit.base),
        draw=None if lone else _chart(asked, counts, lines, beside, span),
        words_alone=lone,
        note=" ".join(filter(None, (joined, asked.joined_aloud(shown)))),
    )


def _counted(asked: Selection, last: str) -> tuple[Released, _Lines]:
    """The counts, and the rows of each group, then those of everybody."""
    if not asked.group:
        counts = counting.one_way(asked)
        if asked.variable.kind == BOXES:
            counts = counts.descending().reshaped(
                lambda frame: frame.sort_values("modalite", key=lambda codes: codes == last, kind="stable")
            )
        return counts, {"": list(counts)}
    everybody, counts = counting.everybody(asked), counting.by_group(asked)
    code, name = EVERYBODY
    shown = together({"groupes": counts, code: everybody}, "ligne").reshaped(
        lambda frame: frame.fillna({"libelle_groupe": name, asked.group.partition(".")[2]: code})
    )
    return shown, {rows[0].libelle_groupe: rows for rows in lines_of(shown)}


def _chart(
    asked: Selection, counts: Released, lines: _Lines, medians: Mapping[str, float], span: Range | None
) -> Draw | None:
    """The range of a number over its bands, stacks for a few parts of each group, else one bar for each.

    A few equal counts are a sentence alone.
    """
    *_, whole = lines.values()
    few = asked.variable.kind != BOXES and 1 < len(whole) <= _FEW
    beside = {name: f" ; médiane {amount(value, asked.field.unit)}" for name, value in medians.items()}
    if few and asked.group:
        bars = stack_bars(counts, "libelle_groupe", beside)
        return lambda canvas: draw_stacks(canvas, bars, [row.libelle for row in whole])
    squares = [row for name, rows in lines.items() for row in unit_bars(rows, name + beside.get(name, ""))]
    if span is not None:
        return lambda canvas: draw_range(canvas, span, squares)
    given = {row.effectif.value for row in whole}
    if few and not asked.group and len(given) == 1 and None not in given:
        return None
    return lambda canvas: draw_units(canvas, squares)


def finest(form: Callable[[Selection], Draft], *asked: Selection) -> Draft:
    """The first of several selections that masks nothing, else the last: a coarser view says more."""
    *finer, last = asked
    drafts = (one.unmasked(form) for one in finer)
    return next((draft for draft in drafts if draft is not None), None) or form(last)


# --- a number, in a few values ---


def summary(asked: Selection) -> Summary:
    """Extremes, mean and median of a number, those that would show one person or site withheld."""
    values = asked.rows()[asked.field.name].dropna().astype("float64")
    return asked.release.summary(measures.resume(values), asked.what)


def in_short(asked: Selection, told: Summary) -> str:
    """« de 0,4 à 1,5 ETP, 0,8 en moyenne », « 3 réunions en médiane »; empty when all of it is withheld."""
    unit = asked.field.unit
    if told.minimum is not None and told.minimum == told.maximum:
        return f"toujours {amount(told.minimum, unit)}"
    if span := _range(asked, told):
        low, mean, _ = span.words
        return f"de {low} à {amount(span.numbers[2], unit)}, {mean} en moyenne"
    return f"{amount(told.mediane, unit)} en médiane" if told.mediane is not None else ""


def _range(asked: Selection, told: Summary) -> Range | None:
    """Extremes and mean; none when one of them is withheld, for a mean says nothing without a scale."""
    low, high, mean = told.minimum, told.maximum, told.moyenne
    if low is None or high is None or mean is None or low == high:
        return None
    # No decimal for a number of things.
    middle = number(mean, 0 if asked.field.type == "integer" else 1)
    return Range((low, mean, high), (amount(low), middle, amount(high)), asked.field.unit)


# --- sentences on what is counted ---


def commonest(label: str, counts: Released, unit: Unit) -> str:
    """A title: « Portage : « Triumvirat » en tête (8 sites sur 15) », ties told.

    The label alone where nobody can tell, where all are equal, and where nothing was counted.
    """
    leaders = [row for row in leading(counts) if row.effectif.high]
    if not leaders or len(leaders) == len(counts) > 1:
        return label
    # Beside the label of the variable, what was answered is quoted.
    named = enumeration([f"« {row.libelle} »" for row in leaders])
    if len(leaders) >= _FEW:
        named = spelled(len(leaders), "réponse")
    told, first = f"{label} : {named} en tête{', à égalité' * (len(leaders) > 1)}", leaders[0]
    if first.effectif.is_withheld:
        return told
    out_of = f" sur {first.total}" if len({row.total for row in leaders}) == 1 else ""
    return f"{told} ({first.effectif.of(unit.one, unit.several)}{out_of})"


def _leading(named: str, lines: _Lines) -> str:
    """A title: which answer comes first in each group, as far as anybody can tell."""
    groups = {name: leading(rows) for name, rows in list(lines.items())[:-1]}
    firsts = {name: leaders[0].libelle for name, leaders in groups.items() if len(leaders) == 1}
    if not firsts or len(firsts) < len(groups) or len(groups) == 1:
        return named
    if len(set(firsts.values())) == 1:
        return f"{named} : « {next(iter(firsts.values()))} » vient partout en tête"
    told = [f"« {label} » ({lower_first(name)})" for name, label in firsts.items()]
    return f"{named} : {enumeration(told)}" if len(told) < _FEW else named


def share(found: Any, singular: str, plural: str | None = None) -> str:
    """« 7 territoires sur 14 », of a row or a `Ratio`; empty of nobody, and where no number may be told."""
    unsaid = isinstance(found.effectif, Told) or found.effectif.is_withheld
    if not found.total.high or unsaid or found.total.is_withheld:
        return ""
    return f"{found.effectif.of(singular, plural)} sur {found.total}"


def largest_aloud(rows: Sequence[Any], unit: Unit) -> str:
    """The largest count that readers may know, said in full: it teaches how to read the others."""
    given = [row for row in rows if row.effectif.high]
    if not given:
        return "Aucune réponse n’est donnée dans cette sélection."
    told = [row for row in given if share(row, unit.one, unit.several)]
    if not told:
        return TOO_SMALL
    row = max([row for row in told if row.effectif.value] or told, key=lambda row: int(row.effectif.low))
    within = [getattr(row, name) for name in LENS if hasattr(row, name)]
    quoted = f"« {lower_first(row.libelle) if within else row.libelle} »"
    where = ", ".join([*within[:1], *map(lower_first, within[1:]), quoted])
    return f"{where} : {share(row, unit.one, unit.several)}."
