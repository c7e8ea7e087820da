import pytest

from atc.cli import main


def call(arguments, project, monkeypatch):
    monkeypatch.setenv("ATC_ROOT", str(project.root))
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return left.value.code


def test_the_command_writes_and_says_where(project, monkeypatch, capsys):
    arguments = ["simulate", "--vague", "essai", "--sites", "2", "--seed", "1"]
    assert call(arguments, project, monkeypatch) == 0
    assert "data/raw/essai : " in capsys.readouterr().out
    assert call(arguments, project, monkeypatch) == 2
    assert "--replace" in capsys.readouterr().err
    assert call([*arguments, "--replace"], project, monkeypatch) == 0


@pytest.mark.parametrize("sites", ["0", "-3", "deux", "1.5"])
def test_a_number_of_sites_that_is_none_is_refused(project, monkeypatch, capsys, sites):
    assert call(["simulate", "--vague", "essai", "--sites", sites, "--seed", "1"], project, monkeypatch) == 2
    assert "nombre entier" in capsys.readouterr().err
    assert not project.raw("essai").exists()
