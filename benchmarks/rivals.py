"""Who is measured, and what each of them is given to run."""

import json
import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import ploomber_pipeline
from benchmarks.field import WAVE, Field
from benchmarks.measuring import Measure, measured
from benchmarks.shell_loop import papers, script

_PYTHON = shlex.quote(sys.executable)
Run = Callable[[Field], Measure]
SHELL, SERIES, TWO, PLOOMBER = (
    "boucle shell : papermill, nbconvert",
    "papermill et nbconvert, un processus",
    "papermill et nbconvert, 2 processus",
    "ploomber, 2 processus",
)
PAGES, OURS, LIMIT = "atc run, sans PDF", "atc run", "limite"
PAPERS = "boucle shell : papermill, nbconvert, weasyprint"


@dataclass(frozen=True)
class Rival:
    """One way to make the same pages.

    Attributes:
        label: In the tables, in French.
        cold: Makes everything.
        changed: After a change in the data; nothing when it makes everything again.
        reworded: After a change in the text of one chapter; nothing when it makes everything again.
        alone: The same, when that chapter only is asked for.
        paper: Adds PDF files to what was made; nothing when it made them, or never does.
        once: Whether the first round is enough: no target is about it.
    """

    label: str
    cold: Run
    changed: Run | None = None
    reworded: Run | None = None
    alone: Run | None = None
    paper: Run | None = None
    once: bool = False


def everyone(extra: Path | None) -> list[Rival]:
    """The rivals, those that users have first.

    Args:
        extra: Folder of ploomber; nothing to leave it out.
    """
    pages, ours = _ours(["-m", "benchmarks.pages_only"]), _ours(["-m", "atc"])
    found = [
        # Whoever keeps a loop knows which notebook they have just written in.
        Rival(SHELL, _loop, alone=_one_of_loop, paper=_paper_of_loop),
        Rival(SERIES, _plain(1), once=True),
        Rival(TWO, _plain(2), once=True),
        Rival(PAGES, pages, changed=pages, reworded=pages),
        Rival(OURS, ours, changed=ours, reworded=ours, alone=chapter_of_ours),
        Rival(LIMIT, _limit),
    ]
    if extra:
        build = _ploomber(extra)
        found.insert(3, Rival(PLOOMBER, build, changed=build, reworded=build, once=True))
    return found


def _loop(field: Field) -> Measure:
    return _shell(script(field.executions(), field.made), field)


def _one_of_loop(field: Field) -> Measure:
    changed = [one for one in field.executions() if one.notebook == field.reworded]
    return _shell(script(changed, field.made), field)


def _paper_of_loop(field: Field) -> Measure:
    return _shell(papers(field.executions(), field.made), field)


def _shell(lines: str, field: Field, besides: Sequence[int] = ()) -> Measure:
    return measured(["sh", "-c", lines], field.root, field.variables, besides)


def _python(field: Field, *arguments: str, variables: Mapping[str, str] | None = None) -> Measure:
    return measured([sys.executable, *arguments], field.root, {**field.variables, **(variables or {})})


def _jobs(field: Field) -> str:
    path = field.root / "executions.json"
    path.write_text(json.dumps([asdict(one) for one in field.executions()]), encoding="utf-8")
    return str(path)


def _plain(workers: int) -> Run:
    return lambda field: _python(field, "-m", "benchmarks.plain", _jobs(field), str(workers))


def _ploomber(extra: Path) -> Run:
    def build(field: Field) -> Measure:
        text = ploomber_pipeline.pipeline(field.executions(), field.root)
        (field.root / "pipeline.yaml").write_text(text, encoding="utf-8")
        path = os.pathsep.join([field.variables["PYTHONPATH"], str(extra)])
        variables = {**ploomber_pipeline.QUIET, "PYTHONPATH": path}
        return _python(field, "-c", ploomber_pipeline.CALL, "build", variables=variables)

    return build


def _limit(field: Field) -> Measure:
    return _python(field, "-m", "benchmarks.limit", _jobs(field))


def _ours(how: Sequence[str], options: Sequence[str] = (), besides: Sequence[int] = ()) -> Run:
    def run(field: Field) -> Measure:
        calls = [["run", "--vague", WAVE, *options, *chosen(field)]]
        if field.sheets:
            calls.append(["run", "--fiches", "--vague", WAVE, *options])
        lines = "\n".join(f"{_PYTHON} {shlex.join([*how, *call])} || exit 1" for call in calls)
        return _shell(lines, field, besides)

    return run


def chapter_of_ours(field: Field) -> Measure:
    """``atc run`` on the one chapter whose text changes."""
    return command(field, "run", "--vague", WAVE, "--chapitre", field.reworded)


def chosen(field: Field) -> list[str]:
    """The options that name the chapters, unless all are to be made."""
    return [] if field.sheets else [word for slug in field.chapters for word in ("--chapitre", slug)]


def ours_on(scheduler: str, besides: Sequence[int]) -> Run:
    """``atc run`` on a cluster.

    Args:
        scheduler: Its address.
        besides: Its processes.
    """
    return _ours(["-m", "atc"], ["--scheduler", scheduler], besides)


def sheets_of(field: Field, vague: str) -> Measure:
    """``atc run`` on the sheets of one wave."""
    return _python(field, "-m", "atc", "run", "--fiches", "--vague", vague)


def command(field: Field, *words: str) -> Measure:
    """Any command of ``atc``."""
    return _python(field, "-m", "atc", *words)


def imports(field: Field, modules: str) -> Measure:
    """A process that imports modules, and nothing else."""
    return _python(field, "-c", f"import {modules}")
