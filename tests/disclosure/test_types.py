"""Beyond `interne` only what went through the rules can be shown: types say so, and so does the run."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from disclosure.tables import counts, release

from atc.disclosure import Released

REPOSITORY = Path(__file__).resolve().parents[2]
HEAD = """
import pandas as pd
from atc.disclosure import Count, Release, Released
from atc.exhibits.table import Column, DataTable
from atc.exhibits.model import Base, Draft
columns = [Column("libelle", "Libellé"), Column("effectif", "Effectif", 0)]
"""
#: What a chapter may return -> what mypy says of it.
RETURNED = {
    'DataTable(release.distribution(raw, "x.y"), columns)': "",
    "DataTable(raw, columns)": 'incompatible type "DataFrame"; expected "Released"',
    'DataTable(release.distribution(raw, "x.y").frame, columns)': (
        'incompatible type "DataFrame"; expected "Released"'
    ),
    "DataTable(Released(raw), columns)": 'Missing positional argument "seal"',
    'Draft(title="t", table=raw, base=Base(Count.exactly(7), "sites")).table': (
        'Argument "table" to "Draft" has incompatible type "DataFrame"; expected "DataTable"'
    ),
}


@pytest.mark.slow
def test_the_type_system_knows_a_table_that_did_not_go_through_the_rules(tmp_path):
    snippet = tmp_path / "snippet.py"
    chapters = (
        f"def drawn_{rank}(raw: pd.DataFrame, release: Release) -> DataTable: return {made}"
        for rank, made in enumerate(RETURNED)
    )
    snippet.write_text(HEAD + "\n".join(chapters) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(snippet)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    first = HEAD.count("\n") + 1
    for line, told in enumerate(RETURNED.values(), first):
        said = [each for each in done.stdout.splitlines() if f"snippet.py:{line}: error" in each]
        assert any(told in each for each in said) if told else not said, done.stdout


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
