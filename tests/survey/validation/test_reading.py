"""Any text survives a file as it is, or is refused: never altered."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from survey.validation.small_wave import HERE

from atc.survey import read_csv
from atc.survey.dictionary import Table, load_dictionary
from atc.survey.errors import DataRefused, Fault
from atc.survey.paths import Project
from atc.survey.validation import TextTable, read_table

LEGITIMITES = load_dictionary(Project(HERE)).table("legitimites")
ENTRETIENS = load_dictionary(Project(HERE)).table("entretiens")
# Of any text.
FREE = replace(
    LEGITIMITES,
    fields={n: replace(f, constraints={}, categories=(), key=()) for n, f in LEGITIMITES.fields.items()},
)
HEADING = "reseau,legitimite,appui,reste_a_gagner"


def read(text: str | bytes, table: Table = LEGITIMITES) -> tuple[TextTable | None, list[Fault]]:
    """The table, or nothing, and the faults of its lines and headings."""
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    try:
        found = read_table(content, "f.csv", table)
    except DataRefused as refused:
        return None, list(refused.faults)
    return found, found.faults


def written(rows: list[list[str]], **options) -> str:
    stream = io.StringIO()
    csv.writer(stream, **options).writerows(rows)
    return f"{HEADING}{options.get('lineterminator', chr(13) + chr(10))}{stream.getvalue()}"


PLAIN = st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), min_size=1)


@given(
    st.one_of(
        st.lists(st.lists(cell, min_size=4, max_size=4), min_size=1, max_size=5)
        for cell in (st.text(), PLAIN)
    ),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_text_survives_or_is_refused(rows: list[list[str]], quoting: int, end: str) -> None:
    text, faults = read(written(rows, quoting=quoting, lineterminator=end), FREE)
    cells = [cell for row in rows for cell in row]
    plain = all(cell.isascii() and cell.isprintable() and cell == cell.strip() for cell in cells)
    plain &= all("".join(row).strip('",') for row in rows)
    assert not (plain and faults)
    if not faults:
        assert text is not None
        assert text.whole
        assert text.cells.to_numpy().tolist() == [row for row in rows if "".join(row).strip('\t ",')]


@given(st.binary(max_size=100))
def test_no_bytes_under_a_right_heading_break_the_reader(content: bytes) -> None:
    text, faults = read(HEADING.encode() + b"\n" + content)
    assert text is not None or faults
    if text is not None and not faults:
        assert len(text.cells) <= len(content.decode().splitlines())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False], ids=["with a last end", "without"])
def test_all_line_ends_give_the_same_rows(end: str, last: bool) -> None:
    lines = [HEADING, "fcsf,acquise,a,b", "bbz,thematique,c,d"]
    text, faults = read(end.join(lines) + end * last)
    assert faults == []
    assert text is not None
    assert text.cells["appui"].to_dict() == {2: "a", 3: "c"}


def test_the_index_is_the_line_of_the_file_whatever_is_skipped() -> None:
    text, faults = read(f"{HEADING}\n\nfcsf,acquise,a,b\nbbz,x\nbbz,thematique,c,d\n")
    assert [fault.line for fault in faults] == [4]
    assert text is not None
    assert list(text.cells.index) == [3, 5]
    assert not text.whole
    # Empty lines alone, as spreadsheets leave them, leave it whole.
    text, faults = read(f"{HEADING}\n,,,\nfcsf,acquise,a,b\n\n\n")
    assert faults == []
    assert text is not None
    assert text.whole


def test_cells_below_a_misspelt_heading_are_read_all_the_same() -> None:
    text, faults = read("Reseau,legitimite,appui,reste_a_gagner\nfcsf,acquise,a,b\n")
    assert len(faults) == 1
    assert text is not None
    assert text.cells.loc[2, "reseau"] == "fcsf"
    assert not text.whole


def test_a_file_longer_than_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_csv, "MAX_ROWS", 3)
    row = "fcsf,acquise,a,b\n"
    assert read(f"{HEADING}\n{row * 3}")[1] == []
    text, faults = read(f"{HEADING}\n{row * 4}")
    assert text is None
    assert [fault.message for fault in faults] == ["Fichier trop long : 4 lignes"]
