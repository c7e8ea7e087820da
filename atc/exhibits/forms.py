"""The form of what is counted: release, table, chart and default sentences; the words that forms share.

A form takes a `Selection` and gives a `Draft` that is already true and complete; a chapter changes its words
(`Draft.worded`), the desk shows it as it is. Scores are in `atc.exhibits.scored`, two waves side by side in
`two_waves` and `two_waves_scores`, what counts nobody in `statements`, what only the team sees in `profile`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from atc.disclosure import Count, Measure, Ratio, Release, Released, Summary, leading, together
from atc.exhibits import selection as counting
from atc.exhibits.charts import columns
from atc.exhibits.charts.rows import draw_stacks, draw_units, stack_bar, unit_bars
from atc.exhibits.model import Base, Draft, Draw, listed
from atc.exhibits.selection import Selection
from atc.exhibits.table import Column, DataTable, Told, out_of
from atc.exhibits.variables import BOXES, DATE, NUMBER, group_variable
from atc.indicators import measures
from atc.survey.typography import NBSP, capitalise, elided, enumeration, half_up, lower_first, number, spelled

MERGED = "Des tranches voisines, trop peu fournies, sont réunies."
#: All groups together: the code and the label of their row.
EVERYBODY = ("ensemble", "Ensemble")
#: So few rows are read in a sentence, and a stacked bar tells no more shades apart.
_FEW = 4
#: Name of a group, empty for everybody -> its rows.
_Lines = Sequence[tuple[str, Sequence[Any]]]


# --- how many gave each answer ---


def distribution(asked: Selection, *, last: str = "") -> Draft:
    """How many gave each answer, or ticked each box; where a column cuts them, by group, then together."""
    label, ticked = asked.variable.label, asked.variable.kind == BOXES
    group = lower_first(group_variable(asked.wave.dictionary, asked.group).label) if asked.group else ""
    counts, lines = _by_group(asked) if group else _one_way(asked, last)
    (*parts, (_, whole)), named = lines, f"{label}, par {group}" if group else label
    # Beyond the evaluation team, a filtered number would tell by difference what it leaves out.
    summed = asked.variable.kind == NUMBER and not group and not (asked.masks and asked.chosen)
    told = summary(asked) if summed else None
    middle = in_short(asked, told) if told else ""
    medians = counting.medians(asked) if group and asked.variable.kind == NUMBER else {}
    if group:
        title = _leading(named, parts)
    else:
        title = f"{label} : {middle}" if middle else commonest(label, counts, asked.unit)
    table, merged = counted_table(asked, counts), not group and asked.release.record.merged
    shown = {text for column in table.columns if not column.numeric for text in counts.frame[column.name]}
    return Draft(
        title=title,
        subtitle=f"Nombre {of_several(asked.unit)}{f', par {group}' if group else ''}"
        f"{' ; plusieurs réponses possibles' if ticked else ''}{asked.filters_aloud()}",
        table=table,
        reading=largest_aloud([row for _, rows in parts or lines for row in rows], asked.unit),
        alt=f"{named}. "
        + listed(
            (
                f"{name}, {lower_first(row.libelle)}" if name else row.libelle,
                out_of(row.effectif, row.total, aloud=True),
            )
            for name, rows in lines
            for row in rows
        ),
        base=Base(largest(whole), asked.unit[2]),
        draw=_chart(asked, lines, medians, _range(asked, told) if told else None),
        note=" ".join(filter(None, (MERGED if merged else "", asked.joined_aloud(shown)))),
    )


def _one_way(asked: Selection, last: str) -> tuple[Released, _Lines]:
    counts = counting.one_way(asked)
    if asked.variable.kind == BOXES:
        counts = counts.descending().reshaped(
            lambda frame: frame.sort_values("modalite", key=lambda codes: codes == last, kind="stable")
        )
    return counts, [("", list(counts))]


def _by_group(asked: Selection) -> tuple[Released, _Lines]:
    """The rows of each group, then those of everybody."""
    everybody, counts = counting.everybody(asked), counting.by_group(asked)
    code, name = EVERYBODY
    shown = together({"groupes": counts, code: everybody}, "ligne").reshaped(
        lambda frame: frame.fillna({"libelle_groupe": name, asked.group.partition(".")[2]: code})
    )
    return shown, [(rows[0].libelle_groupe, rows) for rows in lines_of(shown)]


def lines_of(counts: Iterable[Any], column: str = "libelle_groupe") -> list[list[Any]]:
    """Rows of each group, in their order."""
    found: dict[str, list[Any]] = {}
    for row in counts:
        found.setdefault(getattr(row, column), []).append(row)
    return list(found.values())


def counted_table(asked: Selection, counts: Released, heading: str = "", counted: str = "") -> DataTable:
    """Group if there is one, label, how many, out of how many, and the share where enough are counted."""
    shown = [
        Column("libelle", heading or asked.variable.label),
        Column("effectif", counted or capitalise(asked.unit[1]), 0),
        Column("total", "Sur", 0),
    ]
    if asked.group:
        shown.insert(0, Column("libelle_groupe", group_variable(asked.wave.dictionary, asked.group).label))
    enough = asked.wave.report.small_numbers.count_first
    shares = [
        Measure(Ratio(row.effectif, row.total).part if (row.total.value or 0) >= enough else math.nan)
        for row in counts
    ]
    if any(share.known is not None for share in shares):
        shown.append(Column("part", "Part", 0, is_part=True))
        counts = counts.reshaped(lambda frame: frame.assign(part=pd.Series(shares, dtype="object")))
    return DataTable(counts, shown)


def _chart(
    asked: Selection, lines: _Lines, medians: Mapping[str, float], span: columns.Strip | None
) -> Draw | None:
    """Columns for what has an order, stacks for a few parts of each group, else one square each.

    A few equal counts are a sentence alone.
    """
    whole, kind = lines[-1][1], asked.variable.kind
    if not asked.group and kind in {NUMBER, DATE}:
        standing = [_column(row) for row in whole]
        return lambda canvas: columns.draw(canvas, standing, span)
    several = kind != BOXES and 1 < len(whole) <= _FEW
    given = {row.effectif.value for row in whole}
    if several and not asked.group and len(given) == 1 and None not in given:
        return None
    texts = {name: f" ; médiane {amount(value, asked.field.unit)}" for name, value in medians.items()}
    if several and asked.group:
        bars = [
            stack_bar(
                name,
                counts=tuple(row.effectif for row in rows),
                text=size(rows[0].total) + texts.get(name, ""),
                total=rows[0].total,
            )
            for name, rows in lines
        ]
        return lambda canvas: draw_stacks(canvas, bars, [row.libelle for row in whole])
    squares = [unit_bars(rows, name + texts.get(name, "")) for name, rows in lines]
    return lambda canvas: draw_units(canvas, [row for rows in squares for row in rows])


def _column(row: Any) -> columns.Column:
    """A band, or a quarter under its year."""
    words = row.libelle.split()
    if len(words) == 3 and words[1] == "trimestre":
        return columns.Column(f"{words[0]} trim.", row.effectif, words[2])
    return columns.Column(row.libelle, row.effectif)


def unmasked(form: Callable[[Selection], Draft], asked: Selection) -> Draft | None:
    """A form of a selection, if it masks nothing; else it leaves no trace."""
    drafts: list[Draft] = []

    def view(release: Release) -> Released:
        drafts.append(form(asked.through(release)))
        return drafts[-1].counts

    return drafts[-1] if asked.release.unmasked(view) is not None else None


def finest(form: Callable[[Selection], Draft], *asked: Selection) -> Draft:
    """The first of several selections that masks nothing, else the last: a coarser view says more."""
    *finer, last = asked
    return next((found for one in finer if (found := unmasked(form, one))), None) or form(last)


# --- a number, in a few values ---


def summary(asked: Selection) -> Summary:
    """Extremes, mean and median of a number, those that would show one person or site withheld."""
    values = asked.rows()[asked.field.name].dropna().astype("float64")
    return asked.release.summary(measures.resume(values), asked.what)


def in_short(asked: Selection, told: Summary) -> str:
    """« de 0,4 à 1,5 ETP, 0,8 en moyenne », « 3 réunions en médiane »; empty when all of it is withheld."""
    unit, low, high = asked.field.unit, told.minimum, told.maximum
    if low is not None and low == high:
        return f"toujours {amount(low, unit)}"
    if low is not None and high is not None and told.moyenne is not None:
        return f"de {amount(low)} à {amount(high, unit)}, {_mean(asked, told.moyenne)} en moyenne"
    return f"{amount(told.mediane, unit)} en médiane" if told.mediane is not None else ""


def _mean(asked: Selection, value: float) -> str:
    """One digit after the comma, none for a number of things."""
    return number(value, 0 if asked.field.type == "integer" else 1)


def _range(asked: Selection, told: Summary) -> columns.Strip | None:
    """Extremes and mean; none when one of them is withheld, for a mean says nothing without a scale."""
    low, high, mean = told.minimum, told.maximum, told.moyenne
    if low is None or high is None or mean is None or low == high:
        return None
    unit = asked.field.unit
    values = () if asked.masks else tuple(asked.rows()[asked.field.name].dropna().astype("float64"))
    return columns.Strip(
        *(low, mean, high),
        *(amount(low), f"moyenne {_mean(asked, mean)} {unit}".strip(), amount(high)),
        unit,
        values,
        f"1 point{NBSP}= 1 {asked.unit[0]}",
    )


def amount(value: float, unit: str = "", decimals: int = 2) -> str:
    """« 0,85 ETP », « 1 réunion »: as many decimals as the value has, and no more than ``decimals``."""
    shown = number(value, decimals)
    shown = shown.rstrip("0").rstrip(",") if "," in shown else shown
    return f"{shown} {unit if abs(value) >= 2 else unit.removesuffix('s')}".strip()


def printed(value: Measure) -> float | None:
    """A median as tables print it: sentences compare and subtract what readers see."""
    return None if value.known is None else half_up(value.known, 1)


def median_aloud(value: Measure, unit: str = "") -> str:
    """« 6,5 », « 0,8 ETP », or the words for one that is withheld."""
    shown = printed(value)
    if shown is None:
        return "non communiquée" if value.value is None else "sans réponse"
    return amount(shown, unit, 1).replace(" ", NBSP)


# --- which count leads, and the words that every form shares ---


def of_several(unit: tuple[str, str, str]) -> str:
    """« de territoires », « d’effets constatés »."""
    return elided("de", unit[1])


def _leaders(counts: Released) -> tuple[Any, ...]:
    """Those that somebody gave most often."""
    return tuple(row for row in counts.leaders() if row.effectif.high)


def commonest(label: str, counts: Released, unit: tuple[str, str, str]) -> str:
    """A title: the answer given most often, ties told; the label alone where nobody can tell."""
    leaders = _leaders(counts)
    if not leaders:
        return label
    if len(leaders) == len(counts) > 1:
        return f"{label} : les réponses sont à égalité"
    named = enumeration([f"« {row.libelle} »" for row in leaders])
    if len(leaders) >= _FEW:
        named = spelled(len(leaders), "réponse")
    if len(leaders) > 1:
        return f"{label} : {named} en tête, à égalité"
    told = share(leaders[0], *unit[:2])
    return f"{label} : {named}, {told}" if told else f"{label} : {named} arrive en tête"


def _leading(named: str, groups: _Lines) -> str:
    """A title: which answer comes first in each group, as far as anybody can tell."""
    firsts = [(name, leaders[0].libelle) for name, rows in groups if len(leaders := leading(rows)) == 1]
    if not firsts or len(firsts) < len(groups) or len(groups) == 1:
        return named
    if len({label for _, label in firsts}) == 1:
        return f"{named} : « {firsts[0][1]} » vient partout en tête"
    told = [f"« {label} » ({lower_first(name)})" for name, label in firsts]
    return f"{named} : {enumeration(told)}" if len(told) < _FEW else named


def headline(counts: Released, one: str, several: str, unit: tuple[str, str, str]) -> str:
    """A title that says first what leads: « Triumvirat : le portage le plus fréquent (8 sites sur 15) ».

    Nothing where nobody can tell, where all are equal, and where nothing was counted.
    """
    leaders = _leaders(counts)
    if not leaders or len(leaders) == len(counts) > 1:
        return ""
    first, *others = leaders
    named = enumeration([first.libelle, *(lower_first(row.libelle) for row in others)])
    if len(leaders) >= _FEW:
        named = capitalise(spelled(len(leaders), "réponse"))
    told = f"{several}, à égalité" if others else one
    if first.effectif.is_withheld:
        return f"{named} : {told}"
    out_of = f" sur {first.total}" if len({row.total for row in leaders}) == 1 else ""
    return f"{named} : {told} ({first.effectif.of(*unit[:2])}{out_of})"


def share(found: Any, singular: str, plural: str | None = None) -> str:
    """« 7 territoires sur 14 », of a row or a `Ratio`; empty of nobody, and where no number may be told."""
    unsaid = isinstance(found.effectif, Told) or found.effectif.is_withheld
    if not found.total.high or unsaid or found.total.is_withheld:
        return ""
    return f"{found.effectif.of(singular, plural)} sur {found.total}"


def present(counts: Released) -> int | None:
    """How many of the rows somebody gave; nothing where one that is withheld may be none."""
    given = [row for row in counts if row.effectif.high]
    return len(given) if all(row.effectif.low for row in given) else None


def largest_aloud(rows: Sequence[Any], unit: tuple[str, str, str]) -> str:
    """The largest count that readers may know, said in full: it teaches how to read the others."""
    given = [row for row in rows if row.effectif.high]
    if not given:
        return "Aucune réponse n’est donnée dans cette sélection."
    told = [row for row in given if share(row, *unit[:2])]
    if not told:
        return "Ces nombres sont trop petits pour être communiqués."
    row = max([row for row in told if row.effectif.value] or told, key=lambda row: int(row.effectif.low))
    where = f"« {row.libelle} »"
    if hasattr(row, "libelle_groupe"):
        where = f"{row.libelle_groupe}, « {lower_first(row.libelle)} »"
    return f"{where} : {share(row, *unit[:2])}."


def largest(rows: Iterable[Any], column: str = "total") -> Count:
    """The widest base of several rows."""
    counts: list[Count] = [getattr(row, column) for row in rows]
    return max(counts, key=lambda count: int(count.high))


def size(total: Count) -> str:
    """« n = 14 », or the bound of a masked total."""
    return str(total.shown) if total.is_masked else f"n = {total.shown}"
