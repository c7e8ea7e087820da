"""A whole project in miniature: the real dictionary and rows, and chapters of a few cells."""

import contextlib
import datetime as dt
import json
import re
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import demonstration
import pytest
from clone import copy_project, once

from atc.run import run as running
from atc.run.processes import Launcher
from atc.survey.paths import Project
from atc.survey.waves import process

# What a shell starts in the background ignores Ctrl-C, or the end of its terminal, and so does all that it
# starts: these tests send both.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

REPOSITORY = Path(__file__).resolve().parents[1]
PARAMETERS = 'vague: str = "2020-automne"\ndiffusion: str = "financeurs"'


def notebook(title: str, *cells: str, parameters: str = PARAMETERS) -> dict[str, Any]:
    """A chapter: its title, its parameters, then code cells named ``c1``, ``c2``…"""
    sources = [
        ("markdown", "titre", f"# {title}", []),
        ("code", "parametres", parameters, ["parameters"]),
        *(("code", f"c{i}", source, []) for i, source in enumerate(cells, start=1)),
    ]
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "cells": [
            {"cell_type": kind, "id": id_, "metadata": {"tags": tags}, "source": source}
            | ({"execution_count": None, "outputs": []} if kind == "code" else {})
            for kind, id_, source, tags in sources
        ],
    }


def write_chapter(project: Project, slug: str, content: dict[str, Any]) -> None:
    """Write a chapter among the notebooks of a project."""
    project.notebooks.mkdir(exist_ok=True)
    (project.notebooks / f"{slug}.ipynb").write_text(json.dumps(content), encoding="utf-8")


def write_project(root: Path, chapters: dict[str, dict[str, Any]]) -> Project:
    """Copy the settings, dictionary, reference and rows of the repository, with chapters of one's own."""
    root.mkdir(parents=True)
    for name in ("dictionary", "reference", "raw"):
        shutil.copytree(REPOSITORY / "data" / name, root / "data" / name)
    names = "".join(f'  "{slug}",\n' for slug in chapters)
    settings = (REPOSITORY / "report.toml").read_text(encoding="utf-8")
    settings = re.sub(r"chapitres = \[.*?\]", f"chapitres = [\n{names}]", settings, flags=re.DOTALL)
    (root / "report.toml").write_text(settings, encoding="utf-8")
    project = Project(root)
    for slug, content in chapters.items():
        write_chapter(project, slug, content)
    return project


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what knows the delivered rows, where the waves are others."""
    held = collection_path.suffix == ".py" and demonstration.is_held(collection_path)
    return True if held and not demonstration.are_delivered(REPOSITORY / "data" / "raw") else None


def pytest_report_header() -> str | None:
    """Say so, in one line."""
    if demonstration.are_delivered(REPOSITORY / "data" / "raw"):
        return None
    return "demonstration: left out, for the waves of data/raw are not those delivered with the project"


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Let ``-m demonstration`` choose them."""
    if item.path.is_relative_to(demonstration.TESTS) and demonstration.is_held(item.path):
        item.add_marker("demonstration")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, and before them what others wait for: no core must be left idle."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    awaited = {item.path for item in items if "handed" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: (item.path not in awaited, item.path not in slow))


@pytest.fixture
def make_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Project]:
    """Make a project from ``slug -> notebook``, and work in it."""

    def make(chapters: dict[str, dict[str, Any]], folder: str = "projet") -> Project:
        project = write_project(tmp_path / folder, chapters)
        monkeypatch.delenv("ATC_ROOT", raising=False)
        monkeypatch.chdir(project.root)
        return project

    return make


@pytest.fixture(scope="session")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``data/processed`` with both waves: whoever copies it validates what a test changed, and no more."""

    def make(base: Path) -> None:
        project = copy_project(base / "projet")
        for vague in ("2020-automne", "2021-automne"):
            process(project, vague)

    return once(tmp_path_factory, "vagues", make) / "projet" / "data" / "processed"


@pytest.fixture
def own_project(tmp_path: Path, validated: Path) -> Project:
    """A copy of the project that a test may change."""
    return copy_project(tmp_path / "projet", validated)


_PAGES = threading.Lock()


class Lent(Launcher):
    """For one run, processes forked from a server whose libraries are imported once for many runs."""

    def __init__(self, folder: Path, lender: Launcher) -> None:
        super().__init__(folder, lender._environment, lender._preload)
        self._server, self._control = lender._server, lender._control

    def run(self, function: Callable[..., Any], *arguments: Any, **limits: Any) -> Any:
        """Make pages here, one at a time: a process of their own costs more than they do."""
        if arguments and str(arguments[0]).startswith("atc.rendering.files:"):
            with _PAGES:
                return function(*arguments)
        return super().run(function, *arguments, **limits)

    def _end_server(self, patience: float = 0.0) -> None:
        """It is not its own."""


Lenders: TypeAlias = dict[dt.date, Launcher]


@pytest.fixture(scope="session")
def lenders() -> Iterator[Lenders]:
    """Servers that are up, by the date of their wave."""
    made: Lenders = {}
    yield made
    for each in made.values():
        each.close()


def lending(lenders: Lenders) -> Callable[..., Launcher]:
    """Have runs begin without the four seconds of processor that importing their libraries takes."""
    real = running.launcher

    def launcher(folder: Path, date: dt.date) -> Launcher:
        if date not in lenders:
            lenders[date] = real(folder, date)
        # A server that was left idle has ended; the folder of a test will go.
        with contextlib.chdir(REPOSITORY):
            lenders[date].warm()
        return Lent(folder, lenders[date])

    return launcher


@pytest.fixture
def lent(lenders: Lenders, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lent to the runs of one test."""
    monkeypatch.setattr(running, "launcher", lending(lenders))
