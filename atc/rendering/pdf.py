"""A page as a tagged PDF (``pdf/ua-1``): WeasyPrint, what it may read, and what it leaves to be mended."""

import atexit
import datetime as dt
import gc
import io
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from unicodedata import normalize

import pikepdf
from pikepdf import Array, Dictionary, Name, Object
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from atc.rendering.html import font_file
from atc.survey.errors import AtcError

#: Addresses of our own fonts: ``atc:<font file>``.
SCHEME = "atc"
# Of an annotation.
_PRINTED = 4
_MARK = re.compile(rb"/\w+\s*<<\s*/MCID (\d+)\s*>>\s*BDC")
_ARTIFACT = b"/Artifact <</Type /Pagination>> BDC"


@contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    """Set a variable of the environment, then put back what was there."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def paper_pdf(markup: str, date: dt.date) -> bytes:
    """Lay out any page that holds all that it shows, but for our own fonts (`SCHEME`), as a tagged PDF.

    The date stands in for the clock: the same bytes for the same page and date. An `AtcError` tells that the
    layout met an error, or that something asked for a file or an address.
    """
    # WeasyPrint only logs some errors: a drawing that it gives up would be missing without a word.
    errors: list[str] = []
    collector = logging.Handler(logging.ERROR)
    collector.emit = lambda record: errors.append(record.getMessage()[:300])  # type: ignore[method-assign]
    logging.getLogger("weasyprint").addHandler(collector)
    # Boxes and styles are kept to the end, by the hundred thousand: going through all of them again and again
    # to find that none is garbage took a fifth of the time.
    gc.disable()
    # Libraries would ask the clock (fontTools does).
    noon = dt.datetime.combine(date, dt.time(12), tzinfo=dt.UTC)
    content = b""
    try:
        with _variable("SOURCE_DATE_EPOCH", str(int(noon.timestamp()))):
            # The letters of a drawing are set one by one: an accent written apart would fall beside its own.
            page = HTML(string=normalize("NFC", markup), url_fetcher=AssetFetcher())
            content = page.write_pdf(font_config=fonts(), pdf_variant="pdf/ua-1", pdf_identifier=b"atc")
    except FatalURLFetchingError as error:
        errors.append(str(error))
    finally:
        gc.enable()
        logging.getLogger("weasyprint").removeHandler(collector)
    if errors:
        raise AtcError(
            "Le PDF n’a pas pu être composé : " + " ; ".join(errors) + ". "
            "Un document ne peut appeler que ses propres images et les polices du projet."
        )
    return _tags_completed(content)


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Answers ``data:`` addresses and ``atc:<font file>``; anything else stops the rendering.

    WeasyPrint's own fetcher reads http, ftp and the disk, and a document could carry away a local file.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Answer one address; a `ValueError` if it is neither ``data:`` nor one of our fonts."""
        scheme, _, name = url.partition(":")
        content = font_file(name) if scheme == SCHEME else None
        if content is not None:
            return URLFetcherResponse(url, content, {"Content-Type": "font/ttf"})
        return super().fetch(url, headers)


@cache
def fonts() -> FontConfiguration:
    """The fonts of this process, for all its documents: none of the machine's.

    Ours are added as documents ask for them; a document has the same bytes whatever was laid out before it,
    and whatever this machine has to show a letter that they lack.
    """
    # Its folder goes with it, before the modules that it needs to remove it.
    atexit.register(fonts.cache_clear)
    with _variable("FONTCONFIG_FILE", str(Path(__file__).parent / "fonts" / "none.conf")):
        return FontConfiguration()


# --- Tags -------------------------------------------------------------------------------------------------


def _tags_completed(content: bytes) -> bytes:
    """A tagged PDF of WeasyPrint with what PDF/UA asks beside.

    Each header cell says whether it heads a column or a row, what stands in the margins (running titles, page
    numbers) becomes an artifact that is not read aloud on every page, and links are told to print.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        read = {page.obj.objgen: set[int]() for page in pdf.pages}
        for element, children in _tagged(pdf.Root.StructTreeRoot):
            marks = [int(child) for child in children if not isinstance(child, Dictionary)]
            if marks:
                read[element.Pg.objgen].update(marks)
            if element.get("/S") == Name.TH:
                element.A.Scope = Name.Column if Name.THead == element.P.P.S else Name.Row
        for page in pdf.pages:
            stream, kept = page.obj.Contents, read[page.obj.objgen]
            stream.write(_MARK.sub(partial(_kept_or_artifact, kept), stream.read_bytes()))
            for annotation in page.get("/Annots", Array()):
                annotation["/F"] = _PRINTED
        written = io.BytesIO()
        pdf.save(written, deterministic_id=True)
    return written.getvalue()


def _kept_or_artifact(read: set[int], mark: re.Match[bytes]) -> bytes:
    """WeasyPrint marks what stands in the margins, then leaves it out of the tree."""
    return mark[0] if int(mark[1]) in read else _ARTIFACT


def _tagged(element: Object) -> Iterator[tuple[Object, list[Object]]]:
    """The elements of the structure tree, each with what it holds: others, and numbers of marks."""
    held = element.get("/K", Array())
    children = list(held) if isinstance(held, Array) else [held]
    yield element, children
    for child in children:
        if isinstance(child, Dictionary):
            yield from _tagged(child)
