"""One's own copy of the desk's notebook, and the private folders of JupyterLab."""

import json
import os
import stat
import subprocess
import sys

import nbformat
import pytest
from clone import copy_project

from atc.desk.lab import NOTEBOOK, OWN, own_copy, private, running
from atc.survey.errors import UsageError


@pytest.fixture
def project(tmp_path):
    return copy_project(tmp_path / "projet")


def test_cells_that_its_owner_added_are_kept_and_the_others_made_new(project):
    path = project.notebooks / OWN
    path.parent.mkdir()
    mine = nbformat.read(project.notebooks / NOTEBOOK, 4)
    mine.cells[0].source = "# Un autre titre"
    mine.cells.append(nbformat.v4.new_code_cell("1 + 1", id="mienne"))
    nbformat.write(mine, path)
    copy = own_copy(project, path)
    assert [cell.id for cell in copy.cells][-1] == "mienne"
    assert copy.cells[0].source != "# Un autre titre"
    # Only looked at: what is on the disk is written when the desk is ready.
    assert nbformat.read(path, 4).cells[0].source == "# Un autre titre"


def test_a_copy_that_cannot_be_read_is_left_where_it_is(project):
    path = project.notebooks / OWN
    path.parent.mkdir()
    path.write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match=r"perso/explorer\.ipynb ne se lit plus"):
        own_copy(project, path)
    assert path.read_text(encoding="utf-8") == "{"


@pytest.mark.skipif(os.name == "nt", reason="rights of files are those of POSIX")
def test_only_its_user_enters_the_folder_of_the_token(project):
    own = private(project)
    for folder in (own, own / "runtime"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_card_that_a_dead_server_left_is_no_server(project):
    card = private(project) / "runtime/jpserver-1.json"
    told = {"url": "http://localhost:9/", "token": "x", "pid": os.getpid()}
    card.write_text(json.dumps(told), encoding="utf-8")
    assert running(project) == f"http://localhost:9/lab/tree/{OWN}?token=x"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    card.write_text(json.dumps(told | {"pid": ended.pid}), encoding="utf-8")
    assert running(project) == ""
    card.write_text("{", encoding="utf-8")
    assert running(project) == ""
