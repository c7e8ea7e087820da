"""What a run left, trusted only as far as the manifest vouches for it, and what evaluators wrote by hand."""

import datetime as dt
import getpass
import json
import re
import socket
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd
from pygments.lexers import PythonLexer
from pygments.token import Comment, String

from atc.disclosure.audit import Record, read
from atc.disclosure.exceptions import Reviewed
from atc.disclosure.prose import plain, small_counts, squeezed
from atc.exhibits.published import PRINTED
from atc.exhibits.worth import legend
from atc.publication.documents import page
from atc.publication.formats import texts
from atc.publication.pieces import Kind, Known, Piece
from atc.publication.rules import shingles
from atc.rendering.markdown import rendered
from atc.rendering.outputs import EXHIBIT_MIME, PROSE_MIME
from atc.run.manifest import REPORT, Manifest, file_hash, read_manifest
from atc.run.notebooks import INJECTED, file_name
from atc.run.plan import Places
from atc.survey.errors import DisclosureRefused, Messages
from atc.survey.paths import Project
from atc.survey.read_csv import load_facts
from atc.survey.waves import Wave

_said = Messages(__name__)
#: Slug -> the cells of an executed notebook.
Notebooks = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Display:
    """What one display of an executed notebook lets out: an exhibit, or sentences that tell counts."""

    id: str  # ``F02-03``; for sentences, the exhibit whose reviewed exceptions hold for them
    chapter: str  # slug of the notebook
    let_out: Record  # what the gate checks
    cell: str = ""  # id of the cell of an exhibit
    call: str = ""  # what the cell says: one call
    # What an exhibit says of itself: title, reading, source, mention, labels, columns used.
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where readers find it: an exhibit by its id alone, sentences as « 07_synthese, F02-03 »."""
        return self.id if self.told else f"{self.chapter}, {self.id}"


@dataclass(frozen=True)
class Finished:
    """The outputs of one wave at one tier."""

    manifest: Manifest
    files: Mapping[str, bytes]  # path -> bytes, of the artefacts of the manifest and of nothing else
    displays: tuple[Display, ...]  # exhibits first, whose words explain those of sentences
    notebooks: Notebooks = field(default_factory=dict)

    @property
    def exhibits(self) -> tuple[Display, ...]:
        """Those that show a figure or a table, in the order of the report."""
        return tuple(each for each in self.displays if each.told)


def read_finished(project: Project, vague: str, diffusion: str) -> Finished:
    """Read the outputs of a run, unless they are missing, incomplete, of another tier or touched since."""
    places = Places.of(project, vague, diffusion)
    folder = project.relative(places.pages)
    manifest = read_manifest(places.pages)
    if manifest is None:
        raise DisclosureRefused(_said("no_report", folder=folder))
    if (manifest.vague, manifest.diffusion) != (vague, diffusion):
        tier, wave = manifest.diffusion, manifest.vague
        raise DisclosureRefused(_said("other_run", folder=folder, diffusion=tier, wave=wave))
    report = manifest.made.get(REPORT)
    if manifest.outdated or not (report and report.key):
        late = ", ".join(manifest.outdated) or "le rapport entier"
        raise DisclosureRefused(_said("outdated", folder=folder, late=late))
    for path, sha256 in manifest.files.items():
        if (places.pages / path).is_symlink() or file_hash(places.pages / path) != sha256:
            raise DisclosureRefused(_said("touched", path=path))
    files = {path: (places.pages / path).read_bytes() for path in manifest.files}
    notebooks = _notebooks(places, manifest)
    displays = sorted(_displays(notebooks), key=lambda each: not each.told)
    return Finished(manifest, files, tuple(displays), notebooks)


def _notebooks(places: Places, manifest: Manifest) -> Notebooks:
    found = {}
    for slug, record in manifest.chapters.items():
        carnet = places.carnet(slug)
        if file_hash(carnet) != record.carnet:
            raise DisclosureRefused(_said("touched_notebook", chapter=slug, wave=manifest.vague))
        found[slug] = json.loads(carnet.read_text(encoding="utf-8"))["cells"]
    return found


def _displays(notebooks: Notebooks) -> Iterator[Display]:
    for slug, cells in notebooks.items():
        for cell, output in ((c, output) for c in cells for output in c.get("outputs", [])):
            data = output.get("data", {})
            if told := data.get(EXHIBIT_MIME):
                source = "".join(cell["source"]).strip()
                yield Display(told["id"], slug, read(told["let_out"]), cell["id"], source, told)
            for exhibit, let_out in data.get(PROSE_MIME, {"let_out": {}})["let_out"].items():
                yield Display(exhibit, slug, read(let_out))


def records(vague: str, displays: Iterable[Display]) -> dict[str, Record]:
    """« vague exhibit », or « vague chapter, exhibit » for sentences -> what it lets out, for the audit."""
    found: dict[str, Record] = {}
    for each in displays:
        found.setdefault(f"{vague} {each.place}", Record()).absorb(each.let_out)
    return found


def let_out_elsewhere(project: Project, run: Manifest) -> tuple[dict[str, Record], list[str]]:
    """What the other waves let out at the tier of a run, and those of them that another version made."""
    found, others = dict[str, Record](), list[str]()
    for folder in sorted(path for path in (project.root / "outputs").glob("*") if path.name != run.vague):
        places = Places.of(project, folder.name, run.diffusion)
        manifest = read_manifest(places.pages)
        if manifest is not None:
            found |= records(folder.name, _displays(_notebooks(places, manifest)))
            others += [folder.name] * (manifest.code != run.code)
    return found, others


#: Authors and contacts are printed on purpose; ids and dates say nothing.
_DECLARED = frozenset({"auteurs", "contacts", "chapitres", "chapitres_evolution", "figures_de_l_essentiel"})


def written(project: Project, vague: str, notebooks: Notebooks) -> Iterator[Piece]:
    """Every text of somebody's hand, with the notebook and the cell where it is mended."""
    for slug, cells in notebooks.items():
        name, file = re.sub(r"[\d_/-]+", " ", slug), file_name(slug)
        yield Piece("nom du carnet", Kind.PROSE, name, "name", file=file, by_hand=True)
        # The cell that the run adds is in no notebook that an evaluator opens.
        theirs = [c for c in cells if INJECTED not in c.get("metadata", {}).get("tags", [])]
        for rank, cell in enumerate(theirs, 1):
            for piece in _cell(cell):
                yield replace(piece, file=file, place=f"cellule {rank}", by_hand=True)
    settings = tomllib.loads((project.root / "report.toml").read_text(encoding="utf-8"))
    for name, section in (("rapport", settings["rapport"]), (f"vagues.{vague}", settings["vagues"][vague])):
        for key, value in section.items():
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and key not in _DECLARED:
                    yield Piece(f"[{name}], {key}", Kind.PROSE, text, file="report.toml", by_hand=True)


_LEXER = PythonLexer().get_tokens
_READ = frozenset({Kind.PROSE, Kind.CELL, Kind.ROW, Kind.ATTRIBUTE})


def _cell(cell: Mapping[str, Any]) -> Iterator[Piece]:
    """What a cell and its outputs say; of code, its comments and texts, which the page shows folded away."""
    source, html = "".join(cell["source"]), list[str]()
    if cell["cell_type"] == "markdown":
        # What stands apart as a quotation is one.
        html = [rendered(re.sub(r"(?m)^ *> ?(?!«)(.+)$", r"> « \1 »", source), "")[0]]
    elif cell["cell_type"] == "code":
        # A text with escapes is several tokens.
        tokens = (
            (t in Comment or (t in String and t is not String.Affix), text) for t, text in _LEXER(source)
        )
        for is_text, some in groupby(tokens, key=itemgetter(0)):
            if is_text:
                yield Piece("", Kind.PROSE, "".join(text for _, text in some).strip("#\"' \n"))
    for output in cell.get("outputs", []):
        data = output.get("data", {"text/plain": output.get("text", "")})
        if not {EXHIBIT_MIME, PROSE_MIME} & set(data):
            for kind, content in data.items():
                text = "".join(content) if isinstance(content, str | list) else ""
                html.append(text if kind == "text/html" else rendered(text, "")[0])
    for item in (item for each in html for item in page(f"<main>{each}</main>".encode())):
        if isinstance(item, Piece) and (item.kind in _READ or item.label in ("comment", "pre")):
            yield item


def known(finished: Finished, wave: Wave, made_up: frozenset[str], reviewed: Iterable[Reviewed]) -> Known:
    """What the scanner has to know of this wave, of its run and of this machine; ``made_up`` are files."""
    roster, small = load_facts(wave.project, "roster.csv"), wave.report.small_numbers
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
        shingles=frozenset[str]().union(*map(shingles, unsigned)),
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
        for f in table.fields.values():
            yield from (f.label, f.question, f.description, *f.labels.values(), *f.group_labels.values())
