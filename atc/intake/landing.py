"""Let a wave stand in ``data/raw``: checked aside first, then put in place in one move, or not at all."""

from __future__ import annotations

from collections.abc import Mapping

from atc.survey.dictionary import load_dictionary
from atc.survey.errors import UsageError, shown
from atc.survey.files import replacing, write
from atc.survey.paths import Project
from atc.survey.validation import validate_folder


def check_free(project: Project, vague: str, *, replace: bool) -> None:
    """Refuse to write over a wave unless told to.

    Raises:
        UsageError: The wave is there, and ``replace`` is false.
    """
    folder = project.raw(vague)
    if folder.exists() and not replace:
        raise UsageError(
            f"La vague « {shown(vague)} » existe déjà dans {project.relative(folder)}. "
            "Pour la remplacer, relancez avec --replace : l’ancienne reste en place tant que la nouvelle "
            "n’est pas vérifiée."
        )


def land(project: Project, vague: str, files: Mapping[str, bytes], *, replace: bool) -> bool:
    """Check the files of a wave as `atc check` would, then make them the wave.

    Args:
        project: Where the wave goes.
        vague: Its id.
        files: Name -> content: everything that the folder will hold.
        replace: Whether a wave that is there may go.

    Returns:
        Whether anything changed: the same files as those that stand are left alone.

    Raises:
        UsageError: The wave is there, and ``replace`` is false.
        DataRefused: The files break the dictionary; nothing was written.
    """
    check_free(project, vague, replace=replace)
    target = project.raw(vague)
    if target.is_dir() and {p.name: p.read_bytes() for p in target.iterdir() if p.is_file()} == dict(files):
        return False
    with replacing(target) as (new,):
        for name, content in files.items():
            write(new / name, content)
        validate_folder(new, project.relative(target), vague, load_dictionary(project))
    return True
