"""From a view to its exhibit: the wave opened, the choice checked, the analysis made, its papers added."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from atc.desk import change, flat, lenses, sheet
from atc.desk.asked import Asked
from atc.desk.checks import check
from atc.desk.view import CHANGE, CROSSED, FLAT, LENSES, NUMBERS, SHEET, View
from atc.disclosure import Count, Measure, Release
from atc.disclosure.exceptions import of_exhibit, read_exceptions
from atc.disclosure.recorder import INTERNAL
from atc.errors import DisclosureRefused, UsageError
from atc.exhibits import Draft, Exhibit, crossing
from atc.exhibits.declare import complete_exhibit
from atc.exhibits.gate import release_for
from atc.exhibits.selection import needed, needed_to_count_sites
from atc.exhibits.variables import Variable
from atc.typography import enumeration, lower_first
from atc.waves import Wave

_ANSWERS: Mapping[str, Callable[[Asked], Draft]] = {
    FLAT: flat.draft,
    CROSSED: flat.crossed,
    NUMBERS: lambda asked: crossing.two_numbers(flat.selection(asked)),
    CHANGE: change.draft,
    LENSES: lenses.draft,
    SHEET: sheet.draft,
}
_SITES = ("territoires.territoire", crossing.COMMUNE)
#: Variables that the report prints by themselves -> the exhibit whose reviewed exceptions hold for them.
PRINTED = {
    "carnet_de_bord.configuration": "F02-03",
    "carnet_de_bord.debut_contrat": "F02-01",
    "carnet_de_bord.etp": "F02-02",
    "carnet_de_bord.reunions_pilotage": "F02-04",
    "positionnements.organisation": "F05-03",
}


def answer(view: View, waves: Sequence[Wave]) -> Exhibit:
    """Answer a view whose waves are open.

    Args:
        view: What is asked.
        waves: Its waves, in the order of time.

    Raises:
        UsageError: It makes no sense; why, and what to choose instead.
        DisclosureRefused: Its answer would tell a small count.
    """
    variable = check(view, waves)
    columns = _columns(view, variable, waves[-1])
    *before, wave = (opened.using(columns) for opened in waves)
    release = _release(view, wave, *before)
    asked = Asked(
        replace(view, variable=variable.name), wave, before[0] if before else None, variable, release
    )
    made = _ANSWERS[view.analyse](asked)
    if view.titre:
        made = made.worded(title=_own_title(view, release))
    made = made.worded(note=" ".join(filter(None, (made.note, *_told_besides(asked, made)))))
    return complete_exhibit(view.id, [wave, *before], made, release)


def _own_title(view: View, release: Release) -> str:
    """The title that somebody gave, as far as these readers may know what it says."""
    try:
        release.check((view.titre,))
    except DisclosureRefused as error:
        raise UsageError(
            f"Votre titre donne un effectif de moins de {release.rules.floor}, que ces lecteurs ne voient "
            f"pas. Écrivez « moins de {release.rules.floor} », ou choisissez la diffusion « {INTERNAL} »."
        ) from error
    return view.titre


def _told_besides(asked: Asked, made: Draft) -> Iterator[str]:
    """Which answers were put together, and what to choose where everything is masked."""
    view, frame = asked.view, made.counts.frame
    if view.analyse in {FLAT, CROSSED}:
        labels = {
            str(text) for name in ("libelle", "libelle_groupe") if name in frame for text in frame[name]
        }
        for label, parts in flat.selection(asked).put_together.items():
            if label in labels:
                yield f"« {label} » réunit {enumeration([f'« {lower_first(part)} »' for part in parts])}."
    # All groups together may be known where none is by itself.
    own = frame[frame["ligne"] != crossing.EVERYBODY[0]] if "ligne" in frame else frame
    cells = [cell for column in made.table.columns if column.name != "total" for cell in own[column.name]]
    counts = [cell.is_masked for cell in cells if isinstance(cell, Count)]
    if (
        counts
        and all(counts)
        and not any(isinstance(cell, Measure) and cell.known is not None for cell in cells)
    ):
        steps = ["choisissez un groupe plus large"] if view.groupe else []
        steps += ["réunissez des réponses"] if view.analyse in {FLAT, CROSSED} else []
        steps += ["retirez le filtre"] if view.kept else []
        last = f"prenez la diffusion « {INTERNAL} »"
        told = f"{', '.join(steps)}, ou {last}" if steps else last
        yield f"Tout est masqué, faute d’effectifs : {told}."


def _columns(view: View, variable: Variable, wave: Wave) -> tuple[str, ...]:
    """Every column that the answer reads: its source, questions and status follow from them."""
    if view.analyse == SHEET:
        return tuple(f"{table}.*" for table in (*sheet.TABLES, "scores"))
    table = wave.dictionary.table(variable.table)
    matching = len(view.vagues) > 1 and "territoire" in table.fields
    # How many sites there are decides what two waves may tell of those they share.
    own = (f"{table.name}.territoire", *needed_to_count_sites(view.filtres)) if matching else ()
    linked = needed(variable.table, [view.groupe] if view.groupe else [], view.filtres)
    names = _SITES if view.filtres.get("territoire") or view.analyse == NUMBERS else ()
    own = (*own, f"{table.name}.territoire") if view.analyse == NUMBERS else own
    return (*variable.columns, *own, *linked, *names)


def _release(view: View, wave: Wave, *before: Wave) -> Release:
    """What an exhibit of the report shows of a variable by itself is known: the desk shows it as well."""
    release = release_for(wave, view.id, *before)
    printed = PRINTED.get(view.variable, "")
    if release.rules.masks and printed and view.analyse == FLAT and not view.kept and not view.regrouper:
        reviewed = of_exhibit(read_exceptions(wave.project), wave.id, printed)
        release.exceptions = {cell: row for cell, row in reviewed.items() if row.colonne != "noms"}
    return release
