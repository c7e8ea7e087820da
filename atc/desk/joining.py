"""What the codebooks allow to hold against the wave before, and the words that say what they do not."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from atc import codebook
from atc.desk.asked import Asked
from atc.errors import UsageError
from atc.exhibits.variables import BOXES, SCORE
from atc.indicators.measures import lignes
from atc.typography import enumeration, lower_first
from atc.waves import Wave

BY_TERRITORY = (
    "L’unité est le territoire, car les personnes changent d’une vague à l’autre ; les réponses d’un même "
    "territoire y sont résumées par leur médiane."
)
ONE_WAVE_ONLY = "Les territoires qui n’ont répondu qu’à une vague ne sont pas comparés."


def year(wave: Wave) -> str:
    """How a wave is called beside the other one."""
    return str(wave.settings.date.year)


def names_of(asked: Asked) -> list[str]:
    """The variable as the codebooks name it: its boxes, its items, or itself."""
    variable, table = asked.variable, asked.wave.dictionary.table(asked.variable.table)
    if variable.kind == SCORE:
        items = [variable.item] if variable.item else asked.wave.field("scores.item").labels
        return [f"scores.item={item}" for item in items]
    if variable.kind == BOXES:
        return [f"{table.name}.{box}" for box in table.in_group(variable.name.partition(".")[2])]
    return [variable.name]


def joined(asked: Asked) -> tuple[list[str], str]:
    """What may be joined, by its last name, and a note on what may not or was changed.

    Raises:
        UsageError: Nothing may be joined; why not, and what to choose instead.
    """
    compared = codebook.comparability(asked.former.codebook(), asked.wave.codebook())
    names = names_of(asked)
    allowed = codebook.joined(compared, names)
    if asked.variable.kind == SCORE and not codebook.joined(compared, ["scores.score"]):
        allowed = []
    note = _left_out(compared, names)
    if not allowed:
        raise UsageError(
            f"Le codebook n’autorise pas à rapprocher « {asked.variable.label} » entre "
            f"{year(asked.former)} et {year(asked.wave)}. {note} Faites un « tri à plat » sur chaque vague, "
            "et lisez les deux réponses séparément."
        )
    return [name.rpartition("=")[2].rpartition(".")[2] for name in allowed], note


def _left_out(compared: pd.DataFrame, names: Sequence[str]) -> str:
    known = compared[compared["variable"].isin(list(names))]
    apart = [f"« {row.libelle} » ({_why(row)})" for row in lignes(known[~known["jointure"]])]
    apart += [f"« {name} » (absent du codebook)" for name in names if name not in set(known["variable"])]
    sentences = [f"Non rapproché : {enumeration(apart)}."] if apart else []
    changed = known[known["jointure"] & (known["comparabilite"] != "identique")]
    sentences += [
        f"« {row.libelle} » est rapproché quoique {row.verdict} : {lower_first(row.note).rstrip('.')}."
        for row in lignes(changed)
    ]
    return " ".join(sentences)


def _why(row: pd.Series) -> str:
    return f"{row.verdict} : {lower_first(row.note).rstrip('.')}" if row.note else str(row.verdict)


def outside(asked: Asked, what: str) -> dict[str, tuple[str, str]]:
    """Territories that one wave knows and the comparison leaves out, for `Release.splits`."""
    return {
        "perdus": ("connus_avant", f"{asked.former.id}/{what}"),
        "nouveaux": ("connus_apres", f"{asked.wave.id}/{what}"),
    }


def years(asked: Asked) -> tuple[str, str]:
    """How both waves are called."""
    return year(asked.former), year(asked.wave)


def tables(asked: Asked) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of both waves, filtered."""
    return asked.rows_of(asked.former), asked.rows_of(asked.wave)


def nothing(asked: Asked) -> UsageError:
    """Why there is nothing to compare, and what to choose instead."""
    return UsageError(
        f"Aucun territoire n’a répondu à « {asked.variable.label} » aux deux vagues dans cette sélection"
        f"{asked.filters_aloud()}. Retirez le filtre, ou choisissez une autre variable."
    )
