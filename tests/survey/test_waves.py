"""A wave is opened whole or not at all, and what was good before a refusal is still there after it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from survey.validation.small_wave import TABLES, VAGUE, SmallWave

from atc.survey import waves
from atc.survey.errors import DataRefused
from atc.survey.validation import validate_wave
from atc.survey.waves import STAMP, is_processed, open_wave, process


@pytest.fixture
def wave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallWave:
    wave = SmallWave(tmp_path / "projet")
    monkeypatch.setenv("ATC_ROOT", str(wave.root))
    return wave


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_processing_writes_one_typed_file_a_table_and_raw_files_stay(wave: SmallWave) -> None:
    raw, names = contents(wave.raw), {f"{name}.parquet" for name in TABLES}
    assert waves.row_counts(wave.project, VAGUE) == {}
    counts = process(wave.project, VAGUE)
    assert waves.row_counts(wave.project, VAGUE) == counts
    assert counts == {name: text.count("\n") - 1 for name, text in TABLES.items()}
    assert set(contents(wave.project.processed(VAGUE))) == {*names, "datapackage.json", waves.FILE, STAMP}
    # A page of one table does not depend on the hash of another one.
    copied = json.loads((wave.project.processed(VAGUE) / "datapackage.json").read_text())
    assert {resource["hash"] for resource in copied["resources"]} == {""}
    opened = open_wave(VAGUE)
    for name, frame in validate_wave(wave.project, VAGUE).items():
        pd.testing.assert_frame_equal(opened.table(name), frame)
    assert contents(wave.raw) == raw


def test_what_was_good_before_a_refusal_is_still_there_but_is_not_opened(wave: SmallWave) -> None:
    process(wave.project, VAGUE)
    before = contents(wave.project.processed(VAGUE).parent)
    wave.replace("scores", "cooperation,10", "cooperation,11")
    with pytest.raises(DataRefused, match=r"scores\.csv:4:score : Valeur trop grande"):
        open_wave(VAGUE)
    assert contents(wave.project.processed(VAGUE).parent) == before
    assert not is_processed(wave.project, VAGUE)


TWICE = """
import sys
from atc.survey.paths import find_project
from atc.survey.waves import process
for _ in range(2):
    process(find_project(), sys.argv[1])
"""


def test_two_processes_may_do_it_at_once_and_the_former_tables_are_replaced_whole(wave: SmallWave) -> None:
    process(wave.project, VAGUE)
    (wave.project.processed(VAGUE) / "ancien.parquet").write_bytes(b"x")
    wave.replace("effets", "stock", "local")
    workers = [subprocess.Popen([sys.executable, "-c", TWICE, VAGUE]) for _ in range(2)]
    assert [worker.wait(120) for worker in workers] == [0, 0]
    assert is_processed(wave.project, VAGUE)
    assert "ancien.parquet" not in contents(wave.project.processed(VAGUE))
    assert [path.name for path in wave.project.processed(VAGUE).parent.iterdir()] == [VAGUE]
    assert open_wave(VAGUE).table("effets")["resume"].str.contains("local").all()


def _append(path: Path, text: str) -> None:
    path.write_bytes(path.read_bytes() + text.encode())


#: What makes the tables stale, given the wave, its dictionary and its tables.
CHANGES: list[Callable[[SmallWave, Path, Path], object]] = [
    lambda wave, *_: wave.replace("effets", "stock", "local"),
    lambda wave, *_: wave.file("entretiens").unlink(),
    lambda wave, *_: (wave.raw / "contacts.csv").touch(),
    lambda wave, *_: wave.write_package({**wave.package, "title": "Autre"}),
    lambda wave, *_: shutil.rmtree(wave.raw),
    lambda _, dictionary, __: _append(dictionary / "effets.json", " "),
    lambda _, dictionary, __: (dictionary / "effets.json").unlink(),
    lambda _, __, made: (made / STAMP).unlink(),
    lambda _, __, made: (made / STAMP).write_text("{"),
    lambda _, __, made: (made / waves.FILE).unlink(),
    lambda _, __, made: (made / "scores.parquet").unlink(),
    lambda _, __, made: (made / "datapackage.json").unlink(),
    lambda _, __, made: _append(made / "scores.parquet", " "),
    lambda _, __, made: _append(made / "datapackage.json", " "),
    lambda _, __, made: shutil.rmtree(made),
]


def test_any_change_makes_the_tables_stale(wave: SmallWave, tmp_path: Path) -> None:
    process(wave.project, VAGUE)
    shutil.copytree(wave.root, tmp_path / "garde")
    for change in CHANGES:
        assert is_processed(wave.project, VAGUE)
        change(wave, wave.project.dictionary, wave.project.processed(VAGUE))
        assert not is_processed(wave.project, VAGUE)
        shutil.rmtree(wave.root)
        shutil.copytree(tmp_path / "garde", wave.root)


def test_a_stale_wave_is_processed_when_it_is_opened(wave: SmallWave) -> None:
    assert len(open_wave(VAGUE).table("effets")) == 1
    row = 'F-002,avignon,participation,oui,SO,"Un conseil citoyen aidé."\n'
    wave.write("effets", (TABLES["effets"] + row).encode())
    assert len(open_wave(VAGUE).table("effets")) == 2
    made = contents(wave.project.processed(VAGUE))
    _append(wave.project.processed(VAGUE) / "scores.parquet", " ")
    open_wave(VAGUE)
    assert contents(wave.project.processed(VAGUE)) == made
    shutil.rmtree(wave.raw)
    with pytest.raises(DataRefused, match="Dossier de la vague absent"):
        open_wave(VAGUE)


def test_a_current_wave_is_opened_without_validation_and_gives_copies(
    wave: SmallWave, monkeypatch: pytest.MonkeyPatch
) -> None:
    process(wave.project, VAGUE)
    monkeypatch.setattr(waves, "process", lambda *_: pytest.fail("validated again"))
    opened = open_wave()
    assert (opened.id, opened.diffusion) == (VAGUE, "financeurs")
    assert opened.settings.label == "Vague d’automne 2020"
    assert opened.package.title == "Petite vague"
    frame = opened.table("scores")
    frame.loc[:, "score"] = 9
    assert opened.table("scores")["score"].tolist()[0] == 3


def test_using_lets_only_the_declared_columns_through(wave: SmallWave) -> None:
    whole = open_wave(VAGUE)
    opened = whole.using(["scores.score", "scores.item", "effets.*"])
    assert list(opened.table("scores")) == ["item", "score"]
    assert list(opened.table("effets")) == list(opened.dictionary.table("effets").fields)
    with pytest.raises(KeyError, match="territoires"):
        opened.table("territoires")
    assert opened.columns >= {"scores.item", "effets.resume"}
    assert len(whole.table("scores").columns) == 6
    with pytest.raises(ValueError, match="at least one column"):
        whole.using([])


def test_other_rules_or_another_library_ask_for_a_new_check(
    wave: SmallWave, monkeypatch: pytest.MonkeyPatch
) -> None:
    process(wave.project, VAGUE)
    for owner, name in ((waves, "_rules"), (waves.metadata, "version")):
        with monkeypatch.context() as change:
            change.setattr(owner, name, lambda *_: "autres")
            assert not is_processed(wave.project, VAGUE)
    assert is_processed(wave.project, VAGUE)


FRAME = pd.DataFrame(
    {
        "site": pd.Categorical(["a", "b", None], categories=["a", "b", "c"], ordered=True),
        "n": pd.array([1, None, 3], dtype="Int64"),
        "texte": pd.array(["é", "", None], dtype="str"),
        "jour": pd.to_datetime(["2020-09-01", None, "2020-10-01"]),
    }
)


OTHERS = [
    ("site", pd.Categorical(["b", "b", None], categories=["a", "b", "c"], ordered=True)),
    ("site", pd.Categorical(["a", "b", None], categories=["a", "c", "b"], ordered=True)),
    ("site", pd.Categorical(["a", "b", None], categories=["a", "b", "c"], ordered=False)),
    ("n", pd.array([1, 0, 3], dtype="Int64")),
    ("n", pd.array([1, None, 3], dtype="Float64")),
    ("texte", pd.array(["é", None, None], dtype="str")),
    ("texte", pd.array(["é", "", ""], dtype="str")),
    ("jour", pd.to_datetime(["2020-09-01", None, "2020-10-02"])),
]


@pytest.mark.parametrize(("column", "values"), OTHERS)
def test_a_value_a_modality_or_a_type_changes_its_column_alone(column: str, values: object) -> None:
    before, after = (waves.column_hashes(each) for each in (FRAME, FRAME.assign(**{column: values})))
    assert {name for name in FRAME if before[name] != after[name]} == {column}


def test_other_rows_change_every_column_and_what_stands_beside_it_none() -> None:
    before = waves.column_hashes(FRAME)
    for other in (FRAME.iloc[::-1].reset_index(drop=True), pd.concat([FRAME, FRAME.iloc[:1]])):
        assert not before.items() & waves.column_hashes(other).items()
    moved = FRAME[["jour", "n"]].set_axis([5, 6, 7], axis=0)
    assert waves.column_hashes(moved) == {name: before[name] for name in ("jour", "n")}
