"""What an exhibit gives to a notebook: the contract, valid HTML, and nothing that it does not show."""

import json
import xml.etree.ElementTree as ET

import lxml.html
import pandas as pd
import pytest
from exhibits.paper_wave import draft, figure, papers, table

from atc.exhibits.declare import exhibit
from atc.exhibits.model import MIME, Exhibit
from atc.exhibits.table import Column

BOTH = pytest.mark.parametrize("make", [figure, table])


def bundle(shown: Exhibit) -> dict[str, object]:
    return shown._repr_mimebundle_(include=None, exclude=None)


def page(shown: Exhibit) -> lxml.html.HtmlElement:
    return lxml.html.fragment_fromstring(bundle(shown)["text/html"], create_parent="body")


def test_what_the_exhibit_does_not_declare_is_nowhere_in_it(doubtful_wave):
    @exhibit("F09-03", uses=["carnet.*"])
    def hiding(vague, release):
        return draft(papers(release, vague.table("carnet")), shown=(Column("site", "Territoire"),))

    whole = json.dumps(bundle(hiding(doubtful_wave)), ensure_ascii=False)
    assert "appui" not in whole
    assert "0,4" not in whole


def test_hostile_texts_are_shown_and_not_obeyed_on_the_page_nor_in_the_charts(sure_wave):
    attack = "</title></desc></svg></caption>\"><script>alert('é')</script><img src=x onerror=alert(1)>&"

    @exhibit("F09-03", uses=["carnet.site"])
    def attacked(vague, release):
        frame = papers(release, pd.DataFrame({"site": [attack], "etp": [1.0]}))
        columns = (Column("site", attack), Column("etp", "ETP", 1))
        words = dict.fromkeys(("subtitle", "reading", "note", "alt"), attack)
        return draft(frame, title=attack, shown=columns).worded(**words)

    made = attacked(sure_wave)
    shown = page(made)
    assert shown.xpath("//script | //img | //@onerror") == []
    assert len(shown.xpath("//svg")) == 2
    assert shown.text_content().count("<script>alert(") >= 6
    assert bundle(made)[MIME]["title"] == made.title
    assert ET.fromstring(bundle(made)[MIME]["files"]["svg"])[0].text == made.title


@BOTH
def test_the_mention_is_there_while_a_column_is_in_doubt_and_goes_by_itself(make, doubtful_wave, sure_wave):
    shown = bundle(make(doubtful_wave))
    told = shown[MIME]
    assert "illustration" in shown["text/html"]
    assert told["status"] == "simulé"
    assert told["title"].startswith("Exemple – ")
    assert told["files"]["csv"].splitlines()[1].endswith(",illustration")
    assert "illustration" in told["files"].get("svg", "illustration")
    whole = json.dumps(bundle(make(sure_wave)), ensure_ascii=False).casefold()
    assert not [word for word in ("simulé", "reconstitué", "illustr", "exemple") if word in whole]
