"""Tables in words: what may be asked, and the rows themselves for the evaluation team."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from atc.dictionary import Field
from atc.disclosure.recorder import INTERNAL
from atc.errors import UsageError, shown
from atc.exhibits.variables import variables
from atc.typography import counted, day, french
from atc.waves import Wave


@dataclass(frozen=True)
class Preview:
    """A table to be read.

    Attributes:
        title: What it is.
        frame: Its rows, in words.
    """

    title: str
    frame: pd.DataFrame

    def __repr__(self) -> str:
        """Title and size: rows stay in the cell that asked for them."""
        return f"<{self.title} : {counted(len(self.frame), 'ligne')}>"

    def _repr_html_(self) -> str:
        table = self.frame.to_html(index=False, na_rep="–", border=0, classes="atc-apercu")
        return f"<h4>{escape(self.title)}</h4>{table}"


@dataclass(frozen=True, repr=False)
class Listing(Preview):
    """What may be asked; ``atc.tables(donnees)["scores"]`` keeps one table, and Tab completes its name."""

    def __getitem__(self, table: str) -> Listing:
        """The variables of one table.

        Raises:
            UsageError: There is no such table.
        """
        names = self._ipython_key_completions_()
        if table not in names:
            raise UsageError(f"La table « {shown(table)} » est inconnue. Tables : {', '.join(names)}.")
        kept = self.frame["Variable"].str.startswith(f"{table}.")
        return Listing(self.title, self.frame[kept].reset_index(drop=True))

    def _ipython_key_completions_(self) -> list[str]:
        return list(dict.fromkeys(self.frame["Variable"].str.partition(".")[0]))


def listing(wave: Wave) -> Listing:
    """Every variable that may be asked."""
    rows = [
        {
            "Table": table.label,
            "Variable": name,
            "Libellé": found.label,
            "Type": found.kind,
            "Question posée": next((q for c in found.columns if (q := wave.field(c).question)), ""),
            "Statut": wave.package.worst(found.columns),
        }
        for table in wave.dictionary
        for name, found in variables(wave.dictionary, table.name).items()
    ]
    return Listing(french(f"{wave.settings.label} : ce que l’on peut demander"), pd.DataFrame(rows))


def preview(wave: Wave, table: str, rows: int) -> Preview:
    """The first rows of one table.

    Raises:
        UsageError: Beyond the evaluation team, or no such table.
    """
    described = wave.dictionary.table(table)
    if wave.diffusion != INTERNAL:
        raise UsageError(
            f"Les lignes ne se montrent pas en diffusion « {wave.diffusion} » : chacune décrit une personne "
            f'ou un site. Ouvrez la vague en diffusion « {INTERNAL} » (atc.open_wave("{wave.id}", '
            f'"{INTERNAL}")), ou demandez un tri à plat.'
        )
    frame = wave.table(table).head(max(rows, 0))
    shown = pd.DataFrame(
        {
            field.label: [_word(field, value) for value in frame[name]]
            for name, field in described.fields.items()
        }
    )
    return Preview(french(f"{described.label}, {wave.settings.label}"), shown)


def _word(field: Field, value: object) -> object:
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    if field.categories:
        return field.labels[str(value)]
    if field.type == "boolean":
        return "oui" if value else "non"
    return day(value) if isinstance(value, pd.Timestamp) else value
