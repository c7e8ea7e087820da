"""Write the draft, the forms and the declaration of a wave to come: all of it or nothing."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from atc.intake.newwave import declaration, naming
from atc.intake.newwave.columns import FormColumn, form_columns
from atc.intake.newwave.draft import draft_files
from atc.intake.newwave.mapping import mapping_text
from atc.intake.newwave.workbook import workbook_bytes
from atc.survey import codebook
from atc.survey.codebook import Codebook, read_codebook
from atc.survey.dictionary import Dictionary, load_dictionary
from atc.survey.errors import UsageError, shown
from atc.survey.files import replacing, write
from atc.survey.paths import Project
from atc.survey.rows import Rows
from atc.survey.settings import load_settings

MAPPING = "correspondance.yml"
_KNOWN = "territoires"  # its rows are known before anybody is asked


@dataclass(frozen=True)
class Opened:
    """What was written."""

    files: tuple[str, ...]  # as the evaluator knows them
    declared: bool  # report.toml has a new entry


def open_new_wave(project: Project, vague: str, previous: str) -> Opened:
    """Write everything that a wave to come needs.

    Args:
        project: Where the files are.
        vague: The wave, for example ``2022-printemps``.
        previous: The wave before, whose codebook is taken up.

    Returns:
        What was written.

    Raises:
        UsageError: A name that is no wave, a wave that is already there, or waves in the wrong order.
        DataRefused: The wave before has no codebook, or a wrong one.
    """
    settings, dictionary = load_settings(project), load_dictionary(project)
    if settings.wave(previous).date >= naming.date(vague):
        raise UsageError(f"La vague « {previous} » ne vient pas avant « {vague} ». Choisissez-en une autre.")
    _check_free(project, project.raw(vague))
    _check_free(project, project.forms(vague))
    draft = draft_files(dictionary, vague, _book(project, dictionary, previous))
    with tempfile.TemporaryDirectory(prefix="atc-") as folder:
        path = Path(folder) / codebook.FILE
        path.write_bytes(draft[codebook.FILE])
        book = read_codebook(path, codebook.FILE, vague, dictionary.variables)
    folders = {
        project.raw(vague): draft,
        project.forms(vague): _forms(project, dictionary, vague, previous, book),
    }
    before = project.settings_file.read_text(encoding="utf-8-sig")
    text = before if vague in settings.waves else declaration.declared(before, vague, previous)
    declares = text != before
    _write(folders, project.settings_file if declares else None, text)
    return Opened(_names(project, folders), declared=declares)


def write_forms(project: Project, vague: str, previous: str) -> Opened:
    """Write the forms alone, for a wave that is already there: its own codebook says what is asked.

    Raises:
        UsageError: The wave is unknown, or its forms are already there.
        DataRefused: It has no codebook, or a wrong one.
    """
    settings, dictionary = load_settings(project), load_dictionary(project)
    settings.wave(vague), settings.wave(previous)
    _check_free(project, project.forms(vague))
    book = _book(project, dictionary, vague)
    folders = {project.forms(vague): _forms(project, dictionary, vague, previous, book)}
    _write(folders)
    return Opened(_names(project, folders), declared=False)


def _book(project: Project, dictionary: Dictionary, vague: str) -> Codebook:
    path = project.raw(vague) / codebook.FILE
    return read_codebook(path, project.relative(path), vague, dictionary.variables)


def _check_free(project: Project, folder: Path) -> None:
    if folder.exists():
        raise UsageError(
            f"Le dossier « {shown(project.relative(folder))} » existe déjà : rien n’a été écrit. "
            "Déplacez-le ou, pour les seuls modèles de saisie d’une vague qui existe, ajoutez --forms."
        )


def _forms(
    project: Project, dictionary: Dictionary, vague: str, previous: str, book: Codebook
) -> dict[str, bytes]:
    columns = {table.name: form_columns(table, book) for table in dictionary}
    files: dict[str, bytes] = {}
    for name, asked in columns.items():
        rows = _rows(project, previous) if name == _KNOWN else []
        table, shown_columns = dictionary.table(name), [column for column in asked if not column.gone]
        files[f"{name}.xlsx"] = workbook_bytes(table, shown_columns, rows, vague, naming.date(vague))
        files[f"{name}.csv"] = _form_csv(shown_columns, rows)
    groups = dictionary.field("scores.groupe").labels
    return files | {MAPPING: mapping_text(vague, columns, groups).encode()}


def _rows(project: Project, vague: str) -> Rows:
    path = project.raw(vague) / f"{_KNOWN}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _form_csv(columns: list[FormColumn], rows: Rows) -> bytes:
    # As a French Excel opens it at a double click: byte order mark and semicolons.
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.heading for column in columns])
    writer.writerows([[c.field.labels.get(row[c.target], row[c.target]) for c in columns] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _names(project: Project, folders: Mapping[Path, Mapping[str, bytes]]) -> tuple[str, ...]:
    return tuple(
        project.relative(folder / name) for folder, files in folders.items() for name in sorted(files)
    )


def _write(folders: Mapping[Path, Mapping[str, bytes]], settings: Path | None = None, text: str = "") -> None:
    """Fill every folder; the settings, which make the wave known, come last."""
    with replacing(*folders, *([settings] if settings else [])) as made:
        for folder, files in zip(made, folders.values(), strict=False):
            for name, content in files.items():
                write(folder / name, content)
        if settings:
            write(made[-1], text.encode())
