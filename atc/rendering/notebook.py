"""From an executed notebook to a chapter: each cell checked, nbconvert to assemble them, then the anchors."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache

from atc.nbformat import NotebookNode

# Those that bring nbformat come after ours.
# isort: split
from jinja2 import FileSystemLoader
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets.config import Config

from atc.errors import NotebookFailed
from atc.rendering.allowed import checked
from atc.rendering.assets import TEMPLATES
from atc.rendering.fragments import Element, inner, make, parse, remove, text_of
from atc.rendering.headings import anchor_headings
from atc.rendering.model import Chapter
from atc.rendering.outputs import displays
from atc.rendering.proofs import head_proofs
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
    markup, _ = _exporter().from_notebook_node(_prepared(notebook, slug))
    root = parse(markup)
    title = _take_title(root, slug)
    _mark_question(root)
    head_proofs(root)
    anchor_headings(root)
    set_tables(root)
    return Chapter(slug, title, inner(root).strip())


def _prepared(notebook: NotebookNode, slug: str) -> NotebookNode:
    """A copy whose cells all have something to show, checked, in their metadata.

    Code cells that show nothing lend their code to the next one that does.
    """
    result = copy.copy(notebook)
    result.cells, waiting = [], []
    for number, cell in _kept_cells(notebook):
        place = f"Carnet {slug}, cellule {number}"
        if cell.cell_type == "markdown":
            cell.metadata["atc_html"] = [_prose(cell.source, place)]
        else:
            cell.metadata["atc_html"] = [inner(checked(html, place)) for html in displays(cell, place)]
            waiting.append(cell.source.strip())
            if not cell.metadata["atc_html"]:
                continue
            cell.source, waiting = "\n\n".join(waiting), []
        result.cells.append(cell)
    return result


def _kept_cells(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    for number, cell in enumerate(notebook.cells, start=1):
        if _DROPPED not in cell.metadata.get("tags", []) and cell.cell_type in {"code", "markdown"}:
            yield number, copy.deepcopy(cell)


def _prose(source: str, place: str) -> str:
    # nbconvert's own filter would add a « ¶ » link to each heading.
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    root = checked(MarkdownWithMath(renderer).render(source), place)
    set_in_french(root)
    return inner(root)


@cache
def _exporter() -> TemplateExporter:
    # Neither HTMLExporter (it writes addresses of CDNs) nor sanitize_html (it drops headings, and let a
    # script through): a bare template over nbconvert's `base`.
    # No preprocessor either: each would have the whole notebook validated once more.
    return TemplateExporter(  # type: ignore[no-untyped-call]
        config=Config(),
        default_preprocessors=[],
        template_name="base",
        template_file="cells.html.j2",
        file_extension=".html",
        extra_loaders=[FileSystemLoader(TEMPLATES)],
    )


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
