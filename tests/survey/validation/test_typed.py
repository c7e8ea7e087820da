"""Typed columns follow the dictionary, and no value is lost on the way."""

from __future__ import annotations

import pandas as pd
from survey.validation.small_wave import VAGUE, SmallWave

from atc.survey.dictionary import load_dictionary
from atc.survey.validation import validate_wave


def test_types_are_those_of_the_dictionary(wave: SmallWave) -> None:
    expected = {"boolean": "boolean", "integer": "Int64", "number": "float64", "string": "str"}
    for name, frame in validate_wave(wave.project, VAGUE).items():
        table = load_dictionary(wave.project).table(name)
        assert list(frame) == list(table.fields)
        assert frame.index.tolist() == list(range(len(frame)))
        for field in table.fields.values():
            dtype = frame[field.name].dtype
            if field.categories:
                assert list(dtype.categories) == list(field.labels)
                assert dtype.ordered
            elif field.type == "date":
                assert dtype.kind == "M"
            else:
                assert dtype == expected[field.type]


def test_values_are_those_of_the_file(wave: SmallWave) -> None:
    tables = validate_wave(wave.project, VAGUE)
    first = tables["carnet_de_bord"].iloc[0]
    assert first["debut_contrat"] == pd.Timestamp("2019-10-01")
    assert first["temps_plein"] == True  # noqa: E712
    assert first["etp"] == 1.0
    assert first["reunions_pilotage"] == 4
    assert tables["territoires"].loc[0, "longitude"] == 4.43
    assert tables["verbatims"].loc[1, "texte"] == "Dire « oui », c’est déjà beaucoup."


def test_only_the_missing_codes_of_the_dictionary_are_missing(wave: SmallWave) -> None:
    tables = validate_wave(wave.project, VAGUE)
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
