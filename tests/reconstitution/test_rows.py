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
EFFECTS = ("theme_commun", "participation", "nouveaux_projets", "inter_associatif", "inter_institutionnel")
MODELS = {"participation", "inter_institutionnel", "coordination", "dynamisation"}


@pytest.fixture(scope="module")
def wave() -> SimpleNamespace:
    """Each table as text."""
    paths = (path for path in WAVE.glob("*.csv") if path.stem != "codebook")
    return SimpleNamespace(**{p.stem: pd.read_csv(p, dtype=str, keep_default_na=False) for p in paths})


def counts(column: pd.Series) -> dict[str, int]:
    return column.value_counts().to_dict()


def by_site(rows: pd.DataFrame) -> dict[str, str]:
    return {site: " ".join(sorted(met.fonction)) for site, met in rows.groupby("territoire")}


def few_missing(rows: pd.DataFrame) -> dict[str, int]:
    found = rows.isin(["", "NSP", "NC", "SO"]).sum()
    return found[found > 0].to_dict()


def test_sites_and_who_was_met_or_answered(wave):
    sites, met, flash = wave.territoires, wave.entretiens, wave.questionnaire_flash
    assert sites.territoire.nunique() == len(sites) == 15  # M01
    assert set(sites[sites.recueil == "monographie"].territoire) == set(MET)  # M08
    called = met[met.recueil == "telephone"]
    assert set(called.territoire) == set(sites[sites.recueil == "telephone"].territoire)
    assert list(called.fonction) == ["animateur"] * 9  # M09
    asked = met[(met.recueil == "monographie") & (met.nature == "entretien")]
    assert len(asked) == 29  # M10
    assert by_site(asked) == MET  # M11, M13
    assert by_site(met[met.nature == "observation"]) == {"marseille": "instance"}  # M12
    answered = flash[flash.repondu == "oui"]
    assert flash.repondant.nunique() == len(flash) == 30  # M02
    assert counts(flash.role) == {"dp": 14, "ville": 9, "intercommunalite": 7}  # M03
    assert flash.territoire.nunique() == 14  # M04
    assert (len(answered), answered.territoire.nunique()) == (17, 10)  # M05, M06, M07
    assert not flash.duplicated(["role", "territoire"]).any()
    assert (flash[flash.repondu == "non"].loc[:, "posture":] == "").all(axis=None)
    assert few_missing(answered) == {"frein_objet_flou": 2}


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
    assert few_missing(carnets) == {"contrat": 1, "issu_du_quartier": 1, "soutien_actuel": 1}
    etp = carnets.etp.astype(float)
    assert (etp.min(), etp.max()) == (0.4, 1.5)
    assert abs(etp.mean() - 0.8) < 0.05  # F01, strictly: no rule of rounding matters
    assert counts(carnets.configuration) == {"seul": 7, "seul_avec_appui": 3, "partage": 4}  # F02, F03
    assert set(carnets[carnets.configuration == "partage"].territoire) == SHARED  # F04
    alone = carnets.configuration == "seul"
    assert etp[alone].max() <= 1 > etp[alone & (carnets.temps_plein == "non")].max()
    assert set(carnets.profil) == {"animation_mediation", "master_recent", "doctorat", "autre"}  # P01
    assert (carnets.issu_du_quartier == "oui").sum() == 2  # P02
    assert (carnets.contrat == "cdd").mean() > 2 / 3  # P03
    answered = carnets[carnets.soutien_actuel != ""]
    start, now = (answered[column].map(LEVELS.index) for column in ("soutien_demarrage", "soutien_actuel"))
    assert (now <= start).all()  # P04
    assert (now < start).sum() >= 3
    assert (now == 2).sum() < (start == 2).sum() > 7


def test_starts_meetings_bodies_and_themes(wave):
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
    ticked = carnets.filter(regex="^(instance|theme)_") == "oui"
    assert (carnets.instances == "unique").mean() > 2 / 3  # F09
    assert ticked.instance_institutionnels.all()  # F10
    assert 7 < ticked.instance_associations.sum() < 14  # F10, F11
    assert 2 <= ticked.instance_participation.sum() <= 4  # F12
    themes = ticked.filter(like="theme_")
    assert themes.shape[1] == 6
    assert all(themes.any(axis=axis).all() for axis in (0, 1))  # F13


def test_models_effects_and_legitimacy(wave):
    rows, effects = wave.positionnements, wave.effets
    assert list(rows.territoire) == list(wave.territoires.territoire)
    models = counts(rows.modele_principal)
    assert set(models) == MODELS  # O01
    assert min(models.values()) >= 2
    between = rows[rows.modele_secondaire != "SO"]
    assert len(between) == 4
    assert (between.modele_principal != between.modele_secondaire).all()
    assert set(rows.portage) == {"binome", "triumvirat", "faible_assume", "faible_subi"}  # O02
    assert counts(rows.organisation) == {"majoritaire": 11, "minoritaire": 3, "atypique": 1}  # O03
    assert set(rows[rows.organisation != "majoritaire"].territoire) == SHARED
    factors = rows.filter(like="facteur_") == "oui"
    assert all(factors.any(axis=axis).all() for axis in (0, 1))  # O04
    sites = effects[effects.appui_conseil_citoyen == "non"].groupby("type").territoire.nunique()
    assert sites.to_dict() == dict.fromkeys(EFFECTS, 1) | {"nouveaux_projets": 2}  # E01, E02
    assert list(effects[effects.associations != "SO"].type) == ["inter_associatif"]
    assert set(effects.associations) == {"SO", "6"}
    assert (effects.appui_conseil_citoyen == "oui").sum() == 3
    assert not effects.duplicated(["type", "territoire"]).any()
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
    assert counts(said.relu_pour) == {"public": 7, "SO": 2, "financeurs": 1}
    others = {*wave.carnet_de_bord.repondant, *wave.questionnaire_flash.repondant}
    assert not others & set(said.locuteur)


def test_the_description_is_that_of_the_files_and_claims_no_observation():
    resources = json.loads((WAVE / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    described = {resource["name"]: resource for resource in resources}
    for table in load_dictionary(find_project(WAVE)):
        content, resource = (WAVE / f"{table.name}.csv").read_bytes(), described[table.name]
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert content.splitlines()[0].decode() == ",".join(table.fields)
        assert list(resource["statuts"]) == list(table.fields)
        for caution in resource["reserves"]:
            assert set(caution["colonnes"]) <= set(resource["statuts"])
    assert {s for each in resources for s in each["statuts"].values()} == set(STATUSES) - {"observé"}
    package = read_package(WAVE, "data/raw/2020-automne")
    assert package.worst(["questionnaire_flash.role"]) == "reconstitué"
    # Who answered in each role was never printed.
    assert package.worst(["questionnaire_flash.role", "questionnaire_flash.repondu"]) == "simulé"
