"""Importing atc gives the names that were agreed, brings little, and changes nothing for who imports it."""

import json
import subprocess
import sys

import atc
from atc.exhibits.model import Exhibit
from atc.run.processes import LIBRARIES, RENDERING
from atc.survey.waves import Wave, open_wave

#: What users may rely on. Change it here, and in CHANGELOG.md, before changing it there.
PUBLIC = [
    "Exhibit",
    "Wave",
    "__version__",
    "bureau",
    "chapters",
    "explorer",
    "notices",
    "open_wave",
    "tables",
]
#: Step -> what a new interpreter does, and what it tells then; each goes on from the one before.
_STEPS = {
    "the package": "import atc; atc.open_wave; told = brought()",
    "a run with nothing to do": "import atc.cli, atc.run.run; told = brought()",
    "control": "import pandas; told = brought()",
    # Workers go without a grammar that takes a second; it is still there for whoever needs it.
    "workers": "[importlib.import_module(n) for n in sys.argv[1:]]\n"
    "told = ['rfc3987_syntax' in sys.modules, importlib.util.find_spec('rfc3987_syntax') is not None]",
    "names": "before = set(dir()); from atc import *; told = sorted(set(dir()) - before - {'before'})",
    # A module hidden from others is `None` among those that were imported.
    "everything": "variables, missing = dict(os.environ), {n for n, m in sys.modules.items() if m is None}\n"
    "for found in pkgutil.walk_packages(atc.__path__, 'atc.'): importlib.import_module(found.name)\n"
    "hidden = [n for n, m in sys.modules.items() if m is None and n not in missing]\n"
    "told = [len(sys.modules) > 1000, hidden, dict(os.environ) == variables]",
}
_START = """
import importlib, importlib.util, json, os, pkgutil, sys
HEAVY = "pandas numpy matplotlib seaborn scipy pyarrow papermill IPython nbformat jinja2".split()
def brought(): return [name for name in HEAVY if name in sys.modules]
"""


def test_the_public_names_are_the_things_themselves():
    assert sorted(atc.__all__) == PUBLIC
    assert all(getattr(atc, name) is not None and name in dir(atc) for name in PUBLIC)
    assert (atc.Exhibit, atc.Wave, atc.open_wave) == (Exhibit, Wave, open_wave)


def test_a_new_interpreter_gets_what_was_agreed_little_of_it_at_first_and_nothing_hidden():
    code = _START + "".join(f"{step}\nprint(json.dumps(told))\n" for step in _STEPS.values())
    command = [sys.executable, "-c", code, *LIBRARIES, *RENDERING]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    told = dict(zip(_STEPS, map(json.loads, said.splitlines()), strict=True))
    assert told["the package"] == told["a run with nothing to do"] == []
    assert "pandas" in told["control"], "else nothing is seen"
    assert told["workers"] == [False, True]
    assert told["names"] == PUBLIC
    assert told["everything"] == [True, [], True]
