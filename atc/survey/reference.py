"""Public facts of ``data/reference``: what exhibits draw, and what a reader already knows of the sites."""

import json
from typing import Any

import pandas as pd

from atc.survey.paths import Project
from atc.survey.read_csv import read_rows


def load_background(project: Project) -> Any:
    """Outlines of France, Martinique and countries around, as GeoJSON; the ``role`` of each says which."""
    return json.loads((project.reference / "fond_de_carte.geojson").read_text(encoding="utf-8"))


def load_roster(project: Project) -> pd.DataFrame:
    """The posts that everybody can name: what an outsider would join to our pages.

    One row = one post of one territory. ``territoire`` (code), ``commune``, ``fonction`` (codes of
    ``verbatims.fonction``), ``poste`` (as it is called). Nobody's name; nothing is missing.
    """
    return load_facts(project, "roster.csv")


def load_facts(project: Project, name: str, vague: str = "") -> pd.DataFrame:
    """Rows of a file that evaluators may edit, as text, in order; those of ``vague`` where waves are told.

    A `DataRefused` tells that a line could not be read.
    """
    path = project.reference / name
    rows = read_rows(path, project.relative(path))
    facts = pd.DataFrame(list(rows.values()), dtype="str")
    return facts[facts["vague"].isin(["", vague])].reset_index(drop=True) if "vague" in facts else facts
