"""Write the wave: the tables that `wave` solved, in files as `atc.wavefiles` makes them."""

from __future__ import annotations

from pathlib import Path

from atc.dictionary import load_dictionary
from atc.paths import Project
from atc.reconstitution.provenance import PROVENANCE
from atc.reconstitution.wave import WAVE, reconstitute
from atc.settings import load_settings
from atc.wavefiles import wave_files


def build(project: Project) -> dict[str, bytes]:
    """Every file of the wave: name -> content.

    Args:
        project: Its dictionary orders the columns, its settings date the wave.

    Raises:
        FigureNotReproduced: The published figures cannot be reproduced.
    """
    wave = load_settings(project).wave(WAVE)
    return wave_files(wave, load_dictionary(project), reconstitute(), PROVENANCE)


def write_wave(project: Project, folder: Path) -> list[Path]:
    """Write the wave into ``folder``, created if need be; other files there are left alone.

    Nothing is written unless everything was solved.
    """
    files = build(project)
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / name for name in files]
    for path, content in zip(written, files.values(), strict=True):
        path.write_bytes(content)
    return written
