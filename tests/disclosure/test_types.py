"""Beyond `interne` only what went through the rules can be shown; types say it too, see `unreleased`."""

import dataclasses

import pandas as pd
import pytest
from disclosure.tables import counts, release

from atc.disclosure import Released


@pytest.mark.parametrize("seal", [None, object(), "SEAL", True])
def test_nobody_else_makes_a_table_fit_to_leave(seal):
    with pytest.raises(TypeError, match="makes a table fit to leave"):
        Released(counts([3, 14]), seal)


def test_a_table_fit_to_leave_lends_its_seal_to_no_other():
    released = release().distribution(counts([3, 14]), "x.y")
    with pytest.raises((TypeError, ValueError), match="seal"):
        dataclasses.replace(released, frame=counts([3, 14]))
    with pytest.raises(dataclasses.FrozenInstanceError):
        released.frame = counts([3, 14])


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.assign(effectif=[3, 14]),
        lambda frame: frame.assign(part=[3 / 17, 14 / 17]),
        lambda frame: pd.concat([frame, counts([3, 14])]),
    ],
)
def test_no_number_joins_a_released_table_from_elsewhere(change):
    released = release().distribution(counts([3, 14]), "x.y")
    with pytest.raises(ValueError, match="from elsewhere"):
        released.reshaped(change)
