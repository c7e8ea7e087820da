"""Chapters as they are printed, and what lays them out: tagged PDF (``pdf/ua-1``) by WeasyPrint.

On paper stand no code and wide charts only; proofs and the data of figures are in an annex.
"""

import datetime as dt
import gc
import io
import logging
import os
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pikepdf
from pikepdf import Array, Dictionary, Name
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from atc.rendering.fragments import HEADINGS, Element, inner, link_exhibits, make, parse, text_of
from atc.rendering.html import filled, font_file
from atc.rendering.report import CONTROLS, PROOF, Chapter, Cover, Essential, without_proofs
from atc.survey.errors import AtcError, Messages

_said = Messages(__name__)
# L'essentiel: its pages, and the sizes that its letters may have, in points.
_PAGES = 2
_SIZES = (12, 11.25, 10.5, 9.75, 9)
# Columns or rows that take a whole width (two side by side are never cut); rows that paper has room for.
_WIDE, _TALL, _MOST_ROWS = 4, 10, 60
#: Addresses of our own fonts: ``atc:<font file>``.
SCHEME = "atc"
# Asks for none of the machine's fonts.
_NO_FONT = Path(__file__).parent / "fonts" / "none.conf"
_MARK = re.compile(rb"/\w+\s*<<\s*/MCID (\d+)\s*>>\s*BDC")
_ARTIFACT = b"/Artifact <</Type /Pagination>> BDC"


def document_pdf(chapters: Sequence[Chapter], cover: Cover, **more: Any) -> bytes:
    """`document_html`, laid out by `paper_pdf`: the same bytes for the same chapters and cover."""
    return paper_pdf(document_html(chapters, cover, **more), cover.date)


def document_html(
    chapters: Sequence[Chapter],
    cover: Cover,
    *,
    opening: tuple[Essential, float] | None = None,
    sheet: bool = False,
) -> str:
    """Chapters as one document for paper: cover, contents, chapters, annexes; one chapter, or the report.

    The report begins with its ``opening``, L'essentiel and the size of its letters; there the proofs leave
    the chapters for an annex, but for controls of single chapters, and precautions for the front. The
    ``sheet`` of a territory is two pages alone.
    """
    roots, taken, whole = [parse(chapter.body) for chapter in chapters], list[Element](), len(chapters) > 1
    for table in (table for root in roots for table in root.xpath(f".//section[@class='{PROOF}']//table")):
        # A verdict that is the same everywhere is in the title; what was computed is what was printed.
        told = list[list[str]]()
        for cells in list(zip(*table.iter("tr"), strict=True)):
            told.append([text_of(cell) for cell in cells][1:])
            if told[-1] in told[:-1] or len({*told[-1]}) == 1 < len(told[-1]):
                for cell in cells:
                    cell.drop_tree()
    for root in roots if whole else ():
        taken += without_proofs(root)
        for precaution in list(root.iter("aside")):
            precaution.drop_tree()
    # In a wave that has nothing to compare, they are left out.
    proofs = [each for each in taken if not each.get("id").startswith(CONTROLS) and each.xpath(".//tbody/tr")]
    annex = make("div")
    annex.extend(proofs)
    known = {figure.get("id") for root in (*roots, *proofs) for figure in root.iter("figure")}
    ready = [
        _printed(chapter, root, known, annexed=not sheet)
        for chapter, root in zip(chapters, roots, strict=True)
    ]
    statuses = {figure.get("data-status", "") for root in roots for figure in root.iter("figure")}
    return filled(
        "document.html.j2",
        cover=cover,
        chapters=ready,
        whole=whole,
        annex=[data for chapter in ready for data in chapter["data"] if not sheet],
        compared=_title(proofs[0]) if proofs else "",
        proofs=inner(annex),
        how_to_read=cover.how_to_read(statuses),
        opening=opening,
        sheet=sheet,
    )


def _printed(chapter: Chapter, root: Element, known: Collection[str], *, annexed: bool) -> dict[str, Any]:
    """A chapter as its template wants it; ``data`` is what an annex holds of its exhibits."""
    for unprinted in root.xpath(".//details[@class='code'] | .//div[contains(@class, 'chart-narrow')]"):
        unprinted.drop_tree()
    exhibits = [(figure.get("id", ""), _title(figure)) for figure in root.iter("figure")]
    # In a small table, the first cell of a row is read just before the one or two others; as headers they
    # would be more than the data, which checkers of tagged PDF take for a broken table.
    for header in root.xpath(".//table[count(.//th) > count(.//td)]//th[@scope='row']"):
        header.tag = "td"
        header.attrib.pop("scope")
    data = [_taken_data(each, annexed=annexed) for each in root.xpath(".//details[@class='exhibit-data']")]
    # WeasyPrint reads the alternative text of a drawing in its <title> only.
    for described in root.xpath(".//svg[title]/desc"):
        title = described.getparent().find("title")
        title.text = f"{text_of(title).rstrip('.')}. {text_of(described)}"
    # A name may hold signs that no address does. Two chapters may have the same headings.
    anchor = re.sub(r"[^\w-]+", "-", chapter.slug)
    renamed = {f"#{heading.get('id')}": f"{anchor}-{heading.get('id')}" for heading in root.iter(*HEADINGS)}
    for heading in root.iter(*HEADINGS):
        heading.set("id", renamed[f"#{heading.get('id')}"])
    for link in root.iter("a"):
        to = link.get("href", "")
        link.set("href", f"#{renamed[to]}" if to in renamed else to)
    link_exhibits(root, lambda id_: f"#{id_}" if id_ in known else "")
    listed = [(id_, title) for id_, title in exhibits if not id_.startswith(CONTROLS)]
    return {"anchor": anchor, "title": chapter.title, "body": inner(root), "exhibits": listed, "data": data}


def _taken_data(details: Element, *, annexed: bool) -> dict[str, Any]:
    """Take the table out of its exhibit; in a report, the label of the exhibit is the way to it."""
    figure, table = details.getparent(), next(details.iter("table"))
    label = id_ = figure.get("id", "")
    for each in figure.xpath(".//*[@class='exhibit-label']"):
        label = text_of(each)
        if annexed:
            each.text = None
            each.append(make("a", label, href=f"#{id_}-donnees"))
    # Its figure bears the title: what it counts is enough.
    for unit in table.xpath("./caption/span[@class='unit']"):
        unit.getparent().text = None
    details.drop_tree()
    rows = table.findall("./tbody/tr")
    long, columns = len(rows) > _MOST_ROWS, max(map(len, rows), default=0)
    return {
        "id": id_,
        "anchor": f"{id_}-donnees",
        "label": label,
        "table": "" if long else inner(table.getparent()),
        "rows": len(rows),
        "wide": not long and (columns >= _WIDE or len(rows) >= _TALL),
    }


def _title(figure: Element) -> str:
    first = next(iter(figure.xpath(".//caption | .//svg/title | ./p[@class='exhibit-title']")), make("p"))
    # Without the unit, which a caption carries in an element of its own.
    return (first.text or text_of(first)).strip()


def essential_paper(essential: Essential, cover: Cover) -> tuple[bytes, Essential, float]:
    """L'essentiel as a PDF of two pages, what stands on it, and in letters of how many points.

    Letters are smaller, then charts are fewer, until it holds.
    """
    for kept, size in product(range(len(essential.charts), -1, -1), _SIZES):
        shorter = replace(essential, charts=essential.charts[:kept])
        markup = filled("essential_document.html.j2", cover=cover, essential=shorter, size=size)
        content = paper_pdf(markup, cover.date)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) <= _PAGES:
                return content, shorter, size
    raise AtcError(_said("too_long"))


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
    # Libraries would ask the clock (fontTools does), and the fonts of the machine.
    noon = dt.datetime.combine(date, dt.time(12), dt.UTC)
    told = {"SOURCE_DATE_EPOCH": f"{noon.timestamp():.0f}", "FONTCONFIG_FILE": str(_NO_FONT)}
    before = {name: os.environ[name] for name in told if name in os.environ}
    os.environ.update(told)
    content = b""
    # Boxes and styles are kept to the end, by the hundred thousand: going through all of them again and again
    # to find that none is garbage took a fifth of the time.
    gc.disable()
    try:
        # The letters of a drawing are set one by one: an accent written apart would fall beside its own.
        page = HTML(string=normalize("NFC", markup), url_fetcher=AssetFetcher())
        content = page.write_pdf(
            font_config=FontConfiguration(), pdf_variant="pdf/ua-1", pdf_identifier=b"atc"
        )
    except FatalURLFetchingError as error:
        errors.append(str(error))
    finally:
        gc.enable()
        for name in told:
            del os.environ[name]
        os.environ.update(before)
        logging.getLogger("weasyprint").removeHandler(collector)
    if errors:
        raise AtcError(_said("refused", errors=" ; ".join(errors)))
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


def _tags_completed(content: bytes) -> bytes:
    """A tagged PDF of WeasyPrint with what PDF/UA asks beside.

    Each header cell says whether it heads a column or a row, what stands in the margins (running titles, page
    numbers) becomes an artifact that is not read aloud on every page, and links are told to print.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        read = {page.obj.objgen: set[int]() for page in pdf.pages}
        waiting = [pdf.Root.StructTreeRoot]
        while waiting:
            # What an element holds: others, and numbers of marks.
            element = waiting.pop()
            held = element.get("/K", Array())
            children = list(held) if isinstance(held, Array) else [held]
            waiting += [child for child in children if isinstance(child, Dictionary)]
            if marks := [int(child) for child in children if not isinstance(child, Dictionary)]:
                read[element.Pg.objgen].update(marks)
            if element.get("/S") == Name.TH:
                element.A.Scope = Name.Column if Name.THead == element.P.P.S else Name.Row
        for page in pdf.pages:
            # WeasyPrint marks what stands in the margins, then leaves it out of the tree.
            stream, kept = page.obj.Contents, read[page.obj.objgen]
            artifacts = partial(lambda kept, mark: mark[0] if int(mark[1]) in kept else _ARTIFACT, kept)
            stream.write(_MARK.sub(artifacts, stream.read_bytes()))
            for annotation in page.get("/Annots", Array()):
                annotation["/F"] = 4  # printed
        written = io.BytesIO()
        pdf.save(written, deterministic_id=True)
    return written.getvalue()
