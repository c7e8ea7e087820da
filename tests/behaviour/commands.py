"""Calls of the command line: each family of help, answer and refusal, on projects spoilt at one place.

A scene is a generator: it yields a project's root, a name (empty where the words say enough) and the words
typed, and goes on once they have run.
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

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

#: Of a project that is right, in this order.
TYPED = """
--help ; import --help ; new-wave --help ; simulate --help ; check --help ; run --help ; verify --help
compare --help ; explore --help ; publish --help ; -h ; "" ; runn ; --zzz ; run --vagues x ; run --zzz
run -v ; run --vague ; run --force=oui ; run 01_methode ; run --jobs 0 ; run --jobs -1 ; run --jobs deux
run --vague 2020 ; run --vague "" ; run --diffusion tous ; run --chapitre 09_neuf ; run --chapitre ../x
run --chapitre 08_evolution ; run --chapitre perso/absent ; run --noyau tiede
run --fiches --diffusion public ; run --fiches --chapitre 01_methode ; check ; check
check --vague 2021-automne ; check --vague 2020 ; check --vague "" ; check 2020-automne ; verify
verify --vague 2021-automne ; verify --vague 2020 ; compare 2020-automne 2021-automne
compare 2021-automne 2020-automne ; compare 2020-automne 2020-automne ; compare 2020-automne 2019-automne
compare 2020-automne ; compare ; explore --vague 2020 ; explore x ; publish
publish --to absent/rapport.zip ; publish --to report.toml ; publish --to data --replace
publish --diffusion interne --to non.zip ; publish --vague 2020 --to x.zip
publish --diffusion tous --to x.zip ; publish --to remis --rapport absent/v.csv
publish --to remis --rapport remis/v.csv ; publish --to x --rapport . ; publish --to remis --rapport remis
import ; import x.csv ; import x.csv --vague 2021-automne
import x.csv --vague 2021-automne --mapping absente.yml ; import x.csv --vague 2021-automne --propose
import x.csv --vague 2021-automne --mapping absente.yml --key absente ; new-wave ; new-wave 2022-printemps
new-wave 2021-automne --from 2020-automne ; new-wave 2020-hiver --from 2020-automne
new-wave 2022-printemps --from 2019-automne ; new-wave ../ailleurs --from 2020-automne
new-wave "automne 2022" --from 2020-automne ; new-wave 2022-printemps --from 2021-automne --forms
new-wave 2022-printemps --from 2021-automne ; new-wave 2022-printemps --from 2021-automne
new-wave 2022-printemps --from 2021-automne --forms ; check --vague 2022-printemps ; simulate
simulate --vague 2023-hiver --sites 2 --seed 1 ; simulate --vague 2022-printemps --sites 0 --seed 1
simulate --vague 2022-printemps --sites 1.5 --seed 1 ; simulate --vague 2022-printemps --sites 2 --seed x
simulate --vague 2022-printemps --sites 99 --seed 1 --from 2021-automne --replace
simulate --vague 2020-automne --sites 2 --seed 1 --from 2021-automne --replace
simulate --vague 2020-automne --sites 2 --seed 1
simulate --vague 2022-printemps --sites 15 --seed 1 --from 2021-automne --replace
check --vague 2022-printemps ; compare 2021-automne 2022-printemps
"""
CODEBOOK, PACKAGE = (f"data/raw/2021-automne/{name}" for name in ("codebook.csv", "datapackage.json"))
EXCEPTIONS, PUBLISHED = (f"data/reference/{name}.csv" for name in ("exceptions", "publie"))
#: One passage of one file, and what is then typed.
SPOILT = (
    ("report.toml", "[rapport]", "[rapport", "check"),
    ("report.toml", "titre = ", "titr = ", "check"),
    ("report.toml", "[vagues.2020-automne]", "[vague.2020-automne]", "check"),
    ("report.toml", "date = 2020-12-15", 'date = "2020-12-15"', "check"),
    ("report.toml", "date = 2020-12-15", "date = 2022-12-15", "check"),
    ("report.toml", 'vague = "2020-automne"', 'vague = "2019"', "check"),
    ("report.toml", 'defaut = "financeurs"', 'defaut = "tous"', "check"),
    ("report.toml", "plancher_personnes = 5", "planche = 5", "check"),
    ("report.toml", "plancher_personnes = 5", "plancher_personnes = 4", "check"),
    ("report.toml", '"01_methode"', '"01_methodes"', "run"),
    (CODEBOOK, ",identique,oui,", ",pareil,oui,", "check --vague 2021-automne"),
    (CODEBOOK, ",identique,oui,", ",identique,non,", "check --vague 2021-automne"),
    (CODEBOOK, ",identique,oui,", ",reformule,oui,", "check --vague 2021-automne"),
    (CODEBOOK, "carnet_de_bord.etp", "carnet_de_bord.etpp", "compare 2020-automne 2021-automne"),
    (CODEBOOK, "Combien d’équivalents", "Combien d’emplois", "compare 2020-automne 2021-automne"),
    (CODEBOOK, "vague,variable", "wave,variable", "compare 2020-automne 2021-automne"),
    (PACKAGE, '"2021-automne"', '"2022-automne"', "check --vague 2021-automne"),
    (PACKAGE, "sha256:", "sha256:0", "check --vague 2021-automne"),
    (PACKAGE, ': "simulé"', ': "inventé"', "check --vague 2021-automne"),
    (PACKAGE, "{", "", "check --vague 2021-automne"),
    ("data/raw/2020-automne/scores.csv", ",avant,", ",avan,", "check"),
    ("data/raw/2020-automne/verbatims.csv", "Avant, tout", "Mme Dupont de Grenoble, tout", "check"),
    (EXCEPTIONS, "vague,exhibit", "vague;exhibit", "run --chapitre 01_methode"),
    (EXCEPTIONS, ",montrer,3,", ",montre,3,", "run --chapitre 01_methode"),
    (EXCEPTIONS, ",montrer,3,", ",montrer,4,", "run --chapitre 01_methode"),
    (EXCEPTIONS, "association_habitant,", "association,", "run --chapitre 01_methode"),
    (PUBLISHED, ",15,entier,", ",16,entier,", "verify"),
    (PUBLISHED, ",15,entier,", ",15,rond,", "verify"),
    (PUBLISHED, ",15,entier,exact,", ",15,entier,certain,", "verify"),
    (PUBLISHED, "id,chapitre", "ide,chapitre", "verify"),
    ("data/dictionary/effets.json", '"name"', '"nom"', "check"),
    ("data/dictionary/effets.json", "{", "", "check"),
)
#: Cells that stop a chapter, each for its own reason.
FAILING = {
    "01_division": "1 / 0",
    "02_imprime": "print('texte')",
    "03_script": "from IPython.display import HTML\nHTML('<script>alert(1)</script>')",
    "04_bureau": "import atc\natc.explorer(atc.open_wave(vague, diffusion), 'effets.type')",
    "05_meurt": "import os\nos._exit(1)",
    "06_lourd": "from IPython.display import HTML\nHTML('<p>' + 'x' * 9_000_000 + '</p>')",
    "07_vague": "from atc import open_wave\nopen_wave('1999-hiver', diffusion)",
}
#: What a hand may write, and the gate stops.
NAMING = (
    "Écrire à sophie@exemple.fr ou au 06 12 34 56 78 : R-000001 a répondu, voir /home/sophie/notes.",
    "Quatre territoires ont renoncé, 3 répondants sur 17 le disent.",
    "La déléguée du préfet de Roubaix soutient la démarche.",
    "Voir le fichier C:\\Users\\claire\\Documents\\reponses.xlsx.",
)


def typed(base: Path) -> Scene:
    """A project that is right, and words that are right or wrong."""
    root = copy_project(base / "projet").root
    lines = (line for row in TYPED.strip().splitlines() for line in row.split(" ; "))
    yield from ((root, "", line) for line in lines)


def spoilt(base: Path) -> Scene:
    """A project of which one passage is wrong."""
    root = copy_project(base / "projet").root
    for name, old, new, line in SPOILT:
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
    write_chapter(project, "perso/mien", notebook("À moi", FAILING["04_bureau"]))
    yield project.root, "one's own", "run --chapitre perso/mien"
    (project.notebooks / "02_deux.ipynb").write_text("{", encoding="utf-8")
    yield project.root, "no notebook", "run"
    failing = {slug: notebook(slug, cell) for slug, cell in FAILING.items()}
    root = write_project(base / "fautes", failing).root
    # What is not admitted in a page is seen once a chapter ran: each alone, as one may stop another.
    pages = ("03_script", "04_bureau")
    others = " ".join(f"--chapitre {slug}" for slug in FAILING if slug not in pages)
    yield root, "cells that fail", f"run {others}"
    yield from ((root, slug, f"run --chapitre {slug}") for slug in pages)


def published(base: Path) -> Scene:
    """The report of each wave, handed over; refused to everybody, with words that name someone."""
    root = copy_project(base / "projet").root
    for wave in WAVES:
        yield root, "", f"publish --vague {wave} --to ../{wave} --rapport ../{wave}.csv"
    yield root, "", f"publish --to ../{WAVES[0]}"
    # Two chapters, and quotations of each kind: for everybody, what is in doubt waits for a signature.
    quoted = quoting(base / "citations").root
    path = quoted / "notebooks/01_methode.ipynb"
    right, chapter = path.read_bytes(), nbformat.read(path, as_version=nbformat.NO_CONVERT)
    chapter.cells.insert(1, nbformat.v4.new_markdown_cell("\n\n".join(NAMING), id="mots"))
    nbformat.write(chapter, path)
    yield quoted, "", "publish --diffusion public --to ../public.zip --rapport ../public.csv"
    # Others look at what stands there.
    path.write_bytes(right)


def said(root: Path, line: str, base: Path, *, apart: bool) -> dict[str, Any]:
    """What a call tells, from the root of the project; where that is, is left out."""
    environment = {"ATC_ROOT": str(root), "COLUMNS": "110", "NO_COLOR": "1"}
    if apart:
        command = [sys.executable, "-m", "atc", *shlex.split(line)]
        done = subprocess.run(
            command, cwd=root, env=os.environ | environment, capture_output=True, text=True, check=False
        )
        # Steps that run side by side end in any order.
        code, output, errors = done.returncode, sorted(done.stdout.splitlines()), done.stderr.splitlines()
    else:
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            contextlib.chdir(root),
            mock.patch.dict(os.environ, environment),
            pytest.raises(SystemExit) as left,
        ):
            main(shlex.split(line))
        code, output, errors = left.value.code, out.getvalue().splitlines(), err.getvalue().splitlines()
    told = {"output": output, "errors": errors}
    seen = {name: [re.sub(HASH, "…", each.replace(str(base), "…")) for each in told[name]] for name in told}
    return {"exit_code": code, "typed": f"atc {line}"} | {
        name: lines for name, lines in seen.items() if lines
    }


def played(scene: Callable[[Path], Scene], base: Path, *, apart: bool = False) -> dict[str, dict[str, Any]]:
    """Each call of a scene, under its name, in this process or in one of its own."""
    found: dict[str, dict[str, Any]] = {}
    for root, name, line in scene(base):
        key = name or f"atc {line}"
        found[f"{key}, again" if key in found else key] = said(root, line, base, apart=apart)
    return found
