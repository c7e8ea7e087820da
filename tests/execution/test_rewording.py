"""New text around known outputs gives, byte for byte, what executing the chapter again would give."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from conftest import notebook, write_chapter, write_project

from atc.execution import making
from atc.execution.carnets import text_of
from atc.execution.crew import Crew, Expected
from atc.execution.making import Workplace, workplace
from atc.execution.notebooks import node, read_source
from atc.execution.processes import MARK
from atc.execution.rewording import reworded
from atc.execution.run import Outcome, Request, run
from atc.manifest import REPORT, file_hash
from atc.paths import Project

SHOW = (
    "from IPython.display import HTML\nimport itertools\n"
    "shown = globals().setdefault('shown', itertools.count())\n"
    "HTML(f'<div class=\"prose\"><p>{vague} {next(shown)}</p></div>')"
)
CHAPTERS = {"01_un": notebook("Un", SHOW, "n = 1", SHOW), "02_deux": notebook("Deux", SHOW)}


class Silent:
    def begin(self, steps: int) -> None:
        assert steps >= 0

    def done(self, label: str) -> None:
        assert label


def _run(project: Project, **wanted: Any) -> Outcome:
    return run(project, Request("2020-automne", "financeurs", jobs=2, **wanted), Silent())


def _text(id_: str, source: str, kind: str = "markdown") -> dict[str, Any]:
    return {"cell_type": kind, "id": id_, "metadata": {}, "source": source}


def _retitled(cells: list[dict[str, Any]]) -> None:
    cells[0]["source"] = "# Un\n\nTout autre."


def _more(cells: list[dict[str, Any]]) -> None:
    cells.insert(3, _text("entre", "Entre deux, **du texte**.\n\n| a | b |\n|---|--:|\n| x | 1 |"))
    cells.insert(2, _text("avant-parametres", "Juste après les paramètres."))
    cells.append(_text("fin", "Une fin."))
    cells[1:1] = [_text("haut", "Avant."), _text("brut", "du texte brut", "raw")]


def _moved(cells: list[dict[str, Any]]) -> None:
    cells.insert(2, _text("note", "Une note."))
    cells.append(cells.pop(2))


CHANGES = [_retitled, _more, _moved]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Project]:
    """Projects whose report is up to date, one a name."""

    def make(name: str) -> Project:
        project = write_project(tmp_path_factory.mktemp(name) / "projet", CHAPTERS)
        _run(project)
        return project

    return make


def _files(project: Project) -> dict[str, str]:
    folder = project.root / "outputs"
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != ".verrou")
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in sorted(paths)}


@pytest.mark.slow
def test_new_text_gives_what_executing_again_gives_and_executes_nothing(
    made: Callable[[str], Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = made("texte")
    monkeypatch.chdir(project.root)
    monkeypatch.delenv("ATC_ROOT", raising=False)
    content = json.loads(json.dumps(CHAPTERS["01_un"]))
    for change in CHANGES:
        change(content["cells"])
        write_chapter(project, "01_un", content)
        outcome = _run(project)
        assert (outcome.executed, outcome.rendered) == ((), ("01_un", REPORT))
        # Nothing in this text is an exhibit, and the titles are those of before.
        assert set(outcome.files) == {"html/01_un.html", "pdf/01_un.pdf", "rapport.pdf"}
        quick = _files(project)
        assert _run(project).nothing
        assert _run(project, force=True).executed == ("01_un", "02_deux")
        assert _files(project) == quick


@pytest.mark.slow
def test_a_new_title_reaches_every_page_and_no_other_paper(
    made: Callable[[str], Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = made("titre")
    monkeypatch.chdir(project.root)
    monkeypatch.delenv("ATC_ROOT", raising=False)
    write_chapter(project, "01_un", notebook("Premier", SHOW, "n = 1", SHOW))
    outcome = _run(project)
    assert outcome.executed == ()
    pages = {"html/01_un.html", "html/02_deux.html", "index.html"}
    assert set(outcome.files) == {*pages, "pdf/01_un.pdf", "rapport.pdf"}
    assert "Premier" in (outcome.pages / "html" / "02_deux.html").read_text(encoding="utf-8")
    assert _run(project).nothing


@pytest.mark.slow
def test_new_text_and_new_data_execute_once_what_prints_was_put_away(
    made: Callable[[str], Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = made("données")
    monkeypatch.chdir(project.root)
    monkeypatch.delenv("ATC_ROOT", raising=False)
    begun: list[tuple[Expected, int]] = []

    @contextmanager
    def watched(crew: Crew, date: dt.date, expected: Expected) -> Iterator[Workplace]:
        begun.append((expected, len(list(_of_runs()))))
        with workplace(crew, date, expected) as place:
            yield place

    monkeypatch.setattr(making, "workplace", watched)
    write_chapter(project, "01_un", notebook("Premier", SHOW, "n = 1", SHOW))
    with project.settings_file.open("a", encoding="utf-8") as stream:
        stream.write("# une note\n")
    assert _run(project).rendered == ("01_un", "02_deux", REPORT)
    # The second began once nothing was left of the first.
    assert begun == [(Expected(printed=2), 0), (Expected(executing=True), 0)]
    assert not list(_of_runs())


def _of_runs() -> Iterator[psutil.Process]:
    """Processes that runs of this one have started, and that live on."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.environ().get(MARK) and process.status() != psutil.STATUS_ZOMBIE:
                yield process


@pytest.mark.slow
def test_a_comment_in_a_cell_executes_its_chapter_and_changes_no_paper(
    made: Callable[[str], Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = made("commentaire")
    monkeypatch.chdir(project.root)
    monkeypatch.delenv("ATC_ROOT", raising=False)
    write_chapter(project, "02_deux", notebook("Deux", SHOW + "  # dit autrement"))
    outcome = _run(project)
    assert outcome.executed == ("02_deux",)
    assert outcome.files == ("html/02_deux.html",)


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: cells[2].update(source="n = 2"),
        lambda cells: cells[2].update(id="autre"),
        lambda cells: cells[2]["metadata"].update(tags=["remove"]),
        lambda cells: cells.append({**cells[2], "id": "encore"}),
        lambda cells: cells.pop(),
        lambda cells: cells[2:].reverse() or cells.insert(2, cells.pop()),
    ],
)
def test_outputs_never_go_to_other_code(
    change: Callable[[list[dict[str, Any]]], None], tmp_path: Path
) -> None:
    content = notebook("Un", "n = 1", "n + 1")
    project = Project(tmp_path)
    write_chapter(project, "01_un", content)
    carnet = read_source(project.notebooks, "01_un").notebook
    same = reworded(carnet, carnet)
    assert [cell.source for cell in same.cells] == [cell["source"] for cell in content["cells"]]
    assert text_of(reworded(carnet, same)) == text_of(same)
    change(content["cells"])
    with pytest.raises(ValueError, match="not those that gave these outputs"):
        reworded(node(content), carnet)
