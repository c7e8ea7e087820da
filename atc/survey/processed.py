"""Whether the validated tables of a wave are those of its raw files, under the rules of today.

Nothing heavy is imported: who finds that nothing changed has nothing to wait for.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import metadata
from pathlib import Path

from atc.survey import codebook, trace
from atc.survey.datapackage import FILE as PACKAGE
from atc.survey.fingerprints import FILE, SHA256, read_fingerprints
from atc.survey.paths import Project, belongs

STAMP = "provenance.json"
ROWS = "rows"
# Modules that decide what is refused and what is written, and the libraries that they trust.
_MODULES = (
    "dictionary",
    "datapackage",
    "codebook",
    "contacts",
    "read_csv",
    "spelling",
    "wavefiles",
    "rows",
    "waves",
    "fingerprints",
    "processed",
)
_RULES = ("validation/*.py", "quotations/*", *(f"{name}.py" for name in _MODULES))
_LIBRARIES = ("frictionless", "pandas", "pyarrow")


def sources(project: Project, vague: str) -> dict[str, str]:
    """What the validated tables of a wave are made from: raw files, dictionary, rules, libraries -> hash.

    Args:
        project: Where the files are.
        vague: Id of the wave.
    """
    paths = [*sorted(project.raw(vague).glob("*")), *sorted(project.dictionary.glob("*.json"))]
    found = {project.relative(path): _hash(path) for path in paths if belongs(path)}
    return {**found, "atc": _rules(), **{name: metadata.version(name) for name in _LIBRARIES}}


def _hash(path: Path) -> str:
    try:
        # Who only checks that a table is up to date does not read its columns.
        with trace.reading_columns(path):
            return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # validation says it in French, with what to do
        return ""


@cache
def _rules() -> str:
    folder = Path(__file__).parent
    hashes = [_hash(path) for pattern in _RULES for path in sorted(folder.glob(pattern))]
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def is_processed(project: Project, vague: str) -> bool:
    """Whether ``data/processed/<vague>`` was made from all that it is made from, and was left as it was.

    Args:
        project: Where the files are.
        vague: Id of the wave.
    """
    folder = project.processed(vague)
    expected = {PACKAGE, *(f"{path.stem}.parquet" for path in project.dictionary.glob("*.json"))}
    if (project.raw(vague) / codebook.FILE).is_file():
        expected.add(codebook.FILE)
    written = read_fingerprints(folder / FILE)
    if not expected <= written.keys():
        return False
    if any(_hash(folder / name) != known[SHA256] for name, known in written.items()):
        return False
    try:
        made_from = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(made_from == sources(project, vague))


def row_counts(project: Project, vague: str) -> dict[str, int]:
    """Table -> number of rows, for a wave that is processed."""
    written = read_fingerprints(project.processed(vague) / FILE)
    return {Path(name).stem: known[ROWS] for name, known in written.items() if ROWS in known}
