"""Every spelling of every territory that is known for sure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from atc.survey.errors import DataRefused
from atc.survey.paths import Project
from atc.survey.read_csv import read_bytes, read_csv
from atc.survey.settings import Settings
from atc.survey.spelling import place, unambiguous

TABLE = "territoires"
KEY = "territoire"


def known_sites(project: Project, settings: Settings, vague: str) -> dict[str, str]:
    """Territories of the waves before this one: code -> town."""
    sites: dict[str, str] = {}
    for other in settings.waves:
        path = project.raw(other) / f"{TABLE}.csv"
        if other == vague or not path.is_file():
            continue
        name = project.relative(path)
        with suppress(DataRefused):  # checking that wave says it better
            for row in read_csv(read_bytes(path, name), name).records().values():
                sites.setdefault(row.get(KEY, ""), row.get("commune", ""))
    sites.pop("", None)
    return sites


def spellings(sites: Mapping[str, str], declared: Mapping[str, str]) -> Mapping[str, str]:
    """Spelling, without case, accents or dashes, -> code of a territory."""
    pairs: Iterable[tuple[str, str]] = [
        (place(spelling), code) for code, town in sites.items() for spelling in (code, town)
    ]
    return {**unambiguous(pairs), **{place(spelling): code for spelling, code in declared.items()}}
