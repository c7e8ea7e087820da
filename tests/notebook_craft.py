"""The craft of a chapter, as rules: each is a function from a notebook to what breaks it.

Half prose, one call a cell, no typed number, no output kept, French as it is printed.
"""

import ast
import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from atc.rendering.report import PROOFS
from atc.survey.paths import Project
from atc.survey.settings import load_settings

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = load_settings(Project(ROOT))
SLUGS = SETTINGS.chapters + SETTINGS.evolution_chapters

#: The exhibits of the report, chapter by chapter, in order.
EXHIBITS = {
    "01_methode": ("F01-07", "T01-08", "F01-01", "F01-02", "T01-03", "F01-04"),
    "02_feuille_de_route": ("F02-01", "F02-02", "F02-03", "F02-04", "F02-05", "F02-06"),
    "03_jeux_d_acteurs": ("F03-01", "F03-02", "F03-03", "T03-04", "T03-05"),
    "04_poste_d_animateur": ("F04-01", "F04-02"),
    "05_modeles": ("F05-01", "F05-02", "F05-03", "T05-04"),
    "06_premiers_effets": ("F06-01", "T06-02"),
    "07_synthese": ("T07-01", "T07-02", "T07-04"),
    "08_evolution": ("F08-01", "F08-02", "F08-03", "F08-05", "F08-04", "F08-07", "T08-06"),
}
#: The synthesis ends on the tables of all controls: it has none of its own to repeat.
ENDS_ON_EXHIBITS = ("07_synthese", "08_evolution")
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
#: Digits that prose may hold, each with its reason; every other number comes from the data.
DIGITS = {
    rf"\b(?:1er|\d{{1,2}})? ?(?:{MONTHS}) 20\d\d\b": "a date",
    r"\b20(?:19|2\d)\b": "a year of the experiment",
    r"\b[FTC]\d\d-\d\d\b": "an exhibit",
    r"\bsections? \d+(?:\.\d+)*\b": "a section of the report",
    r"\bQ\d+\b": "an item of a questionnaire",
}
#: What readers would take for a slip: pattern, and what to write instead.
TYPOGRAPHY = {
    r"\w'\w": "’ and not '",
    r'"': '« … » and not "',
    r"“|”": "« … » and not “ ”",
    r"\.\.\.": "… and not ...",
    r"\w[;!?»]|\w:(?=\s|$)|«\w": "a space inside « », and before ; : ! ?",
    r"\s[.,](?=\s|$)|\s…": "no space before . , …",
    r"(?<=\S)  +(?=\S)|[ \t]+$": "one space between words, none at the end of a line",
    r"(?i)\b(?:coeur|oeuvre|voeu|soeur|noeud)": "œ and not oe",
    r"\b(?:Etat|Equipe|Evaluation|Evaluateur|Elu|Etude|Ecole|Evolution|A partir|A ce)": "accents on capitals",
    r"(?<=\S )-(?= )": "– and not - between words",
}
LONGEST_CODE, SHORTEST_PROSE = 3, 60


def read(slug: str) -> NotebookNode:
    return nbformat.read(ROOT / "notebooks" / f"{slug}.ipynb", as_version=nbformat.NO_CONVERT)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """Id and text of each Markdown cell, without code spans, addresses and marks of emphasis."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            bare = re.sub(r"```.*?```|`[^`]*`|(?<=\]\()[^)]*", "code", cell.source, flags=re.DOTALL)
            yield cell.id, re.sub(r"[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}", "", bare)


def function_of(id_: str) -> str:
    """``F02-03`` -> ``fig_02_03``; ``T03-04`` -> ``tab_03_04``."""
    return {"F": "fig", "T": "tab"}[id_[0]] + f"_{id_[1:3]}_{id_[4:]}"


def module_of(slug: str) -> str:
    """``03_jeux_d_acteurs`` -> ``jeux_d_acteurs``."""
    return re.sub(r"^\d+_", "", slug)


#: Id -> what makes each exhibit of the report.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    id_: getattr(importlib.import_module(f"atc.exhibits.chapters.{module_of(slug)}"), function_of(id_))
    for slug, ids in EXHIBITS.items()
    for id_ in ids
}


def calls(sources: Iterable[str], **parameters: str) -> Iterator[tuple[int, Callable[[], Any]]]:
    """Rank of each cell of code that shows something, and what makes that; ask for it before the next one."""
    names: dict[str, Any] = {}
    for rank, source in enumerate(sources):
        *before, last = ast.parse(source).body
        exec(ast.unparse(before), names)
        # After the first cell, which gives others.
        names |= parameters
        if isinstance(last, ast.Expr):
            yield rank, partial(eval, ast.unparse(last), names)


def keeps_nothing_of_a_run(notebook: NotebookNode, slug: str) -> list[str]:
    """No output, no count, no time: outputs can leak rows, and bury reviews."""
    faults = [f"{cell.id}: outputs" for cell in code_cells(notebook) if cell.outputs]
    faults += [
        f"{cell.id}: execution count" for cell in code_cells(notebook) if cell.execution_count is not None
    ]
    faults += [f"{cell.id}: attachments" for cell in notebook.cells if cell.get("attachments")]
    return faults + [
        f"{cell.id}: metadata {key}" for cell in notebook.cells for key in cell.metadata if key != "tags"
    ]


def parameters_are_those_of_the_report(notebook: NotebookNode, slug: str) -> list[str]:
    """One cell tagged ``parameters``, before any other code: the wave and the tier that report.toml names.

    A chapter on change needs a wave that has a predecessor: the first one that has.
    """
    followers = [wave.id for wave in SETTINGS.waves.values() if wave.previous]
    vague = followers[0] if slug in SETTINGS.evolution_chapters else SETTINGS.default_wave
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if tagged != code_cells(notebook)[:1]:
        return [f"{len(tagged)} cells tagged parameters, or code before them"]
    told = f'vague: str = "{vague}"\ndiffusion: str = "{SETTINGS.default_tier}"'
    return [] if tagged[0].source == told else [f"{tagged[0].id}: not {told}"]


def code_is_one_call(notebook: NotebookNode, slug: str) -> list[str]:
    """Three lines at most: an import of atc, a name for a call, a call on names and words. Nothing else.

    So there is no room for a def, a class, a loop, a condition, pandas, a path, an index, ``!`` or ``%``.
    """
    statement = r"from atc(\.\w+)* import \w+(, \w+)*|(\w+ = )?[a-z_]+(\.\w+)*\((\w+|\"\w[\w-]*\"|, )*\)"
    faults = []
    for cell in code_cells(notebook):
        if "parameters" not in cell.metadata.get("tags", []):
            lines = [line for line in cell.source.splitlines() if line.strip()]
            faults += [f"{cell.id}: {len(lines)} lines"] * (not 0 < len(lines) <= LONGEST_CODE)
            faults += [f"{cell.id}: {line}" for line in lines if not re.fullmatch(statement, line)]
    return faults


def shows_its_exhibits(notebook: NotebookNode, slug: str) -> list[str]:
    """Every exhibit of the chapter once, in order, under the name that it has everywhere."""
    shown = [cell for cell in code_cells(notebook) if re.match(r"(fig|tab)\b", cell.id)]
    called = {
        name
        for cell in code_cells(notebook)
        for name in re.findall(r"\b(?:fig|tab)_\d\d_\d\d\b", cell.source)
    }
    expected = {function_of(id_).replace("_", "-"): function_of(id_) for id_ in EXHIBITS[slug]}
    faults = []
    if [cell.id for cell in shown] != list(expected):
        faults.append(f"shows {[cell.id for cell in shown]}")
    faults += [f"{name} is not of this chapter" for name in sorted(called - set(expected.values()))]
    for cell in shown:
        call = f"chapters.{module_of(slug)}.{expected.get(cell.id)}(donnees)"
        if cell.source.strip() != call:
            faults.append(f"{cell.id}: not {call}")
    return faults


def has_prose_before_each_exhibit(notebook: NotebookNode, slug: str) -> list[str]:
    """A reader is told what comes, in a sentence at least, before any figure or table of the data.

    Pages give the proofs their heading: in a wave of which nothing was printed, nothing stands there.
    """
    proofs = {function_of(id_).replace("_", "-") for id_ in PROOFS}
    texts = dict(prose(notebook))
    faults = []
    # What the report says is prose itself.
    for before, cell in pairwise([cell for cell in notebook.cells if not cell.id.startswith("dit-")]):
        if re.match(r"(fig|tab)-", cell.id) and cell.id not in proofs:
            told = re.sub(r"^#.*$", "", texts.get(before.id, ""), flags=re.MULTILINE).strip()
            if before.cell_type != "markdown" or len(told) < SHORTEST_PROSE:
                faults.append(f"{cell.id}: no prose before it")
    return faults


def opens_with_the_precaution(notebook: NotebookNode, slug: str) -> list[str]:
    """First, intermediate, partly institutional: said before anything is shown."""
    opening = code_cells(notebook)[1].source
    return (
        [] if opening.rstrip().endswith("notices.precaution(donnees)") else ["no precaution at the opening"]
    )


def ends_on_its_controls(notebook: NotebookNode, slug: str) -> list[str]:
    """The last cell holds the chapter against what was printed."""
    last = notebook.cells[-1]
    if slug in ENDS_ON_EXHIBITS:
        ids = [cell.id for cell in notebook.cells]
        return [] if last.id == function_of(EXHIBITS[slug][-1]).replace("_", "-") else [f"ends on {ids[-1]}"]
    call = f'notices.controles(donnees, "{slug}")'
    return (
        [] if (last.id, last.source.strip()) == ("controles", call) else [f"ends on {last.id}: {last.source}"]
    )


def types_no_number(notebook: NotebookNode, slug: str) -> list[str]:
    """Numbers in prose come from the data, so that they change with the wave."""
    faults = []
    for id_, text in prose(notebook):
        for pattern in DIGITS:
            text = re.sub(pattern, "", text)  # noqa: PLW2901
        faults += [f"{id_}: {digits}" for digits in re.findall(r"\S*\d\S*", text)]
    return faults


def is_written_as_french_is_printed(notebook: NotebookNode, slug: str) -> list[str]:
    """Signs that rendering cannot guess; ordinary spaces before ; : ! ? and inside « » become fine there."""
    return [
        f"{id_}: {found[0]!r}, write {instead}"
        for id_, text in prose(notebook)
        for pattern, instead in TYPOGRAPHY.items()
        for found in re.finditer(pattern, text, re.MULTILINE)
    ]


RULES: tuple[Callable[[NotebookNode, str], list[str]], ...] = (
    keeps_nothing_of_a_run,
    parameters_are_those_of_the_report,
    code_is_one_call,
    shows_its_exhibits,
    has_prose_before_each_exhibit,
    opens_with_the_precaution,
    ends_on_its_controls,
    types_no_number,
    is_written_as_french_is_printed,
)
