from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.rendering.fragments import anchor_headings, contents, inner, parse, prefix_anchors, slugify


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("Qui siège dans l’instance ?", "qui-siege-dans-l-instance"),
        ("Cœur de ville", "coeur-de-ville"),
        ("« Où ? »", "ou"),
        ("…", "section"),
        ("2020", "2020"),
    ],
)
def test_anchors_are_plain_words(text: str, anchor: str) -> None:
    assert slugify(text) == anchor


@given(st.lists(st.text(alphabet="ab é-12?", max_size=6), max_size=8))
def test_anchors_are_unique(titles: list[str]) -> None:
    root = parse("".join(f"<h2>{title}</h2>" for title in titles))
    anchor_headings(root)
    anchors = [heading.get("id") for heading in root.iter("h2")]
    assert len(set(anchors)) == len(anchors)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]*", anchor) for anchor in anchors)


def test_contents_leave_exhibits_out() -> None:
    root = parse("<h2>A <em>b</em></h2><figure><h3>non</h3></figure><h3>C</h3><h4>non</h4>")
    anchor_headings(root)
    assert contents(root) == [(2, "a-b", "A b"), (3, "c", "C")]


def test_links_follow_their_prefixed_headings() -> None:
    root = parse("<h2 id='a'>A</h2><p><a href='#a'>a</a> <a href='#F02-01'>f</a></p>")
    prefix_anchors(root, "02")
    assert inner(root) == ('<h2 id="02-a">A</h2><p><a href="#02-a">a</a> <a href="#F02-01">f</a></p>')
