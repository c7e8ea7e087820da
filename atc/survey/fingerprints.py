"""The content of each column of a table, as a hash: who reads one column does not depend on the others.

Hashes are taken when the tables of a wave are written, and stand beside them: finding that nothing changed
reads no table.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FILE = "colonnes.json"
SHA256 = "sha256"


def of_table(frame: pd.DataFrame) -> dict[str, Any]:
    """Rows of a table, and the hash of each of its columns: values in order, type, modalités."""
    # Commands that never write a table do not wait for pyarrow.
    import pyarrow as pa  # noqa: PLC0415

    columns = {}
    for name in frame.columns:
        table = pa.Table.from_pandas(frame[[name]], preserve_index=False)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        columns[str(name)] = hashlib.sha256(sink.getvalue()).hexdigest()
    return {"rows": len(frame), "columns": columns}


def read_fingerprints(path: Path) -> dict[str, Any]:
    """Table file -> its fingerprint; nothing if the file is not there, or is not ours."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
