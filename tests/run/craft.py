"""Runs as tests call them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

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


class Silent:
    """Nobody is told how far a run has come."""

    def begin(self, steps: int) -> None:
        """See `atc.run.steps.Progress`."""
        assert steps >= 0

    def done(self, label: str) -> None:
        """See `atc.run.steps.Progress`."""
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


def copied(made: Project, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project like one that nobody may change, to work in."""
    shutil.copytree(made.root, folder)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("ATC_ROOT", raising=False)
    return Project(folder)


def edited(path: Path, old: str, new: str) -> None:
    """Put one passage of a file in the place of another."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


Change = Callable[[Project], object]
