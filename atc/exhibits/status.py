"""What the columns in use are worth, and how a reader is told."""

from __future__ import annotations

from atc.typography import NBSP, enumeration, french, lower_first
from atc.waves import Wave


def worst_status(vague: Wave) -> str:
    """Status of the least sure column that the wave lets through, pseudonyms left out."""
    return vague.package.worst(_telling(vague))


def _telling(vague: Wave) -> list[str]:
    """Columns whose values say something: a pseudonym only tells rows apart, whoever made it up."""
    return [c for c in sorted(vague.columns) if vague.field(c).kind != "identifier"]


def _labels(vague: Wave, status: str) -> str:
    fields = [
        vague.field(c) for c in _telling(vague) if vague.package.status(c) == status and not _is_key(vague, c)
    ]
    return enumeration(list(dict.fromkeys(lower_first(f.label) for f in fields)))


def _is_key(vague: Wave, column: str) -> bool:
    """Whether a column only says which row it is, and of which territory."""
    table, _, name = column.partition(".")
    described = vague.dictionary.table(table)
    linked = {c for columns, _, _ in described.foreign_keys for c in columns}
    return name in linked or (name,) == described.primary_key


def status_note(vague: Wave) -> str:
    """What a reader must not believe, column by column."""
    parts = []
    if simulated := _labels(vague, "simulé"):
        why = (
            "le rapport n’a rien publié de chiffré sur ces colonnes, dont les valeurs illustrent"
            if vague.settings.published
            else "personne n’a été interrogé pour cette vague, et les valeurs de ces colonnes illustrent"
        )
        parts.append(f"Données simulées : {why} seulement la forme du résultat{NBSP}: {simulated}.")
    if rebuilt := _labels(vague, "reconstitué"):
        parts.append(
            "Données reconstituées : les lignes sont tirées de façon à redonner exactement les chiffres "
            f"publiés{NBSP}: {rebuilt}."
        )
    # One reserve may stand for several columns: it is said once.
    parts += dict.fromkeys(reserve.text for reserve in vague.package.reserves(vague.columns))
    return french(" ".join(parts))
