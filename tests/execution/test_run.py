"""Whole runs: what they publish, and what they leave as it was when they fail."""

from __future__ import annotations

import base64
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from conftest import notebook, write_chapter, write_project

from atc.datapackage import FILE as PACKAGE_FILE
from atc.errors import AtcError, DataRefused, NotebookFailed, UsageError
from atc.execution import making, processes
from atc.execution.carnets import EXHIBIT_MIME
from atc.execution.run import Outcome, Request, run
from atc.manifest import FILE, REPORT, file_hash, read_manifest
from atc.paths import Project

pytestmark = pytest.mark.slow

READ = (
    "from IPython.display import HTML\nfrom atc.waves import open_wave\n"
    "first = open_wave(vague, diffusion).table('{}').iloc[0, 0]\n"
    "HTML(f'<div class=\"prose\"><p>{{first}}</p></div>')"
)
PNG = base64.b64encode(b"\x89PNG").decode()


def _exhibit(id_: str) -> str:
    exhibit = {
        "id": id_,
        "title": "Titre",
        "reading": "Lecture.",
        "status": "simulé",
        "files": {"svg": "<svg/>", "png": PNG, "csv": "site;n\nAubenas;1\n"},
    }
    figure = (
        f'<figure class="exhibit" id="{id_}" data-status="simulé"><figcaption><p>x</p></figcaption></figure>'
    )
    return (
        "from IPython.display import display\n"
        f"display({{'text/html': {figure!r}, '{EXHIBIT_MIME}': {exhibit!r}}}, raw=True)"
    )


CHAPTERS = {
    "01_sites": notebook("Sites", READ.format("territoires"), _exhibit("F01-01")),
    "02_postes": notebook("Postes", READ.format("carnet_de_bord")),
}


class Silent:
    def begin(self, steps: int) -> None:
        assert steps >= 0

    def done(self, label: str) -> None:
        assert label


def _run(project: Project, **wanted: object) -> Outcome:
    request = {"vague": "2020-automne", "diffusion": "financeurs", "jobs": 2, **wanted}
    return run(project, Request(**request), Silent())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose report is up to date. Nobody changes it: see `project`."""
    project = write_project(tmp_path_factory.mktemp("fait") / "projet", CHAPTERS)
    _run(project)
    return project


@pytest.fixture
def project(made: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    shutil.copytree(made.root, tmp_path / "un dossier à part")
    monkeypatch.chdir(tmp_path / "un dossier à part")
    monkeypatch.delenv("ATC_ROOT", raising=False)
    return Project(tmp_path / "un dossier à part")


def _pages(project: Project) -> Path:
    return project.outputs("2020-automne", "financeurs")


def _tree(folder: Path) -> dict[str, str]:
    """Every file below, hidden ones too, with its hash; the lock is no result."""
    return {
        path.relative_to(folder).as_posix(): file_hash(path)
        for path in sorted(folder.rglob("*"))
        if path.name != ".verrou"
    }


@pytest.fixture
def untouched(project: Project) -> Iterator[None]:
    """What was published is there, byte for byte, and nothing else is."""
    before = _tree(project.root / "outputs")
    yield
    assert _tree(project.root / "outputs") == before


def test_a_first_run_publishes_everything_and_says_who_made_it(made: Project) -> None:
    assert sorted(_tree(made.root / "outputs")) == sorted(
        [
            "2020-automne",
            "2020-automne/financeurs",
            "2020-automne/financeurs/figures",
            "2020-automne/financeurs/figures/F01-01.png",
            "2020-automne/financeurs/figures/F01-01.svg",
            "2020-automne/financeurs/html",
            "2020-automne/financeurs/html/01_sites.html",
            "2020-automne/financeurs/html/02_postes.html",
            "2020-automne/financeurs/index.html",
            "2020-automne/financeurs/manifest.json",
            "2020-automne/financeurs/pdf",
            "2020-automne/financeurs/pdf/01_sites.pdf",
            "2020-automne/financeurs/pdf/02_postes.pdf",
            "2020-automne/financeurs/rapport.pdf",
            "2020-automne/financeurs/tables",
            "2020-automne/financeurs/tables/F01-01.csv",
            "2020-automne/interne",
            "2020-automne/interne/carnets",
            "2020-automne/interne/carnets/financeurs",
            "2020-automne/interne/carnets/financeurs/01_sites.ipynb",
            "2020-automne/interne/carnets/financeurs/02_postes.ipynb",
        ]
    )
    pages = _pages(made)
    manifest = read_manifest(pages)
    assert manifest is not None
    for path, artefact in manifest.artefacts.items():
        assert file_hash(pages / path) == artefact.sha256
    assert manifest.artefacts["figures/F01-01.svg"].made_by == "01_sites"
    assert manifest.artefacts["rapport.pdf"].made_by == REPORT
    assert manifest.data["data/raw/2020-automne/territoires.csv"] == file_hash(
        made.raw("2020-automne") / "territoires.csv"
    )
    assert manifest.date == "2020-12-15"
    assert (pages / "figures/F01-01.svg").read_text() == "<svg/>"
    assert (pages / "tables/F01-01.csv").read_text() == "site;n\nAubenas;1\n"
    assert (pages / "rapport.pdf").read_bytes().startswith(b"%PDF")


def test_nothing_is_written_that_tells_the_machine_or_the_time(made: Project) -> None:
    told = [str(made.root), made.root.parent.name, str(Path.home()), "execution_time", "start_time", "/tmp/"]
    for path in (made.root / "outputs").rglob("*"):
        if path.suffix in {".ipynb", ".json", ".html", ".csv", ".svg"}:
            text = path.read_text(encoding="utf-8")
            assert not [word for word in told if word in text], path


def test_a_second_run_does_nothing(project: Project, untouched: None) -> None:
    outcome = _run(project)
    assert outcome.nothing
    assert outcome.pages == _pages(project)


def test_a_second_run_imports_nothing_heavy(project: Project, untouched: None) -> None:
    code = (
        "import sys\nfrom atc.cli import main\n"
        "try:\n    main(['run'])\nexcept SystemExit as left:\n    assert left.code == 0\n"
        "heavy = {'pandas', 'numpy', 'nbformat', 'papermill', 'frictionless', 'matplotlib', 'weasyprint'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Rien à refaire")


def test_forcing_elsewhere_with_other_surroundings_gives_the_same_bytes(
    project: Project, untouched: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "TZ": "Asia/Tokyo",
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
        "MPLBACKEND": "svg",
    }.items():
        monkeypatch.setenv(name, value)
    outcome = _run(project, force=True, jobs=1)
    assert outcome.executed == ("01_sites", "02_postes")
    assert outcome.rendered == ("01_sites", "02_postes", REPORT)


def test_executed_notebooks_can_be_run_again_against_their_outputs(project: Project) -> None:
    carnets = project.outputs("2020-automne", "interne") / "carnets" / "financeurs"
    check = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--nbval", str(carnets)]
    done = subprocess.run(check, cwd=project.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout


def test_changed_data_rebuild_only_what_rests_on_them(project: Project) -> None:
    before = _tree(_pages(project))
    raw = project.raw("2020-automne")
    description = json.loads((raw / PACKAGE_FILE).read_text(encoding="utf-8"))
    (resource,) = (r for r in description["resources"] if r["name"] == "carnet_de_bord")
    heading, first, second, *others = (raw / resource["path"]).read_bytes().splitlines(keepends=True)
    (raw / resource["path"]).write_bytes(b"".join([heading, second, first, *others]))
    resource["hash"] = f"sha256:{file_hash(raw / resource['path'])}"
    (raw / PACKAGE_FILE).write_text(json.dumps(description), encoding="utf-8")
    outcome = _run(project)
    assert outcome.executed == ("02_postes",)
    assert outcome.rendered == ("02_postes", REPORT)
    after = _tree(_pages(project))
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"html/02_postes.html", "pdf/02_postes.pdf", "rapport.pdf", "index.html", FILE}
    assert {"html/02_postes.html", "rapport.pdf", FILE} <= changed
    assert _run(project).nothing


def test_equal_results_need_no_new_page(project: Project) -> None:
    write_chapter(project, "02_postes", notebook("Postes", READ.format("carnet_de_bord") + "  # idem"))
    write_chapter(project, "01_sites", notebook("Sites", READ.format("territoires"), _exhibit("F01-01")))
    before = _tree(_pages(project))
    outcome = _run(project)
    assert outcome.executed == ("02_postes",)
    assert "01_sites" not in outcome.rendered
    assert _tree(_pages(project))["html/01_sites.html"] == before["html/01_sites.html"]


def test_a_chosen_chapter_is_made_alone_and_the_others_are_told(project: Project) -> None:
    before = _tree(_pages(project))
    for slug, title in (("01_sites", "Les sites"), ("02_postes", "Les postes")):
        write_chapter(project, slug, notebook(title, "n = 1"))
    outcome = _run(project, chapitres=("02_postes",))
    assert (outcome.executed, outcome.outdated) == (("02_postes",), ("01_sites",))
    after = _tree(_pages(project))
    assert after["html/02_postes.html"] != before["html/02_postes.html"]
    for kept in ("html/01_sites.html", "rapport.pdf", "index.html", "figures/F01-01.png"):
        assert after[kept] == before[kept]
    manifest = read_manifest(_pages(project))
    assert manifest is not None
    assert manifest.outdated == ("01_sites",)
    outcome = _run(project)
    assert outcome.executed == ("01_sites",)
    assert outcome.outdated == ()
    assert not (_pages(project) / "figures").exists()


def test_a_chosen_chapter_leaves_the_files_of_others_even_if_one_is_gone(project: Project) -> None:
    (_pages(project) / "figures" / "F01-01.png").unlink()
    write_chapter(project, "02_postes", notebook("Postes", "n = 1"))
    _run(project, chapitres=("02_postes",))
    assert (_pages(project) / "html" / "01_sites.html").is_file()
    assert (_pages(project) / "figures" / "F01-01.svg").is_file()
    assert "01_sites" in _run(project).rendered
    assert (_pages(project) / "figures" / "F01-01.png").is_file()


def test_a_chapter_edited_meanwhile_is_executed_again_by_the_next_run(project: Project) -> None:
    edited = notebook("Postes", "n = 1")
    edit = f"from pathlib import Path\nPath('02_postes.ipynb').write_text({json.dumps(edited)!r})\nNone"
    write_chapter(project, "02_postes", notebook("Postes", edit))
    assert _run(project).executed == ("02_postes",)
    assert _run(project).executed == ("02_postes",)
    assert _run(project).nothing


def test_a_chapter_out_of_the_report_takes_its_files_away(project: Project) -> None:
    text = project.settings_file.read_text(encoding="utf-8")
    project.settings_file.write_text(text.replace('  "01_sites",\n', ""), encoding="utf-8")
    _run(project)
    assert [p.name for p in (_pages(project) / "html").iterdir()] == ["02_postes.html"]
    assert not (_pages(project) / "figures").exists()
    carnets = project.outputs("2020-automne", "interne") / "carnets" / "financeurs"
    assert [p.name for p in carnets.iterdir()] == ["02_postes.ipynb"]


def test_the_inner_circle_keeps_the_executed_notebooks_of_the_others(project: Project) -> None:
    before = _tree(project.root / "outputs")
    _run(project, diffusion="interne")
    after = _tree(project.root / "outputs")
    assert {name: after[name] for name in before} == before
    assert "2020-automne/interne/carnets/interne/01_sites.ipynb" in after
    assert "2020-automne/interne/html/01_sites.html" in after
    assert _run(project).nothing
    assert _run(project, diffusion="interne").nothing


def test_every_failed_chapter_is_told_and_nothing_moves(project: Project, untouched: None) -> None:
    write_chapter(project, "01_sites", notebook("Sites", "n = 1", "fig_01_01(vague)"))
    write_chapter(project, "02_postes", notebook("Postes", "import os\nos._exit(0)"))
    with pytest.raises(NotebookFailed) as caught:
        _run(project)
    first, second = str(caught.value).splitlines()
    assert first == "01_sites, cellule c2 (fig_01_01(vague)) : NameError : name 'fig_01_01' is not defined"
    assert second.startswith("02_postes, cellule c1 (import os) : le noyau s’est arrêté")


def test_broken_notebooks_are_all_told_before_anything_runs(project: Project, untouched: None) -> None:
    (project.notebooks / "01_sites.ipynb").write_text("{")
    (project.notebooks / "02_postes.ipynb").unlink()
    with pytest.raises(NotebookFailed) as caught:
        _run(project)
    assert [line.split(" : ")[0] for line in str(caught.value).splitlines()] == ["01_sites", "02_postes"]


def test_a_page_that_cannot_be_made_fails_the_run(project: Project, untouched: None) -> None:
    write_chapter(
        project,
        "02_postes",
        notebook("Postes", "from IPython.display import HTML\nHTML('<p>x</p><script>alert(1)</script>')"),
    )
    with pytest.raises(NotebookFailed, match="02_postes"):
        _run(project)


def test_two_chapters_cannot_show_one_exhibit(project: Project, untouched: None) -> None:
    write_chapter(project, "02_postes", notebook("Postes", _exhibit("F01-01")))
    with pytest.raises(NotebookFailed, match="F01-01"):
        _run(project)


def test_a_killed_worker_fails_the_run(project: Project, untouched: None) -> None:
    kill = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nimport time\ntime.sleep(60)"
    write_chapter(project, "02_postes", notebook("Postes", kill))
    with pytest.raises(NotebookFailed, match="02_postes"):
        _run(project)


def test_a_file_that_changes_meanwhile_fails_the_run(project: Project, untouched: None) -> None:
    touch = "with open('../report.toml', 'a') as f:\n    f.write('# note\\n')\nNone"
    write_chapter(project, "02_postes", notebook("Postes", touch))
    with pytest.raises(AtcError, match=r"report\.toml"):
        _run(project)


def test_refused_data_leave_everything_as_it_was(project: Project, untouched: None) -> None:
    with (project.raw("2020-automne") / "territoires.csv").open("a") as stream:
        stream.write("n’importe;quoi\n")
    with pytest.raises(DataRefused):
        _run(project)


@pytest.mark.parametrize(
    "wanted",
    [
        {"vague": "2020"},
        {"diffusion": "prive"},
        {"chapitres": ("01_sites", "inconnu")},
        {"chapitres": ("../01_sites",)},
    ],
)
def test_a_wrong_request_is_refused_first(project: Project, untouched: None, wanted: dict[str, str]) -> None:
    (project.notebooks / "01_sites.ipynb").write_text("{")
    with pytest.raises(UsageError):
        _run(project, **wanted)


def test_a_disk_that_refuses_gives_a_sentence(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _tree(project.root / "outputs")

    def full(path: Path, content: bytes) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(making, "write", full)
    with pytest.raises(AtcError, match="écriture impossible"):
        _run(project, force=True)
    assert _tree(project.root / "outputs") == before


def test_a_full_disk_keeps_what_was_there(project: Project) -> None:
    outputs = project.root / "outputs"
    used = sum(path.stat().st_size for path in outputs.rglob("*") if path.is_file())
    kept = project.root / "gardé"
    outputs.rename(kept)
    outputs.mkdir()
    size = f"size={used // 1024 + 300}k"
    mount = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(outputs)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        shutil.copytree(kept, outputs, dirs_exist_ok=True)
        before = _tree(outputs)
        with pytest.raises(AtcError, match="libérez de la place"):
            _run(project, force=True)
        assert _tree(outputs) == before
    finally:
        subprocess.run(["umount", str(outputs)], check=True)


def test_outputs_that_cannot_be_written_are_told(project: Project) -> None:
    shutil.rmtree(project.root / "outputs")
    (project.root / "outputs").write_text("un fichier à la place du dossier")
    with pytest.raises(AtcError, match="écriture impossible"):
        _run(project)


# --- runs that are stopped from outside ---------------------------------------------------------------------

WAITS = "from pathlib import Path\nPath('../en-cours').touch()\nimport time\ntime.sleep(300)"


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


def _marked(driver: int) -> list[psutil.Process]:
    """Processes of the run of this driver."""
    found = []
    for process in psutil.process_iter():
        try:
            if f"-{driver}-" in process.environ().get(processes.MARK, ""):
                found.append(process)
        except psutil.Error:
            continue
    return [p for p in found if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def _wait_for_none(driver: int) -> None:
    deadline = time.monotonic() + 15
    while _marked(driver):
        assert time.monotonic() < deadline, "a process outlived its run"
        time.sleep(0.1)


def test_a_second_run_is_refused_while_one_is_running(
    project: Project, untouched: None, running: subprocess.Popen[str]
) -> None:
    staged = [path.name for path in _pages(project).parent.iterdir() if path.name.startswith(".chantier")]
    assert len(staged) == 1
    with pytest.raises(AtcError, match="Une autre exécution est en cours"):
        _run(project)
    os.killpg(running.pid, signal.SIGINT)
    running.communicate(timeout=30)


@pytest.mark.parametrize(("name", "everyone"), [("SIGINT", True), ("SIGTERM", True), ("SIGHUP", False)])
def test_an_interrupted_run_clears_up(
    project: Project,
    untouched: None,
    running: subprocess.Popen[str],
    temporary: Path,
    name: str,
    everyone: bool,
) -> None:
    number = getattr(signal, name)
    assert _marked(running.pid)
    os.killpg(running.pid, number) if everyone else running.send_signal(number)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == 1
    assert errors.strip().splitlines() == [
        "Interrompu : rien n’a été publié, les résultats précédents sont intacts."
    ]
    assert not _marked(running.pid)
    assert not list(temporary.iterdir())


def test_a_killed_run_leaves_no_process_and_the_next_one_clears_its_traces(
    project: Project, running: subprocess.Popen[str], temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _tree(_pages(project))
    running.kill()
    running.communicate()
    _wait_for_none(running.pid)
    assert _tree(_pages(project)) == before
    write_chapter(project, "02_postes", CHAPTERS["02_postes"])
    (project.root / "en-cours").unlink()
    assert _run(project).nothing
    assert list(temporary.iterdir())
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    processes.sweep()
    assert not list(temporary.iterdir())
    assert not list(_pages(project).parent.glob(".chantier*"))
