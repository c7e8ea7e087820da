"""What users do today: a shell loop of papermill, then of nbconvert, then of WeasyPrint, one process a file.

It only writes the lines, with the programs of this environment; ``sh`` runs them.
"""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.field import Execution

_PYTHON = shlex.quote(sys.executable)
_PAPERMILL = f"{_PYTHON} -m papermill --no-progress-bar --log-level ERROR"
_NBCONVERT = f"{_PYTHON} -m jupyter nbconvert --log-level ERROR --to html"
_WEASYPRINT = f"{_PYTHON} -m weasyprint --quiet"


def script(executions: Sequence[Execution], made: Path) -> str:
    """From notebooks to pages.

    Args:
        executions: Notebooks, in order.
        made: Where their files go.
    """
    lines = ["set -e"]
    for one in executions:
        copy = shlex.quote(str(made / f"{one.name}.ipynb"))
        given = " ".join(f"-p {name} {shlex.quote(value)}" for name, value in one.parameters.items())
        lines += [f"{_PAPERMILL} notebooks/{one.notebook}.ipynb {copy} {given}", f"{_NBCONVERT} {copy}"]
    return "\n".join(lines) + "\n"


def papers(executions: Sequence[Execution], made: Path) -> str:
    """From pages to PDF files.

    Args:
        executions: Notebooks, in order.
        made: Where their files are.
    """
    names = [shlex.quote(str(made / one.name)) for one in executions]
    return "\n".join(["set -e", *(f"{_WEASYPRINT} {name}.html {name}.pdf" for name in names)]) + "\n"
