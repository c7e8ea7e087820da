"""The sheet of one territory: for the evaluation team only, since each row of it is a few known persons."""

from atc.chapters.fiche.acces import ouverture
from atc.chapters.fiche.changement import changement
from atc.chapters.fiche.notes import notes
from atc.chapters.fiche.reponses import carnet, entretiens, modeles_et_effets

__all__ = ["carnet", "changement", "entretiens", "modeles_et_effets", "notes", "ouverture"]
