"""Exhibits as they are computed, once for all: what is shown, the truth behind it, and what is let out."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from disclosure.attacker import Table, read_page

from atc.disclosure import Release
from atc.disclosure.audit import Record
from atc.disclosure.suppression import Cell
from atc.exhibits import chapters
from atc.exhibits.model import Exhibit
from atc.survey.errors import DisclosureRefused
from atc.survey.waves import open_wave

ROOT = Path(__file__).resolve().parents[2]
WAVES = ("2020-automne", "2021-automne")
_NAMED = re.compile(r"(?:fig|tab)_\d\d_\d\d|messages")
#: The wave before has none to be compared with; sheets are of tier interne.
_APART = {"2020-automne": {"evolution", "fiche"}, "2021-automne": {"fiche"}}


@dataclass
class Computed:
    """Every exhibit of both waves, by « wave chapter.function »."""

    exhibits: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    truth: dict[str, Cell] = field(default_factory=dict)  # of every count that was asked for
    records: dict[str, Record] = field(default_factory=dict)  # by wave and exhibit, of messages too

    def tables(self) -> Iterator[Table]:
        """Every exhibit as its page has it."""
        for name, made in self.exhibits.items():
            if isinstance(made, Exhibit):
                yield from read_page(name.partition(" ")[0], page(made))


@contextmanager
def spied() -> Iterator[Computed]:
    """What exhibits ask for meanwhile, and what they let out."""
    cell, found = Release.cell, Computed()

    def spy(self: Release, key: str, value: int, line: str, column: str) -> Cell:
        found.records[f"{self.vague} {self.exhibit} {id(self.record)}"] = self.record
        found.truth[self.named(key)] = cell(self, key, value, line, column)
        return found.truth[self.named(key)]

    with patch.object(Release, "cell", spy):
        yield found


def computed(diffusion: str, floor: int = 5, root: Path = ROOT) -> Computed:
    return _computed(diffusion, floor, root)


@cache
def _computed(diffusion: str, floor: int, root: Path) -> Computed:
    with spied() as found, patch.dict(os.environ, ATC_ROOT=str(root)):
        for vague in WAVES:
            wave = open_wave(vague, diffusion)
            small = replace(wave.report.small_numbers, floor=floor)
            for chapter in sorted({*chapters.__all__} - _APART[vague]):
                module = getattr(chapters, chapter)
                for name in filter(_NAMED.fullmatch, sorted(vars(module))):
                    opened = replace(wave, report=replace(wave.report, small_numbers=small))
                    try:
                        found.exhibits[f"{vague} {chapter}.{name}"] = getattr(module, name)(opened)
                    except DisclosureRefused as error:
                        found.refused[f"{vague} {chapter}.{name}"] = str(error)
    return found


def page(made: Exhibit) -> str:
    """Its table and its words; what is drawn is made of the same counts."""
    cells = [[column.label for column in made.table.columns], *made.table.rows]
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in cells)
    words = (made.title, made.reading, made.alt, made.note, made.source, made.message)
    told = "".join(f"<p>{escape(text)}</p>" for text in words if text)
    return f'<figure id="{made.id}">{told}<table>{rows}</table></figure>'


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
