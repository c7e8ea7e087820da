"""The whole wave at once: every fault of every file, or every table."""

import pandas as pd
from survey.validation.small_wave import FOLDER, TABLES, VAGUE, SmallWave

from atc.survey.validation import validate_wave


def test_faults_of_every_stage_and_file_come_together(wave: SmallWave) -> None:
    wave.replace("carnet_de_bord", ",cdd,", ",CDD,")  # content
    wave.replace("carnet_de_bord", ",0,0,", ",1,1,")  # coherence
    wave.replace("effets", "effet,territoire", "Effet,territoire")  # heading
    wave.replace("entretiens", "E-002,grenoble", "E-002,grenoble,")  # line
    wave.replace("territoires", "Gard", "Gard\u200b")  # cell
    wave.write("verbatims", TABLES["verbatims"].encode("utf-16"))  # file
    wave.file("positionnements").unlink()  # folder
    wave.file("contacts.csv").write_text("nom\n")  # folder
    package = wave.package
    package["resources"][0]["statuts"].pop("etp")  # description
    wave.write_package(package)
    assert [(f.file.removeprefix(f"{FOLDER}/"), f.line, f.column) for f in wave.faults()] == [
        ("carnet_de_bord.csv", 2, "contrat"),
        ("carnet_de_bord.csv", 3, "reunions_janvier_2020"),
        ("contacts.csv", 0, ""),
        ("datapackage.json", 0, "carnet_de_bord.etp"),
        ("effets.csv", 1, "effet"),
        ("entretiens.csv", 3, ""),
        ("positionnements.csv", 0, ""),
        ("territoires.csv", 2, "departement"),
        ("verbatims.csv", 1, ""),
    ]


def test_values_are_those_of_the_file_and_only_codes_of_the_dictionary_are_missing(
    wave: SmallWave,
) -> None:
    tables = validate_wave(wave.project, VAGUE)
    first = tables["carnet_de_bord"].iloc[0]
    assert first["debut_contrat"] == pd.Timestamp("2019-10-01")
    assert first["temps_plein"] == True  # noqa: E712
    assert first["etp"] == 1.0
    assert first["reunions_pilotage"] == 4
    assert tables["territoires"].loc[0, "longitude"] == 4.43
    assert tables["verbatims"].loc[1, "texte"] == "Dire « oui », c’est déjà beaucoup."

    assert tables["territoires"]["quartier"].isna().tolist() == [False, True, True]  # NC, empty
    assert tables["carnet_de_bord"]["issu_du_quartier"].isna().tolist() == [True, False]  # NSP
    assert tables["positionnements"]["modele_secondaire"].isna().tolist() == [True, False]  # SO
    assert tables["verbatims"]["relu_par"].tolist()[0] == "NA"  # a text like any other
    assert tables["scores"]["score"].isna().sum() == 1


def test_a_column_without_any_answer_keeps_its_type(wave: SmallWave) -> None:
    wave.replace("carnet_de_bord", "cdd,oui,doctorat,NSP", "NSP,NC,SO,")
    wave.replace("carnet_de_bord", "cdi,non,autre,non", ",,,")
    frame = validate_wave(wave.project, VAGUE)["carnet_de_bord"]
    assert frame["contrat"].cat.categories.tolist() == ["cdd", "cdi", "autre"]
    assert frame["temps_plein"].dtype == "boolean"
    assert frame[["contrat", "temps_plein", "profil", "issu_du_quartier"]].isna().all(axis=None)
