"""From an executed notebook to a chapter: checked cells one after the other, anchors, tables."""

from collections.abc import Sequence
from html import escape
from itertools import chain, zip_longest
from math import ceil, fsum

from atc.rendering.outputs import REFUSED, NotebookNode, place, read_outputs

# nbconvert brings nbformat, and comes after ours.
# isort: split
from nbconvert.filters.highlight import Highlight2HTML

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
from atc.rendering.html import filled
from atc.rendering.markdown import checked, rendered, set_formulas
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
# Tables of an author: those of exhibits have a frame.
_UNFRAMED = ".//table[not(parent::*[@class='table-scroll'])]"


def read_chapter(notebook: NotebookNode, slug: str) -> Chapter:
    """Make a chapter of an executed notebook, whose body holds only what `atc.rendering.markdown` knows.

    Cells tagged ``remove`` are dropped. Code is folded away under what it shows, with the code of the silent
    cells before it. `NotebookFailed` tells every cell that failed or shows what a page must not hold, and
    titles that are missing or too many.
    """
    # Cells hold no magic: nbconvert's own choice of lexer imports all of IPython, to give the same colours.
    coloured = Highlight2HTML("python3")  # type: ignore[no-untyped-call]
    cells, silent, told = list[tuple[str, str]](), list[str](), list[str]()
    for cell in notebook.cells:
        if "remove" in cell.metadata.get("tags", []):
            continue
        markup, faults = _shown(cell, slug)
        told += [f"{place(slug, cell)} : {fault}." for fault in faults]
        is_code = cell.cell_type == "code"
        silent += [cell.source.strip()] * is_code
        if markup or not is_code:
            cells.append((markup, coloured("\n\n".join(silent)) if is_code else ""))
            silent = [] if is_code else silent
    if told:
        raise NotebookFailed("\n".join(told))
    root = parse(filled("cells.html.j2", cells=cells))
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
    _say_once(root)
    _set_proofs_apart(root)
    anchor_headings(root)
    set_tables(root)
    return Chapter(slug, text_of(titles[0]), inner(root).strip())


def _shown(cell: NotebookNode, slug: str) -> tuple[str, list[str]]:
    """What a cell shows, as HTML, and what of it no page may hold, in French."""
    match cell.cell_type:
        case "code":
            said, faults = read_outputs(cell)
        case "markdown":
            said, faults = [(cell.source, True)], list[str]()
        case _:
            said, faults = [(f"<pre>{escape(cell.source)}</pre>", False)], list[str]()
    roots = []
    for rank, (text, is_prose) in enumerate(said if not faults else ()):
        markup, told = rendered(text, slugify(f"{slug} {cell.id} {rank or ''}")) if is_prose else (text, [])
        if told:
            return "", told
        root, told = checked(markup, text if is_prose else "")
        if is_prose and not told:
            set_in_french(root)
            told += set_formulas(root)
        for table in root.xpath(_UNFRAMED) if not told else ():
            if _width(table)[0] > _SMALL:
                told.append(REFUSED["too_wide"].format(shown(text_of(next(table.iter("tr"))))))
        faults += told
        roots.append(root)
    return "\n".join(map(inner, roots)), faults


def _set_proofs_apart(root: Element) -> None:
    """Proofs stand at the end, under a heading of their own, each with its code."""
    section = make("section", class_=PROOF)
    section.append(make("h2", "Reproductibilité"))
    for figure in [each for each in root.iter("figure") if is_proof(each.get("id", ""))]:
        code = figure.getnext()
        section.append(figure)
        if code is not None and code.get("class") == "code":
            section.append(code)
    if len(section) > 1:
        root.append(section)


def _say_once(root: Element) -> None:
    """Say under the opening what exhibits are worth, and over a list that all its messages are examples."""
    told_of = root.xpath(".//figure[string(@data-status)]")
    told = []
    for status, (some, all_of_them) in _WORTHS.items():
        found = [each.get("id", "") for each in told_of if each.get("data-status") == status]
        if found:
            told.append(all_of_them if len(found) == len(told_of) > 1 else f"{some}{enumeration(found)}.")
    opening = next(root.iter("aside"), None)
    if told and opening is not None:
        opening.addnext(make("p", french(" ".join(told)), class_="chapter-status"))
    for listed in root.xpath(".//ul[@class='messages']"):
        heading, texts = governed(list(map(text_of, listed.iterfind("li"))))
        if heading:
            listed.addprevious(make("p", f"{heading}.", class_=GOVERNS))
            for line, text in zip(listed.iterfind("li"), texts, strict=True):
                line.text = text


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
        columns = list(zip_longest(*table.iterfind("./tbody/tr"), fillvalue=make("td")))
        if "dataframe" in table.classes:
            _complete_pandas(table, columns)
        if not table.xpath("./tbody/tr/*[@colspan or @rowspan]"):
            _measure(table, columns)
    for table in root.xpath(_UNFRAMED):
        # A table of an author: a frame to scroll in, the paper that its columns need, words that are cut.
        width, longest = _width(table)
        frame = make("div", class_="table-scroll", tabindex="0", role="region", **{"aria-label": "Tableau"})
        frame.tail, table.tail = table.tail, None
        table.getparent().replace(table, frame)
        frame.append(table)
        told = {"couche": width > _UPRIGHT, "petit": width > _LYING, "coupe": longest > _WORD}
        frame.classes.update(name for name, holds in told.items() if holds)


def _complete_pandas(table: Element, columns: Sequence[Sequence[Element]]) -> None:
    """Tell the header cells of rows, and the columns of figures, which pandas tells by its own look."""
    for cell in table.iterfind("./tbody/tr/th"):
        cell.set("scope", "row")
    for rank, cells in enumerate(columns, 1):
        if all(cell.tag == "td" and not text_of(cell).strip(_FIGURES) for cell in cells):
            for cell in (*cells, *table.xpath(f"./thead/tr/*[{rank}]")):
                cell.classes.add("num")


def _measure(table: Element, columns: Sequence[Sequence[Element]]) -> None:
    texts = [list(map(text_of, cells)) for cells in columns]
    long = [cells for cells, held in zip(columns, texts, strict=True) if max(map(len, held)) >= _SENTENCE]
    for cell in chain(*long):
        cell.classes.add("long")
    if long:
        share_out(table)
    lines = (max(1, *(ceil(len(text) / _SENTENCE) for text in row)) for row in zip(*texts, strict=True))
    told = {"many": len(columns) > _MANY, "compact": len(columns) <= _FEW and not long}
    told["short"] = sum(lines) <= _SHORT
    table.classes.update(name for name, holds in told.items() if holds)


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
        words.append(
            max((len(part) for cell in column for part in cell.replace("-", "- ").split()), default=0)
        )
    every = fsum(weights)
    wide = [
        max(abreast * weight / every, 1.2 * word + 3) for weight, word in zip(weights, words, strict=True)
    ]
    return [each / fsum(wide) for each in wide]


def _width(table: Element) -> tuple[int, int]:
    """Letters abreast where each column is as wide as its longest word, and those of the longest word."""
    words = [
        [max(map(len, text_of(cell).split()), default=0) for cell in row if not cell.get("colspan")]
        for row in table.iter("tr")
    ]
    columns = [max(column) for column in zip_longest(*words, fillvalue=0)]
    return sum(2 + min(_WORD, longest) for longest in columns), max(columns, default=0)
