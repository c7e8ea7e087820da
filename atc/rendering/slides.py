"""``diaporama.pptx``: a slide per message and per exhibit, for whoever presents the report.

python-pptx knows no SVG (its issue 1112): a figure is a picture in pixels, with the drawing beside it as
PowerPoint itself writes it (extension ``svgBlip``). What the slide says in words is cut from the picture.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from pptx.dml.color import RGBColor
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Inches, Pt

from atc.rendering import deck
from atc.rendering.exhibits import ReportedExhibit
from atc.rendering.messages import Message
from atc.rendering.model import Cover
from atc.rendering.zipped import NO_PROPERTIES, PROPERTIES, unzipped, zip_bytes
from atc.survey.datapackage import PRINTED, WORDS
from atc.survey.typography import day, french

_SVG = '<a:ext xmlns:a="{a}" uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}"><asvg:svgBlip xmlns:asvg="{svg}" '
_SVG += 'xmlns:r="{r}" r:embed="{id}"/></a:ext>'
_NAMES = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "svg": "http://schemas.microsoft.com/office/drawing/2016/SVG/main",
}
# Sizes that the text of a table may have, in points; letters of one point that an inch holds; height of a
# line of one point, and of the margins of a row, in inches.
_SIZES = (18, 16, 14, 12)
_LETTERS, _LINE, _MARGIN = 165.0, 0.018, 0.1
#: Letters beyond which a title takes smaller ones.
_LONG = {deck.OPENING: 100, deck.MESSAGE: 160, deck.EXHIBIT: 140}


@dataclass(frozen=True)
class _Crop:
    """Shares of the height of a picture that the slide says in words."""

    top: float
    bottom: float


def slides(cover: Cover, messages: Sequence[Message], exhibits: Sequence[ReportedExhibit]) -> bytes:
    """The presentation, as a .pptx: the same bytes for the same content, dated by the cover."""
    made = deck.new_deck()
    _opening(made, cover)
    for rank, message in enumerate(messages, 1):
        _message(made, cover, message, f"{message.heading} · {rank}")
    for exhibit in exhibits:
        if exhibit.png:
            _picture(_exhibit(made, cover, exhibit, ""), exhibit)
            continue
        size, pages = _pages(exhibit)
        for rank, rows in enumerate(pages, 1):
            part = f" (suite {rank - 1})" if rank > 1 else ""
            _table(_exhibit(made, cover, exhibit, part), exhibit, rows, size)
    _properties(made, cover)
    written = BytesIO()
    made.save(written)
    return zip_bytes(unzipped(written.getvalue()) | {PROPERTIES: NO_PROPERTIES}, cover.date)


def _properties(made: Any, cover: Cover) -> None:
    noon = dt.datetime.combine(cover.date, dt.time(12))
    made.core_properties.title = f"{cover.title}. {cover.report_label}"
    made.core_properties.subject = french(f"Diffusion {cover.diffusion} : {cover.tier_label}")
    made.core_properties.author = made.core_properties.last_modified_by = cover.authors
    made.core_properties.language = "fr-FR"
    made.core_properties.keywords = made.core_properties.comments = ""
    made.core_properties.created = made.core_properties.modified = noon
    made.core_properties.revision = 1


def _new(made: Any, cover: Cover, layout: str, title: str) -> Any:
    """A slide of the model, with its title, its circle of readers and its number."""
    model = next(each for each in made.slide_layouts if each.name == layout)
    slide = made.slides.add_slide(model)
    slide.shapes.title.text = title
    if len(title) > _LONG[layout]:
        slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(22)
    for shape in model.placeholders:
        # python-pptx leaves both to the model, where no reader sees them.
        if shape.element.ph.get("type") in {"ftr", "sldNum"}:
            slide.shapes._spTree.append(copy.deepcopy(shape.element))  # noqa: SLF001
    footer = next(each for each in slide.placeholders if each.element.ph.get("type") == "ftr")
    footer.text_frame.text = french(
        f"Diffusion {cover.diffusion} : {cover.tier_label}  ·  {cover.title}, {cover.report_label}"
    )
    if cover.diffusion == "interne":
        _look(footer.text_frame.paragraphs[0].runs[0], 11, deck.ORANGE)
    return slide


def _opening(made: Any, cover: Cover) -> None:
    slide = _new(made, cover, deck.OPENING, cover.title)
    lines = [
        (cover.subtitle, deck.GREY, False),
        (f"{cover.report_label} ({cover.wave_label})", deck.GREY, False),
        (f"{cover.authors}, {day(cover.date)}", deck.GREY, False),
        (cover.provenance, deck.INK, False),
        (f"{cover.precaution} {cover.made_up}".strip(), deck.ORANGE, True),
    ]
    frame = slide.placeholders[1].text_frame
    for rank, (text, colour, bold) in enumerate(each for each in lines if each[0]):
        _paragraph(frame, french(text), 18 if rank < 2 else 15, colour, bold=bold, first=not rank)
    slide.notes_slide.notes_text_frame.text = french(f"{cover.precaution} {cover.made_up}".strip())


def _message(made: Any, cover: Cover, message: Message, eyebrow: str) -> None:
    slide = _new(made, cover, deck.MESSAGE, message.text)
    _text(slide, eyebrow, 1.1, 1.4, 11, 0.35, 14, deck.BLUE, bold=True)
    frame = slide.placeholders[1].text_frame
    _paragraph(frame, message.detail or message.source, 14, deck.GREY, first=True)
    slide.notes_slide.notes_text_frame.text = "\n".join(
        filter(None, (message.text, message.detail, message.source))
    )


def _exhibit(made: Any, cover: Cover, exhibit: ReportedExhibit, part: str) -> Any:
    """A slide with all that is said of an exhibit, and room for it."""
    told = exhibit.told
    slide = _new(made, cover, deck.EXHIBIT, f"{told['title']}{part}")
    _text(slide, f"{exhibit.label} · {exhibit.chapter}", 0.6, 0.3, 12.1, 0.3, 12, deck.BLUE, bold=True)
    source = _text(slide, told["source"], 0.6, 6.42, 12.13, 0.5, 11, deck.GREY)
    if told["mention"]:
        run = source.paragraphs[0].add_run()
        run.text = f"  {told['mention']}"
        _look(run, 11, deck.GREY if told["mention"] == WORDS[PRINTED] else deck.ORANGE, bold=True)
    notes = (told["reading"], *exhibit.notes, told["source"], told["mention"])
    lines = dict.fromkeys(line for line in notes if line)
    slide.notes_slide.notes_text_frame.text = "\n".join([exhibit.label, *lines])
    return slide


def _text(
    slide: Any, text: str, left: float, top: float, width: float, height: float, size: int, colour: str, *,
    bold: bool = False,
) -> Any:  # fmt: skip
    frame = slide.shapes.add_textbox(*map(Inches, (left, top, width, height))).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    _paragraph(frame, text, size, colour, bold=bold, first=True)
    return frame


def _paragraph(frame: Any, text: str, size: int, colour: str, *, bold: bool = False, first: bool) -> None:
    paragraph = frame.paragraphs[0] if first else frame.add_paragraph()
    paragraph.space_after = Pt(6)
    run = paragraph.add_run()
    run.text = text
    _look(run, size, colour, bold=bold)


def _look(run: Any, size: int, colour: str, *, bold: bool = False) -> None:
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = RGBColor.from_string(colour)  # type: ignore[no-untyped-call]
    run._r.get_or_add_rPr().set("lang", "fr-FR")  # noqa: SLF001 -- python-pptx tells no language


def _picture(slide: Any, exhibit: ReportedExhibit) -> None:
    """The figure, as large as the slide has room for, without the words that the slide says itself."""
    crop = _crop(exhibit)
    picture = slide.shapes.add_picture(BytesIO(exhibit.png), 0, 0)
    picture.name = exhibit.label
    picture._element._nvXxPr.cNvPr.set("descr", exhibit.alt)  # noqa: SLF001 -- python-pptx has no alt text
    picture.crop_top, picture.crop_bottom = crop.top, crop.bottom
    ratio = picture.height * (1 - crop.top - crop.bottom) / picture.width
    room = deck.RIGHT - deck.LEFT, deck.BOTTOM - deck.TOP
    width = min(room[0], int(room[1] / ratio))
    picture.width, picture.height = width, int(width * ratio)
    picture.left = deck.LEFT + (room[0] - width) // 2
    picture.top = deck.TOP + (room[1] - picture.height) // 2
    drawing = Part(
        PackURI(f"/ppt/media/{exhibit.id}.svg"), "image/svg+xml", slide.part.package, _drawing(exhibit.svg)
    )
    extension = _SVG.format(**_NAMES, id=slide.part.relate_to(drawing, RT.IMAGE))
    blip = picture._element.find(".//{*}blip")  # noqa: SLF001
    blip.append(parse_xml(f'<a:extLst xmlns:a="{_NAMES["a"]}">{extension}</a:extLst>'))


def _drawing(svg: str) -> bytes:
    """The drawing with its fonts named, not held: PowerPoint reads none from inside a drawing."""
    before, style, after = svg.partition("<style>")
    named = before + after.partition("</style>")[2] if style else svg
    return named.replace(
        "'Atc Sans', sans-serif", "'Atc Sans', 'Source Sans 3', 'Segoe UI', Arial, sans-serif"
    ).encode()


def _crop(exhibit: ReportedExhibit) -> _Crop:
    """Where the title ends in a drawing, and where its source begins; nothing where they are not found."""
    root = etree.fromstring(exhibit.svg.encode(), etree.XMLParser(resolve_entities=False, huge_tree=True))
    height = float(root.get("viewBox").split()[3])
    lines = [("".join(text.itertext()), _baseline(text)) for text in root.iter("{*}text")]
    titles, sources = (_found(exhibit.told[name], lines) for name in ("title", "source"))
    return _Crop(
        top=(max(titles) + 5) / height if titles else 0,
        bottom=1 - (min(sources) - 11) / height if sources else 0,
    )


def _baseline(text: Any) -> float:
    if text.get("y"):
        return float(text.get("y"))
    return float(
        text.get("transform", "translate(0 0)").partition("translate(")[2].partition(")")[0].split()[-1]
    )


def _found(whole: str, lines: Sequence[tuple[str, float]]) -> list[float]:
    """Baselines of the lines that make a text together, from one on; none if no lines make all of it."""
    wanted = "".join(whole.split())
    drawn = sorted((place, "".join(text.split())) for text, place in lines if text.strip())
    for start in range(len(drawn)):
        left, places = wanted, list[float]()
        for place, text in drawn[start:]:
            if left.startswith(text):
                left, places = left.removeprefix(text), [*places, place]
        if not left:
            return places
    return []


def _pages(exhibit: ReportedExhibit) -> tuple[int, list[tuple[tuple[str, ...], ...]]]:
    """The size of the text of a table, and its rows cut where a slide is full: headings begin each part."""
    room = (deck.BOTTOM - deck.TOP) / Inches(1)
    for size in _SIZES:
        pages = list(_cut(exhibit.table, size, room))
        if len(pages) == 1:
            return size, pages
    shares = _shares(exhibit.table)
    heights = [_height(row, shares, size) for row in exhibit.table]
    even = list(_cut(exhibit.table, size, sum(heights) / len(pages) + heights[0] + max(heights)))
    return size, even if len(even) == len(pages) else pages


def _cut(table: Sequence[tuple[str, ...]], size: int, room: float) -> Iterator[tuple[tuple[str, ...], ...]]:
    head, *rows = table
    shares = _shares(table)
    page, left = [head], room - _height(head, shares, size)
    for row in rows:
        if _height(row, shares, size) > left and len(page) > 1:
            yield tuple(page)
            page, left = [head], room - _height(head, shares, size)
        page.append(row)
        left -= _height(row, shares, size)
    yield tuple(page)


def _shares(table: Sequence[Sequence[str]]) -> list[float]:
    """Widths of columns, in inches: by the square root of what they hold, as lines break at words."""
    weights = [max(4.0, *(len(cell) ** 0.62 for cell in column)) for column in zip(*table, strict=True)]
    width = (deck.RIGHT - deck.LEFT) / Inches(1)
    return [width * weight / sum(weights) for weight in weights]


def _height(row: Sequence[str], shares: Sequence[float], size: int) -> float:
    lines = max(ceil(len(cell) / (share * _LETTERS / size)) for cell, share in zip(row, shares, strict=True))
    return max(lines, 1) * _LINE * size + _MARGIN


def _table(slide: Any, exhibit: ReportedExhibit, rows: Sequence[Sequence[str]], size: int) -> None:
    shares = _shares(exhibit.table)
    frame = slide.shapes.add_table(
        len(rows), len(shares), deck.LEFT, deck.TOP, deck.RIGHT - deck.LEFT, Inches(1)
    )
    frame.name = exhibit.label
    frame._element._nvXxPr.cNvPr.set("descr", exhibit.told["title"])  # noqa: SLF001
    table = frame.table
    table.horz_banding = False
    # « No style » of PowerPoint: the lines are ours.
    frame._element.find(".//{*}tableStyleId").text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # noqa: SLF001
    for column, share in zip(table.columns, shares, strict=True):
        column.width = Inches(share)
    for rank, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        row.height = Inches(_height(texts, shares, size))
        for cell, text, number in zip(row.cells, texts, exhibit.numeric, strict=True):
            _cell(cell, text, size, head=not rank, number=number)


def _cell(cell: Any, text: str, size: int, *, head: bool, number: bool) -> None:
    cell.margin_left, cell.margin_right = 0, Inches(0.15)
    cell.margin_top = cell.margin_bottom = Inches(_MARGIN / 2)
    frame = cell.text_frame
    _paragraph(frame, text, size, deck.INK, bold=head, first=True)
    frame.paragraphs[0].space_after = Pt(0)
    if number:
        frame.paragraphs[0].alignment = 3
    colour, width = (deck.INK, 15875) if head else ("D9DEE4", 6350)
    cell._tc.get_or_add_tcPr().append(  # noqa: SLF001 -- python-pptx draws no borders
        parse_xml(
            f'<a:lnB xmlns:a="{_NAMES["a"]}" w="{width}"><a:solidFill><a:srgbClr val="{colour}"/>'
            "</a:solidFill></a:lnB>"
        )
    )
