"""The sheet of one territory: for the evaluation team only, since each row of it is a few known persons."""

from atc.exhibits.chapters.fiche.acces import ouverture
from atc.exhibits.chapters.fiche.changement import changement
from atc.exhibits.chapters.fiche.notes import notes
from atc.exhibits.chapters.fiche.reponses import carnet, entretiens, modeles_et_effets

__all__ = ["carnet", "changement", "entretiens", "modeles_et_effets", "notes", "ouverture"]
