"""What somebody asks of the data: which wave, seen by whom, which variable, cut and filtered how."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

FLAT, CROSSED = "tri à plat", "tri croisé"
CHANGE, LENSES = "comparaison de vagues", "regards croisés"
SHEET = "fiche"
#: Analyses, in the words of those who know Sphinx or Modalisa, and what each one answers.
ANALYSES = {
    FLAT: "Combien de réponses pour chaque modalité ?",
    CROSSED: "Et selon un groupe : le réseau, le rôle, le modèle… ?",
    CHANGE: "Combien de territoires montent, restent stables, baissent d’une vague à l’autre ?",
    LENSES: "Où les acteurs institutionnels et les animateur.trices notent-ils différemment ?",
    SHEET: "Que sait-on d’un territoire ? (diffusion interne seulement)",
}


@dataclass(frozen=True)
class View:
    """One question.

    Attributes:
        vagues: Ids of one wave, or of two in the order of time.
        diffusion: Tier.
        analyse: One of `ANALYSES`.
        variable: ``table.colonne``, ``table.groupe_de_cases`` or ``scores.item=code``.
        groupe: What a « tri croisé » cuts by, as ``table.colonne``; empty for none.
        filtres: Name of a filter (`atc.desk.choices.FILTERS`) -> code kept.
    """

    vagues: tuple[str, ...]
    diffusion: str
    analyse: str = FLAT
    variable: str = ""
    groupe: str = ""
    filtres: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The table that holds the variable."""
        return self.variable.partition(".")[0]

    @property
    def latest(self) -> str:
        """The wave that is asked, or the latter of two."""
        return self.vagues[-1]

    @property
    def id(self) -> str:
        """``X31-0742``: the same for the same question, and no other's in a notebook of one's own."""
        digest = int(hashlib.sha256(self.code().encode()).hexdigest(), 16)
        return f"X{digest % 100:02d}-{digest // 100 % 10000:04d}"

    def code(self) -> str:
        """The two lines of Python that ask the same question."""
        opened = f"donnees = atc.open_wave({_quoted(self.latest)}, {_quoted(self.diffusion)})"
        return f"{opened}\n{self.call('donnees')}"

    def call(self, donnees: str) -> str:
        """The same question, to a wave that is open already.

        Args:
            donnees: Python that gives the wave.
        """
        asked = [_quoted(self.variable)] if self.variable else []
        asked.append(f"analyse={_quoted(self.analyse)}")
        if self.groupe:
            asked.append(f"groupe={_quoted(self.groupe)}")
        if len(self.vagues) > 1:
            asked.append(f"depuis={_quoted(self.vagues[0])}")
        asked += [f"{name}={_quoted(code)}" for name, code in self.filtres.items() if code]
        return f"atc.explorer({donnees}, {', '.join(asked)})"


def _quoted(text: str) -> str:
    # As the notebooks of the project write it; a backslash or a quotation mark has no place in a code.
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
