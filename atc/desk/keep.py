"""A view as files under `notebooks/perso/vues`, which git ignores: nothing there is ever replaced."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from atc.desk.view import View
from atc.exhibits import Exhibit
from atc.exhibits.charts import WIDE
from atc.exhibits.drawing import png, standalone, svg
from atc.paths import Project


def keep(project: Project, view: View, exhibit: Exhibit) -> list[Path]:
    """Write a view as files: its figure (SVG and PNG), its table (CSV), and the lines that remake it.

    Args:
        project: Whose `notebooks/perso/vues` receives them.
        view: What was asked.
        exhibit: The answer.

    Returns:
        The files; a name that is taken gets a number.
    """
    folder = project.own_notebooks / "vues"
    folder.mkdir(parents=True, exist_ok=True)
    contents = _contents(view, exhibit)
    first, *others = contents
    # The first file is created or refused in one stroke: two desks never write the same view.
    for stem in _stems(_slug(view)):
        try:
            with (folder / f"{stem}{first}").open("xb") as stream:
                stream.write(contents[first])
        except FileExistsError:
            continue
        for extension in others:
            (folder / f"{stem}{extension}").write_bytes(contents[extension])
        return [folder / f"{stem}{extension}" for extension in contents]
    raise AssertionError("names never end")


def _contents(view: View, exhibit: Exhibit) -> dict[str, bytes]:
    files = {".py": _script(view, exhibit).encode(), ".csv": exhibit.table.csv().encode()}
    if not exhibit.is_table:
        drawn = exhibit.figure(WIDE)
        files[".svg"] = standalone(svg(drawn, exhibit.id, exhibit.title, exhibit.alt)).encode()
        files[".png"] = png(drawn)
    return files


def _script(view: View, exhibit: Exhibit) -> str:
    """The two lines that remake a view, under what a reader must know of it."""
    told = [exhibit.title, exhibit.reading, *exhibit.questions, exhibit.source, exhibit.status_note]
    notes = "".join(f"# {line}\n" for text in told for line in text.splitlines() if line)
    return f"{notes}\nimport atc\n\n{view.code()}\n"


def _stems(slug: str) -> Iterator[str]:
    yield slug
    number = 2
    while True:
        yield f"{slug}-{number}"
        number += 1


def _slug(view: View) -> str:
    """« regards-croises_scores-score_2020-automne_financeurs »: who may read it is in the name."""
    filters = [f"{name}-{code}" for name, code in view.filtres.items() if code]
    words = [view.analyse, view.variable, view.groupe, *filters, *view.vagues, view.diffusion]
    return "_".join(plain(word) for word in words if word)


def plain(text: str) -> str:
    """A text as part of a file name: lower case, no accent."""
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_).strip("-")
