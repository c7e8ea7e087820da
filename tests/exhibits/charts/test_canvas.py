import pytest
from exhibits.charts.forms import BOTH
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ink import lines, outside, overlapping

from atc.exhibits.charts import Canvas, Layout
from atc.exhibits.charts.canvas import Key, balance, text_width, wrap
from atc.survey.typography import NARROW as THIN
from atc.survey.typography import NBSP, french

SOURCE = (
    f"Source{NBSP}: questionnaire flash aux acteurs institutionnels (juillet 2020){THIN}; carnet de bord "
    f"(de l’été à septembre 2020){THIN}; n{THIN}={THIN}17 acteurs institutionnels ayant répondu."
)
MENTION = "DONNÉES RECONSTITUÉES"

words = st.text(st.sampled_from(f"abÉéœçmWil’-.,{NBSP}{THIN}0123"), min_size=1, max_size=14)
sentences = st.lists(words, min_size=1, max_size=25).map(" ".join)
widths = st.floats(0.3, 7.2)


@settings(deadline=None)
@given(sentences, widths)
@example(f"17{NBSP}sur{NBSP}30 répondants{THIN}!", 0.5)
@example("", 1.0)
@example("un  mot, puis un autre ", 0.4)
def test_lines_break_at_ordinary_spaces_and_are_wider_than_the_page_only_if_a_word_is(text, width):
    cut, even = wrap(text, width, 10.5), balance(text, width, 10.5)
    assert " ".join(cut) == " ".join(even) == french(text)
    assert len(cut) == len(even)
    assert all(text_width(line, 10.5) <= width or " " not in line for line in (*cut, *even))


def drawn(layout: Layout, title="Titre", subtitle="Unité", source="Source.", mention=MENTION, keys=()):
    canvas = Canvas(layout, title, subtitle, source, mention, keys)
    canvas.plot(1.0)
    return canvas.figure


@BOTH
@settings(deadline=None, max_examples=20)
@given(sentences)
@example(SOURCE)
def test_the_mention_never_covers_the_source_and_ends_at_the_right_margin(layout, source):
    figure = drawn(layout, source=source)
    assert not [pair for pair in overlapping(figure) if MENTION in pair]
    (mention,) = (line for line in lines(figure) if line.text == MENTION)
    assert mention.x1 == pytest.approx(layout.width - layout.pad, abs=0.03)


@BOTH
@settings(deadline=None, max_examples=20)
@given(st.lists(sentences, min_size=1, max_size=6))
def test_legend_keys_stay_inside_the_image_and_apart(layout, labels):
    # A single word wider than a telephone cannot be cut: no label of the dictionary holds one.
    labels = [label for label in labels if text_width(max(label.split(" "), key=len), 10.5) < 3]
    figure = drawn(layout, keys=[Key(label, "#0B5C8A") for label in labels])
    assert outside(figure) == []
    assert overlapping(figure) == []
