"""Who comes first, as far as a reader can tell."""

from __future__ import annotations

import pandas as pd
import pytest

from atc.disclosure import Count, Released
from atc.disclosure.released import SEAL

FEW, MOST, HIDDEN = Count(1, 4, "D"), Count(10, 13, "D", of_the_rest=True), Count(5, 9, "S")
n = Count.exactly


@pytest.mark.parametrize(
    ("counts", "first"),
    [
        ([n(7), n(3), n(4)], ["a"]),
        ([n(5), n(5), FEW], ["a", "b"]),
        ([n(4), FEW], []),
        ([n(5), FEW, FEW], ["a"]),
        ([HIDDEN, FEW, FEW], ["a"]),
        ([HIDDEN, n(6)], []),
        ([n(7), MOST], ["b"]),
        ([MOST, n(10)], []),
        ([FEW, FEW], []),
        ([], []),
    ],
)
def test_a_row_leads_only_if_no_masked_count_could_be_as_large(counts, first):
    frame = pd.DataFrame({"modalite": list("abc")[: len(counts)], "effectif": counts}, dtype="object")
    released = Released(frame, SEAL)
    assert [row.modalite for row in released.leaders()] == first
