from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from atc.errors import NotebookFailed
from atc.execution.carnets import EXHIBIT_MIME
from atc.execution.exhibits import exhibits
from atc.execution.notebooks import node


def _notebook(*shown: Any) -> Any:
    outputs = [{"output_type": "display_data", "metadata": {}, "data": {EXHIBIT_MIME: e}} for e in shown]
    return node({"cells": [{"cell_type": "code", "id": "c1", "outputs": outputs}]})


def test_exhibits_come_in_the_order_in_which_they_are_shown() -> None:
    shown = [{"id": "F02-03"}, {"id": "T02-01"}]
    assert [e["id"] for e in exhibits(_notebook(*shown), "02_postes")] == ["F02-03", "T02-01"]


def test_other_outputs_are_no_exhibits() -> None:
    plain = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<p>"}}
    stream = {"output_type": "stream", "name": "stderr", "text": "x"}
    notebook = node(
        {
            "cells": [
                {"cell_type": "markdown", "id": "t"},
                {"cell_type": "code", "id": "c1", "outputs": [plain, stream]},
            ]
        }
    )
    assert list(exhibits(notebook, "02_postes")) == []


@pytest.mark.parametrize(
    "id_", ["../F01", "F1-1", "F01-01/x", "/F01-01", "index", "", "F01-01\n", "f01-01", None, 3, "F٠١-٠١"]
)
def test_an_id_that_could_name_another_file_is_refused(id_: Any) -> None:
    with pytest.raises(NotebookFailed, match="02_postes, cellule c1"):
        list(exhibits(_notebook({"id": id_}), "02_postes"))


def test_an_exhibit_without_id_is_refused() -> None:
    with pytest.raises(NotebookFailed, match=str(Path("c1"))):
        list(exhibits(_notebook({}), "02_postes"))
