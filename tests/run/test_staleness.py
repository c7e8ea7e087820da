"""What each change makes again, and what it leaves alone: one run, then changes to copies of its project."""

import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from clone import describe_again
from conftest import notebook, write_chapter
from run.craft import ALL, DOCUMENTS, Change, brought_up, carnets, edited, pages, tree

from atc.run import manifest, run
from atc.run.manifest import FILE, REPORT, file_hash
from atc.survey.paths import Project

NOTHING: tuple[str, ...] = ()

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("lent")]


def _cells(project: Project, slug: str, change: Callable[[list[dict[str, object]]], object]) -> None:
    path = project.notebooks / f"{slug}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content["cells"])
    path.write_text(json.dumps(content), encoding="utf-8")


def _raw(project: Project, table: str, change: Callable[[str], str]) -> None:
    """Change a raw table, and the hash that describes it."""
    path = project.raw("2020-automne") / f"{table}.csv"
    after = change(path.read_text(encoding="utf-8"))
    assert after != path.read_text(encoding="utf-8")
    path.write_text(after, encoding="utf-8")
    describe_again(path)


def _column(name: str) -> Callable[[str], str]:
    """One cell of a column takes the value of the one below."""

    def change(text: str) -> str:
        heading, *rows = (line.split(",") for line in text.splitlines())
        place = heading.index(name)
        above = next(i for i, (a, b) in enumerate(itertools.pairwise(rows)) if a[place] != b[place])
        rows[above][place] = rows[above + 1][place]
        return "\n".join(",".join(row) for row in (heading, *rows)) + "\n"

    return change


def _touched(project: Project) -> None:
    _cells(project, ALL[0], lambda cells: cells[2].update(outputs=[_printed()], execution_count=3))
    for path in project.root.rglob("*"):
        path.touch()


def _printed() -> dict[str, str]:
    return {"output_type": "stream", "name": "stdout", "text": "x"}


def _left_by_others(project: Project) -> None:
    raw = project.raw("2020-automne")
    for name in (".~lock.scores.csv#", ".scores.csv.swp"):
        (raw / name).write_text("quelqu’un lit")


def test_what_rests_on_nothing_that_changed_is_left_alone(project: Project) -> None:
    before = tree(project.root / "outputs")
    assert brought_up(project).nothing, "in a copy"
    for change in (_touched, _left_by_others):
        change(project)
        assert brought_up(project).nothing, change.__name__
    _raw(project, "scores", _column("score"))
    assert brought_up(project).nothing
    after = tree(project.root / "outputs")
    assert {name for name in after if before.get(name) != after[name]} == {f"2020-automne/financeurs/{FILE}"}
    assert brought_up(project).nothing


@pytest.mark.parametrize(
    ("change", "executed"),
    [
        pytest.param(
            lambda p: (
                edited(p.notebooks / "02_postes.ipynb", "n = len", "m = len"),
                (carnets(p) / "03_prose.ipynb").unlink(),
            ),
            ALL[1:],
            id="code of one, and executed notebook of another gone",
        ),
        pytest.param(
            lambda p: _raw(p, "carnet_de_bord", _column("reunions_pilotage")), NOTHING, id="another column"
        ),
        pytest.param(
            lambda p: edited(p.dictionary / "carnet_de_bord.json", '"title": "', '"title": "Le '),
            ALL[:2],
            id="dictionary",
        ),
        pytest.param(
            lambda p: edited(p.settings_file, "[rapport]", "# x\n[rapport]"), ALL[:2], id="settings"
        ),
        pytest.param(lambda p: (p.root / "requirements.lock").write_text("pandas==99"), ALL, id="lock"),
        pytest.param(lambda p: (pages(p) / FILE).unlink(), ALL, id="manifest gone"),
    ],
)
def test_a_change_executes_those_who_rest_on_it(
    project: Project, change: Change, executed: tuple[str, ...]
) -> None:
    change(project)
    assert brought_up(project).executed == executed
    assert brought_up(project).nothing


def test_what_the_cover_says_and_another_pango_make_every_page_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited(project.settings_file, 'auteurs = "', 'auteurs = "Nous, ')
    assert brought_up(project).rendered == (*ALL, REPORT)
    assert brought_up(project).nothing
    other = {**manifest.environment(), "pango": "1"}
    monkeypatch.setattr(manifest, "environment", lambda: other)
    outcome = brought_up(project)
    assert (outcome.executed, outcome.rendered) == ((), (*ALL, REPORT))


def test_a_file_that_is_not_as_it_was_made_is_made_again(project: Project) -> None:
    before = tree(pages(project))
    (pages(project) / "html/01_sites.html").unlink()
    (pages(project) / "pdf/02_postes.pdf").write_text("x")
    (pages(project) / "rapport.pdf").unlink()
    outcome = brought_up(project)
    assert (outcome.executed, outcome.rendered) == ((), (*ALL[:2], REPORT))
    assert tree(pages(project)) == before
    assert brought_up(project).nothing


def _changed_code(folder: Path, name: str) -> None:
    with (folder / "atc" / name).open("a", encoding="utf-8") as stream:
        stream.write("\n")


@pytest.mark.parametrize(
    ("name", "executed"),
    [("rendering/html.py", NOTHING), ("draws.py", ALL)],
)
def test_code_makes_everything_again_but_what_renders_executes_nothing(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, executed: tuple[str, ...]
) -> None:
    copy = tmp_path / "code"
    shutil.copytree(manifest.PACKAGE, copy / "atc", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(manifest, "PACKAGE", copy / "atc")
    # Other code may read the same files in another way: it is known before any notebook opens them.
    validated: list[str] = []
    monkeypatch.setattr(run, "is_processed", lambda _, vague: vague in validated)
    monkeypatch.setattr(run, "process", lambda _, vague: validated.append(vague))
    assert brought_up(project).nothing
    assert not validated
    _changed_code(copy, name)
    outcome = brought_up(project)
    assert (outcome.executed, outcome.rendered) == (executed, (*ALL, REPORT))
    assert validated == ["2020-automne"]


def test_equal_results_need_no_new_page(project: Project) -> None:
    carnet = carnets(project) / "02_postes.ipynb"
    before = file_hash(carnet)
    _raw(project, "carnet_de_bord", _column("etp"))
    outcome = brought_up(project)
    assert outcome.executed == ("02_postes",)
    assert file_hash(carnet) == before, "it shows nothing of what it read"
    assert outcome.rendered == ()
    assert brought_up(project).nothing


def test_a_second_run_imports_nothing_heavy(project: Project) -> None:
    code = (
        "import sys\nfrom atc.cli import main\n"
        "try:\n    main(['run'])\nexcept SystemExit as left:\n    assert left.code == 0\n"
        "heavy = set('pandas numpy nbformat papermill matplotlib weasyprint IPython'.split())\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Rien à refaire")


def test_a_chosen_chapter_is_made_alone_and_the_others_are_told(project: Project) -> None:
    before = tree(pages(project))
    for slug, title in ((ALL[0], "Les sites"), (ALL[1], "Les postes")):
        write_chapter(project, slug, notebook(title, "n = 1"))
    outcome = brought_up(project, chapitres=(ALL[1],))
    assert (outcome.executed, outcome.outdated) == ((ALL[1],), (ALL[0],))
    after = tree(pages(project))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"html/02_postes.html", "pdf/02_postes.pdf", FILE}
    outcome = brought_up(project)
    assert (outcome.executed, outcome.outdated) == ((ALL[0],), ())


def test_a_chapter_out_of_the_report_takes_its_files_away(project: Project) -> None:
    edited(project.settings_file, '  "01_sites",\n', "")
    brought_up(project)
    assert sorted(p.stem for p in (pages(project) / "html").iterdir()) == list(ALL[1:])
    assert sorted(p.stem for p in carnets(project).iterdir()) == list(ALL[1:])


def test_new_words_give_what_executing_again_gives_and_execute_nothing(project: Project) -> None:
    words = {"cell_type": "markdown", "id": "mots", "metadata": {}, "source": "Un mot."}
    for change in (
        lambda cells: cells.append(words),
        lambda cells: cells.insert(1, {**words, "id": "avant", "source": "Avant *tout*."}),
    ):
        _cells(project, ALL[1], change)
        outcome = brought_up(project)
        assert (outcome.executed, outcome.rendered) == ((), (ALL[1], REPORT))
        assert {"html/02_postes.html", "pdf/02_postes.pdf", "rapport.pdf"} <= set(outcome.files)
    quick = tree(project.root / "outputs")
    assert brought_up(project, force=True).executed == ALL
    assert tree(project.root / "outputs") == quick


def test_a_new_title_reaches_every_page(project: Project) -> None:
    edited(project.notebooks / "02_postes.ipynb", "# Postes", "# Les postes")
    outcome = brought_up(project, chapitres=(ALL[0],))
    assert (outcome.rendered, outcome.outdated) == (ALL[:1], (ALL[1],))
    outcome = brought_up(project)
    assert (outcome.executed, outcome.rendered) == ((), (*ALL[1:], REPORT))
    assert "Les postes" in (pages(project) / "html/01_sites.html").read_text(encoding="utf-8")


def test_a_chosen_chapter_leaves_the_files_of_others_even_if_one_is_gone(project: Project) -> None:
    (pages(project) / "pdf/01_sites.pdf").unlink()
    write_chapter(project, ALL[1], notebook("Postes", "n = 1"))
    outcome = brought_up(project, chapitres=(ALL[1],))
    assert outcome.rendered == (ALL[1], REPORT)
    assert "rapport.pdf" not in outcome.files, "who reads one chapter again and again does not wait for it"
    assert (pages(project) / "html/01_sites.html").is_file()
    outcome = brought_up(project)
    assert (outcome.executed, outcome.rendered) == ((), (ALL[0], REPORT))
    assert set(outcome.files) >= {"html/01_sites.html", "pdf/01_sites.pdf", *DOCUMENTS}
