"""Faults A 6, A 19 and B 22: a chapter that cannot be run is refused before anything runs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import notebook

from atc.run.executed import reworded
from atc.run.notebooks import BadNotebook, node, read_source


def _refusal(folder: Path, content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    (folder / "01_un.ipynb").write_bytes(data)
    with pytest.raises(BadNotebook) as caught:
        read_source(folder, "01_un")
    return "\n".join(caught.value.args)


def _changed(**changes: Any) -> str:
    return json.dumps({**notebook("Un", "1"), **changes})


def test_a_good_chapter_is_read_with_its_title_set_in_french(tmp_path: Path) -> None:
    (tmp_path / "01_un.ipynb").write_text(json.dumps(notebook("Qui répond ?", "1")), encoding="utf-8")
    source = read_source(tmp_path, "01_un")
    assert source.title == "Qui répond\N{NARROW NO-BREAK SPACE}?"
    assert [cell.id for cell in source.notebook.cells] == ["titre", "parametres", "c1"]


def test_outputs_are_not_needed_and_lists_of_lines_are_read(tmp_path: Path) -> None:
    content = notebook("Un", "a = 1")
    content["cells"][2]["source"] = ["a = 1\n", "b = 2"]
    (tmp_path / "01_un.ipynb").write_text(json.dumps(content), encoding="utf-8")
    assert read_source(tmp_path, "01_un").notebook.cells[2].source == "a = 1\nb = 2"


def test_a_missing_chapter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadNotebook, match="n’existe pas"):
        read_source(tmp_path, "01_un")


@pytest.mark.fault
@pytest.mark.parametrize(
    "put", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nulle part")], ids=["folder", "pipe", "link"]
)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, put: Callable[[Path], None]) -> None:
    put(tmp_path / "01_un.ipynb")
    with pytest.raises(BadNotebook, match="n’est pas lisible"):
        read_source(tmp_path, "01_un")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "JSON"),
        ("n’importe quoi", "JSON"),
        (_changed()[:-40], "JSON"),
        (b"\xff\xfe\x00", "n’est pas lisible"),
        ("{}", "format 4.5"),
        ("[]", "format 4.5"),
        ("null", "format 4.5"),
        (_changed(nbformat=3), "format 4.5"),
        (_changed(nbformat=9), "format 4.5"),
        (_changed(nbformat_minor=4), "format 4.5"),
        (_changed(nbformat_minor="5"), "valide"),
        (_changed(cells="x"), "pas un carnet valide"),
        (_changed(cells=[{"cell_type": "diagram", "id": "a", "metadata": {}, "source": ""}]), "valide"),
        (_changed(cells=[{"cell_type": "code", "id": "a"}]), "valide"),
        (_changed(cells=[{"cell_type": "markdown", "metadata": {}, "source": "# Un"}]), "valide"),
    ],
)
def test_what_is_not_a_notebook_is_refused_in_one_french_line(
    content: str | bytes, told: str, tmp_path: Path
) -> None:
    refusal = _refusal(tmp_path, content)
    assert told in refusal
    assert "\n" not in refusal


def test_two_cells_of_one_id_are_refused(tmp_path: Path) -> None:
    content = notebook("Un", "1", "2")
    content["cells"][3]["id"] = "c1"
    assert "valide" in _refusal(tmp_path, json.dumps(content))


@pytest.mark.parametrize("count", [0, 2])
def test_exactly_one_cell_of_parameters(count: int, tmp_path: Path) -> None:
    content = notebook("Un", "1")
    cell = content["cells"].pop(1)
    content["cells"][1:1] = [{**cell, "id": f"p{i}"} for i in range(count)]
    assert f"trouvé : {count}" in _refusal(tmp_path, json.dumps(content))


def test_parameters_in_a_markdown_cell_are_refused(tmp_path: Path) -> None:
    content = notebook("Un", "1")
    content["cells"][1] = {
        "cell_type": "markdown",
        "id": "p",
        "metadata": {"tags": ["parameters"]},
        "source": "vague",
    }
    assert "cellule de code" in _refusal(tmp_path, json.dumps(content))


@pytest.mark.parametrize("source", ["!exit 7", "%time 1", "%%bash\nexit 3", "a = !ls", "x?", "def", "a\0"])
def test_what_is_not_python_is_refused(source: str, tmp_path: Path) -> None:
    refusal = _refusal(tmp_path, json.dumps(notebook("Un", "1", source)))
    assert "cellule c2" in refusal
    assert "pas du Python" in refusal


def test_await_stands_alone_in_a_cell(tmp_path: Path) -> None:
    content = notebook("Un", "import asyncio\nawait asyncio.sleep(0)")
    (tmp_path / "01_un.ipynb").write_text(json.dumps(content), encoding="utf-8")
    assert read_source(tmp_path, "01_un")


def test_a_parameter_may_not_be_replaced_further_down(tmp_path: Path) -> None:
    refusal = _refusal(tmp_path, json.dumps(notebook("Un", "1", "vague = open(vague)")))
    assert "cellule c2" in refusal
    assert "« vague »" in refusal


def test_a_leftover_of_papermill_is_refused(tmp_path: Path) -> None:
    content = notebook("Un", "1")
    content["cells"][2]["metadata"]["tags"] = ["injected-parameters"]
    assert "injected-parameters" in _refusal(tmp_path, json.dumps(content))


@pytest.mark.parametrize("first", ["Un", "## Un", "#Un", "# ", ""])
def test_the_first_cell_gives_the_title(first: str, tmp_path: Path) -> None:
    content = notebook("Un", "1")
    content["cells"][0]["source"] = first
    assert "titre" in _refusal(tmp_path, json.dumps(content))


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    content = notebook("Un", "!ls", "%x", parameters='vague: str = "x"')
    content["cells"][0]["source"] = "sans titre"
    refusal = _refusal(tmp_path, json.dumps(content))
    assert all(word in refusal for word in ("titre", "cellule c1", "cellule c2"))


# --- new text around outputs that stand ---


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: cells[2].update(source="n = 2"),
        lambda cells: cells[2].update(id="autre"),
        lambda cells: cells[2]["metadata"].update(tags=["remove"]),
        lambda cells: cells.append({**cells[2], "id": "encore"}),
        lambda cells: cells.pop(),
        lambda cells: cells[2:].reverse() or cells.insert(2, cells.pop()),
    ],
)
def test_outputs_never_go_to_other_code(
    change: Callable[[list[dict[str, Any]]], None], tmp_path: Path
) -> None:
    content = notebook("Un", "n = 1", "n + 1")
    (tmp_path / "01_un.ipynb").write_text(json.dumps(content), encoding="utf-8")
    carnet = read_source(tmp_path, "01_un").notebook
    same = reworded(carnet, carnet)
    assert [cell.source for cell in same.cells] == [cell["source"] for cell in content["cells"]]
    assert reworded(carnet, same) == same
    change(content["cells"])
    with pytest.raises(ValueError, match="not those that gave these outputs"):
        reworded(node(content), carnet)
