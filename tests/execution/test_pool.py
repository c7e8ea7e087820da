"""Where nothing is executed: who prints does not read, and nobody stays."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from conftest import notebook, write_project

from atc.execution import jobs, making, planning, pool, processes
from atc.execution.environment import deterministic
from atc.execution.planning import Places, cover_fields
from atc.execution.pool import press, workers
from atc.execution.run import Request, run
from atc.execution.tasks import PageTask
from atc.manifest import FILES, PAGE, PAPER
from atc.paths import Project
from atc.settings import load_settings

SURROUNDINGS = deterministic(dt.date(2020, 12, 15))
WAVE, TIER = "2020-automne", "financeurs"
_HEAVY = {"nbconvert", "weasyprint"}


class Silent:
    def begin(self, steps: int) -> None: ...
    def done(self, *_: object) -> None: ...


def printed() -> tuple[int, set[str]]:
    """Who prints, and which of the heavy libraries it has imported."""
    return os.getpid(), _HEAVY & set(sys.modules)


def test_who_prints_is_another_process_and_imports_what_that_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PRINTING", frozenset({printed}))
    with processes.private_folder() as private, press(1, private.name, SURROUNDINGS) as executor:
        reader, (printer, printing) = executor.submit(os.getpid), executor.submit(printed).result()
        assert reader.result() == os.getpid() != printer
        assert printing == {"weasyprint"}
    assert not list(processes._marked(private.name))


def test_processes_are_replaced_after_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "TURN", 3)
    with processes.private_folder() as private, workers(1, private.name, SURROUNDINGS) as executor:
        given = [executor.submit(os.getpid) for _ in range(8)]
        first, second, third = given[:3], given[3:6], given[6:]
        pids = [{future.result() for future in turn} for turn in (first, second, third)]
        assert all(len(turn) == 1 for turn in pids)
        assert len(set.union(*pids)) == 3
        for gone in pids[0] | pids[1]:
            assert not psutil.pid_exists(gone)
    assert not list(processes._marked(private.name))


def test_a_turn_that_a_killed_process_cuts_short_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "TURN", 2)
    with processes.private_folder() as private, workers(1, private.name, SURROUNDINGS) as executor:
        died, followed, after = (
            executor.submit(f, *a) for f, a in ((os._exit, (3,)), (os.getpid, ()), (os.getpid, ()))
        )
        for lost in (died, followed):
            with pytest.raises(BrokenProcessPool):
                lost.result()
        assert after.result() != os.getpid()
    assert not list(processes._marked(private.name))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = write_project(
        tmp_path_factory.mktemp("presse") / "projet", {"01_essai": notebook("Essai", "None")}
    )
    run(made, Request(WAVE, TIER), Silent())
    return made


@pytest.fixture
def task(project: Project, tmp_path: Path) -> PageTask:
    cover = cover_fields(load_settings(project), {"vague": WAVE, "diffusion": TIER})
    carnets = Places.of(project, WAVE, TIER).carnets
    return PageTask(("01_essai",), (PAGE, FILES), carnets, tmp_path, (("01_essai", "Essai"),), cover)


def test_a_chapter_that_was_read_is_printed_without_its_notebook(task: PageTask, tmp_path: Path) -> None:
    made = jobs.render_chapter(task)
    assert made.read is not None
    alone = jobs.print_chapter(replace(task, kinds=(PAPER,)))
    handed = replace(task, kinds=(PAPER,), read=made.read, carnets=tmp_path / "nulle part")
    assert handed.needs == ()
    assert jobs.print_chapter(handed).artefacts == alone.artefacts
    assert (tmp_path / alone.artefacts[0].path).read_bytes().startswith(b"%PDF")


def test_figures_alone_read_no_chapter(task: PageTask) -> None:
    assert jobs.render_chapter(replace(task, kinds=(FILES,))).read is None


def test_new_words_are_printed_too(project: Project) -> None:
    path = project.notebooks / "01_essai.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][0]["source"] = "# Essai\n\nEncore une phrase."
    path.write_text(json.dumps(content), encoding="utf-8")
    pages = Places.of(project, WAVE, TIER).pages
    before = {name: (pages / name).read_bytes() for name in ("html/01_essai.html", "pdf/01_essai.pdf")}
    outcome = run(project, Request(WAVE, TIER, chapitres=("01_essai",)), Silent())
    assert outcome.executed == ()
    assert set(before) <= set(outcome.files)
    assert all((pages / name).read_bytes() != content for name, content in before.items())


@pytest.mark.skipif(sys.platform != "linux", reason="processes are told apart by /proc")
@pytest.mark.slow
def test_what_was_to_print_ends_when_something_is_to_be_executed_after_all(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.notebooks / "01_essai.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][0]["source"] = "# Essai\n\nUne phrase de plus."
    path.write_text(json.dumps(content), encoding="utf-8")
    # The words are new, and so is something that the hash of the notebook does not tell.
    monkeypatch.setattr(planning, "is_executed", lambda *_: False)
    began: list[str] = []
    workplace = making.workplace

    @contextmanager
    def noting(*asked: object) -> Iterator[making.Workplace]:
        with workplace(*asked) as place:  # type: ignore[arg-type]
            began.append(place.private.name)
            assert [p for p in processes._marked(place.private.name) if "spawn_main" in " ".join(p.cmdline())]
            yield place

    monkeypatch.setattr(making, "workplace", noting)
    assert run(project, Request(WAVE, TIER, chapitres=("01_essai",)), Silent()).executed == ("01_essai",)
    (mark,) = began
    assert not list(processes._marked(mark))
