"""Why a view makes no sense, in French, with what to choose instead: said before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from atc.desk.view import ALONE, ANALYSES, CHANGE, CROSSED, FLAT, LENSES, NUMBERS, SHEET, View
from atc.disclosure.recorder import INTERNAL
from atc.disclosure.release import FORBIDDEN
from atc.exhibits.comparability import year
from atc.exhibits.selection import labels_of
from atc.exhibits.variables import (
    ALL_ITEMS,
    BOXES,
    DATE,
    FILTERS,
    NUMBER,
    SCORE,
    Variable,
    column_of,
    filter_label,
    filters,
    group_variable,
    groups,
    variable,
)
from atc.survey.dictionary import Dictionary
from atc.survey.errors import UsageError, shown
from atc.survey.typography import counted
from atc.survey.waves import Wave

#: Tables of which one row is one territory in each wave.
MATCHED = ("carnet_de_bord", "positionnements")
#: Of which each row is what one animateur says of a post and a site: never cut, never a cut, beyond the team.
_BOARD = "carnet_de_bord"
_MOST_LISTED = 8


def check(view: View, waves: Sequence[Wave], *, values: bool = True) -> Variable:
    """Refuse what makes no sense, or what the tier does not allow; return the variable of the view.

    A `UsageError` has the first reason, and what to choose instead. ``values``: the codes of the filters are
    checked as well, which reads their columns.
    """
    wave = waves[-1]
    if view.analyse not in ANALYSES:
        raise UsageError(
            f"L’analyse « {shown(view.analyse)} » est inconnue. Choisissez parmi : {', '.join(ANALYSES)}."
        )
    found = variable(wave.dictionary, view.variable or (ALL_ITEMS if view.analyse in {SHEET, LENSES} else ""))
    reasons = [_waves(view, waves), _filters(view, found, wave, values=values), _analyse(view, found, wave)]
    reasons += [_regrouped(view, found, wave)] if view.regrouper else []
    reasons += [beyond(view, found)] if wave.diffusion != INTERNAL else []
    reasons += [_asked(found, waves if view.analyse != CHANGE else ())]
    for reason in chain.from_iterable(reasons):
        raise UsageError(reason)
    return found


def cuts(dictionary: Dictionary, table: str, analysis: str) -> dict[str, str]:
    """What may stand beside a variable of a table: a group, or another number; ``table.colonne`` -> label."""
    if analysis not in {CROSSED, NUMBERS}:
        return {}
    return {
        name: label
        for name, label in groups(dictionary, table).items()
        if analysis == CROSSED or group_variable(dictionary, name).kind == NUMBER
    }


def answers(wave: Wave, found: Variable) -> Mapping[str, str]:
    """Codes of the answers to a variable, with their labels; none of boxes, and of all sentences at once."""
    if found.kind == BOXES or found.name == ALL_ITEMS:
        return {}
    return labels_of(wave, ALL_ITEMS if found.kind == SCORE else found.name)


def _listed(names: Iterable[str]) -> str:
    """Some names of a list that may be long: the desk, and `atc.tables`, have them all."""
    first, others = list(names)[:_MOST_LISTED], list(names)[_MOST_LISTED:]
    return ", ".join(first) + (f" et {counted(len(others), 'autre')}" if others else "")


def _waves(view: View, waves: Sequence[Wave]) -> Iterator[str]:
    wave = waves[-1]
    if len(waves) > 1:
        if view.analyse in ALONE:
            yield (
                f"Un « {view.analyse} » porte sur une seule vague. Choisissez l’une des deux, ou l’analyse "
                f"« {CHANGE} » ou « {LENSES} »."
            )
        # Codebooks say what changed since the wave before, and since no other.
        previous = wave.settings.previous
        if view.vagues[0] != previous:
            instead = (
                f"Choisissez « {previous} »." if previous else "Rien ne la précède : choisissez-la seule."
            )
            yield (
                f"La vague « {wave.id} » ne se compare qu’à celle qui la précède, non à "
                f"« {shown(view.vagues[0])} ». {instead}"
            )
    elif view.analyse == CHANGE:
        yield (
            f"Une « {CHANGE} » demande deux vagues : choisissez « {year(wave)} » avec celle qui la précède "
            f"({'depuis=' + repr(wave.settings.previous) if wave.settings.previous else 'elle n’en a pas'})."
        )


def _filters(view: View, found: Variable, wave: Wave, *, values: bool) -> Iterator[str]:
    if not view.kept:
        return
    table = view.table or "scores"
    offered = filters(wave.dictionary, table)
    named = [label for name, label in offered.items() if name in FILTERS]
    label = wave.dictionary.table(table).label
    for name, code in sorted(view.kept.items()):
        if name not in FILTERS and "." not in name:
            yield f"Le filtre « {shown(name)} » est inconnu. Choisissez parmi : {', '.join(FILTERS)}."
        elif name not in FILTERS and name not in offered:
            yield (
                f"« {shown(name)} » ne filtre pas la table « {label} ». Choisissez parmi : "
                f"{_listed(offered) or 'aucun filtre pour cette table'}."
            )
        elif name not in offered and view.analyse != SHEET:
            yield (
                f"Le filtre « {FILTERS[name][0]} » ne s’applique pas à la table « {label} ». "
                f"Filtres possibles : {', '.join(named) or 'aucun'}."
            )
        elif column_of(name) in {found.name, ALL_ITEMS if found.kind == SCORE else ""}:
            yield "La variable et le filtre sont les mêmes. Retirez le filtre, ou choisissez-en un autre."
        elif values and code not in (listed := labels_of(wave, column_of(name))):
            yield (
                f"« {shown(code)} » n’est pas une valeur de « {filter_label(wave.dictionary, name)} ». "
                f"Choisissez parmi : {', '.join(listed)}."
            )


def _analyse(view: View, found: Variable, wave: Wave) -> Iterator[str]:
    if view.analyse in {CROSSED, NUMBERS}:
        yield from _cutting(view, found, wave)
    elif view.groupe:
        yield (
            f"Une analyse « {view.analyse} » ne prend pas de groupe. Retirez-le, ou faites un « {CROSSED} »."
        )
    if view.analyse == LENSES and found.kind != SCORE:
        yield (
            f"Les « {LENSES} » rapprochent les notes de deux groupes : choisissez la table "
            f"« {wave.dictionary.table('scores').label} ». Pour « {found.label} », faites un « {FLAT} » ou "
            f"un « {CROSSED} »."
        )
    if view.analyse == CHANGE and found.table not in MATCHED and found.kind != SCORE:
        names = [f"« {wave.dictionary.table(table).label} »" for table in (*MATCHED, "scores")]
        yield (
            "D’une vague à l’autre, l’unité est le territoire : seules se comparent les tables "
            f"{', '.join(names)}. Pour « {found.label} », faites un « {FLAT} » sur chaque vague."
        )
    elif view.analyse == CHANGE and found.kind == DATE:
        yield (
            f"« {found.label} » est une date : elle ne monte ni ne baisse. Faites un « {FLAT} » sur chaque "
            "vague."
        )
    if view.analyse in {CHANGE, LENSES} and len(view.vagues) > 1 and view.filtres.get("periode") == "avant":
        yield (
            "Deux vagues se comparent sur la situation au moment de l’enquête : la période d’avant le "
            "démarrage n’a été jugée qu’une fois. Retirez ce filtre, ou choisissez une seule vague."
        )
    if view.analyse == SHEET and not view.filtres.get("territoire"):
        yield "Une « fiche » porte sur un territoire : choisissez-le dans les filtres."


def _cutting(view: View, found: Variable, wave: Wave) -> Iterator[str]:
    offered, what = cuts(wave.dictionary, found.table, view.analyse), "groupe"
    label = wave.dictionary.table(found.table).label
    if view.analyse == NUMBERS:
        what = "second nombre"
        if found.kind != NUMBER:
            yield (
                f"L’analyse « {NUMBERS} » demande deux nombres, et cette variable n’en est pas un. "
                f"Choisissez un nombre, ou faites un « {CROSSED} »."
            )
    others = {name: label for name, label in offered.items() if name != found.name}
    named = _listed(others.values()) or "aucun pour cette table"
    if not view.groupe:
        yield f"Un « {view.analyse} » demande un {what}. Choisissez parmi : {named}."
    elif view.groupe not in offered:
        yield (
            f"« {shown(view.groupe)} » ne découpe pas la table « {label} ». Choisissez parmi : "
            f"{_listed(offered) or 'aucun groupe pour cette table'}."
        )
    elif view.groupe == found.name:
        yield f"La variable et le {what} sont les mêmes. Choisissez un autre {what} : {named}."
    elif found.name == ALL_ITEMS and view.groupe != "scores.groupe":
        yield (
            "Toutes les phrases à la fois ne se croisent qu’avec le groupe de répondants. "
            "Choisissez une phrase."
        )


def _regrouped(view: View, found: Variable, wave: Wave) -> Iterator[str]:
    if view.analyse not in {FLAT, CROSSED} or (found.kind == SCORE and view.analyse == FLAT):
        yield (
            f"Des réponses se réunissent dans un « {FLAT} » ou un « {CROSSED} », hors notes. Retirez le "
            "regroupement, ou changez d’analyse."
        )
        return
    known = [answers(wave, found), labels_of(wave, view.groupe) if view.groupe else {}]
    seen: set[str] = set()
    for label, codes in view.regrouper.items():
        if not label.strip() or isinstance(codes, str) or len(set(codes)) < 2:
            yield "Un regroupement réunit au moins deux réponses sous un nom. Complétez-le, ou retirez-le."
        elif not any(set(codes) <= set(some) for some in known):
            offered = " ; ".join(", ".join(some) for some in known if some) or "aucune"
            yield (
                f"« {shown(', '.join(codes))} » ne sont pas des réponses d’une même question. Choisissez "
                f"parmi : {offered}."
            )
        elif seen & set(codes):
            yield f"« {min(seen & set(codes))} » est dans deux regroupements. Gardez-en un."
        seen |= set(codes)


def beyond(view: View, found: Variable) -> Iterator[str]:
    """What readers beyond the evaluation team may not see of a view, however large the counts."""
    kept = [name for name in view.kept if name != "periode"]
    there = f"En diffusion « {view.diffusion} »"
    instead = f"Choisissez la diffusion « {INTERNAL} »"
    if view.analyse == SHEET:
        yield f"{there}, une fiche montrerait les réponses de quelques personnes. {instead}."
    if view.analyse == NUMBERS:
        yield (
            f"{there}, deux nombres ne se montrent pas l’un contre l’autre : chaque point est un site, et "
            f"se reconnaît. {instead}, ou faites un « {FLAT} » de chacun."
        )
    if "territoire" in kept:
        yield f"{there}, rien ne se montre par territoire. {instead}, ou retirez ce filtre."
    if kept and (view.analyse != FLAT or found.kind == SCORE or found.table == _BOARD):
        yield (
            f"{there}, cette analyse ne se filtre pas : la différence avec l’ensemble dirait ce qui est "
            f"masqué. {instead}, ou retirez le filtre."
        )
    if len(kept) > 1:
        yield (
            f"{there}, un seul filtre à la fois : deux isoleraient quelques personnes. {instead}, ou "
            "retirez-en un."
        )
    cut_by = [cut for cut in (view.groupe, *map(column_of, kept)) if cut]
    if view.analyse == CROSSED and _BOARD in {found.table, *(cut.partition(".")[0] for cut in cut_by)}:
        yield (
            f"{there}, le carnet de bord ne se croise pas : une ligne y est un territoire, donc une "
            f"personne. {instead}, ou faites un « {FLAT} »."
        )
    for cut in cut_by:
        table, _, column = cut.partition(".")
        if table == _BOARD:
            yield (
                f"{there}, le carnet de bord ne filtre rien : une ligne y est un territoire, donc une "
                f"personne. {instead}, ou changez de filtre."
            )
        pair = frozenset((column, found.name.partition(".")[2]))
        if pair in FORBIDDEN:
            crossed = " » et « ".join(sorted(pair))
            yield f"{there}, « {crossed} » ne se croisent pas. {instead}, ou changez l’un des deux."


def _asked(found: Variable, waves: Sequence[Wave]) -> Iterator[str]:
    """A variable that a wave did not ask, in the words of its codebook."""
    for wave in waves:
        if found.name == ALL_ITEMS or found.kind == BOXES:
            continue
        entry = wave.codebook().entries.get(found.name)
        if entry is not None and entry.comparabilite == "disparu":
            yield (
                f"La vague {year(wave)} ne pose plus « {found.label} ». {entry.note} "
                "Choisissez une autre vague, ou une autre variable."
            )
