"""Executed notebooks: what is added before execution, what is taken away after, and what may stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from atc.execution import witness
from atc.execution.notebooks import node, tagged
from atc.execution.parameters import INJECTED
from atc.nbformat import NotebookNode

EXHIBIT_MIME = "application/vnd.atc.exhibits+json"
PROSE_MIME = "application/vnd.atc.prose+json"
ALLOWED_MIME = frozenset({"text/plain", "text/html", EXHIBIT_MIME, PROSE_MIME})
OPENING, LAST = "atc-ouverture", "atc-temoin"
_WITNESS = '__import__("atc.execution.witness", fromlist=["witness"])'
_LONGEST = 300
_TRACEBACKS = ("Traceback (most recent call last)", "Exception in thread", "Exception ignored in")


@dataclass(frozen=True)
class Testimony:
    """What the last cell said.

    Attributes:
        files: Files of the project that were opened.
        columns: Table file -> the only columns of it that were read.
        modules: Modules of ``atc`` that were reached.
        faults: Errors of threads, tasks and finalisers that stopped no cell.
    """

    files: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    modules: tuple[str, ...]
    faults: tuple[str, ...]


def staged(notebook: NotebookNode, root: str, token: str, megabytes: int) -> NotebookNode:
    """A copy to be executed: an opening cell before the chapter, a witness after it, no output.

    Args:
        notebook: The chapter as written.
        root: Folder of the project.
        token: What the witness must repeat.
        megabytes: Most memory that the kernel may take.
    """
    copy = node(notebook)
    copy.cells = [
        _own_cell(OPENING, f"start({root!r}, {megabytes})"),
        *copy.cells,
        _own_cell(LAST, f"sign({token!r})"),
    ]
    for cell in copy.cells:
        # papermill reads the tags of every cell.
        cell.metadata.setdefault("tags", [])
    return copy


def _own_cell(id_: str, call: str) -> NotebookNode:
    return node(
        {
            "cell_type": "code",
            "id": id_,
            "metadata": {"tags": ["remove"]},
            "source": f"{_WITNESS}.{call}",
            "execution_count": None,
            "outputs": [],
        }
    )


def testimony(notebook: NotebookNode, token: str) -> Testimony | None:
    """What the witness said, or nothing if it did not speak for this run."""
    for output in notebook.cells[-1].get("outputs", []):
        said = output.get("data", {}).get(witness.MIME)
        if notebook.cells[-1].id == LAST and said and said["token"] == token:
            columns = {name: tuple(names) for name, names in said["columns"].items()}
            return Testimony(tuple(said["files"]), columns, tuple(said["modules"]), tuple(said["faults"]))
    return None


def chapter_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Code cells of the chapter itself."""
    return [c for c in notebook.cells if c.cell_type == "code" and c.id not in {OPENING, LAST}]


def one_line(text: str) -> str:
    """A message of Python as our own messages quote it: on one line, not longer than a paragraph."""
    flat = " ".join("".join(c if c.isprintable() or c.isspace() else "�" for c in text).split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"


def output_faults(cell: NotebookNode) -> Iterator[str]:
    """What a cell showed that no page may hold, in French."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            if output.name == "stdout":
                yield "elle écrit du texte (print) : affichez une figure, un tableau ou une phrase calculée"
            elif any(sign in output.text for sign in _TRACEBACKS):
                yield f"une erreur est passée inaperçue : {one_line(output.text.strip().splitlines()[-1])}"
        elif output.output_type == "error":
            yield one_line(f"{output.ename} : {output.evalue}")
        else:
            unknown = sorted(set(output.data) - ALLOWED_MIME)
            if unknown:
                yield f"elle montre un contenu qui n’est pas admis ({', '.join(unknown)})"
            elif "text/html" not in output.data and "remove" not in cell.metadata.get("tags", []):
                yield "elle montre un texte brut : affichez une figure, un tableau ou une phrase calculée"


def text_of(notebook: NotebookNode) -> bytes:
    """The file of an executed notebook that was cleaned."""
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def clean(notebook: NotebookNode) -> NotebookNode:
    """The copy that is kept: no opening, no witness, no warning, no time, no path, no random id.

    It can be opened and executed again from the project: the parameters stay in it.
    """
    kept = node(notebook)
    kept.cells = [c for c in kept.cells if c.id not in {OPENING, LAST}]
    kept.metadata = node(
        {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        }
    )
    for cell in tagged(kept, INJECTED):
        cell.id = "parametres-injectes"
    executed = 0
    for cell in kept.cells:
        cell.metadata = node(_metadata(cell.metadata))
        if cell.cell_type == "code":
            executed += bool(cell.source.strip())
            _renumber(cell, executed if cell.source.strip() else None)
    return kept


def _metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    tags = metadata.get("tags")
    return {"tags": tags} if tags else {}


def _renumber(cell: NotebookNode, count: int | None) -> None:
    cell.execution_count = count
    cell.outputs = [o for o in cell.outputs if o.output_type != "stream"]
    for output in cell.outputs:
        if "execution_count" in output:
            output.execution_count = count
