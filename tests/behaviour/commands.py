"""Calls of the command line: each family of help, answer and refusal, on projects spoilt at one place.

A scene is a generator: it yields a project's root, a name (empty where the words say enough) and the words
typed, and goes on once they have run.
"""

import contextlib
import io
import os
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import canaries
import nbformat
import pytest
from clone import copy_project
from conftest import notebook, write_chapter, write_project
from intake import corpus
from intake.world import World
from publication.quoted import quoting
from survey.validation.small_wave import DEFECTS, SmallWave

from atc.cli import main

Scene = Iterator[tuple[Path, str, str]]
WAVES = ("2020-automne", "2021-automne")
#: Of a file, whole.
HASH = r"[0-9a-f]{40,}"

#: What is typed, and what is spoilt before.
DATA = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def typed(base: Path) -> Scene:
    """A project that is right, and words that are right or wrong."""
    root = copy_project(base / "projet").root
    lines = (line for row in DATA["typed"].strip().splitlines() for line in row.split(" ; "))
    yield from ((root, "", line) for line in lines)


def spoilt(base: Path) -> Scene:
    """A project of which one passage is wrong."""
    root = copy_project(base / "projet").root
    for name, old, new, line in DATA["spoilt"]:
        right = (root / name).read_bytes()
        assert old.encode() in right, f"{old!r} is not in {name}"
        (root / name).write_bytes(right.replace(old.encode(), new.encode(), 1))
        yield root, f"{name}, {old} → {new}", line
        (root / name).write_bytes(right)
    for name in ("codebook.csv", "datapackage.json", "scores.csv"):
        path = root / "data/raw/2021-automne" / name
        right = path.read_bytes()
        path.unlink()
        yield root, f"{name} absent, checked", "check --vague 2021-automne"
        yield root, f"{name} absent, compared", "compare 2020-automne 2021-automne"
        path.write_bytes(right)
    (root / "report.toml").unlink()
    yield root, "report.toml absent", "check"


def checked(base: Path) -> Scene:
    """A small wave, with one fault in one table."""
    for rank, defect in enumerate(DEFECTS):
        wave = SmallWave(base / f"{rank}")
        wave.replace(defect.table, defect.old, defect.new)
        yield wave.root, defect.name, "check"


def imported(base: Path) -> Scene:
    """Exports, with one fault each; then what is right, again, instead, and with another key."""

    def command(world: World) -> str:
        paths = [*sorted(world.exports.iterdir()), world.mapping, world.key]
        *files, mapping, key = (shlex.quote(os.path.relpath(path, world.project.root)) for path in paths)
        return f"import {' '.join(files)} --vague 2021-automne --mapping {mapping} --key {key}"

    for rank, (name, spoil) in enumerate(corpus.DEFECTS.items()):
        world = World(base / f"{rank}")
        spoil(world)
        before = world.snapshot()
        yield world.project.root, name, command(world)
        assert world.snapshot() == before, f"{name}: something was written"
    world = World(base / "right")
    root = world.project.root
    yield root, "first", command(world)
    yield root, "again", command(world)
    yield root, "key that exists", f"{command(world)} --new-key"
    world.edit("carnet.csv", lambda old: old.replace(b";0,5;", b";0,6;"))
    yield root, "changed", command(world)
    yield root, "changed, on demand", f"{command(world)} --replace"
    yield root, "draft", command(world).partition(" --mapping")[0] + " --propose"
    world.key.write_bytes(b"une autre cle de demonstration, 0123456789")
    yield root, "another key", f"{command(world)} --replace"


def ran(base: Path) -> Scene:
    """Chapters of a few cells: made, up to date, late, one's own, unreadable, failing."""
    project = write_project(base / "projet", {"01_un": notebook("Un", "n = 1"), "02_deux": notebook("Deux")})
    yield project.root, "first", "run"
    yield project.root, "again", "run"
    write_chapter(project, "02_deux", notebook("Deux", "n = 2"))
    yield project.root, "one of two that are late", "run --chapitre 01_un --force"
    project.own_notebooks.mkdir()
    write_chapter(project, "perso/mien", notebook("À moi", DATA["failing"]["04_bureau"]))
    yield project.root, "one's own", "run --chapitre perso/mien"
    (project.notebooks / "02_deux.ipynb").write_text("{", encoding="utf-8")
    yield project.root, "no notebook", "run"
    failing = {slug: notebook(slug, cell) for slug, cell in DATA["failing"].items()}
    root = write_project(base / "fautes", failing).root
    # What is not admitted in a page is seen once a chapter ran: each alone, as one may stop another.
    pages = ("03_script", "04_bureau")
    others = " ".join(f"--chapitre {slug}" for slug in DATA["failing"] if slug not in pages)
    yield root, "cells that fail", f"run {others}"
    yield from ((root, slug, f"run --chapitre {slug}") for slug in pages)


def published(base: Path) -> Scene:
    """The report of each wave, handed over; refused to everybody, with words that name someone."""
    root = copy_project(base / "projet").root
    for wave in WAVES:
        yield root, "", f"publish --vague {wave} --to ../{wave} --rapport ../{wave}.csv"
    yield root, "", f"publish --to ../{WAVES[0]}"
    # Two chapters, and quotations of each kind: for everybody, what is in doubt waits for a signature.
    project = quoting(base / "citations")
    canaries.plant(project, WAVES[0])
    quoted = project.root
    path = quoted / "notebooks/01_methode.ipynb"
    right, chapter = path.read_bytes(), nbformat.read(path, as_version=nbformat.NO_CONVERT)
    chapter.cells.insert(1, nbformat.v4.new_markdown_cell("\n\n".join(DATA["naming"]), id="mots"))
    nbformat.write(chapter, path)
    yield quoted, "", "publish --diffusion public --to ../public.zip --rapport ../public.csv"
    # Others look at what stands there.
    path.write_bytes(right)


def said(root: Path, line: str, base: Path, *, ordered: bool = True) -> dict[str, Any]:
    """What a call tells, from the root of the project; where that is, is left out."""
    environment = {"ATC_ROOT": str(root), "COLUMNS": "110", "NO_COLOR": "1"}
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.chdir(root),
        mock.patch.dict(os.environ, environment),
        pytest.raises(SystemExit) as left,
    ):
        main(shlex.split(line))
    output, errors = out.getvalue().splitlines(), err.getvalue().splitlines()
    # Steps that run side by side end in any order.
    output = output if ordered else sorted(output)
    told = {"output": output, "errors": errors}
    seen = {name: [re.sub(HASH, "…", each.replace(str(base), "…")) for each in told[name]] for name in told}
    return {"exit_code": left.value.code, "typed": f"atc {line}"} | {
        name: lines for name, lines in seen.items() if lines
    }


def played(scene: Callable[[Path], Scene], base: Path, *, ordered: bool = True) -> dict[str, dict[str, Any]]:
    """Each call of a scene, under its name."""
    found: dict[str, dict[str, Any]] = {}
    for root, name, line in scene(base):
        key = name or f"atc {line}"
        found[f"{key}, again" if key in found else key] = said(root, line, base, ordered=ordered)
    return found
