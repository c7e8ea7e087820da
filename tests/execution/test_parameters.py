"""Faults B 21–28: what papermill accepts in silence is refused before anything runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import notebook

from atc.errors import UsageError
from atc.execution.parameters import checked_parameters, declared_parameters, parameter_faults
from atc.execution.run import Request, run
from atc.paths import Project, find_project
from atc.settings import Settings, load_settings

GOOD = {"vague": "2020-automne", "diffusion": "financeurs"}


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(find_project(Path(__file__)))


def test_good_parameters_pass_unchanged(settings: Settings) -> None:
    assert checked_parameters(GOOD, settings) == GOOD


@pytest.mark.parametrize("name", ["vagues", "Vague", "vague ", "VAGUE", "diffusions", "sitee", "", "pm"])
def test_unknown_name_is_refused(name: str, settings: Settings) -> None:
    with pytest.raises(UsageError, match="inconnu"):
        checked_parameters({**GOOD, name: "x"}, settings)


@pytest.mark.parametrize("missing", GOOD)
def test_missing_name_is_refused(missing: str, settings: Settings) -> None:
    given = {name: value for name, value in GOOD.items() if name != missing}
    with pytest.raises(UsageError, match="absent"):
        checked_parameters(given, settings)


@pytest.mark.parametrize(
    "value",
    [
        2020,
        7,
        1e3,
        math.nan,
        math.inf,
        None,
        True,
        False,
        b"x",
        [],
        ["financeurs"],
        {},
        (),
        Path(),
        0,
    ],
)
@pytest.mark.parametrize("name", GOOD)
def test_wrong_type_is_refused(name: str, value: Any, settings: Settings) -> None:
    with pytest.raises(UsageError, match=name):
        checked_parameters({**GOOD, name: value}, settings)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2020",
        "2021-automne ",
        "2020-Automne",
        "../../tmp",
        "/etc/passwd",
        "a\0b",
        "x" * 200,
        "{site.__class__}",
        "financeurs\n",
        "\udc80",
        "<script>alert(1)</script>",
        "__import__('os').system('true')",
        '"; import os; os._exit(3); "',
    ],
)
@pytest.mark.parametrize("name", GOOD)
def test_value_outside_the_list_is_refused_on_one_printable_line(
    name: str, value: str, settings: Settings
) -> None:
    with pytest.raises(UsageError, match="inconnue") as caught:
        checked_parameters({**GOOD, name: value}, settings)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "name",
    ["vague=1;import os;os.system('touch canari');x", "vague\nimport os", "vague: str = 1 #", "import"],
)
def test_code_in_a_name_is_refused_and_never_runs(
    name: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="inconnu"):
        checked_parameters({**GOOD, name: "1"}, settings)
    assert not list(tmp_path.iterdir())


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
BAD_NAMES = {
    "misspelt": "sitee",
    "in capitals": "VAGUE",
    "with a space": "vague ",
    "with a line end": "vague\n",
    "cut by a NUL": "vague\0",
    "a lone surrogate": "vague\udc80",
    "two hundred characters": "v" * 200,
    "a folder above": "../vague",
    "code after a value": "vague=1;import os;os.mkdir('canari');x",
    "code on a second line": "vague\nimport os; os.mkdir('canari')",
    "an annotation": "vague: __import__('os').mkdir('canari')",
    "of Python": "__builtins__",
    "of the sheets": "territoire",
}


def _never(*_: object) -> None:
    raise AssertionError("the run began")


def _files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


def test_more_than_twenty_five_kinds_are_tried() -> None:
    tried = {*BAD_NAMES.values(), *BAD_WAVES.values(), *BAD_TIERS.values()}
    assert len(tried) == len(BAD_NAMES) + len(BAD_WAVES) + len(BAD_TIERS)
    assert len(tried) >= 25


@pytest.mark.parametrize(
    ("vague", "diffusion"),
    [
        *(pytest.param(value, "financeurs", id=f"wave {name}") for name, value in BAD_WAVES.items()),
        *(pytest.param("2020-automne", value, id=f"tier {name}") for name, value in BAD_TIERS.items()),
    ],
)
@pytest.mark.parametrize("fiches", [False, True], ids=["chapters", "sheets"])
def test_a_run_with_bad_values_is_refused_before_anything_is_written(
    vague: str, diffusion: str, fiches: bool, make_project: Callable[..., Project]
) -> None:
    project = make_project({"01_un": notebook("Un", "n = 1")})
    before = _files(project.root)
    with pytest.raises(UsageError) as refused:
        run(project, Request(vague, diffusion, fiches=fiches), _never)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 400
    assert _files(project.root) == before


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES)
def test_a_bad_name_is_refused_on_one_printable_line(
    name: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="inconnu") as refused:
        checked_parameters({**GOOD, name: "2020-automne"}, settings)
    assert str(refused.value).isprintable()
    assert not list(tmp_path.iterdir())


def test_declarations_are_names_with_plain_types() -> None:
    declared, faults = declared_parameters('# la vague\nvague: str = "2020-automne"\ndiffusion: str = "x"')
    assert declared == {"vague": str, "diffusion": str}
    assert not faults
    assert not parameter_faults(declared)


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
