import subprocess
import sys

import atc
from atc.exhibits.model import Exhibit
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
HEAVY = ("pandas", "numpy", "matplotlib", "seaborn", "scipy", "pyarrow", "papermill", "IPython")


def fresh(code: str) -> str:
    """What a new interpreter prints."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_the_public_names_are_those_that_were_agreed_and_the_things_themselves():
    assert sorted(atc.__all__) == PUBLIC
    assert all(getattr(atc, name) is not None and name in dir(atc) for name in PUBLIC)
    assert (atc.Exhibit, atc.Wave, atc.open_wave) == (Exhibit, Wave, open_wave)
    code = "before = set(dir()); from atc import *; print(sorted(set(dir()) - before - {'before'}))"
    assert fresh(code) == str(PUBLIC)


def test_importing_the_package_imports_nothing_heavy():
    code = "import atc, sys; atc.open_wave; {}print([name for name in {!r} if name in sys.modules])"
    assert fresh(code.format("", HEAVY)) == "[]"
    assert "pandas" in fresh(code.format("import pandas; ", HEAVY)), "else nothing is seen"
