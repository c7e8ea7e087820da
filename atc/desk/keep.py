"""A view kept, as files or in a notebook of one's own: nothing is replaced.

All of it is under `notebooks/perso`, which git ignores.
"""

import itertools
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from atc.desk.answer import answer
from atc.desk.view import View
from atc.exhibits.charts import WIDE
from atc.exhibits.model import Exhibit, png, standalone, svg
from atc.exhibits.variables import variable
from atc.rendering.html import stamped_html, stamped_png
from atc.run.notebooks import declared_texts
from atc.survey.errors import DisclosureRefused, UsageError, shown
from atc.survey.files import replacing
from atc.survey.paths import Project
from atc.survey.settings import Settings
from atc.survey.typography import capitalise, fold, french, lower_first
from atc.survey.waves import Wave, open_wave

#: Names of notebooks that are taken: the desk itself.
_RESERVED = ("explorer",)
# The cells that close a chapter.
_CONTROLS = ("controles", "tab-07-01")


# --- as files ---


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
    files = {folder / f"{stem}{extension}": content for extension, content in contents.items()}
    for path, content in files.items():
        path.write_bytes(content)
    return [folder / f"{stem}.py", *files]


def _plain(text: str) -> str:
    """A text as part of a file name: lower case, no accent."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


# --- in a notebook of one's own ---


def append(project: Project, name: str, view: View, wave: Wave) -> Path:
    """Add a view to a notebook of one's own, at its end, or to a chapter, before its controls.

    It is a heading and the call that answers it, which takes its wave and its tier from the parameters of the
    notebook: a page that is made for wider readers is masked for them, whoever looked at the view first. A
    notebook of `notebooks/perso` is made if it is not there yet. `UsageError`: why nothing can be added.
    """
    stem = _plain(name.strip().removesuffix(".ipynb").removeprefix("perso/")).replace("-", "_")
    if not stem or stem in _RESERVED:
        raise UsageError(
            f"« {shown(name)} » ne convient pas pour un carnet. Écrivez quelques lettres, par exemple "
            "« mon_carnet »."
        )
    told = [id_ for id_ in wave.report.waves if stem in wave.report.chapters_of(id_)]
    path = (project.notebooks if told else project.own_notebooks) / f"{stem}.ipynb"
    try:
        notebook = nbformat.read(path, as_version=4) if path.exists() else _blank(stem, view)  # type: ignore[no-untyped-call]
    except (ValueError, OSError) as error:
        raise UsageError(
            f"Le carnet {project.relative(path)} ne se lit plus. Choisissez un autre nom de carnet."
        ) from error
    heading = view.titre or capitalise(view.analyse)
    if view.variable and not view.titre:
        heading += f" : {lower_first(variable(wave.dictionary, view.variable).label)}"
    text = f"## {french(heading)}"
    if told:
        call = f"import atc\n\n{view.call('donnees', 'donnees.settings.previous')}"
    else:
        call = view.call(_source(project, path, notebook, view, wave.report))
        text += "\n\nÀ compléter : ce que vous en retenez."
    if any(cell.source == call for cell in notebook.cells):
        raise UsageError(f"Cette vue est déjà dans {project.relative(path)}. Changez un choix, ou de carnet.")
    _check_answers(view, told, wave.report)
    taken = {cell.get("id") for cell in notebook.cells}
    number = next(n for n in itertools.count(1) if not {f"texte-{n}", f"vue-{n}"} & taken)
    place = next((i for i, cell in enumerate(notebook.cells) if cell.get("id") in _CONTROLS), len(taken))
    made = [_cell("markdown", f"texte-{number}", text), _cell("code", f"vue-{number}", call)]
    notebook.cells[place:place] = made
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


def _blank(name: str, view: View) -> NotebookNode:
    notebook: NotebookNode = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    parameters = f'vague: str = "{view.latest}"\ndiffusion: str = "{view.diffusion}"'
    notebook.cells = [
        _cell("markdown", "titre", f"# {capitalise(name.replace('_', ' '))}"),
        _cell("code", "parametres", parameters),
        _cell("code", "ouverture", "import atc\n\ndonnees = atc.open_wave(vague, diffusion)"),
    ]
    notebook.cells[1].metadata = {"tags": ["parameters"]}
    return notebook


def _cell(kind: str, id_: str, source: str) -> NotebookNode:
    make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
    return make(source, id=id_)  # type: ignore[no-untyped-call, no-any-return]


def _source(project: Project, path: Path, notebook: NotebookNode, view: View, settings: Settings) -> str:
    """Python that gives the wave of the view: that of the notebook, or the one before it."""
    named = declared_texts(notebook).get("vague", "")
    if named == view.latest:
        return "donnees"
    if named in settings.waves and settings.wave(named).previous == view.latest:
        return "donnees.previous()"
    raise UsageError(
        f"Le carnet {project.relative(path)} porte sur « {named or 'aucune vague'} », et cette vue sur "
        f"« {view.latest} ». Choisissez un autre nom de carnet."
    )
