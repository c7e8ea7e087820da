"""Rebuild the table of README.md: exhibit, notebook, function, columns, published figures.

Nothing in it is typed by hand. Notebooks are searched for the call that shows each exhibit; it is computed on
the default wave, or on the first wave that has its notebook, and asked which columns it used;
data/reference/publie.csv says which printed figures it answers to::

    python scripts/refresh_readme_table.py            rewrites the table
    python scripts/refresh_readme_table.py --check    only says, by its exit code, whether it is up to date
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from atc import open_wave
from atc.exhibits import Exhibit, chapters
from atc.exhibits.published import read_register
from atc.survey.waves import Wave

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN = "<!-- exhibits: begin (python scripts/refresh_readme_table.py) -->"
END = "<!-- exhibits: end -->"
HEADING = "| Exhibit | Notebook | Function of `atc.exhibits.chapters` | Columns | Published figures |"


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
    for dotted in uses:
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
    link = f"[{notebook}](notebooks/{notebook}.ipynb)"
    return f"| {exhibit.id} | {link} | `{function}` | {columns} | {figures} |"


def table() -> str:
    """The whole table, as Markdown."""
    shown, figures = places(), figures_of(open_wave())
    found = [(name, *shown[name], compute(name, shown[name][0])) for name in functions()]
    lines = [
        row(wave, name, slug, e, figures.get(e.id, ()))
        for name, wave, slug, e in sorted(found, key=lambda one: one[3].id[1:])
    ]
    return "\n".join([HEADING, "|---|---|---|---|---|", *lines])


def main() -> int:
    """Rewrite the table, or check it."""
    parser = argparse.ArgumentParser(description="Rebuild the table of exhibits in README.md.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if out of date")
    only_check: bool = parser.parse_args().check
    before = README.read_text(encoding="utf-8")
    head, _, rest = before.partition(BEGIN)
    _, _, tail = rest.partition(END)
    after = f"{head}{BEGIN}\n{table()}\n{END}{tail}"
    if before == after:
        print("README.md: the table is up to date.")
        return 0
    if only_check:
        print("README.md: the table is out of date. Run: python scripts/refresh_readme_table.py")
        return 1
    README.write_text(after, encoding="utf-8")
    print("README.md: table rewritten.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
