"""The files of a publication: what the run made, and what goes with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from atc.publication import papers
from atc.publication.archive import MANIFEST
from atc.publication.finished import Finished
from atc.publication.rows import Crowd, real_files, synthetic_files
from atc.rendering.pages import Download, dictionary_page, with_downloads
from atc.run.plan import cover as cover_of
from atc.survey.waves import Wave

PUBLIC = "public"
_INDEX, _DICTIONARY = "index.html", "dictionnaire.html"


@dataclass(frozen=True)
class Bundle:
    """What would leave."""

    files: Mapping[str, bytes]  # path -> bytes
    made_up: frozenset[str]  # paths of synthetic rows


def compose(finished: Finished, wave: Wave, crowds: Mapping[str, Crowd]) -> Bundle:
    """Put the bundle together, in memory; ``crowds`` only matters for ``public``."""
    run, settings = finished.manifest, wave.report
    cover = cover_of(settings, run.vague, run.diffusion)
    made_up: dict[str, bytes] = {}
    rows: dict[str, bytes] = {}
    if run.diffusion == PUBLIC:
        made_up = synthetic_files(wave.dictionary, wave.settings)
        rows = real_files({name: wave.table(name) for name in crowds}, crowds)
    files = {
        **finished.files,
        **made_up,
        **rows,
        _DICTIONARY: dictionary_page(wave.dictionary, wave.package, cover).encode(),
        papers.README: papers.readme(cover, synthetic=bool(made_up)).encode(),
        papers.LICENCE: papers.licence(wave.package.licence).encode(),
    }
    files[_INDEX] = with_downloads(finished.files[_INDEX].decode(), _downloads(made_up)).encode()
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    files[MANIFEST] = papers.manifest(finished, files, hashes, settings).encode()
    return Bundle(files, frozenset(made_up))


def _downloads(made_up: Mapping[str, bytes]) -> tuple[Download, ...]:
    return (
        Download(_DICTIONARY, "Dictionnaire des données"),
        *(Download(path, f"Lignes inventées, {path.rpartition('/')[2]}") for path in sorted(made_up)),
        Download(papers.README, "Comment lire, citer et réutiliser"),
        Download(papers.LICENCE, "Licences"),
    )
