"""What is refused of a wave: the words of each defect are frozen; here, what holds of all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from behaviour.record import frozen
from survey.validation.defects import DEFECTS
from survey.validation.small_wave import SmallWave

TOLD = frozen("commands/checked.json")


@pytest.mark.parametrize("name", [defect.name for defect in DEFECTS])
def test_each_defect_is_refused_in_french_sentences_without_code(name: str) -> None:
    assert TOLD[name]["exit_code"] == 3
    for line in TOLD[name]["errors"]:
        place, _, said = line.partition(" : ")
        assert place.startswith("data/raw/")
        assert said[0].isupper() or said[0].isdigit() or "relève" in said
        assert said.endswith((".", ")"))
        for word in ("constraint", "None", " nan", "True", "dtype", "Error"):
            assert word not in said


def test_the_small_wave_is_right(tmp_path: Path) -> None:
    assert SmallWave(tmp_path / "projet").faults() == []
