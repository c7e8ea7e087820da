"""The zygote of a run: shared by its workers, gone with it, and no part of what results rest on."""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import forkserver
from pathlib import Path

import psutil
import pytest
from conftest import notebook
from kernel_craft import Kernel, eventually, gone

from atc.errors import DataRefused, UsageError
from atc.execution import processes, warmth
from atc.execution.crew import Crew, Expected, check_kernel, ready
from atc.execution.environment import deterministic
from atc.execution.pool import workers
from atc.execution.run import Request, run
from atc.kernels import STOCK, WARM, starting

linux = pytest.mark.skipif(sys.platform != "linux", reason="zygotes are for Linux")
DATE = dt.date(2020, 12, 15)
SURROUNDINGS = deterministic(DATE)


class Silent:
    def begin(self, steps: int) -> None: ...
    def done(self, *_: object) -> None: ...


def parent_of_a_kernel() -> int:
    """Who forked a kernel that this worker asks for."""
    one = Kernel(env=os.environ | {processes.MARK: f"{os.environ[processes.MARK]}/01"})
    parent = psutil.Process(one.pid).ppid()
    one.end()
    return int(parent)


@linux
def test_workers_share_one_zygote_which_ends_with_the_run() -> None:
    with processes.private_folder() as private:
        with (
            warmth.zygote(private, SURROUNDINGS, wanted=True),
            workers(2, private.name, SURROUNDINGS) as executor,
        ):
            assert Path(os.environ[starting.SHARED]).is_socket()
            parents = {executor.submit(parent_of_a_kernel).result() for _ in range(3)}
            (own,) = parents
            assert b"atc.kernels.zygote" in Path(f"/proc/{own}/cmdline").read_bytes()
        assert starting.SHARED not in os.environ
        eventually(lambda: gone(own))
        assert list(private.iterdir()) == []


@linux
def test_what_a_killed_worker_left_is_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "atc-noyaux-4194305-a").mkdir()
    (tmp_path / f"atc-noyaux-{os.getpid()}-a").mkdir()
    with processes.private_folder() as private, warmth.zygote(private, SURROUNDINGS, wanted=True):
        assert [p.name for p in tmp_path.glob("atc-noyaux-*")] == [f"atc-noyaux-{os.getpid()}-a"]


@pytest.mark.parametrize(("wanted", "available"), [(False, True), (True, False)])
def test_no_zygote_where_none_is_wanted_or_possible(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wanted: bool, available: bool
) -> None:
    monkeypatch.setattr(warmth, "available", lambda: available)
    with warmth.zygote(tmp_path, SURROUNDINGS, wanted=wanted):
        assert starting.SHARED not in os.environ
        assert list(tmp_path.iterdir()) == []


@linux
@pytest.mark.parametrize(
    ("crew", "expected", "begun"),
    [
        (Crew(2), Expected(executing=True), {"atc.kernels.zygote", "multiprocessing.forkserver"}),
        (Crew(2, kernel=STOCK), Expected(executing=True), {"multiprocessing.forkserver"}),
        (Crew(2), Expected(printed=2), {"multiprocessing.spawn"}),
        (Crew(2), Expected(), set()),
    ],
)
def test_what_takes_long_to_start_is_begun_early(crew: Crew, expected: Expected, begun: set[str]) -> None:
    forkserver._forkserver._stop()  # one that another test of this process began would serve here too
    with processes.private_folder() as private, ready(crew, private, DATE, expected):
        commands = [" ".join(process.cmdline()) for process in processes._marked(private.name)]
        known = ("atc.kernels.zygote", "multiprocessing.forkserver", "multiprocessing.spawn")
        assert {name for name in known for command in commands if name in command} == begun
        assert (starting.SHARED in os.environ) is ("atc.kernels.zygote" in begun)
        processes.end(private.name)


@linux
def test_what_was_begun_for_a_wave_that_is_refused_is_gone(make_project) -> None:
    project = make_project({"01_essai": notebook("Essai", "None")})
    raw = project.raw("2020-automne") / "scores.csv"
    raw.write_text(raw.read_text(encoding="utf-8") + "une ligne,de trop\n", encoding="utf-8")
    began: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "private_folder", _noting(processes.private_folder, began))
        with pytest.raises(DataRefused):
            run(project, Request("2020-automne", "financeurs"), Silent())
    assert began
    for mark in began:
        assert not list(processes._marked(mark))


def _noting(
    private_folder: Callable[[], AbstractContextManager[Path]], began: list[str]
) -> Callable[[], AbstractContextManager[Path]]:
    @contextmanager
    def noting() -> Iterator[Path]:
        with private_folder() as folder:
            began.append(folder.name)
            yield folder

    return noting


@pytest.mark.parametrize("kernel", ["", "tiède", "python3", "CHAUD"])
def test_an_unknown_way_to_start_kernels_is_refused(kernel: str) -> None:
    with pytest.raises(UsageError, match="Choisissez parmi : chaud, standard"):
        check_kernel(kernel)


@linux
@pytest.mark.slow
def test_a_change_of_kernel_makes_nothing_stale(make_project) -> None:
    project = make_project(
        {"01_essai": notebook("Essai", "from atc import open_wave\nopen_wave(vague, diffusion)\nNone")}
    )
    first = run(project, Request("2020-automne", "financeurs", kernel=STOCK), Silent())
    assert first.executed == ("01_essai",)
    assert run(project, Request("2020-automne", "financeurs", kernel=WARM), Silent()).nothing
    again = run(project, Request("2020-automne", "financeurs", kernel=WARM, force=True), Silent())
    assert again.executed == ("01_essai",)
    assert run(project, Request("2020-automne", "financeurs", kernel=STOCK), Silent()).nothing
