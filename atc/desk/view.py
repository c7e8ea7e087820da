"""What somebody asks of the data, and why a question makes no sense or may not be answered.

What is refused is said in French, with what to choose instead, before anything is computed; the lists of the
desk (`atc.desk.offers`) offer what nothing here is said against.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

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

FLAT, CROSSED, NUMBERS = "tri à plat", "tri croisé", "deux nombres"
CHANGE, LENSES, SHEET = "comparaison de vagues", "regards croisés", "fiche"


@dataclass(frozen=True)
class Analysis:
    """What an analysis needs, for the lists as for the refusals."""

    waves: tuple[int, ...] = (1,)  # how many it takes
    beside: str = ""  # what stands beside the variable
    tables: tuple[str, ...] | None = None  # those that it reads; all by default
    joins: bool = False  # whether answers may be put together
    team: bool = False  # for the evaluation team alone


#: In the words of those who know Sphinx or Modalisa.
ANALYSES = {
    FLAT: Analysis(joins=True),
    CROSSED: Analysis(beside="groupe", joins=True),
    NUMBERS: Analysis(beside="second nombre", team=True),
    CHANGE: Analysis(waves=(2,)),
    LENSES: Analysis(waves=(2, 1), tables=("scores",)),
    SHEET: Analysis(waves=(2, 1), tables=(), team=True),
}
#: Tables of which one row is one territory in each wave.
MATCHED = ("carnet_de_bord", "positionnements")
#: Of which each row is what one animateur says of a post and a site: never cut, never a cut, beyond the team.
_BOARD = "carnet_de_bord"
_MOST_LISTED = 8


@dataclass(frozen=True)
class View:
    """One question."""

    vagues: tuple[str, ...]  # ids of one wave, or of two in the order of time
    diffusion: str  # tier
    analyse: str = FLAT  # one of `ANALYSES`
    variable: str = ""  # ``table.colonne``, ``table.groupe_de_cases`` or ``scores.item=code``
    # What a « tri croisé » cuts by, and the second of « deux nombres », as ``table.colonne``.
    groupe: str = ""
    # Name of a filter (`atc.exhibits.variables.FILTERS`), or ``table.colonne`` -> code kept.
    filtres: Mapping[str, str] = field(default_factory=dict)
    # Label -> codes that it puts together, of the variable or of the group.
    regrouper: Mapping[str, Sequence[str]] = field(default_factory=dict)
    titre: str = ""  # in place of the computed one; empty to keep that

    @property
    def table(self) -> str:
        """The table that holds the variable."""
        return self.variable.partition(".")[0]

    @property
    def latest(self) -> str:
        """The wave that is asked, or the latter of two."""
        return self.vagues[-1]

    @property
    def kept(self) -> dict[str, str]:
        """The filters that keep something."""
        return {name: code for name, code in self.filtres.items() if code}

    @property
    def id(self) -> str:
        """``X31-0742``: the same for the same question, and no other's in a notebook of one's own."""
        digest = int(hashlib.sha256(self.code().encode()).hexdigest(), 16)
        return f"X{digest % 100:02d}-{digest // 100 % 10000:04d}"

    def code(self) -> str:
        """The two lines of Python that ask the same question."""
        opened = f"donnees = atc.open_wave({_quoted(self.latest)}, {_quoted(self.diffusion)})"
        return f"{opened}\n{self.call('donnees')}"

    def call(self, donnees: str, before: str = "") -> str:
        """The same question, to a wave that is open already."""
        others = [f"{name}={code}" for name, code in self.kept.items() if name not in FILTERS]
        words = {
            "analyse": self.analyse,
            "groupe": self.groupe,
            "depuis": self.vagues[0] if len(self.vagues) > 1 and not before else "",
            **{name: code for name, code in self.kept.items() if name in FILTERS},
            "filtre": others[0] if len(others) == 1 else others,
            "regrouper": {name: list(codes) for name, codes in self.regrouper.items()},
            "titre": self.titre,
        }
        asked = [_quoted(self.variable)] if self.variable else []
        asked += [f"{name}={_quoted(value)}" for name, value in words.items() if value]
        asked += [f"depuis={before}"] if len(self.vagues) > 1 and before else []
        return f"atc.explorer({donnees}, {', '.join(asked)})"


def filters_named(written: str | Sequence[str]) -> dict[str, str]:
    """Filters as somebody writes them, ``questionnaire_flash.posture=soutien``, by name.

    A `UsageError` tells that one of them has no column, or no value.
    """
    names = {column: name for name, (_, column) in FILTERS.items()}
    kept = {}
    for text in [written] if isinstance(written, str) else written:
        column, _, code = (part.strip() for part in text.partition("="))
        if not column or not code:
            raise UsageError(
                f"Le filtre « {shown(text)} » ne se lit pas. Écrivez une colonne et une valeur, par exemple "
                "« questionnaire_flash.posture=soutien »."
            )
        kept[names.get(column, column)] = code
    return kept


def _quoted(value: object) -> str:
    # As the notebooks of the project write it; JSON and Python write texts and lists of them alike.
    return json.dumps(value, ensure_ascii=False)


# --- why it makes no sense, or may not be seen ---


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
    usual = "" if ANALYSES[view.analyse].tables is None else ALL_ITEMS
    found = variable(wave.dictionary, view.variable or usual)
    reasons = chain(
        _waves(view, waves),
        _filters(view, found, wave, values=values),
        _analyse(view, found, wave),
        _regrouped(view, found, wave),
        beyond(view, found),
        _asked(found, waves if view.analyse != CHANGE else ()),
    )
    for reason in reasons:
        raise UsageError(reason)
    return found


def cuts(dictionary: Dictionary, table: str, analysis: str) -> dict[str, str]:
    """What may stand beside a variable of a table: a group, or another number; ``table.colonne`` -> label."""
    if not ANALYSES[analysis].beside:
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
        if 2 not in ANALYSES[view.analyse].waves:
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
    elif 1 not in ANALYSES[view.analyse].waves:
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
    if ANALYSES[view.analyse].beside:
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
    offered, what = cuts(wave.dictionary, found.table, view.analyse), ANALYSES[view.analyse].beside
    label = wave.dictionary.table(found.table).label
    if view.analyse == NUMBERS and found.kind != NUMBER:
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
    if not view.regrouper:
        return
    if not ANALYSES[view.analyse].joins or (found.kind == SCORE and view.analyse == FLAT):
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
    cuts_ = [cut.partition(".")[::2] for cut in (view.groupe, *map(column_of, kept)) if cut]
    own, flat = "une ligne y est un territoire, donc une personne", f"faites un « {FLAT} »"
    answer, board = found.name.partition(".")[2], _BOARD in {found.table, *(table for table, _ in cuts_)}
    filtered = view.analyse != FLAT or found.kind == SCORE or found.table == _BOARD
    points = "deux nombres ne se montrent pas l’un contre l’autre : chaque point est un site, et se reconnaît"
    left = "cette analyse ne se filtre pas : la différence avec l’ensemble dirait ce qui est masqué"
    #: Whether it holds, what is said of it, and what to choose rather than the other tier.
    rules: list[tuple[object, str, str]] = [
        (view.analyse == SHEET, "une fiche montrerait les réponses de quelques personnes", ""),
        (view.analyse == NUMBERS, points, f"{flat} de chacun"),
        ("territoire" in kept, "rien ne se montre par territoire", "retirez ce filtre"),
        (kept and filtered, left, "retirez le filtre"),
        (len(kept) > 1, "un seul filtre à la fois : deux isoleraient quelques personnes", "retirez-en un"),
        (view.analyse == CROSSED and board, f"le carnet de bord ne se croise pas : {own}", flat),
    ]
    for table, column in cuts_:
        pair = " » et « ".join(sorted({column, answer}))
        rules += [
            (table == _BOARD, f"le carnet de bord ne filtre rien : {own}", "changez de filtre"),
            ({column, answer} in FORBIDDEN, f"« {pair} » ne se croisent pas", "changez l’un des deux"),
        ]
    for holds, says, instead in rules:
        if holds and view.diffusion != INTERNAL:
            yield (
                f"En diffusion « {view.diffusion} », {says}. Choisissez la diffusion « {INTERNAL} »"
                f"{', ou ' * bool(instead)}{instead}."
            )


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
