"""From an executed notebook to a chapter: cells checked, assembled by nbconvert, then anchors and tables."""

from collections.abc import Iterator, Sequence
from copy import copy, deepcopy
from functools import cache
from html import escape
from itertools import zip_longest
from math import ceil, fsum

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
from atc.survey.datapackage import REBUILT, SIMULATED
from atc.survey.errors import NotebookFailed, shown
from atc.survey.typography import enumeration, french

_WORTHS = {
    SIMULATED: ("Illustrations, aux valeurs inventées : ", "Toutes les pièces sont ici des illustrations."),
    REBUILT: ("Répartitions reconstituées : ", "Toutes les pièces sont ici des répartitions reconstituées."),
}
# Characters from which a cell holds a sentence, and columns under and over which a table is small or large.
_SENTENCE = 45
_FEW, _MANY = 3, 7
_FIGURES = "0123456789.,+-−%e  \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
# Letters that stand beside one another on a sheet of paper: upright, lying, lying in small letters; and in a
# table as wide as the page.
_UPRIGHT, _LYING, _SMALL, _ABREAST = 92, 148, 200, 112
# Longer words are cut.
_WORD = 24
# Lines that still stand together on a sheet of paper.
_SHORT = 7


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
    result.cells, silent, told = [], list[str](), list[str]()
    for cell in deepcopy(notebook.cells):
        if "remove" in cell.metadata.get("tags", []):
            continue
        cell.metadata["atc_html"], faults = _shown(cell, slug)
        told += [f"{place(slug, cell)} : {fault}." for fault in faults]
        if cell.cell_type == "code":
            silent.append(cell.source.strip())
            if not cell.metadata["atc_html"]:
                continue
            cell.source, silent = "\n\n".join(silent), []
        result.cells.append(cell)
    if told:
        raise NotebookFailed("\n".join(told))
    return result


def _shown(cell: NotebookNode, slug: str) -> tuple[str, list[str]]:
    """What a cell shows, as HTML, and what of it no page may hold, in French."""
    prose, faults = cell.cell_type == "markdown", list[str]()
    if cell.cell_type == "code":
        markups, faults = read_outputs(cell)
    elif prose:
        markup, faults = rendered(cell.source, slugify(f"{slug} {cell.id}"))
        markups = [markup]
    else:
        markups = [f"<pre>{escape(cell.source)}</pre>"]
    roots = []
    for markup in markups if not faults else ():
        root, told = checked(markup, cell.source if prose else "")
        if prose and not told:
            set_in_french(root)
            told += set_formulas(root)
        faults += told or _too_wide(root)
        roots.append(root)
    return "\n".join(map(inner, roots)), faults


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


def _tell_statuses(root: Element) -> None:
    """Say under the opening of a chapter which of its exhibits are not what was collected or published."""
    told_of = root.xpath(".//figure[string(@data-status)]")
    judged = [(figure.get("id", ""), figure.get("data-status")) for figure in told_of]
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


# --- Tables -----------------------------------------------------------------------------------------------


def set_tables(root: Element) -> None:
    """Complete the tables of a fragment, in place.

    Tables of Markdown and of pandas get what those of exhibits have: the scope of header cells, ``num`` on
    figures, a frame that scrolls. Every table is told ``compact`` or ``many`` after its number of columns,
    ``short`` if paper need not cut it; columns that hold sentences are told ``long`` and get more room.
    """
    for table in list(root.iter("table")):
        for cell in table.iter("th", "td"):
            if cell.attrib.pop("style", "").replace(" ", "").startswith("text-align:right"):
                cell.classes.add("num")
        for cell in table.iterfind("./thead//th"):
            cell.set("scope", cell.get("scope", "col"))
        columns = list(zip_longest(*table.iterfind("./tbody/tr")))
        if "dataframe" in table.classes:
            _complete_pandas(table, columns)
        if not table.xpath("./tbody/tr/*[@colspan or @rowspan]"):
            _measure(table, columns)
        if not _is_framed(table):
            _frame(table)


def _complete_pandas(table: Element, columns: Sequence[Sequence[Element | None]]) -> None:
    """Tell the header cells of rows, and the columns of figures, which pandas tells by its own look."""
    for column in columns:
        cells = [cell for cell in column if cell is not None]
        if all(cell.tag == "td" and not text_of(cell).strip(_FIGURES) for cell in cells):
            rank = cells[0].getparent().index(cells[0])
            heads = table.xpath(f"./thead/tr/*[{rank + 1}]")
            for cell in (*cells, *heads):
                cell.classes.add("num")
    for cell in table.iterfind("./tbody/tr/th"):
        cell.set("scope", "row")


def _measure(table: Element, columns: Sequence[Sequence[Element | None]]) -> None:
    texts = [[text_of(cell) for cell in column if cell is not None] for column in columns]
    long = [max(map(len, each)) >= _SENTENCE for each in texts]
    for column, is_long in zip(columns, long, strict=True):
        for cell in column if is_long else ():
            if cell is not None:
                cell.classes.add("long")
    if any(long):
        share_out(table)
    if len(columns) > _MANY:
        table.classes.add("many")
    elif len(columns) <= _FEW and not any(long):
        table.classes.add("compact")
    rows = zip_longest(*texts, fillvalue="")
    if sum(max(1, *(ceil(len(text) / _SENTENCE) for text in row)) for row in rows) <= _SHORT:
        table.classes.add("short")


def share_out(table: Element) -> None:
    """Tell the widths of the columns of a table as wide as the page."""
    for group in table.findall("colgroup"):
        table.remove(group)
    rows = [[text_of(cell) for cell in row] for row in table.iter("tr")]
    group = make("colgroup")
    group.extend(make("col", style=f"width: {100 * share:.1f}%") for share in shares(rows, _ABREAST))
    table.insert(len(table.findall("caption")), group)


def shares(rows: Sequence[Sequence[str]], abreast: float) -> list[float]:
    """What part of the width each column takes, where so many letters stand abreast.

    Sentences get more of it than numbers, yet less than they are longer, as lines break at words; none of
    them is cut. One long cell counts less than many.
    """
    weights, words = list[float](), list[int]()
    for column in zip(*rows, strict=False):
        lengths = [len(cell) for cell in column]
        weights.append(max(4.0, (max(lengths) * sum(lengths) / len(lengths)) ** 0.31))
        # Lines break after hyphens too.
        parts = [part for cell in column for part in cell.replace("-", "- ").split()]
        words.append(max(map(len, parts), default=0))
    wide = [
        max(abreast * weight / fsum(weights), 1.2 * word + 3)
        for weight, word in zip(weights, words, strict=True)
    ]
    return [each / fsum(wide) for each in wide]


def _too_wide(root: Element) -> Iterator[str]:
    """Tables of an author that no sheet of paper holds, in French."""
    for table in root.iter("table"):
        if not _is_framed(table) and _width(table)[0] > _SMALL:
            heads = shown(text_of(next(table.iter("tr"))))
            yield (
                f"le tableau « {heads} » est trop large pour une feuille de papier, même couchée. Gardez "
                "moins de colonnes, ou faites-en deux tableaux"
            )


def _width(table: Element) -> tuple[int, int]:
    """Letters abreast where each column is as wide as its longest word, and those of the longest word."""
    words = [
        [max(map(len, text_of(cell).split()), default=0) for cell in row if not cell.get("colspan")]
        for row in table.iter("tr")
    ]
    columns = [max(column) for column in zip_longest(*words, fillvalue=0)]
    return sum(2 + min(_WORD, longest) for longest in columns), max(columns, default=0)


def _is_framed(table: Element) -> bool:
    return bool(table.getparent().get("class") == "table-scroll")


def _frame(table: Element) -> None:
    """Give a table of an author a frame to scroll in, the paper that its columns need, words that are cut."""
    width, longest = _width(table)
    frame = make("div", class_="table-scroll", tabindex="0", role="region", **{"aria-label": "Tableau"})
    frame.tail, table.tail = table.tail, None
    table.getparent().replace(table, frame)
    frame.append(table)
    if width > _UPRIGHT:
        frame.classes.update(["couche"] if width <= _LYING else ["couche", "petit"])
    if longest > _WORD:
        frame.classes.add("coupe")
