"""Rows for everybody: synthetic ones with the same schema, and real ones only if nobody stands out.

k and l are those of the field: k-anonymity (Sweeney, 2002) over every quasi-identifier of the dictionary, and
distinct l-diversity (Machanavajjhala et al., 2007) of every sensitive item.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from atc.intake.simulate import Plan, simulate
from atc.survey.dictionary import Dictionary, Rows, Table
from atc.survey.settings import WaveSettings

K_MINIMUM, L_MINIMUM = 5, 2
FOLDER = "donnees-synthetiques"
#: Of every draw: it says nothing of the data, which it never sees.
_SEED = 20211231
_SITES = 15


@dataclass(frozen=True)
class Crowd:
    """How far the rows of one table hide each other."""

    table: str
    quasi: tuple[str, ...]  # quasi-identifiers, all taken together
    k: int  # rows of the smallest group alike in all of them
    # Fewest distinct values of a sensitive item in such a group; None without one.
    l: int | None  # noqa: E741 -- the field's own name
    has_identifier: bool  # rows bear pseudonyms, which never leave

    @property
    def may_leave(self) -> bool:
        """Whether the rows may be published."""
        diverse = self.l is None or self.l >= L_MINIMUM
        return self.k >= K_MINIMUM and diverse and not self.has_identifier

    def __str__(self) -> str:
        """« scores : k = 1, l = 1 »."""
        told = f"{self.table} : k = {self.k}"
        return told if self.l is None else f"{told}, l = {self.l}"


def crowd(table: Table, frame: pd.DataFrame) -> Crowd:
    """Measure k and l of a table; not to have answered tells rows apart too."""
    kinds = {name: field.kind for name, field in table.fields.items()}
    quasi = tuple(name for name, kind in kinds.items() if kind == "quasi-identifier")
    sensitive = [name for name, kind in kinds.items() if kind == "sensitive"]
    identified = "identifier" in kinds.values()
    if frame.empty:
        return Crowd(table.name, quasi, 0, None, identified)
    texts = frame.astype("str").fillna("")
    groups = texts.groupby(list(quasi), sort=False) if quasi else texts.groupby(lambda _: 0)
    diversity = [int(groups[name].nunique().min()) for name in sensitive]
    return Crowd(table.name, quasi, int(groups.size().min()), min(diversity, default=None), identified)


def synthetic_files(dictionary: Dictionary, wave: WaveSettings) -> dict[str, bytes]:
    """One CSV per table of rows that nobody gave, drawn from the dictionary: no real row is read."""
    plan = Plan(wave.id, wave.date, _SITES, _SEED, dictionary)
    return {
        f"{FOLDER}/{name}.csv": _csv(dictionary.table(name), rows) for name, rows in simulate(plan).items()
    }


def _csv(table: Table, rows: Rows) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(table.fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def real_files(tables: Mapping[str, pd.DataFrame], crowds: Mapping[str, Crowd]) -> dict[str, bytes]:
    """Real rows of the tables whose k and l allow it; in this survey, in general none."""
    return {
        f"donnees/{name}.csv": tables[name].to_csv(index=False, lineterminator="\n").encode()
        for name, found in crowds.items()
        if found.may_leave
    }
