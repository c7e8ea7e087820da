"""The table behind each figure of the chapter."""

from __future__ import annotations

from atc.disclosure import Released
from atc.exhibits import Column, DataTable, listed

CARNETS = "carnets de bord rendus"


def counted_table(counts: Released, heading: str) -> DataTable:
    """Label, territories, out of how many."""
    shown = [Column("libelle", heading), Column("effectif", "Territoires", 0), Column("total", "Sur", 0)]
    return DataTable(counts, shown)


def bands_aloud(counts: Released) -> str:
    """« 0,8 ou moins : 7 ; Plus de 0,8 : 7. »: bands that share one total."""
    return listed((row.libelle, str(row.effectif)) for row in counts)
