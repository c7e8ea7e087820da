"""What somebody asks of the data: which wave, seen by whom, which variable, cut and filtered how."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from atc.exhibits.variables import FILTERS
from atc.survey.errors import UsageError, shown

FLAT, CROSSED, NUMBERS = "tri à plat", "tri croisé", "deux nombres"
CHANGE, LENSES = "comparaison de vagues", "regards croisés"
SHEET = "fiche"
#: Analyses, in the words of those who know Sphinx or Modalisa, and what each one answers.
ANALYSES = {
    FLAT: "Combien de réponses pour chaque modalité ?",
    CROSSED: "Et selon un groupe : le réseau, le rôle, le modèle… ?",
    NUMBERS: "Deux nombres vont-ils ensemble ? (diffusion interne seulement)",
    CHANGE: "Combien de territoires montent, restent stables, baissent d’une vague à l’autre ?",
    LENSES: "Où les acteurs institutionnels et les animateur.trices notent-ils différemment ?",
    SHEET: "Que sait-on d’un territoire ? (diffusion interne seulement)",
}
#: Those that take one wave and no more; those that are for the evaluation team alone.
ALONE, TEAM = frozenset({FLAT, CROSSED, NUMBERS}), frozenset({SHEET, NUMBERS})


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
