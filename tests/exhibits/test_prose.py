from __future__ import annotations

import json
from dataclasses import replace

import pytest
from exhibits.paper_wave import draft, figure, papers
from IPython.core.formatters import DisplayFormatter

from atc.exhibits.declare import exhibit
from atc.exhibits.model import PROSE_MIME, Prose, messages, prose
from atc.exhibits.table import Column
from atc.survey.typography import NARROW as THIN
from atc.survey.typography import NBSP

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


def test_each_message_is_what_its_exhibit_says_and_as_sure(doubtful_wave):
    (said,) = messages(doubtful_wave, [figure]).paragraphs
    assert said == f"{figure(doubtful_wave).title}."
    assert said.startswith("Exemple – ")


def test_a_message_may_say_more_than_a_title(sure_wave):
    @exhibit("F09-04", uses=["carnet.site"])
    def told(vague, release):
        shown = draft(papers(release, vague.table("carnet")), shown=(Column("site", "Territoire"),))
        return shown.worded(message="Trois sites : c'est peu.")

    assert messages(sure_wave, [told]).paragraphs == (f"Trois sites{NBSP}: c’est peu.",)


# --- what sentences let out, for the gate


@pytest.fixture
def counted(sure_wave):
    """Messages of two exhibits, told to readers of another circle."""

    def counting(id_, value, what):
        @exhibit(id_, uses=["carnet.site"])
        def shown(vague, release):
            frame = papers(release, vague.table("carnet"))
            found = draft(frame, shown=(Column("site", "Territoire"),), title="Des lieux", is_figure=False)
            return found.worded(message=f"{release.count(value, what)} lieux.", reading="", alt="", note="")

        return shown

    told = [counting("T09-01", 7, "carnet.salle"), counting("T09-02", 3, "carnet.local")]
    return messages(replace(sure_wave, diffusion="financeurs"), told)


def test_sentences_say_to_the_gate_what_they_let_out(counted):
    told = counted._repr_mimebundle_()[PROSE_MIME]["let_out"]
    assert counted.paragraphs == ("Sept lieux.", "moins de 5 lieux.")
    ranges = {
        key.partition("/")[2]: bounds for each in told.values() for key, bounds in each["ranges"].items()
    }
    assert ranges == {"carnet.salle": [7, 7], "carnet.local": [1, 4]}
    assert [key.partition("/")[2] for key in told["T09-02"]["masked"]] == ["carnet.local"]


def test_what_sentences_let_out_is_on_no_page(counted):
    data, _ = DisplayFormatter().format(counted)
    assert set(data) == {"text/html", "text/plain", PROSE_MIME}
    assert "carnet.salle" not in data["text/html"] + data["text/plain"]
    assert json.dumps(data, sort_keys=True)
