"""Every exhibit of both waves, at every tier that leaves: nothing small, and nothing to deduce together."""

import csv
import io
from dataclasses import replace

import pytest
from disclosure.exhibited import ROOT, WAVES, computed

from atc.disclosure import Count
from atc.disclosure.audit import audit
from atc.disclosure.exceptions import read_exceptions
from atc.exhibits.model import Exhibit
from atc.exhibits.table import Told
from atc.survey.paths import Project

pytestmark = pytest.mark.slow
#: That of the report, and one at which exceptions, reviewed at the floor of 5, may leave too little unsaid.
_FLOORS = pytest.mark.parametrize("floor", [5, 11])


@pytest.mark.parametrize(("diffusion", "floor"), [("financeurs", 5), ("public", 3)])
def test_every_exhibit_can_be_shown(diffusion, floor):
    assert not computed(diffusion, floor).refused
    assert len(computed(diffusion, floor).exhibits) > 50


@_FLOORS
def test_no_small_count_is_shown_but_those_that_were_reviewed(floor):
    found = computed("financeurs", floor)
    allowed = {n for record in found.records.values() for n in record.small}
    assert allowed, "the report printed small counts, which are shown"
    seen = 0
    for name, exhibit in found.exhibits.items():
        if not isinstance(exhibit, Exhibit):
            continue
        rows = list(csv.DictReader(io.StringIO(exhibit.table.csv())))
        for column in exhibit.table.columns:
            for value, row in zip(exhibit.table.frame[column.name], rows, strict=True):
                if not isinstance(value, Count):
                    continue
                seen += 1
                assert value.value is None or not 1 <= value.value < floor or value.value in allowed, name
                assert (row[column.name] == "") == value.is_masked, name
                # Where the report has a word for a masked count, the file says that word.
                status = value.word if isinstance(value, Told) else value.status
                assert row.get(f"statut_{column.name}", "V") == status, name
    assert seen > 200


@_FLOORS
def test_nothing_is_deduced_from_every_exhibit_of_both_waves(floor):
    records = computed("financeurs", floor).records
    assert {key.split()[0] for key in records} == set(WAVES)
    assert sum(len(record.masked) for record in records.values()) > 30
    assert audit(records) == ()


def test_the_audit_of_real_exhibits_is_able_to_fail():
    records = computed("financeurs").records
    record = next(record for record in records.values() if record.masked)
    key = min(record.masked)
    low = record.ranges[key][0]
    leak = replace(record, ranges={key: (low, low)}, masked=set(), sums=[])
    assert key in {deduction.key for deduction in audit({**records, "ailleurs": leak})}


def test_every_reviewed_exception_serves_an_exhibit():
    used = {line for record in computed("financeurs").records.values() for line in record.exceptions}
    assert not [r.place for r in read_exceptions(Project(ROOT)) if r.line not in used]
