"""What each change makes stale, and what it leaves alone: one run, then changes to copies of its project."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import notebook, write_project

from atc.execution import sources
from atc.execution.planning import Places, Target, plan, survey
from atc.execution.run import Request, run
from atc.execution.sources import Snapshot, versions, wave_files
from atc.execution.staleness import Basis
from atc.manifest import REPORT, read_manifest
from atc.paths import Project
from atc.settings import load_settings

ALL = ("01_sites", "02_postes", "03_prose")
READ = "from atc.waves import open_wave\nn = len(open_wave(vague, diffusion).table('{}'))"
REQUEST = Request("2020-automne", "financeurs", jobs=2)

pytestmark = pytest.mark.slow


class Silent:
    def begin(self, steps: int) -> None:
        assert steps >= 0

    def done(self, label: str) -> None:
        assert label


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose report is up to date. Nobody changes it: see `project`."""
    chapters = {
        ALL[0]: notebook("Sites", READ.format("territoires")),
        ALL[1]: notebook("Postes", READ.format("carnet_de_bord")),
        ALL[2]: notebook("Prose", "n = vague"),
    }
    project = write_project(tmp_path_factory.mktemp("fait") / "projet", chapters)
    run(project, REQUEST, Silent())
    return project


@pytest.fixture
def project(made: Project, tmp_path: Path) -> Project:
    shutil.copytree(made.root, tmp_path / "projet")
    return Project(tmp_path / "projet")


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the package, hashed in the place of the real one."""
    copy = tmp_path / "code" / "atc"
    shutil.copytree(sources.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(sources, "PACKAGE", copy)
    _forget()
    yield copy
    _forget()


def _forget() -> None:
    for memory in (sources.reached_from, sources._resources):
        memory.cache_clear()


Stale = tuple[tuple[str, ...], tuple[str, ...]]


def _stale(
    project: Project, chosen: tuple[str, ...] = ALL, adapt: Callable[[Basis], Basis] = lambda basis: basis
) -> Stale:
    """Chapters to execute, and makers to render if the executions changed nothing else."""
    places = Places.of(project, "2020-automne", "financeurs")
    files = tuple(wave_files(project, ["2020-automne"]))
    parameters = {"vague": "2020-automne", "diffusion": "financeurs"}
    basis = adapt(Basis(project, parameters, versions(project), files, Snapshot()))
    settings = load_settings(project)
    target = Target(settings, places, settings.chapters, chosen, False, read_manifest(places.pages))
    found = survey(basis, target)
    return found.stale, plan(basis, target, found.records, found.outdated).stale


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_nothing_is_stale_after_a_run_nor_in_a_copy(made: Project, project: Project) -> None:
    assert _stale(made) == ((), ())
    assert _stale(project) == ((), ())


def test_dates_and_outputs_of_notebooks_do_not_count(project: Project) -> None:
    path = project.notebooks / "01_sites.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    path.write_text(json.dumps(content), encoding="utf-8")
    for touched in project.root.rglob("*"):
        touched.touch()
    assert _stale(project) == ((), ())


@pytest.mark.parametrize(("old", "new"), [("# Postes", "# Les postes"), ("carnet_de_bord", "scores")])
def test_prose_or_code_of_a_notebook_makes_its_chapter_stale(project: Project, old: str, new: str) -> None:
    _edit(project.notebooks / "02_postes.ipynb", old, new)
    assert _stale(project)[0] == ("02_postes",)


@pytest.mark.parametrize(
    ("name", "chapters"),
    [
        ("data/processed/2020-automne/territoires.parquet", ("01_sites",)),
        ("data/processed/2020-automne/carnet_de_bord.parquet", ("02_postes",)),
        ("data/processed/2020-automne/scores.parquet", ()),
        ("data/dictionary/territoires.json", ("01_sites", "02_postes")),
        ("data/reference/publie.csv", ()),
        ("report.toml", ("01_sites", "02_postes")),
    ],
)
def test_data_make_stale_those_who_read_them(project: Project, name: str, chapters: tuple[str, ...]) -> None:
    path = project.root / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert _stale(project)[0] == chapters


def test_data_that_are_gone_make_stale_those_who_read_them(project: Project) -> None:
    (project.processed("2020-automne") / "territoires.parquet").unlink()
    assert _stale(project)[0] == ("01_sites",)


@pytest.mark.parametrize(
    ("module", "chapters"),
    [
        ("waves.py", ("01_sites", "02_postes")),
        ("dictionary.py", ("01_sites", "02_postes")),
        ("execution/carnets.py", ALL),
        ("trace.py", ALL),
        ("settings.py", ALL),
        ("charts/bars.py", ()),
        ("cli/__init__.py", ()),
        ("reconstitution/solving.py", ()),
    ],
)
def test_code_makes_stale_those_who_reached_it(
    project: Project, code: Path, module: str, chapters: tuple[str, ...]
) -> None:
    _append(code / module, "\n# Changé.\n")
    assert _stale(project)[0] == chapters


@pytest.mark.parametrize(
    "name",
    ["rendering/templates/screen.css", "rendering/templates/page.html.j2", "rendering/pdf.py"],
)
def test_templates_make_every_page_stale_and_no_chapter(project: Project, code: Path, name: str) -> None:
    _append(code / name, "\n")
    assert _stale(project) == ((), (*ALL, REPORT))


def test_fonts_make_every_page_stale(project: Project, code: Path) -> None:
    font = next((code / "style" / "fonts").glob("*.woff2"))
    font.write_bytes(font.read_bytes() + b"\0")
    assert _stale(project) == ((), (*ALL, REPORT))


@pytest.mark.parametrize("change", ["libraries", "parameters"])
def test_libraries_and_parameters_make_everything_stale(project: Project, change: str) -> None:
    def adapt(basis: Basis) -> Basis:
        if change == "libraries":
            return replace(basis, versions={**basis.versions, "pandas": "99"})
        return replace(basis, parameters={**basis.parameters, "diffusion": "interne"})

    assert _stale(project, adapt=adapt)[0] == ALL


def test_the_lock_makes_everything_stale(project: Project) -> None:
    (project.root / "requirements.lock").write_text("pandas==99")
    assert _stale(project)[0] == ALL


def test_what_the_cover_says_makes_every_page_stale(project: Project) -> None:
    _edit(project.settings_file, 'auteurs = "', 'auteurs = "Nous, ')
    assert _stale(project)[1] == ("03_prose",) or _stale(project)[1][-1] == REPORT
    assert "03_prose" in _stale(project)[1]
    assert "03_prose" not in _stale(project)[0]


@pytest.mark.parametrize("change", ["altered", "gone"])
def test_an_executed_notebook_that_is_not_as_it_was_made_is_made_again(project: Project, change: str) -> None:
    carnet = project.outputs("2020-automne", "interne") / "carnets" / "financeurs" / "03_prose.ipynb"
    carnet.unlink() if change == "gone" else _append(carnet, " ")
    assert _stale(project)[0] == ("03_prose",)


@pytest.mark.parametrize(
    ("name", "maker"),
    [
        ("html/01_sites.html", "01_sites"),
        ("pdf/02_postes.pdf", "02_postes"),
        ("rapport.pdf", REPORT),
        ("index.html", REPORT),
    ],
)
@pytest.mark.parametrize("change", ["altered", "gone"])
def test_a_file_that_is_not_as_it_was_made_is_made_again(
    project: Project, name: str, maker: str, change: str
) -> None:
    path = project.outputs("2020-automne", "financeurs") / name
    path.unlink() if change == "gone" else path.write_bytes(path.read_bytes() + b" ")
    assert _stale(project) == ((), (maker,))


@pytest.mark.parametrize("text", ["", "{}"])
def test_without_a_manifest_everything_is_stale(project: Project, text: str) -> None:
    (project.outputs("2020-automne", "financeurs") / "manifest.json").write_text(text)
    assert _stale(project)[0] == ALL


def test_only_the_chosen_chapters_are_looked_after(project: Project) -> None:
    _edit(project.notebooks / "02_postes.ipynb", "# Postes", "# Les postes")
    assert _stale(project, chosen=("01_sites",)) == ((), ())
    assert _stale(project, chosen=("02_postes",))[0] == ("02_postes",)
