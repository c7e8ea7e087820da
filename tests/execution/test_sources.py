from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import notebook

from atc.execution import sources
from atc.execution.sources import Snapshot, changed, notebook_hash, reached_from, versions, wave_files
from atc.manifest import ABSENT
from atc.paths import Project


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package named ``atc`` of our own, in the place of the real one."""
    folder = tmp_path / "code" / "atc"
    for name, text in {
        "__init__.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from atc.heavy import x\n",
        "alone.py": "import json\n",
        "heavy.py": "import atc.alone\n",
        "lazy.py": "def f():\n    from atc import alone\n    return alone\n",
        "shown/__init__.py": "from atc.shown.inner import y\n",
        "shown/inner.py": "from atc.lazy import f\n",
        "shown/templates/page.html": "<p>",
        "shown/deep/__init__.py": "",
        "shown/deep/own.css": "p {}",
        "round.py": "from atc import trip\n",
        "trip.py": "from atc import round\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(sources, "PACKAGE", folder)
    for memory in (sources.reached_from, sources._imports, sources._resources):
        memory.cache_clear()
    return folder


@pytest.fixture(autouse=True)
def _forget() -> None:
    for memory in (sources.reached_from, sources._imports, sources._resources):
        memory.cache_clear()


def test_what_a_module_reaches_is_read_from_its_source(package: Path) -> None:
    assert reached_from("atc.alone") == {"atc", "atc.alone"}
    assert reached_from("atc.heavy") == {"atc", "atc.heavy", "atc.alone"}
    assert reached_from("atc.lazy") == {"atc", "atc.lazy", "atc.alone"}
    assert reached_from("atc.shown") == {"atc", "atc.shown", "atc.shown.inner", "atc.lazy", "atc.alone"}


HIDDEN = """
class A:
    def f(self):
        try:
            with open("x"):
                pass
        except OSError:
            import atc.one
        else:
            from atc import two
        finally:
            while True:
                if self:
                    pass
                elif not self:
                    async def g():
                        match self:
                            case 1:
                                from atc.three import x
        for _ in ():
            pass
        else:
            import atc.four as five
"""


def test_imports_are_found_wherever_they_hide(package: Path) -> None:
    for name in ("one", "two", "three", "four"):
        (package / f"{name}.py").write_text("")
    (package / "hiding.py").write_text(HIDDEN)
    assert reached_from("atc.hiding") == {
        "atc",
        "atc.hiding",
        "atc.one",
        "atc.two",
        "atc.three",
        "atc.four",
    }


def test_modules_that_import_each_other_are_reached_once(package: Path) -> None:
    assert reached_from("atc.round") == {"atc", "atc.round", "atc.trip"} == reached_from("atc.trip")


def test_a_package_brings_its_resources_and_not_those_of_packages_inside(package: Path) -> None:
    code = Snapshot().code(["atc.shown"])
    assert set(code) == {"atc/shown/__init__.py", "atc/shown/templates/page.html"}
    assert set(Snapshot().code(["atc.shown.deep"])) == {
        "atc/shown/deep/__init__.py",
        "atc/shown/deep/own.css",
    }


def test_a_module_that_is_gone_is_noticed(package: Path) -> None:
    before = Snapshot().code(["atc.alone"])
    (package / "alone.py").unlink()
    assert Snapshot().code(["atc.alone"]) == {"atc/alone.py": ABSENT} != before


def test_every_module_is_listed(package: Path) -> None:
    assert {"atc", "atc.alone", "atc.shown", "atc.shown.inner"} <= set(sources.all_modules())


def test_a_snapshot_keeps_what_it_saw_and_changes_are_told(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("un")
    snapshot = Snapshot()
    seen = snapshot.data(Project(tmp_path), ["x", "y"])
    path.write_text("deux")
    (tmp_path / "y").write_text("né depuis")
    assert snapshot.data(Project(tmp_path), ["x", "y"]) == seen
    assert sorted(changed(seen, tmp_path)) == ["x", "y"]
    assert changed(Snapshot().data(Project(tmp_path), ["x"]), tmp_path) == []


def test_the_files_of_a_wave_are_its_own(tmp_path: Path) -> None:
    for name in (
        "report.toml",
        "data/raw/2020-automne/a.csv",
        "data/raw/2021-automne/b.csv",
        "data/processed/2020-automne/a.parquet",
        "data/dictionary/a.json",
        "data/reference/sous/fond.geojson",
        "outputs/x",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert wave_files(Project(tmp_path), ["2020-automne"]) == [
        "report.toml",
        "data/dictionary/a.json",
        "data/processed/2020-automne/a.parquet",
        "data/raw/2020-automne/a.csv",
        "data/reference/sous/fond.geojson",
    ]


def test_a_notebook_is_what_its_cells_say(tmp_path: Path) -> None:
    path = tmp_path / "01_un.ipynb"
    content = notebook("Un", "a = 1\nb = 2")
    path.write_text(json.dumps(content), encoding="utf-8")
    before = notebook_hash(path)
    content["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    content["cells"][2]["execution_count"] = 3
    content["cells"][2]["source"] = ["a = 1\n", "b = 2"]
    content["cells"][2]["metadata"]["collapsed"] = True
    content["metadata"]["language_info"] = {"name": "python"}
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    assert notebook_hash(path) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: cells[0].update(source="# Deux"),
        lambda cells: cells[2].update(source="a = 2"),
        lambda cells: cells[2].update(id="autre"),
        lambda cells: cells[2].update(cell_type="raw"),
        lambda cells: cells[2]["metadata"].update(tags=["remove"]),
        lambda cells: cells.pop(),
        lambda cells: cells.reverse(),
    ],
)
def test_a_notebook_changes_with_what_it_says(change, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "01_un.ipynb"
    content = notebook("Un", "a = 1")
    path.write_text(json.dumps(content), encoding="utf-8")
    before = notebook_hash(path)
    change(content["cells"])
    path.write_text(json.dumps(content), encoding="utf-8")
    assert notebook_hash(path).whole != before.whole


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda cells: cells[0].update(source="# Deux"), True),
        (lambda cells: cells.insert(1, {**cells[0], "id": "autre"}), True),
        (lambda cells: cells.append(cells.pop(0)), True),
        (lambda cells: cells[0].update(attachments={"a.png": {"image/png": "AA"}}), True),
        (lambda cells: cells[2].update(source="a = 2"), False),
        (lambda cells: cells[2].update(id="autre"), False),
        (lambda cells: cells[2]["metadata"].update(tags=["remove"]), False),
        (lambda cells: cells[2].update(cell_type="markdown"), False),
        (lambda cells: cells.insert(1, cells.pop()), False),
    ],
)
def test_the_code_of_a_notebook_is_told_from_its_text(change, same: bool, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "01_un.ipynb"
    content = notebook("Un", "a = 1")
    path.write_text(json.dumps(content), encoding="utf-8")
    before = notebook_hash(path)
    change(content["cells"])
    path.write_text(json.dumps(content), encoding="utf-8")
    after = notebook_hash(path)
    assert after.whole != before.whole
    assert (after.code == before.code) is same


def test_a_snapshot_keeps_the_notebook_that_was_read(tmp_path: Path) -> None:
    path = tmp_path / "01_un.ipynb"
    path.write_text(json.dumps(notebook("Un", "a = 1")), encoding="utf-8")
    snapshot = Snapshot()
    before = snapshot.notebook(path)
    path.write_text(json.dumps(notebook("Un", "a = 2")), encoding="utf-8")
    assert snapshot.notebook(path) == before != notebook_hash(path)
    assert snapshot.notebook(path).code != notebook_hash(path).code


def test_a_broken_notebook_has_a_hash_too(tmp_path: Path) -> None:
    path = tmp_path / "01_un.ipynb"
    hashes = {notebook_hash(path)}
    for text in ("{", "[]", '{"cells": 3}', '{"cells": [{}]}', '{"cells": ["x"]}'):
        path.write_text(text)
        hashes.add(notebook_hash(path))
    assert len(hashes) == 6


def test_versions_name_the_libraries_and_the_lock(tmp_path: Path) -> None:
    found = versions(Project(tmp_path))
    assert {"python", "atc", "pandas", "matplotlib", "papermill", "weasyprint"} <= set(found)
    assert "ruff" not in found
    assert found["requirements.lock"] == "aucun"
    (tmp_path / "requirements.lock").write_text("pandas==3")
    assert versions(Project(tmp_path))["requirements.lock"] != "aucun"


def test_the_real_package_is_where_its_hashes_are_taken() -> None:
    code = Snapshot().code(reached_from("atc.execution.pages"))
    assert "atc/rendering/templates/page.html.j2" in code
    assert ABSENT not in code.values()
