"""The scanner of the gate: decode all that would leave, and find what must never do.

What it cannot see: pixels (let through beside their drawing only, see `_drawn`), letters drawn as outlines,
words written backwards, encodings that no page of ours uses, ciphers, names that no list knows, what
``tests/publication/seeded.csv`` lists as not catchable, and whether a number that a reviewed exception lets
through in an exhibit tells there what the exception was for.
"""

import datetime as dt
import getpass
import hashlib
import re
import socket
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from atc.disclosure.exceptions import Reviewed
from atc.disclosure.prose import small_counts
from atc.exhibits.published import PRINTED
from atc.exhibits.worth import legend
from atc.publication import rules
from atc.publication.finished import Finished
from atc.publication.formats import is_of, pieces, texts
from atc.publication.pieces import EXHIBIT, Finding, Hit, Known, Piece, Rule, hidden, plain, squeezed
from atc.rendering.outputs import EXHIBIT_MIME, PROSE_MIME
from atc.survey.read_csv import load_roster
from atc.survey.waves import Wave

_RULES = (
    rules.in_texts,
    rules.of_this_wave,
    rules.sites_beside_posts,
    rules.in_sentences,
    rules.in_tables,
    rules.in_prose,
    rules.in_names,
)
#: All that can be wrong of rows that nobody gave: their codes and small numbers are nobody's.
_OF_FILES = frozenset({Rule.FORMULA, Rule.METADATA, Rule.UNREADABLE, Rule.FILE_TYPE, Rule.PIXELS})
#: Rules after which a name is not repeated in the report.
_TELLING = frozenset({Rule.PSEUDONYM, Rule.EMAIL, Rule.TELEPHONE, Rule.ROSTER, Rule.MACHINE})


def scan(files: Mapping[str, bytes], known: Known, written: Iterable[Piece] = ()) -> tuple[Finding, ...]:
    """All that must not leave among files that would, and in what was written by hand, in order.

    A page says again what its notebook says: it is told there, where it is mended, and once.
    """
    known = replace(known, pictures=frozenset(_drawn(files)))
    seen: dict[Hashable, tuple[Hit, ...]] = {}
    findings = set[Finding]()
    for file in files:
        found = list(_findings(pieces(file, files[file]), known, seen))
        if any(each.place.startswith("nom du fichier") and each.rule in _TELLING for each in found):
            folder, slash, name = file.rpartition("/")
            stem, dot, extension = name.rpartition(".")
            path = f"{folder}{slash}{hidden(stem)}{dot}{extension}"
            found = [each._replace(file=path) for each in found]
        findings.update(found)
    at_source = set(_findings(written, known, seen))
    mended = {(finding.rule, finding.excerpt) for finding in at_source}
    return tuple(sorted(at_source | {f for f in findings if (f.rule, f.excerpt) not in mended}))


def _findings(
    found: Iterable[Piece], known: Known, seen: dict[Hashable, tuple[Hit, ...]]
) -> Iterator[Finding]:
    for piece in found:
        # The same text comes many times in a bundle: it is judged once, and told at each place. Of its file,
        # the rules read the extension, and whether it is made up.
        made_up = piece.file in known.synthetic
        key = made_up, replace(piece, place="", file=piece.file.rpartition(".")[2])
        if key not in seen:
            hits = (hit for rule in _RULES for hit in rule(piece, known))
            seen[key] = tuple(hit for hit in hits if not made_up or hit.rule in _OF_FILES)
        yield from (Finding(piece.file, piece.place, *hit) for hit in seen[key])


def _drawn(files: Mapping[str, bytes]) -> Iterator[str]:
    """Hashes of the images in pixels that come with the drawing of the same exhibit, whose text is read.

    Both files come from one drawing (`atc.exhibits.model`): what one says, the other says.
    """
    for file in (file for file in files if file.endswith(".png")):
        stem = file.removesuffix(".png")
        is_exhibit = EXHIBIT.fullmatch(stem.rpartition("/")[2]) is not None
        if is_exhibit and is_of("svg", files.get(f"{stem}.svg", b"")):
            yield hashlib.sha256(files[file]).hexdigest()


def known(finished: Finished, wave: Wave, made_up: frozenset[str], reviewed: Iterable[Reviewed]) -> Known:
    """What the scanner has to know of this wave, of its run and of this machine; ``made_up`` are files."""
    roster, small = load_roster(wave.project), wave.report.small_numbers
    named = {r.exhibit for r in reviewed if r.vague == wave.id and "|" in r.ligne}
    named |= {exhibit.id for exhibit in finished.exhibits if PRINTED in exhibit.let_out.facts}
    computed = squeezed(" | ".join(_computed(finished, wave)))
    # Texts of the register that no exhibit of this run shows.
    quoted = wave.table("verbatims")["texte"].dropna().astype(str)
    unsigned = (text for text in quoted if squeezed(text) not in computed)
    identifiers = [f for table in wave.dictionary for f in table.fields.values() if f.kind == "identifier"]
    codes = (wave.table(field.table)[field.name].dropna().astype(str) for field in identifiers)
    days = {wave.settings.date, dt.date(1980, 1, 1)}
    released, phrases = dict[str, frozenset[int]](), set[str]()
    for exhibit in finished.exhibits:
        # What an exhibit may print: reviewed counts, and those of public acts.
        let_out, floor = exhibit.let_out, max(small.floor, small.site_floor)
        unseen = let_out.masked | let_out.merged
        printed = {lo for key, (lo, hi) in let_out.ranges.items() if lo == hi < floor and key not in unseen}
        released[exhibit.id] = frozenset(let_out.small | printed)
        for text in (exhibit.told["title"], exhibit.told["reading"]):
            counts = [c.text for c in small_counts(text, floor) if c.value in released[exhibit.id]]
            phrases.update(plain(count) for count in counts if re.search(r"[^\W\d]", count))
    return Known(
        floor=small.floor,
        site_floor=small.site_floor,
        pseudonyms=frozenset().union(*codes),
        sites=frozenset(roster["commune"]),
        posts=frozenset(roster["poste"]),
        contacts=frozenset(wave.report.contacts),
        machine=frozenset(name for name in (getpass.getuser(), socket.gethostname()) if len(name) > 3),
        dates=frozenset({f"{day:%Y-%m-%d}" for day in days} | {f"{day:%Y%m%d}" for day in days}),
        authors=frozenset({wave.report.authors}),
        released=released,
        computed=computed,
        shingles=frozenset[str]().union(*map(rules.shingles, unsigned)),
        phrases=frozenset(phrases),
        named=frozenset(named),
        synthetic=made_up,
    )


def _computed(finished: Finished, wave: Wave) -> Iterator[str]:
    """All that no evaluator wrote: exhibits, computed sentences, the legend, statements, the dictionary."""
    for output in (o for cells in finished.notebooks.values() for c in cells for o in c.get("outputs", [])):
        if {EXHIBIT_MIME, PROSE_MIME} & set(output.get("data", {})):
            yield from texts(output["data"])
    small = wave.report.small_numbers
    yield from (text for _, text in legend(small.floor, small.site_floor, masks=True))
    yield from texts(pd.read_csv(wave.project.reference / "enonces.csv", dtype="str").to_dict("list"))
    for table in wave.dictionary:
        yield from (table.label, table.description, table.grain, table.source)
        for field in table.fields.values():
            yield from (field.label, field.question, field.description, *field.labels.values())
            yield from field.group_labels.values()
