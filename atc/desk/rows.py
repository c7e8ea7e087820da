"""The rows that a view looks at: one table, what its territories add to it, its filters applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from atc.exhibits.selection import FILTERS
from atc.waves import Wave

_KEY = "territoire"
_SITES = "territoires"
#: Filters that choose among the persons or the answers of a site, not among sites.
_OF_PERSONS = frozenset({"role", "periode"})


def needed(table: str, linked: Iterable[str], filtres: Mapping[str, str]) -> tuple[str, ...]:
    """Columns that a view reads besides its variable: those that cut and filter, and what links them."""
    columns = {*linked, *(FILTERS[name][1] for name, code in filtres.items() if code)}
    outside = {column for column in columns if not column.startswith(f"{table}.")}
    keys = {f"{column.partition('.')[0]}.{_KEY}" for column in outside}
    keys |= {f"{table}.{_KEY}"} if outside else set()
    # A territory is filtered by the column that each table already has.
    return tuple(sorted(columns | keys))


def needed_to_count_sites(filtres: Mapping[str, str]) -> tuple[str, ...]:
    """Columns that `sites` reads."""
    return needed(_SITES, [f"{_SITES}.{_KEY}"], _of_sites(filtres))


def sites(waves: Iterable[Wave], filtres: Mapping[str, str]) -> int:
    """How many sites the filters keep, in any of the waves: everybody knows."""
    kept = (rows(wave, _SITES, filtres=_of_sites(filtres)) for wave in waves)
    return len({str(code) for frame in kept for code in frame[_KEY]})


def _of_sites(filtres: Mapping[str, str]) -> dict[str, str]:
    return {name: code for name, code in filtres.items() if name not in _OF_PERSONS}


def rows(
    wave: Wave, table: str, linked: Iterable[str] = (), filtres: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Rows of one table.

    Args:
        wave: With the columns of `needed`.
        table: Its name.
        linked: Columns to add, as ``table.colonne``; each goes under its own name.
        filtres: Name of a filter -> code kept.

    Returns:
        One row = one row of the table that the filters keep.
    """
    frame = wave.table(table)
    kept = {name: code for name, code in (filtres or {}).items() if code}
    for dotted in dict.fromkeys([*linked, *(FILTERS[name][1] for name in kept)]):
        home, _, column = dotted.partition(".")
        if column not in frame:
            frame[column] = _of_territory(wave, home, column, frame[_KEY])
    for name, code in kept.items():
        column = FILTERS[name][1].partition(".")[2]
        frame = frame[frame[column].astype("str") == code]
    return frame.reset_index(drop=True)


def _of_territory(wave: Wave, table: str, column: str, territories: pd.Series) -> pd.Series:
    known = wave.table(table).set_index(_KEY)[column].astype("object")
    known.index = known.index.astype(str)
    return territories.astype(str).map(known)
