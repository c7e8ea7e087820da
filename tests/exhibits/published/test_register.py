import csv
import io

import pytest

from atc.exhibits.published import COLUMNS, read_register
from atc.survey.errors import DataRefused
from atc.survey.paths import Project


def _rows(project: Project) -> list[dict[str, str]]:
    with (project.reference / "publie.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(project: Project, rows: list[dict[str, str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (project.reference / "publie.csv").write_text(text.getvalue(), encoding="utf-8")


def _refused(project: Project) -> DataRefused:
    with pytest.raises(DataRefused) as raised:
        read_register(project)
    return raised.value


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("id", "", "Cellule vide"),
        ("id", "m01", "Forme inattendue"),
        ("id", "M01 bis", "Forme inattendue"),
        ("id", "M02", "Identifiant déjà pris"),
        ("chapitre", "01_inconnu", "Valeur inconnue"),
        ("exhibit", "Figure 1", "Forme inattendue"),
        ("section", "", "Cellule vide"),
        ("enonce", "", "Cellule vide"),
        ("attendu", "", "Cellule vide"),
        ("attendu", " 15", "Espaces au bord"),
        ("arrondi", "au_hasard", "Valeur inconnue"),
        ("arrondi", "RULES", "Valeur inconnue"),
        ("statut", "approximatif", "Valeur inconnue"),
        ("mesure", "", "Mesure inconnue"),
        ("mesure", "médiane", "Mesure inconnue"),
        ("colonne", "", "n’est pas dans le dictionnaire"),
        ("colonne", "territoires", "n’est pas dans le dictionnaire"),
        ("colonne", "sites.territoire", "La table « sites » n’est pas dans le dictionnaire"),
        ("colonne", "territoires.comune", "n’est pas dans le dictionnaire"),
        ("colonne", "territoires.recueil.groupe", "n’a pas de « .groupe »"),
        ("colonne", "territoires.commune.x", "n’a pas de « .x »"),
        ("colonne", "carnet_de_bord.themes.groupe", "n’a pas de « .groupe »"),
        ("colonne", "territoires.commune;scores.item", "plusieurs tables"),
        ("valeur", "recueil=monographie", "ne compte pas de valeur"),
        ("filtre", "recueil", "Condition mal écrite"),
        ("filtre", "recueil=", "Condition mal écrite"),
        ("filtre", "=monographie", "Condition mal écrite"),
        ("filtre", "recueil=monographie;", "Condition mal écrite"),
        ("filtre", "inconnu=1", "n’est pas dans le dictionnaire"),
        ("filtre", "recueil=courrier", "« courrier » n’est pas une réponse de « recueil »"),
        ("filtre", "recueil=monographie|courrier", "« courrier » n’est pas une réponse"),
        ("filtre", "carnet_de_bord.temps_plein=True", "« True » n’est pas une réponse"),
        ("filtre", "carnet_de_bord.debut_contrat=2019-T5", "« 2019-T5 » n’est pas une réponse"),
        ("filtre", "carnet_de_bord.reunions_pilotage=0.5", "« 0.5 » n’est pas une réponse"),
        ("filtre", "carnet_de_bord.etp=0,5", "« 0,5 » n’est pas une réponse"),
        ("filtre", "carnet_de_bord.themes=oui", "réunit plusieurs cases"),
        (
            "filtre",
            "legitimites.legitimite=acquise",
            "Aucune clé ne relie « legitimites » et « territoires »",
        ),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(project, column, value, message):
    rows = _rows(project)
    rows[0][column] = value
    _write(project, rows)
    faults = [fault for fault in _refused(project).faults if message in fault.message]
    assert faults, _refused(project)
    place = {(f.file, f.line, f.column) for f in faults}
    line = 3 if value == "M02" else 2
    assert place == {("data/reference/publie.csv", line, column)}
    assert all(fault.remedy for fault in faults)


@pytest.mark.parametrize(
    ("mesure", "colonne"), [("part", "territoires.territoire"), ("taux", "scores.score")]
)
def test_a_share_counts_a_value(project, mesure, colonne):
    rows = _rows(project)
    rows[0] |= {"mesure": mesure, "colonne": colonne}
    _write(project, rows)
    (fault,) = _refused(project).faults
    assert (fault.line, fault.column, fault.message) == (2, "valeur", f"« {mesure} » compte une valeur")


def test_every_fault_is_told_at_once(project):
    rows = _rows(project)
    rows[0]["statut"], rows[4]["attendu"], rows[9]["colonne"] = "vrai", "", "x.y"
    _write(project, rows)
    assert [fault.line for fault in _refused(project).faults] == [2, 6, 11]


def test_a_missing_column_is_refused(project):
    path = project.reference / "publie.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("chapitre", "chapitrex", 1), encoding="utf-8")
    assert _refused(project).faults[0].message == "En-tête inattendu"
