"""A run on other machines: two dask workers, each in an empty folder, that share nothing with the driver."""

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
from concurrent.futures import Future
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import Mock, patch

import psutil
import pytest
from conftest import notebook, write_project
from run.craft import brought_up as _run

import atc
from atc.cli import main
from atc.run import cluster
from atc.run.cluster import Site, differences, likeness, slice_of
from atc.run.manifest import file_hash
from atc.run.run import Outcome
from atc.survey.errors import AtcError, NotebookFailed
from atc.survey.paths import Project

DASK = [sys.executable, "-m", "dask"]
#: As docs/cluster.md asks for.
QUIET = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
}
READ = (
    "from IPython.display import HTML\nfrom atc.survey.waves import open_wave\n"
    "first = open_wave(vague, diffusion).table('{}').iloc[0, 0]\n"
    "HTML(f'<div class=\"prose\"><p>{{first}}</p></div>')"
)
CHAPTERS = {
    "01_sites": notebook("Sites", READ.format("territoires")),
    "02_postes": notebook("Postes", READ.format("carnet_de_bord")),
}


class Machines:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.started: list[subprocess.Popen[bytes]] = []
        named = folder / "ordonnanceur.json"
        self._start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(named))
        self.address = _address(named)

    def _start(self, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        empty = self._folder / f"poste {len(self.started)}"
        empty.mkdir(parents=True)
        environment = {k: v for k, v in os.environ.items() if k != "ATC_ROOT"} | QUIET | variables
        with (empty / "journal").open("wb") as log:
            process = subprocess.Popen(
                [*DASK, *arguments, "--host", "127.0.0.1"], cwd=empty, env=environment, stdout=log, stderr=log
            )
        self.started.append(process)
        return process

    def worker(self, *options: str, **variables: str) -> subprocess.Popen[bytes]:
        options = options or ("--no-nanny",)
        return self._start("worker", self.address, "--nthreads", "1", "--no-dashboard", *options, **variables)

    def stop(self) -> None:
        for process in reversed(self.started):
            process.terminate()
        for process in self.started:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(named: Path) -> str:
    return str(json.loads(_when(lambda: named.is_file() and named.read_text()))["address"])


def _when(condition: Callable[[], object], seconds: float = 150) -> object:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return found


def _tree(project: Project) -> dict[str, str]:
    folder = project.root / "outputs"
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".verrou"]
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in files}


def _working(machines: Machines) -> list[psutil.Process]:
    """Processes of tasks, on whatever worker: forked from one that is there for this alone."""
    workers = [psutil.Process(process.pid) for process in machines.started[1:] if process.poll() is None]
    found = [child for worker in workers for child in worker.children(recursive=True)]
    return [child for child in found if "import serve" in " ".join(child.cmdline())]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        *(
            (["--scheduler", address], f"« {address} » n’est pas l’adresse")
            for address in ("localhost", "http://h:8786", "tcp://h", "tcp://h:1/x", "tcp://u@h:1", "tcp://:1")
        ),
        (["--scheduler", "tcp://h:8786", "--jobs", "2"], "Retirez --jobs"),
    ],
)
def test_what_is_no_address_is_refused_before_anything(
    capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["run", *words])
    assert stop.value.code == 2
    assert told in capsys.readouterr().err


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


def test_a_worker_that_joins_late_is_refused_too() -> None:
    late = Site("tard", dt.date(2020, 12, 15), {**likeness(), "pandas": "2.3.3"})
    with pytest.raises(AtcError, match=r"pandas \(ici 2\.3\.3, là-bas"):
        late.setup(Mock(address="tcp://h:1"))
    with (
        patch.object(cluster, "get_worker", lambda: Mock(plugins={late.name: late})),
        pytest.raises(AtcError, match="Le worker tcp://h:1 n’a pas le même environnement"),
    ):
        cluster.perform_away("", Mock(), "", {}, {}, late.name)
    late.teardown(Mock())


@pytest.mark.fault
def test_a_task_that_ends_one_worker_after_the_other_is_told_by_its_name() -> None:
    from distributed.scheduler import KilledWorker  # noqa: PLC0415

    sent: Future[object] = Future()
    sent.set_exception(KilledWorker("t", None, 3))  # type: ignore[no-untyped-call]
    client = Mock(**{"submit.return_value": sent})
    with (
        patch.object(cluster, "_reached", lambda address: nullcontext(client)),
        cluster.cluster("tcp://h:1", "r", dt.date(2020, 12, 15)) as ready,
        pytest.raises(NotebookFailed, match="02_postes : plusieurs workers"),
    ):
        ready(Mock(), []).do("", Mock(needs=()), "02_postes")


@pytest.mark.fault
def test_a_scheduler_that_is_not_there_is_told(make_project: Callable[..., Project], monkeypatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    project = make_project({"01_sites": CHAPTERS["01_sites"]})
    with pytest.raises(AtcError, match=r"L’ordonnanceur tcp://127\.0\.0\.1:9 ne répond pas"):
        _run(project, scheduler="tcp://127.0.0.1:9")
    assert not _tree(project)


def test_an_encrypted_link_without_certificate_is_told(make_project: Callable[..., Project]) -> None:
    project = make_project({"01_sites": CHAPTERS["01_sites"]})
    with pytest.raises(AtcError, match="aucun certificat"):
        _run(project, scheduler="tls://127.0.0.1:9")


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    started = Machines(tmp_path_factory.mktemp("grappe"))
    started.worker()
    # As dask starts them when nothing is asked for: watched by a process of its own.
    started.worker("--nanny")
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
def test_a_cluster_gives_the_bytes_of_a_local_run(tmp_path: Path, machines: Machines, lent: None) -> None:
    local = write_project(tmp_path / "ici", CHAPTERS)
    remote = write_project(tmp_path / "ailleurs", CHAPTERS)
    assert _run(local, jobs=2).rendered == _run(remote, scheduler=machines.address).rendered
    assert "2020-automne/financeurs/rapport.pdf" in _tree(remote)
    assert _tree(remote) == _tree(local)
    assert _run(remote).nothing, "a local run after it has nothing to do"
    _when(lambda: not _working(machines))


#: What a chapter finds of the project on a worker: no raw row, no other wave.
LOOK = (
    "root = Path(os.environ['ATC_ROOT'])\n"
    "found = {p.relative_to(root).parts[:2] for p in root.rglob('*') if p.is_file()}\n"
    "kinds = ('dictionary', 'reference', 'processed')\n"
    "assert found == {('report.toml',), *(('data', kind) for kind in kinds)}, found\n"
    "assert {p.name for p in (root / 'data' / 'processed').iterdir()} == {'2020-automne'}"
)


@pytest.mark.fault
@pytest.mark.lengthy
@pytest.mark.slow
def test_a_lost_worker_loses_nothing(
    make_project: Callable[..., Project], machines: Machines, flags: Path
) -> None:
    lost = machines.worker()
    _when(lambda: _count(machines.address) == 3)
    wait = "while not (flags / 'suite').exists():\n    time.sleep(0.05)"
    # More notebooks than workers: dask may give two of them to one worker before the next has any.
    slugs = ("01_a", "02_b", "03_c", "04_d", "05_e")
    project = make_project({s: notebook(s, _watched(flags, s, wait)) for s in slugs})
    outcomes: list[Outcome] = []
    driver = threading.Thread(target=lambda: outcomes.append(_run(project, scheduler=machines.address)))
    driver.start()

    def descendants() -> list[psutil.Process]:
        return psutil.Process(lost.pid).children(recursive=True)

    # The one to be lost is at work: a notebook that it runs has said so.
    _when(lambda: {str(p.pid) for p in descendants()} & {f.name.rsplit("-", 1)[1] for f in flags.iterdir()})
    orphans = descendants()
    lost.kill()
    # Its job would last for ever: it does not wait for it.
    lost.wait(60)
    _when(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in orphans))
    (flags / "suite").touch()
    driver.join(120)
    assert [outcome.executed for outcome in outcomes] == [slugs]
    again = [p.name.split("-")[0] for p in flags.iterdir() if p.name != "suite"]
    assert len(again) == len(slugs) + 1, "one was begun twice"
    assert _run(project).nothing


@pytest.mark.fault
@pytest.mark.lengthy
@pytest.mark.slow
def test_a_worker_has_its_slice_and_what_fails_there_fails_once_and_takes_no_worker_down(
    make_project: Callable[..., Project], machines: Machines, flags: Path
) -> None:
    kill = "import signal\nos.kill(os.getpid(), signal.SIGKILL)"
    project = make_project(
        {
            "01_bon": notebook("Bon", _watched(flags, "bon", LOOK)),
            "02_mauvais": notebook("Mauvais", _watched(flags, "mauvais", "1 / 0")),
            "03_tueur": notebook("Tueur", _watched(flags, "tueur", kill)),
        }
    )
    with pytest.raises(NotebookFailed) as caught:
        _run(project, scheduler=machines.address)
    bad, killer = str(caught.value).splitlines()
    assert bad == "02_mauvais, cellule c1 (import os, time) : ZeroDivisionError : division by zero"
    assert killer.startswith("03_tueur, cellule c1 (import os, time) : le noyau s’est arrêté")
    assert sorted(p.name.split("-")[0] for p in flags.iterdir()) == ["bon", "mauvais", "tueur"]
    assert not _tree(project)
    _when(lambda: not _working(machines))
    assert _count(machines.address) == 2


@pytest.mark.slow
def test_workers_of_another_version_are_refused_before_anything_runs(
    make_project: Callable[..., Project], machines: Machines, tmp_path: Path, flags: Path
) -> None:
    other = tmp_path / "autre version"
    shutil.copytree(Path(atc.__file__).parent, other / "atc", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "atc" / "rows.py").open("a", encoding="utf-8") as stream:
        stream.write("# une autre version\n")
    project = make_project({"01_a": notebook("A", _watched(flags, "a", ""))})
    odd = machines.worker(PYTHONPATH=str(other))
    _when(lambda: _count(machines.address) == 3)
    with pytest.raises(AtcError, match="Rien n’a été exécuté") as caught:
        _run(project, scheduler=machines.address)
    (line,) = str(caught.value).splitlines()
    assert f"code d’atc (ici {likeness()['code d’atc']}, là-bas " in line
    odd.terminate()
    _when(lambda: _count(machines.address) == 2)
    assert not list(flags.iterdir())
    assert not _tree(project)


def _count(address: str) -> int:
    from distributed import Client  # noqa: PLC0415

    with Client(address, set_as_default=False) as client:
        return len(client.scheduler_info(n_workers=-1)["workers"])


@pytest.mark.fault
@pytest.mark.lengthy
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


@pytest.mark.fault
@pytest.mark.lengthy
@pytest.mark.slow
def test_at_last_a_scheduler_that_stops_ends_the_run(
    make_project: Callable[..., Project], machines: Machines, flags: Path
) -> None:
    """The last test of this module: no machine is left to run on."""
    project = make_project({"01_a": notebook("A", _watched(flags, "a", "time.sleep(60)"))})
    stop = threading.Timer(0, lambda: (_when(lambda: list(flags.iterdir())), machines.started[0].kill()))
    stop.start()
    with pytest.raises(AtcError, match="L’ordonnanceur ne répond plus"):
        _run(project, scheduler=machines.address)
    stop.join()
    assert not _tree(project)
