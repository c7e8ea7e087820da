import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# Python cannot take an audit hook back: each trace runs in a process of its own.
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


def told(root: Path, during: str, before: str = "", shown: str = "trace.columns()") -> tuple[list[str], Any]:
    """Files that a script used, according to the trace, and the columns, or something else that it knows."""
    code = SCRIPT.format(before=before, during=during, shown=shown)
    run = subprocess.run(
        [sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True, cwd=root
    )
    files, found = json.loads(run.stdout)
    return files, found


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
    assert told(root, during, before)[0] == expected


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
    assert told(link, "(root.resolve() / 'report.toml').read_bytes()")[0] == ["report.toml"]


TABLE = "data/processed/v/scores.parquet"
READ = """
path = root / "data/processed/v/scores.parquet"
with trace.reading_columns(path):
    path.read_bytes()
"""


OTHERWISE = f"(root / {TABLE!r}).read_bytes()\n"
ASKED = 'trace.columns_read(path, ["b", "a"])\ntrace.columns_read(path, ["c", "a"])\n'
HIDING = READ.replace("path.read_bytes()", '(root / "report.toml").read_bytes()')
PARTS = {
    "instead of the whole": (READ + ASKED, ([TABLE], {TABLE: ["a", "b", "c"]})),
    "none handed out": (READ, ([], {})),
    "opened otherwise before": (OTHERWISE + READ + ASKED, ([TABLE], {})),
    "opened otherwise after": (READ + ASKED + OTHERWISE, ([TABLE], {})),
    "another file meanwhile": (HIDING, (["report.toml"], {})),
}


@pytest.mark.parametrize("case", PARTS)
def test_columns_of_a_table_are_told_unless_it_is_opened_otherwise(root, case):
    during, expected = PARTS[case]
    assert told(root, during) == expected
