"""Tables of a chapter: header cells and figures told, widths shared out, and the paper that they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from math import ceil, fsum

from atc.rendering.fragments import Element, make, text_of
from atc.survey.errors import shown

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
        if not is_framed(table):
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
    them is cut.
    """
    columns = list(zip(*rows, strict=False))
    weights = [max(4.0, *(len(cell) ** 0.62 for cell in column)) for column in columns]
    words = [max(len(word) for cell in column for word in cell.split() or [""]) for column in columns]
    wide = [
        max(abreast * weight / fsum(weights), 1.2 * word + 3)
        for weight, word in zip(weights, words, strict=True)
    ]
    return [each / fsum(wide) for each in wide]


def too_wide(root: Element) -> Iterator[str]:
    """Tables of an author that no sheet of paper holds, in French."""
    for table in root.iter("table"):
        if not is_framed(table) and _width(table)[0] > _SMALL:
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


def is_framed(table: Element) -> bool:
    """Whether a table stands in a frame that scrolls, as those of exhibits do."""
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
