"""From a path on the command line to bytes: an export of a known kind, kept outside the repository."""

from __future__ import annotations

from pathlib import Path

from atc.survey.errors import refusal, shown
from atc.survey.paths import Project
from atc.survey.read_csv import read_bytes

TEXT = ".csv"
WORKBOOK = ".xlsx"
STRUCTURE = ".lss"
EXTENSIONS = (TEXT, WORKBOOK, STRUCTURE)


def open_export(path: Path, project: Project) -> bytes:
    """The bytes of one export."""
    file = shown(path.name)
    if path.suffix.lower() not in EXTENSIONS:
        remedy = "Exportez en .csv ou en .xlsx (ou .lss pour la structure d’un questionnaire LimeSurvey)"
        raise refusal(file, "Ce n’est pas un type de fichier admis", remedy, value=path.suffix)
    if not path.is_symlink() and not path.exists():
        raise refusal(file, "Fichier absent", "Vérifiez le chemin donné à la commande")
    if path.resolve().is_relative_to(project.root.resolve()):
        remedy = "Déplacez-le hors du projet : un export nomme des personnes, et le projet se partage"
        raise refusal(file, "L’export est dans le dossier du projet", remedy)
    content = read_bytes(path, file)
    if not content.strip():
        raise refusal(file, "Fichier vide", "Refaites l’export")
    return content
