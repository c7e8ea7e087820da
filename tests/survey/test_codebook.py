"""Codebooks: read strictly, held against both wordings, never joining what they do not allow."""

import csv
import io

import pytest

from atc.survey.codebook import COLUMNS, VERDICTS, comparability, joined, read_codebook
from atc.survey.errors import DataRefused

KNOWN = {"carnet.etp", "carnet.contrat", "scores.item=a", "scores.item=b", "scores.item=c"}


def _row(variable="carnet.etp", **changed):
    row = {
        "vague": "2021",
        "variable": variable,
        "libelle": "Temps",
        "question": "Combien ?",
        "options": "nombre",
        "filtre": "",
        "comparabilite": "identique",
        "jointure": "oui",
        "note": "",
    }
    return {**row, **changed}


def _first(*variables, **changed):
    return [_row(v, vague="2020", comparabilite="nouveau", jointure="non", **changed) for v in variables]


def _text(rows, separator=","):
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, delimiter=separator, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def read(content, vague="2021"):
    text = content if isinstance(content, str) else _text(content)
    return read_codebook(text.encode(), f"data/raw/{vague}/codebook.csv", vague, KNOWN)


def compare(before, after):
    return comparability(read(before, "2020"), read(after))


def refused(rows):
    with pytest.raises(DataRefused) as caught:
        read(rows)
    return [str(fault) for fault in caught.value.faults]


def test_commas_and_semicolons_with_or_without_bom():
    for text in (_text([_row()]), "\ufeff" + _text([_row()], ";")):
        entry = read(text).entries["carnet.etp"]
        assert (entry.question, entry.jointure) == ("Combien ?", True)


@pytest.mark.parametrize(
    ("changed", "place", "message"),
    [
        ({"vague": "2020"}, ":2:vague", "Valeur inconnue"),
        ({"libelle": ""}, ":2:libelle", "Cellule vide"),
        ({"comparabilite": ""}, ":2:comparabilite", "Cellule vide"),
        ({"jointure": "peut-être"}, ":2:jointure", "Valeur inconnue"),
        ({"comparabilite": "nouveau"}, ":2:jointure", "ne peut dire « oui »"),
        ({"comparabilite": "disparu"}, ":2:jointure", "ne peut dire « oui »"),
        ({"comparabilite": "rescale", "note": " "}, ":2:note", "bord de la cellule"),
        ({"question": " Combien ?"}, ":2:question", "bord de la cellule"),
    ],
)
def test_each_wrong_cell_is_told_at_its_place(changed, place, message):
    told = [fault for fault in refused([_row(**changed)]) if message in fault]
    assert told
    assert all(f"codebook.csv{place}" in fault for fault in told)


def test_every_fault_is_told_at_once_and_a_wrong_file_says_what_to_do(tmp_path):
    told = refused([_row(libelle=""), _row("carnet.inconnue"), _row(), _row()])
    assert len(told) == 4
    assert any("déjà décrite à la ligne" in fault for fault in told)
    with pytest.raises(DataRefused, match="atc new-wave"):
        read_codebook(tmp_path / "absent.csv", "codebook.csv", "2021", KNOWN)
    with pytest.raises(DataRefused, match="CSV UTF-8"):
        read_codebook("libellé".encode("cp1252"), "codebook.csv", "2021", KNOWN)


def test_each_verdict_and_what_is_joined():
    before = _first("carnet.etp", "carnet.contrat", "scores.item=a", "scores.item=b")
    after = [
        _row(),
        _row("carnet.contrat", comparabilite="rescale", jointure="non", options="cinq", note="Échelle."),
        _row("scores.item=a", comparabilite="reformule", jointure="oui", libelle="Durée", note="Même sens."),
        _row("scores.item=b", comparabilite="disparu", jointure="non"),
        _row("scores.item=c", comparabilite="nouveau", jointure="non"),
    ]
    table = compare(before, after).set_index("variable")
    assert table["comparabilite"].to_list() == ["identique", "rescale", "reformule", "disparu", "nouveau"]
    assert set(table["verdict"]) == set(VERDICTS.values())
    assert table["jointure"].to_list() == [True, False, True, False, False]
    assert table.loc["scores.item=a", ["libelle", "libelle_avant"]].to_list() == ["Durée", "Temps"]
    assert table.loc["scores.item=c", "libelle_avant"] == ""
    assert joined(table.reset_index(), ["scores.item=b", "scores.item=a", "carnet.absente"]) == [
        "scores.item=a"
    ]


EXTRA = ("identique", "oui"), ("reformule", "oui"), ("disparu", "non")
#: Rows of the wave after one that asked carnet.etp, and what denies them.
DENIED = [
    *(
        ([_row(**{cell: "Autre chose"})], "déclarée identique, alors que change")
        for cell in ("libelle", "question", "options", "filtre")
    ),
    ([_row(comparabilite="nouveau", jointure="non", libelle="Autre")], "prenez un autre code"),
    *(
        ([_row(), _row("carnet.contrat", comparabilite=v, jointure=j, note="Rien.")], "n’était pas dans")
        for v, j in EXTRA
    ),
    ([_row("carnet.contrat", comparabilite="nouveau", jointure="non")], "sans ligne dans ce codebook"),
]


@pytest.mark.parametrize(("after", "message"), DENIED)
def test_what_the_wave_before_denies_is_refused(after, message):
    with pytest.raises(DataRefused, match=message):
        compare(_first("carnet.etp"), after)


def test_what_was_gone_already_needs_no_row_and_may_come_back():
    gone = _row("carnet.contrat", vague="2020", comparabilite="disparu", jointure="non")
    before = [*_first("carnet.etp"), gone]
    assert len(compare(before, [_row()])) == 1
    back = _row("carnet.contrat", comparabilite="nouveau", jointure="non")
    assert len(compare(before, [_row(), back])) == 2


def test_of_three_waves_the_first_and_the_last_are_held_through_the_second():
    names = ("carnet.etp", "carnet.contrat", "scores.item=a", "scores.item=b")
    declared = {"comparabilite": "reformule", "libelle": "Durée", "note": "Plus court."}
    second = [
        _row("carnet.etp", vague="2021", **declared),
        _row("carnet.contrat", vague="2021", **declared, jointure="non"),
        *(_row(name, vague="2021") for name in names[2:]),
    ]
    third = [
        *(_row(name, vague="2022", libelle="Durée") for name in names[:2]),
        _row(names[2], vague="2022", **{**declared, "note": "Enfin."}),
        _row(names[3], vague="2022", comparabilite="disparu", jointure="non"),
        _row("scores.item=c", vague="2022", comparabilite="nouveau", jointure="non"),
    ]
    books = (read(_first(*names), "2020"), read(second, "2021"), read(third, "2022"))
    found = comparability(*books).set_index("variable")
    assert found["comparabilite"].to_list() == ["reformule", "reformule", "reformule", "disparu", "nouveau"]
    assert found["jointure"].to_list() == [True, False, True, False, False]
    assert found["libelle_avant"].to_list() == ["Temps"] * 4 + [""]
    assert found["note"].to_list() == ["Plus court.", "Plus court.", "Enfin.", "", ""]
