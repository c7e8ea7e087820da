"""Both waves of the project, in a copy: nothing here touches the files that others work on."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest
from clone import copy_project

from atc.survey.paths import Project
from atc.survey.waves import Wave, open_wave


def _copied(root: Path, validated: Path) -> Project:
    copy = copy_project(root)
    shutil.copytree(validated, root / "data" / "processed")
    return copy


def opened(project: Project, vague: str, diffusion: str = "financeurs") -> Wave:
    with patch.dict(os.environ, ATC_ROOT=str(project.root)):
        return open_wave(vague, diffusion)


@pytest.fixture(scope="session")
def project(tmp_path_factory, validated) -> Project:
    return _copied(tmp_path_factory.mktemp("vagues") / "projet", validated)


@pytest.fixture
def own_project(tmp_path, validated) -> Project:
    """A copy that a test may change."""
    return _copied(tmp_path / "projet", validated)


@pytest.fixture(scope="session")
def wave(project) -> Wave:
    return opened(project, "2021-automne")


@pytest.fixture(scope="session")
def open_in() -> Callable[..., Wave]:
    return opened


@pytest.fixture
def changed(monkeypatch, project) -> Callable[..., Wave]:
    """A wave whose tables went through a change, as readers of a tier see it."""
    read = Wave.table

    def change(
        diffusion: str = "financeurs", vague: str = "2021-automne", **changes: Callable[..., pd.DataFrame]
    ) -> Wave:
        inside = opened(project, vague, "interne")

        def table(self: Wave, name: str) -> pd.DataFrame:
            found = read(self, name)
            if self.id != vague or name not in changes:
                return found
            return changes[name](read(inside, name))[found.columns]

        monkeypatch.setattr(Wave, "table", table)
        return opened(project, vague, diffusion)

    return change
