"""Why a view makes no sense, in French, with what to choose instead: said before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from atc.desk.view import ANALYSES, CHANGE, CROSSED, FLAT, LENSES, SHEET, View
from atc.disclosure.recorder import INTERNAL
from atc.disclosure.release import FORBIDDEN
from atc.errors import UsageError, shown
from atc.exhibits.comparability import year
from atc.exhibits.selection import FILTERS, filters
from atc.exhibits.variables import (
    BOXES,
    DATE,
    SCORE,
    Variable,
    groups,
    variable,
)
from atc.waves import Wave

#: Tables of which one row is one territory in each wave.
MATCHED = ("carnet_de_bord", "positionnements")
_TERRITORY = "territoires.territoire"


def check(view: View, waves: Sequence[Wave]) -> Variable:
    """Refuse what makes no sense, or what the tier does not allow.

    Args:
        view: What is asked.
        waves: Those of the view, in the order of time.

    Returns:
        Its variable.

    Raises:
        UsageError: With the first reason, and what to choose instead.
    """
    wave = waves[-1]
    if view.analyse not in ANALYSES:
        raise UsageError(
            f"L’analyse « {shown(view.analyse)} » est inconnue. Choisissez parmi : {', '.join(ANALYSES)}."
        )
    found = variable(
        wave.dictionary, view.variable or ("scores.score" if view.analyse in {SHEET, LENSES} else "")
    )
    for reason in (*_waves(view, waves), *_filters(view, wave), *_analyse(view, found, wave)):
        raise UsageError(reason)
    if wave.diffusion != INTERNAL:
        for reason in _tier(view, found):
            raise UsageError(reason)
    _asked(found, waves if view.analyse != CHANGE else ())
    return found


def _waves(view: View, waves: Sequence[Wave]) -> Iterator[str]:
    wave = waves[-1]
    if len(waves) > 1:
        if view.analyse in {FLAT, CROSSED}:
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


def _filters(view: View, wave: Wave) -> Iterator[str]:
    kept = {name: code for name, code in view.filtres.items() if code}
    if unknown := set(kept) - set(FILTERS):
        yield f"Le filtre « {shown(min(unknown))} » est inconnu. Choisissez parmi : {', '.join(FILTERS)}."
        return
    table = view.table or "scores"
    offered = filters(wave.dictionary, table)
    for name, code in kept.items():
        label, dotted = FILTERS[name]
        if name not in offered and view.analyse != SHEET:
            others = ", ".join(offered.values()) or "aucun"
            yield (
                f"Le filtre « {label} » ne s’applique pas à la table "
                f"« {wave.dictionary.table(table).label} ». Filtres possibles : {others}."
            )
        elif code not in codes(wave, dotted):
            listed = ", ".join(codes(wave, dotted))
            yield f"« {shown(code)} » n’est pas une valeur de « {label} ». Choisissez parmi : {listed}."


def codes(wave: Wave, dotted: str) -> dict[str, str]:
    """Codes of a column with their labels; of a territory, its commune."""
    if dotted != _TERRITORY:
        return wave.field(dotted).labels
    sites = wave.using((_TERRITORY, "territoires.commune")).table("territoires").sort_values("commune")
    return dict(zip(sites["territoire"].astype(str), sites["commune"].astype(str), strict=True))


def _analyse(view: View, found: Variable, wave: Wave) -> Iterator[str]:
    if view.analyse == CROSSED:
        yield from _crossing(view, found, wave)
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
    if view.analyse == CHANGE:
        yield from _comparing(found, wave)
    if view.analyse in {CHANGE, LENSES} and len(view.vagues) > 1 and view.filtres.get("periode") == "avant":
        yield (
            "Deux vagues se comparent sur la situation au moment de l’enquête : la période d’avant le "
            "démarrage n’a été jugée qu’une fois. Retirez ce filtre, ou choisissez une seule vague."
        )
    if view.analyse == SHEET and not view.filtres.get("territoire"):
        yield "Une « fiche » porte sur un territoire : choisissez-le dans les filtres."


def _crossing(view: View, found: Variable, wave: Wave) -> Iterator[str]:
    offered = groups(wave.dictionary, found.table)
    named = ", ".join(label for name, label in offered.items() if name != found.name)
    if not view.groupe:
        yield f"Un « {CROSSED} » demande un groupe. Choisissez parmi : {named or 'aucun pour cette table'}."
    elif view.groupe not in offered:
        yield (
            f"« {shown(view.groupe)} » ne découpe pas la table "
            f"« {wave.dictionary.table(found.table).label} ». Choisissez parmi : "
            f"{', '.join(offered) or 'aucun groupe pour cette table'}."
        )
    elif view.groupe == found.name:
        yield f"La variable et le groupe sont les mêmes. Choisissez un autre groupe : {named}."
    elif found.name == "scores.score" and view.groupe != "scores.groupe":
        yield (
            "Toutes les phrases à la fois ne se croisent qu’avec le groupe de répondants. "
            "Choisissez une phrase."
        )


def _comparing(found: Variable, wave: Wave) -> Iterator[str]:
    names = [wave.dictionary.table(table).label for table in (*MATCHED, "scores")]
    if found.table not in MATCHED and found.kind != SCORE:
        yield (
            "D’une vague à l’autre, l’unité est le territoire : seules se comparent les tables "
            f"{', '.join(f'« {name} »' for name in names)}. Pour « {found.label} », faites un « {FLAT} » "
            "sur chaque vague."
        )
    elif found.kind == DATE:
        yield (
            f"« {found.label} » est une date : elle ne monte ni ne baisse. Faites un « {FLAT} » sur chaque "
            "vague."
        )


def _tier(view: View, found: Variable) -> Iterator[str]:
    """What readers beyond the evaluation team may not see, however large the counts."""
    kept = [name for name, code in view.filtres.items() if code and name != "periode"]
    beyond = f"En diffusion « {view.diffusion} »"
    instead = f"Choisissez la diffusion « {INTERNAL} »"
    if view.analyse == SHEET:
        yield f"{beyond}, une fiche montrerait les réponses de quelques personnes. {instead}."
    if "territoire" in kept:
        yield f"{beyond}, rien ne se montre par territoire. {instead}, ou retirez ce filtre."
    if kept and (view.analyse != FLAT or found.kind == SCORE or found.table == "carnet_de_bord"):
        yield (
            f"{beyond}, cette analyse ne se filtre pas : la différence avec l’ensemble dirait ce qui est "
            f"masqué. {instead}, ou retirez le filtre."
        )
    if len(kept) > 1:
        yield (
            f"{beyond}, un seul filtre à la fois : deux isoleraient quelques personnes. {instead}, ou "
            "retirez-en un."
        )
    if view.analyse == CROSSED and found.table == "carnet_de_bord":
        yield (
            f"{beyond}, le carnet de bord ne se croise pas : une ligne y est un territoire, donc une "
            f"personne. {instead}, ou faites un « {FLAT} »."
        )
    cuts = [view.groupe, *(FILTERS[name][1] for name in kept)]
    for cut in filter(None, cuts):
        pair = frozenset((cut.partition(".")[2], found.name.partition(".")[2]))
        if pair in FORBIDDEN:
            crossed = " » et « ".join(sorted(pair))
            yield f"{beyond}, « {crossed} » ne se croisent pas. {instead}, ou changez l’un des deux."


def _asked(found: Variable, waves: Sequence[Wave]) -> None:
    """Refuse a variable that a wave did not ask, in the words of its codebook.

    Raises:
        UsageError: The codebook says that it is gone.
    """
    for wave in waves:
        if found.name == "scores.score" or found.kind == BOXES:
            continue
        entry = wave.codebook().entries.get(found.name)
        if entry is not None and entry.comparabilite == "disparu":
            raise UsageError(
                f"La vague {year(wave)} ne pose plus « {found.label} ». {entry.note} "
                "Choisissez une autre vague, ou une autre variable."
            )
