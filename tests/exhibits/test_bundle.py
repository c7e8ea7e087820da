"""What an exhibit gives to a notebook: the contract, valid HTML, and nothing that it does not show."""

from __future__ import annotations

import base64
import dataclasses
import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from exhibits.paper_wave import draft, figure, papers, table

from atc.exhibits.declare import exhibit
from atc.exhibits.model import MIME, Exhibit
from atc.exhibits.table import Column

TESTS = Path(__file__).resolve().parents[1]
VOID = {"br", "img", "hr", "meta", "link", "input", "path", "use"}


class Page(HTMLParser):
    """Elements, texts and ids of a fragment; fails on an element closed in the wrong order."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(fragment)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag: str, class_: str = "") -> list[dict[str, str | None]]:
        return [a for t, a in self.elements if t == tag and (not class_ or a.get("class") == class_)]

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


def bundle(shown: Exhibit) -> dict[str, object]:
    return shown._repr_mimebundle_(include=None, exclude=None)


def told(shown: Exhibit) -> dict[str, object]:
    return bundle(shown)[MIME]


def test_a_figure_gives_exactly_what_the_contract_says(sure_wave):
    shown = bundle(figure(sure_wave))
    assert set(shown) == {"text/plain", "text/html", "application/vnd.atc.exhibits+json"}
    assert shown["text/plain"] == "<Exhibit F09-01>"
    words = {"id", "title", "subtitle", "reading", "source", "status", "mention", "uses", "labels"}
    assert set(shown[MIME]) == words | {"files", "let_out"}
    assert set(shown[MIME]["files"]) == {"svg", "png", "csv"}
    assert set(told(table(sure_wave))["files"]) == {"csv"}


def test_the_bundle_travels_as_json_and_holds_the_files_themselves(sure_wave):
    shown = json.loads(json.dumps(told(figure(sure_wave))))
    assert shown["status"] == "observé"
    assert shown["files"]["csv"] == "site,etp,statut\na,0.4,observé\nb,,observé\nc,1.5,observé\n"
    assert base64.b64decode(shown["files"]["png"], validate=True).startswith(b"\x89PNG")
    assert ET.fromstring(shown["files"]["svg"]).attrib["role"] == "img"


@pytest.mark.parametrize("make", [figure, table])
def test_no_id_is_used_twice_on_the_page_and_the_narrow_figure_is_hidden(make, sure_wave):
    page = Page(bundle(make(sure_wave))["text/html"])
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    if make is figure:
        assert page.elements[0] == ("figure", {"class": "exhibit", "id": "F09-01", "data-status": "observé"})
        assert "hidden" not in page.all("div", "chart chart-wide")[0]
        assert "hidden" in page.all("div", "chart chart-narrow")[0]


def test_the_table_behind_a_figure_is_folded_and_that_of_a_table_is_not(sure_wave):
    behind, shown = (Page(bundle(make(sure_wave))["text/html"]) for make in (figure, table))
    assert len(behind.all("details")) == 1
    assert "Données de la figure F09-01" in behind.text
    assert shown.all("details") == []
    for page in (behind, shown):
        (scroll,) = page.all("div", "table-scroll")
        assert (scroll["tabindex"], scroll["role"]) == ("0", "region")
        assert scroll["aria-label"]
        assert len(page.all("table")) == len(page.all("caption")) == 1


def test_cells_of_the_table_have_their_headings(sure_wave):
    page = Page(bundle(table(sure_wave))["text/html"])
    assert [a.get("scope") for a in page.all("th")] == ["col", "col", "row", "row", "row"]
    assert len(page.all("td")) == 3
    assert "TerritoireETP a0,4 b– c1,5" in page.text


def test_what_the_exhibit_does_not_declare_is_nowhere_in_it(doubtful_wave):
    @exhibit("F09-03", uses=["carnet.*"])
    def hiding(vague, release):
        return draft(papers(release, vague.table("carnet")), shown=(Column("site", "Territoire"),))

    whole = json.dumps(bundle(hiding(doubtful_wave)), ensure_ascii=False)
    assert "appui" not in whole
    assert "0,4" not in whole


def test_hostile_titles_and_cells_are_shown_and_not_obeyed(sure_wave):
    attack = "<img src=x onerror=alert(1)></caption>\"><script>alert('é')</script>&"

    @exhibit("T09-03", uses=["carnet.site"])
    def attacked(vague, release):
        frame = papers(release, pd.DataFrame({"site": [attack], "etp": [1.0]}))
        return dataclasses.replace(
            draft(
                frame, title=attack, shown=(Column("site", attack), Column("etp", "ETP", 1)), is_figure=False
            ),
            subtitle=attack,
            reading=attack,
            note=attack,
        )

    shown = attacked(sure_wave)
    page = Page(bundle(shown)["text/html"])
    assert page.all("script") == page.all("img") == []
    assert page.text.count("<script>alert(") == 6
    assert told(shown)["title"] == shown.title


def test_hostile_titles_stay_text_inside_the_charts(sure_wave):
    attack = '</title></desc></svg><script>alert(1)</script><svg onload="alert(2)">'

    @exhibit("F09-03", uses=["carnet.site", "carnet.etp"])
    def attacked(vague, release):
        shown = draft(papers(release, vague.table("carnet")), title=attack)
        return dataclasses.replace(shown, alt=attack)

    shown = bundle(attacked(sure_wave))
    page = Page(shown["text/html"])
    assert page.all("script") == []
    assert len(page.all("svg")) == 2
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert ET.fromstring(shown[MIME]["files"]["svg"])[0].text == attacked(sure_wave).title


@pytest.mark.parametrize("make", [figure, table])
def test_the_mention_is_there_while_a_column_is_in_doubt(make, doubtful_wave):
    shown = bundle(make(doubtful_wave))
    assert "illustration" in Page(shown["text/html"]).text
    assert shown[MIME]["status"] == "simulé"
    assert shown[MIME]["title"].startswith("Exemple – ")
    assert shown[MIME]["files"]["csv"].splitlines()[1].endswith(",illustration")
    if make is figure:
        assert "illustration" in shown[MIME]["files"]["svg"]


@pytest.mark.parametrize("make", [figure, table])
def test_the_mention_goes_by_itself_once_every_column_is_observed(make, sure_wave):
    whole = json.dumps(bundle(make(sure_wave)), ensure_ascii=False).casefold()
    for word in ("simulé", "reconstitué", "illustr", "exemple"):
        assert word.casefold() not in whole
    assert bundle(make(sure_wave))[MIME]["status"] == "observé"
