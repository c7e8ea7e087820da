import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# Python cannot take an audit hook back: what is traced runs in a process of its own.
SCRIPT = """
import builtins, io, json, os, sys
from pathlib import Path
from atc.survey import trace
root, found = Path(sys.argv[1]), []
for before, during in json.loads(sys.argv[2]):
    exec(before)
    trace.start(root)
    exec(during)
    found.append([trace.files(), trace.columns()])
print(json.dumps(found))
"""
TABLE = "data/processed/v/scores.parquet"
RESTED_ON = ["data/dictionary/scores.json", TABLE, "data/reference/publie.csv"]
NO_REST = [
    "data/raw/v/scores.csv",
    "data/processed/v/provenance.json",
    "notebooks/01.ipynb",
    "report.toml.bak",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one file of each kind, and another beside it whose name begins alike."""
    root = tmp_path / "projet"
    for name in ("report.toml", *RESTED_ON, *NO_REST, "../projet-ancien/report.toml"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    return root


def told(root: Path, *cases: tuple[str, str]) -> list[list[Any]]:
    """Files and columns that scripts used, according to the trace, each after another that is not traced."""
    command = [sys.executable, "-c", SCRIPT, str(root), json.dumps(cases)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    return json.loads(run.stdout)


READ_ALL = "for name in {!r}: (root / name).read_bytes()"
OTHER = "(root.parent / 'projet-ancien/report.toml').read_bytes()"
#: What is done before, what is done, the files told.
FILES = [
    ("", READ_ALL.format(["report.toml", *RESTED_ON, "report.toml"]), [*RESTED_ON, "report.toml"]),
    ("", READ_ALL.format(NO_REST), []),
    ("(root / 'report.toml').read_bytes()", f"open({RESTED_ON[2]!r})", RESTED_ON[2:]),
    (f"trace.start(root.parent / 'projet-ancien'); {OTHER}", OTHER, []),
    ("", OTHER, []),
    *(
        ("", opening, ["report.toml"])
        for opening in (
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
        )
    ),
    ("", f"open({RESTED_ON[2]!r}); os.remove({RESTED_ON[2]!r})", []),
]


def test_files_that_results_rest_on_are_listed_and_no_other_however_they_are_opened(root: Path) -> None:
    found = told(root, *((before, during) for before, during, _ in FILES))
    assert [files for files, _ in found] == [files for *_, files in FILES]


def test_a_project_reached_through_a_link_is_traced(root: Path, tmp_path: Path) -> None:
    link = tmp_path / "lien"
    link.symlink_to(root, target_is_directory=True)
    assert told(link, ("", "(root.resolve() / 'report.toml').read_bytes()")) == [[["report.toml"], {}]]


READ = f"""
path = root / "{TABLE}"
with trace.reading_columns(path):
    path.read_bytes()
"""
OTHERWISE = f"(root / {TABLE!r}).read_bytes()\n"
ASKED = 'trace.columns_read(path, ["b", "a"])\ntrace.columns_read(path, ["c", "a"])\n'
HIDING = READ.replace("path.read_bytes()", '(root / "report.toml").read_bytes()')


def test_columns_of_a_table_are_told_unless_it_is_opened_otherwise(root: Path) -> None:
    parts = {
        READ + ASKED: [[TABLE], {TABLE: ["a", "b", "c"]}],
        READ: [[], {}],
        OTHERWISE + READ + ASKED: [[TABLE], {}],
        READ + ASKED + OTHERWISE: [[TABLE], {}],
        HIDING: [["report.toml"], {}],
    }
    assert told(root, *(("", during) for during in parts)) == list(parts.values())
