"""What each change makes stale, and what it leaves alone: one run, then changes to copies of its project."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import notebook, write_chapter, write_project

from atc import fingerprints
from atc.execution import sources
from atc.execution.planning import Part, Places, Survey, Target, is_reworded, outline, parts, survey
from atc.execution.run import Request, run
from atc.execution.sources import Snapshot, reached_from, versions, wave_files
from atc.execution.staleness import KINDS, Basis
from atc.manifest import FILE, FILES, LISTED, PAGE, PAPER, REPORT, file_hash, read_manifest
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
    for memory in (sources.reached_from, sources._imports, sources._resources):
        memory.cache_clear()


Stale = tuple[tuple[str, ...], tuple[str, ...]]


def _start(
    project: Project, chosen: tuple[str, ...] = ALL, adapt: Callable[[Basis], Basis] = lambda basis: basis
) -> tuple[Basis, Target]:
    places = Places.of(project, "2020-automne", "financeurs")
    files = tuple(wave_files(project, ["2020-automne"]))
    parameters = {"vague": "2020-automne", "diffusion": "financeurs"}
    basis = adapt(Basis(project, parameters, versions(project), files, Snapshot()))
    settings = load_settings(project)
    return basis, Target(settings, places, settings.chapters, chosen, False, read_manifest(places.pages))


def _found(
    project: Project, chosen: tuple[str, ...] = ALL, adapt: Callable[[Basis], Basis] = lambda basis: basis
) -> tuple[Survey, list[Part]]:
    """The state of the chapters, and of the files if the executions changed nothing."""
    basis, target = _start(project, chosen, adapt)
    found = survey(basis, target)
    titles = {slug: record.title for slug, record in found.records.items()}
    plan = outline(basis, target, titles, found.outdated)
    makers = (*plan.slugs, REPORT)
    return found, [part for maker in makers for part in parts(basis, target, plan, maker, found.records)]


def _stale(
    project: Project, chosen: tuple[str, ...] = ALL, adapt: Callable[[Basis], Basis] = lambda basis: basis
) -> Stale:
    """Chapters to execute, and makers to render if the executions changed nothing else."""
    found, planned = _found(project, chosen, adapt)
    return found.stale, tuple(dict.fromkeys(part.maker for part in planned if part.stale))


def _stale_parts(project: Project) -> set[tuple[str, str]]:
    return {(part.maker, part.kind) for part in _found(project)[1] if part.stale}


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


def test_code_of_a_notebook_makes_its_chapter_stale(project: Project) -> None:
    _edit(project.notebooks / "02_postes.ipynb", "carnet_de_bord", "scores")
    assert _stale(project)[0] == ("02_postes",)


def test_text_of_a_notebook_leaves_its_outputs_as_they_are(project: Project) -> None:
    _edit(project.notebooks / "02_postes.ipynb", "# Postes", "# Les postes")
    found, _ = _found(project)
    assert (found.stale, found.reworded, found.outdated) == ((), ("02_postes",), ())
    found, _ = _found(project, chosen=("01_sites",))
    assert (found.stale, found.reworded, found.outdated) == ((), (), ("02_postes",))


def _reworded(project: Project) -> list[str]:
    basis, target = _start(project)
    return [slug for slug in ALL if is_reworded(basis, target, slug)]


def test_new_words_are_known_before_all_is_compared(project: Project) -> None:
    assert _reworded(project) == []
    _edit(project.notebooks / "02_postes.ipynb", "# Postes", "# Les postes")
    assert _reworded(project) == ["02_postes"]
    _edit(project.notebooks / "02_postes.ipynb", "carnet_de_bord", "scores")
    assert _reworded(project) == []


def test_where_nothing_was_made_nothing_is_reworded(project: Project) -> None:
    _edit(project.notebooks / "02_postes.ipynb", "# Postes", "# Les postes")
    places = Places.of(project, "2020-automne", "financeurs")
    places.carnet("02_postes").unlink()
    assert _reworded(project) == []
    (places.pages / FILE).unlink()
    assert _reworded(project) == []


@pytest.mark.parametrize("change", ["id", "tags", "order", "one more", "one less"])
def test_outputs_are_those_of_exactly_these_code_cells(project: Project, change: str) -> None:
    path = project.notebooks / "02_postes.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    *_, last = cells = content["cells"]
    if change == "id":
        last["id"] = "autre"
    elif change == "tags":
        last["metadata"]["tags"] = ["remove"]
    elif change == "order":
        cells[1:] = cells[:0:-1]
    elif change == "one more":
        cells.append({**last, "id": "encore", "source": ""})
    else:
        cells.pop()
    path.write_text(json.dumps(content), encoding="utf-8")
    found, _ = _found(project)
    assert (found.stale, found.reworded) == (("02_postes",), ())


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


COLUMNS = "from atc.waves import open_wave\nn = len(open_wave(vague, diffusion).using([{}]).table('scores'))"


def test_columns_that_nobody_reads_make_nothing_stale(project: Project) -> None:
    write_chapter(project, "03_prose", notebook("Prose", COLUMNS.format("'scores.territoire'")))
    assert run(project, REQUEST, Silent()).executed == ("03_prose",)
    table = project.processed("2020-automne") / "scores.parquet"
    before = json.loads((table.parent / fingerprints.FILE).read_text(encoding="utf-8"))
    read = before[table.name]["columns"].keys() & {"territoire"}
    assert read
    assert len(before[table.name]["columns"]) > len(read)
    for column in before[table.name]["columns"]:
        frame = pd.read_parquet(table)
        frame[column] = frame[column].iloc[::-1].to_numpy()
        frame.to_parquet(table, index=False)
        hashed = {"sha256": file_hash(table), **fingerprints.of_table(frame)}
        after = {**before, table.name: hashed}
        (table.parent / fingerprints.FILE).write_text(json.dumps(after), encoding="utf-8")
        changed = after[table.name]["columns"][column] != before[table.name]["columns"][column]
        assert _stale(project)[0] == (("03_prose",) if changed and column in read else ()), column
        before = after
        run(project, REQUEST, Silent())


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
        ("exhibits/charts/flow.py", ()),
        ("cli/__init__.py", ()),
        ("simulate/wave.py", ()),
    ],
)
def test_code_makes_stale_those_who_reached_it(
    project: Project, code: Path, module: str, chapters: tuple[str, ...]
) -> None:
    _append(code / module, "\n# Changé.\n")
    assert _stale(project)[0] == chapters


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("rendering/templates/screen.css", {PAGE}),
        ("rendering/templates/page.html.j2", {PAGE}),
        ("rendering/pages.py", {PAGE}),
        ("rendering/templates/paper.css", {PAPER}),
        ("rendering/templates/document.html.j2", {PAPER}),
        ("rendering/pdf.py", {PAPER}),
        ("rendering/templates/cells.html.j2", {PAGE, PAPER}),
        ("rendering/notebook.py", {PAGE, PAPER}),
        ("execution/pages.py", {PAGE, PAPER, FILES}),
    ],
)
def test_what_makes_a_kind_of_file_makes_stale_that_kind_and_no_chapter(
    project: Project, code: Path, name: str, kinds: set[str]
) -> None:
    _append(code / name, "\n")
    assert _stale(project)[0] == ()
    assert _stale_parts(project) == _all_parts(kinds)


def _all_parts(kinds: set[str]) -> set[tuple[str, str]]:
    return {(maker, kind) for maker in (*ALL, REPORT) for kind in kinds if (maker, kind) != (REPORT, FILES)}


@pytest.mark.parametrize(("extension", "kind"), [("woff2", PAGE), ("ttf", PAPER)])
def test_fonts_make_stale_the_files_that_hold_them(
    project: Project, code: Path, extension: str, kind: str
) -> None:
    font = next((code / "exhibits" / "charts" / "fonts").glob(f"*.{extension}"))
    font.write_bytes(font.read_bytes() + b"\0")
    assert _stale(project)[0] == ()
    assert _stale_parts(project) == _all_parts({kind})


OPENED = """
import sys
opened = set()
sys.addaudithook(lambda event, args: opened.add(str(args[0])) if event == "open" else None)
import json
from pathlib import Path
from atc.execution import jobs, sources, staleness
from atc.execution.tasks import PageTask
from atc.manifest import PAGE, PAPER, FILES
from atc.settings import load_settings
from atc.paths import Project
from atc.execution.covers import cover_fields
kind, carnets, target = sys.argv[1:]
parameters = {"vague": "2020-automne", "diffusion": "financeurs"}
cover = cover_fields(load_settings(Project(Path.cwd())), parameters)
task = PageTask(("03_prose",), (kind,), Path(carnets), Path(target), (("03_prose", "Prose"),), cover)
makers = {
    PAGE: (jobs.render_chapter, jobs.render_report, jobs.render_sheet),
    PAPER: (jobs.print_chapter, jobs.print_report, jobs.render_sheet),
    FILES: (jobs.render_chapter,),
}
for make in makers[kind]:
    make(task)
package = sources.PACKAGE
read = {Path(name).resolve() for name in opened if name.startswith(str(package))}
read = {path for path in read if path.suffix not in {".py", ".pyc"} and path.is_file()}
known = {package.parent / name for name in staleness.rendering_code(sources.Snapshot(), kind)}
print(json.dumps([sorted(map(str, read - known)), sorted(m for m in sys.modules if m.startswith("atc."))]))
"""


@pytest.mark.parametrize("kind", [PAGE, PAPER, FILES])
def test_nothing_is_read_that_the_key_of_the_kind_leaves_out(
    project: Project, tmp_path: Path, kind: str
) -> None:
    carnets = project.outputs("2020-automne", "interne") / "carnets" / "financeurs"
    script = [sys.executable, "-c", OPENED, kind, str(carnets), str(tmp_path / "fait")]
    done = subprocess.run(script, cwd=project.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    forgotten, modules = json.loads(done.stdout)
    assert forgotten == []
    known = {m for entry in KINDS[kind].entries for m in reached_from(entry)}
    assert {m for m in modules if m.startswith("atc.rendering.")} <= known


def test_every_template_belongs_to_a_kind() -> None:
    claimed = {
        path for kind in KINDS.values() for name in kind.resources for path in sources.PACKAGE.glob(name)
    }
    assert set((sources.PACKAGE / "rendering" / "templates").iterdir()) <= claimed
    assert all(list(sources.PACKAGE.glob(name)) for kind in KINDS.values() for name in kind.resources)


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


def test_a_title_is_on_every_page_and_on_its_own_paper(project: Project) -> None:
    def retitled(records: dict[str, Any]) -> None:
        records["02_postes"]["title"] = "Les postes"

    _alter_manifest(project, retitled)
    assert _stale_parts(project) == {
        *((slug, PAGE) for slug in ALL),
        ("02_postes", PAPER),
        (REPORT, PAGE),
        (REPORT, PAPER),
    }


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (PAGE, {("02_postes", PAGE)}),
        (PAPER, {("02_postes", PAPER), (REPORT, PAPER)}),
        (FILES, {("02_postes", FILES)}),
        (LISTED, {(REPORT, PAGE)}),
    ],
)
def test_what_a_file_does_not_show_does_not_make_it_stale(
    project: Project, shown: str, expected: set[tuple[str, str]]
) -> None:
    def altered(records: dict[str, Any]) -> None:
        records["02_postes"]["shown"][shown] = "autre"

    _alter_manifest(project, altered)
    assert _stale_parts(project) == expected


def _alter_manifest(project: Project, change: Callable[[dict[str, Any]], None]) -> None:
    path = project.outputs("2020-automne", "financeurs") / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content["chapters"])
    path.write_text(json.dumps(content), encoding="utf-8")


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
    _edit(project.notebooks / "02_postes.ipynb", "n = len", "m = len")
    assert _stale(project, chosen=("02_postes",))[0] == ("02_postes",)


def test_one_chapter_alone_leaves_the_report_on_paper_for_later(project: Project) -> None:
    def altered(records: dict[str, Any]) -> None:
        records["02_postes"]["shown"] |= dict.fromkeys((PAPER, LISTED), "autre")

    _alter_manifest(project, altered)
    _, planned = _found(project, chosen=("02_postes",))
    assert {(part.maker, part.kind) for part in planned if part.stale} == {
        ("02_postes", PAPER),
        (REPORT, PAGE),
    }
    # Its key is still that of what it shows: the next whole run makes it.
    assert (REPORT, PAPER) in _stale_parts(project)
