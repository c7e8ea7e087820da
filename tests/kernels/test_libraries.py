from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest
from kernel_craft import environment

from atc.kernels import libraries

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="zygotes are for Linux")

LOADED = """
import json, os, sys, threading
{before}
from atc.kernels import libraries
added = libraries.load()
import zmq
print(json.dumps({{
    "threads": libraries.threads(),
    "atc": sorted(m for m in sys.modules if m.split(".")[0] == "atc"),
    "context": zmq.Context._instance is not None,
    "files": sorted(set(os.listdir("/proc/self/fd")) - {{"0", "1", "2", "3"}}),
    "backend": str(sys.modules["matplotlib"].rcParams._get("backend")),
    "added": added,
}}))
"""


def loaded(before: str = "", **changes: str | None) -> dict[str, object]:
    """What a process is once it has imported the libraries."""
    variables = libraries.prepared(environment(**changes))
    code = LOADED.format(before=before)
    said = subprocess.check_output([sys.executable, "-c", code], text=True, env=variables)
    found = json.loads(said)
    assert isinstance(found, dict)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("threads", ["1", "2"])
def test_what_is_left_can_be_forked(threads: str) -> None:
    found = loaded(OPENBLAS_NUM_THREADS=threads, OMP_NUM_THREADS=None, MPLBACKEND="svg")
    assert found["threads"] == 1
    assert found["context"] is False
    assert found["files"] == []
    # No backend is chosen yet: each kernel has its own.
    assert "object" in str(found["backend"])
    # Modules of the project are those of the kernel; these two started the zygote.
    assert found["atc"] == ["atc", "atc.kernels", "atc.kernels.libraries"]
    assert found["added"] == {"PYDEVD_USE_FRAME_EVAL": "NO"}


@pytest.mark.slow
def test_threads_are_seen_at_all() -> None:
    before = "threading.Thread(target=__import__('time').sleep, args=(30,), daemon=True).start()"
    assert loaded(before)["threads"] == 2


@pytest.mark.parametrize(
    "name",
    ["json.py", "json/__init__.py", "json.cpython-311-x86_64-linux-gnu.so", "json.pyc", "matplotlibrc"],
)
def test_a_file_that_would_win_over_a_library_is_seen(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert libraries.shadowed(tmp_path) == [name.partition("/")[0]]


@pytest.mark.parametrize("name", ["json/rows.csv", "json.ipynb", "atc/__init__.py", "mien.py", "json"])
def test_what_no_import_finds_first_is_no_concern(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert libraries.shadowed(tmp_path) == []


def test_an_upgraded_library_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "json"
    package.mkdir(parents=True)
    style = tmp_path / "matplotlibrc"
    style.touch()
    monkeypatch.setattr(libraries, "LIBRARIES", ("json",))
    monkeypatch.setattr(sys.modules["json"], "__path__", [str(package)])
    monkeypatch.setattr(mpl, "matplotlib_fname", lambda: str(style))
    before = libraries.state()
    assert before == libraries.state()
    (package.parent / "json-2.0.dist-info").mkdir()
    after = libraries.state()
    assert after != before
    style.write_text("lines.linewidth: 3", encoding="utf-8")
    assert libraries.state() != after
