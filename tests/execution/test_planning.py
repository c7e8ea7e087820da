"""What the files of a run say of each other, and what each kind shows of a chapter."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import notebook

from atc.execution.carnets import EXHIBIT_MIME
from atc.execution.notebooks import node
from atc.execution.planning import Outline
from atc.execution.shown import digests
from atc.manifest import FILES, LISTED, PAGE, PAPER


def _outline(count: int) -> Outline:
    return Outline(tuple((f"s{n:04}", f"Site {n}") for n in range(count)), {}, whole=False)


@pytest.mark.parametrize("count", [1, 15, 40])
def test_a_sheet_leads_to_every_other_while_they_are_few(count: int) -> None:
    plan = _outline(count)
    assert all(plan.around(slug) == plan.navigation for slug in plan.slugs)


@pytest.mark.parametrize("count", [41, 1362])
def test_a_sheet_among_many_leads_to_its_neighbours(count: int) -> None:
    plan = _outline(count)
    for rank in (0, 1, 20, count - 2, count - 1):
        around = plan.around(plan.slugs[rank])
        assert len(around) <= 21
        assert plan.navigation[rank] in around
        first = plan.navigation.index(around[0])
        assert around == plan.navigation[first : first + len(around)]
        for beside in (rank - 1, rank + 1):
            assert not 0 <= beside < count or plan.navigation[beside] in around


def _executed() -> dict[str, Any]:
    content = notebook("Un", "n = 1", "silence")
    exhibit = {"id": "F01-01", "title": "T", "status": "simulé", "reading": "R", "files": {"csv": "a\n"}}
    content["cells"][2]["outputs"] = [
        {
            "output_type": "execute_result",
            "execution_count": 1,
            "metadata": {},
            "data": {"text/html": "<p>x</p>", "text/plain": "<Exhibit>", EXHIBIT_MIME: exhibit},
        }
    ]
    return content


def _data(cells: list[dict[str, Any]]) -> dict[str, Any]:
    data: dict[str, Any] = cells[2]["outputs"][0]["data"]
    return data


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (lambda cells: cells[0].update(source="# Deux"), {PAGE, PAPER}),
        (lambda cells: cells[2].update(source="n = 1  # idem"), {PAGE}),
        (lambda cells: cells[3]["metadata"].update(tags=["remove"]), {PAGE, PAPER}),
        (lambda cells: _data(cells).update({"text/html": "<p>y</p>"}), {PAGE, PAPER}),
        (lambda cells: _data(cells).update({"text/plain": "autre"}), set()),
        (lambda cells: _data(cells)[EXHIBIT_MIME]["files"].update(csv="b\n"), {FILES}),
        (lambda cells: _data(cells)[EXHIBIT_MIME].update(title="U"), {LISTED}),
        (lambda cells: _data(cells)[EXHIBIT_MIME].update(status="observé"), {LISTED}),
        (lambda cells: _data(cells)[EXHIBIT_MIME].update(id="F01-02"), {FILES, LISTED}),
        (lambda cells: _data(cells)[EXHIBIT_MIME].update(reading="S"), set()),
        (lambda cells: cells.append(cells.pop(0)), {PAGE, PAPER}),
    ],
)
def test_each_kind_of_file_shows_its_own_part_of_a_notebook(change: Any, kinds: set[str]) -> None:
    content = _executed()
    before = digests(node(content))
    change(content["cells"])
    after = digests(node(content))
    assert {kind for kind in before if before[kind] != after[kind]} == kinds


def test_a_removed_cell_is_shown_nowhere() -> None:
    content = _executed()
    content["cells"][3]["metadata"]["tags"] = ["remove"]
    before = digests(node(content))
    content["cells"][3]["source"] = "autre chose"
    assert digests(node(content)) == before
