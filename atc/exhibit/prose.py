"""Sentences computed from the data, so that no number of a page is typed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from atc.typography import french


@dataclass(frozen=True)
class Prose:
    """Text of a page.

    Attributes:
        paragraphs: Plain sentences: they are escaped, never read as HTML.
        kind: ``prose``, ``precaution`` (set apart) or ``messages`` (a list).
    """

    paragraphs: tuple[str, ...]
    kind: str = "prose"

    def __repr__(self) -> str:
        """The text itself."""
        return "\n".join(self.paragraphs)

    def _repr_html_(self) -> str:
        """The text as a paragraph, a precaution or a list."""
        texts = [escape(text, quote=False) for text in self.paragraphs]
        if self.kind == "messages":
            items = "".join(f"<li>{text}</li>" for text in texts)
            return f'<ul class="messages">{items}</ul>'
        body = "".join(f"<p>{text}</p>" for text in texts)
        if self.kind == "precaution":
            return f'<aside class="precaution" aria-label="Précaution de lecture">{body}</aside>'
        return f'<div class="prose">{body}</div>'


def prose(*paragraphs: str) -> Prose:
    """Paragraphs of computed sentences."""
    return Prose(tuple(french(text) for text in paragraphs))


def messages(sentences: Sequence[str]) -> Prose:
    """A list of key messages."""
    return Prose(tuple(french(text) for text in sentences), "messages")
