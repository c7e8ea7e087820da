"""Open a wave to come, all of it or nothing: its draft in ``data/raw``, its forms, its entry of report.toml.

`atc check` refuses the draft as long as the tables are not there: it cannot be taken for data.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from atc.intake.newwave.forms import KNOWN, form_files
from atc.survey import codebook
from atc.survey.codebook import Codebook, codebook_bytes, read_codebook, variables
from atc.survey.datapackage import FILE, STATUSES
from atc.survey.dictionary import Dictionary, load_dictionary
from atc.survey.errors import UsageError, shown
from atc.survey.files import replacing, write
from atc.survey.paths import Project
from atc.survey.settings import load_settings

# Season -> label with its preposition, month of the documents. Every wave is dated mid-month.
_SEASONS = {
    "hiver": ("d’hiver", 3),
    "printemps": ("de printemps", 6),
    "ete": ("d’été", 9),
    "automne": ("d’automne", 12),
}
_ID = re.compile(r"(20[0-9]{2})-(hiver|printemps|ete|automne)")
_DAY = 15
_TO_REVIEW = "À relire : la question, les options et le filtre sont-ils les mêmes ?"
_TO_COMPLETE = "à compléter"


@dataclass(frozen=True)
class Opened:
    """What was written."""

    files: tuple[str, ...]  # as the evaluator knows them
    declared: bool  # report.toml has a new entry


def open_new_wave(project: Project, vague: str, previous: str) -> Opened:
    """Write everything that a wave to come needs, from the codebook of the wave before.

    Raises:
        UsageError: A name that is no wave, a wave that is already there, or waves in the wrong order.
        DataRefused: The wave before has no codebook, or a wrong one.
    """
    settings, dictionary = load_settings(project), load_dictionary(project)
    if settings.wave(previous).date >= dated(vague)[1]:
        raise UsageError(f"La vague « {previous} » ne vient pas avant « {vague} ». Choisissez-en une autre.")
    _check_free(project, project.raw(vague))
    _check_free(project, project.forms(vague))
    draft = _draft(dictionary, vague, _book(project, dictionary, previous))
    book = read_codebook(draft[codebook.FILE], codebook.FILE, vague, dictionary.variables)
    folders = {
        project.raw(vague): draft,
        project.forms(vague): _forms(project, dictionary, vague, previous, book),
    }
    if vague in settings.waves:
        return _write(project, folders)
    before = project.settings_file.read_text(encoding="utf-8-sig")
    return _write(project, folders, declared(before, vague, previous))


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
    return _write(project, {project.forms(vague): _forms(project, dictionary, vague, previous, book)})


def dated(vague: str) -> tuple[str, dt.date]:
    """``Vague de printemps 2022``, and the date that its documents bear until somebody says another.

    A `UsageError` tells that the id is not a year and a season.
    """
    found = _ID.fullmatch(vague)
    if not found:
        raise UsageError(
            f"« {shown(vague)} » n’est pas un nom de vague. Écrivez l’année puis la saison "
            f"({', '.join(_SEASONS)}), par exemple 2022-printemps."
        )
    worded, month = _SEASONS[found[2]]
    return f"Vague {worded} {found[1]}", dt.date(int(found[1]), month, _DAY)


def _book(project: Project, dictionary: Dictionary, vague: str) -> Codebook:
    path = project.raw(vague) / codebook.FILE
    return read_codebook(path, project.relative(path), vague, dictionary.variables)


def _check_free(project: Project, folder: Path) -> None:
    if folder.exists():
        raise UsageError(
            f"Le dossier « {shown(project.relative(folder))} » existe déjà : rien n’a été écrit. "
            "Déplacez-le ou, pour les seuls modèles de saisie d’une vague qui existe, ajoutez --forms."
        )


def _draft(dictionary: Dictionary, vague: str, before: Codebook) -> dict[str, bytes]:
    """A description to complete, and the codebook of the wave before to review: name -> content.

    What was already gone at the wave before stays out: it was not asked, and is not there to compare.
    """
    described = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"atc-{vague}",
        "title": f"Animation territoriale citoyenne : {dated(vague)[0].lower()}",
        "description": "",
        "version": "1.0.0",
        "vague": vague,
        "etat": f"{_TO_COMPLETE} : description, licenses, sources, contributors ; atc import écrit le reste",
        "licenses": [{"title": f"{_TO_COMPLETE} : la licence de vos données"}],
        "sources": [],
        "contributors": [],
        "statuts_possibles": list(STATUSES),
        "resources": [],
    }
    entries = [
        replace(entry, comparabilite="identique", jointure=True, note=_TO_REVIEW)
        for entry in before.entries.values()
        if before.asks(entry.variable)
    ]
    entries += [entry for entry in variables(dictionary) if entry.variable not in before.entries]
    text = json.dumps(described, ensure_ascii=False, indent=2)
    return {FILE: f"{text}\n".encode(), codebook.FILE: codebook_bytes(vague, entries)}


def _forms(
    project: Project, dictionary: Dictionary, vague: str, previous: str, book: Codebook
) -> dict[str, bytes]:
    with (project.raw(previous) / f"{KNOWN}.csv").open(encoding="utf-8", newline="") as file:
        known = list(csv.DictReader(file))
    return form_files(dictionary, vague, *dated(vague), book, known)


def _write(project: Project, folders: Mapping[Path, Mapping[str, bytes]], settings: str = "") -> Opened:
    """Fill every folder; the settings, which make the wave known, come last."""
    with replacing(*folders, *([project.settings_file] if settings else [])) as made:
        for folder, files in zip(made, folders.values(), strict=False):
            for name, content in files.items():
                write(folder / name, content)
        if settings:
            write(made[-1], settings.encode())
    names = (folder / name for folder, files in folders.items() for name in sorted(files))
    return Opened(tuple(map(project.relative, names)), declared=bool(settings))


# --- the entry of report.toml ---


def declared(text: str, vague: str, previous: str) -> str:
    """report.toml with one more wave, after the others, and without touching a line of what is there.

    A `UsageError` tells that nothing there says where waves are, or that more than one entry would change.
    """
    label, date = dated(vague)
    block = (
        f"[vagues.{vague}]\n"
        f'libelle = "{label}"\n'
        "# À compléter : le titre du document, la phrase qui ouvre chaque chapitre, la date imprimée.\n"
        f'rapport = "Rapport, {label.lower()}"\n'
        'precaution = "À compléter : la précaution de lecture propre à cette vague."\n'
        f"date = {date.isoformat()}\n"
        "publie = false\n"
        f'precedente = "{previous}"\n'
    )
    by_hand = UsageError(
        "report.toml n’a pas la forme attendue : rien n’a été écrit. Ajoutez-y vous-même, puis relancez :\n"
        + block
    )
    lines = text.splitlines(keepends=True)
    last = max((rank for rank, line in enumerate(lines) if line.startswith("[vagues.")), default=-1)
    if last < 0:
        raise by_hand
    after = next((rank for rank in range(last + 1, len(lines)) if lines[rank].startswith("[")), len(lines))
    # Comments that stand just above the next heading belong to it.
    while after - 1 > last and lines[after - 1].startswith("#"):
        after -= 1
    head = "".join(lines[:after]).rstrip("\n")
    result = f"{head}\n\n{block}\n{''.join(lines[after:])}"
    was, now = tomllib.loads(text), tomllib.loads(result)
    if now["vagues"].pop(vague, None) is None or was != now:
        raise by_hand
    return result
