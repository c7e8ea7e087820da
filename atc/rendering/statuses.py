"""What the exhibits of a chapter are worth, in one line, and what the words for it mean, told once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from atc.rendering.fragments import Element, make, text_of
from atc.rendering.model import Cover
from atc.survey.datapackage import EXAMPLE, EXAMPLES, REBUILT, SIMULATED
from atc.survey.typography import enumeration, french

#: Class of what says once that all under it are examples.
GOVERNS = "governs"
_LINES = {
    SIMULATED: ("Illustrations, aux valeurs inventées : ", "Ce chapitre n’a que des illustrations."),
    REBUILT: ("Répartitions reconstituées : ", "Ce chapitre n’a que des répartitions reconstituées."),
}


def tell_statuses(root: Element) -> None:
    """Say under the opening of a chapter which of its exhibits are not what was collected or published."""
    figures = {figure.get("id", ""): figure.get("data-status") for figure in root.iter("figure")}
    judged = {id_: status for id_, status in figures.items() if status}
    told = []
    for status, (some, all_of_them) in _LINES.items():
        found = [id_ for id_, its in judged.items() if its == status]
        if found:
            told.append(all_of_them if len(found) == len(judged) > 1 else f"{some}{enumeration(found)}.")
    opening = next(root.iter("aside"), None)
    if told and opening is not None:
        opening.addnext(make("p", french(" ".join(told)), class_="chapter-status"))


def how_to_read(cover: Cover, statuses: Collection[str]) -> list[str]:
    """The sentences of the legend that a document needs."""
    return [text for status, text in cover.legend if not status or status in statuses]


def governed(texts: Sequence[str]) -> tuple[str, list[str]]:
    """What the heading of a list says for all that it holds, and what is left to say.

    Args:
        texts: They may say one by one that they are examples.

    Returns:
        Nothing and the same texts, unless there are several and each of them says it.
    """
    if len(texts) < 2 or not all(text.startswith(EXAMPLE) for text in texts):
        return "", list(texts)
    return french(EXAMPLES), [text.removeprefix(EXAMPLE) for text in texts]


def head_examples(root: Element) -> None:
    """Say over a list of messages, once, that all of them are examples."""
    for listed in root.xpath(".//ul[@class='messages']"):
        lines = list(listed.iterfind("li"))
        heading, texts = governed([text_of(line) for line in lines])
        if heading:
            listed.addprevious(make("p", f"{heading}.", class_=GOVERNS))
            for line, text in zip(lines, texts, strict=True):
                line.text = text
