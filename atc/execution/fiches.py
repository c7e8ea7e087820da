"""The sheets of the territories: one notebook, run once for each territory of the wave."""

from __future__ import annotations

import csv

from atc.errors import UsageError, shown
from atc.execution.planning import INTERNAL
from atc.paths import Project
from atc.typography import french

NOTEBOOK = "fiche_territoire"


def check_request(diffusion: str, chapitres: tuple[str, ...]) -> None:
    """Refuse sheets outside the tightest circle, and sheets mixed with chapters.

    Raises:
        UsageError: The tier is another one, or chapters are named too.
    """
    if diffusion != INTERNAL:
        raise UsageError(
            f"Les fiches de territoire se font en diffusion « {INTERNAL} », non « {shown(diffusion)} » : "
            f"elles montrent les réponses de quelques personnes. Relancez avec --diffusion {INTERNAL}."
        )
    if chapitres:
        raise UsageError(
            "Les fiches de territoire ne sont pas des chapitres. Choisissez --fiches ou --chapitre."
        )


def sheet_titles(project: Project, vague: str) -> dict[str, str]:
    """The territories of a wave that was validated, with the title of their sheets, communes in order.

    Read without pandas, which would cost a second to a run that has nothing to do.
    """
    path = project.raw(vague) / "territoires.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        sites = {row["territoire"]: row["commune"] for row in csv.DictReader(stream)}
    return {
        code: french(f"{commune} : fiche de territoire")
        for code, commune in sorted(sites.items(), key=lambda site: site[1])
    }
