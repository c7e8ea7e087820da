"""Public facts of ``data/reference``: what exhibits draw, and what a reader already knows of the sites."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from atc.survey.paths import Project
from atc.survey.read_csv import read_rows


def load_background(project: Project) -> dict[str, Any]:
    """The outline of France, Martinique and the neighbouring countries, as GeoJSON.

    Each feature has a ``role``: ``france_metropolitaine``, ``martinique`` or ``pays_voisin``.
    """
    path = project.reference / "fond_de_carte.geojson"
    background: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return background


def load_roster(project: Project) -> pd.DataFrame:
    """The posts that everybody can name: what an outsider would join to our pages.

    One row = one post of one territory. ``territoire`` (code), ``commune``, ``fonction`` (codes of
    ``verbatims.fonction``), ``poste`` (as it is called). Nobody's name; nothing is missing.
    """
    return load_facts(project, "roster.csv")


def load_facts(project: Project, name: str, vague: str = "") -> pd.DataFrame:
    """Rows of a file that evaluators may edit (``calendrier.csv``, ``sigles.csv``), as text, in order.

    Where the file tells waves apart, those of every wave and of ``vague``. A `DataRefused` tells that a line
    could not be read.
    """
    path = project.reference / name
    rows = read_rows(path, project.relative(path), (), lambda *_: ())
    facts = pd.DataFrame(list(rows.values()), dtype="str")
    return facts[facts["vague"].isin(["", vague])].reset_index(drop=True) if "vague" in facts else facts
