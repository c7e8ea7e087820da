"""A wave of two tiny tables, whose papers (labels, questions, sources, statuses) are known by heart."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from atc.disclosure import Count, Release, Released
from atc.exhibits.charts.rows import draw_units, unit_bar
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Base, Draft
from atc.exhibits.table import Column, DataTable
from atc.survey.datapackage import read_package
from atc.survey.dictionary import load_dictionary
from atc.survey.paths import Project
from atc.survey.settings import load_settings
from atc.survey.waves import Wave

n = Count.exactly

REPOSITORY = Path(__file__).resolve().parents[2]
SETTINGS = load_settings(Project(REPOSITORY))
FRAMES = {
    "carnet": pd.DataFrame(
        {"site": ["a", "b", "c"], "etp": [0.4, None, 1.5], "configuration": ["seul", "appui", "seul"]}
    ),
    "reponses": pd.DataFrame({"repondant": ["r1", "r2"], "posture": ["soutient", "reserve"]}),
}
SURE = {
    "carnet": {"site": "observé", "etp": "observé", "configuration": "observé"},
    "reponses": {"repondant": "observé", "posture": "observé"},
}


def _schema(title: str, source: str, **fields: tuple[str, str, str]) -> dict[str, object]:
    """A table of which the first column is the key; of each column its label, its question and its kind."""
    same = {"type": "string", "protege": "personne"}
    told = [
        {"name": name} | dict(zip(("title", "question", "kind"), words, strict=True)) | same
        for name, words in fields.items()
    ]
    papers = {"description": "", "grain": "une ligne", "missingValues": []}
    return papers | {
        "title": title, "source": source, "primaryKey": [next(iter(fields))], "fields": told,
    }  # fmt: skip


SCHEMAS = {
    "carnet": _schema(
        "Carnet",
        "carnet de bord",
        site=("Territoire", "", "quasi-identifier"),
        etp=("Temps d'animation", "Combien d'ETP ?", "plain"),
        configuration=("Configuration", "Qui anime la démarche ?", "plain"),
    ),
    "reponses": _schema(
        "Réponses",
        "questionnaire flash",
        repondant=("Pseudonyme", "", "identifier"),
        posture=("Posture", "Combien d'ETP ?", "plain"),
    ),
}
COLLECTED = {"carnet": "été 2021", "reponses": ""}


def write_wave(root: Path, statuses: Mapping[str, Mapping[str, str]] = SURE) -> Wave:
    """Write the wave under a folder, with the statuses that a test wants, and open it."""
    project = Project(root)
    folder = project.processed("essai")
    folder.mkdir(parents=True)
    project.dictionary.mkdir(parents=True)
    resources = []
    for name, schema in SCHEMAS.items():
        (project.dictionary / f"{name}.json").write_text(
            json.dumps({"name": name} | schema), encoding="utf-8"
        )
        described = {"name": name, "path": f"{name}.csv", "hash": "sha256:", "reserves": []}
        collected = {"collecte": {"libelle": COLLECTED[name]}}
        resources.append(described | collected | {"statuts": statuses[name]})
    package = {"vague": "essai", "title": "Essai", "version": "1", "licenses": [{"title": "LO"}]}
    (folder / "datapackage.json").write_text(json.dumps(package | {"resources": resources}), encoding="utf-8")
    return Wave(
        settings=replace(SETTINGS.wave(SETTINGS.default_wave), id="essai", published=False),
        report=SETTINGS,
        diffusion="interne",
        package=read_package(folder, "essai"),
        dictionary=load_dictionary(project),
        project=project,
        _frames=dict(FRAMES),
    )


def papers(release: Release, table: pd.DataFrame) -> Released:
    """A table that counts nobody."""
    return release.facts(table, "Des papiers d’essai, qui ne comptent personne.")


def draft(
    table: Released,
    *,
    title: str = "Deux sites sur trois n'ont qu'une personne",
    shown: tuple[Column, ...] = (Column("site", "Territoire"), Column("etp", "ETP", 1)),
    is_figure: bool = True,
) -> Draft:
    """What the function of a small exhibit could compute."""
    rows = [unit_bar("Une seule personne", "", n(2), n(3), "2 sur 3")]
    return Draft(
        title=title,
        subtitle="Territoires",
        table=DataTable(table, shown),
        reading="Lecture : deux sites sur trois !",
        alt="Une seule personne : 2 sur 3.",
        base=Base(n(3), "carnets"),
        draw=(lambda canvas: draw_units(canvas, rows)) if is_figure else None,
        note="À noter : trois sites.",
    )


@exhibit("F09-01", uses=["carnet.site", "carnet.etp"])
def figure(vague: Wave, release: Release) -> Draft:
    """A figure of the first table."""
    return draft(papers(release, vague.table("carnet")))


@exhibit("T09-02", uses=["carnet.site", "carnet.etp"])
def table(vague: Wave, release: Release) -> Draft:
    """The same as a table."""
    return draft(papers(release, vague.table("carnet")), is_figure=False)
