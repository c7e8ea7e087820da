"""What everybody knows of the fifteen sites: their posts, and nobody's name."""

import csv
from pathlib import Path

from atc.survey.dictionary import load_dictionary
from atc.survey.paths import Project
from atc.survey.read_csv import load_facts

PROJECT = Project(Path(__file__).resolve().parents[2])
POSTS = {"animateur", "direction_porteur", "delegue_prefet", "ville"}


def test_four_posts_in_each_of_the_sites_of_the_waves_under_one_title_each() -> None:
    roster = load_facts(PROJECT, "roster.csv")
    assert list(roster.columns) == ["territoire", "commune", "fonction", "poste"]
    assert len(roster) == len(roster.drop_duplicates(["territoire", "fonction"])) == 60
    assert set(roster.groupby("territoire")["fonction"].agg(frozenset)) == {frozenset(POSTS)}
    assert set(load_dictionary(PROJECT).field("verbatims.fonction").labels) >= POSTS
    assert (roster.groupby("fonction")["poste"].nunique() == 1).all()
    # A row says a post and a commune: no cell is empty, none holds a person.
    assert not (roster == "").any(axis=None)
    for vague in ("2020-automne", "2021-automne"):
        with (PROJECT.raw(vague) / "territoires.csv").open(encoding="utf-8") as stream:
            sites = {(row["territoire"], row["commune"]) for row in csv.DictReader(stream)}
        assert set(zip(roster["territoire"], roster["commune"], strict=True)) == sites


def test_origin_and_licence_are_told_beside_the_file() -> None:
    told = (PROJECT.reference / "LISEZMOI.md").read_text(encoding="utf-8").split("## `roster.csv`")[1]
    for heading in ("Origine", "Licence", "Limites"):
        assert f"| {heading} |" in told
