from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# Python cannot take an audit hook back: each trace runs in a process of its own.
_MODULES = "sorted(name for name in sys.modules if name.partition('.')[0] == 'atc')"
SCRIPT = """
import builtins, io, json, os, sys
from pathlib import Path
from atc.survey import trace
root = Path(sys.argv[1])
{before}
trace.start(root)
{during}
print(json.dumps([trace.files(), {shown}]))
"""


def told(root: Path, during: str, before: str = "", shown: str = _MODULES) -> tuple[list[str], Any]:
    """Files that a script used, according to the trace, and something else that it knows."""
    code = SCRIPT.format(before=before, during=during, shown=shown)
    run = subprocess.run(
        [sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True, cwd=root
    )
    files, found = json.loads(run.stdout)
    return files, found


def traced(root: Path, during: str, before: str = "") -> tuple[list[str], list[str]]:
    """Files and modules that a script used."""
    return told(root, during, before)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one file of each kind."""
    root = tmp_path / "projet"
    for name in (
        "report.toml",
        "data/processed/v/scores.parquet",
        "data/processed/v/provenance.json",
        "data/dictionary/scores.json",
        "data/reference/publie.csv",
        "data/raw/v/scores.csv",
        "notebooks/01.ipynb",
        "report.toml.bak",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    return root


READ_ALL = "for name in {!r}: (root / name).read_bytes()"
RESTED_ON = ["data/dictionary/scores.json", "data/processed/v/scores.parquet", "data/reference/publie.csv"]
OTHER = "(root.parent / 'projet-ancien/report.toml').read_bytes()"
CASES = {
    "once, sorted": (
        "",
        READ_ALL.format(["report.toml", *RESTED_ON, "report.toml"]),
        [*RESTED_ON, "report.toml"],
    ),
    "what results do not rest on": (
        "",
        READ_ALL.format(["data/raw/v/scores.csv", "data/processed/v/provenance.json", "notebooks/01.ipynb",
                         "report.toml.bak"]),
        [],
    ),
    "opened before": ("(root / 'report.toml').read_bytes()", f"open({RESTED_ON[2]!r})", RESTED_ON[2:]),
    "another project before": (f"trace.start(root.parent / 'projet-ancien'); {OTHER}", OTHER, []),
    "a folder whose name begins alike": ("", OTHER, []),
    "removed since": ("", f"open({RESTED_ON[2]!r}); os.remove({RESTED_ON[2]!r})", []),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_files_that_results_rest_on_are_listed_and_no_other(root, case):
    beside = root.parent / "projet-ancien"
    beside.mkdir()
    (beside / "report.toml").write_text("x", encoding="utf-8")
    before, during, expected = CASES[case]
    assert traced(root, during, before)[0] == expected


OPENINGS = [
    "open(root / 'report.toml')",
    "open(str(root / 'report.toml'))",
    "open(os.fsencode(root / 'report.toml'))",
    "io.open(root / 'report.toml', 'rb')",
    "io.FileIO(str(root / 'report.toml'))",
    "os.open(root / 'report.toml', os.O_RDONLY)",
    "(root / 'report.toml').read_text()",
    "open('report.toml')",
    "open('data/../report.toml')",
    "open(root / 'data' / '..' / 'report.toml')",
    "__import__('tomllib').loads('a = 1'), open('./report.toml')",
    "__import__('pandas').read_csv('report.toml')",
]


def test_a_file_is_seen_however_it_is_opened(root):
    during = f"""
seen = []
for opening in {OPENINGS!r}:
    trace.start(root)
    exec(opening)
    seen.append(trace.files())
"""
    assert told(root, during, shown="seen")[1] == [["report.toml"]] * len(OPENINGS)


def test_a_project_reached_through_a_link_is_traced(root, tmp_path):
    link = tmp_path / "lien"
    link.symlink_to(root, target_is_directory=True)
    assert traced(link, "(root.resolve() / 'report.toml').read_bytes()")[0] == ["report.toml"]


def test_opening_goes_wrong_as_it_would_untraced(root):
    during = """
for wrong in (object(), "nul\\0", 10**6, root):
    try:
        open(wrong)
    except (TypeError, ValueError, OSError) as error:
        continue
    raise SystemExit(f"{wrong!r} was opened")
"""
    assert traced(root, during)[0] == []


def test_the_trace_itself_weighs_nothing(root):
    before = "assert 'pandas' not in sys.modules and 'matplotlib' not in sys.modules"
    assert traced(root, "", before)[1] == ["atc", "atc.survey", "atc.survey.trace"]


def columns(root: Path, during: str) -> tuple[list[str], dict[str, list[str]]]:
    """Files and columns that a script used."""
    return told(root, during, shown="trace.columns()")


TABLE = "data/processed/v/scores.parquet"
READ = """
path = root / "data/processed/v/scores.parquet"
with trace.reading_columns(path):
    path.read_bytes()
"""


def test_columns_of_a_table_are_told_instead_of_the_whole_of_it(root):
    during = READ + 'trace.columns_read(path, ["b", "a"])\ntrace.columns_read(path, ["c", "a"])'
    assert columns(root, during) == ([TABLE], {TABLE: ["a", "b", "c"]})


def test_a_table_of_which_no_column_was_handed_out_was_not_used(root):
    assert columns(root, READ) == ([], {})


@pytest.mark.parametrize("first", [True, False])
def test_a_table_that_is_also_opened_otherwise_counts_whole(root, first):
    otherwise = f"(root / {TABLE!r}).read_bytes()\n"
    read = READ + 'trace.columns_read(path, ["a"])\n'
    assert columns(root, otherwise + read if first else read + otherwise) == ([TABLE], {})


def test_who_reads_columns_of_one_table_hides_no_other(root):
    during = """
path = root / "data/processed/v/scores.parquet"
with trace.reading_columns(path):
    (root / "report.toml").read_bytes()
"""
    assert columns(root, during) == (["report.toml"], {})
