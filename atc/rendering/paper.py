"""Chapters as they are printed, and what lays them out: tagged PDF (``pdf/ua-1``) by WeasyPrint.

On paper stand no code and wide charts only; proofs and the data of figures are in an annex.
"""

import atexit
import datetime as dt
import gc
import io
import logging
import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pikepdf
from markupsafe import Markup
from pikepdf import Array, Dictionary, Name
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from atc.rendering.chapter import share_out
from atc.rendering.fragments import (
    HEADINGS,
    Element,
    inner,
    link_exhibits,
    make,
    parse,
    prefix_anchors,
    text_of,
)
from atc.rendering.html import filled, font_faces, font_file, style_sheet
from atc.rendering.report import CONTROLS, Chapter, Cover, Essential, without_proofs
from atc.survey.errors import AtcError
from atc.survey.typography import french, number

# L'essentiel: its pages, and the sizes that its letters may have, in points.
_PAGES = 2
_SIZES = (12, 11.25, 10.5, 9.75, 9)
# Columns from which a table takes the width of a page, and characters that stand abreast in two thirds of it.
_WIDE, _ABREAST = 5, 95
# Rows of a table of the annex that paper has room for.
_MOST_ROWS = 60
# How high a chart is for its width, when its notes may have to stand on the next page.
_TALL = 0.9
# Proof whose rows begin with the exhibits that they are about.
_DECISIONS = "T07-04"
#: Addresses of our own fonts: ``atc:<font file>``.
SCHEME = "atc"
# Of an annotation.
_PRINTED = 4
_MARK = re.compile(rb"/\w+\s*<<\s*/MCID (\d+)\s*>>\s*BDC")
_ARTIFACT = b"/Artifact <</Type /Pagination>> BDC"


def document_pdf(chapters: Sequence[Chapter], cover: Cover, **more: Any) -> bytes:
    """`document_html`, laid out: the same bytes for the same chapters and cover.

    An `AtcError` tells that the layout met an error, or that something asked for a file or an address.
    """
    return paper_pdf(document_html(chapters, cover, **more), cover.date)


def document_html(
    chapters: Sequence[Chapter],
    cover: Cover,
    *,
    opening: tuple[Essential, float] | None = None,
    sheet: bool = False,
) -> str:
    """Chapters as one document for paper: cover, contents, chapters, annex of the data of figures.

    In the whole report the proofs leave the chapters for an annex, and the precaution that opens each of them
    for the front. The controls of single chapters go: what compares all figures at once holds them.

    One chapter stands for its own PDF, several for the report, which ``opening`` begins: L'essentiel and the
    size of its letters. The ``sheet`` of a territory is two pages, without cover, contents nor annex.
    """
    roots, taken, whole = [parse(chapter.body) for chapter in chapters], list[Element](), len(chapters) > 1
    for root in roots if whole else ():
        taken += without_proofs(root)
        for precaution in list(root.iter("aside")):
            precaution.drop_tree()
    # In a wave that has nothing to compare, they are left out.
    proofs = [each for each in taken if not each.get("id").startswith(CONTROLS) and each.xpath(".//tbody/tr")]
    known = {figure.get("id") for root in (*roots, *proofs) for figure in root.iter("figure")}
    ready = [
        _printed(chapter, root, known, annexed=not sheet)
        for chapter, root in zip(chapters, roots, strict=True)
    ]
    annex = [data for chapter in ready for data in chapter["data"] if not sheet]
    controls = any(data["id"].startswith(CONTROLS) for data in annex)
    statuses = {figure.get("data-status", "") for root in roots for figure in root.iter("figure")}
    return _filled(
        "document.html.j2",
        cover,
        chapters=ready,
        whole=whole,
        annex=annex,
        proofs=[(_title(figure), _condensed(figure)) for figure in proofs],
        annex_title="Données des figures et contrôles" if controls else "Données des figures",
        how_to_read=cover.how_to_read(statuses),
        opening=opening,
        sheet=sheet,
    )


def essential_paper(essential: Essential, cover: Cover) -> tuple[bytes, Essential, float]:
    """L'essentiel as a PDF of two pages: in smaller letters, then with fewer charts, until it holds.

    With the file, what stands on it in the end, and in letters of how many points. An `AtcError` tells that
    even the shortest form goes over.
    """
    for kept in range(len(essential.charts), -1, -1):
        shorter = replace(essential, charts=essential.charts[:kept])
        for size in _SIZES:
            markup = _filled("essential_document.html.j2", cover, essential=shorter, size=size)
            content = paper_pdf(markup, cover.date)
            with pikepdf.open(io.BytesIO(content)) as pdf:
                if len(pdf.pages) <= _PAGES:
                    return content, shorter, size
    raise AtcError(
        "« L’essentiel » ne tient pas sur deux pages : ses messages sont trop longs. Abrégez-les dans les "
        "carnets, ou la présentation dans report.toml."
    )


def _filled(template: str, cover: Cover, **values: object) -> str:
    """With our style, and the circle of readers at the foot of every page."""
    # Style sheets are files of this package.
    style = Markup(font_faces(SCHEME) + "\n" + style_sheet("paper.css"))  # noqa: S704
    return filled(template, cover=cover, style=style, stamp=filled("stamp.css.j2", cover=cover), **values)


def _printed(chapter: Chapter, root: Element, known: Collection[str], *, annexed: bool) -> dict[str, Any]:
    """A chapter as its template wants it; ``data`` is what an annex holds of its exhibits."""
    for unprinted in root.xpath(".//details[@class='code'] | .//div[contains(@class, 'chart-narrow')]"):
        unprinted.drop_tree()
    figures = list(root.iter("figure"))
    exhibits = [(figure.get("id", ""), _title(figure)) for figure in figures]
    for table in root.iter("table"):
        # In a small table, the first cell of a row is read just before the one or two others; as headers they
        # would be more than the data, which checkers of tagged PDF take for a broken table.
        if len(table.findall(".//th")) > len(table.findall(".//td")):
            for header in table.xpath(".//th[@scope='row']"):
                header.tag = "td"
                header.attrib.pop("scope")
    data = [_take_data(each, annexed=annexed) for each in root.xpath(".//details[@class='exhibit-data']")]
    # WeasyPrint reads the alternative text of a drawing in its <title> only.
    for described in root.xpath(".//svg[title]/desc"):
        title = described.getparent().find("title")
        title.text = f"{text_of(title).rstrip('.')}. {text_of(described)}"
    # A name may hold signs that no address does.
    anchor = re.sub(r"[^\w-]+", "-", chapter.slug)
    prefix_anchors(root, anchor)
    link_exhibits(root, lambda id_: f"#{id_}" if id_ in known else "")
    for figure in figures:
        # How an exhibit may be cut: a chart as high as pages, a long table, or never; with what leads to it.
        boxes = [drawing.get("viewbox").split() for drawing in figure.xpath(".//svg[@viewbox]")]
        tall = any(float(height) > _TALL * float(width) for _, _, width, height in boxes)
        long = any("short" not in table.classes for table in figure.iter("table"))
        figure.classes.add("tall" if tall else "cut" if long else "whole")
        for element in figure.itersiblings(preceding=True):
            if element.tag == "figure":
                break
            element.classes.add("leads")
            if element.tag in HEADINGS:
                break
    listed = [(id_, title) for id_, title in exhibits if not id_.startswith(CONTROLS)]
    body = Markup(inner(root))  # noqa: S704 -- checked by atc.rendering.markdown
    return {"anchor": anchor, "title": chapter.title, "body": body, "exhibits": listed, "data": data}


def _condensed(figure: Element) -> Markup:
    """A proof as the annex shows it, with the columns that tell one row from another.

    A verdict that is the same everywhere is in the title, the ids of controls are in the page; what was
    computed is told where it is not what was printed.
    """
    for table in figure.iter("table"):
        before: list[str] = []
        for rank, cells in enumerate(list(zip(*table.iter("tr"), strict=True))):
            told = [text_of(cell) for cell in cells][1:]
            numbered = rank == 0 and figure.get("id") != _DECISIONS
            if numbered or told == before or len(set(told)) == 1:
                for cell in cells:
                    cell.drop_tree()
            before = told
        share_out(table)
    body = make("div")
    body.append(figure)
    return Markup(inner(body))  # noqa: S704 -- checked by atc.rendering.markdown


def _take_data(details: Element, *, annexed: bool) -> dict[str, Any]:
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
    columns = list(zip(*table.iterfind("./tbody/tr"), strict=False))
    letters = sum(max(len(text_of(cell)) for cell in cells) for cells in columns)
    box, rows = table.getparent(), len(table.findall("./tbody/tr"))
    if rows > _MOST_ROWS:
        where = f"{number(rows)} lignes, à lire dans le classeur (feuille {id_}) ou dans tables/{id_}.csv."
        box = make("div")
        box.append(make("p", french(where)))
    return {
        "id": id_,
        "anchor": f"{id_}-donnees",
        "label": label,
        "table": Markup(inner(box)),  # noqa: S704 -- checked by atc.rendering.markdown
        "short": rows > _MOST_ROWS or "short" in table.classes,
        "wide": rows <= _MOST_ROWS and (len(columns) >= _WIDE or letters > _ABREAST),
    }


def _title(figure: Element) -> str:
    first = next(iter(figure.xpath(".//caption | .//svg/title | ./p[@class='exhibit-title']")), make("p"))
    # Without the unit, which a caption carries in an element of its own.
    return (first.text or text_of(first)).strip()


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
                annotation["/F"] = _PRINTED
        written = io.BytesIO()
        pdf.save(written, deterministic_id=True)
    return written.getvalue()
