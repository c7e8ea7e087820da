import pandas as pd
import pytest

from atc.indicators.lignes import lignes, plus_grande, premiere

TABLE = pd.DataFrame({"libelle": ["a", "b", "c"], "effectif": [2, 5, 5], "ecart": [-3.0, 1.0, 3.0]})


def test_rows_come_in_order_with_columns_as_attributes():
    assert [(row.libelle, row.effectif) for row in lignes(TABLE)] == [("a", 2), ("b", 5), ("c", 5)]
    assert premiere(TABLE).libelle == "a"


def test_the_largest_is_taken_by_absolute_value_and_the_first_of_equals():
    assert plus_grande(TABLE).libelle == "b"
    assert plus_grande(TABLE, "ecart").libelle == "a"


@pytest.mark.parametrize("read", [premiere, plus_grande])
def test_an_empty_table_has_no_such_row(read):
    with pytest.raises(StopIteration):
        read(TABLE.iloc[:0])
