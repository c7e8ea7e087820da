"""Faults B 21–28: what papermill accepts in silence is refused before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import notebook

from atc.run.parameters import declared_parameters, parameter_faults
from atc.run.run import Request, run
from atc.survey.errors import UsageError
from atc.survey.paths import Project

#: What somebody could ask for by mistake or on purpose, to be refused by the run itself.
BAD_WAVES = {
    "of no year": "automne",
    "of another year": "2031-automne",
    "in capitals": "2020-AUTOMNE",
    "with a space": " 2020-automne",
    "with a line end": "2020-automne\n",
    "with another hyphen": "2020\N{NON-BREAKING HYPHEN}automne",
    "a tier": "financeurs",
    "both waves": "2020-automne,2021-automne",
    "empty": "",
    "a folder above": "../2020-automne",
    "from the root": "/etc/passwd",
    "a folder of Windows": "..\\2020-automne",
    "cut by a NUL": "2020-automne\0.csv",
    "a lone surrogate": "2020-automne\udc80",
    "two hundred characters": "2" * 200,
    "a template": "{vague.__class__.__init__.__globals__}",
    "code": "2020-automne'; import os; os.mkdir('canari'); '",
    "an option": "--force",
    "a number": 2020,
    "nothing": None,
    "a list": ["2020-automne"],
}
BAD_TIERS = {
    "none of them": "tous",
    "in capitals": "INTERNE",
    "the key of the default": "defaut",
    "a wave": "2020-automne",
    "two at once": "interne,public",
    "a folder above": "../interne",
    "from the root": "/tmp/interne",
    "cut by a NUL": "public\0",
    "a lone surrogate": "\udcffpublic",
    "two hundred characters": "p" * 200,
    "a template": "{diffusion!r}",
    "code": "__import__('os').mkdir('canari')",
}


def _never(*_: object) -> None:
    raise AssertionError("the run began")


def _files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


@pytest.mark.parametrize(
    ("vague", "diffusion"),
    [
        *(pytest.param(value, "financeurs", id=f"wave {name}") for name, value in BAD_WAVES.items()),
        *(pytest.param("2020-automne", value, id=f"tier {name}") for name, value in BAD_TIERS.items()),
    ],
)
@pytest.mark.parametrize("fiches", [False, True], ids=["chapters", "sheets"])
def test_a_run_with_bad_values_is_refused_before_anything_is_written(
    vague: object, diffusion: object, fiches: bool, make_project: Callable[..., Project]
) -> None:
    project = make_project({"01_un": notebook("Un", "n = 1")})
    before = _files(project.root)
    with pytest.raises(UsageError) as refused:
        run(project, Request(vague, diffusion, fiches=fiches), _never)  # type: ignore[arg-type]
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 400
    assert _files(project.root) == before


def test_declarations_are_names_with_plain_types() -> None:
    declared, faults = declared_parameters('# la vague\nvague: str = "2020-automne"\ndiffusion: str = "x"')
    assert declared == {"vague": str, "diffusion": str}
    assert not faults
    assert not list(parameter_faults(declared))


@pytest.mark.parametrize(
    "line",
    [
        'vague = "2020-automne"',
        'vague: str | None = "x"',
        'vague: "str" = "x"',
        "vague: str = None",
        "vague: str",
        "vague: str = f'{1}'",
        "vague: int = True",
        "vague: str = str(1)",
        "import os",
        "vague: list[str] = []",
        "a.vague: str = 'x'",
        "print('x')",
    ],
)
def test_anything_else_in_the_parameters_cell_is_a_fault(line: str) -> None:
    _, faults = declared_parameters(f'diffusion: str = "x"\n{line}')
    assert len(faults) == 1
    assert "ligne 2" in faults[0]


def test_a_parameter_declared_twice_is_a_fault() -> None:
    _, faults = declared_parameters('vague: str = "a"\nvague: str = "b"')
    assert faults == ["le paramètre « vague » est déclaré deux fois"]


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"vague": str}, "diffusion"),
        ({"vague": str, "diffusion": str, "seuil": int}, "seuil"),
        ({"vague": int, "diffusion": str}, "vague"),
    ],
)
def test_a_notebook_declares_exactly_the_known_parameters(declared: dict[str, type], told: str) -> None:
    (fault,) = parameter_faults(declared)
    assert f"« {told} »" in fault
