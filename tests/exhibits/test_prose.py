from __future__ import annotations

import json
from dataclasses import replace

import pytest
from IPython.core.formatters import DisplayFormatter

from atc.exhibits import Prose, listed, messages, prose
from atc.exhibits.prose import MIME
from atc.typography import NARROW as THIN
from atc.typography import NBSP

ATTACK = "<script>alert(1)</script> & <b>gras</b>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;gras&lt;/b&gt;"


@pytest.mark.parametrize("kind", ["prose", "precaution", "messages"])
def test_sentences_are_never_read_as_html(kind):
    shown = Prose((ATTACK, "Suite"), kind)._repr_html_()
    assert ESCAPED in shown
    assert "<script" not in shown
    assert "<b>" not in shown


@pytest.mark.parametrize(
    ("kind", "opening", "item"),
    [
        ("prose", '<div class="prose">', "p"),
        ("precaution", '<aside class="precaution"', "p"),
        ("messages", '<ul class="messages">', "li"),
    ],
)
def test_each_kind_has_its_own_element_and_one_item_per_sentence(kind, opening, item):
    shown = Prose(("Un", "Deux"), kind)._repr_html_()
    assert shown.startswith(opening)
    assert shown.count(f"<{item}>") == shown.count(f"</{item}>") == 2


def test_prose_is_written_the_french_way():
    shown = prose("Combien ? Trop : l'État.", "Fin !")
    assert shown.paragraphs == (f"Combien{THIN}? Trop{NBSP}: l’État.", f"Fin{THIN}!")
    assert repr(shown) == f"Combien{THIN}? Trop{NBSP}: l’État.\nFin{THIN}!"


def test_numbers_of_a_chart_are_listed_to_be_read_aloud():
    assert listed([("Ville", "5 sur 9"), ("État", "7 sur 14")]) == "Ville : 5 sur 9 ; État : 7 sur 14."


def test_each_message_is_marked_with_the_status_of_its_own_columns(doubtful_wave):
    said = messages(
        doubtful_wave,
        [
            ("F09-01", ["carnet.etp"], lambda wave, _: f"Temps : {wave.table('carnet')['etp'].max()}"),
            ("F09-01", ["carnet.configuration"], lambda wave, _: f"{len(wave.table('carnet'))} sites"),
            ("F09-01", ["reponses.posture"], lambda wave, _: f"{len(wave.table('reponses'))} réponses"),
        ],
    )
    assert said.paragraphs == (f"Temps{NBSP}: 1.5", "3 sites", "2 réponses")
    assert said.mentions == ("DONNÉES SIMULÉES", "DONNÉES RECONSTITUÉES", "")
    shown = said._repr_html_()
    assert shown.count('<strong class="mention">') == 2
    assert "<li>2 réponses</li>" in shown


def test_messages_of_an_observed_wave_bear_no_mention(sure_wave):
    said = messages(sure_wave, [("F09-01", ["carnet.etp"], lambda wave, release: "Trois sites")])
    assert said.mentions == ("",)
    assert "mention" not in said._repr_html_()


def test_a_message_cannot_read_what_it_did_not_declare(sure_wave):
    with pytest.raises(KeyError, match="etp"):
        messages(sure_wave, [("F09-01", ["carnet.site"], lambda wave, _: str(wave.table("carnet")["etp"]))])


def test_a_mention_is_missing_for_no_paragraph():
    with pytest.raises(ValueError, match="zip"):
        Prose(("Un", "Deux"), "messages", ("DONNÉES SIMULÉES",))._repr_html_()


# --- what sentences let out, for the gate


@pytest.fixture
def counted(sure_wave):
    """Two messages that rest on one exhibit, told to readers of another circle."""
    outside = replace(sure_wave, diffusion="financeurs")
    return messages(
        outside,
        [
            ("F09-01", ["carnet.site"], lambda _, release: f"{release.count(7, 'carnet.salle')} salles"),
            ("F09-01", ["carnet.site"], lambda _, release: f"{release.count(3, 'carnet.local')} locaux"),
        ],
    )


def test_sentences_say_to_the_gate_what_they_let_out(counted):
    told = counted._repr_mimebundle_()[MIME]["let_out"]
    assert list(told) == ["F09-01"]
    assert {key.partition("/")[2]: bounds for key, bounds in told["F09-01"]["ranges"].items()} == {
        "carnet.salle": [7, 7],
        "carnet.local": [1, 4],
    }
    assert [key.partition("/")[2] for key in told["F09-01"]["masked"]] == ["carnet.local"]


def test_what_sentences_let_out_is_on_no_page(counted):
    data, _ = DisplayFormatter().format(counted)
    assert set(data) == {"text/html", "text/plain", MIME}
    assert "carnet.salle" not in data["text/html"] + data["text/plain"]
    assert json.dumps(data, sort_keys=True)


def test_sentences_without_a_count_tell_the_gate_nothing():
    data, _ = DisplayFormatter().format(prose("Une phrase."))
    assert set(data) == {"text/html", "text/plain"}
