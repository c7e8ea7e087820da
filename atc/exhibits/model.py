"""What an exhibit is, and how it shows itself: HTML, SVG that keeps its text, PNG; sentences beside it."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Template
from matplotlib.figure import Figure

from atc.disclosure import Count, Released
from atc.exhibits.charts import NARROW, WIDE, Canvas, Layout
from atc.exhibits.charts.tokens import FAMILY, FONTS
from atc.exhibits.table import DataTable
from atc.exhibits.worth import mention
from atc.survey.datapackage import SIMULATED
from atc.survey.typography import NARROW as THIN
from atc.survey.typography import NBSP, french
from atc.survey.waves import Wave

MIME = "application/vnd.atc.exhibits+json"
#: Of what sentences let out: for the gate, and for no page.
PROSE_MIME = "application/vnd.atc.prose+json"
#: What the run keeps of an exhibit, beside its files.
_TOLD = ("id", "title", "subtitle", "reading", "source", "mention", "status", "topic")
_HTML = Template(
    (Path(__file__).parent / "exhibit.html.j2").read_text(encoding="utf-8"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_NO_MESSAGE = french("Aucun message : trop peu de réponses peuvent être communiquées dans cette vague.")
#: The words that agree with a number, before those that a preposition or another verb brings.
_AGREE = re.compile(r"^\w+(?: (?!(?:au|aux|dans|des|en|où|par|qui|sur)\b)\w+)*")
Draw = Callable[[Canvas], Figure]


@dataclass(frozen=True)
class Base:
    """Who stands behind the numbers."""

    n: int | Count  # a plain number only where it counts neither persons nor their answers
    who: str  # in the plural: « acteurs institutionnels ayant répondu »

    def __str__(self) -> str:
        """« n = 17 acteurs institutionnels ayant répondu »; « propos » has an s of its own."""
        n, who = Count.exactly(self.n) if isinstance(self.n, int) else self.n, self.who
        if not n.is_masked and n.high <= 1:
            who = _AGREE.sub(lambda words: re.sub(r"(?<=eau)x\b|(?<!propo)s\b", "", words[0]), who, count=1)
        # Number and noun stand on one line: « n = 4 » alone would read as four persons.
        return f"{n.shown if n.is_masked else f'n{THIN}={THIN}{n.shown}'}{NBSP}{who}"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What the function of an exhibit computes; `exhibit` adds what the data's own papers say."""

    title: str  # the message, computed
    table: DataTable  # behind the figure, or shown
    base: Base
    subtitle: str = ""  # what is counted, in which unit
    reading: str = ""  # how to read it: a computed sentence
    alt: str = ""  # for those who do not see the chart: what its table tells, unless a form says it shorter
    draw: Draw | None = None  # the chart; none for a table
    note: str = ""  # what a reader must know not to be misled
    message: str = ""  # what the synthesis says of it: its title, if it has none of its own
    status: str | None = None  # empty where each row says what it is worth; none where the columns decide
    topic: bool = False  # whether its title only says what it is about: no message can be taken of it
    words_alone: bool = False  # whether pages show its words only: nothing in its table may be told
    summary: DataTable | None = None  # what pages show in place of a table of too many rows

    def __post_init__(self) -> None:
        if self.draw is not None and not self.alt:
            object.__setattr__(self, "alt", self.table.aloud)

    @property
    def counts(self) -> Released:
        """What was released: the rows of the table, with their counts."""
        return self.table.released

    def worded(self, **words: Any) -> Draft:
        """The same in the words of a chapter: any of the attributes, the others as the form gives them.

        So is the title where the chapter has none to tell (an empty one).
        """
        words = {name: value for name, value in words.items() if value or name != "title"}
        also = {"topic": False} if "title" in words else {}
        return replace(self, **also | ({"alt": ""} if "table" in words else {}) | words)


@dataclass(frozen=True, kw_only=True)
class Exhibit(Draft):
    """A figure or a table of the report, complete: a draft and what its data are worth (`worth`)."""

    id: str  # ``F02-02``, the same everywhere
    source: str  # where the data come from, when they were collected, and n
    status: str  # what it draws or lists is worth
    said: str = ""  # the same of its title
    questions: tuple[str, ...] = ()  # wordings put to respondents
    wording: str = ""  # whose wordings they are, where nobody published them
    uses: tuple[str, ...] = ()  # columns, as ``table.colonne``, then those of the wave before
    masking_note: str = ""  # what « n < 5 » and « n.c. » mean; empty when nothing is masked
    # What the gate checks: see `atc.disclosure.audit.Record`.
    let_out: Mapping[str, Any] = field(default_factory=dict, repr=False)
    files: bool = True  # whether it also goes into files of its own

    @property
    def is_table(self) -> bool:
        """Whether it is a table (T…) and not a figure (F…)."""
        return self.draw is None

    @property
    def label(self) -> str:
        """« Figure F02-02 », « Tableau T03-04 », « Contrôle C02-00 » or, at the desk, « Vue X31-0742 »."""
        drawn = "Tableau" if self.is_table and not self.words_alone else "Figure"
        return f"{({'C': 'Contrôle', 'X': 'Vue'}).get(self.id[0], drawn)} {self.id}"

    @property
    def question(self) -> str:
        """« Question posée : « … » », marked where nobody published it; nothing where nobody was asked."""
        asked = "Question posée" if len(self.questions) == 1 else "Questions posées"
        whose = f" (formulation {self.wording})" if self.wording else ""
        return french(f"{asked}{whose} : {' '.join(self.questions)}") if self.questions else ""

    @property
    def mention(self) -> str:
        """The few words that say what it is worth."""
        return french(mention(self.status, self.said, drawn=not self.is_table))

    def figure(self, layout: Layout = WIDE) -> Figure:
        """Draw the chart; a `TypeError` for a table, which has none."""
        if self.draw is None:
            raise TypeError(f"{self.id} is a table: it has no figure")
        words = (self.title, self.subtitle, self.source, self.mention)
        return self.draw(Canvas(layout, *words, made_up=self.status == SIMULATED))

    def __repr__(self) -> str:
        """Short, without any value of the table."""
        return f"<Exhibit {self.id}>"

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Everything a page and the run need; nothing that the exhibit does not show."""
        files, charts = {"csv": self.table.csv(self.status)} if self.files else {}, {}
        if not self.is_table:
            drawn = {"wide": self.figure(WIDE), "narrow": self.figure(NARROW)}
            for (name, figure), end in zip(drawn.items(), "le", strict=True):
                charts[name] = svg(figure, f"{self.id}-{end}", self.title, self.alt)
            if self.files:
                files["svg"] = standalone(charts["wide"])
                files["png"] = base64.b64encode(png(drawn["wide"])).decode()
        told = {name: getattr(self, name) for name in _TOLD} | {
            "uses": [*self.uses],
            "labels": self.table.csv_labels,
            "files": files,
            "let_out": dict(self.let_out),
        }
        html = _HTML.render(exhibit=self, charts=charts)
        return {"text/plain": repr(self), "text/html": html, MIME: told}


# --- sentences computed from the data ---

#: Kind -> element of a paragraph, element of them all, and what names it.
_TAGS = {
    "prose": ("p", "div", ""),
    "precaution": ("p", "aside", ' aria-label="Précaution de lecture"'),
    "messages": ("li", "ul", ""),
}


@dataclass(frozen=True)
class Prose:
    """Text of a page."""

    paragraphs: tuple[str, ...]  # plain sentences: they are escaped, never read as HTML
    kind: str = "prose"  # ``prose``, ``precaution`` (set apart) or ``messages`` (a list)
    # Exhibit whose exceptions hold for a sentence -> what it lets out, for the gate.
    let_out: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    source: str = ""  # where it is said, for sentences that were not computed

    def __repr__(self) -> str:
        """The text itself."""
        return "\n".join(self.paragraphs)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """What the sentences let out; Jupyter adds the text itself, from the methods beside."""
        return {PROSE_MIME: {"let_out": dict(self.let_out)}} if self.let_out else {}

    def _repr_html_(self) -> str:
        """The text as a paragraph, a precaution or a list."""
        within, element, label = _TAGS[self.kind]
        body = "".join(f"<{within}>{escape(text, quote=False)}</{within}>" for text in self.paragraphs)
        source = f'<p class="exhibit-source">{escape(self.source, quote=False)}</p>' if self.source else ""
        return f'<{element} class="{self.kind}"{label}>{body}</{element}>{source}'


def prose(*paragraphs: str) -> Prose:
    """Paragraphs of computed sentences."""
    return Prose(tuple(french(text) for text in paragraphs))


def listed(pairs: Iterable[tuple[str, str]]) -> str:
    """``Ville : 5 sur 9 ; Intercommunalité : 5 sur 7.``: the numbers of a chart, to be read aloud."""
    return " ; ".join(f"{label} : {text}" for label, text in pairs) + "."


def if_told(sentence: str, *told: object) -> str:
    """The sentence with what may be told in it; nothing where one of these is empty."""
    return sentence.format(*told) if all(told) else ""


def messages(vague: Wave, told: Iterable[Callable[[Wave], Exhibit]]) -> Prose:
    """The key messages of a wave: what its exhibits say in one sentence, but for those that can say nothing.

    A message is computed by its exhibit, of the same numbers; it tells no more than it does, nor surer.
    """
    shown = [show(vague) for show in told]
    return Prose(
        tuple(each.message or f"{each.title}." for each in shown if each.message or not each.topic)
        or (_NO_MESSAGE,),
        "messages",
        {exhibit.id: exhibit.let_out for exhibit in shown},
    )


# --- a figure as SVG (text kept as text, readable aloud) and as PNG; the same bytes on every run ---

# A hundredth of a point is finer than any screen or printer.
_DECIMALS = re.compile(r"(-?\d+\.\d{2})\d+")
# The only style sheet that matplotlib writes. Inside a page it would be the page's too: what it says goes to
# the drawing itself, whose elements inherit it.
_SHEET = re.compile(r"<defs>\s*<style[^>]*>\*\{[^}]*\}</style>\s*</defs>\s*")
# The name inside url(#name) or href="#name".
_REFERENCE = re.compile(r"(?:(?<=url\(#)|(?<=href=\"#))([^)\"]+)")


def svg(figure: Figure, prefix: str, title: str, description: str) -> str:
    """An ``<svg role="img">`` to put in a page, read aloud: its title, then its description.

    ``prefix`` is put before every id, so that two charts of one page never share one; an id that nothing
    refers to goes.
    """
    buffer = io.StringIO()
    # With none of these, matplotlib writes no <metadata> at all.
    unsaid = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(buffer, format="svg", metadata=unsaid)
    drawn = buffer.getvalue()
    drawn = _SHEET.sub("", drawn[drawn.index("<svg") :])
    used = set(_REFERENCE.findall(drawn))

    def own(tag: re.Match[str]) -> str:
        kept = re.sub(
            r' id="([^"]+)"',
            lambda found: f' id="{prefix}-{found[1]}"' if found[1] in used else "",
            _DECIMALS.sub(r"\1", tag[0]),
        )
        return _REFERENCE.sub(rf"{prefix}-\1", kept)

    # Inside tags only: what is written on the chart is nobody's id and no coordinate.
    drawn = re.sub(r"<[^>]+>", own, drawn)
    # JupyterLab does not know our font: it takes another one without serifs.
    drawn = drawn.replace(f"font-family: '{FAMILY}'", f"font-family: '{FAMILY}', sans-serif")
    said = f'role="img" aria-labelledby="{prefix}-title {prefix}-desc"'
    drawn = drawn.replace("<svg", f'<svg {said} stroke-linejoin="round" stroke-linecap="butt"', 1)
    head = f'<title id="{prefix}-title">{escape(title)}</title>'
    head += f'<desc id="{prefix}-desc">{escape(description)}</desc>'
    return drawn.replace(">", f">{head}", 1).strip()


@cache
def font_faces() -> str:
    """A style sheet with our fonts inside: without it, a page measures our text in another one."""
    rules = ""
    for name, weight in (("Regular", 400), ("Semibold", 600), ("Bold", 700)):
        data = base64.b64encode((FONTS / f"AtcSans-{name}.woff2").read_bytes()).decode()
        source = f"url(data:font/woff2;base64,{data})"
        rules += f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};src:{source}}}"
    return f"<style>{rules}</style>"


def standalone(drawn: str) -> str:
    """The same SVG as a file of its own, with its fonts inside."""
    before, after = drawn.split("</desc>", 1)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{before}</desc>{font_faces()}{after}\n'


def png(figure: Figure) -> bytes:
    """The figure in 200 dots per inch, without metadata."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=200, metadata={"Software": None})
    return buffer.getvalue()
