"""From executed notebooks to files: pages and documents, and the figures and tables that they show."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from atc.errors import NotebookFailed, shown
from atc.execution.carnets import EXHIBIT_MIME
from atc.execution.notebooks import node
from atc.execution.staging import write
from atc.execution.tasks import PageTask
from atc.manifest import REPORT, Artefact
from atc.rendering import Cover, chapter_page, document_pdf, index_page, read_chapter, sheet_page

_ID = re.compile(r"[FTC][0-9]{2}-[0-9]{2}")


def render_chapter(task: PageTask) -> list[Artefact]:
    """The page, the PDF, the figures and the tables of one chapter.

    Raises:
        NotebookFailed: The notebook shows what no page may hold.
    """
    (slug,) = task.slugs
    notebook = _carnet(task, slug)
    chapter, cover = read_chapter(notebook, slug), Cover(**task.cover)
    files = {
        f"html/{slug}.html": chapter_page(chapter, task.navigation, cover).encode(),
        f"pdf/{slug}.pdf": document_pdf([chapter], cover),
    }
    for exhibit in exhibits(notebook, slug):
        files |= _exhibit_files(exhibit, slug)
    return _written(task.target, files, slug)


def render_sheet(task: PageTask) -> list[Artefact]:
    """The page and the PDF of the sheet of one territory: nothing of it goes into files of its own.

    Raises:
        NotebookFailed: The notebook shows what no page may hold.
    """
    (slug,) = task.slugs
    # Every sheet comes from one notebook: what tells them apart is the territory.
    chapter = replace(read_chapter(_carnet(task, slug), slug), title=dict(task.navigation)[slug])
    cover = Cover(**task.cover)
    files = {
        f"{slug}.html": sheet_page(chapter, task.navigation, cover).encode(),
        f"{slug}.pdf": document_pdf([chapter], cover),
    }
    return _written(task.target, files, slug)


def render_report(task: PageTask) -> list[Artefact]:
    """The whole report as one PDF, and the page that leads to everything.

    Raises:
        NotebookFailed: A notebook shows what no page may hold.
    """
    notebooks = {slug: _carnet(task, slug) for slug in task.slugs}
    chapters = [read_chapter(notebook, slug) for slug, notebook in notebooks.items()]
    listed = [
        (slug, exhibit["id"], exhibit["title"], exhibit["status"])
        for slug, notebook in notebooks.items()
        for exhibit in exhibits(notebook, slug)
    ]
    cover = Cover(**task.cover)
    files = {
        "index.html": index_page(task.navigation, cover, listed).encode(),
        "rapport.pdf": document_pdf(chapters, cover),
    }
    return _written(task.target, files, REPORT)


def _carnet(task: PageTask, slug: str) -> NotebookNode:
    return node(json.loads((task.carnets / f"{slug}.ipynb").read_text(encoding="utf-8")))


def exhibits(notebook: NotebookNode, slug: str) -> Iterator[dict[str, Any]]:
    """The exhibits that a chapter shows, in order.

    Raises:
        NotebookFailed: An id is ill-formed: it would name files outside their folder.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            exhibit = output.get("data", {}).get(EXHIBIT_MIME)
            if exhibit is None:
                continue
            id_ = str(exhibit.get("id"))
            if not _ID.fullmatch(id_):
                raise NotebookFailed(
                    f"{slug}, cellule {cell.id} : l’identifiant « {shown(id_)} » n’est pas "
                    "de la forme F02-03, T02-03 ou C02-00. Corrigez-le dans le module du chapitre."
                )
            yield exhibit


def _exhibit_files(exhibit: dict[str, Any], slug: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for kind, content in exhibit["files"].items():
        if kind == "png":
            files[f"figures/{exhibit['id']}.png"] = base64.b64decode(content)
        elif kind == "svg":
            files[f"figures/{exhibit['id']}.svg"] = content.encode()
        elif kind == "csv":
            files[f"tables/{exhibit['id']}.csv"] = content.encode()
        else:
            raise NotebookFailed(f"{slug}, {exhibit['id']} : fichier de sorte inconnue ({shown(kind)}).")
    return files


def _written(target: Path, files: dict[str, bytes], maker: str) -> list[Artefact]:
    return [Artefact(path, write(target / path, content), maker) for path, content in files.items()]
