from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.rendering.fragments import inner, parse, set_in_french
from atc.survey.typography import NARROW, NBSP


def _set(markup: str) -> str:
    root = parse(markup)
    set_in_french(root)
    return inner(root)


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
    assert _set(before) == after


_words = st.lists(
    st.sampled_from(["mot", "?", " ", "12", "%", "l'", "«", "»", "<", "&", ":", "\n"]), max_size=12
)


@given(st.lists(st.tuples(st.sampled_from(["b", "code", "em", "p"]), _words), max_size=6))
def test_only_spaces_and_apostrophes_change(pieces: list[tuple[str, list[str]]]) -> None:
    markup = "".join(
        f"<{tag}>{''.join(words).replace('&', '&amp;').replace('<', '&lt;')}</{tag}> ;"
        for tag, words in pieces
    )
    once = _set(markup)
    assert [e.tag for e in parse(once).iter()] == [e.tag for e in parse(markup).iter()]
    before, after = ("".join("".join(parse(m).itertext()).split()) for m in (markup, once))
    assert after.replace("’", "'") == before
