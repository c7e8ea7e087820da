import pytest
from exhibits.published.copies import copy_project, opened

from atc.paths import Project
from atc.waves import Wave


@pytest.fixture
def project(tmp_path) -> Project:
    return copy_project(tmp_path)


@pytest.fixture(scope="session")
def wave(tmp_path_factory) -> Wave:
    return opened(copy_project(tmp_path_factory.mktemp("project")))
