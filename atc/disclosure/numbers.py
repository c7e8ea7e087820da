"""Single numbers: so many out of so many, a count that stands alone, a summary, names of sites."""

from __future__ import annotations

from collections.abc import Sequence

from atc.disclosure.count import Count, Ratio, Summary
from atc.disclosure.exceptions import SHOW
from atc.disclosure.layout import Asked
from atc.disclosure.recorder import Recorder
from atc.disclosure.suppression import share
from atc.indicators.measures import Part, Resume


class Numbers(Recorder):
    """What a sentence asks before it tells a number."""

    def ratio(self, part: Part, what: str, *, line: str = "", column: str = "effectif") -> Ratio:
        """So many out of so many; those that are left out are protected as well.

        Args:
            part: The count and its total.
            what: What is counted, with its value: ``carnet_de_bord.instances=unique``.
            line: Row by which a reviewed exception names it; ``what`` by default.
            column: Column by which it does.
        """
        whole, rest = f"{what}?", f"{what}≠"
        total = self.decide([Asked(whole, part.total, line or what, "total")], [])[whole]
        cell = self.cell(Asked(what, part.effectif, line or what, column))
        if cell.told is not None:
            return Ratio(cell.told, total)
        if cell.exempt or not self.rules.masks:
            count = Count.exactly(part.effectif)
        else:
            count = share(part.effectif, total, self.rules.floor_of(what), hidden=cell.forced)
        self.tell(what, count)
        self.record.believe(self.named(rest), (0, total.high))
        self.bind(whole, (what, rest))
        self.alert(what, count, total)
        return Ratio(count, total)

    def answers(self, part: Part, what: str, *, line: str = "") -> Ratio:
        """So many who answered out of so many who were asked: n, and no result.

        Each is told from the floor up, even where few did not answer: every exhibit prints its n, and nothing
        that anybody said can be read in it.

        Args:
            part: Those who answered, and those who were asked.
            what: Who answered: ``questionnaire_flash.repondant&repondu=oui``.
            line: See `ratio`.
        """
        everybody, silent = what.partition("&")[0], what.replace("=oui", "=non")
        total = self.count(part.total, everybody, line=line, column="total")
        found = self.count(part.effectif, what, line=line)
        if total.value is not None and found.value is not None:
            self.tell(silent, Count.exactly(total.value - found.value))
            self.bind(everybody, (what, silent))
            self.alert(what, found, total)
        return Ratio(found, total)

    def count(self, value: int, what: str, *, line: str = "", column: str = "effectif") -> Count:
        """A count that stands alone: see `ratio` when it is out of a total.

        Args:
            value: How many persons or sites.
            what: What is counted.
            line: Row by which a reviewed exception names it; ``what`` by default.
            column: Column by which it does.
        """
        return self.decide([Asked(what, value, line or what, column)], [])[what]

    def summary(self, resume: Resume, what: str) -> Summary:
        """Extremes, mean and median of a numeric column.

        Args:
            resume: As the indicator gives it.
            what: The column.
        """
        effectif = self.count(resume.effectif, f"{what}?", line=what)
        if not resume.effectif:
            return Summary(effectif, None, None, None, None)
        if not self.rules.masks:
            return Summary(effectif, resume.minimum, resume.maximum, resume.moyenne, resume.mediane)
        enough = resume.effectif >= self.rules.floor_of(what)
        return Summary(
            effectif,
            minimum=resume.minimum if self.is_shown(what, "minimum", resume.minimum) else None,
            maximum=resume.maximum if self.is_shown(what, "maximum", resume.maximum) else None,
            moyenne=resume.moyenne if enough and resume.effectif >= self.rules.mean else None,
            mediane=resume.mediane if enough else None,
        )

    def names(self, names: Sequence[str], what: str) -> tuple[str, ...] | None:
        """Names of sites that share an answer.

        Args:
            names: The names.
            what: What they share, with its value: ``carnet_de_bord.configuration=partage``.

        Returns:
            ``None`` beyond ``interne``, unless a reviewed exception holds these very names.
        """
        if not self.rules.masks or self.is_shown(what, "noms", ", ".join(names)):
            return tuple(names)
        return None

    def is_shown(self, line: str, column: str, value: float | str) -> bool:
        """Whether an exception reviewed for this line and column shows this value."""
        found = self.reviewed(line, column, value)
        return found is not None and found.effet == SHOW
