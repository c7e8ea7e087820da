"""What a run left, and what must not be trusted of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from publication.shown import CHAPTER, finished, shown

from atc.disclosure.record import Record
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
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_what_the_run_made_is_read_back_and_nothing_else(project: Project) -> None:
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


def refused(project: Project, told: str) -> None:
    with pytest.raises(DisclosureRefused, match=told):
        read_finished(project, THIS, TIER)


def test_without_a_run_there_is_nothing_to_publish(project: Project) -> None:
    refused(project, "pas de rapport à publier")


@pytest.mark.parametrize("looser", ["interne", "public"])
def test_the_pages_of_another_circle_stay_in(project: Project, looser: str) -> None:
    left(project, THIS, change=lambda run: replace(run, diffusion=looser))
    refused(project, f"contient la diffusion « {looser} »")


@pytest.mark.parametrize(
    ("change", "told"),
    [({"outdated": (CHAPTER,)}, CHAPTER), ({"made": {REPORT: Made("", {})}}, "le rapport entier")],
)
def test_half_a_report_stays_in(project: Project, change: dict[str, Any], told: str) -> None:
    left(project, THIS, change=lambda run: replace(run, **change))
    refused(project, f"à refaire \\({told}\\)")


def test_a_page_that_is_not_the_one_of_the_run_stays_in(project: Project) -> None:
    page = left(project, THIS).pages / PAGE
    page.write_text("<p>autre</p>", encoding="utf-8")
    refused(project, "n’est plus celui que l’exécution a produit")
    page.unlink()
    refused(project, "n’est plus celui que l’exécution a produit")


def test_a_link_to_the_same_bytes_elsewhere_stays_in(project: Project) -> None:
    page = left(project, THIS).pages / PAGE
    page.rename(project.root / "ailleurs.html")
    page.symlink_to(project.root / "ailleurs.html")
    refused(project, "n’est plus celui que l’exécution a produit")


def test_records_that_are_not_those_of_the_run_stay_in(project: Project) -> None:
    carnet = left(project, THIS).carnet(CHAPTER)
    carnet.write_text(carnet.read_text(encoding="utf-8").replace("14", "15"), encoding="utf-8")
    refused(project, "carnet exécuté n’est plus celui")


def test_a_manifest_that_leads_elsewhere_is_no_manifest(project: Project) -> None:
    outside = {CHAPTER: Made("k", {"../secret.csv": file_hash(project.root / "x")})}
    left(project, THIS, change=lambda run: replace(run, made=outside))
    refused(project, "pas de rapport à publier")


def test_the_other_waves_tell_what_they_let_out_in_the_same_circle(project: Project) -> None:
    left(project, THIS)
    assert let_out_elsewhere(project, THIS, TIER) == {}
    left(project, OTHER, "public")
    assert let_out_elsewhere(project, THIS, TIER) == {}
    left(project, OTHER)
    found = let_out_elsewhere(project, THIS, TIER)
    assert {name: record.ranges for name, record in found.items()} == {
        f"{OTHER} F02-03": {f"{OTHER}/a.b": (14, 14)},
        f"{OTHER} {CHAPTER}, F03-01": {f"{OTHER}/c.d": (1, 4)},
    }


def test_a_wave_whose_records_were_touched_is_named(project: Project) -> None:
    carnet = left(project, OTHER).carnet(CHAPTER)
    carnet.write_text('{"cells": []}', encoding="utf-8")
    with pytest.raises(DisclosureRefused, match=f"--vague {OTHER} --force"):
        let_out_elsewhere(project, THIS, TIER)
