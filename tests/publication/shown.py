"""Exhibits as a run leaves them, made by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from atc.disclosure.record import Record
from atc.disclosure.system import Range
from atc.publication.finished import ShownExhibit


def shown(
    id_: str = "F02-03",
    csv: str = "libelle,effectif\nSeul,7\nPartagé,\n",
    ranges: Mapping[str, Range] | None = None,
    masked: Collection[str] = (),
    **told: Any,
) -> ShownExhibit:
    """One exhibit.

    Args:
        id_: Its id.
        csv: Its table.
        ranges: What it lets out.
        masked: Keys of the counts that it masks.
        told: What it says of itself besides.
    """
    default = {
        "id": id_,
        "title": "Sept territoires",
        "subtitle": "Territoires",
        "reading": "Une phrase.",
        "source": "Source : carnet de bord ; n = 14 carnets.",
        "mention": "DONNÉES RECONSTITUÉES",
        "status": "reconstitué",
        "uses": ["carnet_de_bord.configuration"],
        "labels": {"libelle": "Configuration", "effectif": "Territoires"},
        "files": {"csv": csv},
    }
    call = f"chapters.feuille_de_route.fig_{id_[1:].replace('-', '_')}(donnees)"
    record = Record(ranges=dict(ranges or {}), masked=set(masked))
    return ShownExhibit(id_, "02_feuille_de_route", record, "fig-02-03", call, {**default, **told})
