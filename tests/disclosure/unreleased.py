"""What no chapter may return: mypy reads this file, and refuses to ignore an error that is none."""

from collections.abc import Iterator

import pandas as pd

from atc.disclosure import Count, Release, Released
from atc.exhibits.model import Base, Draft
from atc.exhibits.table import Column, DataTable

COLUMNS = [Column("libelle", "Libellé"), Column("effectif", "Effectif", 0)]


def returned(raw: pd.DataFrame, release: Release) -> Iterator[DataTable]:
    """The first one may leave; each of the others did not go through the rules."""
    yield DataTable(release.distribution(raw, "x.y"), COLUMNS)
    yield DataTable(raw, COLUMNS)  # type: ignore[arg-type]
    yield DataTable(release.distribution(raw, "x.y").frame, COLUMNS)  # type: ignore[arg-type]
    yield DataTable(Released(raw), COLUMNS)  # type: ignore[call-arg]
    yield Draft(title="t", table=raw, base=Base(Count.exactly(7), "sites")).table  # type: ignore[arg-type]
