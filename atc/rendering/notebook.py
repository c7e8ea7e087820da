"""From an executed notebook to a chapter: nbconvert with our own template, then checks on the tree."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache

from jinja2 import FileSystemLoader
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets.config import Config

from atc.errors import NotebookFailed
from atc.rendering.allowed import refusals
from atc.rendering.assets import TEMPLATES
from atc.rendering.fragments import Element, inner, make, parse, remove, text_of
from atc.rendering.headings import anchor_headings
from atc.rendering.model import Chapter
from atc.rendering.outputs import displays
from atc.rendering.prose import set_in_french
from atc.rendering.tables import set_tables

_DROPPED = "remove"


def read_chapter(notebook: NotebookNode, slug: str) -> Chapter:
    """Make a chapter of an executed notebook.

    Cells tagged ``remove`` are dropped. Code is folded away, with the code of the silent cells before it.

    Args:
        notebook: As executed; it is not changed.
        slug: Name of the notebook, without its extension.

    Returns:
        The chapter, whose body holds only what `atc.rendering.allowed` knows.

    Raises:
        NotebookFailed: A cell failed, displayed or holds something that a page must not hold, or the
            notebook has not exactly one title.
    """
    kept = _with_folded_code(notebook, slug)
    markup, _ = _exporter().from_notebook_node(kept)
    root = parse(markup)
    _refuse_what_is_not_allowed(root, slug)
    for cell in root.xpath("./div[@data-cell][@class='markdown']"):
        set_in_french(cell)
    title = _take_title(root, slug)
    for cell in root.xpath("./div[@data-cell]"):
        cell.drop_tag()
    _mark_question(root)
    anchor_headings(root)
    set_tables(root)
    return Chapter(slug, title, inner(root).strip())


def _with_folded_code(notebook: NotebookNode, slug: str) -> NotebookNode:
    """A copy whose code cells all show something: silent ones lend their code to the next that does."""
    result = copy.deepcopy(notebook)
    result.cells, waiting = [], []
    for number, cell in _kept_cells(notebook):
        cell.metadata["atc_cell"] = number
        if cell.cell_type == "code":
            cell.metadata["atc_displays"] = displays(cell, f"Carnet {slug}, cellule {number}")
            waiting.append(cell.source.strip())
            if not cell.metadata["atc_displays"]:
                continue
            cell.source, waiting = "\n\n".join(waiting), []
        result.cells.append(cell)
    return result


def _kept_cells(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    for number, cell in enumerate(notebook.cells, start=1):
        if _DROPPED not in cell.metadata.get("tags", []) and cell.cell_type in {"code", "markdown"}:
            yield number, copy.deepcopy(cell)


@cache
def _exporter() -> TemplateExporter:
    # Neither HTMLExporter (it writes addresses of CDNs) nor sanitize_html (it drops headings, and let a
    # script through): a bare template over nbconvert's `base`, and our own checks after it.
    exporter = TemplateExporter(  # type: ignore[no-untyped-call]
        config=Config(),
        template_name="base",
        template_file="cells.html.j2",
        file_extension=".html",
        extra_loaders=[FileSystemLoader(TEMPLATES)],
    )
    exporter.register_filter("markdown", _markdown)  # type: ignore[no-untyped-call]
    return exporter


def _markdown(source: str) -> str:
    # nbconvert's own filter would add a « ¶ » link to each heading.
    return MarkdownWithMath(IPythonRenderer(escape=False, exclude_anchor_links=True)).render(source)


def _refuse_what_is_not_allowed(root: Element, slug: str) -> None:
    for element, reason in refusals(root):
        numbers = [cell.get("data-cell") for cell in element.iterancestors("div") if cell.get("data-cell")]
        place = f", cellule {numbers[-1]}" if numbers else ""
        raise NotebookFailed(f"Carnet {slug}{place} : {reason}. Retirez-le, puis relancez.")


def _take_title(root: Element, slug: str) -> str:
    titles = list(root.iter("h1"))
    if len(titles) != 1:
        raise NotebookFailed(
            f"Carnet {slug} : il faut un titre « # … » et un seul, il y en a {len(titles)}. "
            "Corrigez les cellules de texte."
        )
    title = text_of(titles[0])
    remove(titles[0])
    return title


def _mark_question(root: Element) -> None:
    """A chapter opens with its question, in italics under the title."""
    first = next(iter(root), make("p"))
    emphasis = [child for child in first if first.tag == "p" and child.tag == "em"]
    if emphasis and text_of(emphasis[0]) == text_of(first):
        first.set("class", "question")
        emphasis[0].drop_tag()
