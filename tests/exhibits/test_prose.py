import json
from dataclasses import replace

from exhibits.paper_wave import draft, figure, papers
from IPython.core.formatters import DisplayFormatter

from atc.exhibits.declare import exhibit
from atc.exhibits.model import PROSE_MIME, Prose, messages
from atc.exhibits.table import Column
from atc.survey.typography import NBSP


def test_no_sentence_is_read_as_html():
    for kind, item in {"prose": "p", "precaution": "p", "messages": "li"}.items():
        shown = Prose(("<script>alert(1)</script> & <b>gras</b>", "Suite"), kind)._repr_html_()
        assert shown.count(f"<{item}>") == shown.count(f"</{item}>") == 2
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;gras&lt;/b&gt;" in shown
        assert "<script" not in shown


def saying(id_: str, message: str, count: tuple[int, str] | None = None):
    @exhibit(id_, uses=["carnet.site"])
    def shown(vague, release):
        told = f"{release.count(*count)} {message}" if count else message
        made = draft(
            papers(release, vague.table("carnet")), shown=(Column("site", "Territoire"),), title="Des lieux"
        )
        return made.worded(message=told, reading="", alt="", note="")

    return shown


def test_each_message_is_what_its_exhibit_says_and_as_sure(doubtful_wave, sure_wave):
    (said,) = messages(doubtful_wave, [figure]).paragraphs
    assert said == f"{figure(doubtful_wave).title}."
    assert said.startswith("Exemple – ")
    told = saying("F09-04", "Trois sites : c'est peu.")
    assert messages(sure_wave, [told]).paragraphs == (f"Trois sites{NBSP}: c’est peu.",)


def test_sentences_say_to_the_gate_what_they_let_out_and_to_no_page(sure_wave):
    counts = {"T09-01": (7, "carnet.salle"), "T09-02": (3, "carnet.local")}
    told = [saying(id_, "lieux.", count) for id_, count in counts.items()]
    counted = messages(replace(sure_wave, diffusion="financeurs"), told)
    assert counted.paragraphs == ("Sept lieux.", "moins de 5 lieux.")
    data, _ = DisplayFormatter().format(counted)
    assert set(data) == {"text/html", "text/plain", PROSE_MIME}
    assert "carnet.salle" not in data["text/html"] + data["text/plain"]
    let_out = json.loads(json.dumps(data))[PROSE_MIME]["let_out"]
    found = {key.partition("/")[2]: ends for each in let_out.values() for key, ends in each["ranges"].items()}
    assert found == {"carnet.salle": [7, 7], "carnet.local": [1, 4]}
    assert [key.partition("/")[2] for key in let_out["T09-02"]["masked"]] == ["carnet.local"]
