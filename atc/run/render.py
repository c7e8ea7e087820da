"""From executed notebooks to files: pages, documents on paper, figures and tables.

Each function is the work of one step, done by a worker: it takes a task, leaves files in its folder, and
returns their hashes by path. What lays out paper takes most of a second to import: only a worker pays for it.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from atc.rendering.chapter import read_chapter
from atc.rendering.documents import PAPER, documents
from atc.rendering.html import chapter_page, index_page, stamped_html, stamped_png
from atc.rendering.outputs import EXHIBIT_MIME, NotebookNode, place
from atc.rendering.paper import document_pdf
from atc.rendering.report import Chapter, Cover, essential, reported
from atc.run.manifest import check_makers
from atc.run.notebooks import node
from atc.run.steps import PageTask
from atc.survey.errors import NotebookFailed, shown
from atc.survey.paths import write

_MADE_UP = "Une partie des données est inventée : chaque figure et chaque tableau le signale."
# « X31-0742 » is a view of the desk.
_ID = re.compile(r"[FTC][0-9]{2}-[0-9]{2}|X[0-9]{2}-[0-9]{4}")


def render_chapter(task: PageTask) -> dict[str, str]:
    """The page of one chapter, its PDF, its figures and tables.

    `NotebookFailed` if a notebook shows what no page may hold.
    """
    ((slug, _),), (carnet,) = task.titles, task.needs
    notebook = _carnet(carnet)
    files = exhibit_files(notebook, slug, own=task.own)
    chapter = _chapter(notebook, slug, own=task.own)
    page = chapter_page(chapter, task.navigation, task.cover).encode()
    paper = document_pdf([chapter], task.cover)
    return _written(task, {f"html/{slug}.html": page, f"pdf/{slug}.pdf": paper, **files})


def render_sheet(task: PageTask) -> dict[str, str]:
    """The page and the PDF of the sheet of one territory: nothing of it goes into files of its own."""
    ((slug, title),), (carnet,) = task.titles, task.needs
    # Every sheet comes from one notebook: what tells them apart is the territory.
    sheet = replace(read_chapter(_carnet(carnet), slug), title=title)
    page = chapter_page(sheet, task.navigation, task.cover, sheet=True).encode()
    paper = document_pdf([sheet], task.cover, sheet=True)
    return _written(task, {f"{slug}.html": page, f"{slug}.pdf": paper})


def render_index(task: PageTask) -> dict[str, str]:
    """The page that leads to every chapter and to every exhibit."""
    chapters, told, cover = _report(task)
    shown = None if task.own else essential(chapters, reported(chapters, told), cover)
    front = index_page(task.navigation, cover, told, shown, task.sheets)
    return _written(task, {"index.html": front.encode()})


def render_report(task: PageTask) -> dict[str, str]:
    """The whole report as one PDF, and the documents beside it: slides, Word, workbook, two pages."""
    chapters, told, cover = _report(task)
    if task.own:
        return _written(task, {PAPER: document_pdf(chapters, cover)})
    return _written(task, documents(chapters, told, cover))


def _report(task: PageTask) -> tuple[list[Chapter], dict[str, list[dict[str, Any]]], Cover]:
    notebooks = {carnet.stem: _carnet(carnet) for carnet in task.needs}
    chapters = [_chapter(notebook, slug, own=task.own) for slug, notebook in notebooks.items()]
    told = {slug: list(exhibits(notebook, slug)) for slug, notebook in notebooks.items()}
    check_makers((slug, each["id"]) for slug, found in told.items() for each in found)
    made_up = any(each["status"] == "simulé" for found in told.values() for each in found)
    return chapters, told, replace(task.cover, made_up=_MADE_UP if made_up else "")


def _chapter(notebook: NotebookNode, slug: str, *, own: bool) -> Chapter:
    """What is no part of a report goes through no gate: its images say so."""
    chapter = read_chapter(notebook, slug)
    return replace(chapter, body=stamped_html(chapter.body)) if own else chapter


def exhibit_files(notebook: NotebookNode, slug: str, *, own: bool) -> dict[str, bytes]:
    """Path -> content of the figures and tables of a chapter, or of a notebook of one's ``own``.

    `NotebookFailed` if an id is ill-formed, or a file of no known kind.
    """
    files: dict[str, bytes] = {}
    for exhibit in exhibits(notebook, slug):
        for kind, content in exhibit["files"].items():
            if kind == "png":
                drawn = base64.b64decode(content)
                files[f"figures/{exhibit['id']}.png"] = stamped_png(drawn) if own else drawn
            elif kind == "svg":
                files[f"figures/{exhibit['id']}.svg"] = (stamped_html(content) if own else content).encode()
            elif kind == "csv":
                files[f"tables/{exhibit['id']}.csv"] = content.encode()
            else:
                raise NotebookFailed(f"{slug}, {exhibit['id']} : fichier de sorte inconnue ({shown(kind)}).")
    return files


def exhibits(notebook: NotebookNode, slug: str) -> Iterator[dict[str, Any]]:
    """What each exhibit of an executed notebook says of itself; `NotebookFailed` if an id is ill-formed."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            exhibit = output.get("data", {}).get(EXHIBIT_MIME)
            if exhibit is None:
                continue
            # It names files: none may go outside its folder.
            if not _ID.fullmatch(id_ := str(exhibit.get("id"))):
                raise NotebookFailed(
                    f"{place(slug, cell)} : l’identifiant « {shown(id_)} » n’est pas "
                    "de la forme F02-03, T02-03 ou C02-00. Corrigez-le dans le module du chapitre."
                )
            yield exhibit


def _carnet(path: Path) -> NotebookNode:
    return node(json.loads(path.read_text(encoding="utf-8")))


def _written(task: PageTask, made: Mapping[str, bytes]) -> dict[str, str]:
    return {path: write(task.folder / path, content) for path, content in made.items()}
