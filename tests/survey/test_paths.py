"""The project is found from inside it, and nowhere else."""

from pathlib import Path

import pytest

from atc.survey.errors import UsageError
from atc.survey.paths import Project, find_project


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ATC_ROOT", raising=False)
    (tmp_path / "projet" / "notebooks" / "perso").mkdir(parents=True)
    (tmp_path / "projet" / "report.toml").touch()
    return tmp_path / "projet"


@pytest.mark.parametrize("inside", [".", "notebooks", "notebooks/perso"])
def test_the_nearest_folder_above_is_the_project(inside: str, root: Path) -> None:
    assert find_project(root / inside) == Project(root.resolve())


def test_a_project_inside_another_wins_and_nothing_is_guessed_outside(root: Path) -> None:
    inner = root / "notebooks" / "perso"
    (inner / "report.toml").touch()
    assert find_project(inner).root == inner.resolve()
    with pytest.raises(UsageError, match=r"Aucun fichier report\.toml dans .* Placez-vous"):
        find_project(root.parent)


def test_atc_root_overrules_the_place_and_must_be_right(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATC_ROOT", str(root))
    assert find_project(root.parent).root == root.resolve()
    monkeypatch.setenv("ATC_ROOT", str(root.parent))
    with pytest.raises(UsageError, match="ATC_ROOT désigne"):
        find_project(root)
