"""``docs/exhibits.md``: exhibit, notebook, function, columns, published figures.

Nothing in it is typed by hand. Notebooks are searched for the call that shows each exhibit; it is computed on
the default wave, or on the first wave that has its notebook, and asked which columns it used;
data/reference/publie.csv says which printed figures it answers to. ``python scripts/exhibits_page.py`` writes
it anew; a test holds the committed page equal to it.
"""

import inspect
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from atc import open_wave
from atc.exhibits import chapters
from atc.exhibits.model import Exhibit
from atc.exhibits.published import read_register
from atc.survey.waves import Wave

PAGE = Path(__file__).resolve().parents[1] / "docs/exhibits.md"
HEADING = """\
# Exhibits

<!-- Written by « python scripts/exhibits_page.py ». -->

Each chapter also ends with a control, C01-00 to C06-00: the published figures on its subject, printed
against computed. Ids such as M01 or F01 are those of `data/reference/publie.csv`; `M13` stands for all
`M13-…`.

| Exhibit | Notebook | Function of `atc.exhibits.chapters` | Columns | Published figures |
|---|---|---|---|---|
"""


def functions() -> Iterator[str]:
    """Every exhibit of the chapters as ``module.function``, in the order of the code."""
    for name in chapters.__all__:
        module: ModuleType = getattr(chapters, name)
        for function_name, _ in inspect.getmembers(module, inspect.isfunction):
            if re.fullmatch(r"(fig|tab)_\d\d_\d\d", function_name):
                yield f"{name}.{function_name}"


def waves() -> Iterator[Wave]:
    """The default wave, whose exhibits are published, then the others."""
    first = open_wave()
    yield first
    yield from (open_wave(vague) for vague in first.report.waves if vague != first.settings.id)


def notebooks_of(wave: Wave) -> dict[str, str]:
    """Call of an exhibit (``module.function``) -> the notebook of this wave that makes it."""
    found: dict[str, str] = {}
    for slug in wave.report.chapters_of(wave.settings.id):
        notebook = json.loads((wave.project.notebooks / f"{slug}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                called = re.findall(r"chapters\.(\w+\.\w+)\(", "".join(cell["source"]))
                found |= dict.fromkeys(called, slug)
    return found


def places() -> dict[str, tuple[Wave, str]]:
    """Call of an exhibit -> the first wave that shows it, and in which notebook."""
    found: dict[str, tuple[Wave, str]] = {}
    for wave in waves():
        for call, slug in notebooks_of(wave).items():
            found.setdefault(call, (wave, slug))
    return found


def compute(function: str, wave: Wave) -> Exhibit:
    """The exhibit ``module.function`` on one wave."""
    module, _, name = function.partition(".")
    made: Exhibit = getattr(getattr(chapters, module), name)(wave)
    return made


def figures_of(wave: Wave) -> dict[str, list[str]]:
    """Exhibit -> families of published figures (``M13`` for ``M13-avignon-ville``), in order, once each."""
    found: dict[str, dict[str, None]] = {}
    for printed in read_register(wave.project):
        found.setdefault(printed.exhibit, {})[printed.id.partition("-")[0]] = None
    return {exhibit: list(ids) for exhibit, ids in found.items()}


def columns_shown(uses: Iterable[str], wave: Wave) -> str:
    """Columns by table; ``all`` where an exhibit uses the whole of one."""
    tables: dict[str, list[str]] = {}
    for dotted in dict.fromkeys(uses):
        table, _, column = dotted.partition(".")
        tables.setdefault(table, []).append(column)
    whole = {table: set(wave.dictionary.table(table).fields) == set(kept) for table, kept in tables.items()}
    return "; ".join(
        f"`{table}`: {'all' if whole[table] else ', '.join(f'`{column}`' for column in kept)}"
        for table, kept in tables.items()
    )


def row(wave: Wave, function: str, notebook: str, exhibit: Exhibit, answered: Iterable[str]) -> str:
    """One line of the table. Controls and comparability declare no column: they read the whole wave."""
    columns, figures = columns_shown(exhibit.uses, wave), ", ".join(answered) or "–"
    if exhibit.base.who == "valeurs imprimées":
        figures = f"{exhibit.base.n} rows of `publie.csv`"
    elif not columns and wave.settings.published:
        # A calendar, abbreviations, the decisions of a reviewer.
        columns = "`data/reference/`"
    columns = columns or "the whole wave"
    link = f"[{notebook}](../notebooks/{notebook}.ipynb)"
    return f"| {exhibit.id} | {link} | `{function}` | {columns} | {figures} |"


def page() -> str:
    """The whole page, as Markdown."""
    shown, figures = places(), figures_of(open_wave())
    found = [(name, *shown[name], compute(name, shown[name][0])) for name in functions()]
    lines = [
        row(wave, name, slug, e, figures.get(e.id, ()))
        for name, wave, slug, e in sorted(found, key=lambda one: one[3].id[1:])
    ]
    return HEADING + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
