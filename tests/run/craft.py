"""Runs as tests call them."""

from collections.abc import Callable
from pathlib import Path

from conftest import notebook

from atc.rendering.outputs import EXHIBIT_MIME
from atc.run.manifest import file_hash
from atc.run.run import Outcome, Request, run
from atc.survey.paths import Project

WAVE, TIER = "2020-automne", "financeurs"
#: What a run makes of a whole report, beside the pages of its chapters.
DOCUMENTS = {
    "classeur.xlsx",
    "diaporama.pptx",
    "essentiel.html",
    "essentiel.pdf",
    "rapport.docx",
    "rapport.pdf",
}

# One transparent point.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'


def exhibit(id_: str) -> str:
    """A cell that shows one exhibit."""
    told = {
        "id": id_,
        "title": "Titre",
        "subtitle": "Sous-titre",
        "reading": "Lecture.",
        "source": "Source : un essai.",
        "mention": "illustration",
        "status": "simulé",
        "labels": {"site": "Site", "n": "Nombre"},
        "files": {"svg": SVG, "png": PNG, "csv": "site,n\nAubenas,1\n"},
    }
    figure = (
        f'<figure class="exhibit" id="{id_}" data-status="simulé"><div class="chart">{SVG}</div>'
        "<figcaption><p>x</p></figcaption></figure>"
    )
    return (
        "from IPython.display import display\n"
        f"display({{'text/html': {figure!r}, '{EXHIBIT_MIME}': {told!r}}}, raw=True)"
    )


READ = "from atc.survey.waves import open_wave\nn = len(open_wave(vague, diffusion).using([{}]).table('{}'))"
#: A small report: two chapters that read a column each, and one that reads nothing.
CHAPTERS = {
    "01_sites": notebook("Sites", READ.format("'territoires.commune'", "territoires"), exhibit("F01-01")),
    "02_postes": notebook("Postes", READ.format("'carnet_de_bord.etp'", "carnet_de_bord")),
    "03_prose": notebook("Prose", "n = vague"),
}
ALL = tuple(CHAPTERS)


class Silent:
    """Nobody is told how far a run has come."""

    def begin(self, steps: int) -> None:
        """See `atc.run.run.Progress`."""
        assert steps >= 0

    def done(self, label: str) -> None:
        """See `atc.run.run.Progress`."""
        assert label


def brought_up(project: Project, **wanted: object) -> Outcome:
    """Run, for the first wave and the usual circle unless told otherwise."""
    request = {"vague": WAVE, "diffusion": TIER, **wanted}
    return run(project, Request(**request), Silent())  # type: ignore[arg-type]


def pages(project: Project) -> Path:
    """Where these runs leave their pages."""
    return project.outputs(WAVE, TIER)


def carnets(project: Project) -> Path:
    """Where they leave the executed notebooks."""
    return project.outputs(WAVE, "interne") / "carnets" / TIER


def tree(folder: Path) -> dict[str, str]:
    """Every file below, hidden ones too, with its hash; the lock is no result."""
    return {
        path.relative_to(folder).as_posix(): file_hash(path)
        for path in sorted(folder.rglob("*"))
        if path.name != ".verrou"
    }


def edited(path: Path, old: str, new: str) -> None:
    """Put one passage of a file in the place of another."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


Change = Callable[[Project], object]
