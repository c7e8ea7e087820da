"""What a form counts: one variable of one wave (or of two), its rows, what cuts them, and their counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from atc.disclosure import Count, Release, Released, together
from atc.exhibits import variables
from atc.exhibits.published import read_register
from atc.exhibits.table import Told
from atc.exhibits.variables import ALL_ITEMS, BOXES, MODALITES, SCORE, Unit, Variable, column_of
from atc.indicators import measures, territories
from atc.indicators.measures import Coded
from atc.survey.datapackage import SIMULATED
from atc.survey.dictionary import Field
from atc.survey.errors import UsageError
from atc.survey.typography import enumeration, french, lower_first, month
from atc.survey.waves import Wave

if TYPE_CHECKING:
    from atc.exhibits.model import Draft

T = TypeVar("T")


def year(wave: Wave) -> str:
    """How a wave is called beside another one."""
    return str(wave.settings.date.year)


def then_and_now(*waves: Wave) -> tuple[str, ...]:
    """How waves are called: « 2020 » and « 2021 », or « mars 2021 » and « octobre 2021 »."""
    years = tuple(map(year, waves))
    return years if len(set(years)) == len(years) else tuple(month(wave.settings.date) for wave in waves)


@dataclass(eq=False, repr=False)
class NoAnswer(UsageError):
    """Nobody answered what is asked: the report says so, the desk says what to choose instead."""

    label: str
    advice: str
    told: str = "aucune réponse"  # in the title of an exhibit, and the same in a sentence
    why: str = "Personne n’a répondu à cette question dans cette vague."
    instead: Callable[[Release], Draft] | None = None  # what stands in its place, where words are not enough

    def __post_init__(self) -> None:
        super().__init__(self.advice)


@dataclass(frozen=True)
class Selection:
    """One variable, ready to be counted."""

    wave: Wave  # the wave, or the latter of two, through the columns that are declared
    release: Release  # what every count goes through
    variable: Variable  # what is counted
    before: Wave | None = None  # the former of two waves
    group: str = ""  # what cuts it, as ``table.colonne``; empty for nothing
    # name of a filter, or its column -> code kept; the period chooses among answers
    filters: Mapping[str, str] = field(default_factory=dict)
    # label -> codes that it puts together, of the variable or of the group that has them all; the other codes
    # stay as they are
    regrouped: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def masks(self) -> bool:
        """Whether readers are anyone but the evaluation team."""
        return self.release.rules.masks

    @property
    def former(self) -> Wave:
        """The wave before, for a form of two."""
        if self.before is None:
            raise ValueError("one wave has none before")
        return self.before

    @property
    def waves(self) -> tuple[Wave, ...]:
        """Its wave, or its two waves in order of time."""
        return tuple(wave for wave in (self.before, self.wave) if wave is not None)

    @property
    def when(self) -> tuple[str, str]:
        """How its two waves are called."""
        then, now = then_and_now(self.former, self.wave)
        return then, now

    @property
    def period(self) -> str:
        """Period judged by scores: the one asked for, or the one that the wave's chapter shows."""
        return self.filters.get("periode") or territories.periode_jugee(self.wave.table("scores"))

    @property
    def chosen(self) -> Mapping[str, str]:
        """The filters that choose persons or sites."""
        return {name: code for name, code in self.filters.items() if code and name != "periode"}

    @property
    def field(self) -> Field:
        """The column that holds the answers."""
        return self.wave.field(ALL_ITEMS if self.variable.kind == SCORE else self.variable.name)

    @property
    def what(self) -> str:
        """What is counted, as the rules know it: the same words wherever it is counted."""
        if self.variable.kind == SCORE:
            return f"{ALL_ITEMS}&item={self.variable.item}&periode={self.period}"
        return self.variable.name

    @property
    def boxes(self) -> dict[str, str]:
        """Ticked boxes of the variable: column -> label."""
        table, _, group = self.variable.name.partition(".")
        return self.wave.dictionary.table(table).in_group(group)

    @property
    def unit(self) -> Unit:
        """What one row counts."""
        return variables.UNITS.get(self.variable.table, Unit("ligne", "lignes", "lignes"))

    @property
    def sites(self) -> int:
        """How many sites the filters keep in any of the waves: everybody knows."""
        # The other filters choose among the persons or the answers of a site.
        kept = {
            f: c for f, c in self.filters.items() if column_of(f).partition(".")[0] in variables.SITE_TABLES
        }
        sites = (variables.linked_rows(wave, variables.SITES, (), kept)[variables.KEY] for wave in self.waves)
        return len({str(code) for codes in sites for code in codes})

    def rows(self, *linked: str, filtered: bool = True, wave: Wave | None = None) -> pd.DataFrame:
        """Rows of the variable's table; of scores of one wave, those that judge its `period`."""
        one_period = self.variable.table == "scores" and self.before is None
        kept = {**(self.chosen if filtered else {}), **({"periode": self.period} if one_period else {})}
        frame = variables.linked_rows(wave or self.wave, self.variable.table, linked, kept)
        if self.variable.item:
            frame = frame[frame["item"].astype(str) == self.variable.item]
        return frame

    @property
    def both(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rows of both waves, filtered."""
        return self.rows(wave=self.former), self.rows()

    def coded(self, frame: pd.DataFrame) -> Coded:
        """One code per row, and their labels, put together where `regrouped` says so."""
        found = variables.coded(self.variable, self.field, frame[self.field.name])
        if not found.codes.notna().any():
            raise self.nobody()
        return found.regrouped(self.regrouped)

    def answers(self, frame: pd.DataFrame) -> tuple[Mapping[str, str], pd.DataFrame]:
        """Codes with their labels, and those of each row: one column or, of ticked boxes, one a box asked."""
        if self.variable.kind != BOXES:
            found = self.coded(frame)
            return found.labels, pd.DataFrame({self.what: found.codes})
        asked = {box: measures.codes(frame[box]) for box in self.boxes if frame[box].notna().any()}
        if not asked:
            raise self.nobody()
        return {"oui": "Oui", "non": "Non"}, pd.DataFrame(asked)

    def grouped(self, frame: pd.DataFrame, answered: pd.Series) -> tuple[pd.Series, dict[str, str]]:
        """Group of each row, and the groups that some answer comes from, in the order of the dictionary."""
        found = variables.cut(self.wave, self.group, frame)
        # A filter keeps one code: what is put together is the group that somebody chose.
        if self.group not in map(column_of, self.chosen):
            found = found.regrouped(self.regrouped)
        code, label = variables.UNKNOWN
        groups = found.codes.astype("object").fillna(code).astype(str)
        present, labels = set(groups[answered]), {**found.labels, code: label}
        return groups, {name: text for name, text in labels.items() if name in present}

    @property
    def steps(self) -> tuple[Selection, ...]:
        """From the finest view to the coarsest (`forms.finest`): modalités, then wider ones."""
        wider: dict[str, list[str]] = {}
        own = [self.variable.name] if self.variable.kind == MODALITES else []
        for column in map(self.wave.field, [*own, *([self.group] if self.group else [])]):
            for code, group in column.groups.items():
                wider.setdefault(column.group_labels[group], []).append(code)
        gathered = {label: codes for label, codes in wider.items() if len(codes) > 1}
        return (self, replace(self, regrouped=gathered)) if gathered and not self.regrouped else (self,)

    def unmasked(self, view: Callable[[Selection], T]) -> T | None:
        """What a form, or a count, makes of it; ``None`` and no trace where that would mask something."""
        return self.release.unmasked(lambda trial: view(replace(self, release=trial)))

    def nobody(self) -> NoAnswer:
        """Why there is nothing to count, and what to choose instead."""
        return NoAnswer(
            self.variable.label,
            f"Personne n’a répondu à « {self.variable.label} » dans cette sélection "
            f"({self.wave.settings.label}{self.filters_aloud()}). Choisissez une autre variable, une autre "
            "vague ou un autre filtre.",
        )

    def filters_aloud(self, *, period: bool = True) -> str:
        """« ; filtre : réseau = FCSF, centres sociaux »; empty without filter. The period may be left out."""
        judged = self.variable.table == "scores" and self.before is None and period
        told = [
            f"{lower_first(variables.filter_label(self.wave.dictionary, name))} = "
            f"{variables.labels_of(self.wave, column_of(name))[code]}"
            for name, code in {**self.chosen, **({"periode": self.period} if judged else {})}.items()
        ]
        return f" ; filtre : {enumeration(told)}" if told else ""

    def joined_aloud(self, labels: Iterable[str]) -> str:
        """« « À plusieurs » réunit … et …. », for each label shown that stands for several answers."""
        own = ALL_ITEMS if self.variable.kind == SCORE else self.variable.name
        named = [name for name in (self.group, own) if name in self.wave.columns]
        known = {code: text for name in named for code, text in variables.labels_of(self.wave, name).items()}
        shown = set(labels)
        return " ".join(
            f"« {label} » réunit {enumeration([f'« {lower_first(known[code])} »' for code in codes])}."
            for label, codes in self.regrouped.items()
            if label in shown and len(codes) > 1
        )


def select(wave: Wave, release: Release, name: str, *, before: Wave | None = None) -> Selection:
    """One variable of a chapter, by `Variable.name`; a `UsageError` if there is no such variable."""
    return Selection(wave, release, variables.variable(wave.dictionary, name), before)


# --- counts, alone or cut by a group, through the release: what the forms show ---


def one_way(asked: Selection) -> Released:
    """One row = one answer, or one box: ``modalite``, ``libelle``, ``effectif``, ``total``.

    Beyond the evaluation team, a filter is one line of a crossing: what it leaves out cannot be found by
    taking what it keeps from the whole.
    """
    if not (asked.masks and asked.chosen):
        return everybody(asked, merged=True)
    asked.answers(asked.rows())
    # What is printed of all together is a margin of the crossing.
    everybody(asked)
    ((name, code),) = asked.chosen.items()
    column = column_of(name)
    crossed = by_group(replace(asked, group=column))
    return crossed.reshaped(lambda frame: frame[frame[column.partition(".")[2]] == code])


def everybody(asked: Selection, *, merged: bool = False) -> Released:
    """All groups together: told first, so that the crossing protects what they tell.

    Nothing is filtered beyond the evaluation team; small neighbouring bands may be ``merged``.
    """
    frame = asked.rows(filtered=not asked.masks)
    if asked.variable.kind == BOXES:
        asked_ = asked.answers(frame)[1]
        boxes = {box: label for box, label in asked.boxes.items() if box in asked_}
        told = asked.release.boxes(measures.cases(frame, boxes), asked.what)
    else:
        found = asked.coded(frame)
        counts = measures.tally(found.labels, found.codes)
        told = asked.release.distribution(counts, asked.what, bands=found.merged if merged else None)
    return in_its_words(asked.wave, asked.what, told)


def by_group(asked: Selection) -> Released:
    """One row = one group × one answer, or one box; ``total`` is that of the group."""
    # The rows that a filter leaves out are protected as well: they stay in the crossing.
    frame, column = asked.rows(asked.group, filtered=not asked.masks), asked.group.partition(".")[2]
    labels, answers = asked.answers(frame)
    groups, named = asked.grouped(frame, answers.notna().any(axis="columns"))
    boxed, released = asked.variable.kind == BOXES, dict[str, Released]()
    for question, given in answers.items():
        tables = [
            measures.tally(labels, given[groups == code]).assign(**{column: code, "libelle_groupe": label})
            for code, label in named.items()
        ]
        what = f"{asked.what}&case={question}" if boxed else asked.what
        counts = pd.concat(tables, ignore_index=True)
        released[str(question)] = asked.release.crossing(counts, what, rows=column, columns="modalite")
    if not boxed:
        return released[asked.what]
    order, boxes = list(named), asked.boxes
    return together(released, "case").reshaped(
        lambda frame: (
            frame[frame["modalite"] == "oui"]
            .assign(modalite=lambda ticked: ticked["case"], libelle=lambda ticked: ticked["case"].map(boxes))
            .sort_values(column, key=lambda codes: codes.map(order.index), kind="stable")
        )
    )


def only(asked: Selection, code: str) -> Released:
    """One answer alone, out of all: it tells readers more than all of them masked."""
    found = asked.coded(asked.rows())
    counts = measures.tally(found.labels, found.codes)
    told = asked.release.boxes(counts[counts["modalite"] == code], asked.what)
    return in_its_words(asked.wave, asked.what, told)


def in_its_words(wave: Wave, what: str, counts: Released, total: int | None = None) -> Released:
    """The word that the report of the wave prints for a count, in place of a mask or of a made-up number.

    ``counts`` have ``modalite`` and ``effectif``, and ``total`` unless one stands for them all.
    """
    if not wave.settings.published:
        return counts
    words = {printed.comptes: printed for printed in read_register(wave.project) if printed.comptes}

    def said(row: Any) -> Count:
        count: Count = row.effectif
        printed = words.get(f"{what}&modalite={row.modalite}")
        whole = row.total.value if total is None else total
        if printed is None or whole is None:
            return count
        possible = printed.possible(whole)
        made_up = wave.package.worst(wave.columns & printed.address.reads) == SIMULATED
        if not (made_up or count.is_masked) or not any(count.low <= n <= count.high for n in possible):
            return count
        return Told(possible[0], possible[-1], word=french(printed.attendu))

    told = pd.Series(map(said, counts), index=counts.frame.index)
    return counts.reshaped(lambda frame: frame.assign(effectif=told))


def side_by_side(
    asked: Mapping[str, Selection], count: Callable[[Selection], Released], column: str
) -> Released:
    """Several questions one under the other, named in a column, those that nobody answered left out."""
    found: dict[str, Released] = {}
    for name, one in asked.items():
        try:
            found[name] = count(one)
        except NoAnswer as unanswered:
            nobody = unanswered
    if not found:
        raise nobody
    return together(found, column)


def medians(asked: Selection) -> dict[str, float]:
    """Label of a group -> median of a number in it; none where too few stand behind it."""
    frame, column = asked.rows(asked.group), asked.group.partition(".")[2]
    values = frame[asked.field.name].astype("float64")
    groups, labels = asked.grouped(frame, values.notna())
    found = values.groupby(groups).agg(mediane="median", n="count").reindex(list(labels))
    table = found.rename_axis(column).reset_index()
    released = asked.release.splits(table, asked.what, by=(column,), total="n", values=("mediane",))
    return {labels[getattr(row, column)]: m for row in released if (m := row.mediane.known) is not None}
