"""Executed notebooks made into documents: accessible HTML pages and PDF.

`read_chapter` turns a notebook into a checked fragment; `chapter_page` and `index_page` set fragments in
self-contained pages, `document_pdf` in a tagged PDF. Nothing here reads the network or the clock.
"""

from atc.rendering.model import Chapter, Cover
from atc.rendering.notebook import read_chapter
from atc.rendering.pages import chapter_page, dictionary_page, index_page, sheet_page
from atc.rendering.pdf import document_pdf

__all__ = [
    "Chapter",
    "Cover",
    "chapter_page",
    "dictionary_page",
    "document_pdf",
    "index_page",
    "read_chapter",
    "sheet_page",
]
