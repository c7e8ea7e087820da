"""What ``atc run`` does besides running cells and drawing pages, measured one part at a time."""

from benchmarks.field import WAVE, Field
from benchmarks.rivals import chosen, command, imports

# What is imported once for all processes of a run.
_FORKED = (
    "importlib, atc.run.processes as processes; "
    "[importlib.import_module(name) for name in (*processes.LIBRARIES, *processes.RENDERING)]"
)
_VALIDATED = (
    "atc.survey.waves as waves, atc.survey.paths as paths; "
    f"[waves.process(paths.find_project(), name) for name in ('2020-automne', '{WAVE}')]"
)


def ours_in_parts(here: Field) -> dict[str, float]:
    """Part -> seconds of processor; the two calls of a run, for the report and for the sheets, together.

    Args:
        here: Where everything is up to date.
    """
    calls = 1 + here.sheets
    pdf = here.root / "outputs" / WAVE / "financeurs" / "rapport.pdf"
    # A few chapters make no whole report.
    whole = 0.0
    if pdf.is_file():
        pdf.unlink()
        whole = command(here, "run", "--vague", WAVE, *chosen(here)).cpu
    here.clear()
    return {
        "validation des deux vagues": imports(here, _VALIDATED).cpu,
        "PDF du rapport entier": whole,
        "bibliothèques importées par les processus": calls * imports(here, _FORKED).cpu,
    }
