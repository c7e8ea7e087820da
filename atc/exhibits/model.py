"""What an exhibit is, and how it shows itself."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jinja2 import Template
from matplotlib.figure import Figure

from atc.disclosure import Count, Released
from atc.exhibits.charts import NARROW, WIDE, Canvas, Layout
from atc.exhibits.drawing import png, standalone, svg
from atc.exhibits.table import DataTable
from atc.exhibits.worth import mention
from atc.survey.datapackage import SIMULATED
from atc.survey.typography import NARROW as THIN
from atc.survey.typography import NBSP, french

#: What the run keeps of an exhibit, beside its files.
_TOLD = ("id", "title", "subtitle", "reading", "source", "mention", "status")
_KINDS = {"C": "Contrôle", "X": "Vue"}
_HTML = Template(
    (Path(__file__).parent / "exhibit.html.j2").read_text(encoding="utf-8"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
MIME = "application/vnd.atc.exhibits+json"
Draw = Callable[[Canvas], Figure]


@dataclass(frozen=True)
class Base:
    """Who stands behind the numbers."""

    n: int | Count  # a plain number only where it counts neither persons nor their answers
    who: str  # in the plural: « acteurs institutionnels ayant répondu »

    def __str__(self) -> str:
        """« n = 17 acteurs institutionnels ayant répondu »."""
        n = Count.exactly(self.n) if isinstance(self.n, int) else self.n
        # Number and noun stand on one line: « n = 4 » alone would read as four persons.
        return f"{n.shown if n.is_masked else f'n{THIN}={THIN}{n.shown}'}{NBSP}{self.who}"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What the function of an exhibit computes; `exhibit` adds what the data's own papers say.

    Attributes:
        title: The message, computed.
        table: The table behind the figure, or the table shown.
        base: Who stands behind the numbers.
        subtitle: What is counted, in which unit.
        reading: How to read it: a computed sentence.
        alt: The message for those who do not see the chart, with its main numbers.
        draw: Draws the chart on a canvas; ``None`` for a table.
        note: What a reader must know not to be misled.
        message: What the synthesis says of it; nothing for most.
        status: Empty where each row says what it is worth; nothing where the columns decide.
    """

    title: str
    table: DataTable
    base: Base
    subtitle: str = ""
    reading: str = ""
    alt: str = ""
    draw: Draw | None = None
    note: str = ""
    message: str = ""
    status: str | None = None

    @property
    def counts(self) -> Released:
        """What was released: the rows of the table, with their counts."""
        return self.table.released

    def worded(self, **words: Any) -> Draft:
        """The same in the words of a chapter: any of the attributes, the others as the form gives them."""
        return replace(self, **words)


@dataclass(frozen=True, kw_only=True)
class Exhibit(Draft):
    """A figure or a table of the report, complete and ready to be shown: a draft and what its data are worth.

    Attributes:
        id: ``F02-02``, the same everywhere.
        source: Where the data come from, when they were collected, and n.
        status: What it draws or lists is worth: see `atc.exhibits.worth`.
        said: The same of its title.
        questions: Wordings put to respondents.
        wording: Whose wordings they are, where nobody published them.
        uses: Columns used, as ``table.colonne``.
        uses_before: Columns used of the wave before; none for an exhibit of one wave.
        masking_note: What « n < 5 » and « n.c. » mean, for who sees it alone; empty when nothing is masked.
        let_out: What the gate checks: see `atc.disclosure.audit.Record`.
        files: Whether it also goes into files of its own.
    """

    id: str
    source: str
    status: str
    said: str = ""
    questions: tuple[str, ...] = ()
    wording: str = ""
    uses: tuple[str, ...] = ()
    uses_before: tuple[str, ...] = ()
    masking_note: str = ""
    let_out: Mapping[str, Any] = field(default_factory=dict, repr=False)
    files: bool = True

    @property
    def is_table(self) -> bool:
        """Whether it is a table (T…) and not a figure (F…)."""
        return self.draw is None

    @property
    def label(self) -> str:
        """« Figure F02-02 », « Tableau T03-04 », « Contrôle C02-00 » or, at the desk, « Vue X31-0742 »."""
        kind = _KINDS.get(self.id[0]) or ("Tableau" if self.is_table else "Figure")
        return f"{kind} {self.id}"

    @property
    def question(self) -> str:
        """« Question posée : « … » », marked where nobody published it; nothing where nobody was asked."""
        if not self.questions:
            return ""
        asked = "Question posée" if len(self.questions) == 1 else "Questions posées"
        whose = f" (formulation {self.wording})" if self.wording else ""
        return french(f"{asked}{whose} : {' '.join(self.questions)}")

    @property
    def mention(self) -> str:
        """The few words that say what it is worth."""
        return french(mention(self.status, self.said, drawn=not self.is_table))

    def figure(self, layout: Layout = WIDE) -> Figure:
        """Draw the chart.

        Args:
            layout: ``WIDE`` or ``NARROW``.

        Raises:
            TypeError: The exhibit is a table.
        """
        if self.draw is None:
            raise TypeError(f"{self.id} is a table: it has no figure")
        made_up = self.status == SIMULATED
        canvas = Canvas(layout, self.title, self.subtitle, self.source, self.mention, made_up=made_up)
        return self.draw(canvas)

    def __repr__(self) -> str:
        """Short, without any value of the table."""
        return f"<Exhibit {self.id}>"

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Everything a page and the run need; nothing that the exhibit does not show."""
        files = {"csv": self.table.csv(self.status)} if self.files else {}
        charts = {}
        if not self.is_table:
            wide = self.figure(WIDE)
            charts = {
                "wide": svg(wide, f"{self.id}-l", self.title, self.alt),
                "narrow": svg(self.figure(NARROW), f"{self.id}-e", self.title, self.alt),
            }
            if self.files:
                files["svg"] = standalone(charts["wide"])
                files["png"] = base64.b64encode(png(wide)).decode()
        told = {name: getattr(self, name) for name in _TOLD} | {
            "uses": [*self.uses, *self.uses_before],
            "labels": self.table.csv_labels,
            "files": files,
            "let_out": dict(self.let_out),
        }
        html = _HTML.render(exhibit=self, charts=charts)
        return {"text/plain": repr(self), "text/html": html, MIME: told}
