"""What frictionless finds, and what it would let through, told once a cell and at the right line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from frictionless import errors
from frictionless.checks import baseline
from survey.validation.small_wave import FOLDER, TABLES, SmallWave

from atc.survey.dictionary import load_dictionary
from atc.survey.errors import Fault
from atc.survey.validation.catalogue import Cell, broken_constraint, wrong_type
from atc.survey.validation.content import content_faults
from atc.survey.validation.reading import read_table
from atc.survey.validation.schema import TYPES


def carnet_faults(wave: SmallWave, old: str, new: str) -> list[Fault]:
    """Faults of the content of one table, alone."""
    assert old in TABLES["carnet_de_bord"]
    changed = TABLES["carnet_de_bord"].replace(old, new, 1).encode()
    table = load_dictionary(wave.project).table("carnet_de_bord")
    text, faults = read_table(changed, "f.csv", table)
    assert text is not None
    assert faults == []
    return content_faults({"carnet_de_bord": text}, [])


def test_faults_stand_at_the_line_of_the_file_not_at_the_row(wave: SmallWave) -> None:
    lines = TABLES["scores"].splitlines()
    text = "\n".join([lines[0], "", ",,,,,", *lines[1:]]).replace("cooperation,10", "cooperation,11")
    wave.write("scores", text.encode())
    assert [(fault.line, fault.column) for fault in wave.faults()] == [(2, ""), (6, "score")]


def test_more_than_a_thousand_faults_are_all_told(wave: SmallWave) -> None:
    rows = "".join(f"R-{i:06d},institutionnels,saint_gilles,avant,cooperation,99\n" for i in range(2, 1502))
    wave.write("scores", (TABLES["scores"].splitlines()[0] + "\n" + rows).encode())
    found = [fault for fault in wave.faults() if fault.column == "score"]
    assert len(found) == 1500
    assert {fault.message for fault in found} == {"Valeur trop grande"}


def test_a_cell_has_one_fault_of_content(wave: SmallWave) -> None:
    # Malformed, and unknown in territoires: the first says it.
    wave.replace("scores", "grenoble", "Grenoble")
    assert [(f.column, f.message) for f in wave.faults()] == [("territoire", "Code mal formé")]


def test_a_key_without_any_value_is_told_column_by_column(wave: SmallWave) -> None:
    wave.replace("scores", "A-000002,animateurs,grenoble,avant,cooperation", ",animateurs,grenoble,,")
    assert [(f.line, f.column, f.message[:9]) for f in wave.faults()] == [
        (6, "item", "Il manque"),
        (6, "periode", "Il manque"),
        (6, "repondant", "Il manque"),
    ]


def test_a_wrong_key_in_one_file_is_not_blamed_on_the_others(wave: SmallWave) -> None:
    wave.replace("territoires", "grenoble,Grenoble", "Grenoble,Grenoble")
    assert {fault.file for fault in wave.faults()} == {f"{FOLDER}/territoires.csv"}
    wave.replace("territoires", "Grenoble,Grenoble", "grenoble,Grenoble")
    wave.replace("questionnaire_flash", "R-000003", "R-3")
    assert {fault.file for fault in wave.faults()} == {f"{FOLDER}/questionnaire_flash.csv"}


def test_a_table_with_a_torn_line_is_no_reference_for_others(wave: SmallWave) -> None:
    wave.replace("territoires", "grenoble,Grenoble", "grenoble,Grenoble,")
    assert [fault.file for fault in wave.faults()] == [f"{FOLDER}/territoires.csv"]


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ("3", True),
        ("0", True),
        ("60", True),
        ("-1", False),
        ("+3", False),
        ("03", False),
        ("3.0", False),
        ("1e1", False),
        ("1_0", False),
        ("\u0663", False),
        ("³", False),
        ("99999999999999999999", False),
        ("inf", False),
        ("NA", False),
        ("NSP", True),
    ],
)
def test_whole_numbers_have_one_spelling(written: str, accepted: bool, wave: SmallWave) -> None:
    assert (carnet_faults(wave, "plusieurs,0,0", f"plusieurs,{written},0") == []) is accepted


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ("0.5", True),
        ("1", True),
        ("1.25", True),
        (".5", False),
        ("1.", False),
        ("5e-1", False),
        ("1_0.5", False),
        ("NaN", False),
        ("Infinity", False),
        ("-0.5", False),
        ("0x1", False),
        ("1/2", False),
    ],
)
def test_numbers_have_one_spelling(written: str, accepted: bool, wave: SmallWave) -> None:
    assert (carnet_faults(wave, "non,0.5,partage", f"non,{written},partage") == []) is accepted


@pytest.mark.parametrize(
    "written", ["2020-3-2", "20200302", "2020-03-02T00:00:00", "02/03/20", "0000-00-00", "\u0662020-03-02"]
)
def test_dates_have_one_spelling(written: str, wave: SmallWave) -> None:
    faults = carnet_faults(wave, "2020-03-02", written)
    assert [fault.column for fault in faults] == ["debut_contrat"]


def test_every_error_of_a_row_that_frictionless_knows_is_answered() -> None:
    # When a new release adds one, it must be given a sentence.
    about_rows = {e.type for e in baseline.Errors if issubclass(e, errors.RowError)}
    assert about_rows == {
        "blank-row",
        "primary-key",
        "foreign-key",
        "extra-cell",
        "missing-cell",
        "type-error",
        "constraint-error",
        "unique-error",
    }


def cell(wave: SmallWave, column: str) -> Cell:
    dictionary = load_dictionary(wave.project)
    field = dictionary.field(column)
    return Cell("x", field, dictionary.table(field.table).missing, "")


def test_every_constraint_of_the_dictionary_has_its_sentence(wave: SmallWave) -> None:
    general, _ = broken_constraint("nouvelle", cell(wave, "territoires.commune"))
    for table in load_dictionary(wave.project):
        for field in table.fields.values():
            for name in {*field.constraints, *({"enum"} if field.categories else ())} - {"unique"}:
                message, remedy = broken_constraint(name, cell(wave, f"{table.name}.{field.name}"))
                assert message != general
                assert remedy


def test_every_type_has_its_sentence(wave: SmallWave) -> None:
    columns = {field.type: field for t in load_dictionary(wave.project) for field in t.fields.values()}
    assert set(columns) == set(TYPES)
    sentences = {wrong_type(cell(wave, f"{f.table}.{f.name}"))[0] for f in columns.values()}
    assert len(sentences) == len(TYPES)


@pytest.mark.parametrize(
    ("column", "constraints", "name", "remedy"),
    [
        ("etp", {"minimum": 0.25}, "minimum", "La valeur doit être d’au moins 0,25"),
        ("etp", {"maximum": 1500}, "maximum", "La valeur doit être d’au plus 1\u202f500"),
        (
            "debut_contrat",
            {"minimum": "2020-01-01"},
            "minimum",
            "La date ne doit pas précéder le 1ᵉʳ janvier 2020",
        ),
        (
            "debut_contrat",
            {"maximum": "2020-12-31"},
            "maximum",
            "La date ne doit pas dépasser le 31 décembre 2020",
        ),
        ("repondant", {"minLength": 3}, "minLength", "Il en faut au moins 3"),
        ("repondant", {"maxLength": 3}, "maxLength", "Ramenez-le à 3 caractères au plus"),
    ],
)
def test_a_bound_is_told_in_french(
    column: str, constraints: dict, name: str, remedy: str, wave: SmallWave
) -> None:
    bounded = cell(wave, f"carnet_de_bord.{column}")
    bounded = replace(bounded, field=replace(bounded.field, constraints=constraints))
    assert broken_constraint(name, bounded)[1].replace("\xa0", " ") == remedy
