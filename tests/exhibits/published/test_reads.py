"""What a control declares to read is all that it reads: the other columns may hold anything."""

from __future__ import annotations

import random
from dataclasses import replace

import pandas as pd
import pytest

from atc.exhibits import notices
from atc.exhibits.notices import INTERVIEWS
from atc.exhibits.published.calls import PROVIDED
from atc.exhibits.published.reads import READS
from atc.exhibits.published.register import Printed, read_register
from atc.waves import Wave


def _with(wave: Wave, printed: Printed, tables: dict[str, pd.DataFrame]) -> object:
    """The value on other tables, whole."""
    provided = {"dictionary": wave.dictionary, "package": wave.package}
    call = printed.call
    given = {name: provided[name] if name in provided else tables[name] for name in call.inputs}
    return printed.rule(call.function(**given, **call.values))


def _of_tables(wave: Wave) -> list[Printed]:
    """The controls that read rows: the others ask the papers of the wave only."""
    return [p for p in read_register(wave.project) if set(p.call.inputs) - set(PROVIDED)]


@pytest.fixture(params=range(3))
def shuffled(wave: Wave, request: pytest.FixtureRequest):
    """Tables of which the columns that are not declared are shuffled, each in its own way."""
    chance = random.Random(request.param)

    def shuffle(name: str, declared: tuple[str, ...]) -> pd.DataFrame:
        frame = wave.table(name)
        for column in frame.columns:
            if f"{name}.{column}" not in declared:
                order = chance.sample(range(len(frame)), len(frame))
                frame[column] = frame[column].iloc[order].to_numpy()
                frame[column] = frame[column].astype(wave.table(name)[column].dtype)
        return frame

    return shuffle


def test_a_control_reads_no_other_column_than_it_declares(wave, shuffled):
    for printed in _of_tables(wave):
        declared = READS[printed.call.name]
        tables = {name: shuffled(name, declared) for name in printed.call.inputs if name not in PROVIDED}
        value = printed.rule(printed.call.on(wave))
        assert _with(wave, printed, tables) == value, printed.row.id
        assert _with(wave, printed, {name: wave.table(name) for name in tables}) == value, printed.row.id


def test_every_control_declares_what_it_reads_and_nothing_is_declared_for_none(wave):
    assert {printed.call.name for printed in _of_tables(wave)} == set(READS)
    for columns in READS.values():
        assert wave.using(columns)
        assert list(columns) == sorted(columns)


def test_the_precaution_reads_what_it_declares(wave, shuffled):
    changed = {"entretiens": shuffled("entretiens", INTERVIEWS)}
    assert not changed["entretiens"].equals(wave.table("entretiens"))
    assert notices.precaution(replace(wave, _frames=changed)) == notices.precaution(wave)
