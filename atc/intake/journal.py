"""What an import tells afterwards: what was read, dropped, recoded and refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from atc.survey.errors import shown
from atc.survey.typography import counted, number


@dataclass
class Journal:
    """Filled while the import goes on; never holds what names a person."""

    read: list[str] = field(default_factory=list)  # one line for each file
    # One line for each file: its columns, and rows, that go nowhere.
    dropped: list[str] = field(default_factory=list)
    # ``(table.colonne, answer, value)`` -> how many times; answers with few values only.
    recoded: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    # ``table.colonne`` -> how many numbers, dates or texts were written otherwise.
    converted: Counter[str] = field(default_factory=Counter)
    persons: int = 0  # how many received a pseudonym
    rows: dict[str, int] = field(default_factory=dict)  # table -> rows written

    def lines(self) -> list[str]:
        """The summary, ready to be shown."""
        told = ["Lu :", *(f"  {line}" for line in self.read)]
        told += ["Écarté :", *(f"  {line}" for line in self.dropped or ["rien"])]
        told += ["Recodé :", *self._recodings()]
        if self.persons:
            people = counted(self.persons, "personne")
            told.append(f"  {people} : pseudonyme à la place de ce qui la nomme")
        told += ["Refusé :", "  rien"]
        told += [
            "Écrit :",
            *(f"  {name} : {counted(rows, 'ligne')}" for name, rows in sorted(self.rows.items())),
        ]
        return told

    def _recodings(self) -> list[str]:
        by_column: dict[str, list[str]] = {}
        for (column, answer, value), count in sorted(self.recoded.items()):
            meant = f"« {value} »" if value else "vide"
            by_column.setdefault(column, []).append(f"« {shown(answer)} » → {meant} ({number(count)} fois)")
        told = [f"  {column} : {', '.join(pairs)}" for column, pairs in by_column.items()]
        told += [
            f"  {column} : {counted(count, 'valeur mise', 'valeurs mises')} à la forme du dictionnaire"
            for column, count in sorted(self.converted.items())
        ]
        return told or ["  rien"]
