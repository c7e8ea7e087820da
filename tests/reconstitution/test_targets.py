from dataclasses import fields

from atc.reconstitution.targets import Targets, of_table
from atc.reconstitution.wave import RECIPES

# Ids of facts.md that rows can show. J01 has no number at all; M13 is the table of fieldwork itself.
PUBLISHED = {
    *(f"M{rank:02d}" for rank in range(1, 13)),
    *(f"F{rank:02d}" for rank in range(1, 14)),
    *("J02", "J03", "J04", "J05"),
    *("P01", "P02", "P03", "P04"),
    *("O01", "O02", "O03", "O04"),
    *("E01", "E02"),
}


def test_every_published_figure_has_a_target():
    assert {target.metadata["figure"] for target in fields(Targets)} - {""} == PUBLISHED


def test_every_target_is_measured():
    for recipe in RECIPES:
        assert set(of_table(recipe.table)) == set(recipe.measures)


def test_every_target_bears_on_a_table():
    assert {target.metadata["table"] for target in fields(Targets)} <= {r.table for r in RECIPES}
