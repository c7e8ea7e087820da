"""Notebooks of one's own: made into pages like chapters, and no part of any report."""

from __future__ import annotations

import json
import subprocess
import zipfile

import pytest
from clone import VAGUE, atc, copy_project
from conftest import notebook

from atc.errors import NotebookFailed, UsageError
from atc.execution.notebooks import node
from atc.execution.own import declared, defaults, own_notebook
from atc.execution.run import Request, run

LATER = "2021-automne"
VIEW = 'import atc\natc.explorer(atc.open_wave(vague, diffusion), "effets.type")'
PARAMETERS = f'vague: str = "{VAGUE}"\ndiffusion: str = "public"'


def write_own(project, name, *cells, parameters=PARAMETERS):
    project.own_notebooks.mkdir(parents=True, exist_ok=True)
    path = project.own_notebooks / f"{name}.ipynb"
    path.write_text(json.dumps(notebook("À moi", *cells, parameters=parameters)), encoding="utf-8")


def test_a_run_is_asked_for_one_notebook_of_one_s_own_at_a_time(make_project):
    project = make_project({"01_a": notebook("A")})
    write_own(project, "mien")
    assert own_notebook(project, ("01_a",)) == ""
    assert own_notebook(project, ("perso/mien",)) == "mien"
    assert own_notebook(project, ("perso/mien.ipynb",)) == "mien"
    with pytest.raises(UsageError, match="seul"):
        own_notebook(project, ("perso/mien", "01_a"))
    for name in ("perso/autre", "perso/../01_a", "perso/"):
        with pytest.raises(UsageError, match="perso/mien"):
            own_notebook(project, (name,))


def test_it_holds_its_own_defaults(make_project):
    project = make_project({"01_a": notebook("A")})
    write_own(project, "mien")
    assert defaults(project, "mien") == {"vague": VAGUE, "diffusion": "public"}
    (project.own_notebooks / "mien.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="JSON"):
        defaults(project, "mien")
    assert declared(node(notebook("A", parameters=""))) == {}


@pytest.mark.slow
def test_a_chapter_of_the_report_shows_no_view_of_the_desk(make_project):
    project = make_project({"01_a": notebook("A", VIEW)})
    with pytest.raises(NotebookFailed, match=r"vue du bureau .* notebooks/perso"):
        run(project, Request(VAGUE, "financeurs", jobs=1), _Silent())
    assert not project.outputs(VAGUE, "financeurs").exists()


class _Silent:
    def begin(self, steps: int) -> None: ...

    def done(self, *_: object) -> None: ...


@pytest.mark.slow
def test_its_pages_are_apart_and_no_bundle_takes_them(tmp_path):
    project = copy_project(tmp_path / "projet")
    for slug in project.notebooks.glob("0[2-9]*.ipynb"):
        slug.unlink()
    settings = project.settings_file.read_text(encoding="utf-8")
    head, _, tail = settings.partition("chapitres = [")
    project.settings_file.write_text(
        f'{head}chapitres = ["01_methode"]{tail.partition("]")[2]}', encoding="utf-8"
    )
    write_own(project, "mien", VIEW)
    done = atc(project, "run", "--chapitre", "perso/mien")
    assert done.returncode == 0, done.stderr
    pages = project.root / "outputs" / VAGUE / "perso" / "mien" / "public" / "pages"
    page = (pages / "html" / "mien.html").read_text(encoding="utf-8")
    assert "hors du rapport" in page
    assert {path.suffix for path in (pages / "figures").iterdir()} == {".svg", ".png"}
    assert {path.name for path in (project.root / "outputs" / VAGUE).iterdir()} <= {"perso", ".verrou"}
    assert "Rien à refaire" in atc(project, "run", "--chapitre", "perso/mien").stdout

    assert atc(project, "run").returncode == 0
    report = project.outputs(VAGUE, "financeurs")
    names = [path.name for path in report.rglob("*")]
    assert "01_methode.html" in names
    assert not [name for name in names if "mien" in name or name.startswith("X")]
    assert (pages / "html" / "mien.html").is_file()
    bundle = tmp_path / "rapport.zip"
    shipped: subprocess.CompletedProcess[str] = atc(project, "publish", "--to", str(bundle))
    assert shipped.returncode == 0, shipped.stdout + shipped.stderr
    with zipfile.ZipFile(bundle) as archive:
        assert not [name for name in archive.namelist() if "mien" in name or "perso" in name]
        assert not [name for name in archive.namelist() if b"mien.html" in archive.read(name)]
