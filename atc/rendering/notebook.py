"""From an executed notebook to a chapter: each cell checked, nbconvert to assemble them, then the anchors."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import cache
from html import escape

from atc.rendering.nbformat import NotebookNode

# Those that bring nbformat come after ours.
# isort: split
from jinja2 import FileSystemLoader
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets.config import Config

from atc.rendering.allowed import checked
from atc.rendering.assets import TEMPLATES
from atc.rendering.fragments import Element, inner, make, parse, remove, text_of
from atc.rendering.headings import anchor_headings, slugify
from atc.rendering.markdown import rendered
from atc.rendering.maths import set_formulas
from atc.rendering.model import Chapter
from atc.rendering.outputs import place, read_outputs
from atc.rendering.proofs import head_proofs
from atc.rendering.prose import set_in_french
from atc.rendering.statuses import head_examples, tell_statuses
from atc.rendering.tables import set_tables, too_wide
from atc.survey.errors import NotebookFailed

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
    tell_statuses(root)
    head_examples(root)
    head_proofs(root)
    anchor_headings(root)
    set_tables(root)
    return Chapter(slug, title, inner(root).strip())


def _prepared(notebook: NotebookNode, slug: str) -> NotebookNode:
    """A copy whose cells all have something to show, checked, in their metadata.

    Code cells that show nothing lend their code to the next one that does.
    """
    result = copy.copy(notebook)
    result.cells, waiting, faults = [], [], []
    for cell in copy.deepcopy(notebook.cells):
        if _DROPPED in cell.metadata.get("tags", []):
            continue
        try:
            cell.metadata["atc_html"] = _markups(cell, slug)
        except NotebookFailed as error:
            faults.append(str(error))
            continue
        if cell.cell_type == "code":
            waiting.append(cell.source.strip())
            if not cell.metadata["atc_html"]:
                continue
            cell.source, waiting = "\n\n".join(waiting), []
        result.cells.append(cell)
    if faults:
        raise NotebookFailed("\n".join(faults))
    return result


def _markups(cell: NotebookNode, slug: str) -> list[str]:
    """What a cell shows, checked, as HTML."""
    where = place(slug, cell)
    if cell.cell_type == "code":
        markups, faults = read_outputs(cell)
        _refuse(faults, where)
        roots = [checked(markup, where) for markup in markups]
        for root in roots:
            _refuse(too_wide(root), where)
        return [inner(root) for root in roots]
    if cell.cell_type == "raw":
        return [inner(checked(f"<pre>{escape(cell.source)}</pre>", where))]
    markup, faults = rendered(cell.source, slugify(f"{slug} {cell.id}"))
    _refuse(faults, where)
    root = checked(markup, where, cell.source)
    set_in_french(root)
    _refuse([*set_formulas(root), *too_wide(root)], where)
    return [inner(root)]


def _refuse(faults: Iterable[str], where: str) -> None:
    told = [f"{where} : {fault}." for fault in faults]
    if told:
        raise NotebookFailed("\n".join(told))


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
