"""The documents that a run makes beside the pages of its chapters, in one call; ``rapport.docx`` among them.

Quarto loses alternative texts on its way to Word (its issue 5514): pandoc keeps those that its HTML says of
images. How the document looks is said by the model ``templates/rapport.docx``, which Word can edit.
"""

import base64
import re
import subprocess
from collections.abc import Mapping, Sequence
from html import escape
from math import fsum
from typing import Any

from markupsafe import Markup
from pypandoc import get_pandoc_path

from atc.rendering.fragments import Element, inner, make, parse, text_of
from atc.rendering.html import TEMPLATES, essential_page, filled
from atc.rendering.office import office_bytes, unzipped, workbook_bytes
from atc.rendering.paper import document_pdf, essential_paper
from atc.rendering.report import (
    Chapter,
    Cover,
    Message,
    ReportedExhibit,
    essential,
    messages,
    reported,
    without_proofs,
)
from atc.rendering.slides import slides
from atc.survey.errors import AtcError
from atc.survey.typography import french

PAPER = "rapport.pdf"
# What Word does not show: code, the data of figures, drawings for a telephone or of formulas; precautions,
# which its front tells once.
_UNPRINTED = (
    ".//details | .//div[contains(@class, 'chart-narrow')] | .//span[@class='formule-dessin'] | .//aside"
)
# Percents of a page that the narrowest column of a table takes.
_NARROWEST = 14
# What the model has at the foot of a page, in grey; the team's own circle is told in orange.
_FOOT, _GREY, _ORANGE = "Lecteurs", "52606D", "A94A08"


def documents(
    chapters: Sequence[Chapter], told: Mapping[str, Sequence[Mapping[str, Any]]], cover: Cover
) -> dict[str, bytes]:
    """Name -> bytes of each document of a report; `AtcError` if one could not be laid out.

    ``told``: slug of a chapter -> what each of its exhibits says of itself, files included.
    """
    findings = reported(chapters, told)
    remembered = messages(chapters, findings)
    shown = essential(chapters, findings, cover)
    leaflet, held, size = essential_paper(shown, cover)
    everything = [each for chapter in chapters for each in told[chapter.slug]]
    return {
        "essentiel.pdf": leaflet,
        "essentiel.html": essential_page(shown, cover).encode(),
        PAPER: document_pdf(chapters, cover, opening=(held, size)),
        "diaporama.pptx": slides(cover, remembered, findings),
        "rapport.docx": word(cover, remembered, shown.limits, chapters, findings),
        "classeur.xlsx": workbook_bytes(everything, cover),
    }


def word(
    cover: Cover,
    told: Sequence[Message],
    limits: Sequence[str],
    chapters: Sequence[Chapter],
    exhibits: Sequence[ReportedExhibit],
) -> bytes:
    """``rapport.docx``, for those who annotate, without proofs: the same bytes for the same content."""
    pictures = {exhibit.id: exhibit for exhibit in exhibits if exhibit.png}
    markup = filled(
        "word.html.j2",
        cover=cover,
        how_to_read=cover.how_to_read({exhibit.told["status"] for exhibit in exhibits}),
        messages=[each.text for each in told],
        limits=limits,
        chapters=[(chapter.title, _body(chapter, pictures)) for chapter in chapters],
    )
    # In its sandbox, pandoc reads nothing but what it is given, and without a clock.
    command = [get_pandoc_path(), "--from=html", "--to=docx", "--sandbox", "--output=-"]
    done = subprocess.run(
        [*command, f"--reference-doc={TEMPLATES / 'rapport.docx'}"],
        input=markup.encode(),
        capture_output=True,
        check=False,
        env={},
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace")[:300].strip()
        raise AtcError(
            f"Le document Word n’a pas pu être composé : {said}. "
            "Réinstallez l’environnement (scripts/setup.sh), puis relancez."
        )
    files = unzipped(done.stdout)
    foot = french(f"{cover.report_label} – Diffusion {cover.diffusion} : {cover.tier_label}")
    # What pandoc or the model wrote in a part of the file, and what stands there in the end.
    changes = [
        ("word/footer1.xml", _FOOT, escape(foot)),
        ("word/footer1.xml", _GREY, _ORANGE if cover.diffusion == "interne" else _GREY),
        # pandoc repeats the address of a picture, here all of its bytes, where nobody reads it.
        ("word/document.xml", r'(?<=<pic:cNvPr) descr="[^"]*"', ""),
        ("docProps/core.xml", "1970-01-01T00:00:00Z", f"{cover.date}T12:00:00Z"),
        ("docProps/core.xml", "(?<=<dc:creator>)(?=</dc:creator>)", escape(cover.authors)),
    ]
    for name, was, becomes in changes:
        files[name] = re.sub(was, becomes.replace("\\", r"\\"), files[name].decode()).encode()
    return office_bytes(files, cover.date)


def _body(chapter: Chapter, pictures: Mapping[str, ReportedExhibit]) -> Markup:
    """A chapter without code nor data behind its figures, each figure a picture with its alternative text."""
    root = parse(chapter.body)
    without_proofs(root)
    for unprinted in root.xpath(_UNPRINTED):
        unprinted.drop_tree()
    for group in root.iter("colgroup"):
        widths = [max(_NARROWEST, float(re.findall(r"[\d.]+", col.get("style"))[0])) for col in group]
        for col, width in zip(group, widths, strict=True):
            col.set("style", f"width: {100 * width / fsum(widths):.1f}%")
    for unit in root.xpath(".//caption/span[@class='unit']"):
        unit.text = f"– {unit.text}"
    for figure in list(root.iter("figure")):
        _flatten(figure, pictures.get(figure.get("id")))
    return Markup(inner(root))  # noqa: S704 -- checked by atc.rendering.allowed


def _flatten(figure: Element, exhibit: ReportedExhibit | None) -> None:
    """A picture and its reading as a captioned figure, or a table; then notes, as paragraphs of their own."""
    notes = make("div", **{"data-custom-style": "Note"})
    caption = next(figure.iter("figcaption"))
    notes.extend(list(caption)[1:])
    if exhibit is None:
        figure.replace(caption, make("p", text_of(caption)))
        figure.append(notes)
        figure.tag = "div"
        return
    notes.append(make("p", f"{exhibit.told['source']} {exhibit.told['mention']}"))
    data = base64.b64encode(exhibit.png).decode()
    picture = make("img", alt=exhibit.alt, src=f"data:image/png;base64,{data}", style="width: 16.5cm")
    figure.replace(figure.xpath("./div[contains(@class, 'chart')]")[0], picture)
    figure.addnext(notes)
