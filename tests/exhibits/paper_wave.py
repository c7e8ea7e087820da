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


def _field(name: str, title: str, question: str = "", kind: str = "plain") -> dict[str, object]:
    said = {"name": name, "title": title, "question": question, "kind": kind}
    return said | {"type": "string", "protege": "personne"}


SCHEMAS = {
    "carnet": {
        "title": "Carnet",
        "source": "carnet de bord",
        "primaryKey": ["site"],
        "fields": [
            _field("site", "Territoire", kind="quasi-identifier"),
            _field("etp", "Temps d'animation", "Combien d'ETP ?"),
            _field("configuration", "Configuration", "Qui anime la démarche ?"),
        ],
    },
    "reponses": {
        "title": "Réponses",
        "source": "questionnaire flash",
        "primaryKey": ["repondant"],
        "fields": [
            _field("repondant", "Pseudonyme", kind="identifier"),
            _field("posture", "Posture", "Combien d'ETP ?"),
        ],
    },
}
COLLECTED = {"carnet": "été 2021", "reponses": ""}


def write_wave(
    root: Path,
    statuses: Mapping[str, Mapping[str, str]] = SURE,
    reserves: Mapping[str, list[dict[str, object]]] | None = None,
) -> Wave:
    """Write the wave under a folder, with the statuses that a test wants, and open it."""
    project = Project(root)
    folder = project.processed("essai")
    folder.mkdir(parents=True)
    project.dictionary.mkdir(parents=True)
    for name, schema in SCHEMAS.items():
        whole = {"name": name, "description": "", "grain": "une ligne", "missingValues": []} | schema
        (project.dictionary / f"{name}.json").write_text(json.dumps(whole), encoding="utf-8")
        FRAMES[name].to_parquet(folder / f"{name}.parquet", index=False)
    resources = [
        {
            "name": name,
            "path": f"{name}.csv",
            "hash": "sha256:",
            "statuts": statuses[name],
            "collecte": {"libelle": COLLECTED[name]},
            "reserves": (reserves or {}).get(name, []),
        }
        for name in SCHEMAS
    ]
    package = {
        "vague": "essai",
        "title": "Essai",
        "version": "1",
        "licenses": [{"title": "LO"}],
        "resources": resources,
    }
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return Wave(
        settings=replace(SETTINGS.wave(SETTINGS.default_wave), id="essai", published=False),
        report=SETTINGS,
        diffusion="interne",
        package=read_package(folder, "essai"),
        dictionary=load_dictionary(project),
        project=project,
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
    rows = [unit_bar("Une seule personne", count=n(2), total=n(3), text="2 sur 3")]
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
