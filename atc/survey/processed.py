"""``data/processed/<vague>``: the validated tables of a wave, and whether they still are those of its files.

Beside them stand a hash of each column, so that who reads one column does not depend on the others, and what
they were made from. Nothing heavy is imported: who finds that nothing changed has nothing to wait for.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atc.survey import codebook, datapackage, trace
from atc.survey.files import replacing, write
from atc.survey.paths import Project, belongs
from atc.survey.settings import load_settings

if TYPE_CHECKING:
    import pandas as pd

FILE, STAMP = "colonnes.json", "provenance.json"
SHA256, ROWS = "sha256", "rows"
# Modules that decide what is refused and what is written, and the libraries that they trust.
_MODULES = ("dictionary", "datapackage", "codebook", "read_csv", "spelling", "processed")
_RULES = ("validation/*.py", "quotations.*", *(f"{name}.py" for name in _MODULES))
_LIBRARIES = ("pydantic", "pandas", "pyarrow")


def process(project: Project, vague: str) -> dict[str, int]:
    """Validate a wave and write its typed tables; nothing is written unless every table is right.

    Returns:
        Table -> number of rows.

    Raises:
        DataRefused: With every fault of every file.
        UsageError: The wave is not in report.toml.
    """
    # pandas takes a while to import: only those who validate pay for it.
    from atc.survey.validation import validate_wave  # noqa: PLC0415

    load_settings(project).wave(vague)
    before, raw = sources(project, vague), project.raw(vague)
    tables = validate_wave(project, vague)
    with replacing(project.processed(vague), cache=True) as (folder,):
        written: dict[str, Any] = {}
        for name, frame in tables.items():
            sha256 = write(folder / f"{name}.parquet", frame.to_parquet(index=False))
            written[f"{name}.parquet"] = {SHA256: sha256, ROWS: len(frame), "columns": of_table(frame)}
        # A page that shows one table must not become stale because the hash of another one changed.
        described = json.loads((raw / datapackage.FILE).read_text(encoding="utf-8"))
        for resource in described["resources"]:
            resource["hash"] = ""
        others = {datapackage.FILE: json.dumps(described, ensure_ascii=False, indent=1).encode()}
        if (raw / codebook.FILE).is_file():
            others[codebook.FILE] = (raw / codebook.FILE).read_bytes()
        for name in sorted(others):
            written[name] = {SHA256: write(folder / name, others[name])}
        write(folder / FILE, json.dumps(written, indent=1).encode())
        write(folder / STAMP, json.dumps(before, indent=1).encode())
    return {name: len(frame) for name, frame in tables.items()}


def of_table(frame: pd.DataFrame) -> dict[str, str]:
    """Hash of each column of a table: values in order, type, modalités."""
    import pyarrow as pa  # noqa: PLC0415

    columns = {}
    for name in frame.columns:
        table = pa.Table.from_pandas(frame[[name]], preserve_index=False)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        columns[str(name)] = hashlib.sha256(sink.getvalue()).hexdigest()
    return columns


def sources(project: Project, vague: str) -> dict[str, str]:
    """What the validated tables of a wave are made from: raw files, dictionary, rules, libraries -> hash."""
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
    """Whether ``data/processed/<vague>`` was made from all that it is made from, and was left as it was."""
    folder = project.processed(vague)
    expected = {datapackage.FILE, *(f"{path.stem}.parquet" for path in project.dictionary.glob("*.json"))}
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


def read_fingerprints(path: Path) -> dict[str, Any]:
    """File -> its hash and, of a table, its rows and the hash of each column; nothing if it is not ours."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def row_counts(project: Project, vague: str) -> dict[str, int]:
    """Table -> number of rows, for a wave that is processed."""
    written = read_fingerprints(project.processed(vague) / FILE)
    return {Path(name).stem: known[ROWS] for name, known in written.items() if ROWS in known}
