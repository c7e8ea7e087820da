from __future__ import annotations

import pytest

from atc.rendering.fragments import exhibit_ids, inner, link_exhibits, parse


def _linked(markup: str, *known: str) -> str:
    root = parse(markup)
    link_exhibits(root, lambda id_: f"#{id_}" if id_ in known else "")
    return inner(root)


def _link(id_: str) -> str:
    return f'<a href="#{id_}" class="reference">{id_}</a>'


def test_each_known_mention_becomes_a_link() -> None:
    made = _linked("<p>F02-01, <b>T02-02</b> et F09-09 puis F02-01.</p>", "F02-01", "T02-02")
    assert made == f"<p>{_link('F02-01')}, <b>{_link('T02-02')}</b> et F09-09 puis {_link('F02-01')}.</p>"


@pytest.mark.parametrize(
    "markup",
    [
        "<p><code>F02-01</code></p>",
        '<p><a href="#x">F02-01</a></p>',
        "<h2>F02-01</h2>",
        '<svg aria-label="F02-01"><text>F02-01</text></svg>',
        '<figure id="F02-01"><figcaption><p>Figure F02-01</p> F02-01</figcaption></figure>',
        "<p>XF02-01 F02-011</p>",
        '<p id="F02-01">rien</p>',
    ],
)
def test_what_is_left_alone(markup: str) -> None:
    assert _linked(markup, "F02-01") == markup


def test_text_after_an_exhibit_is_not_inside_it() -> None:
    made = _linked('<figure id="F02-01"></figure>Voir F02-01.', "F02-01")
    assert made == f'<figure id="F02-01"></figure>Voir {_link("F02-01")}.'


def test_ids_of_exhibits() -> None:
    assert exhibit_ids(parse('<figure id="F02-01"></figure><p id="x"></p>')) == {"F02-01"}
