"""What is done alike to every fragment: anchors, links, French."""

from collections.abc import Callable

import pytest

from atc.rendering.fragments import (
    Element,
    inner,
    link_exhibits,
    parse,
    set_in_french,
)
from atc.survey.typography import NARROW, NBSP


def _set(change: Callable[[Element], object], markup: str) -> str:
    root = parse(markup)
    change(root)
    return inner(root)


def _linked(markup: str, *known: str) -> str:
    return _set(lambda root: link_exhibits(root, lambda id_: f"#{id_}" if id_ in known else ""), markup)


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


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>Qui ?</p>", f"<p>Qui{NARROW}?</p>"),
        ("<p><b>Qui</b> ?</p>", f"<p><b>Qui</b>{NARROW}?</p>"),
        ("<p><em>Qui ?</em></p>", f"<p><em>Qui{NARROW}?</em></p>"),
        ("<p>Le <code>if a : b ?</code> : oui</p>", f"<p>Le <code>if a : b ?</code>{NBSP}: oui</p>"),
        ("<p>«<i>oui</i>»</p>", f"<p>«{NBSP}<i>oui</i>{NBSP}»</p>"),
        ("<p>l'<em>animation</em> d'ici</p>", "<p>l’<em>animation</em> d’ici</p>"),
        ("<p>A</p>\n<p>? seul</p>", "<p>A</p>\n<p>? seul</p>"),
        ("<ul><li>a ;</li><li>b !</li></ul>", f"<ul><li>a{NARROW};</li><li>b{NARROW}!</li></ul>"),
        ('<p title="a ?">n < 5</p>', '<p title="a ?">n &lt; 5</p>'),
        ("<pre>a ? b</pre>", "<pre>a ? b</pre>"),
        ("<svg><text>a ?</text></svg>", "<svg><text>a ?</text></svg>"),
        ("", ""),
    ],
)
def test_spaces_and_apostrophes(before: str, after: str) -> None:
    assert _set(set_in_french, before) == after
