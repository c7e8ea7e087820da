"""One exhibit before the rules: reviewed exceptions, decisions, single numbers, and what was let out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from atc.disclosure.audit import MOST, Record, Sum
from atc.disclosure.exceptions import HIDE, SHOW, Cells, Reviewed
from atc.disclosure.prose import SAID, small_counts
from atc.disclosure.released import Count, Ratio, Summary
from atc.disclosure.suppression import Cell, Unprotectable, protect, share
from atc.indicators.measures import Part, Resume
from atc.survey.dictionary import PERSON
from atc.survey.errors import DisclosureRefused, Messages

_said = Messages(__name__)
INTERNAL = "interne"


@dataclass(frozen=True)
class Rules:
    """What a release goes by."""

    diffusion: str  # tier
    floor: int  # fewest persons that may be read
    mean: int  # fewest values of a mean
    site_floor: int = 3  # fewest sites that may be read of what was done in public
    # See `atc.survey.dictionary.Dictionary.protects`.
    protects: Mapping[str, str] = field(default_factory=dict)

    def floor_of(self, key: str) -> int:
        """The strictest floor of the columns that a key names, of persons when it names none; 0 unmasked."""
        if not self.masks:
            return 0
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
    """Decides for one exhibit, and remembers what it let out.

    Counts are keyed by what they count, ``carnet_de_bord.configuration&modalite=partage``: the same words
    mean the same count in every exhibit. The ``line`` and the ``column`` by which a reviewed exception names
    a count are its key and ``effectif``, unless told otherwise.
    """

    vague: str  # wave of the counts
    exhibit: str  # its id
    rules: Rules  # of the tier
    exceptions: Cells = field(default_factory=dict)  # those reviewed for this exhibit
    record: Record = field(default_factory=Record)  # what was let out

    def check(self, sentences: Iterable[str], cells: Iterable[str] = ()) -> None:
        """Refuse words that tell a small count; alert on sentences, no ``cells``, that tell of everybody."""
        if not self.rules.masks:
            return
        spoken = tuple(sentences)
        for text in (*spoken, *cells):
            for found in small_counts(text, self.rules.strictest):
                if found.value not in self.record.small:
                    told = _said("small", exhibit=self.exhibit, text=found.text, floor=self.rules.strictest)
                    raise DisclosureRefused(told)
        self.record.alerts += [f"« {text} »" for text in spoken if SAID["everybody"].search(text)]

    def ratio(self, part: Part, what: str, *, line: str = "", column: str = "effectif") -> Ratio:
        """So many out of so many; those that are left out are protected as well."""
        whole, rest = f"{what}?", f"{what}≠"
        total = self.count(part.total, whole, line=line or what, column="total")
        cell = self.cell(what, part.effectif, line or what, column)
        if cell.told is not None:
            return Ratio(cell.told, total)
        if cell.exempt or not self.rules.masks:
            count = Count.exactly(part.effectif)
        else:
            count = share(part.effectif, total, cell.floor, hidden=cell.forced)
        self.tell(what, count)
        self.record.believe(self.named(rest), (0, total.high))
        self.bind(whole, (what, rest))
        self._alert(what, count, total)
        return Ratio(count, total)

    def answers(self, part: Part, what: str, *, line: str = "") -> Ratio:
        """So many who answered out of so many, which every exhibit prints: few silent need no protection."""
        everybody, silent = what.partition("&")[0], what.replace("=oui", "=non")
        total = self.count(part.total, everybody, line=line, column="total")
        found = self.count(part.effectif, what, line=line)
        if total.value is not None and found.value is not None:
            self.tell(silent, Count.exactly(total.value - found.value))
            self.bind(everybody, (what, silent))
            self._alert(what, found, total)
        return Ratio(found, total)

    def count(self, value: int, what: str, *, line: str = "", column: str = "effectif") -> Count:
        """A count that stands alone: see `ratio` when it is out of a total."""
        return self.decide({what: self.cell(what, value, line or what, column)}, [])[what]

    def summary(self, resume: Resume, what: str) -> Summary:
        """Extremes, mean and median of a numeric column, by which the reviewed exceptions name them."""
        effectif = self.count(resume.effectif, f"{what}?", line=what)
        n, floor = resume.effectif, self.rules.floor_of(what)
        if not n:
            return Summary(effectif, None, None, None, None)
        shown = {name: self.is_shown(what, name, getattr(resume, name)) for name in ("minimum", "maximum")}
        shown |= {"moyenne": n >= max(floor, self.rules.mean), "mediane": n >= floor}
        told = {
            name: getattr(resume, name) for name, enough in shown.items() if enough or not self.rules.masks
        }
        return Summary(effectif, *map(told.get, ("minimum", "maximum", "moyenne", "mediane")))

    def names(self, names: Sequence[str], what: str) -> tuple[str, ...] | None:
        """Names of sites that share an answer; nothing beyond ``interne`` but those that were reviewed."""
        if not self.rules.masks or self.is_shown(what, "noms", ", ".join(names)):
            return tuple(names)
        return None

    def is_shown(self, line: str, column: str, value: float | str) -> bool:
        """Whether an exception reviewed for this line and column shows this value."""
        found = self.reviewed(line, column, value)
        return found is not None and found.effet == SHOW

    def cell(self, key: str, value: int, line: str, column: str) -> Cell:
        """A count with what a reviewed exception, or the exhibit itself, already says of it."""
        found = self.reviewed(line, column, value)
        effect = found.effet if found else ""
        told = self.record.told.get(self.named(key))
        floor = self.rules.floor_of(key)
        return Cell(key, int(value), floor, exempt=effect == SHOW, forced=effect == HIDE, told=told)

    def reviewed(self, line: str, column: str, value: float | str) -> Reviewed | None:
        """The exception of a line and a column; `DisclosureRefused` if it was reviewed with another value."""
        found = self.exceptions.get((line, column))
        if found is None or not self.rules.masks:
            return None
        # As the file of exceptions writes it: text as it is, no needless decimals.
        if found.valeur != (value if isinstance(value, str) else f"{value:.10g}"):
            raise DisclosureRefused(_said("other_value", place=found.place, found=found.valeur))
        self.record.exceptions.add(found.line)
        return found

    def decide(
        self, cells: Mapping[str, Cell], sums: Sequence[Sum], withheld: Mapping[str, int] | None = None
    ) -> dict[str, Count]:
        """What readers may know of each printed count, by key (without the wave): see `protect`."""
        if not self.rules.masks:
            return {key: Count.exactly(cell.value) for key, cell in cells.items() if cell.printed}
        try:
            counts, ranges = protect(cells, sums, withheld or {})
        except Unprotectable as error:
            floor = self.rules.floor_of(str(error))
            raise DisclosureRefused(_said("deduced", exhibit=self.exhibit, floor=floor, key=error)) from error
        for key, count in counts.items():
            self.tell(key, count)
        for key, bounds in ranges.items():
            self.record.believe(self.named(key), bounds)
        for total, parts in ((each.total, each.parts) for each in sums):
            self.bind(total, parts)
            left = [part for part in parts if part not in counts or counts[part].high]
            if len(left) == 1 < len(parts) and counts[total].is_masked:
                # « Stable 0, en baisse 0 » says that all went up, however many they are.
                self.record.alerts.append(f"{self.named(left[0])} : tous")
            # Bands merged into a single one hold everybody, and say nothing.
            for part in (part for part in parts if part in counts and len(parts) > 1):
                self._alert(part, counts[part], counts[total])
        return counts

    def named(self, key: str) -> str:
        """A key as the gate knows it: two waves count different things; a count of another comes named."""
        return key if "/" in key else f"{self.vague}/{key}"

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
        for large, small in pairwise(keys):
            gap = f"{large}>{small}"
            self.record.believe(self.named(gap), (1, MOST))
            self.bind(large, (small, gap))

    def _alert(self, key: str, count: Count, total: Count) -> None:
        """0 % and 100 % tell something of everybody (docs/confidentialite.md, règle 8)."""
        if count.value is not None and total.value and count.value in {0, total.value}:
            self.record.alerts.append(f"{self.named(key)} : {count.value} sur {total.value}")
