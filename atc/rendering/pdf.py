"""One chapter, or the whole report, as a tagged PDF (``pdf/ua-1``) laid out by WeasyPrint."""

from __future__ import annotations

import datetime as dt
import gc
import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import pikepdf
from markupsafe import Markup

from atc.rendering.annex import PrintedChapter, printed
from atc.rendering.assets import fallback_links, font_links, style_sheet
from atc.rendering.engine import HTML, FatalURLFetchingError, fonts, variable
from atc.rendering.essential import Essential
from atc.rendering.exhibits import CONTROLS
from atc.rendering.fetcher import SCHEME, AssetFetcher
from atc.rendering.model import Chapter, Cover
from atc.rendering.statuses import how_to_read
from atc.rendering.tagging import complete_tags
from atc.rendering.templating import environment
from atc.survey.errors import AtcError

# L'essentiel: its pages, and the sizes that its letters may have, in points.
_PAGES = 2
_SIZES = (12, 11.25, 10.5, 9.75, 9)


def document_pdf(
    chapters: Sequence[Chapter],
    cover: Cover,
    opening: tuple[Essential, float] | None = None,
    *,
    sheet: bool = False,
) -> bytes:
    """Set chapters in one PDF: cover, contents, chapters, annex of the data of figures.

    Args:
        chapters: One chapter for its own PDF, all of them in order for the report.
        cover: What the document says of itself; its date stands in for the clock.
        opening: L'essentiel and the size of its letters, for the report.
        sheet: Whether it is the sheet of a territory: two pages, without cover, contents nor annex.

    Returns:
        The file; the same bytes for the same chapters and cover.

    Raises:
        AtcError: The layout met an error, or something asked for a file or an address.
    """
    ready = printed(list(chapters), annexed=not sheet)
    return paper_pdf(document_html(ready, cover, opening, sheet=sheet), cover.date)


def paper_pdf(markup: str, date: dt.date) -> bytes:
    """Lay out any page that holds all that it shows, but for our own fonts, as a tagged PDF.

    The date stands in for the clock: the same bytes for the same page and date. An `AtcError` tells that the
    layout met an error, or that something asked for a file or an address.
    """
    fallbacks = fallback_links(SCHEME, markup)
    if fallbacks:
        markup = markup.replace("<style>", f"<style>\n{fallbacks}", 1)
    with _dated(date), _without_collector():
        return complete_tags(_laid_out(markup))


def essential_paper(shown: Essential, cover: Cover) -> tuple[bytes, Essential, float]:
    """L'essentiel as a PDF of two pages: in smaller letters, then with fewer charts, until it holds.

    With the file, what stands on it in the end, and in letters of how many points. An `AtcError` tells that
    even the shortest form goes over.
    """
    for _ in range(len(shown.charts) + 1):
        for size in _SIZES:
            markup = (
                environment()
                .get_template("essential_document.html.j2")
                .render(essential=shown, cover=cover, size=size, stamp=_stamp(cover), style=_style())
            )
            content = paper_pdf(markup, cover.date)
            with pikepdf.open(io.BytesIO(content)) as pdf:
                if len(pdf.pages) <= _PAGES:
                    return content, shown, size
        shown = shown.shorter()
    raise AtcError(
        "« L’essentiel » ne tient pas sur deux pages : ses messages sont trop longs. Abrégez-les dans les "
        "carnets, ou la présentation dans report.toml."
    )


def document_html(
    chapters: Sequence[PrintedChapter],
    cover: Cover,
    opening: tuple[Essential, float] | None = None,
    *,
    sheet: bool = False,
) -> str:
    """The HTML that WeasyPrint lays out.

    Charts stay inline SVG: as ``data:`` images they gave the same drawing, the same selectable text in our
    font and the same size, for a second encoding of each.
    """
    statuses = frozenset[str]().union(*(chapter.statuses for chapter in chapters))
    annex = [data for chapter in chapters for data in chapter.data if not sheet]
    controls = any(data.id.startswith(CONTROLS) for data in annex)
    return (
        environment()
        .get_template("document.html.j2")
        .render(
            cover=cover,
            chapters=chapters,
            whole=len(chapters) > 1,
            annex=annex,
            proofs=[proof for chapter in chapters for proof in chapter.proofs],
            annex_title="Données des figures et contrôles" if controls else "Données des figures",
            how_to_read=how_to_read(cover, statuses),
            opening=opening,
            sheet=sheet,
            stamp=_stamp(cover),
            style=_style(),
        )
    )


def _style() -> Markup:
    # Style sheets are files of this package.
    return Markup(font_links(SCHEME) + "\n" + style_sheet("paper.css"))  # noqa: S704


def _stamp(cover: Cover) -> Markup:
    """The circle of readers, at the foot of every page."""
    return Markup(environment().get_template("stamp.css.j2").render(cover=cover))  # noqa: S704


def _laid_out(markup: str) -> bytes:
    with _errors() as errors:
        try:
            content: bytes = HTML(string=markup, url_fetcher=AssetFetcher()).write_pdf(
                font_config=fonts(), pdf_variant="pdf/ua-1", pdf_identifier=b"atc"
            )
        except FatalURLFetchingError as error:
            errors.append(str(error))
    if errors:
        raise AtcError(
            "Le PDF n’a pas pu être composé : " + " ; ".join(errors) + ". "
            "Un document ne peut appeler que ses propres images et les polices du projet."
        )
    return content


@contextmanager
def _without_collector() -> Iterator[None]:
    """Leave garbage where it lies until the document is laid out.

    Boxes and styles are kept to the end, by the hundred thousand: going through all of them again and again
    to find that none is garbage took a fifth of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _errors() -> Iterator[list[str]]:
    """Errors that WeasyPrint only logs: a drawing that it gives up would be missing without a word."""
    errors: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            errors.append(record.getMessage()[:300])

    collector = Collector(logging.ERROR)
    logger = logging.getLogger("weasyprint")
    logger.addHandler(collector)
    try:
        yield errors
    finally:
        logger.removeHandler(collector)


def _dated(date: dt.date) -> AbstractContextManager[None]:
    """Give the date of the document to the libraries that would ask the clock (fontTools does)."""
    noon = dt.datetime.combine(date, dt.time(12), tzinfo=dt.UTC)
    return variable("SOURCE_DATE_EPOCH", str(int(noon.timestamp())))
