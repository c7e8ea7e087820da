"""Every exhibit of both waves, at every tier that leaves: nothing small, and nothing to deduce together."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

import atc.exhibits.chapters
from atc import open_wave
from atc.disclosure import Count, Release
from atc.disclosure.audit import audit
from atc.disclosure.exceptions import read_exceptions
from atc.exhibits import declare, notices
from atc.exhibits.model import Exhibit
from atc.exhibits.table import Told
from atc.survey.errors import DisclosureRefused
from atc.survey.waves import Wave

WAVES = ("2020-automne", "2021-automne")
EXHIBIT = re.compile(r"(?:fig|tab)_\d\d_\d\d|messages")
#: The wave before has none to be compared with; sheets are of tier interne.
_APART = {"2020-automne": {"evolution", "fiche"}, "2021-automne": {"fiche"}}
#: That of the report, and one at which exceptions, reviewed at the floor of 5, may leave too little unsaid.
_FLOORS = pytest.mark.parametrize("floor", [5, 11])


def opened(vague: str, diffusion: str, floor: int) -> Wave:
    wave = open_wave(vague, diffusion)
    small = replace(wave.report.small_numbers, floor=floor)
    return replace(wave, report=replace(wave.report, small_numbers=small))


def functions(vague: str) -> Iterator[tuple[str, Any]]:
    for chapter in sorted(atc.exhibits.chapters.__all__):
        module = getattr(atc.exhibits.chapters, chapter)
        if chapter not in _APART[vague]:
            names = [name for name in vars(module) if EXHIBIT.fullmatch(name)]
            yield from ((f"{chapter}.{name}", getattr(module, name)) for name in names)


@cache
def made(diffusion: str, floor: int) -> tuple[dict[str, Any], dict[str, Release], dict[str, str]]:
    """What is shown, the releases that it went through, those of messages too, and what was refused."""
    shown: dict[str, Any] = {}
    releases: dict[str, Release] = {}
    refused: dict[str, str] = {}

    truly = declare.release_for

    def spied(vague: Wave, exhibit: str, *others: Wave) -> Release:
        release = truly(vague, exhibit, *others)
        releases[f"{vague.id} {exhibit} {len(releases)}"] = release
        return release

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(declare, "release_for", spied)
        patch.setattr(notices, "release_for", spied)
        for vague in WAVES:
            for name, function in functions(vague):
                try:
                    shown[f"{vague} {name}"] = function(opened(vague, diffusion, floor))
                except DisclosureRefused as error:
                    refused[f"{vague} {name}"] = str(error)
    return shown, releases, refused


@pytest.mark.slow
@pytest.mark.parametrize(("diffusion", "floor"), [("financeurs", 5), ("public", 3)])
def test_every_exhibit_can_be_shown(diffusion, floor):
    shown, _, refused = made(diffusion, floor)
    assert not refused
    assert len(shown) > 50


@pytest.mark.slow
@_FLOORS
def test_no_small_count_is_shown_but_those_that_were_reviewed(floor):
    shown, releases, _ = made("financeurs", floor)
    allowed = {n for release in releases.values() for n in release.record.small}
    assert allowed, "the report printed small counts, which are shown"
    seen = 0
    for name, exhibit in shown.items():
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


@pytest.mark.slow
@_FLOORS
def test_nothing_is_deduced_from_every_exhibit_of_both_waves(floor):
    _, releases, _ = made("financeurs", floor)
    assert {key.split()[0] for key in releases} == set(WAVES)
    assert sum(len(release.record.masked) for release in releases.values()) > 30
    assert audit({name: release.record for name, release in releases.items()}) == ()


@pytest.mark.slow
def test_the_audit_of_real_exhibits_is_able_to_fail():
    _, releases, _ = made("financeurs", 5)
    records = {name: release.record for name, release in releases.items()}
    record = next(record for record in records.values() if record.masked)
    key = min(record.masked)
    low = record.ranges[key][0]
    leak = replace(record, ranges={key: (low, low)}, masked=set(), sums=[])
    assert key in {deduction.key for deduction in audit({**records, "ailleurs": leak})}


@pytest.mark.slow
def test_every_reviewed_exception_serves_an_exhibit():
    _, releases, _ = made("financeurs", 5)
    used = {line for release in releases.values() for line in release.record.exceptions}
    left = [r.place for r in read_exceptions(opened(WAVES[0], "financeurs", 5).project) if r.line not in used]
    assert not left
