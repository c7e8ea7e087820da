"""The entry of a wave in report.toml, added without touching a line of what is there."""

from __future__ import annotations

import re
import tomllib

from atc.intake.newwave import naming
from atc.survey.errors import UsageError

_HEADING = re.compile(r"^\[")
_WAVE = re.compile(r"^\[vagues\.")


def block(vague: str, previous: str) -> str:
    """The entry, in which people have three sentences to write."""
    return (
        f"[vagues.{vague}]\n"
        f'libelle = "{naming.label(vague)}"\n'
        "# À compléter : le titre du document, la phrase qui ouvre chaque chapitre, la date imprimée.\n"
        f'rapport = "Rapport, {naming.label(vague).lower()}"\n'
        'precaution = "À compléter : la précaution de lecture propre à cette vague."\n'
        f"date = {naming.date(vague).isoformat()}\n"
        "publie = false\n"
        f'precedente = "{previous}"\n'
    )


def declared(text: str, vague: str, previous: str) -> str:
    """report.toml with one more wave, after the others.

    A `UsageError` tells that nothing there says where waves are, or that more than one entry would change.
    """
    lines = text.splitlines(keepends=True)
    waves = [rank for rank, line in enumerate(lines) if _WAVE.match(line)]
    if not waves:
        raise _by_hand(vague, previous)
    after = next(
        (rank for rank in range(waves[-1] + 1, len(lines)) if _HEADING.match(lines[rank])), len(lines)
    )
    # Comments that stand just above the next heading belong to it.
    while after - 1 > waves[-1] and lines[after - 1].startswith("#"):
        after -= 1
    before = "".join(lines[:after]).rstrip("\n")
    result = f"{before}\n\n{block(vague, previous)}\n{''.join(lines[after:])}"
    was, now = tomllib.loads(text), tomllib.loads(result)
    added = now["vagues"].pop(vague, None)
    if added is None or was != now:
        raise _by_hand(vague, previous)
    return result


def _by_hand(vague: str, previous: str) -> UsageError:
    return UsageError(
        "report.toml n’a pas la forme attendue : rien n’a été écrit. Ajoutez-y vous-même, puis relancez :\n"
        + block(vague, previous)
    )
