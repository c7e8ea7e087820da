"""What somebody asks of the data, and why a question makes no sense or may not be answered.

What is refused is said before anything is computed, in the words of ``refusals.toml``; the lists of the desk
(`atc.desk.offers`) offer what nothing here is said against.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from atc.disclosure.recorder import INTERNAL
from atc.disclosure.release import FORBIDDEN
from atc.exhibits import variables as asking
from atc.exhibits.selection import year
from atc.exhibits.variables import ALL_ITEMS, BOXES, FILTERS, NUMBER, SCORE, Variable, column_of, labels_of
from atc.survey.dictionary import Dictionary
from atc.survey.errors import UsageError, shown
from atc.survey.paths import read_toml
from atc.survey.waves import Wave

FLAT, CROSSED, NUMBERS = "tri à plat", "tri croisé", "deux nombres"
CHANGE, LENSES, SHEET = "comparaison de vagues", "regards croisés", "fiche"
#: Of which each row is what one animateur says of a post and a site: never cut, never a cut, beyond the team.
_BOARD = "carnet_de_bord"


@dataclass(frozen=True)
class Analysis:
    """What an analysis takes: the same for the lists, the refusals and the answers."""

    waves: tuple[int, ...] = (1,)  # how many
    tables: tuple[str, ...] | None = None  # those that it reads; all by default
    kinds: tuple[str, ...] = ()  # of variables, and of what stands beside them; all by default
    beside: str = ""  # what stands beside the variable
    joins: bool = False  # whether answers may be put together


#: In the words of those who know Sphinx or Modalisa. From one wave to the next, one row is one territory.
ANALYSES = {
    FLAT: Analysis(joins=True),
    CROSSED: Analysis(beside="groupe", joins=True),
    NUMBERS: Analysis(beside="second nombre", kinds=(NUMBER,)),
    CHANGE: Analysis(
        waves=(2,),
        tables=(_BOARD, "positionnements", "scores"),
        kinds=(SCORE, NUMBER, asking.MODALITES, asking.YES_NO, BOXES),
    ),
    LENSES: Analysis(waves=(2, 1), tables=("scores",), kinds=(SCORE,)),
    SHEET: Analysis(waves=(2, 1), tables=()),
}
_NONE = "il n’y en a pas"
_WORDS: dict[str, Any] = read_toml(__file__, "refusals.toml")
# As the notebooks of the project write it; JSON and Python write texts and lists of them alike.
_quoted = partial(json.dumps, ensure_ascii=False)


@dataclass(frozen=True)
class View:
    """One question."""

    vagues: tuple[str, ...]  # id of the wave, after that of the one before if two are compared
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
        opened = f"donnees = atc.open_wave({_quoted(self.vagues[-1])}, {_quoted(self.diffusion)})"
        return f"{opened}\n{self.call('donnees')}"

    def call(self, donnees: str, before: str = "") -> str:
        """The same question, to a wave that is open already; ``before``: Python for the wave before it."""
        others = [f"{name}={code}" for name, code in self.kept.items() if name not in FILTERS]
        two = len(self.vagues) > 1
        words = {
            "analyse": self.analyse,
            "groupe": self.groupe,
            "depuis": self.vagues[0] if two and not before else "",
            **{name: code for name, code in self.kept.items() if name in FILTERS},
            "filtre": others[0] if len(others) == 1 else others,
            "regrouper": {name: list(codes) for name, codes in self.regrouper.items()},
            "titre": self.titre,
        }
        asked = [_quoted(self.variable)] if self.variable else []
        asked += [f"{name}={_quoted(value)}" for name, value in words.items() if value]
        asked += [f"depuis={before}"] if two and before else []
        return f"atc.explorer({donnees}, {', '.join(asked)})"


# --- why it makes no sense, or may not be seen ---


def refused(key: str, **words: object) -> UsageError:
    """What ``refusals.toml`` says, its braces filled in."""
    return UsageError(_WORDS[key].format(**words))


def check(view: View, waves: Sequence[Wave], *, values: bool = True) -> Variable:
    """Refuse what makes no sense, or what the tier does not allow; return the variable of the view.

    A `UsageError` has the first reason, and what to choose instead. ``values``: the codes of the filters are
    checked as well, which reads their columns.
    """
    if view.analyse not in ANALYSES:
        raise refused("inconnue", analyse=shown(view.analyse), choix=", ".join(ANALYSES))
    dictionary, analysis = waves[-1].dictionary, ANALYSES[view.analyse]
    found = asking.variable(dictionary, view.variable or ("" if analysis.tables is None else ALL_ITEMS))
    label = {name: table.label for name, table in dictionary.tables.items()}
    known = {
        "analyse": view.analyse,
        "groupe": shown(view.groupe),
        "variable": found.label,
        "table": label[found.table],
        "tables": ", ".join(f"« {label[name]} »" for name in analysis.tables or ()),
        "quoi": analysis.beside,
    }
    for key, words in chain(_against(view, found, waves), _beside(view, found, waves[-1], values=values)):
        raise refused(key, **known | words)
    for reason in beyond(view, found):
        raise UsageError(reason)
    return found


def cuts(dictionary: Dictionary, table: str, analysis: str) -> dict[str, str]:
    """What may stand beside a variable of a table: a group, or another number; ``table.colonne`` -> label."""
    asked = ANALYSES[analysis]
    return {
        name: label
        for name, label in (asking.groups(dictionary, table) if asked.beside else {}).items()
        if not asked.kinds or asking.group_variable(dictionary, name).kind in asked.kinds
    }


def answers(wave: Wave, found: Variable) -> dict[str, str]:
    """Codes of the answers to a variable, with their labels; none of boxes, and of all sentences at once."""
    if found.kind == BOXES or found.name == ALL_ITEMS:
        return {}
    return labels_of(wave, ALL_ITEMS if found.kind == SCORE else found.name)


#: Why not, by key of ``refusals.toml``, and the words that complete it.
_Reasons = Iterator[tuple[str, dict[str, str]]]


def _against(view: View, found: Variable, waves: Sequence[Wave]) -> _Reasons:
    """What is said against its waves, its variable, and its group or second number."""
    wave, previous, analysis = waves[-1], waves[-1].settings.previous, ANALYSES[view.analyse]
    if len(waves) not in analysis.waves:
        before = f"depuis={previous!r}" if previous else "elle n’en a pas"
        yield "une_seule_vague" if len(waves) > 1 else "deux_vagues", {"annee": year(wave), "avant": before}
    # Codebooks say what changed since the wave before, and since no other.
    if len(waves) > 1 and view.vagues[0] != previous:
        choice = f"Choisissez « {previous} »." if previous else "Rien ne la précède : choisissez-la seule."
        yield "autre_vague", {"vague": wave.id, "autre": shown(view.vagues[0]), "choix": choice}
    kinds, tables = analysis.kinds or (found.kind,), analysis.tables or (found.table,)
    if found.kind not in kinds or found.table not in tables:
        yield view.analyse, {}
    beside = cuts(wave.dictionary, found.table, view.analyse)
    choice = ", ".join(name for name in beside if name != found.name) or _NONE
    if view.groupe and not analysis.beside:
        yield "sans_groupe", {}
    elif view.groupe not in {"", found.name, *beside}:
        yield "groupe_sans_table", {"choix": choice}
    elif analysis.beside and view.groupe in {"", found.name}:
        yield "groupe_demande", {"choix": choice}
    elif view.groupe and found.name == ALL_ITEMS and view.groupe != "scores.groupe":
        yield "toutes_les_phrases", {}
    # A variable that a wave did not ask, in the words of its codebook.
    for each in waves if view.analyse != CHANGE and found.name != ALL_ITEMS and found.kind != BOXES else ():
        entry = each.codebook().entries.get(found.name)
        if entry is not None and entry.comparabilite == "disparu":
            yield "plus_posee", {"annee": year(each), "note": entry.note}


def _beside(view: View, found: Variable, wave: Wave, *, values: bool) -> _Reasons:
    """What is said against its filters, and against the answers that it puts together."""
    offered = asking.filters(wave.dictionary, found.table) if view.kept else {}
    for name, code in sorted(view.kept.items()):
        label = FILTERS[name][0] if name in FILTERS else offered.get(name, shown(name))
        if name not in offered and not (view.analyse == SHEET and name in FILTERS):
            yield "filtre_sans_table", {"filtre": label, "choix": ", ".join(offered) or _NONE}
        elif column_of(name) in {found.name, ALL_ITEMS if found.kind == SCORE else ""}:
            yield "filtre_variable", {}
        elif values and code not in (listed := labels_of(wave, column_of(name))):
            yield "filtre_valeur", {"code": shown(code), "filtre": label, "choix": ", ".join(listed)}
    if view.analyse in {CHANGE, LENSES} and len(view.vagues) > 1 and view.filtres.get("periode") == "avant":
        yield "periode", {}
    if view.analyse == SHEET and not view.filtres.get("territoire"):
        yield "fiche", {}
    if view.regrouper and (
        not ANALYSES[view.analyse].joins or (found.kind == SCORE and view.analyse == FLAT)
    ):
        yield "reunir_ou", {}
    every = [code for codes in view.regrouper.values() for code in set(codes)]
    for label, codes in view.regrouper.items():
        known = [answers(wave, found), labels_of(wave, view.groupe) if view.groupe else {}]
        together = set() if isinstance(codes, str) else set(codes)
        twice = any(every.count(code) > 1 for code in together)
        if not label.strip() or len(together) < 2 or twice or not any(together <= {*some} for some in known):
            choice = " ; ".join(", ".join(some) for some in known if some) or _NONE
            yield "reunir", {"nom": shown(label), "codes": shown(", ".join(codes)), "choix": choice}


def beyond(view: View, found: Variable) -> Iterator[str]:
    """What readers beyond the evaluation team may not see of a view, however large the counts."""
    kept = [name for name in view.kept if name != "periode"]
    cut_by = [cut.partition(".")[::2] for cut in (view.groupe, *map(column_of, kept)) if cut]
    answer, homes = found.name.partition(".")[2], {found.table, *(table for table, _ in cut_by)}
    flat = view.analyse == FLAT and found.kind != SCORE and found.table != _BOARD
    pairs = [" » et « ".join(sorted({c, answer})) for _, c in cut_by if {c, answer} in FORBIDDEN]
    rules = {
        "fiche": view.analyse == SHEET,
        "points": view.analyse == NUMBERS,
        "territoire": "territoire" in kept,
        "filtre": kept and not flat,
        "un_filtre": len(kept) > 1,
        "carnet_croise": view.analyse == CROSSED and _BOARD in homes,
        "carnet_filtre": any(table == _BOARD for table, _ in cut_by),
        "interdit": pairs,
    }
    for key in [key for key, holds in rules.items() if holds and view.diffusion != INTERNAL]:
        says, instead = _WORDS["au_dela"][key]
        says, instead = says.format(paire=next(iter(pairs), "")), f", ou {instead}" * bool(instead)
        yield f"En diffusion « {view.diffusion} », {says}. Choisissez la diffusion « {INTERNAL} »{instead}."
