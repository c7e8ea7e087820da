"""What the scanner has to know of a wave, of its run and of this machine."""

from __future__ import annotations

import getpass
import hashlib
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from atc.disclosure.audit import Record
from atc.disclosure.exceptions import Reviewed
from atc.disclosure.prose import small_counts
from atc.exhibits.published import PRINTED
from atc.exhibits.worth import legend
from atc.publication.bundle import Bundle
from atc.publication.finished import Finished
from atc.publication.scan import Known
from atc.publication.scan.encodings import squeezed
from atc.publication.scan.rules.prose import shingles
from atc.rendering.outputs import EXHIBIT_MIME, PROSE_MIME
from atc.survey.reference import load_roster
from atc.survey.waves import Wave


def known(finished: Finished, wave: Wave, bundle: Bundle, reviewed: Iterable[Reviewed]) -> Known:
    """What the scanner has to know of this wave and of this machine."""
    roster = load_roster(wave.project)
    small_numbers = wave.report.small_numbers
    floors = (small_numbers.floor, small_numbers.site_floor)
    small = {exhibit.id: _released(exhibit.let_out, max(floors)) for exhibit in finished.exhibits}
    crossed = {r.exhibit for r in reviewed if r.vague == wave.id and "|" in r.ligne}
    crossed |= {exhibit.id for exhibit in finished.exhibits if PRINTED in exhibit.let_out.facts}
    computed = squeezed(" | ".join(_computed(finished, wave)))
    return Known(
        floor=small_numbers.floor,
        site_floor=small_numbers.site_floor,
        pseudonyms=frozenset(_pseudonyms(wave)),
        sites=frozenset(roster["commune"]),
        posts=frozenset(roster["poste"]),
        contacts=frozenset(wave.report.contacts),
        machine=frozenset(name for name in (getpass.getuser(), socket.gethostname()) if len(name) > 3),
        dates=frozenset({wave.settings.date.isoformat()}),
        authors=frozenset({wave.report.authors}),
        released=small,
        computed=computed,
        shingles=frozenset[str]().union(*map(shingles, _unsigned(wave, computed))),
        phrases=frozenset(_phrases(finished, max(floors))),
        named=frozenset(crossed),
        synthetic=bundle.made_up,
        pictures=frozenset(
            hashlib.sha256(image).hexdigest() for path, image in bundle.files.items() if path.endswith(".png")
        ),
    )


def _released(let_out: Record, floor: int) -> frozenset[int]:
    """Small numbers that an exhibit may print: reviewed ones, and those of public acts."""
    unseen = let_out.masked | let_out.merged
    printed = {
        low for key, (low, high) in let_out.ranges.items() if low == high < floor and key not in unseen
    }
    return frozenset(let_out.small | printed)


def _phrases(finished: Finished, floor: int) -> Iterator[str]:
    """Small counts in the words of the exhibits that a reviewed exception lets tell them."""
    for exhibit in finished.exhibits:
        for text in (exhibit.told["title"], exhibit.told["reading"]):
            counts = (c for c in small_counts(text, floor) if c.value in _released(exhibit.let_out, floor))
            yield from (count.text for count in counts if re.search(r"[^\W\d]", count.text))


def _computed(finished: Finished, wave: Wave) -> Iterator[str]:
    """All that no evaluator wrote: exhibits, computed sentences, the legend, statements, the dictionary."""
    for output in (o for cells in finished.notebooks.values() for c in cells for o in c.get("outputs", [])):
        if {EXHIBIT_MIME, PROSE_MIME} & set(output.get("data", {})):
            yield from _texts(output["data"])
    small = wave.report.small_numbers
    yield from (text for _, text in legend(small.floor, small.site_floor, masks=True))
    yield from _texts(pd.read_csv(wave.project.reference / "enonces.csv", dtype="str").to_dict("list"))
    for table in wave.dictionary:
        yield from (table.label, table.description, table.grain, table.source)
        for field in table.fields.values():
            yield from (field.label, field.question, field.description, *field.labels.values())
            yield from field.group_labels.values()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(part)


def _unsigned(wave: Wave, computed: str) -> Iterator[str]:
    """Texts of the register that no exhibit of this run shows."""
    texts = wave.table("verbatims")["texte"].dropna().astype(str)
    return (text for text in texts if squeezed(text) not in computed)


def _pseudonyms(wave: Wave) -> Iterator[str]:
    for table in wave.dictionary:
        frame: pd.DataFrame = wave.table(table.name)
        for name, field in table.fields.items():
            if field.kind == "identifier":
                yield from frame[name].dropna().astype(str)
