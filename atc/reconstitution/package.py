"""Write the wave: the tables that `wave` solved, in files as `atc.wavefiles` makes them."""

from __future__ import annotations

from pathlib import Path

from atc import codebook
from atc.dictionary import Dictionary, load_dictionary
from atc.paths import Project
from atc.questionnaire import codebook_bytes, first_row, variables
from atc.reconstitution.provenance import PROVENANCE
from atc.reconstitution.wave import WAVE, reconstitute
from atc.rows import Tables
from atc.settings import load_settings
from atc.wavefiles import wave_files


def build(project: Project) -> dict[str, bytes]:
    """Every file of the wave: name -> content.

    Args:
        project: Its dictionary orders the columns, its settings date the wave.

    Raises:
        FigureNotReproduced: The published figures cannot be reproduced.
    """
    wave, dictionary, tables = load_settings(project).wave(WAVE), load_dictionary(project), reconstitute()
    files = wave_files(wave, dictionary, tables, PROVENANCE)
    return files | {codebook.FILE: _codebook(dictionary, tables)}


def _codebook(dictionary: Dictionary, tables: Tables) -> bytes:
    """Every variable of a first wave is new; an item that nobody scored was not asked."""
    scored = {f"scores.item={row['item']}" for row in tables["scores"]}
    asked = [
        variable
        for variable in variables(dictionary)
        if variable.name in scored or not variable.name.startswith("scores.item=")
    ]
    return codebook_bytes(first_row(WAVE, variable) for variable in asked)


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
