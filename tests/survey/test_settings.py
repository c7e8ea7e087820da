"""report.toml is read once, checked, and blamed in French."""

from pathlib import Path

import pytest

from atc.survey.errors import UsageError
from atc.survey.paths import Project
from atc.survey.settings import load_settings

REAL = (Path(__file__).resolve().parents[2] / "report.toml").read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "report.toml").write_text(REAL, encoding="utf-8")
    return Project(tmp_path)


def edit(project: Project, old: str, new: str) -> None:
    assert old in REAL
    project.settings_file.write_text(REAL.replace(old, new, 1), encoding="utf-8")


def test_the_floors_of_the_offices_and_of_public_acts_are_allowed(project: Project) -> None:
    for floor, site_floor in ((3, 1), (5, 3), (10, 5), (11, 5)):
        text = REAL.replace("plancher_sites = 3", f"plancher_sites = {site_floor}")
        text = text.replace("plancher_personnes = 5", f"plancher_personnes = {floor}")
        project.settings_file.write_text(text, encoding="utf-8")
        small = load_settings(project).small_numbers
        assert (small.floor, small.site_floor) == (floor, site_floor)


def test_an_unknown_wave_or_tier_is_refused_with_the_known_ones(project: Project) -> None:
    settings = load_settings(project)
    with pytest.raises(UsageError, match=r"« 2031-automne » est inconnue\. .* 2020-automne"):
        settings.wave("2031-automne")
    for tier in ("defaut", "Public", "", "../public"):
        for ask in (settings.tier, settings.tiers_from):
            with pytest.raises(UsageError, match="interne, financeurs, public"):
                ask(tier)


#: What calls of `behaviour` don't hold.
WRONG = [
    ("auteurs = ", "auteurs ", r":6 : Il manque le signe ="),
    ('évaluation"', "évaluation", r":6 : Un texte n’est pas fermé"),
    ('"01_methode",', '"01_methode"', "Une liste n’est pas fermée"),
    ("contacts = []", "contacts = []\ncontacts = []", r":15 : Cette entrée est déjà plus haut"),
    ("[vagues.2020-automne]", "[rapport]\n[vagues.2020-automne]", "Cette rubrique est déjà plus haut"),
    ("contacts = []", "<<<<<<< HEAD\ncontacts = []\n=======\n>>>>>>> b", r":14 : Une fusion(.|\n)*:17 : Une"),
    ('titre = "Animation territoriale citoyenne"', "titre = 3", r":4:titre : Ce n’est pas un texte"),
    ('"Équipe d’évaluation"\n#', '""\n#', r":6:auteurs : Texte vide"),
    ("contacts = []", 'contacts = "x"', r":14:contacts : Ce n’est pas une liste"),
    ("publie = true", 'publie = "oui"', r":40:publie : Ce n’est ni oui, ni non"),
    ('precedente = "2020', 'precedente = "2019', r":51:precedente : Vague inconnue"),
    ('public = "Tout public"', "", "Il manque « public »"),
    ("moyenne = 10", "moyenne = -1", r":71:moyenne : Nombre trop petit.*1 ou plus"),
    ("delai_cellule = 120", "delai_cellule = 1.5", r":76:delai_cellule : Ce n’est pas un nombre entier"),
    ("[vagues.2020", "[vagues]\nx = 3\n[vagues.2020", r":29:x : Ce n’est pas une rubrique"),
    ('"02_feuille_de_route"', '"01_methode"', r":18:chapitres : Ce carnet est déjà dans le rapport"),
    ('"08_evolution"', '"01_methode"', "chapitres_evolution : Ce carnet est déjà"),
    ('"02_feuille_de_route"', '"perso/mien"', r":18:chapitres : Ce n’est pas le nom d’un carnet"),
    (
        "publie = false",
        'publie = false\nannexes = ["mien"]',
        r"annexes : Ce n’est pas le nom.*perso/mon_carnet",
    ),
    *[
        ("plancher_personnes = 5", f"plancher_personnes = {n}", r":63:plancher_personnes : .*3, 5, 10 ou 11")
        for n in (4, 0, "true", '"5"')
    ],
    ("plancher_sites = 3", "plancher_sites = 2", "plancher_sites : .*1, 3 ou 5"),
]


@pytest.mark.parametrize(("old", "new", "message"), WRONG, ids=[new[:30] for _, new, _ in WRONG])
def test_a_wrong_file_is_refused_in_french_at_its_line(
    old: str, new: str, message: str, project: Project
) -> None:
    edit(project, old, new)
    with pytest.raises(UsageError, match=message):
        load_settings(project)


def test_all_faults_are_told_at_once(project: Project) -> None:
    text = REAL.replace("titre = ", "titr = ", 1).replace("plancher_personnes = 5", "plancher_personnes = 4")
    project.settings_file.write_text(text.replace("moyenne = 10", "moyenne = 0"), encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_settings(project)
    lines = [line.split(" : ")[0] for line in str(refused.value).splitlines()]
    assert lines == [f"report.toml:{n}" for n in ("3:titre", "4:titr", "63:plancher_personnes", "71:moyenne")]


def test_the_mark_of_windows_is_accepted_and_no_other_encoding(project: Project) -> None:
    project.settings_file.write_bytes(REAL.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load_settings(project).authors == "Équipe d’évaluation"
    for encoding, line in (("cp1252", 5), ("utf-16", 1)):
        project.settings_file.write_bytes(REAL.encode(encoding, "replace"))
        with pytest.raises(UsageError, match=rf"report\.toml:{line} : Le fichier n’est pas en UTF-8"):
            load_settings(project)


def test_the_report_of_a_wave_ends_with_its_annexes(project: Project) -> None:
    edit(project, "publie = false", 'publie = false\nannexes = ["perso/mien"]')
    settings = load_settings(project)
    assert settings.chapters_of("2021-automne")[-3:] == ("08_evolution", "07_synthese", "annexe-mien")
    assert settings.chapters_of("2020-automne") == settings.chapters
