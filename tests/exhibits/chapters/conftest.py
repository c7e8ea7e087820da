"""Both waves of the project, in a copy: nothing here touches the files that others work on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from atc.paths import Project, find_project
from atc.waves import Wave, open_wave


def _copied(target: Path) -> Project:
    root = find_project(Path(__file__)).root
    shutil.copytree(root / "data", target / "data", ignore=shutil.ignore_patterns("processed"))
    shutil.copy(root / "report.toml", target)
    return Project(target)


def opened(project: Project, vague: str, diffusion: str = "financeurs") -> Wave:
    with patch.dict(os.environ, ATC_ROOT=str(project.root)):
        return open_wave(vague, diffusion)


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Project:
    return _copied(tmp_path_factory.mktemp("vagues"))


@pytest.fixture
def own_project(tmp_path) -> Project:
    """A copy that a test may change."""
    return _copied(tmp_path)


@pytest.fixture(scope="session")
def wave(project) -> Wave:
    return opened(project, "2021-automne")


@pytest.fixture(scope="session")
def open_in() -> Callable[..., Wave]:
    return opened
