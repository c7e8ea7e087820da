"""Warm kernels against ordinary ones: every notebook of the repository, in both waves, byte for byte."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY, write_project

from atc.execution import processes
from atc.execution.chapter import execute_chapter
from atc.execution.environment import applied, deterministic
from atc.execution.notebooks import read_source
from atc.execution.parameters import NAMES, SHEET_NAMES
from atc.execution.tasks import ChapterTask, Executed
from atc.kernels import STOCK, WARM
from atc.paths import Project
from atc.settings import Settings, load_settings
from atc.waves import process

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="zygotes are for Linux"),
]
SETTINGS = load_settings(Project(REPOSITORY))
SHEET = "fiche_territoire"
CASES = [(wave, slug) for wave in SETTINGS.waves for slug in (*SETTINGS.chapters_of(wave), SHEET)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The repository, with its own notebooks, elsewhere."""
    made = write_project(tmp_path_factory.mktemp("depot") / "projet", {})
    shutil.copytree(REPOSITORY / "notebooks", made.notebooks, ignore=shutil.ignore_patterns("perso"))
    shutil.copy(REPOSITORY / "report.toml", made.settings_file)
    for wave in SETTINGS.waves:
        process(made, wave)
    return made


def executed(project: Project, settings: Settings, wave: str, slug: str, kernel: str) -> Executed:
    parameters = {"vague": wave, "diffusion": "interne"}
    names = NAMES
    if slug == SHEET:
        parameters["territoire"] = "avignon"
        names = SHEET_NAMES
    with (
        processes.private_folder() as private,
        applied({**deterministic(settings.wave(wave).date), processes.MARK: private.name}),
    ):
        task = ChapterTask(
            slug=slug,
            notebook=read_source(project.notebooks, slug, names).notebook,
            parameters=parameters,
            project=project,
            limits=settings.limits,
            mark=f"{private.name}/{slug}",
            private=private / "0",
            token="jeton",
            target=target(project, slug, kernel),
            kernel=kernel,
        )
        result = execute_chapter(task)
    assert isinstance(result, Executed), result
    return result


def target(project: Project, slug: str, kernel: str) -> Path:
    return project.root / f"{slug}-{kernel}.ipynb"


@pytest.mark.parametrize(("wave", "slug"), CASES)
def test_a_warm_kernel_gives_the_same_bytes(project: Project, wave: str, slug: str) -> None:
    settings = load_settings(project)
    warm = executed(project, settings, wave, slug, WARM)
    stock = executed(project, settings, wave, slug, STOCK)
    assert target(project, slug, WARM).read_bytes() == target(project, slug, STOCK).read_bytes()
    # The same files, columns and modules: the same keys, and nothing to do after a change of kernel.
    assert warm == stock
    assert "atc.waves" in warm.modules
    assert not any(name.startswith("atc.kernels") for name in warm.modules)
