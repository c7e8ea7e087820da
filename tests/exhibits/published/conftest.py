import pytest
from views import THEN, opened

from atc.survey.waves import Wave


@pytest.fixture(scope="session")
def wave() -> Wave:
    return opened(THEN, "financeurs")
