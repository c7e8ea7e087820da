"""The report of both waves, handed over once for all tests that look at it."""

import json
from pathlib import Path

import pytest
from behaviour import commands
from clone import once

#: In the folder that holds the project and its bundles: what the calls of `commands.published` said.
CALLS = "appels.json"


def hand_over(base: Path) -> None:
    """Build and publish both waves from a copy of the project; the folder exists and is empty."""
    calls = commands.played(commands.published, base, apart=True)
    (base / CALLS).write_text(json.dumps(calls), encoding="utf-8")


def handed_over(factory: pytest.TempPathFactory) -> Path:
    """Where it was done."""
    # What a run must bear in the name of a folder: a space, an apostrophe, an accent.
    return once(factory, "dossier d’évaluation", hand_over)
