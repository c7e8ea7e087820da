"""The documents that a run makes beside the pages of its chapters: all in one call, slides, Word.

How they look is said by the models ``templates/diaporama.pptx`` and ``rapport.docx``, which PowerPoint and
Word can edit. Quarto loses alternative texts on its way to Word (its issue 5514), pandoc does not.
python-pptx knows no SVG (its issue 1112): a figure is a picture in pixels, with the drawing beside it.
"""

import base64
import copy
import datetime as dt
import re
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from io import BytesIO
from itertools import zip_longest
from math import ceil, fsum
from typing import Any

from markupsafe import Markup
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pptx import Presentation
from pptx.enum.text import PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Inches, Length, Pt
from pypandoc import get_pandoc_path

from atc.rendering import report
from atc.rendering.fragments import inner, make, parse, text_of
from atc.rendering.html import TEMPLATES, filled
from atc.rendering.office import office_bytes, workbook_bytes
from atc.rendering.paper import document_pdf, essential_paper
from atc.rendering.report import PAPER, Chapter, Cover, Message, ReportedExhibit
from atc.survey.datapackage import PRINTED, WORDS
from atc.survey.typography import day, french, lower_first

# Letters that stand abreast on a page of Word.
_ABREAST = 90
# What the model has at the foot of a page, in grey; the team's own circle is told in orange.
_READERS, _GREY, _ORANGE = "Lecteurs", "52606D", "A94A08"
# Layouts of the model, and the letters beyond which a title takes smaller ones.
_OPENING, _MESSAGE, _EXHIBIT = "Ouverture", "Message", "Figure ou tableau"
_LONG = {_OPENING: 100, _MESSAGE: 240, _EXHIBIT: 140}
# Their places for text: under the title; at the foot; above the title; under a figure; in the corner.
_BODY, _FOOT, _NUMBER, _ABOVE, _SOURCE, _STATUS = 1, 11, 12, 13, 14, 15
# What a figure or a table has room for, in inches: left, top, width, height.
_ROOM = (0.6, 1.78, 12.133, 4.52)
_TABLE_STYLE = "{4F1C7A52-0A7C-4E0B-9C55-6A1D2E0F9A11}"
_FONTS = "'Atc Sans', 'Source Sans 3', 'Segoe UI', Arial, sans-serif"
# Sizes that the text of a table may have, in points; letters of one point that an inch holds; height of a
# line of one point, and of the margins of a row, in inches.
_SIZES = (18, 16, 14, 12)
_LETTERS, _LINE, _MARGIN = 165.0, 0.018, 0.1


def documents(
    chapters: Sequence[Chapter], told: Mapping[str, Sequence[Mapping[str, Any]]], cover: Cover
) -> dict[str, bytes]:
    """Name -> bytes of each document of a report; `AtcError` if one could not be laid out.

    ``told``: slug of a chapter -> what each of its exhibits says of itself, files included.
    """
    findings = report.reported(chapters, told)
    shown = report.essential(chapters, findings, cover)
    leaflet, held, size = essential_paper(shown, cover)
    everything = [each for chapter in chapters for each in told[chapter.slug]]
    return {
        "essentiel.pdf": leaflet,
        "essentiel.html": filled("essential.html.j2", cover=cover, essential=shown).encode(),
        PAPER: document_pdf(chapters, cover, opening=(held, size)),
        "diaporama.pptx": slides(cover, report.messages(chapters, findings), findings),
        "rapport.docx": word(cover, shown.limits, chapters, findings),
        "classeur.xlsx": workbook_bytes(everything, cover),
    }


def _shares(table: Sequence[Sequence[str]], abreast: float) -> list[float]:
    """What part of the width each column takes, where so many letters stand abreast.

    Sentences get more of it than numbers, yet less than they are longer; no word is cut, but after a hyphen.
    """
    columns = list(zip_longest(*table, fillvalue=""))
    weights = [max(4.0, (max(map(len, c)) * sum(map(len, c)) / len(c)) ** 0.31) for c in columns]
    words = [max(map(len, re.findall(r"[^\s-]+-?", " ".join(c))), default=0) for c in columns]
    scale = abreast / fsum(weights)
    wide = [max(scale * weight, 1.2 * word + 3) for weight, word in zip(weights, words, strict=True)]
    return [each / fsum(wide) for each in wide]


def word(
    cover: Cover, limits: Sequence[str], chapters: Sequence[Chapter], exhibits: Sequence[ReportedExhibit]
) -> bytes:
    """``rapport.docx``, for those who annotate, without proofs: the same bytes for the same content."""
    pictures = {exhibit.id: exhibit for exhibit in exhibits if "png" in exhibit.told["files"]}
    markup = filled(
        "word.html.j2",
        cover=cover,
        how_to_read=cover.how_to_read({exhibit.told["status"] for exhibit in exhibits}),
        messages=[each.text for each in report.messages(chapters, exhibits)],
        limits=limits,
        chapters=[(chapter.title, _body(chapter, pictures)) for chapter in chapters],
    )
    # In its sandbox, pandoc reads nothing but what it is given, and without a clock.
    model = TEMPLATES / "rapport.docx"
    command = [get_pandoc_path(), "--from=html", "--to=docx", "--sandbox", f"--reference-doc={model}", "-o-"]
    done = subprocess.run(command, input=markup.encode(), capture_output=True, check=True, env={})
    foot = french(f"{cover.report_label} – Diffusion {cover.diffusion} : {cover.tier_label}")
    # What pandoc or the model wrote in a part of the file, and what stands there in the end.
    changes = [
        ("word/footer1.xml", _READERS, escape(foot)),
        ("word/footer1.xml", _GREY, _ORANGE if cover.diffusion == "interne" else _GREY),
        # pandoc repeats the address of a picture, here all of its bytes, where nobody reads it.
        ("word/document.xml", r'(?<=<pic:cNvPr) descr="[^"]*"', ""),
        ("docProps/core.xml", "1970-01-01T00:00:00Z", f"{cover.date}T12:00:00Z"),
        ("docProps/core.xml", "(?<=<dc:creator>)(?=</dc:creator>)", escape(cover.authors)),
    ]
    return office_bytes(done.stdout, cover.date, changes, dict(map(_stand_in, pictures.values())))


def _stand_in(exhibit: ReportedExhibit) -> tuple[bytes, bytes]:
    """A blank picture, and the real one of its size: pandoc takes a gigabyte to read them all."""
    real, blank, told = base64.b64decode(exhibit.told["files"]["png"]), BytesIO(), PngInfo()
    told.add_text("figure", exhibit.id)
    Image.new("1", Image.open(BytesIO(real)).size).save(blank, "png", pnginfo=told)
    return blank.getvalue(), real


def _body(chapter: Chapter, pictures: Mapping[str, ReportedExhibit]) -> Markup:
    """A chapter without code nor data behind its figures, each figure a picture with its alternative text."""
    root = parse(chapter.body)
    report.without_proofs(root)
    # Its front tells the precautions once.
    drawings = ".//div[contains(@class, 'chart-narrow')] | .//span[@class='formule-dessin']"
    for unprinted in root.xpath(f".//details | .//aside | {drawings}"):
        unprinted.drop_tree()
    for unit in root.xpath(".//caption/span[@class='unit']"):
        unit.text = f"– {unit.text}"
    for table in root.iter("table"):
        # Word would fit columns to what they hold, LibreOffice would not.
        shares = _shares([list(map(text_of, row)) for row in table.iter("tr")], _ABREAST)
        group = make("colgroup")
        group.extend(make("col", style=f"width: {100 * share:.1f}%") for share in shares)
        table.insert(len(table.findall("caption")), group)
    for figure in list(root.iter("figure")):
        # A picture and its reading, or a table; then notes, as paragraphs of their own.
        notes, caption = make("div", **{"data-custom-style": "Note"}), next(figure.iter("figcaption"))
        notes.extend(list(caption)[1:])
        if exhibit := pictures.get(figure.get("id")):
            notes.append(make("p", f"{exhibit.told['source']} {exhibit.told['mention']}"))
            source = f"data:image/png;base64,{base64.b64encode(_stand_in(exhibit)[0]).decode()}"
            picture = make("img", alt=exhibit.alt, src=source, style="width: 16.5cm")
            figure.replace(figure.xpath("./div[contains(@class, 'chart')]")[0], picture)
            figure.addnext(notes)
        else:
            figure.replace(caption, make("p", text_of(caption)))
            figure.append(notes)
            figure.tag = "div"
    return inner(root)


def slides(cover: Cover, told: Sequence[Message], exhibits: Sequence[ReportedExhibit]) -> bytes:
    """The presentation, as a .pptx: the same bytes for the same content, dated by the cover."""
    deck = Presentation(str(TEMPLATES / "diaporama.pptx"))
    opening = _slide(deck, cover, _OPENING, cover.title, [cover.warning])
    issue = f"{cover.report_label} ({lower_first(cover.wave_label)})"
    signed = f"{cover.authors}, données au {day(cover.date)}"
    _write(opening, _BODY, *map(french, (cover.subtitle, issue, signed, cover.provenance, cover.warning)))
    ranks = Counter[str]()
    for message in told:
        ranks[message.heading] += 1
        notes = (message.text, message.detail, message.source)
        slide = _slide(deck, cover, _MESSAGE, message.text, notes)
        _write(slide, _ABOVE, f"{message.heading} · {ranks[message.heading]}")
        _write(slide, _BODY, message.detail or message.source)
    for exhibit in exhibits:
        if "png" in exhibit.told["files"]:
            _picture(_exhibit(deck, cover, exhibit), exhibit)
        elif table := exhibit.table:
            _table(deck, cover, exhibit, table)
    core = deck.core_properties
    core.title, core.subject, core.language = cover.full_title, cover.readers, "fr-FR"
    core.author = core.last_modified_by = cover.authors
    core.created = core.modified = dt.datetime.combine(cover.date, dt.time(12))
    written = BytesIO()
    deck.save(written)
    return office_bytes(written.getvalue(), cover.date)


def _slide(deck: Any, cover: Cover, layout: str, title: str, notes: Sequence[str]) -> Any:
    """A slide of the model, with its title, its circle of readers, its number and its notes."""
    model = deck.slide_layouts.get_by_name(layout)
    slide = deck.slides.add_slide(model)
    slide.shapes.title.text = title
    if len(title) > _LONG[layout]:
        slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(22)
    for shape in model.placeholders:
        # python-pptx leaves both to the model, where no reader sees them.
        if shape.placeholder_format.idx in {_FOOT, _NUMBER}:
            slide.shapes._spTree.append(copy.deepcopy(shape.element))  # noqa: SLF001
    foot = french(f"{cover.readers}  ·  {cover.title}, {cover.report_label}")
    _write(slide, _FOOT, foot, level=int(cover.diffusion == "interne"))
    slide.notes_slide.notes_text_frame.text = "\n".join(filter(None, notes))
    return slide


def _write(slide: Any, place: int, *texts: str, level: int = 0) -> None:
    """Texts, each of the next level, which is what the model tells their look by; no place is left empty."""
    shape = next(each for each in slide.placeholders if each.placeholder_format.idx == place)
    kept = [(text, rank) for rank, text in enumerate(texts, level) if text]
    if not kept:
        shape.element.getparent().remove(shape.element)
    shape.text_frame.text = "\n".join(text for text, _ in kept)
    for paragraph, (_, rank) in zip(shape.text_frame.paragraphs, kept, strict=False):
        paragraph.level = rank


def _exhibit(deck: Any, cover: Cover, exhibit: ReportedExhibit, part: str = "") -> Any:
    """A slide with all that is said of an exhibit, and room for it."""
    told = exhibit.told
    notes = map(text_of, exhibit.figure.xpath("./figcaption/p[not(contains(@class, 'reading'))]"))
    lines = dict.fromkeys((exhibit.label, told["reading"], *notes, told["source"], told["mention"]))
    slide = _slide(deck, cover, _EXHIBIT, f"{told['title']}{part}", list(lines))
    _write(slide, _ABOVE, f"{exhibit.label} · {exhibit.chapter}")
    _write(slide, _SOURCE, told["source"])
    _write(slide, _STATUS, told["mention"], level=int(told["mention"] == WORDS[PRINTED]))
    return slide


def _picture(slide: Any, exhibit: ReportedExhibit) -> None:
    """The figure, as large as the slide has room for, without the words that the slide says itself."""
    left, top, wide, high = map(Inches, _ROOM)
    svg, png = exhibit.told["files"]["svg"], base64.b64decode(exhibit.told["files"]["png"])
    picture = slide.shapes.add_picture(BytesIO(png), 0, 0)
    # Shares of the height that the title and the source take in a drawing; none where they are not found.
    height = float(re.findall(r'viewBox="0 0 [\d.]+ ([\d.]+)"', svg)[0])
    titles = [float(y) for y in re.findall(r'font-size: 14.5px[^>]* y="([\d.]+)"', svg)]
    sources = [float(y) for y in re.findall(r' y="([\d.]+)"[^>]*>Source', svg)]
    picture.crop_top = (max(titles) + 5) / height if titles else 0
    picture.crop_bottom = 1 - (min(sources) - 9) / height if sources else 0
    ratio = picture.height * (1 - picture.crop_top - picture.crop_bottom) / picture.width
    picture.width = Length(min(wide, int(high / ratio)))
    picture.height = Length(int(picture.width * ratio))
    picture.left = Length(left + (wide - picture.width) // 2)
    picture.top = Length(top + (high - picture.height) // 2)
    picture.name = exhibit.label
    picture._element._nvXxPr.cNvPr.set("descr", exhibit.alt)  # noqa: SLF001 -- python-pptx has no alt text
    # Its fonts are named, not held: PowerPoint reads none from inside a drawing.
    drawn = re.sub(r"<style>.*?</style>", "", svg, count=1, flags=re.DOTALL)
    drawn = drawn.replace("'Atc Sans', sans-serif", _FONTS)
    name = PackURI(f"/ppt/media/{exhibit.id}.svg")
    drawing = Part(name, "image/svg+xml", slide.part.package, drawn.encode())
    blip = picture._element.find(".//{*}blip")  # noqa: SLF001 -- python-pptx has no drawings
    blip.append(parse_xml(filled("drawing.xml.j2", part=slide.part.relate_to(drawing, RT.IMAGE))))


def _table(deck: Any, cover: Cover, exhibit: ReportedExhibit, table: Sequence[Sequence[str]]) -> None:
    """The table in the largest letters that let one slide hold it; else cut into slides, headings on each."""
    left, top, wide, high = map(Inches, _ROOM)
    numeric = ["num" in head.classes for head in exhibit.figure.xpath("(.//table)[1]/thead//th")]
    widths = [_ROOM[2] * share for share in _shares(table, _ROOM[2] * _LETTERS / _SIZES[-1])]
    heights, size = list[Length](), 0
    for size in _SIZES:
        room = [width * _LETTERS / size for width in widths]
        lines = (max(1, *(ceil(len(t) / r) for t, r in zip(row, room, strict=True))) for row in table)
        # Heights are whole numbers, whose sums are the same under each version of Python.
        heights = [Inches(count * _LINE * size + _MARGIN) for count in lines]
        if sum(heights) <= high:
            break
    head, *rest = zip(heights, table, strict=True)
    pages = [[head]]
    for each in rest:
        if len(pages[-1]) > 1 and sum(height for height, _ in (*pages[-1], each)) > high:
            pages.append([head])
        pages[-1].append(each)
    for rank, held in enumerate(pages):
        slide = _exhibit(deck, cover, exhibit, " (suite)" if rank else "")
        frame = slide.shapes.add_table(len(held), len(widths), left, top, wide, Inches(1))
        frame.name = exhibit.label
        frame._element._nvXxPr.cNvPr.set("descr", exhibit.told["title"])  # noqa: SLF001
        frame._element.find(".//{*}tableStyleId").text = _TABLE_STYLE  # noqa: SLF001 -- python-pptx has none
        frame.table.horz_banding = False
        for column, width in zip(frame.table.columns, widths, strict=True):
            column.width = Inches(width)
        for row, (height, texts) in zip(frame.table.rows, held, strict=True):
            row.height = height
            for cell, text, number in zip(row.cells, texts, numeric, strict=True):
                cell.margin_left, cell.margin_right = 0, Inches(0.15)
                cell.margin_top = cell.margin_bottom = Inches(_MARGIN / 2)
                cell.text = text
                for paragraph in cell.text_frame.paragraphs:
                    paragraph.font.size = Pt(size)
                    paragraph.alignment = PP_ALIGN.RIGHT if number else None
