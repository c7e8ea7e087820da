"""What the tables share: the wave, its seed, and the targets, which are what the report printed."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

WAVE = "2020-automne"
SEED = 2020


@dataclass(frozen=True)
class Printed:
    """Column ``attendu`` of data/reference/publie.csv: id of a figure -> its text, as printed."""

    texts: Mapping[str, str]

    def count(self, figure: str) -> int:
        """A whole number."""
        return int(self.texts[figure])

    def tenths(self, figure: str) -> int:
        """A number with one decimal, in tenths: « 0,4 » is 4."""
        return int(Decimal(self.texts[figure].replace(",", ".")) * 10)

    def names(self, figure: str) -> list[str]:
        """Names between commas."""
        return self.texts[figure].split(", ")


def read_printed(path: Path) -> Printed:
    """Read ``publie.csv``; its other columns are the business of ``atc verify``."""
    with path.open(encoding="utf-8", newline="") as file:
        return Printed({row["id"]: row["attendu"] for row in csv.DictReader(file)})
