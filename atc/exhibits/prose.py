"""Sentences computed from the data, so that no number of a page is typed by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from atc.disclosure import Ratio, Release, Released
from atc.disclosure.record import Record
from atc.exhibits.charts.tokens import MENTIONS
from atc.exhibits.gate import release_for
from atc.exhibits.status import worst_status
from atc.typography import french
from atc.waves import Wave

#: Of what sentences let out: for the gate, and for no page.
MIME = "application/vnd.atc.prose+json"


@dataclass(frozen=True)
class Prose:
    """Text of a page.

    Attributes:
        paragraphs: Plain sentences: they are escaped, never read as HTML.
        kind: ``prose``, ``precaution`` (set apart) or ``messages`` (a list).
        mentions: « DONNÉES SIMULÉES » and the like, one per paragraph; empty where all is known.
        let_out: Exhibit whose exceptions hold for a sentence -> what it lets out, for the gate.
    """

    paragraphs: tuple[str, ...]
    kind: str = "prose"
    mentions: tuple[str, ...] = ()
    let_out: Mapping[str, Record] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        """The text itself."""
        return "\n".join(self.paragraphs)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """What the sentences let out; Jupyter adds the text itself, from the methods beside."""
        told = {exhibit: record.plain() for exhibit, record in self.let_out.items()}
        return {MIME: {"let_out": told}} if told else {}

    def _repr_html_(self) -> str:
        """The text as a paragraph, a precaution or a list."""
        mentions = self.mentions or ("",) * len(self.paragraphs)
        texts = [_marked(*pair) for pair in zip(self.paragraphs, mentions, strict=True)]
        if self.kind == "messages":
            items = "".join(f"<li>{text}</li>" for text in texts)
            return f'<ul class="messages">{items}</ul>'
        body = "".join(f"<p>{text}</p>" for text in texts)
        if self.kind == "precaution":
            return f'<aside class="precaution" aria-label="Précaution de lecture">{body}</aside>'
        return f'<div class="prose">{body}</div>'


def _marked(text: str, mention: str) -> str:
    shown = escape(text, quote=False)
    return f'{shown} <strong class="mention">{mention}</strong>' if mention else shown


def prose(*paragraphs: str) -> Prose:
    """Paragraphs of computed sentences."""
    return Prose(tuple(french(text) for text in paragraphs))


def listed(pairs: Iterable[tuple[str, str]]) -> str:
    """``Ville : 5 sur 9 ; Intercommunalité : 5 sur 7.``: the numbers of a chart, to be read aloud."""
    return " ; ".join(f"{label} : {text}" for label, text in pairs) + "."


def ratios_aloud(counts: Released) -> str:
    """``CDD : 10 sur 13 ; CDI : moins de 5 sur 13.``: the rows of a tidy count, to be read aloud."""
    return listed((row.libelle, Ratio(row.effectif, row.total).comptes) for row in counts)


Message = tuple[str, Sequence[str], Callable[[Wave, Release], str]]


def messages(vague: Wave, declared: Sequence[Message]) -> Prose:
    """A list of key messages, each marked with the status of the columns that it uses.

    Args:
        vague: The whole wave.
        declared: For each message, the exhibit whose reviewed exceptions hold for it too (a message tells no
            more than an exhibit does), the columns that it may read, and the function that writes it.

    Raises:
        DisclosureRefused: A message tells a small count.
    """
    written = [(vague.using(uses), release_for(vague, exhibit), write) for exhibit, uses, write in declared]
    texts = []
    let_out: dict[str, Record] = {}
    for wave, release, write in written:
        text = french(write(wave, release))
        release.check([text])
        texts.append(text)
        let_out.setdefault(release.exhibit, Record()).absorb(release.record)
    mentions = tuple(MENTIONS.get(worst_status(wave), "") for wave, _, _ in written)
    return Prose(tuple(texts), "messages", mentions, let_out)
