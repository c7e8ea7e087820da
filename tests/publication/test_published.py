"""What leaves, from a copy of the project: published for real, then attacked from outside.

Which files leave, what they say and what each call says are frozen: see `behaviour`.
"""

import csv
import hashlib
import json
import os
import re
import shutil
from pathlib import Path

import canaries
import chromium
import pikepdf
import pytest
from clone import VAGUE, atc, copy_project
from disclosure.attacker import Attack, read_bundle
from handed import handed_over
from rendering import checked

from atc.run.manifest import file_hash
from atc.survey.paths import Project

pytestmark = pytest.mark.slow
WAVES = ("2020-automne", "2021-automne")
EVERY_WAVE = pytest.mark.parametrize("vague", WAVES)


@pytest.fixture(scope="module")
def handed(tmp_path_factory, lenders):
    """Beside one another: the project, a bundle for the funders of each wave, and what was looked at."""
    return handed_over(tmp_path_factory, lenders)


@pytest.fixture(scope="module")
def built(handed):
    return Project(handed / "projet")


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


@EVERY_WAVE
def test_nothing_comes_back_of_what_is_masked(handed, vague):
    attack = Attack(read_bundle(vague, handed / vague))
    assert len(attack.masks) > 10
    assert attack.findings() == []


@EVERY_WAVE
def test_the_manifest_vouches_for_every_file_and_tells_no_row(handed, built, vague):
    bundle = files(handed / vague)
    manifest = json.loads(bundle.pop("manifest.json"))
    assert manifest["fichiers"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in bundle.items()
    }
    assert manifest["figures"]["F02-03"]["appel"] == "chapters.feuille_de_route.fig_02_03(donnees)"
    raw = {file_hash(path) for path in built.raw(vague).iterdir()}
    assert not raw & set(re.findall(r"[0-9a-f]{64}", json.dumps(manifest)))


@EVERY_WAVE
def test_links_lead_somewhere(handed, vague):
    bundle = handed / vague
    for page in bundle.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for address in re.findall(r'href="([^"#]+)', text):
            target = os.path.normpath(page.parent.relative_to(bundle) / address)
            assert (bundle / target).is_file(), f"{page.name}: {address}"


def test_the_verdict_says_what_was_looked_at(handed):
    text = (handed / f"{VAGUE}.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert {row["Verdict"] for row in rows} <= {"conforme", "à relire"}
    assert {"Contenu", "Déduction", "Attaque par les postes connus", "Lignes (k, l)"} <= {
        r["Contrôle"] for r in rows
    }


def test_two_checkers_let_the_documents_pass(handed):
    # The report holds all chapters; their own documents, of which this is one, hold controls as well.
    documents = ("rapport.pdf", "essentiel.pdf", "pdf/07_synthese.pdf")
    assert checked.faults([handed / VAGUE / name for name in documents]) == []
    with pikepdf.open(handed / VAGUE / "essentiel.pdf") as leaflet:
        assert len(leaflet.pages) == 2


@pytest.mark.browser
@pytest.mark.parametrize(("vague", "width", "scheme"), [(WAVES[0], 1280, "light"), (WAVES[1], 320, "dark")])
def test_every_page_can_be_read_by_everyone(handed, vague, width, scheme):
    pages = [*(handed / vague).glob("*.html"), *(handed / vague / "html").iterdir()]
    assert len(pages) > 8
    with chromium.launched() as browser:
        for page in pages:
            with chromium.visited(browser, page, width, scheme) as visit:
                chromium.check_nothing_asked_said_or_cut(visit)
                chromium.check_no_barrier(visit)


def test_elsewhere_no_canary_comes_out_and_who_is_who_changes_nothing(handed, tmp_path):
    """What no canary can mark, codes and counts: nothing tells which row holds them, nor where, nor when.

    Of the later wave, whose report reads both. What notebooks show is compared, and no page made again but
    those of one chapter.
    """
    project, later = Project(Path(shutil.copytree(handed / "projet", tmp_path / "ailleurs"))), WAVES[1]
    (project.outputs(later, "financeurs") / "html" / "08_evolution.html").unlink()
    planted: frozenset[str] = frozenset()
    for vague in WAVES:
        planted |= canaries.plant(project, vague)
        canaries.shuffle(project, vague)
        planted |= canaries.plant(project, vague)
    elsewhere = {
        "TZ": "Pacific/Auckland",
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "HOME": str(tmp_path),
    }
    done = atc(project, "publish", "--vague", later, "--to", "rapport", **elsewhere)
    assert done.returncode == 0, done.stderr
    before, after = files(handed / later), files(project.root / "rapport")
    assert canaries.found(after, planted) == []
    assert [name for name in before if before[name] != after.get(name)] == ["manifest.json"]
    assert set(after) == set(before)


def test_the_canaries_are_found_where_they_are(tmp_path):
    """The tests above could fail: the same scan finds every canary in the raw tables."""
    project = copy_project(tmp_path / "projet")
    planted = canaries.plant(project, VAGUE)
    raw = {path.name: path.read_bytes() for path in project.raw(VAGUE).glob("*.csv")}
    assert len(canaries.found(raw, planted)) >= len(planted) > 100
