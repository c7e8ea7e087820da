"""What somebody asks of the data, and why a question makes no sense or may not be answered.

What is refused is said before anything is computed, in the words of ``refusals.toml``; the lists of the desk
(`atc.desk.offers`) offer what nothing here is said against.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from atc.disclosure.recorder import INTERNAL
from atc.disclosure.release import FORBIDDEN
from atc.exhibits.selection import year
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
    labels_of,
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
_WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("refusals.toml").read_text("utf-8"))


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
        """That of the variable."""
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

#: Why not, by key, and the words that complete it.
_Reason = tuple[str, dict[str, str]]


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
    label = wave.dictionary.table(found.table).label
    known = {"analyse": view.analyse, "groupe": view.groupe, "variable": found.label, "table": label}
    asks = (_waves(view, waves), _filters(view, found, wave, values=values), _cutting(view, found, wave))
    for key, words in chain(*asks, _analyse(view, found, wave), _regrouped(view, found, wave)):
        raise UsageError(_WORDS[key].format(**known | words))
    for reason in beyond(view, found):
        raise UsageError(reason)
    # A variable that a wave did not ask, in the words of its codebook.
    for each in waves if view.analyse != CHANGE and found.name != ALL_ITEMS and found.kind != BOXES else ():
        entry = each.codebook().entries.get(found.name)
        if entry is not None and entry.comparabilite == "disparu":
            raise UsageError(_WORDS["plus_posee"].format(**known, annee=year(each), note=entry.note))
    return found


def cuts(dictionary: Dictionary, table: str, analysis: str) -> dict[str, str]:
    """What may stand beside a variable of a table: a group, or another number; ``table.colonne`` -> label."""
    beside = groups(dictionary, table) if ANALYSES[analysis].beside else {}
    return {
        name: label
        for name, label in beside.items()
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


def _waves(view: View, waves: Sequence[Wave]) -> Iterator[_Reason]:
    wave, previous = waves[-1], waves[-1].settings.previous
    if len(waves) > 1:
        if 2 not in ANALYSES[view.analyse].waves:
            yield "une_seule_vague", {}
        # Codebooks say what changed since the wave before, and since no other.
        if view.vagues[0] != previous:
            choice = (
                f"Choisissez « {previous} »." if previous else "Rien ne la précède : choisissez-la seule."
            )
            yield "autre_vague", {"vague": wave.id, "autre": shown(view.vagues[0]), "choix": choice}
    elif 1 not in ANALYSES[view.analyse].waves:
        before = f"depuis={previous!r}" if previous else "elle n’en a pas"
        yield "deux_vagues", {"annee": year(wave), "avant": before}


def _filters(view: View, found: Variable, wave: Wave, *, values: bool) -> Iterator[_Reason]:
    offered = filters(wave.dictionary, view.table or "scores") if view.kept else {}
    for name, code in sorted(view.kept.items()):
        if name not in offered and not (view.analyse == SHEET and name in FILTERS):
            label = FILTERS[name][0] if name in FILTERS else shown(name)
            choice = _listed(offered) or "aucun filtre pour cette table"
            yield "filtre_sans_table", {"filtre": label, "choix": choice}
        elif column_of(name) in {found.name, ALL_ITEMS if found.kind == SCORE else ""}:
            yield "filtre_variable", {}
        elif values and code not in (listed := labels_of(wave, column_of(name))):
            named = filter_label(wave.dictionary, name)
            yield "filtre_valeur", {"code": shown(code), "filtre": named, "choix": ", ".join(listed)}


def _analyse(view: View, found: Variable, wave: Wave) -> Iterator[_Reason]:
    label = {name: table.label for name, table in wave.dictionary.tables.items()}
    if view.analyse == LENSES and found.kind != SCORE:
        yield "regards", {"notes": label["scores"]}
    if view.analyse == CHANGE and found.table not in MATCHED and found.kind != SCORE:
        yield "appariees", {"choix": ", ".join(f"« {label[table]} »" for table in (*MATCHED, "scores"))}
    elif view.analyse == CHANGE and found.kind == DATE:
        yield "date", {}
    if view.analyse in {CHANGE, LENSES} and len(view.vagues) > 1 and view.filtres.get("periode") == "avant":
        yield "periode", {}
    if view.analyse == SHEET and not view.filtres.get("territoire"):
        yield "fiche", {}


def _cutting(view: View, found: Variable, wave: Wave) -> Iterator[_Reason]:
    if not ANALYSES[view.analyse].beside:
        if view.groupe:
            yield "sans_groupe", {}
        return
    offered, what = cuts(wave.dictionary, found.table, view.analyse), ANALYSES[view.analyse].beside
    if view.analyse == NUMBERS and found.kind != NUMBER:
        yield "pas_un_nombre", {}
    others = [label for name, label in offered.items() if name != found.name]
    named = _listed(others) or "aucun pour cette table"
    if not view.groupe:
        yield "groupe_demande", {"quoi": what, "choix": named}
    elif view.groupe not in offered:
        choice = _listed(offered) or "aucun groupe pour cette table"
        yield "groupe_sans_table", {"groupe": shown(view.groupe), "choix": choice}
    elif view.groupe == found.name:
        yield "groupe_variable", {"quoi": what, "choix": named}
    elif found.name == ALL_ITEMS and view.groupe != "scores.groupe":
        yield "toutes_les_phrases", {}


def _regrouped(view: View, found: Variable, wave: Wave) -> Iterator[_Reason]:
    if not view.regrouper:
        return
    if not ANALYSES[view.analyse].joins or (found.kind == SCORE and view.analyse == FLAT):
        yield "reunir_ou", {}
        return
    known = [answers(wave, found), labels_of(wave, view.groupe) if view.groupe else {}]
    seen: set[str] = set()
    for label, codes in view.regrouper.items():
        if not label.strip() or isinstance(codes, str) or len(set(codes)) < 2:
            yield "reunir_deux", {}
        elif not any(set(codes) <= set(some) for some in known):
            offered = " ; ".join(", ".join(some) for some in known if some) or "aucune"
            yield "reunir_ensemble", {"codes": shown(", ".join(codes)), "choix": offered}
        elif seen & set(codes):
            yield "reunir_une_fois", {"code": min(seen & set(codes))}
        seen |= set(codes)


def beyond(view: View, found: Variable) -> Iterator[str]:
    """What readers beyond the evaluation team may not see of a view, however large the counts."""
    kept = [name for name in view.kept if name != "periode"]
    cut_by = [cut.partition(".")[::2] for cut in (view.groupe, *map(column_of, kept)) if cut]
    answer, homes = found.name.partition(".")[2], {found.table, *(table for table, _ in cut_by)}
    flat = view.analyse == FLAT and found.kind != SCORE and found.table != _BOARD
    rules: list[tuple[str, object, str]] = [
        ("fiche", view.analyse == SHEET, ""),
        ("points", view.analyse == NUMBERS, ""),
        ("territoire", "territoire" in kept, ""),
        ("filtre", kept and not flat, ""),
        ("un_filtre", len(kept) > 1, ""),
        ("carnet_croise", view.analyse == CROSSED and _BOARD in homes, ""),
    ]
    for table, column in cut_by:
        pair = " » et « ".join(sorted({column, answer}))
        rules += [("carnet_filtre", table == _BOARD, ""), ("interdit", {column, answer} in FORBIDDEN, pair)]
    for key, holds, pair in rules:
        if holds and view.diffusion != INTERNAL:
            says, instead = _WORDS["au_dela"][key]
            yield (
                f"En diffusion « {view.diffusion} », {says.format(paire=pair)}. "
                f"Choisissez la diffusion « {INTERNAL} »{', ou ' * bool(instead)}{instead}."
            )
