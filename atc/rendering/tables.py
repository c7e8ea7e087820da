"""Tables as pages need them: header cells told, columns weighed, and a frame to scroll in on a telephone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from math import ceil, sqrt

from atc.rendering.fragments import Element, make, text_of
from atc.survey.errors import shown

# Characters from which a cell holds a sentence, and columns under and over which a table is small or large.
_SENTENCE = 45
_FEW, _MANY = 3, 7
_FIGURES = "0123456789.,+-−%e  \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
# Characters that stand beside one another on a sheet of paper: upright, lying, lying in small letters.
_UPRIGHT, _LYING, _SMALL = 92, 148, 200
# Longer words are cut.
_WORD = 24
# Characters that stand beside one another in a table as wide as the page, and those of a label.
_ABREAST, _LABEL = 112, 30
# Lines that still stand together on a sheet of paper.
_SHORT = 7


def set_tables(root: Element) -> None:
    """Complete the tables of a fragment, in place.

    Tables of Markdown get what those of exhibits have: the scope of header cells, ``num`` on figures, a
    frame that scrolls. Every table is told ``compact`` or ``many`` after its number of columns, and
    ``short`` if paper need not cut it; columns that hold sentences are told ``long`` and get more room.
    """
    for table in list(root.iter("table")):
        _complete_cells(table)
        _measure(table)
        if not _is_framed(table):
            _frame(table)
            _lay_down(table)


def _complete_cells(table: Element) -> None:
    for cell in table.iter("th", "td"):
        if cell.attrib.pop("style", "").replace(" ", "").startswith("text-align:right"):
            _add_class(cell, "num")
    for cell in table.iterfind("./thead//th"):
        cell.set("scope", cell.get("scope", "col"))
    if "dataframe" in table.get("class", "").split():
        _complete_pandas(table)


def _complete_pandas(table: Element) -> None:
    """Tell the header cells of rows, and the columns of figures, which pandas tells by its own look."""
    heads = list(table.iterfind("./thead/tr"))
    for column in zip_longest(*table.iterfind("./tbody/tr")):
        cells = [cell for cell in column if cell is not None]
        if all(cell.tag == "td" and not text_of(cell).strip(_FIGURES) for cell in cells):
            place = cells[0].getparent().index(cells[0])
            for cell in (*cells, *(head[place] for head in heads if len(head) > place)):
                _add_class(cell, "num")
    for cell in table.iterfind("./tbody/tr/th"):
        cell.set("scope", "row")


def _measure(table: Element) -> None:
    rows: Sequence[Sequence[Element]] = [list(row) for row in table.iterfind("./tbody/tr")]
    if any(cell.get("colspan") or cell.get("rowspan") for row in rows for cell in row):
        return
    columns = list(zip(*rows, strict=False))
    long = [cells for cells in columns if max(len(text_of(cell)) for cell in cells) >= _SENTENCE]
    for cells in long:
        for cell in cells:
            _add_class(cell, "long")
    if long:
        share_out(table)
    if len(columns) > _MANY:
        _add_class(table, "many")
    elif len(columns) <= _FEW and not long:
        _add_class(table, "compact")
    if sum(_lines(row) for row in rows) <= _SHORT:
        _add_class(table, "short")


def _lines(row: Sequence[Element]) -> int:
    return max((ceil(len(text_of(cell)) / _SENTENCE) for cell in row), default=0) or 1


def share_out(table: Element, abreast: int = _ABREAST) -> None:
    """Share the width out: a column of sentences needs more of it than a column of numbers.

    Short texts stay on one line where that leaves sentences most of the width, which holds so many characters
    ``abreast``.
    """
    for group in table.findall("colgroup"):
        table.remove(group)
    columns = list(zip(*table.iterfind("./tbody/tr"), strict=False))
    heads = [text_of(head) for head in table.iterfind("./thead/tr/th")]
    weights, kept = list[float](), dict[int, float]()
    for head, cells in zip(heads, columns, strict=False):
        texts = [text_of(cell) for cell in cells]
        lengths = [len(text) for text in texts]
        word = max(len(part) for text in [head, *texts] for part in text.replace("-", " ").split() or [""])
        # Lines break at words: a thin column wastes more of its width than a wide one.
        longest = max(len(head), *lengths)
        if longest <= _LABEL:
            kept[len(weights)] = longest + 2
        weights.append(max(word, sqrt(max(lengths) * sum(lengths) / len(lengths))) + 10)
    if len(kept) < len(weights) and sum(kept.values()) <= abreast / 2:
        rest = sum(weight for i, weight in enumerate(weights) if i not in kept)
        inch = (abreast - sum(kept.values())) / rest
        weights = [kept.get(i, weight * inch) for i, weight in enumerate(weights)]
    group = make("colgroup")
    for weight in weights:
        group.append(make("col", style=f"width: {100 * weight / sum(weights):.1f}%"))
    captions = list(table.iterfind("caption"))
    table.insert(len(captions), group)


def too_wide(root: Element) -> Iterator[str]:
    """Tables of an author that no sheet of paper holds, in French."""
    for table in root.iter("table"):
        if not _is_framed(table) and _width(table) > _SMALL:
            heads = shown(text_of(next(table.iter("tr"))))
            yield (
                f"le tableau « {heads} » est trop large pour une feuille de papier, même couchée. Gardez "
                "moins de colonnes, ou faites-en deux tableaux"
            )


def _words(table: Element) -> list[list[int]]:
    """Length of the longest word of each cell, row by row."""
    return [
        [max(map(len, text_of(cell).split()), default=0) for cell in row if not cell.get("colspan")]
        for row in table.iter("tr")
    ]


def _width(table: Element) -> int:
    """Characters that stand beside one another where each column is as wide as its longest word."""
    return sum(2 + min(_WORD, max(column)) for column in zip_longest(*_words(table), fillvalue=0))


def _lay_down(table: Element) -> None:
    """Give a table of an author the paper that its columns need, and words that can be cut."""
    frame, width = table.getparent(), _width(table)
    if width > _UPRIGHT:
        _add_class(frame, "couche" if width <= _LYING else "couche petit")
    if any(length > _WORD for row in _words(table) for length in row):
        _add_class(frame, "coupe")


def _is_framed(table: Element) -> bool:
    return bool(table.getparent().get("class") == "table-scroll")


def _frame(table: Element) -> None:
    frame = make("div", class_="table-scroll", tabindex="0", role="region", **{"aria-label": "Tableau"})
    frame.tail, table.tail = table.tail, None
    table.getparent().replace(table, frame)
    frame.append(table)


def _add_class(element: Element, name: str) -> None:
    element.set("class", f"{element.get('class', '')} {name}".strip())
