"""ploomber on the same notebooks: the pipeline, and a folder of its own for what only it needs."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.field import REPOSITORY, WAVE, Execution

_LOCK = Path(__file__).with_name("ploomber.lock")
VERSION = re.search(r"^ploomber==(\S+)", _LOCK.read_text(encoding="utf-8"), re.MULTILINE)[1]  # type: ignore[index]
_UV = REPOSITORY / ".venv" / "bin" / "uv"
CALL = "from ploomber_cli.cli import cmd_router; cmd_router()"
# It sends statistics and looks for new versions, unless told not to.
QUIET = {"PLOOMBER_STATS_ENABLED": "false", "PLOOMBER_VERSION_CHECK_DISABLED": "true"}


def installed(folder: Path) -> str:
    """Install ploomber beside our libraries, with our versions of what both need.

    Returns:
        Why it could not be; empty when it could.
    """
    command = [str(_UV), "pip", "install", "--quiet", "--python", sys.executable, "--target", str(folder)]
    done = subprocess.run(
        [*command, "--no-deps", "--require-hashes", "-r", str(_LOCK)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


def pipeline(executions: Sequence[Execution], root: Path) -> str:
    """A ``pipeline.yaml`` (JSON is YAML): one task a notebook, to HTML, with the rows that it rests on.

    ploomber watches files that are declared: a careful user names those of the wave.
    """
    raw = {path.stem: str(path) for path in sorted((root / "data" / "raw" / WAVE).glob("*.csv"))}
    tasks = [
        {
            "source": f"notebooks/{one.notebook}.ipynb",
            "name": one.name,
            "product": {"nb": f"fait/{one.name}.html"},
            "params": {**one.parameters, "resources_": raw},
            "static_analysis": "disable",
        }
        for one in executions
    ]
    meta = {"extract_upstream": False, "jupyter_hot_reload": False}
    return json.dumps({"meta": meta, "executor": "parallel", "tasks": tasks}, ensure_ascii=False)
