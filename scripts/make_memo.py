"""Set docs/guide/memo.md in docs/guide/memo.pdf: two A4 pages to print, laid out and tagged as the report is.

Run it from the project's environment after a change of the Markdown::

    .venv/bin/python scripts/make_memo.py

The rule across (``---``) starts the second page. A section without table or picture stands beside the
next one.
"""

import base64
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from atc.rendering.fragments import Element, inner, make, parse, set_in_french
from atc.rendering.html import font_faces
from atc.rendering.paper import SCHEME, paper_pdf

ROOT = Path(__file__).resolve().parents[1]
SOURCE, PAPER = ROOT / "docs/guide/memo.md", ROOT / "docs/guide/memo.pdf"
STYLE = Path(__file__).with_name("memo.css")


def memo(text: str) -> bytes:
    """The memo as a PDF; the same bytes for the same text.

    Args:
        text: Markdown, whose first comment ends with its date.
    """
    date = re.search(r"Version du (\d{4}-\d\d-\d\d)\. -->", text)
    if date is None:
        raise SystemExit(f"{SOURCE.name}: no « Version du AAAA-MM-JJ. » in its first comment")
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    root = parse(MarkdownWithMath(renderer).render(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)))
    _prepare(root)
    return paper_pdf(_document(list(root), date[1]), dt.date.fromisoformat(date[1]))


def _document(parts: Sequence[Element], date: str) -> str:
    faces = [list(face) for rule, face in groupby(parts, lambda part: part.tag == "hr") if not rule]
    body = "".join(f'<div class="face">{"".join(_face(face))}</div>' for face in faces)
    return (
        '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Mémo de l’évaluateur</title>'
        '<meta name="author" content="Équipe d’évaluation">'
        f'<meta name="dcterms.created" content="{date}"><meta name="dcterms.modified" content="{date}">'
        f"<style>{font_faces(SCHEME)}{STYLE.read_text(encoding='utf-8')}</style></head>"
        f"<body>{body}</body></html>"
    )


def _face(parts: Sequence[Element]) -> Iterator[str]:
    """The title and what introduces it, then sections: two short ones side by side."""
    sections: list[Element] = []
    for part in parts:
        if part.tag == "h2":
            sections.append(make("section"))
        if sections:
            sections[-1].append(part)
        else:
            part.set("class", "lead" if part.tag == "p" else "title")
            yield _written(part)
    for wide, group in groupby(sections, _is_wide):
        written = [_written(section) for section in group]
        pairs = (
            f'<div class="pair">{"".join(written[at : at + 2])}</div>' for at in range(0, len(written), 2)
        )
        yield from written if wide else pairs


def _is_wide(section: Element) -> bool:
    """Whether it takes the whole width; one with a picture is marked for the style sheet."""
    pictured = next(section.iter("img"), None) is not None
    if pictured:
        section.set("class", "pictured")
    return pictured or next(section.iter("table"), None) is not None


def _prepare(root: Element) -> None:
    """What the page needs besides the text: pictures in it, commands cut between words only."""
    set_in_french(root)
    for image in root.iter("img"):
        content = base64.b64encode((SOURCE.parent / image.get("src")).read_bytes()).decode()
        image.set("src", f"data:image/png;base64,{content}")
    for code in list(root.iter("code")):
        first, *others = (code.text or "").split(" ")
        code.text = ""
        for word in (first, *others):
            span = make("span")
            span.text, span.tail = word, " "
            code.append(span)
        code[-1].tail = ""


def _written(element: Element) -> str:
    holder = make("div")
    holder.append(element)
    return inner(holder)


if __name__ == "__main__":
    PAPER.write_bytes(memo(SOURCE.read_text(encoding="utf-8")))
    print(f"{PAPER.relative_to(ROOT)}: {PAPER.stat().st_size / 1000:.0f} kB")
