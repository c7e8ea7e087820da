"""``rapport.docx``: the report for those who annotate it, by pandoc, then set in our page and our fonts.

Quarto loses alternative texts on that way (its issue 5514): pandoc keeps those that its HTML says of images.
"""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from html import escape

from lxml import etree  # type: ignore[import-untyped]
from pypandoc import get_pandoc_path

from atc.rendering.assets import FAMILY
from atc.rendering.deck import BLUE, GREY, INK, ORANGE
from atc.rendering.exhibits import ReportedExhibit
from atc.rendering.fragments import Element, inner, make, parse, remove, text_of
from atc.rendering.messages import Message
from atc.rendering.model import Chapter, Cover
from atc.rendering.proofs import without_proofs
from atc.rendering.statuses import how_to_read
from atc.rendering.zipped import NO_PROPERTIES, PROPERTIES, unzipped, zip_bytes
from atc.survey.errors import AtcError
from atc.survey.typography import day, french

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# A style of Word -> size in half-points, colour, weight; a size of 0 leaves it as it is.
_STYLES: Mapping[str, tuple[int, str, bool]] = {
    "Title": (56, INK, True),
    "Subtitle": (28, GREY, False),
    "Author": (21, GREY, False),
    "Date": (21, GREY, False),
    "Heading1": (38, BLUE, True),
    "Heading2": (28, BLUE, True),
    "Heading3": (24, INK, True),
    "ImageCaption": (20, INK, False),
    "TableCaption": (21, INK, True),
    "Note": (18, GREY, False),
    "Precaution": (20, ORANGE, False),
    "Compact": (19, INK, False),
}
_LEFT = frozenset({"Title", "Subtitle", "Author", "Date"})
_A4 = (
    '<w:footerReference w:type="default" r:id="rIdFooter"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1300" w:right="1250" w:bottom="1300" w:left="1250" w:header="600" w:footer="600" '
    'w:gutter="0"/>'
)
_FOOTER = (
    f'<?xml version="1.0" encoding="UTF-8"?><w:ftr xmlns:w="{_W}"><w:p><w:pPr><w:tabs><w:tab w:val="right" '
    'w:pos="9400"/></w:tabs></w:pPr><w:r><w:rPr><w:color w:val="{colour}"/><w:sz w:val="18"/></w:rPr>'
    '<w:t xml:space="preserve">{text}</w:t><w:tab/></w:r><w:r><w:rPr><w:sz w:val="18"/></w:rPr>'
    '<w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">PAGE</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>'
)
_PART = (
    '<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.footer+xml"/></Types>'
)
_RELATION = (
    '<Relationship Id="rIdFooter" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'footer" Target="footer1.xml"/></Relationships>'
)
_SECTION = re.compile(r"<w:sectPr\s*/>|<w:sectPr>.*?</w:sectPr>", re.DOTALL)
_DATE = re.compile(r"1970-01-01T00:00:00Z")


def word(
    cover: Cover,
    messages: Sequence[Message],
    chapters: Sequence[Chapter],
    exhibits: Sequence[ReportedExhibit],
) -> bytes:
    """The document, as a .docx: the same bytes for the same content.

    What none of the exhibits is about is left out of the chapters. An `AtcError` tells that pandoc failed.
    """
    files = unzipped(_converted(_markup(cover, messages, chapters, exhibits)))
    for name, made_ours in _OURS.items():
        files[name] = made_ours(files[name].decode(), cover).encode()
    files |= {"word/footer1.xml": _footer(cover).encode(), PROPERTIES: NO_PROPERTIES}
    return zip_bytes(files, cover.date)


def _converted(markup: str) -> bytes:
    # In its sandbox, pandoc reads nothing but what it is given, and without a clock.
    pandoc = get_pandoc_path()
    command = [pandoc, "--from=html", "--to=docx", "--sandbox", "--output=-"]
    done = subprocess.run(
        command, input=markup.encode(), capture_output=True, check=False, env={"SOURCE_DATE_EPOCH": "0"}
    )
    if done.returncode:
        raise AtcError(
            f"Le document Word n’a pas pu être composé : {done.stderr.decode(errors='replace')[:300].strip()}"
            ". "
            "Réinstallez l’environnement (scripts/setup.sh), puis relancez."
        )
    return done.stdout


def _markup(
    cover: Cover,
    messages: Sequence[Message],
    chapters: Sequence[Chapter],
    exhibits: Sequence[ReportedExhibit],
) -> str:
    pictures = {exhibit.id: exhibit for exhibit in exhibits if exhibit.png}
    bodies = [f"<h1>{escape(chapter.title)}</h1>{_body(chapter, pictures)}" for chapter in chapters]
    remembered = "".join(f"<li>{escape(message.text)}</li>" for message in messages)
    opening = [
        ("Subtitle", french(cover.subtitle)),
        ("Subtitle", f"{cover.report_label} ({cover.wave_label})"),
        ("Author", f"{cover.authors}, {day(cover.date)}"),
        ("Note", french(cover.provenance)),
        ("Note", french(f"Diffusion {cover.diffusion} : {cover.tier_label}")),
        ("Precaution", french(f"{cover.precaution} {cover.made_up}".strip())),
        ("Note", " ".join(how_to_read(cover, {exhibit.told["status"] for exhibit in exhibits}))),
    ]
    return (
        f'<html lang="fr-FR"><head><title>{escape(cover.title)}</title></head><body>'
        + "".join(_styled(name, escape(text)) for name, text in opening if text)
        + f"<h1>L’essentiel</h1><ul>{remembered}</ul>{''.join(bodies)}</body></html>"
    )


def _styled(name: str, markup: str) -> str:
    return f'<div data-custom-style="{name}"><p>{markup}</p></div>'


def _body(chapter: Chapter, pictures: Mapping[str, ReportedExhibit]) -> str:
    """A chapter without code nor data behind its figures, each figure a picture with its alternative text."""
    root = parse(chapter.body)
    without_proofs(root)
    for unprinted in root.xpath(
        ".//details | .//div[contains(@class, 'chart-narrow')] | .//span[@class='formule-dessin']"
    ):
        remove(unprinted)
    for aside in root.iter("aside"):
        aside.tag = "div"
        aside.set("data-custom-style", "Precaution")
    for figure in list(root.iter("figure")):
        _flatten(figure, pictures.get(figure.get("id")))
    return inner(root)


def _flatten(figure: Element, exhibit: ReportedExhibit | None) -> None:
    """A picture and its reading as a captioned figure, or a table; then notes, as paragraphs of their own."""
    notes = make("div", **{"data-custom-style": "Note"})
    caption = next(figure.iter("figcaption"))
    for note in list(caption)[1:]:
        notes.append(note)
    if exhibit is not None:
        notes.append(make("p", f"{exhibit.told['source']} {exhibit.told['mention']}"))
        chart = figure.xpath("./div[contains(@class, 'chart')]")[0]
        data = base64.b64encode(exhibit.png).decode()
        picture = make("img", alt=exhibit.alt, src=f"data:image/png;base64,{data}", style="width: 16.5cm")
        figure.replace(chart, picture)
        figure.addnext(notes)
        return
    reading = make("p", text_of(caption))
    figure.replace(caption, reading)
    figure.append(notes)
    figure.tag = "div"


def _footer(cover: Cover) -> str:
    text = french(f"{cover.report_label} – Diffusion {cover.diffusion} : {cover.tier_label}")
    return _FOOTER.format(colour=ORANGE if cover.diffusion == "interne" else GREY, text=escape(text))


def _document(text: str, _: Cover) -> str:
    # pandoc repeats the address of a picture, here all of its bytes, where nobody reads it.
    text = re.sub(r'<pic:cNvPr descr="[^"]*"', "<pic:cNvPr", text)
    return _SECTION.sub(f"<w:sectPr>{_A4}</w:sectPr>", text)


def _styles(text: str, _: Cover) -> str:
    root = etree.fromstring(text.encode())
    for style in root.iter(f"{{{_W}}}style"):
        name = style.get(f"{{{_W}}}styleId", "")
        if name not in _STYLES:
            continue
        for former in style.findall(f"{{{_W}}}rPr"):
            style.remove(former)
        size, colour, bold = _STYLES[name]
        weight = "<w:b/>" if bold else ""
        look = f'<w:rPr xmlns:w="{_W}">{weight}<w:color w:val="{colour}"/><w:sz w:val="{size}"/></w:rPr>'
        style.append(etree.fromstring(look))
        if name in _LEFT:
            for centred in style.findall(f".//{{{_W}}}jc"):
                centred.set(f"{{{_W}}}val", "left")
    for size in root.find(f".//{{{_W}}}rPrDefault").iter(f"{{{_W}}}sz", f"{{{_W}}}szCs"):
        size.set(f"{{{_W}}}val", "21")
    return str(etree.tostring(root, encoding="unicode"))


def _theme(text: str, _: Cover) -> str:
    # A program that lacks our font takes another without serifs (PANOSE).
    font = f'<a:latin typeface="{FAMILY}" panose="020B0503030403020204"'
    return re.sub(r'<a:latin (?=[^>]*typeface="[^+"])[^>]*?(?=/?>)', font, text)


def _core(text: str, cover: Cover) -> str:
    author = f"<dc:creator>{escape(cover.authors)}</dc:creator>"
    text = text.replace("<dc:creator></dc:creator>", author)
    return _DATE.sub(f"{cover.date.isoformat()}T12:00:00Z", text)


_OURS: Mapping[str, Callable[[str, Cover], str]] = {
    "word/document.xml": _document,
    "word/styles.xml": _styles,
    "word/theme/theme1.xml": _theme,
    "docProps/core.xml": _core,
    "[Content_Types].xml": lambda text, _: text.replace("</Types>", _PART),
    "word/_rels/document.xml.rels": lambda text, _: text.replace("</Relationships>", _RELATION),
}
