"""What a run left, read back and trusted only as far as the manifest vouches for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atc.disclosure.record import Record, read
from atc.errors import DisclosureRefused
from atc.execution.carnets import EXHIBIT_MIME
from atc.execution.planning import Places
from atc.manifest import Manifest, content_hash, file_hash, read_manifest
from atc.paths import Project


@dataclass(frozen=True)
class ShownExhibit:
    """One exhibit of an executed notebook.

    Attributes:
        id: ``F02-03``.
        chapter: Slug of the notebook.
        cell: Id of its cell.
        call: What the cell says: one call.
        told: What the exhibit says of itself: title, reading, source, mention, labels, columns used.
        let_out: What the gate checks.
    """

    id: str
    chapter: str
    cell: str
    call: str
    told: Mapping[str, Any]
    let_out: Record


@dataclass(frozen=True)
class Finished:
    """The outputs of one wave at one tier.

    Attributes:
        manifest: Of the run.
        files: Path -> bytes, of the artefacts of the manifest and of nothing else.
        exhibits: In the order of the report.
    """

    manifest: Manifest
    files: Mapping[str, bytes]
    exhibits: tuple[ShownExhibit, ...]

    @property
    def data(self) -> str:
        """One hash for all data: those of single small tables would let a reader test guesses about a row."""
        return content_hash(dict(self.manifest.data))


def read_finished(project: Project, vague: str, diffusion: str) -> Finished:
    """Read the outputs of a run.

    Args:
        project: Where the files are.
        vague: Wave.
        diffusion: Tier.

    Raises:
        DisclosureRefused: They are missing, of another tier, incomplete, or not those that the run made.
    """
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
    if manifest.outdated or not manifest.report:
        late = ", ".join(manifest.outdated) or "le rapport entier"
        raise DisclosureRefused(f"{folder} : à refaire ({late}). Relancez atc run, sans --chapitre.")
    files = {
        path: _trusted(places.pages, path, artefact.sha256) for path, artefact in manifest.artefacts.items()
    }
    return Finished(manifest, files, tuple(_exhibits(places, manifest)))


def _trusted(folder: Path, path: str, sha256: str) -> bytes:
    if (folder / path).is_symlink() or file_hash(folder / path) != sha256:
        raise DisclosureRefused(
            f"{path} : ce fichier n’est plus celui que l’exécution a produit (retouché, ou effacé). "
            "Relancez atc run --force."
        )
    return (folder / path).read_bytes()


def _exhibits(places: Places, manifest: Manifest) -> Iterator[ShownExhibit]:
    for slug, record in manifest.chapters.items():
        carnet = places.carnet(slug)
        if file_hash(carnet) != record.carnet:
            raise DisclosureRefused(
                f"{slug} : le carnet exécuté n’est plus celui dont les pages viennent. "
                "Relancez atc run --force."
            )
        for cell in json.loads(carnet.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                told = output.get("data", {}).get(EXHIBIT_MIME)
                if told is not None:
                    source = "".join(cell["source"]).strip()
                    yield ShownExhibit(told["id"], slug, cell["id"], source, told, read(told["let_out"]))


def let_out_elsewhere(project: Project, vague: str, diffusion: str) -> dict[str, Record]:
    """What the other waves let out at the same tier, for as far as they were run.

    Args:
        project: Where the files are.
        vague: Wave about to leave.
        diffusion: Tier.

    Returns:
        « vague exhibit » -> its record.
    """
    found: dict[str, Record] = {}
    for folder in sorted(path for path in (project.root / "outputs").glob("*") if path.name != vague):
        places = Places.of(project, folder.name, diffusion)
        manifest = read_manifest(places.pages)
        if manifest is not None:
            found |= {f"{folder.name} {e.id}": e.let_out for e in _exhibits(places, manifest)}
    return found
