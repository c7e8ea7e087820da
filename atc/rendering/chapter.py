"""From an executed notebook to a chapter: cells checked, assembled by nbconvert, then anchors and tables."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy, deepcopy
from functools import cache
from html import escape

from atc.rendering.outputs import NotebookNode, place, read_outputs

# Those that bring nbformat come after ours.
# isort: split
from jinja2 import FileSystemLoader
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets.config import Config

from atc.rendering.allowed import checked
from atc.rendering.fragments import (
    Element,
    anchor_headings,
    inner,
    make,
    parse,
    set_in_french,
    slugify,
    text_of,
)
from atc.rendering.html import TEMPLATES
from atc.rendering.markdown import rendered, set_formulas
from atc.rendering.report import GOVERNS, PROOF, Chapter, governed, is_proof
from atc.rendering.tables import set_tables, too_wide
from atc.survey.datapackage import REBUILT, SIMULATED
from atc.survey.errors import NotebookFailed
from atc.survey.typography import enumeration, french

_WORTHS = {
    SIMULATED: ("Illustrations, aux valeurs inventées : ", "Toutes les pièces sont ici des illustrations."),
    REBUILT: ("Répartitions reconstituées : ", "Toutes les pièces sont ici des répartitions reconstituées."),
}


def read_chapter(notebook: NotebookNode, slug: str) -> Chapter:
    """Make a chapter of an executed notebook, whose body holds only what `atc.rendering.allowed` knows.

    Cells tagged ``remove`` are dropped. Code is folded away under what it shows, with the code of the silent
    cells before it. `NotebookFailed` tells every cell that failed or shows what a page must not hold, and
    titles that are missing or too many.
    """
    markup, _ = _exporter().from_notebook_node(_prepared(notebook, slug))
    root = parse(markup)
    titles = list(root.iter("h1"))
    if len(titles) != 1:
        raise NotebookFailed(
            f"Carnet {slug} : il faut un titre « # … » et un seul, il y en a {len(titles)}. "
            "Corrigez les cellules de texte."
        )
    titles[0].drop_tree()
    for emphasis in root.xpath("./*[1][self::p]/em[1]"):
        # A chapter opens with its question, in italics under the title.
        if text_of(emphasis) == text_of(emphasis.getparent()):
            emphasis.getparent().set("class", "question")
            emphasis.drop_tag()
    _tell_statuses(root)
    _head_lists(root)
    _set_proofs_apart(root)
    anchor_headings(root)
    set_tables(root)
    return Chapter(slug, text_of(titles[0]), inner(root).strip())


def _prepared(notebook: NotebookNode, slug: str) -> NotebookNode:
    """A copy of the cells that show something, each with what it shows in its metadata."""
    result = copy(notebook)
    result.cells, silent, faults = [], [], []
    for cell in deepcopy(notebook.cells):
        if "remove" in cell.metadata.get("tags", []):
            continue
        try:
            cell.metadata["atc_html"] = "\n".join(_shown(cell, slug))
        except NotebookFailed as error:
            faults.append(str(error))
            continue
        if cell.cell_type == "code":
            silent.append(cell.source.strip())
            if not cell.metadata["atc_html"]:
                continue
            cell.source, silent = "\n\n".join(silent), []
        result.cells.append(cell)
    if faults:
        raise NotebookFailed("\n".join(faults))
    return result


@cache
def _exporter() -> TemplateExporter:
    # Neither HTMLExporter (it writes addresses of CDNs) nor sanitize_html (it drops headings, and let a
    # script through): a bare template over nbconvert's `base`. A preprocessor would validate it once more.
    return TemplateExporter(  # type: ignore[no-untyped-call]
        config=Config(),
        default_preprocessors=[],
        template_name="base",
        template_file="cells.html.j2",
        file_extension=".html",
        extra_loaders=[FileSystemLoader(TEMPLATES)],
    )


def _shown(cell: NotebookNode, slug: str) -> list[str]:
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


def _tell_statuses(root: Element) -> None:
    """Say under the opening of a chapter which of its exhibits are not what was collected or published."""
    judged = [(figure.get("id", ""), figure.get("data-status")) for figure in root.iter("figure")]
    judged = [(id_, status) for id_, status in judged if status]
    told = []
    for status, (some, all_of_them) in _WORTHS.items():
        found = [id_ for id_, its in judged if its == status]
        if found:
            told.append(all_of_them if len(found) == len(judged) > 1 else f"{some}{enumeration(found)}.")
    opening = next(root.iter("aside"), None)
    if told and opening is not None:
        opening.addnext(make("p", french(" ".join(told)), class_="chapter-status"))


def _head_lists(root: Element) -> None:
    """Say over a list of messages, once, that all of them are examples."""
    for listed in root.xpath(".//ul[@class='messages']"):
        lines = list(listed.iterfind("li"))
        heading, texts = governed([text_of(line) for line in lines])
        if heading:
            listed.addprevious(make("p", f"{heading}.", class_=GOVERNS))
            for line, text in zip(lines, texts, strict=True):
                line.text = text


def _set_proofs_apart(root: Element) -> None:
    """Proofs stand at the end, under a heading of their own; in a wave that has none, nothing does."""
    proofs = [figure for figure in root.iter("figure") if is_proof(figure.get("id", ""))]
    section = make("section", class_=PROOF)
    section.append(make("h2", "Reproductibilité"))
    for figure in proofs:
        code = figure.getnext()
        section.append(figure)
        if code is not None and code.get("class") == "code":
            section.append(code)
    if proofs:
        root.append(section)
