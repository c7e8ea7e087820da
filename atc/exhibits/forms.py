"""The forms of an exhibit: each is what is released, its table, its chart and its default sentences.

A form takes a `Selection` and gives a `Draft` that is already true and complete; a chapter changes its words
(`Draft.worded`), the desk and the sheets of the territories show it as it is. Two waves side by side are in
`atc.exhibits.two_waves`, scores and the two groups that give them in `atc.exhibits.paired`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from atc.disclosure import Count, Measure, Release, Released, Summary
from atc.exhibits import counting
from atc.exhibits.charts import columns, strip, units
from atc.exhibits.model import Base, Draft, Draw
from atc.exhibits.prose import ratios_aloud
from atc.exhibits.selection import Selection
from atc.exhibits.table import Column, DataTable
from atc.exhibits.variables import DATE, NUMBER
from atc.indicators import measures
from atc.typography import NBSP, capitalise, elided, enumeration, half_up, lower_first, number, spelled

MERGED = "Des tranches voisines sont réunies, là où trop peu de personnes ou de sites s’y trouvent."
SEVERAL = "Plusieurs réponses possibles."
#: So few rows are read in a sentence.
_FEW = 4


# --- one-way distribution ---


def distribution(asked: Selection) -> Draft:
    """How many gave each answer, each of them one and one only: modalités, yes or no, bands, quarters.

    Raises:
        NoAnswer: Nobody is left, or nobody answered.
    """
    counts = counting.one_way(asked)
    rows, label = list(counts), asked.variable.label
    # Beyond the evaluation team, a filtered number would tell by difference what it leaves out.
    told = summary(asked) if asked.variable.kind == NUMBER and not (asked.masks and asked.chosen) else None
    middle, span = (in_short(asked, told), _range(asked, told)) if told else ("", None)
    return Draft(
        title=f"{label} : {middle}" if middle else commonest(label, counts, asked.unit),
        subtitle=f"Nombre {of_several(asked.unit)}{asked.filters_aloud()}",
        table=counted_table(asked, counts),
        reading=largest_aloud(rows, asked.unit),
        alt=f"{label}. " + ratios_aloud(counts),
        base=Base(rows[0].total, asked.unit[2]),
        draw=_chart(asked, counts, span),
        note=MERGED if asked.release.record.merged else "",
    )


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


def _chart(asked: Selection, counts: Released, span: strip.Strip | None) -> Draw | None:
    """Columns for what has an order, else one square each; a few equal counts are a sentence alone."""
    if asked.variable.kind in {NUMBER, DATE}:
        standing = [_column(row) for row in counts]
        return lambda canvas: columns.draw(canvas, standing, span)
    given = {row.effectif.value for row in counts}
    if 1 < len(counts) <= _FEW and len(given) == 1 and None not in given:
        return None
    return lambda canvas: units.draw(canvas, units.from_counts(counts))


def finest(form: Callable[[Selection], Draft], *asked: Selection) -> Draft:
    """The first of several selections that masks nothing, else the last: a coarser view says more.

    Args:
        form: One of the forms of this module.
        asked: The same variable, from the finest to the coarsest (`Selection.regrouped`).
    """
    *finer, last = asked
    return next((found for one in finer if (found := unmasked(form, one))), None) or form(last)


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
    if told.minimum is not None and told.maximum is not None and told.moyenne is not None:
        low, high = amount(told.minimum), amount(told.maximum, unit)
        return f"de {low} à {high}, {_mean(asked, told.moyenne)} en moyenne"
    return f"{amount(told.mediane, unit)} en médiane" if told.mediane is not None else ""


def _mean(asked: Selection, value: float, unit: str = "") -> str:
    """One digit after the comma, none for a number of things."""
    return f"{number(value, 0 if asked.field.type == 'integer' else 1)} {unit}".strip()


def _range(asked: Selection, told: Summary) -> strip.Strip | None:
    """Extremes and mean; none when one of them is withheld, for a mean says nothing without a scale."""
    low, high, mean = told.minimum, told.maximum, told.moyenne
    if low is None or high is None or mean is None or low == high:
        return None
    unit = asked.field.unit
    values = () if asked.masks else tuple(asked.rows()[asked.field.name].dropna().astype("float64"))
    return strip.Strip(
        *(low, mean, high),
        *(amount(low), f"moyenne {_mean(asked, mean, unit)}", amount(high)),
        unit,
        values,
        f"1 point{NBSP}= 1 {asked.unit[0]}",
    )


def amount(value: float, unit: str = "", decimals: int = 2) -> str:
    """« 0,85 ETP », « 1 réunion »: as many decimals as the value has, and no more than ``decimals``."""
    shown = number(value, decimals)
    shown = shown.rstrip("0").rstrip(",") if "," in shown else shown
    return f"{shown} {unit if abs(value) >= 2 else unit.removesuffix('s')}".strip()


# --- ticked boxes ---


def boxes(asked: Selection, *, last: str = "") -> Draft:
    """How many ticked each box, out of those that answered; the largest first.

    Args:
        asked: The set of boxes.
        last: Column of the box that stands last whatever its count: « autres ».

    Raises:
        NoAnswer: Nobody is left, or nobody answered.
    """
    counts = counting.boxes(asked).reshaped(
        lambda frame: frame.sort_values("modalite", key=lambda codes: codes == last, kind="stable")
    )
    rows, label = list(counts), asked.variable.label
    return Draft(
        title=commonest(label, counts, asked.unit),
        subtitle=f"Nombre {of_several(asked.unit)} ; plusieurs réponses possibles{asked.filters_aloud()}",
        table=counted_table(asked, counts),
        reading=largest_aloud(rows, asked.unit),
        alt=f"{label}. " + ratios_aloud(counts),
        base=Base(largest_total(rows), asked.unit[2]),
        draw=lambda canvas: units.draw(canvas, units.from_counts(counts)),
    )


# --- table of statements ---


def statements(
    release: Release,
    table: pd.DataFrame,
    because: str,
    shown: Mapping[str, str],
    *,
    title: str,
    who: str,
    subtitle: str = "",
    reading: str = "",
    note: str = "",
) -> Draft:
    """A table that counts no person: public facts, words, documents, one territory for the evaluation team.

    Args:
        release: Of the exhibit.
        table: One row = one statement.
        because: Why it may leave, in French, for the gate's verdict.
        shown: Column -> heading, in order; numbers are shown as they are.
        title: The message.
        who: What the rows are, in the plural: « réseaux ».
        subtitle: See `Draft`.
        reading: See `Draft`.
        note: See `Draft`.
    """
    headed = [
        Column(name, label, 0 if pd.api.types.is_integer_dtype(table[name]) else None)
        for name, label in shown.items()
    ]
    return Draft(
        title=title,
        subtitle=subtitle,
        table=DataTable(release.facts(table, because), headed),
        reading=reading,
        alt="",
        base=Base(len(table), who),
        note=note,
    )


# --- words that every form shares ---


def counted_table(asked: Selection, counts: Released, heading: str = "", counted: str = "") -> DataTable:
    """Label, how many, out of how many, and the share where enough are counted.

    Args:
        asked: What was counted.
        counts: As released.
        heading: Of the labels; the variable's label by default.
        counted: Of the counts; « Territoires » by default.
    """
    shared, parts = counting.with_shares(asked, counts)
    return DataTable(
        shared,
        [
            Column("libelle", heading or asked.variable.label),
            Column("effectif", counted or capitalise(asked.unit[1]), 0),
            Column("total", "Sur", 0),
            *parts,
        ],
    )


def of_several(unit: tuple[str, str, str]) -> str:
    """« de territoires », « d’effets constatés »."""
    return elided("de", unit[1])


def commonest(label: str, counts: Released, unit: tuple[str, str, str]) -> str:
    """A title: the answer given most often, ties told; the label alone where nobody can tell."""
    leaders = counts.leaders()
    if not leaders or not leaders[0].effectif.high:
        return label
    if len(leaders) == len(counts) > 1:
        return f"{label} : les réponses sont à égalité"
    named = enumeration([f"« {row.libelle} »" for row in leaders])
    if len(leaders) > 1:
        return f"{label} : {named} à égalité"
    if leaders[0].effectif.is_withheld:
        return f"{label} : {named} arrive en tête"
    return f"{label} : {named}, {leaders[0].effectif.of(*unit[:2])} sur {leaders[0].total}"


def headline(counts: Released, one: str, several: str, unit: tuple[str, str, str]) -> str:
    """A title that says first what leads: « Triumvirat : le portage le plus fréquent (8 sites sur 15) ».

    Args:
        counts: As released.
        one: « le portage le plus fréquent ».
        several: « les portages les plus fréquents », when they are equal.
        unit: What is counted: one, several.

    Returns:
        Nothing where nobody can tell, where all are equal, and where nothing was counted.
    """
    leaders = counts.leaders()
    if not leaders or not leaders[0].effectif.high or len(leaders) == len(counts) > 1:
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
    """« 7 territoires sur 14 »; empty where nobody answered, and where nothing may be told.

    Args:
        found: A row or a `Ratio`: ``effectif`` and ``total``.
        singular: See `Count.of`.
        plural: See `Count.of`.
    """
    if not found.total.high or found.effectif.is_withheld or found.total.is_withheld:
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
    where = (
        f"{row.libelle_groupe}, « {lower_first(row.libelle)} »"
        if hasattr(row, "libelle_groupe")
        else f"« {row.libelle} »"
    )
    return f"{where} : {share(row, *unit[:2])}."


def printed(value: Measure) -> float | None:
    """A median as tables print it: sentences compare and subtract what readers see."""
    return None if value.known is None else half_up(value.known, 1)


def median_aloud(value: Measure, unit: str = "") -> str:
    """« 6,5 », « 0,8 ETP », or the words for one that is withheld."""
    shown = printed(value)
    if shown is None:
        return "non communiquée" if value.value is None else "sans réponse"
    return amount(shown, unit, 1).replace(" ", NBSP)


def largest_total(rows: Sequence[Any]) -> Count:
    """The widest base of several rows."""
    totals: list[Count] = [row.total for row in rows]
    return max(totals, key=lambda total: total.high)


def size(total: Count) -> str:
    """« n = 14 », or the bound of a masked total."""
    return str(total.shown) if total.is_masked else f"n = {total.shown}"
