"""Small tables made by hand, typed as a wave types them."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from atc.survey.dictionary import Dictionary, Field, load_dictionary
from atc.survey.paths import find_project

Frame = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def dictionary() -> Dictionary:
    return load_dictionary(find_project(Path(__file__)))


def _typed(field: Field, values: list) -> pd.Series:
    if field.categories:
        return pd.Series(pd.Categorical(values, categories=list(field.labels), ordered=True))
    dtypes = {"boolean": "boolean", "integer": "Int64", "number": "float64", "date": "datetime64[us]"}
    return pd.Series(values, dtype=dtypes.get(field.type, "str"))


@pytest.fixture(scope="session")
def frame(dictionary: Dictionary) -> Frame:
    """``frame("carnet_de_bord", etp=[0.4, 1.5])``: only the columns given; ``None`` is a missing answer."""

    def build(table: str, **columns: list) -> pd.DataFrame:
        return pd.DataFrame({n: _typed(dictionary.field(f"{table}.{n}"), v) for n, v in columns.items()})

    return build
