"""Proof apart from findings: what compares the printed report with the data stands at the end, once."""

from __future__ import annotations

from atc.rendering.exhibits import is_proof
from atc.rendering.fragments import Element, make
from atc.rendering.headings import HEADINGS


def head_proofs(root: Element) -> None:
    """Give the proofs of a chapter, which stand at its end, a heading that sets them apart from findings.

    A notebook names none: in a wave of which nothing was printed, nothing would stand under it.
    """
    for figure in root.iter("figure"):
        if is_proof(figure.get("id", "")):
            figure.addprevious(make("h2", "Reproductibilité"))
            return


def without_proofs(root: Element) -> list[Element]:
    """Take the exhibits that are proof out of a chapter, in place, with the sections that hold nothing else.

    Returns them in order.
    """
    proofs = [figure for figure in root.iter("figure") if is_proof(figure.get("id", ""))]
    for figure in proofs:
        section = _section(figure)
        for element in section if not _keeps_more(section) else [figure]:
            # Several proofs stand under one heading: the first takes them all away.
            if (parent := element.getparent()) is not None:
                parent.remove(element)
    return proofs


def _section(figure: Element) -> list[Element]:
    """An exhibit with all that stands under the same heading, and the heading."""
    before = []
    for element in figure.itersiblings(preceding=True):
        before.append(element)
        if element.tag in HEADINGS:
            break
    after = []
    for element in figure.itersiblings():
        if element.tag in HEADINGS:
            break
        after.append(element)
    return [*reversed(before), figure, *after]


def _keeps_more(section: list[Element]) -> bool:
    """Whether a section has no heading of its own, or shows something that is no proof."""
    shown = [figure for element in section for figure in element.iter("figure")]
    return section[0].tag not in HEADINGS or not all(is_proof(each.get("id", "")) for each in shown)
