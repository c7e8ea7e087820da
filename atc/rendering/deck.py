"""The model of our slides: 16:9, our colours, our fonts named with what stands in for them."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from typing import Any

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Emu, Inches, Pt

from atc.rendering.assets import FAMILY

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, RIGHT, TOP, BOTTOM = Inches(0.6), Inches(12.733), Inches(1.78), Inches(6.3)
#: Layouts of the model, as PowerPoint lists them in the language of our readers.
OPENING, MESSAGE, EXHIBIT = "Ouverture", "Message", "Figure ou tableau"
_LAYOUTS = {"Title Slide": OPENING, "Section Header": MESSAGE, "Title Only": EXHIBIT}

INK, GREY, BLUE, ORANGE = "1F2933", "52606D", "0B5C8A", "A94A08"
# A program that lacks our font takes another without serifs, of the same build (PANOSE, pitch and family).
_FONT = f'<a:latin typeface="{FAMILY}" panose="020B0503030403020204" pitchFamily="34" charset="0"/>'
_COLOURS = {
    "dk1": INK,
    "lt1": "FFFFFF",
    "dk2": GREY,
    "lt2": "F6F8FA",
    "accent1": BLUE,
    "accent2": ORANGE,
    "accent3": "6199BE",
    "accent4": "B5CFE1",
    "accent5": "76828F",
    "accent6": "D9DEE4",
    "hlink": BLUE,
    "folHlink": GREY,
}
# Where placeholders stand, in inches: left, top, width, height; then size of their text, in points.
_PLACES = {
    (OPENING, "title"): (0.9, 1.5, 11.5, 1.5, 44),
    (OPENING, "body"): (0.9, 3.2, 11.5, 3.3, 18),
    (MESSAGE, "title"): (1.1, 1.9, 11.2, 2.7, 34),
    (MESSAGE, "body"): (1.1, 4.75, 11.2, 1.3, 16),
    (EXHIBIT, "title"): (0.6, 0.66, 12.13, 1.0, 26),
}
_FOOTER, _NUMBER = (0.6, 6.98, 10.9, 0.32), (11.9, 6.98, 0.83, 0.32)


@cache
def _template() -> bytes:
    """The model, made once: python-pptx's own, without what is not ours."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    for layout in list(deck.slide_layouts):
        if layout.name in _LAYOUTS:
            layout.name = _LAYOUTS[layout.name]
            _place(layout)
        else:
            deck.slide_layouts.remove(layout)
    _place(deck.slide_master)
    _word(deck.slide_master)
    _theme(deck.slide_master.part)
    for relation in list(deck.part.package._rels.values()):  # noqa: SLF001 -- python-pptx offers no other way
        if relation.reltype == RT.THUMBNAIL:
            deck.part.package._rels.pop(relation.rId)  # noqa: SLF001
    for relation in list(deck.part.rels.values()):
        if relation.reltype == RT.PRINTER_SETTINGS:
            deck.part.drop_rel(relation.rId)
    written = BytesIO()
    deck.save(written)
    return written.getvalue()


def new_deck() -> Any:
    """A presentation without any slide, of our model."""
    return Presentation(BytesIO(_template()))


def _place(holder: Any) -> None:
    """Put the placeholders of the master, or of a layout, where 16:9 has room for them."""
    for shape in list(holder.placeholders):
        kind = shape.element.ph.get("type", "body")
        kind = {"ctrTitle": "title", "subTitle": "body"}.get(kind, kind)
        if kind == "dt":
            shape.element.getparent().remove(shape.element)
            continue
        name = getattr(holder, "name", "") if kind in {"title", "body"} else ""
        places = {"ftr": (*_FOOTER, 0), "sldNum": (*_NUMBER, 0)}
        place = places.get(kind) or _PLACES.get((name, kind)) or _PLACES[EXHIBIT, "title"]
        shape.left, shape.top, shape.width, shape.height = map(Inches, place[:4])
        _style(shape, kind, place[4])


def _style(shape: Any, kind: str, size: int) -> None:
    """Say in the model itself how the text of a placeholder looks: slides then say nothing."""
    body = shape.element.find(".//{*}bodyPr")
    body.set("anchor", "t" if kind in {"title", "body"} else "ctr")
    for side in ("lIns", "rIns", "tIns", "bIns"):
        body.set(side, "0")
    styles = shape.element.find(".//{*}lstStyle")
    styles.clear()
    colour, weight = {"title": ("tx1", 1), "body": ("tx2", 0)}.get(kind, ("tx2", 0))
    align = "r" if kind == "sldNum" else "l"
    styles.append(
        parse_xml(
            f'<a:lvl1pPr {nsdecls("a")} marL="0" indent="0" algn="{align}"><a:lnSpc><a:spcPct val="100000"/>'
            f'</a:lnSpc><a:buNone/><a:defRPr lang="fr-FR" sz="{(size or 11) * 100}" b="{weight}">'
            f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
        )
    )
    for run in shape.element.iter("{*}rPr", "{*}endParaRPr"):
        run.set("lang", "fr-FR")


def _word(master: Any) -> None:
    """The band at the head of every slide, and the model's own words in French."""
    band = master.shapes._spTree  # noqa: SLF001 -- a master has no add_shape
    band.insert(
        2,
        parse_xml(
            f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="90" name="Bandeau"/><p:cNvSpPr/><p:nvPr '
            f'userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{Emu(WIDTH)}" '
            f'cy="{Pt(7)}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill>'
            '<a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
        ),
    )
    for shape in master.placeholders:
        if shape.element.ph.get("type") in {"title", "body"}:
            shape.text_frame.text = "Titre" if shape.element.ph.get("type") == "title" else "Texte"


def _theme(master: Any) -> None:
    part = master.part_related_by(RT.THEME)
    text = part.blob.decode()
    text = re.sub(r'(<a:(?:major|minor)Font>)<a:latin typeface="[^"]*"/>', rf"\1{_FONT}", text)
    for name, code in _COLOURS.items():
        text = re.sub(rf"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{code}"/></a:{name}>', text)
    part._blob = text.encode()  # noqa: SLF001 -- a theme is bytes to python-pptx
