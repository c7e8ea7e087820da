"""What it takes to have WeasyPrint at hand, and what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from rendering import sample

from atc.rendering.paper import document_pdf
from atc.rendering.pdf import fonts, variable
from atc.rendering.report import Chapter

_IMPORT = "import os; import {}; print(os.environ['PATH'])"


@pytest.fixture
def compilers(tmp_path: Path) -> Path:
    """A folder of programs that write their name when they are started."""
    for name in ("gcc", "cc", "ld"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\ntouch "{tmp_path}/{name}.ran"\n', encoding="utf-8")
        program.chmod(0o755)
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, libraries are found in other ways")
@pytest.mark.parametrize(("module", "compiles"), [("weasyprint", True), ("atc.rendering.pdf", False)])
def test_no_compiler_is_started_to_find_libraries(compilers: Path, module: str, compiles: bool) -> None:
    path = f"{compilers}{os.pathsep}{os.environ['PATH']}"
    script = [sys.executable, "-c", _IMPORT.format(module)]
    done = subprocess.run(script, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=True)
    assert bool(list(compilers.glob("*.ran"))) is compiles
    assert done.stdout.strip() == path


@pytest.mark.parametrize("before", [None, "1"])
def test_a_variable_is_put_back(monkeypatch: pytest.MonkeyPatch, before: str | None) -> None:
    monkeypatch.delenv("ATC_ESSAI", raising=False)
    if before:
        monkeypatch.setenv("ATC_ESSAI", before)
    found: list[str] = []
    with suppress(ZeroDivisionError), variable("ATC_ESSAI", "2"):
        found.append(os.environ["ATC_ESSAI"])
        raise ZeroDivisionError
    assert found == ["2"]
    assert os.environ.get("ATC_ESSAI") == before


def test_what_was_printed_before_changes_nothing(chapter: Chapter) -> None:
    first = document_pdf([chapter], sample.COVER)
    fonts.cache_clear()
    assert document_pdf([chapter], sample.COVER) == first


_TWICE = """
import datetime as dt, tempfile
from pathlib import Path
from atc.rendering.html import font_faces
from atc.rendering.pdf import SCHEME
from atc.rendering.pdf import paper_pdf
page = f'''<!DOCTYPE html><html lang="fr"><title>T</title><p style="font-family: 'Atc Sans'">Un</p>
<style>{font_faces(SCHEME)}</style>'''
for day in (1, 2):
    paper_pdf(page, dt.date(2020, 1, day))
print(len(list(Path(tempfile.gettempdir()).glob("weasyprint-*"))))
"""


def test_fonts_leave_no_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TWICE],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "1", "one for two documents"
    assert done.stderr == ""
    assert not list(tmp_path.iterdir())
