"""The report of both waves, handed over once for all tests that look at it, in whatever process they run."""

import json
import os
import time
from pathlib import Path

import pytest
from behaviour import commands

#: In the folder that holds the project and its bundles: what the calls of `commands.published` said.
CALLS = "appels.json"


def hand_over(base: Path) -> None:
    """Build and publish both waves from a copy of the project; the folder exists and is empty."""
    calls = commands.played(commands.published, base, apart=True)
    (base / CALLS).write_text(json.dumps(calls), encoding="utf-8")


def handed_over(factory: pytest.TempPathFactory) -> Path:
    """Where it was done; nobody changes it. Whoever comes first does it, other workers wait for it."""
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    # What a run must bear in the name of a folder: a space, an apostrophe, an accent.
    base, failed = shared / "dossier d’évaluation", shared / "echec"
    try:
        base.mkdir()
    except FileExistsError:
        while not (base / CALLS).is_file():
            assert not failed.exists(), "the build failed, as another test tells"
            time.sleep(0.5)
    else:
        try:
            hand_over(base)
        except BaseException:
            failed.touch()
            raise
    return base
