"""What a run left, read back and trusted only as far as the manifest vouches for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atc.disclosure.audit import Record, read
from atc.rendering.outputs import EXHIBIT_MIME, PROSE_MIME
from atc.run.manifest import REPORT, Manifest, content_hash, file_hash, read_manifest
from atc.run.plan import Places
from atc.survey.errors import DisclosureRefused
from atc.survey.paths import Project


@dataclass(frozen=True)
class LetOut:
    """What one display of an executed notebook lets out."""

    id: str  # ``F02-03``; for sentences, the exhibit whose reviewed exceptions hold for them
    chapter: str  # slug of the notebook
    let_out: Record  # what the gate checks

    @property
    def place(self) -> str:
        """Where readers find it: « 07_synthese, F02-03 »."""
        return f"{self.chapter}, {self.id}"


@dataclass(frozen=True)
class ShownExhibit(LetOut):
    """One exhibit of an executed notebook."""

    cell: str  # id of its cell
    call: str  # what the cell says: one call
    told: Mapping[str, Any]  # what it says of itself: title, reading, source, mention, labels, columns used

    @property
    def place(self) -> str:
        """Its id: no two exhibits share one."""
        return self.id


@dataclass(frozen=True)
class Finished:
    """The outputs of one wave at one tier."""

    manifest: Manifest
    files: Mapping[str, bytes]  # path -> bytes, of the artefacts of the manifest and of nothing else
    exhibits: tuple[ShownExhibit, ...]  # in the order of the report
    sentences: tuple[LetOut, ...] = ()  # messages and precautions that tell counts, in the same order
    # Slug -> the cells of the executed notebook.
    notebooks: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    @property
    def let_out(self) -> tuple[LetOut, ...]:
        """All that tells counts: exhibits first, whose words explain those of sentences."""
        return (*self.exhibits, *self.sentences)

    @property
    def data(self) -> str:
        """One hash for all data: those of single small tables would let a reader test guesses about a row."""
        return content_hash(dict(self.manifest.data))


def read_finished(project: Project, vague: str, diffusion: str) -> Finished:
    """Read the outputs of a run, unless they are missing, incomplete, of another tier or touched since."""
    places = Places.of(project, vague, diffusion)
    folder = project.relative(places.pages)
    manifest = read_manifest(places.pages)
    if manifest is None:
        raise DisclosureRefused(f"{folder} : pas de rapport à publier. Lancez d’abord atc run.")
    if (manifest.vague, manifest.diffusion) != (vague, diffusion):
        raise DisclosureRefused(
            f"{folder} : ce dossier contient la diffusion « {manifest.diffusion} » de la vague "
            f"{manifest.vague}. Supprimez-le, puis relancez atc run."
        )
    report = manifest.made.get(REPORT)
    if manifest.outdated or not (report and report.key):
        late = ", ".join(manifest.outdated) or "le rapport entier"
        raise DisclosureRefused(f"{folder} : à refaire ({late}). Relancez atc run, sans --chapitre.")
    files = {path: _trusted(places.pages, path, sha256) for path, sha256 in manifest.files.items()}
    notebooks = _notebooks(places, manifest)
    shown = tuple(_displays(notebooks))
    exhibits = tuple(each for each in shown if isinstance(each, ShownExhibit))
    sentences = tuple(each for each in shown if not isinstance(each, ShownExhibit))
    return Finished(manifest, files, exhibits, sentences, notebooks)


def _trusted(folder: Path, path: str, sha256: str) -> bytes:
    if (folder / path).is_symlink() or file_hash(folder / path) != sha256:
        raise DisclosureRefused(
            f"{path} : ce fichier n’est plus celui que l’exécution a produit (retouché, ou effacé). "
            "Relancez atc run --force."
        )
    return (folder / path).read_bytes()


def _notebooks(places: Places, manifest: Manifest) -> dict[str, list[dict[str, Any]]]:
    """The cells of each executed notebook that pages come from."""
    found = {}
    for slug, record in manifest.chapters.items():
        carnet = places.carnet(slug)
        if file_hash(carnet) != record.carnet:
            raise DisclosureRefused(
                f"{slug}, vague {manifest.vague} : le carnet exécuté n’est plus celui dont les pages "
                f"viennent. Relancez atc run --vague {manifest.vague} --force."
            )
        found[slug] = json.loads(carnet.read_text(encoding="utf-8"))["cells"]
    return found


def _displays(notebooks: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[LetOut]:
    for slug, cells in notebooks.items():
        for cell in cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if told := data.get(EXHIBIT_MIME):
                    source = "".join(cell["source"]).strip()
                    yield ShownExhibit(told["id"], slug, read(told["let_out"]), cell["id"], source, told)
                for exhibit, plain in data.get(PROSE_MIME, {"let_out": {}})["let_out"].items():
                    yield LetOut(exhibit, slug, read(plain))


def records(vague: str, displays: Iterable[LetOut]) -> dict[str, Record]:
    """« vague exhibit », or « vague chapter, exhibit » for sentences -> what it lets out, for the audit."""
    found: dict[str, Record] = {}
    for each in displays:
        found.setdefault(f"{vague} {each.place}", Record()).absorb(each.let_out)
    return found


def let_out_elsewhere(project: Project, vague: str, diffusion: str) -> dict[str, Record]:
    """What the other waves let out at the same tier, for as far as they were run."""
    found: dict[str, Record] = {}
    for folder in sorted(path for path in (project.root / "outputs").glob("*") if path.name != vague):
        places = Places.of(project, folder.name, diffusion)
        manifest = read_manifest(places.pages)
        if manifest is not None:
            found |= records(folder.name, _displays(_notebooks(places, manifest)))
    return found
