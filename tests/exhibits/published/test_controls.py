from dataclasses import replace

import pytest

from atc.exhibits.published import (
    DIFFERENT,
    EQUAL,
    NOT_APPLICABLE,
    control,
    controls,
    read_register,
)
from atc.indicators.addresses import Measure
from atc.survey.errors import UsageError


@pytest.fixture(scope="module")
def printed(wave):
    return {each.id: each for each in read_register(wave.project)}


def _broken(printed, error):
    def take(*_):
        raise error

    return replace(printed, address=replace(printed.address, measure=Measure(take)))


def test_two_texts_are_compared(printed, wave):
    result = control(printed["M07"], wave)
    assert (result.imprime, result.calcule, result.verdict) == ("57\N{NO-BREAK SPACE}%",) * 2 + (EQUAL,)
    wrong = control(replace(printed["M07"], attendu="58 %"), wave)
    assert (wrong.calcule, wrong.verdict) == ("57\N{NO-BREAK SPACE}%", DIFFERENT)


def test_spaces_and_apostrophes_of_the_file_are_made_french_before_comparing(printed, wave):
    plain = replace(printed["F13"], attendu=printed["F13"].attendu.replace("’", "'"))
    assert control(plain, wave).verdict == EQUAL


@pytest.mark.parametrize(
    "error", [KeyError("etp"), ZeroDivisionError(), ValueError("a\nb" * 99), TypeError("x")]
)
def test_a_measure_that_fails_is_a_verdict_with_its_reason(printed, wave, error):
    result = control(_broken(printed["M01"], error), wave)
    assert result.verdict == DIFFERENT
    assert result.calcule.startswith(f"non calculé ({type(error).__name__}")
    assert len(result.calcule) < 160
    assert "\n" not in result.calcule


def test_an_error_hides_no_other_row(wave):
    holes = replace(wave, _frames={**wave._frames, "scores": wave.table("scores").drop(columns="score")})
    # The dictionary still names the column: reading this table fails, for whoever needs it.
    verdicts = {each.id: each.verdict for each in controls(holes)}
    assert verdicts["J01-echelle"] == DIFFERENT
    assert {v for id_, v in verdicts.items() if id_[0] in "MFO"} == {EQUAL}


def test_one_chapter(wave, printed):
    kept = [each.id for each in controls(wave, "02_feuille_de_route")]
    assert kept == [each.id for each in printed.values() if each.chapitre == "02_feuille_de_route"] != []
    assert controls(wave, "07_synthese") == ()


def test_an_unknown_chapter_is_refused(wave):
    with pytest.raises(UsageError, match="02_feuille_de_route"):
        controls(wave, "02_feuille_de_rout")


def test_a_wave_that_nobody_published_has_nothing_to_be_held_against(wave):
    later = replace(wave, settings=replace(wave.settings, published=False))
    results = controls(later)
    assert {each.verdict for each in results} == {NOT_APPLICABLE}
    assert {each.calcule for each in results} == {""}
    assert len(results) == len(controls(wave))
