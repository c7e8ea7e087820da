"""What the exhibits of a chapter are worth, in one line, and what the words for it mean, told once."""

from __future__ import annotations

from collections.abc import Collection

from atc.datapackage import REBUILT, SIMULATED
from atc.rendering.fragments import Element, make
from atc.rendering.model import Cover
from atc.typography import enumeration, french

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
