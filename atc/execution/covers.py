"""What the documents of a run say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atc.settings import Settings
from atc.typography import french

#: Of notebooks of one's own, where the pages of the report say what the report is.
OUTSIDE = "Carnet personnel, hors du rapport"


def cover_fields(settings: Settings, parameters: Mapping[str, str], *, own: bool = False) -> dict[str, Any]:
    """What every document of a run says of itself.

    Args:
        settings: report.toml.
        parameters: Wave and tier of the run.
        own: Whether it is about a notebook of one's own, which is no part of the report.

    Returns:
        Fields of `atc.rendering.Cover`.
    """
    wave, diffusion = settings.wave(parameters["vague"]), parameters["diffusion"]
    return {
        "title": settings.title,
        "subtitle": OUTSIDE if own else settings.subtitle,
        "wave_label": wave.label,
        "report_label": OUTSIDE if own else wave.report,
        "diffusion": diffusion,
        "tier_label": settings.tier(diffusion),
        "date": wave.date,
        "authors": settings.authors,
        "precaution": french(wave.precaution),
        "provenance": "" if own else wave.provenance,
        "presentation": settings.presentation,
        "charts": wave.charts,
        "following": wave.following,
    }
