"""The craft of the chapters, and of the rules themselves: a rule that nothing can break holds nothing."""

import importlib
import re
from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode
from notebook_craft import (
    EXHIBITS,
    ROOT,
    RULES,
    SLUGS,
    code_cells,
    code_is_one_call,
    ends_on_its_controls,
    function_of,
    has_prose_before_each_exhibit,
    is_written_as_french_is_printed,
    keeps_nothing_of_a_run,
    module_of,
    opens_with_the_precaution,
    parameters_are_those_of_the_report,
    read,
    shows_its_exhibits,
    types_no_number,
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


SLUG = "04_poste_d_animateur"


def altered(change: Callable[[dict[str, NotebookNode], NotebookNode], object]) -> NotebookNode:
    """A chapter, with some of its cells changed."""
    notebook = read(SLUG)
    change({cell.id: cell for cell in notebook.cells}, notebook)
    return notebook


def rewritten(**sources: str) -> NotebookNode:
    return altered(
        lambda cells, _: [cells[id_.replace("_", "-")].update(source=text) for id_, text in sources.items()]
    )


#: One notebook for each rule, that breaks it.
BAD = {
    keeps_nothing_of_a_run: altered(
        lambda cells, _: cells["controles"].update(outputs=[nbformat.v4.new_output("stream", text="3")])
    ),
    parameters_are_those_of_the_report: rewritten(parameters='vague: str = "2021-automne"'),
    code_is_one_call: rewritten(dit_t04_03="table = donnees.table('scores')\ntable[table.note > 3].mean()"),
    shows_its_exhibits: rewritten(fig_04_02="chapters.poste_d_animateur.fig_04_01(donnees)"),
    has_prose_before_each_exhibit: rewritten(
        appui="## Un titre long, et aucune phrase pour dire ce qui vient"
    ),
    opens_with_the_precaution: rewritten(ouverture="donnees = open_wave(vague, diffusion)"),
    ends_on_its_controls: rewritten(controles='notices.controles(donnees, "05_modeles")'),
    types_no_number: rewritten(appui="Soit 57 % des personnes."),
    is_written_as_french_is_printed: rewritten(appui="L'appui."),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_each_rule_can_be_broken(rule):
    assert rule(BAD[rule], SLUG) != []
