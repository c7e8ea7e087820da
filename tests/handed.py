"""The report of both waves, handed over once for all tests that look at it."""

import json
from pathlib import Path
from unittest.mock import patch

import pytest
from behaviour import commands
from clone import once
from conftest import Lenders, lending

from atc.run import run as running

#: In the folder that holds the project and its bundles: what the calls of `commands.published` said.
CALLS = "appels.json"


def hand_over(base: Path) -> None:
    """Build and publish both waves from a copy of the project; the folder exists and is empty."""
    calls = commands.played(commands.published, base, ordered=False)
    (base / CALLS).write_text(json.dumps(calls), encoding="utf-8")


def handed_over(factory: pytest.TempPathFactory, lenders: Lenders) -> Path:
    """Where it was done, in this process: `test_published` does it again in another, elsewhere."""
    # What a run must bear in the name of a folder: a space, an apostrophe, an accent.
    with patch.object(running, "launcher", lending(lenders)):
        return once(factory, "dossier d’évaluation", hand_over)
