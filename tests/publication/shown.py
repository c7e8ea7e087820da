"""Exhibits as a run leaves them, made by hand."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from atc.disclosure.audit import Range, Record
from atc.publication.finished import Display, Finished
from atc.run.manifest import ChapterRecord, Manifest, Reads

CHAPTER = "02_feuille_de_route"


def shown(
    id_: str = "F02-03",
    csv: str = "libelle,effectif\nSeul,7\nPartagé,\n",
    ranges: Mapping[str, Range] | None = None,
    masked: Collection[str] = (),
    record: Record | None = None,
    **told: Any,
) -> Display:
    """One exhibit: what it lets out, as a record or as ranges and masked keys, and what it says of itself."""
    default = {
        "id": id_,
        "title": "Sept territoires",
        "subtitle": "Territoires",
        "reading": "Une phrase.",
        "source": "Source : carnet de bord ; n = 14 carnets.",
        "mention": "reconstitué",
        "status": "reconstitué",
        "uses": ["carnet_de_bord.configuration"],
        "labels": {"libelle": "Configuration", "effectif": "Territoires"},
        "files": {"csv": csv},
    }
    call = f"chapters.feuille_de_route.fig_{id_[1:].replace('-', '_')}(donnees)"
    let_out = record or Record(ranges=dict(ranges or {}), masked=set(masked))
    return Display(id_, CHAPTER, let_out, "fig-02-03", call, {**default, **told})


def finished(
    *exhibits: Display,
    sentences: Sequence[Display] = (),
    vague: str = "2020-automne",
    diffusion: str = "financeurs",
) -> Finished:
    """A run that showed these, and made one page."""
    chapter = ChapterRecord("", "", "", Reads((), {}))
    run = Manifest(
        vague=vague,
        diffusion=diffusion,
        date="2020-12-15",
        versions={},
        data={},
        code="",
        chapters={CHAPTER: chapter},
        made={},
        outdated=(),
    )
    page = f'<!DOCTYPE html><html lang="fr"><head><title>{CHAPTER}</title></head><body></body></html>'
    return Finished(run, {f"html/{CHAPTER}.html": page.encode()}, (*exhibits, *sentences))
