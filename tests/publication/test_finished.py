"""What a run left, and what must not be trusted of it."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from publication.shown import CHAPTER, finished, shown

from atc.disclosure.audit import Record
from atc.publication.finished import let_out_elsewhere, read_finished
from atc.rendering.outputs import EXHIBIT_MIME, PROSE_MIME
from atc.run.manifest import FILE, REPORT, Made, Manifest, file_hash
from atc.run.plan import Places
from atc.survey.errors import DisclosureRefused
from atc.survey.paths import Project

THIS, OTHER, TIER = "2020-automne", "2021-automne", "financeurs"
PAGE = f"html/{CHAPTER}.html"


def left(
    project: Project,
    vague: str,
    diffusion: str = TIER,
    change: Callable[[Manifest], Manifest] = lambda manifest: manifest,
) -> Places:
    """Outputs of one run: a page, and a carnet with one exhibit and one sentence."""
    places = Places.of(project, vague, diffusion)
    exhibit = shown(record=Record(ranges={f"{vague}/a.b": (14, 14)}))
    told = {**exhibit.told, "id": exhibit.id, "let_out": exhibit.let_out.plain()}
    sentence = {
        "let_out": {"F03-01": Record(ranges={f"{vague}/c.d": (1, 4)}, masked={f"{vague}/c.d"}).plain()}
    }
    cells = [
        {"id": "fig-02-03", "source": [exhibit.call], "outputs": [{"data": {EXHIBIT_MIME: told}}]},
        {"id": "message", "source": [], "outputs": [{"data": {PROSE_MIME: sentence}}, {"output_type": "x"}]},
    ]
    places.carnets.mkdir(parents=True)
    places.carnet(CHAPTER).write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (places.pages / "html").mkdir(parents=True)
    (places.pages / PAGE).write_text("<p>page</p>", encoding="utf-8")
    run = finished(vague=vague, diffusion=diffusion).manifest
    chapter = replace(run.chapters[CHAPTER], carnet=file_hash(places.carnet(CHAPTER)))
    made = {CHAPTER: Made("k", {PAGE: file_hash(places.pages / PAGE)}), REPORT: Made("x", {})}
    run = replace(run, chapters={CHAPTER: chapter}, made=made)
    (places.pages / FILE).write_text(change(run).to_json(), encoding="utf-8")
    return places


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_what_the_run_made_is_read_back_and_nothing_else(project):
    places = left(project, THIS)
    (places.pages / "notes.txt").write_text("à moi", encoding="utf-8")
    run = read_finished(project, THIS, TIER)
    assert run.files == {PAGE: b"<p>page</p>"}
    assert [(e.id, e.cell, e.let_out.ranges) for e in run.exhibits] == [
        ("F02-03", "fig-02-03", {f"{THIS}/a.b": (14, 14)})
    ]
    assert [(s.place, s.let_out.masked) for s in run.displays[1:]] == [
        (f"{CHAPTER}, F03-01", {f"{THIS}/c.d"})
    ]
    assert [each.id for each in run.displays] == ["F02-03", "F03-01"]


def touched(places: Places) -> None:
    (places.pages / PAGE).write_text("<p>autre</p>", encoding="utf-8")


def linked(places: Places) -> None:
    """The same bytes, elsewhere."""
    page = places.pages / PAGE
    page.rename(places.pages / "ailleurs.html")
    page.symlink_to(places.pages / "ailleurs.html")


def recounted(places: Places) -> None:
    carnet = places.carnet(CHAPTER)
    carnet.write_text(carnet.read_text(encoding="utf-8").replace("14", "15"), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"diffusion": "interne"}, "contient la diffusion « interne »"),
        ({"diffusion": "public"}, "contient la diffusion « public »"),
        ({"outdated": (CHAPTER,)}, f"à refaire \\({CHAPTER}\\)"),
        ({"made": {REPORT: Made("", {})}}, "à refaire \\(le rapport entier\\)"),
        # A manifest that leads elsewhere is none.
        ({"made": {CHAPTER: Made("k", {"../secret.csv": "0"})}}, "pas de rapport à publier"),
        (lambda places: (places.pages / FILE).unlink(), "pas de rapport à publier"),
        (touched, "n’est plus celui que l’exécution a produit"),
        (linked, "n’est plus celui que l’exécution a produit"),
        (lambda places: (places.pages / PAGE).unlink(), "n’est plus celui que l’exécution a produit"),
        (recounted, "carnet exécuté n’est plus celui"),
    ],
)
def test_what_the_manifest_does_not_vouch_for_stays_in(project, change, told):
    if isinstance(change, dict):
        left(project, THIS, change=lambda run: replace(run, **change))
    else:
        change(left(project, THIS))
    with pytest.raises(DisclosureRefused, match=told):
        read_finished(project, THIS, TIER)


def test_the_other_waves_tell_what_they_let_out_in_the_same_circle(project):
    left(project, THIS)
    run = read_finished(project, THIS, TIER).manifest
    assert let_out_elsewhere(project, run) == ({}, [])
    left(project, OTHER, "public")
    assert let_out_elsewhere(project, run) == ({}, [])
    carnet = left(project, OTHER).carnet(CHAPTER)
    found, others = let_out_elsewhere(project, run)
    assert {name: record.ranges for name, record in found.items()} == {
        f"{OTHER} F02-03": {f"{OTHER}/a.b": (14, 14)},
        f"{OTHER} {CHAPTER}, F03-01": {f"{OTHER}/c.d": (1, 4)},
    }
    assert others == []
    assert let_out_elsewhere(project, replace(run, code="plus neuf"))[1] == [OTHER]
    # A wave whose records were touched is named.
    carnet.write_text('{"cells": []}', encoding="utf-8")
    with pytest.raises(DisclosureRefused, match=f"--vague {OTHER} --force"):
        let_out_elsewhere(project, run)
