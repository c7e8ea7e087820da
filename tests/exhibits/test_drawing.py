import re
import struct
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache

import pytest
from exhibits.charts.forms import canvas, every

from atc.exhibits.charts import NARROW, WIDE
from atc.exhibits.model import png, standalone, svg

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
BOTH = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
#: One chart of each form.
FORMS = {
    begins: next(draw for name, draw in every().items() if name.startswith(begins))
    for begins in (
        *("units-few", "stacked-4-masked-ordinary", "range-bands", "pairs-10"),
        *("moments-known", "points-named", "map-both"),
    )
}
EVERY = pytest.mark.parametrize("form", FORMS)


@cache
def drawn(form: str = "units-few", layout=WIDE, title: str = "Été 2021 : l’Œuvre de 3 sites") -> str:
    figure = FORMS[form](replace(canvas(layout), title=title))
    return svg(figure, "F09-01-l", "Le message", "Trois sites sur cinq.")


@EVERY
@BOTH
def test_an_svg_is_an_image_with_a_name_and_its_own_ids_and_its_text_is_text(form, layout):
    image = drawn(form, layout)
    root = ET.fromstring(image)
    name, description = root[0], root[1]
    assert (root.tag, root.attrib["role"]) == (f"{SVG}svg", "img")
    assert (name.tag, name.text) == (f"{SVG}title", "Le message")
    assert (description.tag, description.text) == (f"{SVG}desc", "Trois sites sur cinq.")
    assert root.attrib["aria-labelledby"].split() == [name.attrib["id"], description.attrib["id"]]
    found = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(found) == len(set(found))
    assert all(id_.startswith("F09-01-l-") for id_ in found)
    links = [element.attrib[XLINK][1:] for element in root.iter() if XLINK in element.attrib]
    assert {*re.findall(r"url\(#([^)]+)\)", image), *links} <= set(found)
    written = ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]
    assert "Été 2021 : l’Œuvre de 3 sites" in " ".join(" ".join(written).split())
    assert "DONNÉES RECONSTITUÉES" in written


@EVERY
@BOTH
def test_a_drawing_brings_nothing_into_its_page_and_asks_nothing_of_anyone(form, layout):
    image = drawn(form, layout)
    # Inside HTML its rules would be those of the whole page; what they said is inherited from the drawing.
    for said in ("<style", "<metadata", "<!--", "<!DOCTYPE"):
        assert said not in image
    assert not re.search(r"matplotlib|20\d\d-\d\d-\d\d|/home|/work|/root", image, re.IGNORECASE)
    root = ET.fromstring(image).attrib
    assert (root["stroke-linejoin"], root["stroke-linecap"]) == ("round", "butt")
    alone = standalone(image)
    for element in ET.fromstring(alone).iter():
        assert element.tag.removeprefix(SVG) not in {"script", "image", "foreignObject", "a", "iframe"}
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            assert not name.endswith("href") or value.startswith("#")
    for url in re.findall(r"url\(([^)]*)\)", alone):
        assert url.startswith(("#", "data:font/woff2;base64,"))


@EVERY
def test_a_png_holds_pixels_and_nothing_else(form):
    image = png(FORMS[form](canvas(WIDE)))
    found, at = set(), 8
    while at < len(image):
        length, kind = struct.unpack(">I4s", image[at : at + 8])
        found.add(kind.decode())
        at += 12 + length
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert found <= {"IHDR", "pHYs", "IDAT", "IEND"}
    assert struct.unpack(">I", image[16:20])[0] == 1440
