"""Both waves of the project, in a copy: nothing here touches the files that others work on."""

from collections.abc import Callable

import pandas as pd
import pytest
from clone import copy_project, opened

from atc.survey.paths import Project
from atc.survey.waves import Wave


@pytest.fixture(scope="session")
def project(tmp_path_factory, validated) -> Project:
    return copy_project(tmp_path_factory.mktemp("vagues") / "projet", validated)


@pytest.fixture(scope="session")
def wave(project) -> Wave:
    return opened(project, "2021-automne")


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
