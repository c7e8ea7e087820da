"""From an executed notebook to a chapter: cells checked, assembled by nbconvert, then anchors and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy, deepcopy
from functools import cache
from html import escape
from itertools import zip_longest
from math import ceil, fsum, sqrt

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
from atc.rendering.report import GOVERNS, Chapter, governed, is_proof
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
# Characters that stand beside one another on a sheet of paper: upright, lying, lying in small letters.
_UPRIGHT, _LYING, _SMALL = 92, 148, 200
# Longer words are cut.
_WORD = 24
# Characters that stand beside one another in a table as wide as the page, those of a label,
# and those that a column of a few words needs for each line.
_ABREAST, _LABEL, _HALF = 112, 30, 18
# Lines that still stand together on a sheet of paper.
_SHORT = 7


def read_chapter(notebook: NotebookNode, slug: str) -> Chapter:
    """Make a chapter of an executed notebook, whose body holds only what `atc.rendering.allowed` knows.

    Cells tagged ``remove`` are dropped. Code is folded away under what it shows, with the code of the silent
    cells before it.

    Args:
        notebook: As executed; it is not changed.
        slug: Name of the notebook, without its extension.

    Raises:
        NotebookFailed: A cell failed, displayed or holds something that a page must not hold, or the
            notebook has not exactly one title.
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
            cell.metadata["atc_html"] = _shown(cell, slug)
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
            _refuse(_too_wide(root), where)
        return [inner(root) for root in roots]
    if cell.cell_type == "raw":
        return [inner(checked(f"<pre>{escape(cell.source)}</pre>", where))]
    markup, faults = rendered(cell.source, slugify(f"{slug} {cell.id}"))
    _refuse(faults, where)
    root = checked(markup, where, cell.source)
    set_in_french(root)
    _refuse([*set_formulas(root), *_too_wide(root)], where)
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
    """Say over a list of messages, once, that all of them are examples; set proofs apart from findings."""
    for listed in root.xpath(".//ul[@class='messages']"):
        lines = list(listed.iterfind("li"))
        heading, texts = governed([text_of(line) for line in lines])
        if heading:
            listed.addprevious(make("p", f"{heading}.", class_=GOVERNS))
            for line, text in zip(lines, texts, strict=True):
                line.text = text
    # Proofs stand at the end. A notebook names none: in a wave of which nothing was printed, none is there.
    proofs = [figure for figure in root.iter("figure") if is_proof(figure.get("id", ""))]
    if proofs:
        proofs[0].addprevious(make("h2", "Reproductibilité"))


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
        if "dataframe" in table.classes:
            _complete_pandas(table)
        _measure(table)
        if not _is_framed(table):
            _frame(table)


def _complete_pandas(table: Element) -> None:
    """Tell the header cells of rows, and the columns of figures, which pandas tells by its own look."""
    heads = list(table.iterfind("./thead/tr"))
    for column in zip_longest(*table.iterfind("./tbody/tr")):
        cells = [cell for cell in column if cell is not None]
        if all(cell.tag == "td" and not text_of(cell).strip(_FIGURES) for cell in cells):
            rank = cells[0].getparent().index(cells[0])
            for cell in (*cells, *(head[rank] for head in heads if len(head) > rank)):
                cell.classes.add("num")
    for cell in table.iterfind("./tbody/tr/th"):
        cell.set("scope", "row")


def _measure(table: Element) -> None:
    rows = [list(row) for row in table.iterfind("./tbody/tr")]
    if any(cell.get("colspan") or cell.get("rowspan") for row in rows for cell in row):
        return
    columns = list(zip(*rows, strict=False))
    long = [cells for cells in columns if max(len(text_of(cell)) for cell in cells) >= _SENTENCE]
    for cell in (cell for cells in long for cell in cells):
        cell.classes.add("long")
    if long:
        share_out(table)
    if len(columns) > _MANY:
        table.classes.add("many")
    elif len(columns) <= _FEW and not long:
        table.classes.add("compact")
    lines = (max((ceil(len(text_of(cell)) / _SENTENCE) for cell in row), default=0) or 1 for row in rows)
    if sum(lines) <= _SHORT:
        table.classes.add("short")


def share_out(table: Element) -> None:
    """Share the width out: a column of sentences needs more of it than a column of numbers.

    Short texts stay on one line where that leaves sentences most of the width.
    """
    for group in table.findall("colgroup"):
        table.remove(group)
    columns = zip(*table.iterfind("./tbody/tr"), strict=False)
    heads = [text_of(head) for head in table.iterfind("./thead/tr/th")]
    weights, floors, kept = list[float](), list[float](), dict[int, float]()
    for head, cells in zip(heads, columns, strict=False):
        texts = [text_of(cell) for cell in cells]
        lengths = [len(text) for text in texts]
        word = max(len(part) for text in [head, *texts] for part in text.replace("-", " ").split() or [""])
        longest = max(len(head), *lengths)
        if longest <= _LABEL:
            kept[len(weights)] = longest + 2
        floors.append(max(min(longest / 2, _HALF) + 2, word + 3))
        # Lines break at words: a thin column wastes more of its width than a wide one.
        weights.append(max(word, sqrt(max(lengths) * sum(lengths) / len(lengths))) + 10)
    if fsum(kept.values()) > _ABREAST / 2:
        kept = {}
    if len(kept) < len(weights):
        rest = fsum(weight for i, weight in enumerate(weights) if i not in kept)
        inch = (_ABREAST - fsum(kept.values())) / rest
        # Beside long sentences no word is cut, and a few words stand on two lines or three, not on five.
        weights = [kept.get(i, max(weight * inch, floors[i])) for i, weight in enumerate(weights)]
        widest = weights.index(max(weights))
        weights[widest] = max(floors[widest], weights[widest] + _ABREAST - fsum(weights))
    group = make("colgroup")
    group.extend(make("col", style=f"width: {100 * weight / fsum(weights):.1f}%") for weight in weights)
    table.insert(len(table.findall("caption")), group)


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
    """Characters abreast where each column is as wide as its longest word, and those of the longest word."""
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
