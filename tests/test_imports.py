"""Importing a module of atc changes nothing for whoever imports it: a reader's kernel, another program."""

import json
import subprocess
import sys

from atc.run.execution import LIBRARIES, RENDERING

_WALK = """
import importlib, json, os, pkgutil, sys, atc
variables = dict(os.environ)
missing = {name for name, module in sys.modules.items() if module is None}
for found in pkgutil.walk_packages(atc.__path__, "atc."):
    importlib.import_module(found.name)
hidden = [name for name, module in sys.modules.items() if module is None and name not in missing]
changed = [name for name in {*variables, *os.environ} if variables.get(name) != os.environ.get(name)]
print(json.dumps([len(sys.modules), hidden, changed]))
"""


# Not imported, and still there for whoever needs it.
_GRAMMAR = """
import importlib.util, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(["rfc3987_syntax" in sys.modules, importlib.util.find_spec("rfc3987_syntax") is not None]))
"""


def told(code: str, *arguments: str) -> object:
    command = [sys.executable, "-c", code, *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)


def test_no_module_hides_another_nor_changes_a_variable():
    imported, *faults = told(_WALK)
    assert imported > 1000
    assert faults == [[], []]


def test_workers_go_without_a_grammar_that_takes_a_second():
    assert told(_GRAMMAR, *LIBRARIES, *RENDERING) == [False, True]


_READY = """
import json, sys
import atc.cli, atc.run.run
print(json.dumps(sorted({"numpy", "pandas", "matplotlib", "nbformat", "jinja2"} & set(sys.modules))))
"""


def test_a_run_with_nothing_to_do_brings_no_table_and_no_chart():
    assert told(_READY) == []
