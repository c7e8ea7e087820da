"""The files of a simulated wave: what each column is worth, and how they come to stand."""

from __future__ import annotations

import csv

from atc.intake.simulate.drawing import Plan
from atc.intake.simulate.tables import simulate
from atc.intake.wavefiles import PUBLIE, SIMULE, Provenance, check_free, land, wave_files
from atc.survey import codebook
from atc.survey.codebook import read_codebook, variables
from atc.survey.datapackage import read_package
from atc.survey.dictionary import Dictionary, Rows, load_dictionary
from atc.survey.errors import UsageError
from atc.survey.paths import Project
from atc.survey.settings import load_settings
from atc.survey.typography import month
from atc.survey.validation import validate_wave

_EXPLAINED = {
    PUBLIE: "fait public sur un territoire, repris de la vague précédente",
    SIMULE: "valeur tirée au sort d’après le dictionnaire : elle n’apprend rien de personne ni d’aucun site",
}


def write_simulated(
    project: Project, vague: str, *, sites: int, seed: int, previous: str = "", replace: bool = False
) -> dict[str, int]:
    """Draw a wave, check it, and make it stand in ``data/raw``.

    Args:
        project: Where the files are.
        vague: Wave to make; report.toml says its date.
        sites: Number of territories; with ``previous``, as many as it has.
        seed: Seed of every draw.
        previous: Wave that territories and staying people come from; empty for made-up ones.
        replace: Whether a wave that is there may go.

    Returns:
        Table -> number of rows.

    Raises:
        UsageError: An unknown wave, a wrong number of sites, or a wave already there.
        DataRefused: The wave before, its codebook, or what was drawn breaks the dictionary.
    """
    check_free(project, vague, replace=replace)
    plan = _plan(project, vague, sites, seed, previous)
    tables = simulate(plan)
    # The codebook says what was to be asked: it is written by people, before any answer.
    book = project.raw(vague) / codebook.FILE
    kept = {codebook.FILE: book.read_bytes()} if book.is_file() else {}
    command = f"atc simulate --vague {vague} --sites {sites} --seed {seed}"
    command += (f" --from {previous}" if previous else "") + (" --replace" if kept else "")
    provenance = _provenance(project, plan, command)
    files = wave_files(load_settings(project).wave(vague), plan.dictionary, tables, provenance)
    land(project, vague, files | kept, replace=replace)
    return {name: len(rows) for name, rows in tables.items()}


def _plan(project: Project, vague: str, sites: int, seed: int, previous: str) -> Plan:
    settings, dictionary = load_settings(project), load_dictionary(project)
    date = settings.wave(vague).date
    if sites < 1:
        raise UsageError("Il faut au moins un site : indiquez --sites 1 ou davantage.")
    gone = _gone(project, vague, dictionary)
    if not previous:
        return Plan(vague, date, sites, seed, dictionary, gone=gone)
    former = settings.wave(previous).date
    if former >= date:
        raise UsageError(
            f"La vague « {previous} » ne vient pas avant « {vague} ». Donnez à --from une vague antérieure."
        )
    validate_wave(project, previous)
    before: dict[str, Rows] = {}
    for name in dictionary.tables:
        with (project.raw(previous) / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            before[name] = list(csv.DictReader(file))
    known = len(before["territoires"])
    if sites != known:
        raise UsageError(
            f"La vague « {previous} » compte {known} territoires, et --sites en demande {sites}. "
            f"Écrivez --sites {known}, ou retirez --from pour des sites inventés."
        )
    return Plan(vague, date, sites, seed, dictionary, previous, before, former, gone)


def _gone(project: Project, vague: str, dictionary: Dictionary) -> frozenset[str]:
    path = project.raw(vague) / codebook.FILE
    if not path.is_file():
        return frozenset()
    book = read_codebook(path, project.relative(path), vague, dictionary.variables)
    return frozenset(v.variable for v in variables(dictionary) if not book.asks(v.variable))


def _provenance(project: Project, plan: Plan, command: str) -> Provenance:
    when = f"{plan.date:%Y-%m}"
    lecture = (
        "Lignes tirées au sort d’après le dictionnaire : elles montrent le rapport, et n’apprennent rien."
    )
    statuses = {table.name: dict.fromkeys(table.fields, SIMULE) for table in plan.dictionary}
    described = "Valeurs possibles de chaque colonne."
    sources = [{"title": "Dictionnaire des données", "path": "data/dictionary", "description": described}]
    if plan.previous:
        folder = project.raw(plan.previous)
        before = read_package(folder, project.relative(folder)).resources["territoires"].statuses
        # How the evaluation meets a site is decided anew for each wave: not a public fact.
        public = [name for name in statuses["territoires"] if before[name] == PUBLIE and name != "recueil"]
        statuses["territoires"] |= dict.fromkeys(public, PUBLIE)
        described = "Territoires, et personnes qui restent d’une vague à l’autre."
        path = f"data/raw/{plan.previous}"
        sources.append({"title": f"Vague {plan.previous}", "path": path, "description": described})
    return Provenance(
        description=(
            "Données simulées : aucune personne n’a répondu. Elles servent à montrer et à éprouver le "
            "rapport, en attendant les réponses de cette vague."
        ),
        lecture=lecture,
        collecte={"debut": when, "fin": when, "libelle": f"{month(plan.date)}, données simulées"},
        statut=_EXPLAINED if plan.previous else {SIMULE: _EXPLAINED[SIMULE]},
        sources=sources,
        statuts=statuses,
        graine=plan.seed,
        procedure=command,
    )
