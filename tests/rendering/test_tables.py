from __future__ import annotations

import pytest

from atc.rendering.chapter import set_tables
from atc.rendering.fragments import Element, parse

_SENTENCE = "Une phrase assez longue pour demander de la place."


def _table(rows: list[list[str]], head: str = "") -> Element:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    root = parse(f"<p>a</p><table>{head}<tbody>{body}</tbody></table>après")
    set_tables(root)
    return root


@pytest.mark.parametrize(
    ("rows", "classes"),
    [
        ([["a", "1"]] * 3, {"compact", "short"}),
        ([["a", "1"]] * 23, {"compact"}),
        ([["a"] * 4], {"short"}),
        ([["a"] * 8], {"many", "short"}),
        ([["a", _SENTENCE]], {"short"}),
        ([["a", _SENTENCE * 4]] * 6, set()),
    ],
)
def test_a_table_is_told_by_its_size(rows: list[list[str]], classes: set[str]) -> None:
    table = next(_table(rows).iter("table"))
    assert set(table.get("class", "").split()) == classes


def test_a_frame_keeps_the_order_of_the_page() -> None:
    root = _table([["a", "1"]])
    assert [child.tag for child in root] == ["p", "div"]
    assert root[1].get("class") == "table-scroll"
    assert root[1].get("tabindex") == "0"
    assert root[1].get("aria-label")
    assert root[1].tail == "après"
    assert not next(root.iter("table")).tail


def test_sentences_get_more_room_than_numbers_and_shares_make_a_whole() -> None:
    head = "<caption>c</caption><thead><tr><th>Site</th><th>Lecture</th><th>n</th></tr></thead>"
    table = next(_table([["Aubenas", _SENTENCE, "3"], ["Grigny", _SENTENCE * 2, "12"]], head).iter("table"))
    assert [child.tag for child in table] == ["caption", "colgroup", "thead", "tbody"]
    shares = [float(col.get("style").split(": ")[1].rstrip("%")) for col in table.iter("col")]
    assert shares[1] > shares[0] > shares[2]
    assert sum(shares) == pytest.approx(100, abs=0.2)


def test_merged_cells_are_not_measured() -> None:
    root = parse("<table><tbody><tr><td colspan='2'>a</td></tr><tr><td>b</td><td>c</td></tr></tbody></table>")
    set_tables(root)
    assert next(root.iter("table")).get("class") is None


def test_an_empty_table_is_left_alone() -> None:
    assert next(_table([]).iter("table")).get("class") == "compact short"
