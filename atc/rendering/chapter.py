"""From an executed notebook to a chapter: checked cells one after the other, anchors, tables."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import chain, count, zip_longest
from urllib.parse import unquote

from atc.rendering.outputs import NotebookNode, place, read_outputs

# nbconvert brings nbformat, and comes after ours.
# isort: split
from nbconvert.filters.highlight import Highlight2HTML

from atc.rendering.fragments import HEADINGS, Element, inner, make, parse, set_in_french, slugify, text_of
from atc.rendering.html import filled
from atc.rendering.markdown import checked, rendered, set_formulas
from atc.rendering.report import PROOF, Chapter, is_proof
from atc.survey.datapackage import REBUILT, SIMULATED
from atc.survey.errors import Messages, NotebookFailed, shown
from atc.survey.typography import enumeration, french

_said = Messages(__name__)
_FIGURES = "0123456789.,+-−%e  \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
_ANCHOR = re.compile(r'<a\b[^>]* href="#([^"]+)"')
# Letters that stand beside one another on a sheet of paper: upright, lying, lying in small letters.
_UPRIGHT, _LYING, _SMALL = 92, 148, 200
# Longer words are cut.
_WORD = 24


def read_chapter(notebook: NotebookNode, slug: str) -> Chapter:
    """Make a chapter of an executed notebook, whose body holds only what `atc.rendering.markdown` knows.

    Code is folded away under what it shows, with that of the silent cells before it. `NotebookFailed` tells
    every cell that failed or shows what a page must not hold, and titles that are missing or too many.
    """
    # Cells hold no magic: nbconvert's own choice of lexer imports all of IPython, to give the same colours.
    coloured = Highlight2HTML("python3")  # type: ignore[no-untyped-call]
    cells, silent, told = list[tuple[str, str]](), list[str](), list[str]()
    titles, anchors = list[str](), list[tuple[str, str]]()
    for cell in notebook.cells:
        if "remove" in cell.metadata.get("tags", []):
            continue
        markup, faults = _shown(cell, slug)
        titles += map(text_of, parse(markup).iter("h1") if "<h1" in markup else ())
        faults += [_said("second_title", title=shown(title)) for title in titles[1:]]
        del titles[1:]
        anchors += [(place(slug, cell), unquote(to)) for to in _ANCHOR.findall(markup)]
        told += [f"{place(slug, cell)} : {fault}." for fault in dict.fromkeys(faults)]
        is_code = cell.cell_type == "code"
        silent += [cell.source.strip()] * is_code
        if markup or not is_code:
            cells.append((markup, coloured("\n\n".join(silent)) if is_code else ""))
            silent = [] if is_code else silent
    if told:
        raise NotebookFailed("\n".join(told))
    root = parse(filled("cells.html.j2", cells=cells))
    if not titles:
        raise NotebookFailed(_said("no_title", slug=slug))
    next(root.iter("h1")).drop_tree()
    _say_worths(root)
    # Proofs stand at the end, under a heading of their own, each with its code.
    section = make("section", class_=PROOF)
    for figure in [each for each in root.iter("figure") if is_proof(each.get("id", ""))]:
        code = figure.getnext()
        section.extend([figure] if code is None or code.get("class") != "code" else [figure, code])
    if len(section):
        section.insert(0, make("h2", "Reproductibilité"))
        root.append(section)
    if lost := [f"{where} : {_said('no_anchor', anchor=to)}." for where, to in _set_anchors(root, anchors)]:
        raise NotebookFailed("\n".join(lost))
    return Chapter(slug, titles[0], inner(root).strip())


def _set_anchors(root: Element, anchors: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Give headings their ids, and links to them what they mean; the anchors that lead nowhere."""
    # An id is made of the words of its heading; a second one of the same words gets ``-2``.
    taken = set(root.xpath(".//@id"))
    for heading in root.iter(*HEADINGS):
        base = slugify(text_of(heading))
        names = chain([base], (f"{base}-{n}" for n in count(2)))
        heading.set("id", heading.get("id") or next(name for name in names if name not in taken))
        taken.add(heading.get("id"))
    # JupyterLab keeps the accents and capitals of a heading in its anchor.
    for link in root.xpath(".//a[starts-with(@href, '#')]"):
        if (name := unquote(link.get("href")[1:])) not in taken:
            link.set("href", f"#{slugify(name)}")
    yield from ((where, to) for where, to in anchors if not taken & {to, slugify(to)})


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
        faults += told or _set_tables(root)
        roots.append(root)
    return "\n".join(map(inner, roots)), faults


def _say_worths(root: Element) -> None:
    """Say once, under the opening, what exhibits are worth."""
    told_of = root.xpath(".//figure[string(@data-status)]")
    told = []
    worths = {SIMULATED: _said.pair("made_up"), REBUILT: _said.pair("rebuilt")}
    for status, (some, all_of_them) in worths.items():
        found = [each.get("id", "") for each in told_of if each.get("data-status") == status]
        if found:
            told.append(all_of_them if len(found) == len(told_of) > 1 else f"{some}{enumeration(found)}.")
    opening = next(root.iter("aside"), None)
    if told and opening is not None:
        opening.addnext(make("p", french(" ".join(told)), class_="chapter-status"))


def _set_tables(root: Element) -> Iterator[str]:
    """Give the tables of an author what those of exhibits have, or tell in French which is too wide.

    The scope of header cells, ``num`` on figures, a frame that scrolls; the paper that its columns need.
    """
    for table in root.xpath(".//table[not(parent::*[@class='table-scroll'])]"):
        words = [
            [max(map(len, text_of(cell).split()), default=0) for cell in row if not cell.get("colspan")]
            for row in table.iter("tr")
        ]
        longest = [max(column) for column in zip_longest(*words, fillvalue=0)]
        # Where each column is as wide as its longest word.
        width = sum(2 + min(_WORD, each) for each in longest)
        if width > _SMALL:
            yield _said("too_wide", row=shown(text_of(next(table.iter("tr")))))
        for cell in table.iter("th", "td"):
            if cell.attrib.pop("style", "").replace(" ", "").startswith("text-align:right"):
                cell.classes.add("num")
        for cell in table.xpath(".//th[not(@scope)]"):
            cell.set("scope", "row" if cell.xpath("../td") else "col")
        if "dataframe" in table.classes:
            # pandas tells the columns of figures by its own look.
            # From the right: on the left, one that heads several rows stands in the first of them only.
            rows = map(reversed, table.iterfind("./tbody/tr"))
            for rank, cells in enumerate(zip_longest(*rows, fillvalue=make("td"))):
                if all(cell.tag == "td" and not text_of(cell).strip(_FIGURES) for cell in cells):
                    for cell in table.xpath(f"./*/tr/*[last() - {rank}]"):
                        cell.classes.add("num")
        frame = make("div", class_="table-scroll", tabindex="0", role="region", **{"aria-label": "Tableau"})
        frame.tail, table.tail = table.tail, None
        table.getparent().replace(table, frame)
        frame.append(table)
        told = {"couche": width > _UPRIGHT, "petit": width > _LYING, "coupe": max(longest, default=0) > _WORD}
        frame.classes.update(name for name, holds in told.items() if holds)
