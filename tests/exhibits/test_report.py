"""Every exhibit: of one wave as the evaluation team sees it, of the other as funders do, in both widths."""

import csv
import io
import re

import pytest
from ink import outside, overlapping
from notebook_craft import EXHIBITS, FUNCTIONS, SETTINGS

from atc import open_wave
from atc.exhibits.charts import NARROW, WIDE
from atc.exhibits.model import Exhibit
from atc.survey.typography import NARROW as THIN
from atc.survey.typography import french
from atc.survey.waves import Wave

SLUG_OF = {id_: slug for slug, ids in EXHIBITS.items() for id_ in ids}
EVERY = pytest.mark.parametrize("id_", FUNCTIONS)
FIGURES = pytest.mark.parametrize("id_", [id_ for id_ in FUNCTIONS if id_[0] == "F"])
SEEN = (
    pytest.param(("2020-automne", "interne"), id="2020-interne"),
    pytest.param(("2021-automne", "financeurs"), id="2021-financeurs"),
)


@pytest.fixture(scope="module", params=SEEN)
def autumn(request) -> dict[str, Wave]:
    """The wave of each chapter; what changed since is only told by the later one."""
    vague, diffusion = request.param
    later, this = open_wave("2021-automne", diffusion), open_wave(vague, diffusion)
    return {slug: later if slug in SETTINGS.evolution_chapters else this for slug in EXHIBITS}


@pytest.fixture(scope="module")
def made(autumn):
    """Make an exhibit, once."""
    kept: dict[str, Exhibit | None] = {}

    def make(id_: str) -> Exhibit:
        if id_ not in kept:
            kept[id_] = FUNCTIONS[id_](autumn[SLUG_OF[id_]])
        if kept[id_] is None:
            pytest.skip("nothing was printed of this wave")
        return kept[id_]

    return make


@FIGURES
def test_every_text_of_every_figure_stays_inside_and_apart(id_, made, autumn):
    shown = made(id_)
    if shown.is_table:
        pytest.skip("a few equal counts are not drawn")
    # Masked, there is less to write.
    for layout in (WIDE, NARROW) if autumn[SLUG_OF[id_]].diffusion == "interne" else (NARROW,):
        figure = shown.figure(layout)
        assert outside(figure) == []
        assert overlapping(figure) == []


@EVERY
def test_every_exhibit_says_what_it_is_worth(id_, made):
    shown = made(id_)
    for text in (shown.title, shown.reading):
        assert len(text) > 15
        assert text == french(text)
        assert text[0] == text[0].upper()
    assert (shown.base.n if isinstance(shown.base.n, int) else shown.base.n.high) > 0
    # The controls of the synthesis are about figures, and each row has its own n; codebooks, calendars and
    # abbreviations ask nobody.
    assert f"n{THIN}=" in shown.source or id_[1:3] == "07" or id_ in {"T08-06", "F01-07", "T01-08"}
    assert bool(shown.mention) == (shown.status in {"simulé", "reconstitué", "publié"})


@FIGURES
def test_a_figure_tells_its_main_numbers_to_those_who_do_not_see_it(id_, made):
    shown = made(id_)
    if shown.is_table:
        pytest.skip("its table is all that it shows")
    assert re.search(r"\d|\b(?:aucun|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|quinze)\b", shown.alt)
    assert shown.alt == french(shown.alt) != shown.title
    assert shown.subtitle or id_ == "F01-07"


@EVERY
def test_the_table_behind_an_exhibit_has_only_the_columns_it_names_in_words(id_, made):
    shown = made(id_)
    header, *rows = csv.reader(io.StringIO(shown.table.csv(), newline=""))
    assert [name for name in header if not name.startswith("statut_")] == [
        c.name for c in shown.table.columns
    ]
    assert bool(shown.masking_note) == shown.table.is_masked
    assert len(rows) == len(shown.table.rows) > 0
    assert len({column.label for column in shown.table.columns}) == len(shown.table.columns)
    for row in shown.table.rows:
        assert row[0], "a row without a name"
        for cell in row:
            assert cell not in {"True", "False", "nan", "NaN", "None", "<NA>", "NaT"}
            assert not re.fullmatch(r"[a-z]+(_[a-z]+)+", cell), cell
