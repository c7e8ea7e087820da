"""The words of evaluators: found or refused, and never more than the exhibit shows."""

import pytest
from clone import VAGUE, copy_project

from atc import chapters, notices, open_wave
from atc.exhibits.published import LEFT_OUT, NOT_SHOWN, REWORDED, controls, verdicts
from atc.exhibits.wordings import own_words, read_wordings, rows_of
from atc.run.manifest import Reads, Snapshot
from atc.survey.errors import DataRefused, DisclosureRefused

FILE = "notebooks/formulations.csv"


@pytest.fixture(scope="module")
def project(tmp_path_factory, validated):
    return copy_project(tmp_path_factory.mktemp("mots") / "projet", validated)


@pytest.fixture
def worded(project, monkeypatch):
    """A wave, once the file says this."""
    monkeypatch.setenv("ATC_ROOT", str(project.root))

    def write(*rows, heading="exhibit,vague,element,texte", encoding="utf-8", tier="financeurs"):
        text = "\n".join((heading, *rows, ""))
        (project.root / FILE).write_text(text, encoding=encoding)
        return open_wave(VAGUE, tier)

    return write


def test_what_an_exhibit_says_is_replaced_in_french_typography_and_drawn(worded):
    wave = worded(
        "F02-02;;titre;Combien de temps ?", "F02-02;;note;Relu!", heading="exhibit;vague;element;texte"
    )
    shown = chapters.feuille_de_route.fig_02_02(wave)
    assert (shown.title, shown.note) == ("Combien de temps\N{NARROW NO-BREAK SPACE}?", "Relu\u202f!")
    assert "Combien de temps" in shown._repr_mimebundle_()["text/html"]
    assert "7 sur" in shown.alt


def test_the_words_of_one_wave_go_before_those_of_all_and_statements_are_worded_too(worded, project):
    rows = (f"F02-02,{VAGUE},titre,Celle-ci", "F02-02,,titre,Toutes", "F03-03,2021-automne,titre,Autre")
    wave = worded(*rows, "T01-06,,lecture,Autrement.")
    for exhibit, title in (("F02-02", {"title": "Celle-ci"}), ("F03-03", {})):
        assert own_words(project, VAGUE, exhibit) == title
    assert notices.enonces(wave, "T01-06").reading == "Autrement."


@pytest.mark.parametrize("text", ["De 0,4 à 1,7 ETP", "Sur 12 sites", "0,45 équivalent", "F02-02 : 1 362"])
def test_no_number_but_its_own_years_and_ids(text, worded):
    with pytest.raises(DataRefused, match=r"formulations\.csv:2:texte : F02-02 ne montre pas ce nombre"):
        chapters.feuille_de_route.fig_02_02(worded(f'F02-02,,titre,"{text}"'))
    own = "De 0,4 à 1.5 ETP en 2020 (voir F02-03)"
    assert chapters.feuille_de_route.fig_02_02(worded(f'F02-02,,titre,"{own}"')).title.startswith("De 0,4")


def test_no_small_count_leaves_in_words(worded):
    row = "F03-03,,titre,Deux agents réservés"
    with pytest.raises(DisclosureRefused, match="Écrivez « moins de 5 »"):
        chapters.jeux_d_acteurs.fig_03_03(worded(row))
    assert (
        chapters.jeux_d_acteurs.fig_03_03(worded(row, tier="interne")).title
        == "Exemple – Deux agents réservés"
    )


def test_every_fault_is_told_at_once(worded, project):
    worded("F99-01,,titre,a", "F02-02,2019,Titre,", "F02-02,,note,a", "F02-02,,note,b")
    with pytest.raises(DataRefused) as refused:
        read_wordings(project)
    assert [(f.line, f.column) for f in refused.value.faults] == [
        *((2, "exhibit"), (3, "element"), (3, "texte"), (3, "vague"), (5, "element"))
    ]
    worded("F02-02,,titre,été", encoding="cp1252")
    with pytest.raises(DataRefused, match="CSV UTF-8"):
        read_wordings(project)


def test_a_chapter_rests_on_the_rows_of_its_own_exhibits(worded, project):
    said = (f"F02-02 {VAGUE}",)

    def key():
        return Snapshot(project, [FILE]).slice(Reads((FILE,), {FILE: said}))[FILE]

    worded()
    empty = key()
    worded("F03-03,,titre,Autre", "F02-02,2021-automne,titre,Autre")
    assert key() == empty
    worded("F02-02,,titre,Celle-ci")
    assert key() != empty
    (project.root / FILE).unlink()
    assert key() == empty
    assert rows_of(b"exhibit;vague\nF02-02;", "F02-02", VAGUE) == [["F02-02", ""]]


def test_what_the_evaluators_leave_out_or_reword_is_told_and_is_no_loss(worded, project):
    text = project.settings_file.read_text(encoding="utf-8")
    try:
        project.settings_file.write_text(text.replace('  "03_jeux_d_acteurs",\n', ""), encoding="utf-8")
        wave = worded("F02-02,,titre,Combien de temps ?")
        told = {each.id: each for each in verdicts(wave)}
        assert (told["A22"].verdict, told["A22"].place) == (NOT_SHOWN, REWORDED)
        assert told["A23"].verdict == "montré"
        left = {each.id for each in told.values() if each.place == LEFT_OUT}
        assert len(left) > 20
        assert not [each for each in told.values() if each.verdict == "manque"]
        verdicts_of = {each.verdict for each in controls(wave)}
        assert verdicts_of == {"égal", NOT_SHOWN}
        assert all(each.calcule == LEFT_OUT for each in controls(wave) if each.verdict == NOT_SHOWN)
        # Its own notebook still holds them against the data, and the tables of the report leave them out.
        assert {each.verdict for each in controls(wave, "03_jeux_d_acteurs")} == {"égal"}
        assert len(chapters.synthese.tab_07_01(wave).table.rows) == sum(
            each.verdict == "égal" for each in controls(wave)
        )
    finally:
        project.settings_file.write_text(text, encoding="utf-8")
