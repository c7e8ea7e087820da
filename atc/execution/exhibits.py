"""The figures and tables that a chapter shows, as files of their own."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from atc.errors import NotebookFailed, shown
from atc.execution.carnets import EXHIBIT_MIME

_ID = re.compile(r"[FTC][0-9]{2}-[0-9]{2}")


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


def exhibit_files(notebook: NotebookNode, slug: str) -> dict[str, bytes]:
    """Path -> content of the figures and tables of a chapter.

    Raises:
        NotebookFailed: An id is ill-formed, or a file is of no known kind.
    """
    files: dict[str, bytes] = {}
    for exhibit in exhibits(notebook, slug):
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
