"""A run on other machines: two dask workers, each in an empty folder, that share nothing with the driver."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from conftest import notebook, write_chapter, write_project

import atc
from atc.cli import main
from atc.errors import AtcError, NotebookFailed, UsageError
from atc.execution import processes, workshop
from atc.execution.cluster import _translated
from atc.execution.crew import check_crew
from atc.execution.likeness import differences, likeness
from atc.execution.parcels import Order, slice_of
from atc.execution.run import Outcome, Request, run
from atc.execution.workshop import Workshop
from atc.manifest import file_hash
from atc.paths import Project

DAY = dt.date(2020, 12, 15)
DASK = [sys.executable, "-m", "dask"]
READ = (
    "from IPython.display import HTML\nfrom atc.waves import open_wave\n"
    "first = open_wave(vague, diffusion).table('{}').iloc[0, 0]\n"
    "HTML(f'<div class=\"prose\"><p>{{first}}</p></div>')"
)
CHAPTERS = {
    "01_sites": notebook("Sites", READ.format("territoires")),
    "02_postes": notebook("Postes", READ.format("carnet_de_bord")),
    "03_notes": notebook("Notes", READ.format("scores")),
}


class Silent:
    def begin(self, steps: int) -> None:
        assert steps >= 0

    def done(self, label: str) -> None:
        assert label


class Machines:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        named = folder / "ordonnanceur.json"
        self._start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(named))
        self.address = _address(named)

    def _start(self, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        empty = self._folder / f"poste {len(self._started)}"
        empty.mkdir(parents=True)
        environment = {k: v for k, v in os.environ.items() if k != "ATC_ROOT"} | variables
        with (empty / "journal").open("wb") as log:
            process = subprocess.Popen(
                [*DASK, *arguments, "--host", "127.0.0.1"], cwd=empty, env=environment, stdout=log, stderr=log
            )
        self._started.append(process)
        return process

    def worker(self, *options: str, **variables: str) -> subprocess.Popen[bytes]:
        options = options or ("--no-nanny",)
        return self._start("worker", self.address, "--nthreads", "1", "--no-dashboard", *options, **variables)

    def stop(self) -> None:
        for process in reversed(self._started):
            process.terminate()
        for process in self._started:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(named: Path) -> str:
    return str(json.loads(_when(lambda: named.is_file() and named.read_text()))["address"])


def _is_gone(pid: int) -> bool:
    # Whoever inherits an orphan, in a container, may never ask how it ended.
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _when(condition: Callable[[], object], seconds: float = 60) -> object:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return found


def _run(project: Project, **wanted: object) -> Outcome:
    request = {"vague": "2020-automne", "diffusion": "financeurs", **wanted}
    return run(project, Request(**request), Silent())  # type: ignore[arg-type]


def _tree(project: Project) -> dict[str, str]:
    folder = project.root / "outputs"
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".verrou"]
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in files}


def _working() -> list[psutil.Process]:
    """Kernels of a run, on whatever worker of this machine: its other processes may rest a minute."""
    return [p for p in psutil.process_iter() if _marked(p)]


def _marked(process: psutil.Process) -> bool:
    try:
        mark = process.environ().get(processes.MARK, "")
        return f"-{os.getpid()}-" in mark and "/" in mark and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


# --- what travels, and what is refused, without a cluster ---


@pytest.mark.parametrize(
    "address",
    ["localhost:8786", "http://h:8786", "tcp://h", "tcp://h:8786/x", "tcp://u@h:1", "inproc://1", "tcp://:1"],
)
def test_what_is_no_address_is_refused_before_anything(address: str) -> None:
    with pytest.raises(UsageError, match="tcp://machine:8786"):
        check_crew(0, address)


@pytest.mark.parametrize(
    "address", ["", "tcp://10.0.0.3:8786", "tls://calcul.exemple.fr:8786", "tcp://[::1]:1"]
)
def test_an_address_is_accepted(address: str) -> None:
    check_crew(0, address)


def test_the_command_refuses_with_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["run", "--scheduler", "localhost"])
    assert stop.value.code == 2
    assert "« localhost » n’est pas l’adresse" in capsys.readouterr().err


def test_a_number_of_processes_means_nothing_on_a_cluster() -> None:
    with pytest.raises(UsageError, match="--jobs"):
        check_crew(2, "tcp://h:8786")


def test_raw_rows_do_not_travel(make_project: Callable[..., Project]) -> None:
    project = make_project({"01_sites": CHAPTERS["01_sites"]})
    folder = project.processed("2020-automne")
    folder.mkdir(parents=True)
    (folder / "provenance.json").write_text(
        '{"data/raw/2020-automne/a.csv": "1", "data/dictionary/a.json": "2"}'
    )
    sent = slice_of(
        project,
        [
            "report.toml",
            "data/raw/2020-automne/territoires.csv",
            "data/processed/2020-automne/provenance.json",
        ],
    )
    assert set(sent) == {"report.toml", "data/processed/2020-automne/provenance.json"}
    assert b"raw" not in sent["data/processed/2020-automne/provenance.json"]


def test_differences_name_both_sides() -> None:
    here, there = {"Python": "3.11.2", "pandas": "3.0.1", "x": "1"}, {"Python": "3.12.1", "pandas": "3.0.1"}
    assert differences(here, here) == ""
    assert differences(here, there) == "Python (ici 3.11.2, là-bas 3.12.1), x (ici 1, là-bas absent)"
    many = {f"b{i}": "1" for i in range(7)}
    assert differences(many, {}).endswith("et 3 autres")


def test_likeness_knows_the_code_the_libraries_and_those_below_them() -> None:
    found = likeness()
    assert {"Python", "code d’atc", "Pango", "pandas", "tinycss2"} <= set(found)
    assert "pytest" not in found, "tools of developers decide no byte"
    assert found["code d’atc"] == found["code d’atc chargé"]


def test_a_worker_that_joins_late_is_refused_too(tmp_path: Path) -> None:
    order = Order("atc-run-1-a", dt.date(2020, 12, 15), "chaud", {**likeness(), "pandas": "2.3.3"}, {})
    with pytest.raises(AtcError, match=r"pandas \(ici 2\.3\.3, là-bas"):
        Workshop(order, forked=True)


@pytest.fixture
def orders() -> Iterator[Callable[..., Order]]:
    """Orders of runs, of which nothing stays."""

    def order(run: str, **changes: object) -> Order:
        return replace(Order(f"atc-run-{os.getpid()}-{run}", DAY, "standard", likeness(), {}), **changes)  # type: ignore[arg-type]

    yield order
    workshop._leaving.teardown(None)  # type: ignore[arg-type]
    workshop._leaving.begun = False


def _worker_of(order: Order) -> int:
    with workshop.opened(order).hand() as executor:
        return executor.submit(os.getpid).result()


def test_the_processes_of_a_run_serve_the_next_one(orders: Callable[..., Order]) -> None:
    first = _worker_of(orders("a"))
    assert _worker_of(orders("a")) == first
    workshop.close(orders("a").run)
    assert _worker_of(orders("b")) == first
    # While that run goes on, another has its own.
    assert _worker_of(orders("c")) != first


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, each process imports for itself")
def test_its_processes_are_forked_from_one_which_serves_one_run_at_a_time(
    orders: Callable[..., Order],
) -> None:
    first = workshop.opened(orders("a"))
    with first.hand() as one, first.hand() as two:
        parents = {psutil.Process(e.submit(os.getpid).result()).ppid() for e in (one, two)}
        (parent,) = parents
        assert psutil.Process(parent).environ()[processes.MARK] == first.mark
        assert psutil.Process(_worker_of(orders("b"))).ppid() == os.getpid()
    workshop.close(orders("a").run)
    workshop.close(orders("b").run)
    assert psutil.Process(_worker_of(orders("c", date=dt.date(2021, 12, 15)))).ppid() not in (
        parent,
        os.getpid(),
    )


@pytest.mark.parametrize(
    "other", [{"date": dt.date(2021, 12, 15)}, {"kernel": "chaud"}, {"files": {"report.toml": b""}}]
)
def test_they_serve_in_the_same_surroundings_only(
    orders: Callable[..., Order], other: dict[str, object]
) -> None:
    first = _worker_of(orders("a"))
    workshop.close(orders("a").run)
    # Files travel with each run.
    assert (_worker_of(orders("b", **other)) == first) is ("files" in other)


def test_they_do_not_outlive_code_that_changed(
    orders: Callable[..., Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _worker_of(orders("a"))
    workshop.close(orders("a").run)
    changed = {**likeness(), "code d’atc": "0"}
    monkeypatch.setattr(workshop, "likeness", lambda: changed)
    assert _worker_of(orders("b", likeness=changed)) != first
    with pytest.raises(AtcError, match="n’a pas le même environnement"):
        workshop.opened(orders("c"))


def test_one_workshop_rests_at_most(orders: Callable[..., Order]) -> None:
    pids = [_worker_of(orders(name)) for name in "ab"]
    assert pids[0] != pids[1]
    for name in "ab":
        workshop.close(orders(name).run)
    assert _is_gone(pids[0])
    assert not _is_gone(pids[1])


def test_processes_that_nobody_needs_end(
    orders: Callable[..., Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "_IDLE", 0.2)
    first = _worker_of(orders("a"))
    workshop.close(orders("a").run)
    _when(lambda: _is_gone(first), 10)
    assert _worker_of(orders("b")) != first


def test_a_process_is_replaced_after_its_turn(
    orders: Callable[..., Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "TURN", 2)
    pids = [_worker_of(orders("a")) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_job_that_goes_on_ends_with_its_run(orders: Callable[..., Order]) -> None:
    with workshop.opened(orders("a")).hand() as executor:
        endless = executor.submit(time.sleep, 60)
        workshop.close(orders("a").run)
        with pytest.raises(BrokenProcessPool):
            endless.result()
    assert not workshop._resting


def test_a_task_that_ends_one_worker_after_the_other_is_told_by_its_name() -> None:
    from distributed.scheduler import KilledWorker  # noqa: PLC0415

    told = _translated(KilledWorker("t", None, 3), "02_postes")
    assert isinstance(told, NotebookFailed)
    assert str(told).startswith("02_postes : ")


def test_a_scheduler_that_is_not_there_is_told(make_project: Callable[..., Project], monkeypatch) -> None:
    monkeypatch.setattr("atc.execution.cluster._PATIENCE", 1)
    project = make_project({"01_sites": CHAPTERS["01_sites"]})
    with pytest.raises(AtcError, match=r"L’ordonnanceur tcp://127\.0\.0\.1:9 ne répond pas"):
        _run(project, scheduler="tcp://127.0.0.1:9")
    assert not _tree(project)


def test_an_encrypted_link_without_certificate_is_told(make_project: Callable[..., Project]) -> None:
    project = make_project({"01_sites": CHAPTERS["01_sites"]})
    with pytest.raises(AtcError, match="aucun certificat"):
        _run(project, scheduler="tls://127.0.0.1:9")


# --- on two workers ---


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    started = Machines(tmp_path_factory.mktemp("grappe"))
    started.worker()
    started.worker()
    yield started
    started.stop()


@pytest.fixture
def flags(tmp_path: Path) -> Path:
    folder = tmp_path / "signes"
    folder.mkdir()
    return folder


def _watched(flags: Path, slug: str, then: str) -> str:
    """A cell that says that it began, then does something."""
    return (
        f"import os, time\nfrom pathlib import Path\nflags = Path({str(flags)!r})\n"
        f"(flags / f'{slug}-{{os.getpid()}}').touch()\n{then}\nNone"
    )


@pytest.mark.slow
def test_a_cluster_gives_the_bytes_of_a_local_run(tmp_path: Path, machines: Machines) -> None:
    local = write_project(tmp_path / "ici", CHAPTERS)
    remote = write_project(tmp_path / "ailleurs", CHAPTERS)
    assert _run(local, jobs=2).rendered == _run(remote, scheduler=machines.address).rendered
    assert "2020-automne/financeurs/rapport.pdf" in _tree(remote)
    assert _tree(remote) == _tree(local)
    assert _run(remote).nothing, "a local run after it has nothing to do"
    assert not _working()


@pytest.mark.slow
def test_a_worker_has_its_slice_and_no_more(make_project: Callable[..., Project], machines: Machines) -> None:
    look = (
        "import os\nfrom pathlib import Path\nroot = Path(os.environ['ATC_ROOT'])\n"
        "found = {p.relative_to(root).parts[:2] for p in root.rglob('*') if p.is_file()}\n"
        "kinds = ('dictionary', 'reference', 'processed')\n"
        "assert found == {('report.toml',), *(('data', kind) for kind in kinds)}, found\n"
        "assert {p.name for p in (root / 'data' / 'processed').iterdir()} == {'2020-automne'}"
    )
    project = make_project({"01_sites": notebook("Sites", look)})
    assert _run(project, scheduler=machines.address).executed == ("01_sites",)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_lost_worker_loses_nothing(
    make_project: Callable[..., Project], machines: Machines, flags: Path, how: signal.Signals
) -> None:
    lost = machines.worker()
    _when(lambda: _count(machines.address) == 3)
    wait = "while not (flags / 'suite').exists():\n    time.sleep(0.05)"
    slugs = ("01_a", "02_b", "03_c", "04_d")
    project = make_project({s: notebook(s, _watched(flags, s, wait)) for s in slugs})
    outcomes: list[Outcome] = []
    driver = threading.Thread(target=lambda: outcomes.append(_run(project, scheduler=machines.address)))
    driver.start()
    # All three are at work, the one to be lost too.
    _when(lambda: len(list(flags.iterdir())) >= 3)
    orphans = psutil.Process(lost.pid).children(recursive=True)
    assert orphans
    lost.send_signal(how)
    # Its job would last for ever: it does not wait for it.
    lost.wait(60)
    _when(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in orphans))
    (flags / "suite").touch()
    driver.join(120)
    assert [outcome.executed for outcome in outcomes] == [slugs]
    again = [p.name.split("-")[0] for p in flags.iterdir() if p.name != "suite"]
    assert len(again) == len(slugs) + 1, "one was begun twice"
    assert _run(project).nothing


@pytest.mark.slow
def test_a_bad_notebook_fails_once_with_its_own_error(
    make_project: Callable[..., Project], machines: Machines, flags: Path
) -> None:
    project = make_project(
        {
            "01_bon": notebook("Bon", _watched(flags, "bon", "")),
            "02_mauvais": notebook("Mauvais", _watched(flags, "mauvais", "1 / 0")),
        }
    )
    with pytest.raises(NotebookFailed) as caught:
        _run(project, scheduler=machines.address)
    assert str(caught.value).splitlines() == [
        "02_mauvais, cellule c1 (import os, time) : ZeroDivisionError : division by zero"
    ]
    assert sorted(p.name.split("-")[0] for p in flags.iterdir()) == ["bon", "mauvais"]
    assert not _tree(project)
    assert not _working()


@pytest.mark.slow
def test_a_job_that_kills_its_process_takes_no_worker_down(
    make_project: Callable[..., Project], machines: Machines, flags: Path
) -> None:
    # A kernel is no child of the process that runs the job: that one carries the mark of the worker, and so
    # does the one that it is forked from.
    kill = (
        "import psutil\nmark = os.environ['ATC_EXECUTION'].partition('/')[0]\n"
        "for p in psutil.process_iter(['cmdline', 'environ']):\n"
        "    called, told = p.info['cmdline'] or (), p.info['environ'] or {}\n"
        "    if 'multiprocessing' in ' '.join(called) and told.get('ATC_EXECUTION') == mark:\n"
        "        p.kill()\n"
        "time.sleep(60)"
    )
    project = make_project({"01_tueur": notebook("Tueur", _watched(flags, "tueur", kill))})
    with pytest.raises(NotebookFailed, match="01_tueur : un processus de travail a été tué"):
        _run(project, scheduler=machines.address)
    assert len(list(flags.iterdir())) == 1, "not tried again"
    write_chapter(project, "01_tueur", notebook("Tueur", _watched(flags, "suivant", "1")))
    assert _run(project, scheduler=machines.address).executed == ("01_tueur",)


@pytest.mark.slow
def test_workers_of_another_version_are_refused_before_anything_runs(
    make_project: Callable[..., Project], tmp_path: Path, flags: Path
) -> None:
    other = tmp_path / "autre version"
    shutil.copytree(Path(atc.__file__).parent, other / "atc", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "atc" / "rows.py").open("a", encoding="utf-8") as stream:
        stream.write("# une autre version\n")
    apart = Machines(tmp_path / "grappe")
    try:
        apart.worker()
        _when(lambda: _count(apart.address) == 1)
        project = make_project({"01_a": notebook("A", _watched(flags, "a", ""))})
        apart.worker(PYTHONPATH=str(other))
        _when(lambda: _count(apart.address) == 2)
        with pytest.raises(AtcError, match="Rien n’a été exécuté") as caught:
            _run(project, scheduler=apart.address)
        (line,) = str(caught.value).splitlines()
        assert likeness()["code d’atc"] in line
        assert "code d’atc (ici " in line
        assert "là-bas " in line
        apart.worker("--nanny")
        _when(lambda: _count(apart.address) == 3)
        with pytest.raises(AtcError, match="--no-nanny"):
            _run(project, scheduler=apart.address)
    finally:
        apart.stop()
    assert not list(flags.iterdir())
    assert not _tree(project)


def _count(address: str) -> int:
    from distributed import Client  # noqa: PLC0415

    with Client(address, set_as_default=False) as client:
        return len(client.scheduler_info(n_workers=-1)["workers"])


@pytest.mark.slow
def test_a_scheduler_that_stops_ends_the_run(
    make_project: Callable[..., Project], tmp_path: Path, flags: Path
) -> None:
    apart = Machines(tmp_path / "grappe")
    try:
        apart.worker()
        project = make_project({"01_a": notebook("A", _watched(flags, "a", "time.sleep(60)"))})
        stop = threading.Timer(0, lambda: (_when(lambda: list(flags.iterdir())), apart._started[0].kill()))
        stop.start()
        with pytest.raises(AtcError, match="L’ordonnanceur ne répond plus"):
            _run(project, scheduler=apart.address)
        stop.join()
    finally:
        apart.stop()
    assert not _tree(project)
    _when(lambda: not _working())


@pytest.mark.slow
def test_an_interrupted_run_leaves_nothing_on_the_workers(
    make_project: Callable[..., Project], machines: Machines, flags: Path
) -> None:
    project = make_project({"01_a": notebook("A", _watched(flags, "a", "time.sleep(60)"))})
    driver = subprocess.Popen(
        [sys.executable, "-m", "atc", "run", "--scheduler", machines.address],
        cwd=project.root,
        stderr=subprocess.PIPE,
        text=True,
    )
    _when(lambda: list(flags.iterdir()))
    (kernel,) = (int(path.name.split("-")[1]) for path in flags.iterdir())
    driver.send_signal(signal.SIGINT)
    _, errors = driver.communicate(timeout=120)
    assert errors.strip() == "Interrompu : rien n’a été publié, les résultats précédents sont intacts."
    _when(lambda: not psutil.pid_exists(kernel), 10)
    assert not _tree(project)
