"""Validation of a wave: every fault of every file at once, or typed tables.

In order: bytes and text (`reading`), the description (`datapackage`), cells and keys (`content`), `rules`.
"""

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd

from atc.survey import codebook
from atc.survey.datapackage import corrected, folder_faults, package_faults, read_package
from atc.survey.dictionary import Dictionary, dictionary_faults, load_dictionary
from atc.survey.errors import DataRefused, refusal
from atc.survey.paths import Project
from atc.survey.read_csv import read_bytes
from atc.survey.validation.content import content_faults
from atc.survey.validation.reading import TextTable, read_table, typed_frames
from atc.survey.validation.rules import coherence_faults

__all__ = ["validate_folder", "validate_wave"]


def validate_wave(project: Project, vague: str) -> dict[str, pd.DataFrame]:
    """Every table of a wave, as `typed_frame` makes it, rows in the order of the file.

    The least fault refuses all: a `DataRefused` tells every one of every file; or, first, of the dictionary.
    """
    dictionary = load_dictionary(project)
    return validate_folder(project.raw(vague), project.relative(project.raw(vague)), vague, dictionary)


def validate_folder(
    folder: Path, shown_as: str, vague: str, dictionary: Dictionary
) -> dict[str, pd.DataFrame]:
    """The same for a folder that is not the wave's yet, known to the evaluator as ``shown_as``."""
    if unusable := list(dictionary_faults(dictionary)):
        raise DataRefused(unusable)
    if not folder.is_dir():
        remedy = "Créez-le, et placez-y les tables de la vague et leur datapackage.json"
        raise refusal(shown_as, "Dossier de la vague absent", remedy)
    contents: dict[str, bytes] = {}
    faults = list(folder_faults(folder, shown_as, dictionary))
    for name in dictionary.tables:
        try:
            contents[name] = read_bytes(folder / f"{name}.csv", f"{shown_as}/{name}.csv")
        except DataRefused as refused:
            faults += refused.faults
    try:
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        faults += package_faults(read_package(folder, shown_as), vague, shown_as, hashes, dictionary)
    except DataRefused as refused:
        faults += refused.faults
    try:
        dictionary = _as_asked(folder, shown_as, vague, dictionary)
    except DataRefused as refused:
        faults += refused.faults
    texts: dict[str, TextTable] = {}
    for name, content in contents.items():
        file = f"{shown_as}/{name}.csv"
        text, found = read_table(content, file, dictionary.table(name))
        # As a French Excel writes it: no other way of saving would help.
        remedy = f"Enregistré par un tableur, {corrected(file, vague)}"
        faults += [replace(f, remedy=remedy) if "CSV UTF-8" in f.remedy else f for f in found]
        if text is not None:
            texts[name] = text
    faults += content_faults(texts, faults)
    frames = typed_frames(texts, faults)
    faults += coherence_faults(frames, texts, faults)
    if faults:
        raise DataRefused(faults)
    return {name: frame.reset_index(drop=True) for name, frame in frames.items()}


def _as_asked(folder: Path, shown_as: str, vague: str, dictionary: Dictionary) -> Dictionary:
    """The dictionary as this wave was asked: on its scale, no day after its year where none ends it."""
    year = re.match(r"20\d\d", vague)
    for field in (field for table in dictionary for field in table.fields.values()):
        if year and field.type == "date" and "minimum" in field.constraints:
            bounded = {"maximum": f"{year[0]}-12-31", **field.constraints}
            dictionary = dictionary.changed(f"{field.table}.{field.name}", constraints=bounded)
    # A wave stands without a codebook; only holding it against another needs one.
    path, file = folder / codebook.FILE, f"{shown_as}/{codebook.FILE}"
    if not path.exists():
        return dictionary
    return codebook.read_codebook(path, file, vague, dictionary.variables).asked(dictionary)
