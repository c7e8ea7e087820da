"""The craft of the chapters, and of the rules themselves: a rule that nothing can break holds nothing."""

import importlib
import re

import pytest
from notebook_craft import (
    EXHIBITS,
    ROOT,
    RULES,
    SLUGS,
    code_cells,
    ends_on_its_controls,
    function_of,
    has_prose_before_each_exhibit,
    module_of,
    opens_with_its_title,
    opens_with_the_precaution,
    parameters_are_those_of_the_report,
    read,
    shows_its_exhibits,
)


def test_the_chapters_of_the_report_are_the_notebooks_that_there_are():
    numbered = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
    assert list(SLUGS) == numbered == list(EXHIBITS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("slug", SLUGS)
def test_each_chapter_keeps_to_each_rule(slug, rule):
    assert rule(read(slug), slug) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_each_exhibit_has_its_function_in_the_module_of_its_chapter(slug):
    module = importlib.import_module(f"atc.exhibits.chapters.{module_of(slug)}")
    functions = sorted(name for name in vars(module) if re.fullmatch(r"(fig|tab)_\d\d_\d\d", name))
    assert functions == sorted(function_of(id_) for id_ in EXHIBITS[slug])
    assert all(callable(getattr(module, name)) for name in functions)


@pytest.mark.parametrize("slug", SLUGS)
def test_what_a_chapter_calls_exists(slug):
    package = importlib.import_module("atc.exhibits")
    for cell in code_cells(read(slug)):
        for room, name in re.findall(r"\b(chapters|notices)\.([\w.]+)\(", cell.source):
            found = importlib.import_module(f"{package.__name__}.{room}")
            for part in name.split("."):
                found = getattr(found, part)
            assert callable(found), name


#: The notebook of the desk tells no chapter: no parameters, no exhibit, no control; all the rest holds.
OF_CHAPTERS = {
    opens_with_its_title,
    parameters_are_those_of_the_report,
    shows_its_exhibits,
    has_prose_before_each_exhibit,
    opens_with_the_precaution,
    ends_on_its_controls,
}


def test_the_notebook_of_the_desk_is_a_title_a_sentence_and_a_call_and_keeps_to_the_rules_of_any():
    rules = [rule for rule in RULES if rule not in OF_CHAPTERS]
    assert [fault for rule in rules for fault in rule(read("explorer"), "explorer")] == []
    title, desk = read("explorer").cells
    assert (title.cell_type, title.id, desk.cell_type, desk.id) == ("markdown", "titre", "code", "bureau")
    assert title.source.startswith("# ")
