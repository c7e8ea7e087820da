"""Counts of a variable, alone or cut by a group, through the release of the view."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from atc.desk.asked import Asked
from atc.desk.choices import ALL_ITEMS, FILTERS, SCORE
from atc.desk.coding import coded
from atc.dictionary import Field
from atc.disclosure import Measure, Released, together
from atc.errors import UsageError
from atc.indicators import measures
from atc.indicators.measures import Coded

#: Rows whose group nobody knows: they count, or the totals would not be those of the whole.
_UNKNOWN = ("sans_reponse", "Non renseigné")


def field_of(asked: Asked) -> Field:
    """The column that holds the answers."""
    return asked.wave.field(ALL_ITEMS if asked.variable.kind == SCORE else asked.variable.name)


def what_of(asked: Asked) -> str:
    """What is counted, as the rules know it: the same words as in the chapters."""
    if asked.variable.kind == SCORE:
        return f"{ALL_ITEMS}&item={asked.variable.item}&periode={asked.period}"
    return asked.variable.name


def _codes(asked: Asked, frame: pd.DataFrame) -> tuple[pd.DataFrame, Coded]:
    """The rows that are counted, and their codes.

    Raises:
        UsageError: Nobody is left, or nobody answered.
    """
    if asked.variable.item:
        frame = frame[frame["item"].astype(str) == asked.variable.item]
    field = field_of(asked)
    found = coded(asked.variable, field, frame[field.name])
    if not found.codes.notna().any():
        raise nobody(asked, frame)
    return frame, found


def nobody(asked: Asked, frame: pd.DataFrame) -> UsageError:
    """Why there is nothing to count, and what to choose instead."""
    label = asked.variable.label
    if asked.filters and frame.empty:
        return UsageError(
            f"Aucune ligne ne répond à ce filtre{asked.filters_aloud()}. Élargissez ou retirez-le."
        )
    return UsageError(
        f"Personne n’a répondu à « {label} » dans cette sélection ({asked.wave.settings.label}"
        f"{asked.filters_aloud()}). Choisissez une autre variable, une autre vague ou un autre filtre."
    )


def one_way(asked: Asked) -> Released:
    """The variable by itself; beyond the evaluation team, a filter is one line of a crossing.

    So that what a filter leaves out cannot be found by taking what it keeps from the whole.

    Returns:
        One row = one modalité: ``modalite``, ``libelle``, ``effectif``, ``total``.
    """
    if asked.masks and asked.filters:
        _codes(asked, asked.rows())
        return _line(asked, two_way)
    _, found = _codes(asked, asked.rows())
    counts = measures.tally(found.labels, found.codes)
    return asked.release.distribution(counts, what_of(asked), bands=found.merged)


def _line(asked: Asked, crossed: Callable[[Asked, str], Released]) -> Released:
    """The line that the one filter keeps of a crossing by what it looks at."""
    ((name, code),) = asked.filters.items()
    dotted = FILTERS[name][1]
    column = dotted.partition(".")[2]
    return crossed(asked, dotted).reshaped(lambda frame: frame[frame[column] == code])


def two_way(asked: Asked, dotted: str) -> Released:
    """The variable by group.

    Args:
        asked: The question.
        dotted: The group, as ``table.colonne``.

    Returns:
        One row = one group × one modalité: the group's code under the name of its column,
        ``libelle_groupe``, ``modalite``, ``libelle``, ``effectif``, ``total`` (of the group).
    """
    column = dotted.partition(".")[2]
    # The rows that a filter leaves out are protected as well: they stay in the crossing.
    frame, found = _codes(asked, asked.rows(dotted, filtered=not asked.masks))
    groups, labels = _groups(asked, frame, dotted, found.codes.notna())
    tables = [
        measures.tally(found.labels, found.codes[groups == code]).assign(
            **{column: code, "libelle_groupe": label}
        )
        for code, label in labels.items()
    ]
    counts = pd.concat(tables, ignore_index=True)
    return asked.release.crossing(counts, what_of(asked), rows=column, columns="modalite")


def _groups(
    asked: Asked, frame: pd.DataFrame, dotted: str, answered: pd.Series
) -> tuple[pd.Series, dict[str, str]]:
    """Group of each row, and the groups that some answer comes from."""
    code, label = _UNKNOWN
    groups = frame[dotted.partition(".")[2]].astype("object").fillna(code).astype(str)
    present = set(groups[answered])
    labels = {**asked.wave.field(dotted).labels, code: label}
    return groups, {name: text for name, text in labels.items() if name in present}


def medians(asked: Asked, dotted: str) -> dict[str, Measure]:
    """Median of a number in each group, withheld where too few stand behind it."""
    frame, known = _codes(asked, asked.rows(dotted))
    groups, labels = _groups(asked, frame, dotted, known.codes.notna())
    column, name = dotted.partition(".")[2], field_of(asked).name
    found: dict[str, Measure] = {}
    for code in labels:
        found[code] = median(asked, frame.loc[groups == code, name], f"{what_of(asked)}&{column}={code}")
    return found


def median(asked: Asked, values: pd.Series, what: str) -> Measure:
    """Median of the answers that are known, withheld where too few stand behind it."""
    known = values.dropna().astype("float64")
    table = pd.DataFrame({"mediane": [known.median()], "n": [len(known)]})
    released = asked.release.statistics(table, what, by=(), values=("mediane",), n="n")
    measure: Measure = next(iter(released)).mediane
    return measure


def boxes(asked: Asked, labels: dict[str, str]) -> Released:
    """Ticked boxes; a filter beyond the evaluation team makes each box a line of a crossing.

    Args:
        asked: The question.
        labels: Column -> label.

    Raises:
        UsageError: Nobody is left, or nobody answered.
    """
    frame = asked.rows()
    if not frame[list(labels)].notna().any(axis=None):
        raise nobody(asked, frame)
    if asked.masks and asked.filters:
        return _line(asked, lambda asked, dotted: boxes_by(asked, labels, dotted))
    return asked.release.boxes(measures.cases(frame, labels), asked.variable.name)


def boxes_by(asked: Asked, labels: dict[str, str], dotted: str) -> Released:
    """Ticked boxes by group: those that tick each one, out of those that answered.

    Returns:
        One row = one group × one box: the group's code under the name of its column, ``libelle_groupe``,
        ``modalite`` (the box), ``libelle``, ``effectif``, ``total``.
    """
    column = dotted.partition(".")[2]
    frame = asked.rows(dotted, filtered=not asked.masks)
    if not frame[list(labels)].notna().any(axis=None):
        raise nobody(asked, frame)
    groups, named = _groups(asked, frame, dotted, frame[list(labels)].notna().any(axis="columns"))
    released = {}
    for box in labels:
        answers = frame[box].astype("object").map({True: "oui", False: "non"})
        tables = [
            measures.tally({"oui": "Oui", "non": "Non"}, answers[groups == code]).assign(
                **{column: code, "libelle_groupe": label}
            )
            for code, label in named.items()
        ]
        what = f"{asked.variable.name}&case={box}"
        counts = pd.concat(tables, ignore_index=True)
        released[box] = asked.release.crossing(counts, what, rows=column, columns="modalite")
    return together(released, "case").reshaped(
        lambda frame: _ticked(frame, labels).sort_values(
            column, key=lambda codes: codes.map(list(named).index), kind="stable"
        )
    )


def _ticked(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    ticked = frame[frame["modalite"] == "oui"]
    return ticked.assign(modalite=ticked["case"], libelle=ticked["case"].map(labels))
