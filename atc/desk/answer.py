"""From a question to its exhibit: the choice checked, the form made, what a reader must know added."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from atc.desk.checks import check
from atc.desk.view import CHANGE, CROSSED, FLAT, LENSES, NUMBERS, SHEET, View, filters_named
from atc.disclosure import Count, Measure, Release
from atc.disclosure.exceptions import of_exhibit, read_exceptions
from atc.disclosure.recorder import INTERNAL
from atc.exhibits import Draft, Exhibit, forms, profile, scored, statements, two_waves
from atc.exhibits import two_waves_scores as in_time
from atc.exhibits.declare import complete_exhibit, release_for
from atc.exhibits.profile import COMMUNE, two_numbers
from atc.exhibits.selection import Selection, needed
from atc.exhibits.two_waves import moves
from atc.exhibits.variables import ALL_ITEMS, MAP, MODALITES, SCORE, YES_NO, Variable
from atc.survey.errors import DisclosureRefused, UsageError
from atc.survey.waves import Wave

#: Beyond this, names on a map hide one another.
_MOST_SITES = 40
_SITES = ("territoires.territoire", COMMUNE)
#: Variables that the report prints by themselves -> the exhibit whose reviewed exceptions hold for them.
PRINTED = {
    "carnet_de_bord.configuration": "F02-03",
    "carnet_de_bord.debut_contrat": "F02-01",
    "carnet_de_bord.etp": "F02-02",
    "carnet_de_bord.reunions_pilotage": "F02-04",
    "positionnements.organisation": "F05-03",
}


def explorer(
    donnees: Wave,
    variable: str = "",
    *,
    analyse: str = FLAT,
    groupe: str = "",
    depuis: str = "",
    filtre: str | Sequence[str] = (),
    regrouper: Mapping[str, Sequence[str]] | None = None,
    titre: str = "",
    **filtres: str,
) -> Exhibit:
    """Ask one question, and get a figure with its reading, its n, its wording and its status.

    Examples::

        donnees = atc.open_wave("2021-automne")
        atc.explorer(donnees, "carnet_de_bord.configuration")
        atc.explorer(
            donnees, "questionnaire_flash.posture", analyse="tri croisé", groupe="territoires.reseau"
        )
        atc.explorer(donnees, analyse="regards croisés", depuis="2020-automne", titre="Qui note plus haut ?")
    """
    vagues = (depuis, donnees.id) if depuis else (donnees.id,)
    kept = {name: code for name, code in filtres.items() if code} | filters_named(filtre)
    view = View(vagues, donnees.diffusion, analyse, variable, groupe, kept, regrouper or {}, titre)
    return answer(view, [donnees.previous(), donnees] if depuis else [donnees])


def answer(view: View, waves: Sequence[Wave]) -> Exhibit:
    """Answer a view whose waves are open, in the order of time.

    A `UsageError` tells why it makes no sense, and what to choose instead; `DisclosureRefused`, that its
    answer would tell a small count.
    """
    variable = check(view, waves)
    columns = _columns(view, variable, waves[-1])
    *before, wave = (opened.using(columns) for opened in waves)
    release = _release(view, wave, *before)
    former = before[0] if before else None
    asked = Selection(wave, release, variable, former, view.groupe, view.filtres, view.regrouper)
    made = _ANSWERS[view.analyse](asked)
    if view.titre:
        made = made.worded(title=_own_title(view, release))
    made = made.worded(note=" ".join(filter(None, (made.note, *_told_besides(view, made)))))
    return complete_exhibit(view.id, [wave, *before], made, release)


# --- analysis -> form ---


def _flat(asked: Selection) -> Draft:
    kind = asked.variable.kind
    if kind == MAP and not asked.chosen and not asked.regrouped and len(asked.rows()) <= _MOST_SITES:
        return statements.located(asked)
    return scored.bands(asked) if kind == SCORE else forms.finest(forms.distribution, *asked.steps)


def _crossed(asked: Selection) -> Draft:
    both = asked.group == "scores.groupe" and asked.variable.name == ALL_ITEMS
    return scored.bands(asked) if both else forms.finest(forms.distribution, *asked.steps)


def _change(asked: Selection) -> Draft:
    kind = asked.variable.kind
    if kind == SCORE:
        return in_time.scores(asked)
    # Beyond the evaluation team, those who say yes in each wave would give away who moved.
    followed = kind == MODALITES or (kind == YES_NO and not asked.masks)
    return (moves if followed else two_waves.measured)(asked)


def _lenses(asked: Selection) -> Draft:
    return (scored.situation if asked.before is None else in_time.gap)(asked)


_ANSWERS: Mapping[str, Callable[[Selection], Draft]] = {
    FLAT: _flat,
    CROSSED: _crossed,
    NUMBERS: two_numbers,
    CHANGE: _change,
    LENSES: _lenses,
    SHEET: profile.sheet,
}


# --- what a reader must know besides ---


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


def _told_besides(view: View, made: Draft) -> Iterator[str]:
    """What to choose where everything is masked."""
    frame = made.counts.frame
    # All groups together may be known where none is by itself.
    own = frame[frame["ligne"] != forms.EVERYBODY[0]] if "ligne" in frame else frame
    cells = [cell for column in made.table.columns if column.name != "total" for cell in own[column.name]]
    hidden = [cell.is_masked and not cell.of_the_rest for cell in cells if isinstance(cell, Count)]
    medians = [cell.known for cell in cells if isinstance(cell, Measure)]
    if hidden and all(hidden) and all(median is None for median in medians):
        steps = ["choisissez un groupe plus large"] if view.groupe else []
        steps += ["réunissez des réponses"] if view.analyse in {FLAT, CROSSED} else []
        steps += ["retirez le filtre"] if view.kept else []
        last = f"prenez la diffusion « {INTERNAL} »"
        told = f"{', '.join(steps)}, ou {last}" if steps else last
        yield f"Tout est masqué, faute d’effectifs : {told}."


# --- what it reads, and what it goes through ---


def _columns(view: View, variable: Variable, wave: Wave) -> tuple[str, ...]:
    """Every column that the answer reads: its source, questions and status follow from them."""
    if view.analyse == SHEET:
        return tuple(f"{table}.*" for table in (*profile.TABLES, "scores"))
    table = wave.dictionary.table(variable.table)
    matching = len(view.vagues) > 1 and "territoire" in table.fields
    # How many sites there are decides what two waves may tell of those they share.
    own = needed(table.name, _SITES[:1], {}) if matching else ()
    linked = needed(variable.table, [view.groupe] if view.groupe else [], view.filtres)
    names = _SITES if view.filtres.get("territoire") or view.analyse == NUMBERS else ()
    own = (*own, f"{table.name}.territoire") if view.analyse == NUMBERS else own
    return (*variable.columns, *own, *linked, *names)


def _release(view: View, wave: Wave, *before: Wave) -> Release:
    """What an exhibit of the report shows of a variable by itself is known: to a crossing, it is a margin."""
    release = release_for(wave, view.id, *before)
    printed, alone = PRINTED.get(view.variable, ""), view.analyse == FLAT and not view.kept
    if release.rules.masks and printed and view.analyse in {FLAT, CROSSED} and not view.regrouper:
        reviewed = of_exhibit(read_exceptions(wave.project), wave.id, printed)
        kept = {"effectif", "minimum", "maximum"} if alone else {"effectif"}
        release.exceptions = {cell: row for cell, row in reviewed.items() if row.colonne in kept}
    return release
