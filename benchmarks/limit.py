"""What no tool can beat: the same cells in one warm process that never starts a kernel, and our rendering.

``python -m benchmarks.limit JOBS`` prints the seconds of processor that cells and pages took,
imports left out. Over two cores, the limit is half of it.
"""

import datetime as dt
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets import Type

from atc import open_wave
from atc.exhibits import chapters, notices
from atc.rendering.chapter import read_chapter
from atc.rendering.html import chapter_page
from atc.rendering.paper import document_pdf
from atc.rendering.report import Cover
from benchmarks.field import Execution

_WARM = (chapters, notices, document_pdf)


class _Shown(DisplayHook):
    """Keeps what a cell shows, where the ordinary hook prints it."""

    kept: ClassVar[list[tuple[dict[str, Any], dict[str, Any]]]] = []

    def write_output_prompt(self) -> None:
        pass

    def finish_displayhook(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self.kept.append((format_dict, md_dict or {}))


class _Shell(InteractiveShell):
    displayhook_class = Type(_Shown)


def executed(one: Execution) -> Any:
    """The notebook with its outputs, cells run in this very process."""
    notebook = nbformat.read(f"notebooks/{one.notebook}.ipynb", as_version=4)
    shell = _Shell()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        source = cell.source
        if "parameters" in cell.metadata.get("tags", []):
            source += "".join(f"\n{name} = {value!r}" for name, value in one.parameters.items())
        _Shown.kept.clear()
        with capture_output(stdout=False, stderr=False) as captured:
            shell.run_cell(source).raise_error()
        shown = [*((output.data, output.metadata or {}) for output in captured.outputs), *_Shown.kept]
        cell.outputs = [
            nbformat.v4.new_output("display_data", data, metadata=metadata) for data, metadata in shown
        ]
    return notebook


def main(jobs: str) -> None:
    """Execute and render everything once the libraries are there; say what it took."""
    executions = [Execution(**fields) for fields in json.loads(Path(jobs).read_text(encoding="utf-8"))]
    os.environ.update(SOURCE_DATE_EPOCH="1639526400", MPLBACKEND="agg")
    for vague in {one.parameters["vague"] for one in executions}:
        open_wave(vague).table("territoires")
    cover = Cover(
        title="T",
        subtitle="S",
        wave_label="V",
        report_label="R",
        diffusion="interne",
        tier_label="I",
        date=dt.date(2021, 12, 15),
        authors="A",
        precaution="P",
    )
    cells = pages = paper = 0.0
    for one in executions:
        start = time.process_time()
        notebook = executed(one)
        ran = time.process_time()
        chapter = read_chapter(notebook, one.name)
        Path("fait", f"{one.name}.html").write_text(chapter_page(chapter, ((one.name, one.name),), cover))
        drawn = time.process_time()
        Path("fait", f"{one.name}.pdf").write_bytes(document_pdf([chapter], cover))
        cells, pages, paper = cells + ran - start, pages + drawn - ran, paper + time.process_time() - drawn
    print(json.dumps({"cells": cells, "pages": pages, "paper": paper}))


if __name__ == "__main__":
    main(sys.argv[1])
