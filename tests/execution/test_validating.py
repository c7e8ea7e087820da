"""Large waves are validated by a process that ends with it, and refused in the same words."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from conftest import notebook

from atc.errors import DataRefused
from atc.execution import validating
from atc.paths import Project
from atc.processed import is_processed

WAVE = "2020-automne"


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    return make_project({"01_essai": notebook("Essai", "None")})


@pytest.fixture(params=[0, 10**9], ids=["other process", "this process"])
def _size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validating, "_LARGE", request.param)


@pytest.mark.usefixtures("_size")
def test_a_wave_is_validated(project: Project) -> None:
    validating.validate(project, [WAVE])
    assert is_processed(project, WAVE)


@pytest.mark.usefixtures("_size")
def test_every_fault_is_told(project: Project) -> None:
    path = project.raw(WAVE) / "territoires.csv"
    heading, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([heading, *lines, "x,y", "z"]) + "\n", encoding="utf-8")
    with pytest.raises(DataRefused) as caught:
        validating.validate(project, [WAVE])
    lines_told = {fault.line for fault in caught.value.faults}
    assert {len(lines) + 2, len(lines) + 3} <= lines_told
    assert not is_processed(project, WAVE)


@pytest.mark.parametrize(("large", "here"), [(0, False), (10**9, True)])
def test_who_validates(project: Project, monkeypatch: pytest.MonkeyPatch, large: int, here: bool) -> None:
    monkeypatch.setattr(validating, "_LARGE", large)
    monkeypatch.setattr(validating, "_process", _say_who)
    validating.validate(project, [WAVE])
    assert (int((project.root / "qui").read_text()) == os.getpid()) is here


def _say_who(project: Project, vague: str) -> None:
    assert vague == WAVE
    (project.root / "qui").write_text(str(os.getpid()))
