"""The committed rows, counted with pandas alone: each figure of the report by its id, and what else holds."""

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from atc.survey.datapackage import STATUSES, read_package
from atc.survey.dictionary import load_dictionary
from atc.survey.paths import find_project

WAVE = Path(__file__).resolve().parents[2] / "data/raw/2020-automne"
SHARED = {"hombourg_haut", "roubaix", "strasbourg", "tourcoing"}
LEVELS = ["faible", "moyen", "fort"]
#: M13, role by role, as the report's table gives it.
MET = {
    "avignon": "animateur delegue_prefet direction_porteur intercommunalite intercommunalite ville",
    "grenoble": "animateur delegue_prefet direction_porteur equipe_porteur habitant intercommunalite ville",
    "les_mureaux": "equipe_porteur",
    "marseille": "animateur delegue_prefet direction_porteur intercommunalite",
    "roubaix": "animateur association delegue_prefet ville",
    "saint_gilles": (
        "animateur association delegue_prefet departement direction_porteur intercommunalite ville"
    ),
}


@pytest.fixture(scope="module")
def wave() -> SimpleNamespace:
    """Each table as text."""
    return SimpleNamespace(
        **{
            path.stem: pd.read_csv(path, dtype=str, keep_default_na=False)
            for path in WAVE.glob("*.csv")
            if path.stem != "codebook"
        }
    )


@pytest.fixture(scope="module")
def described():
    return json.loads((WAVE / "datapackage.json").read_text(encoding="utf-8"))["resources"]


def test_sites_and_fieldwork(wave):
    sites, met = wave.territoires, wave.entretiens
    assert sites.territoire.nunique() == len(sites) == 15  # M01
    assert set(sites[sites.recueil == "monographie"].territoire) == set(MET)  # M08
    called = met[met.recueil == "telephone"]
    assert set(called.territoire) == set(sites[sites.recueil == "telephone"].territoire)
    assert list(called.fonction) == ["animateur"] * 9  # M09
    monographs = met[met.recueil == "monographie"]
    asked = monographs[monographs.nature == "entretien"]
    assert len(asked) == 29  # M10
    assert {
        site: " ".join(sorted(rows.fonction)) for site, rows in asked.groupby("territoire")
    } == MET  # M11, M13
    watched = met[met.nature == "observation"]
    assert watched[["territoire", "fonction"]].values.tolist() == [["marseille", "instance"]]  # M12


def test_recipients_and_respondents(wave):
    flash = wave.questionnaire_flash
    answered = flash[flash.repondu == "oui"]
    assert flash.repondant.nunique() == len(flash) == 30  # M02
    assert flash.role.value_counts().to_dict() == {"dp": 14, "ville": 9, "intercommunalite": 7}  # M03
    assert flash.territoire.nunique() == 14  # M04
    assert (len(answered), answered.territoire.nunique()) == (17, 10)  # M05, M06
    assert f"{len(answered) / len(flash):.0%}" == "57%"  # M07
    assert not flash.duplicated(["role", "territoire"]).any()
    assert (flash[flash.repondu == "non"].loc[:, "posture":] == "").all(axis=None)


def test_stances_and_obstacles(wave):
    answered = wave.questionnaire_flash[wave.questionnaire_flash.repondu == "oui"]
    shares = pd.crosstab(answered.role, answered.posture, normalize="index")
    dp, authorities = shares.loc["dp"], shares.drop("dp")
    assert authorities.soutien.max() < 0.5 < dp.soutien < 1  # J03
    assert authorities.observateur.min() > dp.observateur
    ticks = (answered.filter(like="frein_") == "oui").sum()
    assert 8 < ticks.drop("frein_objet_flou").min() > ticks.frein_objet_flou > 0  # J05
    # A DP supports where the backing of the site is strong, and there only.
    backing = wave.positionnements.set_index("territoire").portage.isin(["binome", "triumvirat"])
    dps = answered[answered.role == "dp"]
    assert list(dps.posture == "soutien") == list(dps.territoire.map(backing))


def test_posts(wave):
    carnets = wave.carnet_de_bord
    assert set(wave.territoires.territoire) - set(carnets.territoire) == {"les_mureaux"}
    etp = carnets.etp.astype(float)
    assert (etp.min(), etp.max()) == (0.4, 1.5)
    assert abs(etp.mean() - 0.8) < 0.05  # F01, strictly: no rule of rounding matters
    assert carnets.configuration.value_counts().to_dict() == {
        "seul": 7,
        "seul_avec_appui": 3,
        "partage": 4,
    }  # F02, F03
    assert set(carnets[carnets.configuration == "partage"].territoire) == SHARED  # F04
    alone = carnets.configuration == "seul"
    assert etp[alone].max() <= 1 > etp[alone & (carnets.temps_plein == "non")].max()
    assert set(carnets.profil) == {"animation_mediation", "master_recent", "doctorat", "autre"}  # P01
    assert (carnets.issu_du_quartier == "oui").sum() == 2  # P02
    assert (carnets.contrat == "cdd").mean() > 2 / 3  # P03
    assert set(carnets.temps_plein) == {"oui", "non"}
    answered = carnets[carnets.soutien_actuel != ""]
    start, now = (answered[column].map(LEVELS.index) for column in ("soutien_demarrage", "soutien_actuel"))
    assert (now <= start).all()  # P04
    assert (now < start).sum() >= 3
    assert (now == 2).sum() < (start == 2).sum() > 7
    assert len(set(now)) > 1


def test_starts_and_meetings(wave):
    carnets = wave.carnet_de_bord
    start = pd.to_datetime(carnets.debut_contrat)
    quarters = start.dt.to_period("Q").astype(str).value_counts()
    assert (quarters["2019Q4"], quarters["2020Q1"]) == (6, 4)  # F05, F06
    assert start.between("2019-09-01", "2020-08-31").all()
    meetings, january = carnets.reunions_pilotage.astype(int), carnets.reunions_janvier_2020.astype(int)
    assert (meetings.min(), meetings.max()) == (0, 8)
    assert abs(meetings.mean() - 3) < 0.5  # F07
    assert sorted(january)[-4:] == [0, 2, 2, 2]  # F08
    # At most one a month until September; two by the end of January take a start in autumn.
    assert (meetings <= (2020 - start.dt.year) * 12 + 9 - start.dt.month).all()
    assert (january <= meetings).all()
    assert (start[january > 0] < "2019-12-01").all()
    assert (start[meetings == 0] >= "2020-03-01").all()


def test_steering_bodies_and_themes(wave):
    carnets = wave.carnet_de_bord
    ticked = carnets.filter(regex="^(instance|theme)_") == "oui"
    assert (carnets.instances == "unique").mean() > 2 / 3  # F09
    assert ticked.instance_institutionnels.all()  # F10
    assert 7 < ticked.instance_associations.sum() < 14  # F10, F11
    assert 2 <= ticked.instance_participation.sum() <= 4  # F12
    assert (ticked.instance_associations | ~ticked.instance_participation).all()
    themes = ticked.filter(like="theme_")
    assert themes.shape[1] == 6
    assert themes.any(axis=0).all()  # F13
    assert themes.any(axis=1).all()


def test_models(wave):
    rows = wave.positionnements
    assert list(rows.territoire) == list(wave.territoires.territoire)
    models = rows.modele_principal.value_counts()
    assert set(models.index) == {
        "participation",
        "inter_institutionnel",
        "coordination",
        "dynamisation",
    }  # O01
    assert models.min() >= 2
    between = rows[rows.modele_secondaire != "SO"]
    assert len(between) == 4
    assert (between.modele_principal != between.modele_secondaire).all()
    assert set(rows.portage) == {"binome", "triumvirat", "faible_assume", "faible_subi"}  # O02
    assert rows.organisation.value_counts().to_dict() == {
        "majoritaire": 11,
        "minoritaire": 3,
        "atypique": 1,
    }  # O03
    assert set(rows[rows.organisation != "majoritaire"].territoire) == SHARED
    factors = rows.filter(like="facteur_") == "oui"
    assert factors.any(axis=0).all()  # O04
    assert factors.any(axis=1).all()


def test_first_effects(wave):
    rows = wave.effets
    counted = rows[rows.appui_conseil_citoyen == "non"].groupby("type").territoire.nunique().to_dict()
    assert counted == {
        "theme_commun": 1,
        "participation": 1,
        "nouveaux_projets": 2,
        "inter_associatif": 1,
        "inter_institutionnel": 1,
    }  # E01, E02
    assert rows[rows.associations != "SO"][["type", "associations"]].values.tolist() == [
        ["inter_associatif", "6"]
    ]
    assert (rows.appui_conseil_citoyen == "oui").sum() == 3
    assert not rows.duplicated(["type", "territoire"]).any()
    # Examples stand where the carnets allow.
    carnets = wave.carnet_de_bord.set_index("territoire")
    assert set(rows.territoire) <= set(carnets.index)
    for kind, theme in (
        ("theme_commun", "femmes_espace_public"),
        ("inter_associatif", "solidarite_alimentaire"),
    ):
        assert (carnets.loc[rows[rows.type == kind].territoire, f"theme_{theme}"] == "oui").all()


def test_legitimacy(wave):
    found = dict(zip(wave.legitimites.reseau, wave.legitimites.legitimite, strict=True))
    assert found == {"fcsf": "acquise", "cnlrq": "a_conquerir", "bbz": "thematique"}  # J04


def test_scores(wave):
    rows = wave.scores
    flash = wave.questionnaire_flash[wave.questionnaire_flash.repondu == "oui"]
    people = {"institutionnels": set(flash.repondant), "animateurs": set(wave.carnet_de_bord.repondant)}
    for _, judged in rows.groupby("periode"):  # J02
        assert {group: set(judges) for group, judges in judged.groupby("groupe").repondant} == people
    assert not rows.duplicated(["repondant", "periode", "item"]).any()
    assert len(rows) == 31 * 6 * 2
    given = pd.to_numeric(rows.score, errors="coerce")
    assert given.dropna().between(1, 10).all()
    assert given.isna().groupby(rows.periode).sum().to_dict() == {"avant": 5, "actuelle": 5}


def test_quotations_name_nobody(wave):
    said = wave.verbatims
    text = said.idee + " " + said.texte
    names = set(wave.territoires.commune) | set(wave.territoires.quartier) - {"NC"}
    assert not text.str.contains(r"\d").any()
    assert not [name for name in names if text.str.contains(name, case=False, regex=False).any()]
    assert set(said.nature) == {"paraphrase"}
    assert said.relu_pour.value_counts().to_dict() == {"public": 7, "SO": 2, "financeurs": 1}
    others = {*wave.carnet_de_bord.repondant, *wave.questionnaire_flash.repondant}
    assert not others & set(said.locuteur)


def test_missing_answers_stand_under_no_printed_figure(wave):
    carnets = wave.carnet_de_bord.isin(["", "NSP", "NC", "SO"]).sum()
    assert carnets[carnets > 0].to_dict() == {"contrat": 1, "issu_du_quartier": 1, "soutien_actuel": 1}
    answered = wave.questionnaire_flash[wave.questionnaire_flash.repondu == "oui"]
    flash = answered.isin(["", "NSP", "NC", "SO"]).sum()
    assert flash[flash > 0].to_dict() == {"frein_objet_flou": 2}


def test_the_description_is_that_of_the_files(described):
    statuses = {resource["name"]: resource["statuts"] for resource in described}
    for table in load_dictionary(find_project(WAVE)):
        content = (WAVE / f"{table.name}.csv").read_bytes()
        resource = next(each for each in described if each["name"] == table.name)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
        assert content.splitlines()[0].decode() == ",".join(table.fields)
        assert list(statuses[table.name]) == list(table.fields)
    # Nothing here was observed.
    assert {status for each in statuses.values() for status in each.values()} == set(STATUSES) - {"observé"}


def test_a_split_that_was_never_printed_is_simulated(described):
    package = read_package(WAVE, "data/raw/2020-automne")
    assert package.worst(["questionnaire_flash.role"]) == "reconstitué"
    assert package.worst(["questionnaire_flash.role", "questionnaire_flash.repondu"]) == "simulé"
    for resource in described:
        for caution in resource["reserves"]:
            assert set(caution["colonnes"]) <= set(resource["statuts"])
