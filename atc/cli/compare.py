"""``atc compare``: what may be held against the wave before, then what changed, by territory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from atc.cli.french import FrenchCommand
from atc.survey.errors import UsageError
from atc.survey.paths import find_project
from atc.survey.settings import load_settings

if TYPE_CHECKING:
    import pandas as pd

    from atc.survey.waves import Wave

# A longer label is cut: the whole wording is in the codebook and in the chapter on change.
_LONGEST = 62
_NUMBERS = ("En hausse", "Stable", "En baisse", "Comparés", "Perdus", "Nouveaux", "Médianes")


@click.command(cls=FrenchCommand)
@click.argument("avant", metavar="VAGUE")
@click.argument("apres", metavar="SUIVANTE")
def compare(avant: str, apres: str) -> None:
    """Compare deux vagues : ce qui se rapproche, puis les territoires en hausse, stables, en baisse."""
    from atc.survey.codebook import along  # noqa: PLC0415
    from atc.survey.waves import open_wave  # noqa: PLC0415

    waves = [open_wave(vague) for vague in _succession(avant, apres)]
    before, after = waves[0], waves[-1]
    compared = along([wave.codebook() for wave in waves])
    click.echo(f"Comparabilité, d’après le codebook : {before.settings.label} et {after.settings.label}")
    _show(("Variable", "Comparabilité", "Rapprochée", "Libellé"), _comparability_rows(compared))
    click.echo(_tally(compared))
    click.echo("\nÉvolution par territoire (les personnes changent, les territoires restent)")
    _show(("Mesure", "Source", *_NUMBERS), _change_rows(before, after, compared))
    click.echo(
        "Ni pourcentage ni test : les nombres sont trop petits. Perdus, nouveaux : territoires d’une seule "
        "vague, qui ne sont pas comparés. Médianes : sur les seuls territoires comparés, connus aux deux "
        "vagues ; la figure F08-02 peut en retenir moins, car elle montre aussi le démarrage."
    )


def _succession(avant: str, apres: str) -> list[str]:
    """The waves from one to the other, each compared with the one before it."""
    settings = load_settings(find_project())
    settings.wave(avant)
    found = [settings.wave(apres).id]
    while found[0] != avant or len(found) == 1:
        previous = settings.wave(found[0]).previous
        if previous is None or previous in found:
            before = settings.wave(apres).previous
            order = f"après « {before} »" if before else "sans vague précédente"
            raise UsageError(
                f"La vague « {apres} » ne suit pas « {avant} » : report.toml la déclare {order}. "
                "Donnez d’abord la plus ancienne, et vérifiez l’entrée « precedente »."
            )
        found.insert(0, previous)
    return found


def _comparability_rows(compared: pd.DataFrame) -> list[tuple[str, ...]]:
    rows = compared[["variable", "verdict", "jointure", "libelle"]].itertuples(index=False, name=None)
    return [
        (str(variable), str(verdict), "oui" if joined else "non", str(label))
        for variable, verdict, joined, label in rows
    ]


def _tally(compared: pd.DataFrame) -> str:
    counts = compared["verdict"].value_counts(sort=False)
    apart = int((~compared["jointure"]).sum())
    changed = compared[compared["jointure"] & (compared["comparabilite"] != "identique")]
    told = f"{len(compared)} variables ; {', '.join(f'{v} : {n}' for v, n in counts.items())}."
    told += f" {apart} ne sont pas rapprochées."
    if len(changed):
        told += f" Rapprochées quoique modifiées, le codebook l’autorise : {', '.join(changed['variable'])}."
    return told


def _change_rows(before: Wave, after: Wave, compared: pd.DataFrame) -> list[tuple[str, ...]]:
    from atc.indicators import change  # noqa: PLC0415
    from atc.survey.codebook import joined  # noqa: PLC0415

    columns = {
        name: after.field(f"carnet_de_bord.{name}").label
        for name in ("etp", "reunions_pilotage")
        if joined(compared, [f"carnet_de_bord.{name}"])
    }
    items = [
        code
        for code in after.field("scores.item").labels
        if joined(compared, ["scores.score"]) and joined(compared, [f"scores.item={code}"])
    ]
    measures = change.nombres(before.table("carnet_de_bord"), after.table("carnet_de_bord"), columns)
    notes = change.notes(before.table("scores"), after.table("scores"), after.dictionary, items)
    rows = [(row.libelle, "carnet de bord", row) for row in measures.itertuples()]
    rows += [(row.libelle_item, str(row.libelle_groupe).lower(), row) for row in notes.itertuples()]
    return [(str(label), source, *_counts(row)) for label, source, row in rows]


def _counts(row: Any) -> tuple[str, ...]:
    counts = (row.hausse, row.stable, row.baisse, row.compares, row.perdus, row.nouveaux)
    return (*map(str, counts), _medians(row.mediane_avant, row.mediane_apres))


def _medians(before: float, after: float) -> str:
    from atc.survey.typography import number  # noqa: PLC0415

    if before != before:  # noqa: PLR0124 (the definition of NaN)
        return "aucun territoire comparé"
    return " → ".join(number(value, 0 if value.is_integer() else 1) for value in (before, after))


def _show(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Aligned columns: words on the left, counts on the right."""
    lines = [tuple(heading), *(tuple(row) for row in rows)]
    cut = [[cell if len(cell) <= _LONGEST else f"{cell[: _LONGEST - 1]}…" for cell in row] for row in lines]
    widths = [max(len(row[i]) for row in cut) for i in range(len(heading))]
    counts = [all(row[i].isdecimal() for row in cut[1:]) for i in range(len(heading))]
    for row in cut:
        cells = (
            f"{cell:>{width}}" if right else f"{cell:<{width}}"
            for cell, width, right in zip(row, widths, counts, strict=True)
        )
        click.echo("  ".join(cells).rstrip())
