"""From executed notebooks to files: pages, documents on paper, figures and tables."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from atc.rendering.chapter import read_chapter
from atc.rendering.html import chapter_page, filled, stamped_html, stamped_png
from atc.rendering.outputs import EXHIBIT_MIME, NotebookNode, nbformat, place
from atc.rendering.paper import document_pdf
from atc.rendering.report import PAPER, Chapter, Cover, PageTask, check_makers, essential, reported
from atc.survey.errors import Messages, NotebookFailed, shown
from atc.survey.paths import write

_said = Messages(__name__)
# « X31-0742 » is a view of the desk.
_ID = re.compile(r"[FTC][0-9]{2}-[0-9]{2}|X[0-9]{2}-[0-9]{4}")
# Kind of what an exhibit gives -> folder of its file.
_FOLDERS = {"png": "figures", "svg": "figures", "csv": "tables"}


def render(task: PageTask) -> dict[str, str]:
    """Make the files of a step: path -> hash; `NotebookFailed` if a notebook shows what no page may hold."""
    makers = {"chapter": _chapter_files, "sheet": _sheet_files, "index": _front}
    made = makers.get(task.what, _documents)(task)
    return {path: write(task.folder / path, content) for path, content in made.items()}


def _chapter_files(task: PageTask) -> dict[str, bytes]:
    """The page of one chapter, its PDF, its figures and tables."""
    chapter, told = _read(task.needs[0], own=task.own)
    page = chapter_page(chapter, task.navigation, task.cover).encode()
    made = {f"html/{chapter.slug}.html": page, f"pdf/{chapter.slug}.pdf": document_pdf([chapter], task.cover)}
    for exhibit in told:
        for kind, content in exhibit["files"].items():
            if kind == "png":
                drawn = base64.b64decode(content)
                file = stamped_png(drawn) if task.own else drawn
            else:
                file = (stamped_html(content) if task.own and kind == "svg" else content).encode()
            made[f"{_FOLDERS[kind]}/{exhibit['id']}.{kind}"] = file
    return made


def _sheet_files(task: PageTask) -> dict[str, bytes]:
    """The page and the PDF of the sheet of one territory, which is all that its title has of its own."""
    ((slug, title),) = task.titles
    sheet = replace(_read(task.needs[0], own=False)[0], title=title)
    page = chapter_page(sheet, task.navigation, task.cover, sheet=True).encode()
    return {f"{slug}.html": page, f"{slug}.pdf": document_pdf([sheet], task.cover, sheet=True)}


def _front(task: PageTask) -> dict[str, bytes]:
    """The page that leads to every chapter and to every exhibit."""
    chapters, told, cover = _report(task)
    said = {"navigation": task.navigation, "cover": cover, "exhibits": told, "sheets": task.sheets}
    said["essential"] = None if task.own else essential(chapters, reported(chapters, told), cover)
    return {"index.html": filled("index.html.j2", **said).encode()}


def _documents(task: PageTask) -> dict[str, bytes]:
    """The whole report as one PDF, and the documents beside it: slides, Word, workbook, two pages."""
    # Office files take a while to import: who reads one chapter again and again waits for none.
    from atc.rendering.documents import documents  # noqa: PLC0415

    chapters, told, cover = _report(task)
    return {PAPER: document_pdf(chapters, cover)} if task.own else documents(chapters, told, cover)


def _report(task: PageTask) -> tuple[list[Chapter], dict[str, list[dict[str, Any]]], Cover]:
    read = [_read(path, own=task.own) for path in task.needs]
    told = {chapter.slug: shown for chapter, shown in read}
    check_makers((slug, each["id"]) for slug, shown in told.items() for each in shown)
    made_up = (
        _said("made_up") if any(each["status"] == "simulé" for _, shown in read for each in shown) else ""
    )
    return [chapter for chapter, _ in read], told, replace(task.cover, made_up=made_up)


def _read(path: Path, *, own: bool) -> tuple[Chapter, list[dict[str, Any]]]:
    """One executed notebook as a chapter, and what each of its exhibits says of itself."""
    notebook = nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))  # type: ignore[no-untyped-call]
    told = list(exhibits(notebook, path.stem))
    chapter = read_chapter(notebook, path.stem)
    # What is no part of a report goes through no gate: its images say so.
    return replace(chapter, body=stamped_html(chapter.body)) if own else chapter, told


def exhibits(notebook: NotebookNode, slug: str) -> Iterator[dict[str, Any]]:
    """What each exhibit of an executed notebook says of itself; `NotebookFailed` if an id is ill-formed."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if (exhibit := output.get("data", {}).get(EXHIBIT_MIME)) is None:
                continue
            # It names files: none may go outside its folder.
            if not _ID.fullmatch(id_ := str(exhibit.get("id"))):
                raise NotebookFailed(f"{place(slug, cell)} : {_said('id', id=shown(id_))}")
            yield exhibit
