"""A copy of the project, so that nothing here touches the rows that others work on."""

import os
import shutil
from pathlib import Path
from unittest.mock import patch

from atc.paths import Project, find_project
from atc.waves import Wave, open_wave

WAVE = "2020-automne"


def copy_project(target: Path) -> Project:
    """report.toml, dictionary, reference and raw rows: what a wave is opened from."""
    root = find_project(Path(__file__)).root
    shutil.copytree(root / "data", target / "data", ignore=shutil.ignore_patterns("processed"))
    shutil.copy(root / "report.toml", target)
    return Project(target)


def opened(project: Project) -> Wave:
    with patch.dict(os.environ, ATC_ROOT=str(project.root)):
        return open_wave(WAVE)
