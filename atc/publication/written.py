"""What evaluators wrote by hand: the prose, the code and the outputs of their notebooks, and report.toml."""

from __future__ import annotations

import io
import re
import tokenize
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from atc.publication.scan.markup import html_pieces
from atc.publication.scan.model import Kind, Piece
from atc.rendering.markdown import rendered
from atc.rendering.outputs import EXHIBIT_MIME, PROSE_MIME
from atc.run.notebooks import INJECTED
from atc.survey.paths import Project

#: Authors and contacts are printed on purpose; ids and dates say nothing.
_DECLARED = frozenset({"auteurs", "contacts", "chapitres", "chapitres_evolution", "figures_de_l_essentiel"})


def written(
    project: Project, vague: str, notebooks: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[Piece]:
    """Every text of somebody's hand, with the notebook and the cell where it is mended."""
    for slug, cells in notebooks.items():
        file = f"notebooks/{slug}.ipynb"
        name = re.sub(r"[\d_/-]+", " ", slug).strip()
        yield Piece(file, "nom du carnet", Kind.PROSE, name, label="name", by_hand=True)
        # The cell that the run adds is in no notebook that an evaluator opens.
        theirs = [c for c in cells if INJECTED not in c.get("metadata", {}).get("tags", [])]
        for rank, cell in enumerate(theirs, 1):
            for piece in _cell(cell):
                yield replace(piece, file=file, place=f"cellule {rank}", by_hand=True)
    settings = tomllib.loads((project.root / "report.toml").read_text(encoding="utf-8"))
    for name, section in (("rapport", settings["rapport"]), (f"vagues.{vague}", settings["vagues"][vague])):
        for key, value in section.items():
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and key not in _DECLARED:
                    yield Piece("report.toml", f"[{name}], {key}", Kind.PROSE, text, by_hand=True)


def _cell(cell: Mapping[str, Any]) -> Iterator[Piece]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        # What stands apart as a quotation is one.
        quoted = re.sub(r"(?m)^ *> ?(?!«)(.+)$", r"> « \1 »", source)
        yield from _pieces(rendered(quoted, "")[0])
    elif cell["cell_type"] == "code":
        yield from _said_in_code(source)
    for output in cell.get("outputs", []):
        data = output.get("data", {"text/plain": output.get("text", "")})
        if not {EXHIBIT_MIME, PROSE_MIME} & set(data):
            for kind, content in data.items():
                text = "".join(content) if isinstance(content, str | list) else ""
                yield from _pieces(text if kind == "text/html" else rendered(text, "")[0])


def _pieces(html: str) -> Iterator[Piece]:
    kept = {Kind.PROSE, Kind.CELL, Kind.ROW, Kind.ATTRIBUTE}
    for item in html_pieces(f"<main>{html}</main>".encode(), ""):
        if isinstance(item, Piece) and (item.kind in kept or item.label == "comment"):
            yield item


def _said_in_code(source: str) -> Iterator[Piece]:
    """Comments and texts of a code cell, which the page shows folded away."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return
    for token in tokens:
        if token.type in (tokenize.COMMENT, tokenize.STRING):
            yield Piece("", "", Kind.PROSE, token.string.strip("#\"'fr "))
