"""What a form counts: one variable of one wave (or of two), the rows that filters keep, what may cut them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from atc.dictionary import Dictionary, Field
from atc.disclosure import Release
from atc.errors import UsageError
from atc.exhibits.coding import coded
from atc.exhibits.variables import ALL_ITEMS, SCORE, Variable, group_variable, unit, variable
from atc.indicators import scores
from atc.indicators.measures import Coded
from atc.typography import enumeration, lower_first
from atc.waves import Wave

#: Filter -> what readers call it, and the column that it looks at.
FILTERS: Mapping[str, tuple[str, str]] = {
    "reseau": ("Réseau", "territoires.reseau"),
    "role": ("Rôle", "questionnaire_flash.role"),
    "modele": ("Modèle de priorités", "positionnements.modele_principal"),
    "territoire": ("Territoire", "territoires.territoire"),
    "periode": ("Période jugée", "scores.periode"),
}
#: Filters that choose among the persons or the answers of a site, not among sites.
_OF_PERSONS = frozenset({"role", "periode"})
#: Rows whose group nobody knows: they count, or the totals would not be those of the whole.
_UNKNOWN = ("sans_reponse", "Non renseigné")
_KEY, _SITES = "territoire", "territoires"


class NoAnswer(UsageError):
    """Nobody answered what is asked: the report says so, the desk says what to choose instead.

    Attributes:
        label: What was asked.
        told: What the title of an exhibit says of it.
        why: The same in a sentence.
    """

    def __init__(
        self,
        label: str,
        advice: str,
        told: str = "aucune réponse",
        why: str = "Personne n’a répondu à cette question dans cette vague.",
    ) -> None:
        super().__init__(advice)
        self.label, self.told, self.why = label, told, why


@dataclass(frozen=True)
class Selection:
    """One variable, ready to be counted.

    Attributes:
        wave: The wave, or the latter of two, through the columns that are declared.
        release: What every count goes through.
        variable: What is counted.
        before: The former of two waves.
        group: What cuts it, as ``table.colonne``; empty for nothing.
        filters: Name of a filter (`FILTERS`) -> code kept; the period chooses among answers.
        regrouped: Label -> codes that it puts together; the other codes stay as they are.
    """

    wave: Wave
    release: Release
    variable: Variable
    before: Wave | None = None
    group: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    regrouped: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def masks(self) -> bool:
        """Whether readers are anyone but the evaluation team."""
        return self.release.rules.masks

    @property
    def former(self) -> Wave:
        """The wave before, for a form of two.

        Raises:
            ValueError: There is only one.
        """
        if self.before is None:
            raise ValueError("one wave has none before")
        return self.before

    @property
    def period(self) -> str:
        """Period judged by scores: the one asked for, or the one that the wave's chapter shows."""
        return self.filters.get("periode") or scores.periode_jugee(self.wave.table("scores"))

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
        group = self.variable.name.partition(".")[2]
        return self.wave.dictionary.table(self.variable.table).in_group(group)

    @property
    def unit(self) -> tuple[str, str, str]:
        """What one row counts: one, several, and of whom a base speaks."""
        return unit(self.variable.table)

    @property
    def sites(self) -> int:
        """How many sites the filters keep in any of the waves: everybody knows."""
        kept = {name: code for name, code in self.filters.items() if name not in _OF_PERSONS}
        waves = [wave for wave in (self.before, self.wave) if wave is not None]
        return len({str(code) for wave in waves for code in linked_rows(wave, _SITES, (), kept)[_KEY]})

    def rows(self, *linked: str, filtered: bool = True, wave: Wave | None = None) -> pd.DataFrame:
        """Rows of the variable's table.

        Args:
            linked: Columns of other tables to add, as ``table.colonne``; each goes under its own name.
            filtered: Whether the filters apply: those left out stay where the release protects them.
            wave: One of the two; the latter by default.

        Returns:
            One row = one row of the table that is kept.
        """
        chosen = dict(self.chosen) if filtered else {}
        if self.variable.table == "scores" and self.before is None:
            chosen["periode"] = self.period
        frame = linked_rows(wave or self.wave, self.variable.table, linked, chosen)
        if self.variable.item:
            frame = frame[frame["item"].astype(str) == self.variable.item]
        return frame

    def coded(self, frame: pd.DataFrame) -> Coded:
        """One code per row, and their labels, put together where `regrouped` says so.

        Raises:
            NoAnswer: Nobody is left, or nobody answered: why, and what to choose instead.
        """
        found = coded(self.variable, self.field, frame[self.field.name])
        if not found.codes.notna().any():
            raise self.nobody(frame)
        return found.regrouped(self.regrouped) if self.regrouped else found

    def grouped(self, frame: pd.DataFrame, answered: pd.Series) -> tuple[pd.Series, dict[str, str]]:
        """Group of each row, and the groups that some answer comes from, in the order of the dictionary."""
        cut = group_variable(self.wave.dictionary, self.group)
        found = coded(cut, self.wave.field(self.group), frame[self.group.partition(".")[2]])
        code, label = _UNKNOWN
        groups = found.codes.astype("object").fillna(code).astype(str)
        present = set(groups[answered])
        labels = {**found.labels, code: label}
        return groups, {name: text for name, text in labels.items() if name in present}

    @property
    def group_label(self) -> str:
        """What the group is called."""
        return group_variable(self.wave.dictionary, self.group).label

    def by(self, dotted: str) -> Selection:
        """The same, cut by a column."""
        return replace(self, group=dotted)

    def regroup(self, together: Mapping[str, Sequence[str]]) -> Selection:
        """The same, where each label stands for several codes."""
        return replace(self, regrouped=together)

    def through(self, release: Release) -> Selection:
        """The same, whose counts go through another release: `Release.unmasked` tries one."""
        return replace(self, release=release)

    def nobody(self, frame: pd.DataFrame) -> NoAnswer:
        """Why there is nothing to count, and what to choose instead."""
        label = self.variable.label
        if self.chosen and frame.empty:
            return NoAnswer(
                label, f"Aucune ligne ne répond à ce filtre{self.filters_aloud()}. Élargissez ou retirez-le."
            )
        return NoAnswer(
            label,
            f"Personne n’a répondu à « {label} » dans cette sélection ({self.wave.settings.label}"
            f"{self.filters_aloud()}). Choisissez une autre variable, une autre vague ou un autre filtre.",
        )

    def filters_aloud(self, *, period: bool = True) -> str:
        """« ; filtre : réseau = FCSF, centres sociaux »; empty without filter.

        Args:
            period: Whether the period that scores judge is one of them.
        """
        shown = dict(self.chosen)
        if period and self.variable.table == "scores" and self.before is None:
            shown["periode"] = self.period
        told = [
            f"{lower_first(FILTERS[n][0])} = {label_of(self.wave, FILTERS[n][1], c)}"
            for n, c in shown.items()
        ]
        return f" ; filtre : {enumeration(told)}" if told else ""


def select(
    wave: Wave, release: Release, name: str, *, before: Wave | None = None, group: str = ""
) -> Selection:
    """One variable of a chapter: no filter.

    Args:
        wave: Through the columns that the exhibit declares.
        release: Of the exhibit.
        name: ``table.colonne``, ``table.groupe_de_cases`` or ``scores.item=code``.
        before: The wave before, for an exhibit of two.
        group: What cuts it, as ``table.colonne``.

    Raises:
        UsageError: There is no such variable.
    """
    return Selection(wave, release, variable(wave.dictionary, name), before, group)


def filters(dictionary: Dictionary, table: str) -> dict[str, str]:
    """Filters that hold for a table: name -> label."""
    described = dictionary.table(table)
    return {
        name: label
        for name, (label, column) in FILTERS.items()
        if column.partition(".")[0] == table or (name not in _OF_PERSONS and _KEY in described.fields)
    }


def needed(table: str, linked: Iterable[str], filtres: Mapping[str, str]) -> tuple[str, ...]:
    """Columns that a selection reads besides its variable: those that cut and filter, and what links them."""
    columns = {*linked, *(FILTERS[name][1] for name, code in filtres.items() if code)}
    outside = {column for column in columns if not column.startswith(f"{table}.")}
    keys = {f"{column.partition('.')[0]}.{_KEY}" for column in outside}
    keys |= {f"{table}.{_KEY}"} if outside else set()
    # A territory is filtered by the column that each table already has.
    return tuple(sorted(columns | keys))


def needed_to_count_sites(filtres: Mapping[str, str]) -> tuple[str, ...]:
    """Columns that `Selection.sites` reads."""
    kept = {name: code for name, code in filtres.items() if name not in _OF_PERSONS}
    return needed(_SITES, [f"{_SITES}.{_KEY}"], kept)


def linked_rows(wave: Wave, table: str, linked: Iterable[str], chosen: Mapping[str, str]) -> pd.DataFrame:
    """Rows of one table that the filters keep, with columns of the tables that describe its territories."""
    frame = wave.table(table)
    kept = {name: code for name, code in chosen.items() if code}
    for dotted in dict.fromkeys([*linked, *(FILTERS[name][1] for name in kept)]):
        home, _, column = dotted.partition(".")
        if column not in frame:
            known = wave.table(home).set_index(_KEY)[column].astype("object")
            known.index = known.index.astype(str)
            frame[column] = frame[_KEY].astype(str).map(known)
    for name, code in kept.items():
        column = FILTERS[name][1].partition(".")[2]
        frame = frame[frame[column].astype("str") == code]
    return frame.reset_index(drop=True)


def label_of(wave: Wave, dotted: str, code: str) -> str:
    """The label of a code; of a territory, the name of its commune."""
    if dotted == "territoires.territoire":
        sites = wave.table("territoires")
        return dict(zip(sites["territoire"].astype(str), sites["commune"].astype(str), strict=True))[code]
    return wave.field(dotted).labels[code]
