"""The figures and tables that a chapter shows, as files of their own."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

from atc.errors import NotebookFailed, shown
from atc.execution.carnets import EXHIBIT_MIME
from atc.nbformat import NotebookNode

_ID = re.compile(r"[FTC][0-9]{2}-[0-9]{2}")
# A view of the desk, which nobody reviewed as an exhibit of the report.
_VIEW = re.compile(r"X[0-9]{2}-[0-9]{4}")


def exhibits(notebook: NotebookNode, slug: str, *, own: bool = False) -> Iterator[dict[str, Any]]:
    """The exhibits that a chapter shows, in order.

    Args:
        notebook: As executed.
        slug: The chapter.
        own: Whether it is a notebook of one's own, which may show views of the desk.

    Raises:
        NotebookFailed: An id is ill-formed: it would name files outside their folder; or it is that of a view
            of the desk, in a chapter of the report.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            exhibit = output.get("data", {}).get(EXHIBIT_MIME)
            if exhibit is None:
                continue
            id_ = str(exhibit.get("id"))
            if own and _VIEW.fullmatch(id_):
                yield exhibit
                continue
            if _VIEW.fullmatch(id_):
                raise NotebookFailed(
                    f"{slug}, cellule {cell.id} : une vue du bureau ({id_}) ne va pas dans le rapport. "
                    "Gardez-la dans un carnet de notebooks/perso, ou faites-en une figure d’un chapitre."
                )
            if not _ID.fullmatch(id_):
                raise NotebookFailed(
                    f"{slug}, cellule {cell.id} : l’identifiant « {shown(id_)} » n’est pas "
                    "de la forme F02-03, T02-03 ou C02-00. Corrigez-le dans le module du chapitre."
                )
            yield exhibit


def exhibit_files(notebook: NotebookNode, slug: str, *, own: bool = False) -> dict[str, bytes]:
    """Path -> content of the figures and tables of a chapter.

    Args:
        notebook: As executed.
        slug: The chapter.
        own: Whether it is a notebook of one's own.

    Raises:
        NotebookFailed: An id is ill-formed, or a file is of no known kind.
    """
    files: dict[str, bytes] = {}
    for exhibit in exhibits(notebook, slug, own=own):
        files |= _files(exhibit, slug)
    return files


def _files(exhibit: dict[str, Any], slug: str) -> dict[str, bytes]:
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
