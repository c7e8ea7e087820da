"""A codebook changed by hand, row by row."""

import csv
from collections.abc import Callable

from atc.survey.paths import Project


def edit_codebook(project: Project, change: Callable[[dict[str, str]], None]) -> None:
    """Change the rows of the codebook of autumn 2021 in place."""
    path = project.raw("2021-automne") / "codebook.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
