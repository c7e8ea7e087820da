"""What is long to make, made once for all tests that look at it, in whatever process they run."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from behaviour import commands

#: In the folder that holds the project and its bundles: what the calls of `commands.published` said.
CALLS = "appels.json"


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that nobody changes. Whoever comes first fills it, other workers wait for it."""
    own = factory.getbasetemp()
    base = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    done, failed = (base.with_name(f"{name} {end}") for end in ("fait", "échoué"))
    try:
        base.mkdir()
    except FileExistsError:
        while not done.exists():
            assert not failed.exists(), f"« {name} » could not be made, as another test tells"
            time.sleep(0.5)
    else:
        try:
            make(base)
        except BaseException:
            failed.touch()
            raise
        done.touch()
    return base


def hand_over(base: Path) -> None:
    """Build and publish both waves from a copy of the project; the folder exists and is empty."""
    calls = commands.played(commands.published, base, apart=True)
    (base / CALLS).write_text(json.dumps(calls), encoding="utf-8")


def handed_over(factory: pytest.TempPathFactory) -> Path:
    """Where it was done."""
    # What a run must bear in the name of a folder: a space, an apostrophe, an accent.
    return once(factory, "dossier d’évaluation", hand_over)
