"""Whole runs: what they publish, and what they leave as it was when they fail."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from conftest import notebook, write_chapter
from run.craft import ALL, CHAPTERS, DOCUMENTS, SVG
from run.craft import brought_up as _run
from run.craft import pages as _pages
from run.craft import tree as _tree

from atc.run import run as module
from atc.run.manifest import REPORT, file_hash, read_manifest
from atc.survey.errors import AtcError, DataRefused, NotebookFailed
from atc.survey.paths import Project

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("lent")]
LAUNCHER = module.launcher


@pytest.fixture
def untouched(project: Project) -> Iterator[None]:
    """What was published is there, byte for byte, and nothing else is."""
    before = _tree(project.root / "outputs")
    yield
    assert _tree(project.root / "outputs") == before


def test_a_first_run_publishes_everything_and_says_who_made_it(made: Project) -> None:
    results = {
        name.removeprefix("2020-automne/"): hash_ for name, hash_ in _tree(made.root / "outputs").items()
    }
    assert {name for name, sha256 in results.items() if sha256} == {
        *(f"financeurs/{kind}/{slug}.{kind}" for slug in ALL for kind in ("html", "pdf")),
        *(f"financeurs/figures/F01-01.{kind}" for kind in ("png", "svg")),
        *(f"financeurs/{name}" for name in ("index.html", "manifest.json", "tables/F01-01.csv", *DOCUMENTS)),
        *(f"interne/carnets/financeurs/{slug}.ipynb" for slug in ALL),
    }
    pages = _pages(made)
    manifest = read_manifest(pages)
    assert manifest is not None
    for path, sha256 in manifest.files.items():
        assert file_hash(pages / path) == sha256
    assert "figures/F01-01.svg" in manifest.made["01_sites"].files
    assert set(manifest.made[REPORT].files) == DOCUMENTS
    assert manifest.data["data/raw/2020-automne/territoires.csv"] == file_hash(
        made.raw("2020-automne") / "territoires.csv"
    )
    assert manifest.date == "2020-12-15"
    assert (pages / "figures/F01-01.svg").read_text() == SVG
    assert (pages / "tables/F01-01.csv").read_text() == "site,n\nAubenas,1\n"
    assert (pages / "rapport.pdf").read_bytes().startswith(b"%PDF")


def test_nothing_is_written_that_tells_the_machine_or_the_time(made: Project) -> None:
    told = [str(made.root), made.root.parent.name, str(Path.home()), "execution_time", "start_time", "/tmp/"]
    for path in (made.root / "outputs").rglob("*"):
        if path.suffix in {".ipynb", ".json", ".html", ".csv", ".svg"}:
            text = path.read_text(encoding="utf-8")
            assert not [word for word in told if word in text], path


def test_forcing_elsewhere_with_other_surroundings_gives_the_same_bytes(
    project: Project, untouched: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With processes of its own: surroundings come with them.
    monkeypatch.setattr(module, "launcher", LAUNCHER)
    for name, value in {
        "TZ": "Asia/Tokyo",
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
        "MPLBACKEND": "svg",
    }.items():
        monkeypatch.setenv(name, value)
    outcome = _run(project, force=True, jobs=1)
    assert outcome.executed == ALL
    assert outcome.rendered == (*ALL, REPORT)


def test_the_inner_circle_keeps_the_executed_notebooks_of_the_others(project: Project) -> None:
    before = _tree(project.root / "outputs")
    _run(project, diffusion="interne")
    after = _tree(project.root / "outputs")
    assert {name: after[name] for name in before} == before
    assert "2020-automne/interne/carnets/interne/01_sites.ipynb" in after
    assert "2020-automne/interne/html/01_sites.html" in after
    assert _run(project).nothing
    assert _run(project, diffusion="interne").nothing


@pytest.mark.fault
def test_every_failed_chapter_is_told_and_nothing_moves(project: Project, untouched: None) -> None:
    write_chapter(project, "01_sites", notebook("Sites", "n = 1", "fig_01_01(vague)"))
    write_chapter(project, "02_postes", notebook("Postes", "import os\nos._exit(0)"))
    with pytest.raises(NotebookFailed) as caught:
        _run(project)
    first, second = str(caught.value).splitlines()
    assert first == "01_sites, cellule c2 (fig_01_01(vague)) : NameError : name 'fig_01_01' is not defined"
    assert second.startswith("02_postes, cellule c1 (import os) : le noyau s’est arrêté")


@pytest.mark.fault
def test_broken_notebooks_are_all_told_before_anything_runs(project: Project, untouched: None) -> None:
    (project.notebooks / "01_sites.ipynb").write_text("{")
    (project.notebooks / "02_postes.ipynb").unlink()
    with pytest.raises(NotebookFailed) as caught:
        _run(project)
    assert [line.split(" : ")[0] for line in str(caught.value).splitlines()] == ["01_sites", "02_postes"]


@pytest.mark.fault
@pytest.mark.parametrize("name", ["report.toml", "notebooks/01_sites.ipynb"])
def test_a_file_that_changes_meanwhile_fails_the_run(project: Project, untouched: None, name: str) -> None:
    touch = f"with open('../{name}', 'a') as f:\n    f.write(' ')\nNone"
    if name.endswith(".ipynb"):
        touch = f"t = open('../{name}').read().replace('# ', '# Les ')\nopen('../{name}', 'w').write(t)\nNone"
    write_chapter(project, "02_postes", notebook("Postes", touch))
    with pytest.raises(AtcError, match=f"ont changé pendant l’exécution .*{re.escape(name)}"):
        _run(project)


@pytest.mark.fault
def test_refused_data_leave_everything_as_it_was(project: Project, untouched: None) -> None:
    with (project.raw("2020-automne") / "territoires.csv").open("a") as stream:
        stream.write("n’importe;quoi\n")
    with pytest.raises(DataRefused):
        _run(project)


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    """Have a folder on a disk of its own, where the machine allows it."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.fault
def test_a_full_disk_keeps_what_was_there(project: Project) -> None:
    outputs, kept = project.root / "outputs", project.root / "gardé"
    used = sum(path.stat().st_size for path in outputs.rglob("*") if path.is_file())
    outputs.rename(kept)
    outputs.mkdir()
    with small_disk(outputs, used // 1024 + 300):
        shutil.copytree(kept, outputs, dirs_exist_ok=True)
        before = _tree(outputs)
        with pytest.raises(AtcError, match="libérez de la place"):
            _run(project, force=True)
        assert _tree(outputs) == before


@pytest.mark.fault
def test_a_temporary_folder_without_room_is_named(
    project: Project, untouched: None, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With processes of its own: what they make goes through that folder.
    monkeypatch.setattr(module, "launcher", LAUNCHER)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with small_disk(temporary, 40):
        with pytest.raises(AtcError, match=f"{re.escape(str(temporary))}/.* .le disque est plein"):
            _run(project, force=True)
        assert not list(temporary.iterdir())


@pytest.mark.fault
def test_a_temporary_folder_too_deep_for_sockets_is_told(
    project: Project, untouched: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("t" * 90)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with pytest.raises(AtcError, match=r"chemin trop long.*TMPDIR"):
        _run(project, force=True)
    assert not list(deep.iterdir())


@pytest.mark.fault
def test_outputs_that_cannot_be_written_are_told(project: Project) -> None:
    shutil.rmtree(project.root / "outputs")
    (project.root / "outputs").write_text("un fichier à la place du dossier")
    with pytest.raises(AtcError, match="écriture impossible"):
        _run(project)


WAITS = "import os, time\nos.write(2, b'Mme Dupont')\nopen('../en-cours', 'w').close()\ntime.sleep(300)"


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A temporary folder for one run; its path is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="t-") as name:
        yield Path(name)


@pytest.fixture
def running(project: Project, temporary: Path) -> Iterator[subprocess.Popen[str]]:
    """A run in a process of its own, in the middle of a chapter that does not end."""
    write_chapter(project, "02_postes", notebook("Postes", "n = 1", WAITS))
    process = subprocess.Popen(
        [sys.executable, "-m", "atc", "run", "--jobs", "2"],
        cwd=project.root,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (project.root / "en-cours").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def _family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Whatever a run started; there is something, while it runs."""
    family = psutil.Process(process.pid).children(recursive=True)
    assert family
    return family


def _ended(family: list[psutil.Process]) -> bool:
    """Whether nothing of it is left, a moment later."""
    return not psutil.wait_procs(family, timeout=15)[1]


@pytest.mark.fault
@pytest.mark.parametrize(("name", "everyone"), [("SIGTERM", True), ("SIGHUP", False)])
def test_a_second_run_is_refused_and_one_that_is_interrupted_clears_up(
    project: Project,
    untouched: None,
    running: subprocess.Popen[str],
    temporary: Path,
    name: str,
    everyone: bool,
) -> None:
    staged = [path.name for path in _pages(project).parent.iterdir() if path.name.startswith(".chantier")]
    assert len(staged) == 1
    with pytest.raises(AtcError, match="Une autre exécution est en cours"):
        _run(project)
    number = getattr(signal, name)
    family = _family(running)
    os.killpg(running.pid, number) if everyone else running.send_signal(number)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == 1
    assert errors.strip().splitlines() == [
        "Interrompu : rien n’a été publié, les résultats précédents sont intacts."
    ]
    assert _ended(family)
    assert not list(temporary.iterdir())


@pytest.mark.fault
def test_a_killed_run_leaves_no_process_and_the_next_one_clears_its_traces(
    project: Project, running: subprocess.Popen[str], temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _tree(_pages(project))
    family = _family(running)
    running.kill()
    running.communicate()
    assert _ended(family)
    assert _tree(_pages(project)) == before
    write_chapter(project, "02_postes", CHAPTERS["02_postes"])
    (project.root / "en-cours").unlink()
    assert list(temporary.iterdir())
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    project.recover()
    assert not [*temporary.iterdir(), *_pages(project).parent.glob(".chantier*")]
    assert _run(project).nothing
