"""What somebody could write in an answer to have it run, and a wave whose register holds all of it."""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from clone import describe_again
from conftest import write_project

from atc.survey.paths import Project

VAGUE, CHAPTER = "2020-automne", "jeux_d_acteurs"
# A spreadsheet would run them.
FORMULAS = (
    "=HYPERLINK(A1)",
    "+cmd|' /C calc'!A0",
    "-2+3+SUM(A1:A2)",
    "@SUM(A1:A2)",
)
_SIGNED = {"relu": "oui", "relu_par": "quelqu’un", "relu_le": "2020-12-01", "relu_pour": "public"}


def payloads(address: str) -> Mapping[str, str]:
    """Eleven kinds of attack: each runs « hit » with its name, or asks for its own address.

    Args:
        address: Of somebody who listens.
    """

    def hit(name: str) -> str:
        return f"(top.pirates=top.pirates||[]).push('{name}')"

    return {
        "script": f"<script>{hit('script')}</script><script src='{address}/script'></script>",
        "image": f'<img src="{address}/image" onerror="{hit("image")}">',
        "drawing": f'<svg onload="{hit("drawing")}"><circle r="9"></circle></svg>',
        "frame": f'<iframe srcdoc="<script>{hit("frame")}</script>"></iframe>',
        "details": f'<details open ontoggle="{hit("details")}"><summary>s</summary>d</details>',
        "link": f'<a href="javascript:{hit("link")}">lien</a>',
        "style": f"<style>body {{ background: url({address}/style) }}</style>",
        "hidden": f'<svg><style><img src="{address}/hidden" onerror="{hit("hidden")}"></style></svg>',
        "refresh": f'<meta http-equiv="refresh" content="0; url={address}/refresh">',
        "object": f'<object data="{address}/object"></object><embed src="{address}/object">',
        "markdown": f"![a]({address}/markdown) **b** [c](javascript:{hit('markdown')})",
    }


@dataclass(frozen=True)
class Trap:
    """Somebody who listens, and what was asked of them."""

    address: str
    asked: list[str]

    @property
    def payloads(self) -> dict[str, str]:
        """What would ask it something."""
        return dict(payloads(self.address))


@contextmanager
def listening() -> Iterator[Trap]:
    """A server of this machine, which notes each path that it is asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path.strip("/"))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Trap(f"http://127.0.0.1:{server.server_port}", asked)
        finally:
            server.shutdown()
            thread.join()


def squeezed(text: str) -> str:
    """Text without its spaces, whose apostrophes are plain: French typography changes nothing else."""
    return re.sub(r"\s+", "", text).replace("’", "'")


def project_with(root: Path, said: Sequence[str]) -> Project:
    """A project whose register holds these quotations, all signed for everybody, each of another speaker."""
    project = write_project(root, {})
    path = project.raw(VAGUE) / "verbatims.csv"
    with path.open(encoding="utf-8") as stream:
        heading = list(csv.DictReader(stream).fieldnames or ())
    rows = [
        {
            "verbatim": f"V-{rank:03d}",
            "locuteur": f"L-{rank:06d}",
            "fonction": "animateur",
            "chapitre": CHAPTER,
            "idee": "Idée",
            "texte": text,
            "nature": "citation" if rank % 2 else "paraphrase",
            **_SIGNED,
        }
        for rank, text in enumerate(said, start=1)
    ]
    written = io.StringIO()
    writer = csv.DictWriter(written, heading, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(written.getvalue(), encoding="utf-8")
    describe_again(path)
    return project
