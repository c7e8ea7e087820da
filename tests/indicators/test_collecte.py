from pathlib import Path

import pytest

from atc.datapackage import read_package
from atc.indicators import collecte
from atc.paths import find_project


@pytest.fixture(scope="module")
def package():
    folder = find_project(Path(__file__)).raw("2020-automne")
    return read_package(folder, folder.name)


def test_the_period_is_the_one_that_the_wave_declares(package):
    assert collecte.periode(package, "entretiens") == "automne 2020"
    assert collecte.periode(package, "scores") == package.resources["scores"].collected


def test_an_unknown_table_has_no_period(package):
    with pytest.raises(KeyError):
        collecte.periode(package, "inconnue")
