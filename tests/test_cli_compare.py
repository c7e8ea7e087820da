"""`atc compare`: comparability first, then the change by territory; what it refuses is frozen."""

import pytest
from codebook_craft import edit_codebook
from conftest import notebook

from atc.cli import main


@pytest.fixture
def project(make_project):
    return make_project({"01_methode": notebook("Méthode")})


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["compare", *arguments])
    return stop.value.code or 0


@pytest.mark.parametrize("joined", ["oui", "non"])
def test_a_reworded_item_is_listed_and_compared_only_where_it_may_be_joined(project, capsys, joined):
    def reword(row):
        if row["variable"] == "scores.item=cooperation":
            changed = {"comparabilite": "reformule", "jointure": joined, "note": "Autre sens."}
            row.update(libelle="Phrase refaite", **changed)

    edit_codebook(project, reword)
    assert _run("2020-automne", "2021-automne") == 0
    first, second = capsys.readouterr().out.split("\nÉvolution par territoire")
    assert "Phrase refaite" in first
    assert ("Phrase refaite" in second) == (joined == "oui")
    told = first.splitlines()[-1].partition("Rapprochées quoique")[2]
    assert ("scores.item=cooperation" in told) == (joined == "oui")
