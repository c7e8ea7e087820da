"""The files of a simulated wave: what each column is worth, and how they come to stand."""

from __future__ import annotations

import csv
from pathlib import Path

from atc.intake.simulate.plan import Plan
from atc.intake.simulate.wave import simulate
from atc.intake.wavefiles import (
    PUBLIE,
    SIMULE,
    Collection,
    Origin,
    Provenance,
    check_free,
    land,
    wave_files,
)
from atc.survey import codebook
from atc.survey.datapackage import read_package
from atc.survey.dictionary import Dictionary, load_dictionary
from atc.survey.errors import UsageError
from atc.survey.paths import Project
from atc.survey.questionnaire import variables
from atc.survey.rows import Rows
from atc.survey.settings import WaveSettings, load_settings
from atc.survey.typography import month
from atc.survey.validation import validate_wave

_EXPLAINED = {
    PUBLIE: "fait public sur un territoire, repris de la vague précédente",
    SIMULE: "valeur tirée au sort d’après le dictionnaire : elle n’apprend rien de personne ni d’aucun site",
}
# How the evaluation meets a site is decided anew for each wave: not a public fact.
_NOT_KEPT = frozenset({"recueil"})


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
    provenance = _provenance(project, plan, again=(project.raw(vague) / codebook.FILE).is_file())
    files = wave_files(load_settings(project).wave(vague), plan.dictionary, tables, provenance)
    # The codebook says what was to be asked: it is written by people, before any answer.
    kept = project.raw(vague) / codebook.FILE
    if kept.is_file():
        files[codebook.FILE] = kept.read_bytes()
    land(project, vague, files, replace=replace)
    return {name: len(rows) for name, rows in tables.items()}


def _plan(project: Project, vague: str, sites: int, seed: int, previous: str) -> Plan:
    settings, dictionary = load_settings(project), load_dictionary(project)
    wave = settings.wave(vague)
    if sites < 1:
        raise UsageError("Il faut au moins un site : indiquez --sites 1 ou davantage.")
    if not previous:
        return Plan(vague, wave.date, sites, seed, dictionary, gone=_gone(project, vague, dictionary))
    former = settings.wave(previous)
    _check_succession(former, wave)
    validate_wave(project, previous)
    before = {table.name: _text_rows(project, previous, table.name) for table in dictionary}
    known = len(before["territoires"])
    if sites != known:
        raise UsageError(
            f"La vague « {previous} » compte {known} territoires, et --sites en demande {sites}. "
            f"Écrivez --sites {known}, ou retirez --from pour des sites inventés."
        )
    gone = _gone(project, vague, dictionary)
    return Plan(vague, wave.date, sites, seed, dictionary, previous, before, former.date, gone)


def _check_succession(former: WaveSettings, wave: WaveSettings) -> None:
    if former.date >= wave.date:
        raise UsageError(
            f"La vague « {former.id} » ne vient pas avant « {wave.id} ». "
            "Donnez à --from une vague antérieure."
        )


def _text_rows(project: Project, vague: str, table: str) -> Rows:
    with (project.raw(vague) / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _gone(project: Project, vague: str, dictionary: Dictionary) -> frozenset[str]:
    path: Path = project.raw(vague) / codebook.FILE
    if not path.is_file():
        return frozenset()
    book = codebook.read_codebook(path, project.relative(path), vague, dictionary.variables)
    return frozenset(v.name for v in variables(dictionary) if not book.asks(v.name))


def _provenance(project: Project, plan: Plan, *, again: bool) -> Provenance:
    collected = Collection(
        f"{plan.date:%Y-%m}", f"{plan.date:%Y-%m}", f"{month(plan.date)}, données simulées"
    )
    lecture = (
        "Lignes tirées au sort d’après le dictionnaire : elles montrent le rapport, et n’apprennent rien."
    )
    origins = {
        table.name: Origin(_statuses(project, plan, table.name), collected, lecture)
        for table in plan.dictionary
    }
    return Provenance(
        description=(
            "Données simulées : aucune personne n’a répondu. Elles servent à montrer et à éprouver le "
            "rapport, en attendant les réponses de cette vague."
        ),
        collecte=collected,
        statut=_EXPLAINED if plan.previous else {SIMULE: _EXPLAINED[SIMULE]},
        sources=_sources(plan),
        origins=origins,
        graine=plan.seed,
        procedure=_command(plan, again=again),
    )


def _sources(plan: Plan) -> list[dict[str, str]]:
    drawn = {
        "title": "Dictionnaire des données",
        "path": "data/dictionary",
        "description": "Valeurs possibles de chaque colonne.",
    }
    if not plan.previous:
        return [drawn]
    path = f"data/raw/{plan.previous}"
    described = "Territoires, et personnes qui restent d’une vague à l’autre."
    return [drawn, {"title": f"Vague {plan.previous}", "path": path, "description": described}]


def _command(plan: Plan, *, again: bool) -> str:
    command = f"atc simulate --vague {plan.vague} --sites {plan.sites} --seed {plan.seed}"
    command += f" --from {plan.previous}" if plan.previous else ""
    return command + (" --replace" if again else "")


def _statuses(project: Project, plan: Plan, table: str) -> dict[str, str]:
    fields = plan.dictionary.table(table).fields
    simulated = dict.fromkeys(fields, SIMULE)
    if table != "territoires" or not plan.previous:
        return simulated
    folder = project.raw(plan.previous)
    before = read_package(folder, project.relative(folder)).resources[table].statuses
    public = {name: before[name] for name in fields if before[name] == PUBLIE and name not in _NOT_KEPT}
    return simulated | public
