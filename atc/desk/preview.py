"""Tables in words: what may be asked, and the rows themselves for the evaluation team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from atc.desk.view import ALONE, CROSSED, FLAT, View, filters_named
from atc.disclosure.recorder import INTERNAL
from atc.exhibits.forms import amount
from atc.exhibits.selection import labels_of, linked_rows
from atc.exhibits.variables import ALL_ITEMS, BOXES, SCORE, column_of, filters, variable, variables
from atc.indicators import scores
from atc.survey.dictionary import Field
from atc.survey.errors import UsageError, shown
from atc.survey.typography import counted, day, french
from atc.survey.waves import Wave


@dataclass(frozen=True)
class Preview:
    """A table to be read."""

    title: str
    frame: pd.DataFrame  # its rows, in words

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
        """The variables of one table; a `UsageError` if there is no such table."""
        names = self._ipython_key_completions_()
        if table not in names:
            raise UsageError(f"La table « {shown(table)} » est inconnue. Tables : {', '.join(names)}.")
        kept = self.frame["Variable"].str.startswith(f"{table}.")
        return Listing(self.title, self.frame[kept].reset_index(drop=True))

    def _ipython_key_completions_(self) -> list[str]:
        return list(dict.fromkeys(self.frame["Variable"].str.partition(".")[0]))


def tables(donnees: Wave) -> Listing:
    """What may be asked of a wave: each variable by its name, with its label, its question and its status."""
    rows = [
        {
            "Table": table.label,
            "Variable": name,
            "Libellé": found.label,
            "Type": found.kind,
            "Question posée": next((q for c in found.columns if (q := donnees.field(c).question)), ""),
            "Statut": donnees.package.worst(found.columns),
        }
        for table in donnees.dictionary
        for name, found in variables(donnees.dictionary, table.name).items()
    ]
    return Listing(french(f"{donnees.settings.label} : ce que l’on peut demander"), pd.DataFrame(rows))


def apercu(donnees: Wave, table: str, lignes: int = 20, filtre: str | Sequence[str] = ()) -> Preview:
    """The first rows of a table, in words; for the evaluation team only."""
    described = donnees.dictionary.table(table)
    _for_the_team(donnees)
    asked = filters_named(filtre)
    for name, code in asked.items():
        column = column_of(name)
        own = column.partition(".")[0] == table or name in filters(donnees.dictionary, table)
        if not own or code not in labels_of(donnees, column):
            raise UsageError(
                f"Le filtre « {shown(f'{column}={code}')} » ne garde aucune ligne de « {described.label} ». "
                "Les colonnes et leurs valeurs sont dans docs/dictionnaire.md."
            )
    return _in_words(donnees, table, linked_rows(donnees, table, (), asked).head(max(lignes, 0)))


def behind(view: View, wave: Wave, answer: str = "", group: str = "") -> Preview:
    """The rows that one bar, or one cell, of a view counts; all of its rows when neither is chosen.

    ``answer`` is the code that the table of the exhibit has (of a ticked box, its column), ``group`` that of
    the group. A `UsageError` tells that the tier is not ``interne``, or that the analysis compares waves,
    groups or scores.
    """
    _for_the_team(wave)
    if view.analyse not in ALONE:
        raise UsageError(
            f"Les lignes se montrent derrière un « {FLAT} » ou un « {CROSSED} ». Choisissez l’un des deux."
        )
    found = variable(wave.dictionary, view.variable)
    chosen = dict(view.kept)
    if found.item:
        chosen["scores.item"] = found.item
    if found.kind == SCORE:
        chosen.setdefault("periode", scores.periode_jugee(wave.table("scores")))
    if answer and found.kind == BOXES:
        chosen[f"{view.table}.{answer}"] = "oui"
    elif answer:
        chosen[ALL_ITEMS if found.kind == SCORE else found.name] = answer
    if group:
        chosen[view.groupe or "scores.groupe"] = group
    return _in_words(wave, view.table, linked_rows(wave, view.table, (), chosen))


def _for_the_team(wave: Wave) -> None:
    if wave.diffusion != INTERNAL:
        raise UsageError(
            f"Les lignes ne se montrent pas en diffusion « {wave.diffusion} » : chacune décrit une personne "
            f"ou un site. Choisissez la diffusion « {INTERNAL} » (en Python : "
            f'atc.open_wave("{wave.id}", "{INTERNAL}")), ou demandez un tri à plat.'
        )


def _in_words(wave: Wave, table: str, frame: pd.DataFrame) -> Preview:
    described = wave.dictionary.table(table)
    shown = {
        field.label: [_word(field, value) for value in frame[name]]
        for name, field in described.fields.items()
    }
    return Preview(french(f"{described.label}, {wave.settings.label}"), pd.DataFrame(shown))


def _word(field: Field, value: object) -> object:
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    if field.categories:
        return field.labels[str(value)]
    if field.type == "boolean":
        return "oui" if value else "non"
    if field.type == "number":
        return amount(float(str(value)), decimals=4)
    return day(value) if isinstance(value, pd.Timestamp) else value
