"""What breaks the dictionary, told once a cell and at the right line."""

from dataclasses import replace

import pytest
from behaviour.record import frozen
from survey.validation.small_wave import DEFECTS, FOLDER, HERE, TABLES, SmallWave

from atc.survey.dictionary import Field, load_dictionary
from atc.survey.paths import Project
from atc.survey.validation import Advice, advice

TOLD = frozen("commands/checked.json")
DICTIONARY = load_dictionary(Project(HERE))


def test_more_than_a_thousand_faults_are_all_told(wave: SmallWave) -> None:
    rows = "".join(f"R-{i:06d},institutionnels,saint_gilles,avant,cooperation,99\n" for i in range(2, 1004))
    wave.write("scores", (TABLES["scores"].splitlines()[0] + "\n" + rows).encode())
    found = [fault for fault in wave.faults() if fault.column == "score"]
    assert len(found) == 1002
    assert {fault.message for fault in found} == {"Valeur trop grande"}


def test_a_cell_has_one_fault_of_content(wave: SmallWave) -> None:
    # Malformed, and unknown in territoires: the first says it.
    wave.replace("scores", "grenoble", "Grenoble")
    assert [(f.column, f.message) for f in wave.faults()] == [("territoire", "Code mal formé")]


@pytest.mark.parametrize("empty", ["", "NSP"])
def test_a_key_without_any_value_is_told_column_by_column(empty: str, wave: SmallWave) -> None:
    key = f"{empty},animateurs,grenoble,{empty},{empty}"
    wave.replace("scores", "A-000002,animateurs,grenoble,avant,cooperation", key)
    assert [(f.line, f.column, f.message[:9]) for f in wave.faults()] == [
        (6, "item", "Il manque"),
        (6, "periode", "Il manque"),
        (6, "repondant", "Il manque"),
    ]


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("territoires", "grenoble,Grenoble", "Grenoble,Grenoble"),
        ("questionnaire_flash", "R-000003", "R-3"),
        ("territoires", "grenoble,Grenoble", "grenoble,Grenoble,"),
    ],
)
def test_a_wrong_key_or_a_torn_line_is_not_blamed_on_other_files(
    table: str, old: str, new: str, wave: SmallWave
) -> None:
    wave.replace(table, old, new)
    assert {fault.file for fault in wave.faults()} == {f"{FOLDER}/{table}.csv"}


@pytest.mark.parametrize("name", [defect.name for defect in DEFECTS])
def test_each_defect_is_refused_in_french_sentences_without_code(name: str) -> None:
    # The words themselves are frozen.
    assert TOLD[name]["exit_code"] == 3
    for line in TOLD[name]["errors"]:
        place, _, said = line.partition(" : ")
        assert place.startswith("data/raw/")
        assert said[0].isupper() or said[0].isdigit() or "relève" in said
        assert said.endswith((".", ")"))
        for word in ("constraint", "None", " nan", "True", "dtype", "Error"):
            assert word not in said


def told(field: Field, value: str) -> Advice | None:
    return advice(value, field, DICTIONARY.table(field.table).missing)


ONE_SPELLING = {
    "reunions_pilotage": (
        ["3", "0", "60", "NSP", ""],
        ["-1", "+3", "03", "3.0", "1e1", "1_0", "\u0663", "³", "99999999999999999999", "inf", "NA"],
    ),
    "etp": (
        ["0.5", "1", "1.25"],
        [".5", "1.", "5e-1", "1_0.5", "NaN", "Infinity", "-0.5", "0x1", "1/2"],
    ),
    "debut_contrat": (
        ["2020-03-02"],
        ["2020-3-2", "20200302", "2020-03-02T00:00:00", "02/03/20", "0000-00-00", "\u0662020-03-02"],
    ),
    "temps_plein": (["oui", "non", "SO"], ["Oui", "1", "true", "vrai"]),
}


@pytest.mark.parametrize("column", ONE_SPELLING)
def test_a_value_has_one_spelling(column: str) -> None:
    right, wrong = ONE_SPELLING[column]
    field = DICTIONARY.field(f"carnet_de_bord.{column}")
    accepted = [value for value in right + wrong if told(field, value) is None]
    assert accepted == right


BOUNDS = [
    ("etp", {"minimum": 0.25}, "0.2", "Attendu : nombre, à partir de 0,25"),
    ("etp", {"maximum": 1500}, "1501", "Attendu : nombre, jusqu’à 1\u202f500"),
    ("debut_contrat", {"minimum": "2020-01-01"}, "2019-12-31",
     "Attendu : date, à partir du 2020-01-01"),
    ("debut_contrat", {"maximum": "2020-12-31"}, "2021-01-01",
     "Attendu : date, jusqu’au 2020-12-31"),
    ("repondant", {"minLength": 3}, "x", "Il en faut au moins 3"),
    ("repondant", {"maxLength": 3}, "xxxx", "Ramenez-le à 3 caractères au plus"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "constraints", "value", "remedy"), BOUNDS)
def test_a_bound_is_told_in_french(column: str, constraints: dict, value: str, remedy: str) -> None:
    bounded = replace(DICTIONARY.field(f"carnet_de_bord.{column}"), constraints=constraints)
    found = told(bounded, value)
    assert found is not None
    assert found[1].replace("\xa0", " ") == remedy
