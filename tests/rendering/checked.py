"""What two independent checkers say of a PDF; neither of them validates PDF/UA, and nothing says they do."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path


def faults(documents: Sequence[Path]) -> list[str]:
    """Errors of `pdfua` and of `outloud`; none when both let every document pass."""
    assert documents
    return [*_of_pdfua(documents), *_of_outloud(documents)]


def _of_pdfua(documents: Sequence[Path]) -> Iterator[str]:
    for document in documents:
        said = _run("pdfua", "check", str(document))
        assert "result:" in said, said
        if "result: PASS" not in said:
            yield f"pdfua, {document.name}: {said}"


def _of_outloud(documents: Sequence[Path]) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "heard.json"
        _run("outloud", "--json", str(report), "--quiet", *map(str, documents))
        heard = json.loads(report.read_text(encoding="utf-8"))
    assert len(heard["results"]) == len(documents)
    for result in heard["results"]:
        assert result["error"] is None, result
        for finding in result["findings"]:
            if finding["severity"] == "error":
                yield f"outloud, {Path(result['path']).name}: {finding['rule']} {finding['message']}"


def _run(tool: str, *arguments: str) -> str:
    command = [str(Path(sys.executable).with_name(tool)), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
