"""One exhibit before the rules: reviewed exceptions, decisions, and the record of what was let out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from atc.disclosure.count import Count
from atc.disclosure.exceptions import HIDE, SHOW, Cells, Reviewed
from atc.disclosure.layout import Asked
from atc.disclosure.prose import small_counts
from atc.disclosure.record import Record
from atc.disclosure.suppression import Cell, Unprotectable, protect
from atc.disclosure.system import Order, Sum
from atc.survey.dictionary import PERSON
from atc.survey.errors import DisclosureRefused

INTERNAL = "interne"
#: docs/confidentialite.md, règle 8: over a small group, these words tell something of everybody.
_EVERYBODY = re.compile(
    r"\b(?:(?<!pas )(?:tous|toutes(?! lettres))|aucune?s?|exclusivement|unanim\w+|nul(?:le)?)\b|"
    "l’ensemble des",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Rules:
    """What a release goes by.

    Attributes:
        diffusion: Tier.
        floor: Fewest persons that may be read.
        mean: Fewest values of a mean.
        site_floor: Fewest sites that may be read of what was done in public.
        protects: See `atc.survey.dictionary.Dictionary.protects`.
    """

    diffusion: str
    floor: int
    mean: int
    site_floor: int = 3
    protects: Mapping[str, str] = field(default_factory=dict)

    def floor_of(self, key: str) -> int:
        """The strictest floor of the columns that a key names; that of persons when it names none."""
        kinds = {self.protects[word] for word in re.findall(r"\w+", key) if word in self.protects} or {PERSON}
        return max(self.floor if kind == PERSON else self.site_floor for kind in kinds)

    @property
    def strictest(self) -> int:
        """The floor of what may count persons or sites, as a sentence does."""
        return max(self.floor, self.site_floor)

    @property
    def masks(self) -> bool:
        """Whether readers are anyone but the evaluation team."""
        return self.diffusion != INTERNAL


@dataclass
class Recorder:
    """Decides for one exhibit, and remembers what it let out."""

    vague: str  # wave of the counts
    exhibit: str  # its id
    rules: Rules  # of the tier
    exceptions: Cells = field(default_factory=dict)  # those reviewed for this exhibit
    record: Record = field(default_factory=Record)  # what was let out

    def check(self, sentences: Iterable[str], cells: Iterable[str] = ()) -> None:
        """Refuse words that would tell a small count, and alert on sentences that tell of everybody.

        Args:
            sentences: Title, reading, alternative text, notes.
            cells: Headings and texts of the table: a label such as « pas tous » tells nothing by itself.

        Raises:
            DisclosureRefused: With the first sentence at fault.
        """
        if not self.rules.masks:
            return
        spoken = tuple(sentences)
        for text in (*spoken, *cells):
            for found in small_counts(text, self.rules.strictest):
                if found.value not in self.record.small:
                    raise DisclosureRefused(
                        f"{self.exhibit} : « {found.text} » donne un effectif de moins de "
                        f"{self.rules.strictest}. Composez la phrase avec ce que rend « release », ou faites "
                        "relire une exception (data/reference/exceptions.csv)."
                    )
        self.record.alerts += [f"« {text} »" for text in spoken if _EVERYBODY.search(text)]

    def named(self, key: str) -> str:
        """A key as the gate knows it: two waves count different things; a count of another comes named."""
        return key if "/" in key else f"{self.vague}/{key}"

    def reviewed(self, line: str, column: str, value: float | str) -> Reviewed | None:
        """The exception that holds for the cell that it names by this line and this column.

        `DisclosureRefused` if it was reviewed with another value than the data give there.
        """
        found = self.exceptions.get((line, column))
        if found is None or not self.rules.masks:
            return None
        if found.valeur != _as_reviewed(value):
            raise DisclosureRefused(
                f"{found.place} : la valeur relue est « {found.valeur} », et les données en donnent une "
                "autre. Retirez la ligne, ou corrigez-la et faites-la relire."
            )
        self.record.exceptions.add(found.line)
        return found

    def decide(
        self, asked: Iterable[Asked], sums: Sequence[Sum], withheld: Mapping[str, int] | None = None
    ) -> dict[str, Count]:
        """What readers may know of each count: key -> count, for those that are printed.

        Counts, and the sums that they make, are keyed without the wave; ``withheld`` are the keys of those
        that are masked whatever they are -> the least that is told of them. `DisclosureRefused`: a reviewed
        exception no longer matches, or gives a masked count away.
        """
        if not self.rules.masks:
            return {each.key: Count.exactly(each.value) for each in asked if each.printed}
        cells = [self.cell(each) for each in asked]
        try:
            protection = protect(cells, sums, withheld or {})
        except Unprotectable as error:
            raise DisclosureRefused(
                f"{self.exhibit} : les exceptions relues laissent déduire un effectif de moins de "
                f"{self.rules.floor_of(str(error))} ({error}). Regroupez des modalités, ou retirez une "
                "exception."
            ) from error
        for key, count in protection.counts.items():
            self.tell(key, count)
        for key, bounds in protection.ranges.items():
            self.record.believe(self.named(key), bounds)
        for equation in sums:
            self.bind(equation.total, equation.parts)
            self._alert(equation, protection.counts)
        return protection.counts

    def cell(self, asked: Asked) -> Cell:
        """A count with what a reviewed exception, or the exhibit itself, already says of it."""
        found = self.reviewed(asked.line, asked.column, asked.value) if asked.printed else None
        effect = found.effet if found else ""
        return Cell(
            asked.key,
            asked.value,
            self.rules.floor_of(asked.key),
            exempt=effect == SHOW,
            printed=asked.printed,
            forced=effect == HIDE,
            told=self.record.told.get(self.named(asked.key)),
        )

    def tell(self, key: str, count: Count) -> None:
        """Remember what is said of a count."""
        self.record.told[self.named(key)] = count
        self.record.believe(self.named(key), (count.low, count.high))
        if count.is_masked:
            self.record.masked.add(self.named(key))
        else:
            # What the rules, or a reviewed exception, let be printed may be said.
            self.public(count.low)

    def public(self, *facts: int) -> None:
        """Let numbers be said that everybody knows: sites, monographs, what the report printed."""
        self.record.small |= {fact for fact in facts if 1 <= fact < self.rules.strictest}

    def bind(self, total: str, parts: Iterable[str]) -> None:
        """Remember that parts make a total."""
        self.record.sums.append(Sum(self.named(total), tuple(self.named(part) for part in parts)))

    def rank(self, keys: Sequence[str]) -> None:
        """Remember that everybody knows these counts to be in order, the largest first, none equal."""
        named = [self.named(key) for key in keys]
        self.record.orders += [Order(small, large, 1) for large, small in pairwise(named)]

    def _alert(self, equation: Sum, counts: Mapping[str, Count]) -> None:
        left = [part for part in equation.parts if part not in counts or counts[part].high]
        if len(left) == 1 < len(equation.parts) and counts[equation.total].is_masked:
            # « Stable 0, en baisse 0 » says that all went up, however many they are.
            self.record.alerts.append(f"{self.named(left[0])} : tous")
        for part in equation.parts:
            # Bands merged into a single one hold everybody, and say nothing.
            if part in counts and len(equation.parts) > 1:
                self.alert(part, counts[part], counts[equation.total])

    def alert(self, key: str, count: Count, total: Count) -> None:
        """0 % and 100 % tell something of everybody (docs/confidentialite.md, règle 8)."""
        if count.value is not None and total.value and count.value in {0, total.value}:
            self.record.alerts.append(f"{self.named(key)} : {count.value} sur {total.value}")


def _as_reviewed(value: float | str) -> str:
    """As the file of exceptions writes it: text as it is, no needless decimals."""
    return value if isinstance(value, str) else f"{value:.10g}"
