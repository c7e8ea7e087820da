"""report.toml is read once, checked, and blamed in French."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from atc.errors import UsageError
from atc.paths import Project
from atc.settings import load_settings

REAL = (Path(__file__).resolve().parents[1] / "report.toml").read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "report.toml").write_text(REAL, encoding="utf-8")
    return Project(tmp_path)


def edit(project: Project, old: str, new: str) -> None:
    assert old in REAL
    project.settings_file.write_text(REAL.replace(old, new, 1), encoding="utf-8")


def test_the_real_file_says_what_the_report_needs(project: Project) -> None:
    settings = load_settings(project)
    wave = settings.wave("2020-automne")
    assert wave.id == "2020-automne"
    assert wave.date == dt.date(2020, 12, 15)
    assert wave.published
    assert list(settings.tiers) == ["interne", "financeurs", "public"]
    assert settings.default_tier == "financeurs"
    assert settings.tier("financeurs") == "Financeurs et partenaires (ANCT, préfets, réseaux)"
    assert settings.chapters[0] == "01_methode"
    assert settings.small_numbers.floor == 5
    assert settings.small_numbers.counts_only < settings.small_numbers.count_first


@pytest.mark.parametrize("floor", [3, 5, 10, 11])
def test_the_floors_of_the_offices_are_allowed(floor: int, project: Project) -> None:
    edit(project, "plancher_personnes = 5", f"plancher_personnes = {floor}")
    assert load_settings(project).small_numbers.floor == floor


@pytest.mark.parametrize("floor", [1, 3, 5])
def test_the_floors_of_public_acts_are_allowed(floor: int, project: Project) -> None:
    edit(project, "plancher_sites = 3", f"plancher_sites = {floor}")
    assert load_settings(project).small_numbers.site_floor == floor


def test_settings_cannot_be_changed(project: Project) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_settings(project).title = "autre"


def test_an_unknown_wave_is_refused_with_the_known_ones(project: Project) -> None:
    with pytest.raises(UsageError, match=r"« 2031-automne » est inconnue\. .* 2020-automne"):
        load_settings(project).wave("2031-automne")


@pytest.mark.parametrize("tier", ["defaut", "Public", "", "../public"])
def test_an_unknown_tier_is_refused_with_the_known_ones(tier: str, project: Project) -> None:
    with pytest.raises(UsageError, match="interne, financeurs, public"):
        load_settings(project).tier(tier)


def test_what_is_fit_for_a_wider_circle_is_fit_for_a_tighter_one(project: Project) -> None:
    settings = load_settings(project)
    assert settings.tiers_from("interne") == ("interne", "financeurs", "public")
    assert settings.tiers_from("financeurs") == ("financeurs", "public")
    assert settings.tiers_from("public") == ("public",)
    with pytest.raises(UsageError, match="interne, financeurs, public"):
        settings.tiers_from("tous")


def test_a_change_is_seen_at_once(project: Project) -> None:
    assert load_settings(project).title == "Animation territoriale citoyenne"
    edit(project, "Animation territoriale citoyenne", "Autre titre")
    assert load_settings(project).title == "Autre titre"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[rapport]", "[rapport", "report.toml n’est pas lisible"),
        ("titre = ", "titr = ", "Il manque 'titre' dans report.toml"),
        ("[vagues.2020-automne]", "[vague.2020-automne]", "« 2020-automne » est inconnue"),
        ("date = 2020-12-15", 'date = "2020-12-15"', "n’a pas la forme attendue"),
        ("date = 2020-12-15", "date = 15", "n’a pas la forme attendue"),
        ('vague = "2020-automne"', 'vague = "2019"', "« 2019 » est inconnue"),
        ('defaut = "financeurs"', 'defaut = "tous"', "« tous » est inconnue"),
        ("plancher_personnes = 5", "planche = 5", "Il manque 'plancher_personnes'"),
        (
            "plancher_personnes = 5",
            "plancher_personnes = 4",
            r"plancher_personnes = 4 n’est pas admis\. Choisissez 3, 5, 10 ou 11",
        ),
        ("plancher_personnes = 5", "plancher_personnes = 0", "n’est pas admis"),
        ("plancher_personnes = 5", "plancher_personnes = true", "n’est pas admis"),
        ("plancher_personnes = 5", "plancher_personnes = 5.0", "n’est pas admis"),
        ("plancher_personnes = 5", 'plancher_personnes = "5"', "n’est pas admis"),
        (
            "plancher_sites = 3",
            "plancher_sites = 2",
            r"plancher_sites = 2 n’est pas admis\. Choisissez 1, 3 ou 5",
        ),
        ("plancher_sites = 3", "plancher_sites = true", "n’est pas admis"),
        ("[vagues.2020", "[vagues]\nx = 3\n[vagues.2020", "n’a pas la forme attendue"),
    ],
)
def test_a_wrong_file_is_refused_in_french(old: str, new: str, message: str, project: Project) -> None:
    edit(project, old, new)
    with pytest.raises(UsageError, match=message):
        load_settings(project)


def test_a_file_in_another_encoding_is_refused(project: Project) -> None:
    project.settings_file.write_bytes(REAL.encode("cp1252"))
    with pytest.raises(UsageError, match="n’est pas lisible"):
        load_settings(project)
