"""Sentences computed from the data, so that no number of a page is typed by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from atc.disclosure import Released
from atc.exhibits.model import Exhibit
from atc.exhibits.told import out_of
from atc.survey.typography import french
from atc.survey.waves import Wave

#: Of what sentences let out: for the gate, and for no page.
MIME = "application/vnd.atc.prose+json"
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
        return {MIME: {"let_out": dict(self.let_out)}} if self.let_out else {}

    def _repr_html_(self) -> str:
        """The text as a paragraph, a precaution or a list."""
        within, element, label = _TAGS[self.kind]
        source = f'<p class="exhibit-source">{escape(self.source, quote=False)}</p>' if self.source else ""
        texts = (escape(text, quote=False) for text in self.paragraphs)
        body = "".join(f"<{within}>{text}</{within}>" for text in texts)
        return f'<{element} class="{self.kind}"{label}>{body}</{element}>{source}'


def prose(*paragraphs: str) -> Prose:
    """Paragraphs of computed sentences."""
    return Prose(tuple(french(text) for text in paragraphs))


def listed(pairs: Iterable[tuple[str, str]]) -> str:
    """``Ville : 5 sur 9 ; Intercommunalité : 5 sur 7.``: the numbers of a chart, to be read aloud."""
    return " ; ".join(f"{label} : {text}" for label, text in pairs) + "."


def ratios_aloud(counts: Released) -> str:
    """``CDD : 10 sur 13 ; CDI : moins de 5 sur 13.``: the rows of a tidy count, to be read aloud."""
    return listed((row.libelle, out_of(row.effectif, row.total, aloud=True)) for row in counts)


def messages(vague: Wave, told: Iterable[Callable[[Wave], Exhibit]]) -> Prose:
    """The key messages of a wave: what its exhibits say in one sentence (`Draft.message`), or in their title.

    A message is computed by its exhibit, of the same numbers; it tells no more than it does, nor surer.
    """
    shown = [show(vague) for show in told]
    return Prose(
        tuple(exhibit.message or f"{exhibit.title}." for exhibit in shown),
        "messages",
        {exhibit.id: exhibit.let_out for exhibit in shown},
    )
