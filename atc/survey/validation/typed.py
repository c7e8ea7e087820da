"""From validated text to typed columns, as the dictionary types them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atc.survey.dictionary import Field, Table


def typed_frame(cells: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Give each column of right text its type; every missing code becomes a missing value.

    Same rows and index, in the columns of the dictionary: modalités as ordered categoricals in the order of
    the questionnaire, yes/no as ``boolean``, whole numbers as ``Int64``, numbers as ``float64``, dates as
    ``datetime64``, the rest as text.
    """
    raw = {field["name"]: field for field in table.schema["fields"]}
    return pd.DataFrame(
        {
            name: _column(cells[name].mask(cells[name].isin(list(table.missing))), field, raw[name])
            for name, field in table.fields.items()
        },
        index=cells.index,
    )


def _column(values: pd.Series[Any], field: Field, raw: Mapping[str, Any]) -> pd.Series[Any]:
    if field.categories:
        return values.astype(pd.CategoricalDtype(list(field.labels), ordered=True))
    match field.type:
        case "boolean":
            meanings = dict.fromkeys(raw["trueValues"], True)
            meanings |= dict.fromkeys(raw["falseValues"], False)
            return values.map(meanings).astype("boolean")
        case "integer":
            return pd.to_numeric(values).astype("Int64")
        case "number":
            return pd.to_numeric(values).astype("float64")
        case "date":
            return pd.to_datetime(values, format="%Y-%m-%d")
        case _:
            return values.astype("str")
