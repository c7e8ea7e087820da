"""The form of what is counted: release, table, chart and default sentences, which say which count leads.

A form takes a `Selection` and gives a `Draft` that is already true and complete; a chapter changes its words
(`Draft.worded`), the desk shows it as it is. Two groups that score are in `scored`, two waves in `two_waves`,
what counts nobody in `statements`, what only the team sees in `profile`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from atc.disclosure import Measure, Ratio, Release, Released, Summary, leading, together
from atc.exhibits import selection as counting
from atc.exhibits.charts import columns
from atc.exhibits.charts.rows import Row, draw_stacks, draw_units, stack_bar, unit_bars
from atc.exhibits.model import Base, Draft, Draw, listed
from atc.exhibits.selection import Selection
from atc.exhibits.sentences import (
    TOO_SMALL,
    Largest,
    amount,
    largest,
    lines_of,
    median_aloud,
    named,
    printed,
    size,
)
from atc.exhibits.table import DataTable, Told, out_of
from atc.exhibits.variables import BOXES, DATE, NUMBER, group_variable
from atc.indicators import measures, territories
from atc.survey.typography import NBSP, capitalise, elided, enumeration, lower_first, number, spelled

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
    table, merged = counted_table(asked, counts), not group and asked.release.record.merged
    shown = {text for column in table.columns if not column.numeric for text in counts.frame[column.name]}
    aloud = [
        (f"{name}, {lower_first(r.libelle)}" if name else r.libelle, out_of(r.effectif, r.total, aloud=True))
        for name, rows in lines.items()
        for r in rows
    ]
    # Everybody in one band: a sentence says it.
    lone = kind in {NUMBER, DATE} and not group and len(counts) == 1 and span is None
    joined = "Des tranches voisines, trop peu fournies, sont réunies." if merged else ""
    return Draft(
        title=f"{label} : {middle}" if middle else title,
        topic=not middle and title == named,
        subtitle=f"Nombre {elided('de', unit[1])}{f', par {group}' if group else ''}"
        f"{' ; plusieurs réponses possibles' if kind == BOXES else ''}{asked.filters_aloud()}",
        table=table,
        reading=largest_aloud([row for name in parts or lines for row in lines[name]], unit),
        alt=f"{named}. {listed(aloud)}",
        base=Base(largest(lines[whole]), unit[2]),
        draw=None if lone else _chart(asked, lines, beside, span),
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


def counted_table(asked: Selection, counts: Released, heading: str = "", counted: str = "") -> DataTable:
    """Group if there is one, label, how many, out of how many, and the share where enough are counted."""
    headed = {"libelle": heading or asked.variable.label}
    if asked.group:
        headed = {"libelle_groupe": group_variable(asked.wave.dictionary, asked.group).label, **headed}
    headed |= {"effectif": counted or capitalise(asked.unit[1]), "total": "Sur"}
    enough = asked.wave.report.small_numbers.count_first
    shares = [
        Measure(Ratio(row.effectif, row.total).part if (row.total.value or 0) >= enough else math.nan)
        for row in counts
    ]
    if any(share.known is not None for share in shares):
        headed["part"] = "Part"
        counts = counts.reshaped(lambda frame: frame.assign(part=pd.Series(shares, dtype="object")))
    return DataTable.headed(counts, headed)


def _chart(
    asked: Selection, lines: _Lines, medians: Mapping[str, float], span: columns.Strip | None
) -> Draw | None:
    """Columns for what has an order, stacks for a few parts of each group, else one square each.

    A few equal counts are a sentence alone.
    """
    *_, whole = lines.values()
    kind = asked.variable.kind
    if not asked.group and kind in {NUMBER, DATE}:
        standing = [columns.Column(row.libelle, row.effectif) for row in whole]
        words = [row.libelle.split() for row in whole]
        if all(len(told) == 3 and told[1] == "trimestre" for told in words):
            # Quarters stand over their year, unless some are merged.
            standing = [
                columns.Column(f"{rank} trim.", row.effectif, year)
                for row, (rank, _, year) in zip(whole, words, strict=True)
            ]
        return lambda canvas: columns.draw(canvas, standing, span)
    few = kind != BOXES and 1 < len(whole) <= _FEW
    given = {row.effectif.value for row in whole}
    if few and not asked.group and len(given) == 1 and None not in given:
        return None
    texts = {name: f" ; médiane {amount(value, asked.field.unit)}" for name, value in medians.items()}
    if few and asked.group:
        bars = []
        for name, rows in lines.items():
            effectifs, total = tuple(row.effectif for row in rows), rows[0].total
            bars.append(stack_bar(name, "", effectifs, size(total) + texts.get(name, ""), total))
        return lambda canvas: draw_stacks(canvas, bars, [row.libelle for row in whole])
    squares = [row for name, rows in lines.items() for row in unit_bars(rows, name + texts.get(name, ""))]
    return lambda canvas: draw_units(canvas, squares)


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
    unit, one = asked.field.unit, f"1 point{NBSP}= 1 {asked.unit[0]}"
    values = () if asked.masks else tuple(asked.rows()[asked.field.name].dropna().astype("float64"))
    texts = (amount(low), f"moyenne {_mean(asked, mean)} {unit}".strip(), amount(high))
    return columns.Strip(low, mean, high, *texts, unit, values, one)


# --- the scores of a wave, over their scale ---


def bands(asked: Selection) -> Draft:
    """How many answers in each band of the scale, group by group, with the median of each."""
    frame, what = asked.rows(), "scores.score&groupe={}&item={}&periode={}"
    if not frame["score"].notna().any():
        raise asked.nobody()
    found: dict[str, Released] = {}
    banded = territories.notes_par_tranche(frame, asked.wave.dictionary, asked.period)
    for (item, group), some in banded.groupby(["item", "groupe"], sort=False):
        key = what.format(group, item, asked.period)
        # The favourable end first.
        counted_ = asked.release.distribution(some.iloc[::-1], key)
        chosen = (frame["item"].astype(str) == item) & (frame["groupe"].astype(str) == group)
        known = frame.loc[chosen, "score"].dropna().astype("float64")
        middle = pd.DataFrame({"mediane": [known.median()], "n": [len(known)]})
        told = asked.release.statistics(middle, key, by=(), values=("mediane",), n="n").row()
        column = pd.Series([told.mediane] * len(counted_), dtype="object")
        found[key] = counted_.reshaped(partial(pd.DataFrame.assign, mediane=column))
    counts = together(found, "ligne")
    lines, bars = {some[0]: some for some in lines_of(counts, "ligne")}, list[Row]()
    for row, answers in lines.items():
        beside = "" if row.mediane.known is None else f" ; médiane {median_aloud(row.mediane)}"
        effectifs, n = tuple(each.effectif for each in answers), f"{size(row.total)}{beside}"
        bars.append(stack_bar(row.libelle_groupe, row.libelle_item, effectifs, n, row.total))
    headed = {"libelle": "Notes", "effectif": "Réponses", "total": "Sur", "mediane": "Médiane du groupe"}
    # The largest count that readers may know, said in full, teaches how to read the others.
    told = [row for row in counts if row.effectif.value] or list(counts)
    most = max(told, key=lambda row: int(row.effectif.low))
    return Draft(
        title=_highest(asked, list(lines)),
        subtitle="Nombre de réponses par tranche de notes, "
        f"{territories.Scale.of(asked.field).aloud}{asked.filters_aloud()}",
        table=DataTable.headed(counts, LENS | headed),
        reading=f"« {most.libelle_item} » : {most.effectif.of('réponse')} sur {most.total} chez les "
        f"{lower_first(most.libelle_groupe)} dans la tranche « {most.libelle} ».",
        alt="Médianes. " + listed((lens(row), median_aloud(row.mediane)) for row in lines),
        base=Base(largest(lines), "réponses au plus par groupe et par phrase"),
        draw=lambda canvas: draw_stacks(canvas, bars, [row.libelle for row in next(iter(lines.values()))]),
        note="Les réponses d’un même territoire se ressemblent : pour comparer les deux groupes, préférez "
        "les « regards croisés », qui les rapprochent territoire par territoire.",
    )


def lens(row: Any) -> str:
    """« Les acteurs du quartier coopèrent, animateur.trices »."""
    return f"{row.libelle_item}, {lower_first(row.libelle_groupe)}"


def _highest(asked: Selection, rows: Sequence[Any]) -> str:
    most = Largest.of(rows, lambda row: printed(row.mediane))
    if not most.rows:
        return f"{asked.variable.label} : trop peu de réponses pour donner une médiane"
    among = [
        (row, f"chez les {lower_first(row.libelle_groupe)}") for row in rows if row.mediane.known is not None
    ]
    if asked.variable.item:
        told = " contre ".join(f"{median_aloud(row.mediane)} {whose}" for row, whose in among)
        return f"« {asked.variable.label} » : médiane de {told}"
    whose = dict(among)
    quoted = named(most.rows, lambda row: f"« {row.libelle_item} », {whose[row]}")
    return f"La médiane la plus haute{most.among} va à {quoted} : {amount(most.size, decimals=1)}"


# --- which count leads ---


def _leaders(counts: Released) -> tuple[tuple[Any, ...], str]:
    """Those that somebody gave most often, and how many they are where a sentence does not name them."""
    leaders = tuple(row for row in counts.leaders() if row.effectif.high)
    return leaders, spelled(len(leaders), "réponse") if len(leaders) >= _FEW else ""


def commonest(label: str, counts: Released, unit: tuple[str, str, str]) -> str:
    """A title: the answer given most often, ties told; the label alone where nobody can tell."""
    leaders, many = _leaders(counts)
    if not leaders:
        return label
    if len(leaders) == len(counts) > 1:
        return f"{label} : les réponses sont à égalité"
    named = many or enumeration([f"« {row.libelle} »" for row in leaders])
    if len(leaders) > 1:
        return f"{label} : {named} en tête, à égalité"
    told = share(leaders[0], *unit[:2])
    return f"{label} : {named}, {told}" if told else f"{label} : {named} arrive en tête"


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


def largest_aloud(rows: Sequence[Any], unit: tuple[str, str, str]) -> str:
    """The largest count that readers may know, said in full: it teaches how to read the others."""
    given = [row for row in rows if row.effectif.high]
    if not given:
        return "Aucune réponse n’est donnée dans cette sélection."
    told = [row for row in given if share(row, *unit[:2])]
    if not told:
        return TOO_SMALL
    row = max([row for row in told if row.effectif.value] or told, key=lambda row: int(row.effectif.low))
    where = f"« {row.libelle} »"
    if hasattr(row, "libelle_groupe"):
        where = f"{row.libelle_groupe}, « {lower_first(row.libelle)} »"
    return f"{where} : {share(row, *unit[:2])}."
