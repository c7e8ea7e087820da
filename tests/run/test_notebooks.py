"""A chapter that cannot be run is refused before anything runs, with all that is wrong with it."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import PARAMETERS, notebook

from atc.run.notebooks import read_source, title_of
from atc.survey.errors import NotebookFailed

Cells = list[dict[str, Any]]


def _read(folder: Path, content: dict[str, Any] | str | bytes):
    text = json.dumps(content) if isinstance(content, dict) else content
    (folder / "01_un.ipynb").write_bytes(text.encode() if isinstance(text, str) else text)
    return read_source(folder / "01_un.ipynb")


def _refusal(folder: Path, content: dict[str, Any] | str | bytes) -> str:
    with pytest.raises(NotebookFailed) as caught:
        _read(folder, content)
    return str(caught.value)


def _changed(**changes: Any) -> dict[str, Any]:
    return {**notebook("Un", "1"), **changes}


def test_a_good_chapter_is_read_with_its_title_set_in_french(tmp_path: Path) -> None:
    content = notebook("Qui répond ?", "1", "import asyncio\nawait asyncio.sleep(0)")
    # Lists of lines, as JupyterLab writes them.
    content["cells"][2]["source"] = ["a = 1\n", "b = 2"]
    content["cells"][1]["source"] = f"# la vague\n{PARAMETERS}"
    read = _read(tmp_path, content)
    assert title_of(read.cells) == "Qui répond\N{NARROW NO-BREAK SPACE}?"
    assert [cell.id for cell in read.cells] == ["titre", "parametres", "c1", "c2"]
    assert read.cells[2].source == "a = 1\nb = 2"


def test_a_missing_chapter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotebookFailed, match="n’existe pas"):
        read_source(tmp_path / "01_un.ipynb")


@pytest.mark.fault
@pytest.mark.parametrize(
    "put", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nulle part")], ids=["folder", "pipe", "link"]
)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, put: Callable[[Path], None]) -> None:
    put(tmp_path / "01_un.ipynb")
    with pytest.raises(NotebookFailed, match="pas un carnet lisible"):
        read_source(tmp_path / "01_un.ipynb")


@pytest.mark.parametrize(
    "content",
    [
        "",
        json.dumps(_changed())[:-40],
        b"\xff\xfe\x00",
        "[" * 100_000,
        "{}",
        "[]",
        _changed(nbformat=3),
        _changed(nbformat_minor=4, cells=[{"cell_type": "markdown", "metadata": {}, "source": "# Un"}]),
        _changed(nbformat_minor="5"),
        _changed(cells="x"),
        _changed(cells=[{"cell_type": "diagram", "id": "a", "metadata": {}, "source": ""}]),
        _changed(cells=[{"cell_type": "code", "id": "a"}]),
        _changed(cells=[*notebook("Un", "1")["cells"], notebook("Un", "2")["cells"][2]]),
    ],
)
def test_what_is_not_a_notebook_is_refused_in_one_french_line(
    content: dict[str, Any] | str | bytes, tmp_path: Path
) -> None:
    refusal = _refusal(tmp_path, content)
    assert re.fullmatch(
        r"01_un : notebooks/01_un\.ipynb(, ligne \d+)? : ce n’est pas un carnet lisible, au format 4\.5\. .+",
        refusal,
    )


def _without_parameters(cells: Cells) -> None:
    cells.pop(1)


def _twice(cells: Cells) -> None:
    cells.insert(1, {**cells[1], "id": "encore"})


def _in_markdown(cells: Cells) -> None:
    cells[1] = {**cells[0], "id": "p", "metadata": {"tags": ["parameters"]}, "source": "vague !"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_without_parameters, "trouvé : 0"),
        (_twice, "trouvé : 2"),
        (_in_markdown, "cellule de code"),
        (lambda cells: cells[2]["metadata"].update(tags=["injected-parameters"]), "injected-parameters"),
        (lambda cells: cells[2].update(source="vague = open(vague)"), "cellule c1 : le paramètre « vague »"),
        *(
            (lambda cells, text=text: cells[2].update(source=text), f"cellule c1, ligne 1 (« {text[:1]}")
            for text in ("!exit 7", "%time 1", "a = !ls", "x?", "def", "a\0")
        ),
        *(
            (lambda cells, text=text: cells[0].update(source=text), "titre")
            for text in ("Un", "## Un", "#Un", "# ", "")
        ),
    ],
)
def test_a_cell_that_a_chapter_may_not_have_is_refused(
    change: Callable[[Cells], object], told: str, tmp_path: Path
) -> None:
    content = notebook("Un", "1")
    change(content["cells"])
    assert told in _refusal(tmp_path, content)


@pytest.mark.parametrize(
    "line",
    [
        "",
        'vague = "2020-automne"',
        'vague: str | None = "x"',
        "vague: str",
        "vague: str = f'{1}'",
        "vague: int = True",
        "a.vague: str = 'x'",
    ],
)
def test_a_notebook_declares_each_parameter_as_a_text(line: str, tmp_path: Path) -> None:
    told = _refusal(tmp_path, notebook("Un", parameters=f'diffusion: str = "x"\n{line}'))
    assert told == (
        "01_un : cellule « parameters » : le paramètre « vague » n’y est pas déclaré. "
        'Écrivez vague: str = "valeur"'
    )


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    content = notebook("Un", "!ls", "%x", parameters='vague: str = "x"')
    content["cells"][0]["source"] = "sans titre"
    refusal = _refusal(tmp_path, content)
    assert all(word in refusal for word in ("titre", "cellule c1", "cellule c2"))
