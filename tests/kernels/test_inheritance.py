from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from kernel_craft import environment

from atc.kernels.inheritance import digest, is_free

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="zygotes are for Linux")

PYTHON = [sys.executable]
# Read while ipykernel is imported: each kernel answers the first for itself, the second is Windows' own.
ANSWERED = {"JPY_PARENT_PID", "JPY_INTERRUPT_EVENT"}
RECORD = """
import importlib, json, os
read = set()
class Recorder(type(os.environ)):
    def __getitem__(self, name):
        read.add(os.fsdecode(name))
        return super().__getitem__(name)
    def __contains__(self, name):
        read.add(os.fsdecode(name))
        return super().__contains__(name)
os.environ.__class__ = Recorder
from atc.kernels import libraries
for name in libraries.LIBRARIES:
    importlib.import_module(name)
print(json.dumps(sorted(read)))
"""


@pytest.mark.parametrize(
    "name", ["PYTHONHASHSEED", "TZ", "OPENBLAS_NUM_THREADS", "HOME", "LC_ALL", "MPLBACKEND", "JAMAIS_VUE"]
)
def test_kernels_of_other_variables_come_from_another_zygote(name: str) -> None:
    assert not is_free(name)
    digests = {digest(PYTHON, environment(**{name: value})) for value in (None, "1", "2")}
    assert len(digests) == 3


@pytest.mark.parametrize("name", ["ATC_EXECUTION", "IPYTHONDIR", "JPY_SESSION_NAME", "PYTEST_CURRENT_TEST"])
def test_kernels_may_differ_in_what_nothing_reads_on_import(name: str) -> None:
    digests = {digest(PYTHON, environment(**{name: value})) for value in (None, "1", "2")}
    assert len(digests) == 1


def test_options_of_the_interpreter_count() -> None:
    assert digest(PYTHON, os.environ) != digest([*PYTHON, "-Xfrozen_modules=off"], os.environ)


@pytest.mark.parametrize(
    "change",
    [
        "os.umask(0o27)",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99))",
        "os.nice(1)",
        "os.sched_setaffinity(0, [max(os.sched_getaffinity(0))])",
    ],
)
def test_what_a_process_inherits_counts(change: str) -> None:
    if "affinity" in change and len(os.sched_getaffinity(0)) == 1:
        pytest.skip("there is one core only")
    code = (
        "import os, resource\nfrom atc.kernels.inheritance import digest\n{}\nprint(digest([], os.environ))"
    )
    before, after = (
        subprocess.check_output([sys.executable, "-c", code.format(change)], text=True)
        for change in ("pass", change)
    )
    assert before != after


@pytest.mark.slow
def test_no_library_reads_a_free_variable_on_import() -> None:
    """A new release may begin to: such a variable must then count."""
    said = subprocess.check_output(
        [sys.executable, "-c", RECORD], text=True, env=environment(MPLBACKEND=None)
    )
    read = set(json.loads(said))
    assert {"MPLBACKEND", "JPY_PARENT_PID"} <= read, "reading is seen at all"
    assert {name for name in read if is_free(name)} <= ANSWERED
