"""The documents of a whole report, in one call: what a run makes beside the pages of its chapters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from atc.rendering.essential import essential
from atc.rendering.exhibits import is_proof, reported
from atc.rendering.messages import messages
from atc.rendering.model import Chapter, Cover
from atc.rendering.pages import essential_page
from atc.rendering.pdf import document_pdf, essential_paper
from atc.rendering.slides import slides
from atc.rendering.word import word
from atc.rendering.workbook import workbook_bytes

ESSENTIAL, ESSENTIAL_PAGE = "essentiel.pdf", "essentiel.html"
PAPER, SLIDES, WORD, WORKBOOK = "rapport.pdf", "diaporama.pptx", "rapport.docx", "classeur.xlsx"


def documents(
    chapters: Sequence[Chapter], told: Mapping[str, Sequence[Mapping[str, Any]]], cover: Cover
) -> dict[str, bytes]:
    """Name -> bytes of each document.

    Args:
        chapters: In the order of the report.
        told: Slug of a chapter -> what each of its exhibits says of itself, files included.
        cover: What the documents say of themselves; its date stands in for the clock.

    Raises:
        AtcError: One of them could not be laid out.
    """
    findings = [exhibit for exhibit in reported(chapters, told) if not is_proof(exhibit.id)]
    remembered = messages(chapters, findings)
    everything = [each for chapter in chapters for each in told[chapter.slug]]
    shown = essential(chapters, findings, cover)
    leaflet, printed, size = essential_paper(shown, cover)
    return {
        ESSENTIAL: leaflet,
        ESSENTIAL_PAGE: essential_page(shown, cover).encode(),
        PAPER: document_pdf(chapters, cover, (printed, size)),
        SLIDES: slides(cover, remembered, findings),
        WORD: word(cover, remembered, chapters, findings),
        WORKBOOK: workbook_bytes(everything, cover),
    }
