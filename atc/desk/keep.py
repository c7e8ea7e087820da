"""A view kept, as files or in a notebook: nothing is replaced."""

import itertools
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import nbformat

from atc.desk.answer import answer
from atc.desk.view import View, refused
from atc.exhibits.charts import WIDE
from atc.exhibits.model import Exhibit, png, standalone, svg
from atc.exhibits.variables import variable
from atc.rendering.html import stamped_html, stamped_png
from atc.run.notebooks import declared_texts
from atc.survey.errors import DisclosureRefused, UsageError, shown
from atc.survey.paths import Project, replacing
from atc.survey.settings import Settings
from atc.survey.typography import capitalise, fold, french, lower_first
from atc.survey.waves import Wave, open_wave

#: A notebook of one's own before any view is added.
_BLANK = Path(__file__).with_name("carnet.ipynb")
# The cells that close a chapter.
_CONTROLS = ("controles", "tab-07-01")


def keep(project: Project, view: View, exhibit: Exhibit) -> list[Path]:
    """Write a view as files: its figure (SVG and PNG), its table (CSV), and the lines that remake it."""
    folder = project.own_notebooks / "vues"
    folder.mkdir(parents=True, exist_ok=True)
    told = [exhibit.title, exhibit.reading, exhibit.question, exhibit.source, exhibit.mention]
    notes = "".join(f"# {line}\n" for text in told for line in text.splitlines() if line)
    # Who reads the table has Excel: French Excel opens this one by a double click.
    contents = {".csv": exhibit.table.for_excel(";").encode("utf-8-sig")}
    if not exhibit.is_table:
        drawn = exhibit.figure(WIDE)
        # A figure of its own passed no gate.
        chart = standalone(svg(drawn, exhibit.id, exhibit.title, exhibit.alt))
        contents |= {".svg": stamped_html(chart).encode(), ".png": stamped_png(png(drawn))}
    # « regards-croises_scores-score_2020-automne_financeurs »: who may read it is in the name.
    filters = (f"{name}-{code}" for name, code in view.kept.items())
    words = filter(None, (view.analyse, view.variable, view.groupe, *filters, *view.regrouper))
    # Systems take 255 letters: a choice that is longer than that is in the script.
    slug = "_".join(["_".join(map(_plain, words))[:150], *view.vagues, view.diffusion])
    for number in itertools.count(1):
        stem = slug if number == 1 else f"{slug}-{number}"
        # The first file is created or refused in one stroke: two desks never write the same view.
        with suppress(FileExistsError), (folder / f"{stem}.py").open("xb") as stream:
            stream.write(f"{notes}\nimport atc\n\n{view.code()}\n".encode())
            break
    for extension, content in contents.items():
        (folder / f"{stem}{extension}").write_bytes(content)
    return [folder / f"{stem}{extension}" for extension in (".py", *contents)]


def _plain(text: str) -> str:
    """A text as part of a file name: lower case, no accent."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def append(project: Project, name: str, view: View, wave: Wave) -> Path:
    """Add a view to a notebook of one's own, at its end, or to a chapter, before its controls.

    It is a heading and the call that answers it, which takes its wave and its tier from the parameters of the
    notebook: a page that is made for wider readers is masked for them, whoever looked at the view first. A
    notebook of `notebooks/perso` is made if it is not there yet. `UsageError`: why nothing can be added.
    """
    stem = _plain(name.strip().removesuffix(".ipynb").removeprefix("perso/")).replace("-", "_")
    if stem in {"", "explorer"}:  # the desk itself
        raise refused("carnet_nom", nom=shown(name))
    told = [id_ for id_ in wave.report.waves if stem in wave.report.chapters_of(id_)]
    path = (project.notebooks if told else project.own_notebooks) / f"{stem}.ipynb"
    where, blank = project.relative(path), _BLANK.read_text("utf-8").replace("DIFFUSION", view.diffusion)
    blank = blank.replace("VAGUE", view.vagues[-1]).replace("TITRE", capitalise(stem.replace("_", " ")))
    try:
        written = path.read_text("utf-8") if path.exists() else blank
        notebook = nbformat.reads(written, as_version=4)  # type: ignore[no-untyped-call]
    except (ValueError, OSError) as error:
        raise refused("carnet_illisible", carnet=where) from error
    heading = view.titre or capitalise(view.analyse)
    if view.variable and not view.titre:
        heading += f" : {lower_first(variable(wave.dictionary, view.variable).label)}"
    text = f"## {french(heading)}"
    if told:
        call = f"import atc\n\n{view.call('donnees', 'donnees.settings.previous')}"
    else:
        named = wave.report.waves.get(opens := declared_texts(notebook).get("vague", ""))
        if opens != view.vagues[-1] and (named is None or named.previous != view.vagues[-1]):
            raise refused("carnet_vague", carnet=where, porte=opens or "aucune vague", vague=view.vagues[-1])
        call = view.call("donnees" if opens == view.vagues[-1] else "donnees.previous()")
        text += "\n\nÀ compléter : ce que vous en retenez."
    if any(cell.source == call for cell in notebook.cells):
        raise refused("carnet_deja", carnet=where)
    _check_answers(view, told, wave.report)
    taken = {cell.get("id") for cell in notebook.cells}
    number = next(n for n in itertools.count(1) if not {f"texte-{n}", f"vue-{n}"} & taken)
    place = next((i for i, cell in enumerate(notebook.cells) if cell.get("id") in _CONTROLS), len(taken))
    notebook.cells[place:place] = [
        nbformat.v4.new_markdown_cell(text, id=f"texte-{number}"),  # type: ignore[no-untyped-call]
        nbformat.v4.new_code_cell(call, id=f"vue-{number}"),  # type: ignore[no-untyped-call]
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside it first: a notebook that took an afternoon is not lost to a full disk.
    with replacing(path) as (new,):
        nbformat.write(notebook, new)  # type: ignore[no-untyped-call]
    return path


def _check_answers(view: View, vagues: list[str], settings: Settings) -> None:
    """A chapter is executed for each of its waves, for every tier: the view must have an answer in all."""
    for id_, tier in itertools.product(vagues, settings.tiers):
        wave = open_wave(id_, tier)
        try:
            waves = [wave.previous(), wave] if len(view.vagues) > 1 else [wave]
            answer(replace(view, vagues=tuple(each.id for each in waves), diffusion=tier), waves)
        except (UsageError, DisclosureRefused) as error:
            raise UsageError(
                f"Le rapport de « {id_} », diffusion « {tier} », montre aussi ce chapitre, et la vue n’y a "
                f"pas de réponse : {error} Choisissez un autre chapitre, ou un carnet à vous."
            ) from error
