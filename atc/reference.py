"""Public facts of ``data/reference`` that exhibits draw."""

from __future__ import annotations

import json
from typing import Any

from atc.paths import Project


def load_background(project: Project) -> dict[str, Any]:
    """The outline of France, Martinique and the neighbouring countries, as GeoJSON.

    Each feature has a ``role``: ``france_metropolitaine``, ``martinique`` or ``pays_voisin``.
    """
    path = project.reference / "fond_de_carte.geojson"
    background: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return background
