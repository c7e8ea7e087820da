"""The files of a wave that is made here, checked aside and put in place in one move, or not at all.

One CSV a table, and the ``datapackage.json`` that describes them: UTF-8 without byte order mark, commas, line
feeds on every system, for files are compared byte for byte. Dates come from the wave, not from the clock.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import Any

from atc.intake.mapping import Mapping
from atc.intake.rows import Record, at_source
from atc.intake.simulate import Plan, simulate
from atc.survey import codebook
from atc.survey.codebook import read_codebook, variables
from atc.survey.datapackage import FILE, STATUSES, read_package
from atc.survey.dictionary import Dictionary, Rows, Table, load_dictionary
from atc.survey.errors import DataRefused, UsageError, shown
from atc.survey.files import replacing, write
from atc.survey.paths import Project
from atc.survey.settings import WaveSettings, load_settings
from atc.survey.typography import month
from atc.survey.validation import validate_folder, validate_wave

_, PUBLIE, _, SIMULE = STATUSES
LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
_MEANINGS = {
    "observé": "donnée réelle, recueillie par l’évaluation",
    "publié": "la valeur de chaque ligne figure dans une source publique",
    "reconstitué": "les lignes ont été établies pour que chaque résultat publié qui les concerne soit exact",
    "simulé": "la valeur illustre, sans plus",
}
#: Of a simulated wave.
_SIMULATED = {
    PUBLIE: "fait public sur un territoire, repris de la vague précédente",
    SIMULE: "valeur tirée au sort d’après le dictionnaire : elle n’apprend rien de personne ni d’aucun site",
}
_LECTURE = "Lignes tirées au sort d’après le dictionnaire : elles montrent le rapport, et n’apprennent rien."
_DESCRIPTION = (
    "Données simulées : aucune personne n’a répondu. Elles servent à montrer et à éprouver le "
    "rapport, en attendant les réponses de cette vague."
)
# What someone may have completed by hand in the description of a wave, and that exports do not tell.
_BY_HAND = ("description", "licenses", "sources", "contributors")
#: Of the key of its pseudonyms.
FINGERPRINT = "empreinte_cle"
_AUTHORS = {"title": "Les auteurs des cahiers ATC", "roles": ["creator"]}


def csv_bytes(table: Table, rows: Rows) -> bytes:
    """One table as it stands on disk, columns in the order of the dictionary."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(table.fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def hashed(content: bytes) -> dict[str, Any]:
    """What ``datapackage.json`` says of the bytes of a file."""
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def json_bytes(package: MappingType[str, Any]) -> bytes:
    """``datapackage.json`` as it stands on disk."""
    return f"{json.dumps(package, ensure_ascii=False, indent=2)}\n".encode()


def _described(
    wave: WaveSettings,
    dictionary: Dictionary,
    contents: MappingType[str, bytes],
    first: MappingType[str, Any],
    then: MappingType[str, Any],
    told: Callable[[Table], MappingType[str, Any]],
) -> dict[str, bytes]:
    """Every file of a wave: its tables, and what describes them.

    ``first`` and ``then`` stand before and after the date of the wave; ``told`` is when a
    table was collected, the status of each of its columns, and what its rows rest on.
    """
    resources = [
        {
            "name": name,
            "path": f"{name}.csv",
            "title": dictionary.table(name).label,
            "description": dictionary.table(name).description,
            # Version 2 of the standard replaces the profile tabular-data-resource by this type.
            "type": "table",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
            **hashed(content),
            "dictionnaire": f"data/dictionary/{name}.json",
            **told(dictionary.table(name)),
        }
        for name, content in contents.items()
    ]
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"atc-{wave.id}",
        **first,
        "created": f"{wave.date.isoformat()}T00:00:00Z",
        "vague": wave.id,
        **then,
        "resources": resources,
    }
    return {f"{name}.csv": content for name, content in contents.items()} | {FILE: json_bytes(package)}


def files_there(target: Path) -> dict[str, bytes]:
    """Name -> content of the files of a wave; none if it is not there."""
    if not target.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in target.iterdir() if path.is_file()}


def land(project: Project, vague: str, files: MappingType[str, bytes]) -> bool:
    """Check the files of a wave as `atc check` would, then make them the wave.

    Args:
        project: Where the wave goes.
        vague: Its id.
        files: Name -> content: everything that the folder will hold.

    Returns:
        Whether anything changed: the same files as those that stand are left alone.

    Raises:
        DataRefused: The files break the dictionary; nothing was written.
    """
    target = project.raw(vague)
    if target.is_dir() and files_there(target) == dict(files):
        return False
    with replacing(target) as (new,):
        for name, content in files.items():
            write(new / name, content)
        validate_folder(new, project.relative(target), vague, load_dictionary(project))
    return True


# --- of an imported wave


def deliver(
    project: Project,
    mapping: Mapping,
    rows: MappingType[str, Sequence[Record]],
    fingerprint: str,
    *,
    replacing: bool,
) -> bool:
    """Check an imported wave and put it in its place: whether anything changed.

    Faults come back with the line of the export, not of a file that nobody has seen.
    """
    dictionary, folder = load_dictionary(project), project.raw(mapping.vague)
    there = files_there(folder)
    contents = {
        name: csv_bytes(dictionary.table(name), [dict(row) for row in records])
        for name, records in sorted(rows.items())
    }
    used = {mapping.status(table.name, column) for table in dictionary for column in table.fields}
    said: dict[str, Any] = {"description": mapping.description} if mapping.description else {}
    if mapping.licence:
        known = mapping.licence == LICENCE["title"]
        said["licenses"] = [{**LICENCE} if known else {"title": mapping.licence}]
    licence = [{"title": "à compléter : la licence de vos données"}]
    first = {"title": mapping.titre, "licenses": licence, **_by_hand(there), **said}
    first["version"] = mapping.version or "1.0.0"
    then: dict[str, Any] = {FINGERPRINT: fingerprint} if fingerprint else {}
    then["statut"] = {status: text for status, text in _MEANINGS.items() if status in used}

    def told(table: Table) -> dict[str, Any]:
        when = mapping.collectes.get(table.name, mapping.collecte)
        return {
            "collecte": {key: str(getattr(when, key) or "") for key in ("debut", "fin", "libelle")},
            "statuts": {column: mapping.status(table.name, column) for column in table.fields},
            "reserves": [],
            "lecture": "",
        }

    wave = load_settings(project).wave(mapping.vague)
    # The codebook and whatever else stands beside the tables stay.
    files = there | _described(wave, dictionary, contents, first, then, told)
    drafted = not any(f"{name}.csv" in there for name in dictionary.tables)
    if files != there and there and not drafted and not replacing:
        raise UsageError(
            f"La vague « {mapping.vague} » existe déjà, et ces fichiers la changeraient. "
            "Rien n’a été écrit. Ajoutez --replace pour la remplacer."
        )
    try:
        return land(project, mapping.vague, files)
    except DataRefused as refused:
        faults = (at_source(fault, project.relative(folder), rows) for fault in refused.faults)
        raise DataRefused(dict.fromkeys(faults)) from refused


def _by_hand(files: MappingType[str, bytes]) -> dict[str, Any]:
    # Only of a draft or of observed data: what was said of made-up rows must not describe real ones.
    try:
        there = json.loads(files[FILE])
        statuses = {s for r in there.get("resources", ()) for s in r.get("statuts", {}).values()}
    except (KeyError, ValueError, AttributeError):
        return {}
    if statuses & {"simulé", "reconstitué"}:
        return {}
    return {key: there[key] for key in _BY_HAND if there.get(key)}


# --- of a simulated wave


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
    folder = project.raw(vague)
    if folder.exists() and not replace:
        raise UsageError(
            f"La vague « {shown(vague)} » existe déjà dans {project.relative(folder)}. "
            "Pour la remplacer, relancez avec --replace : l’ancienne reste en place tant que la nouvelle "
            "n’est pas vérifiée."
        )
    plan = _plan(project, vague, sites, seed, previous)
    tables, wave = simulate(plan), load_settings(project).wave(vague)
    # The codebook says what was to be asked: it is written by people, before any answer.
    kept = {name: book for name, book in files_there(folder).items() if name == codebook.FILE}
    command = f"atc simulate --vague {vague} --sites {sites} --seed {seed}"
    command += (f" --from {previous}" if previous else "") + (" --replace" if kept else "")
    statuses, sources = _origin(project, plan)
    when = f"{plan.date:%Y-%m}"
    collected = {"debut": when, "fin": when, "libelle": f"{month(plan.date)}, données simulées"}
    title = f"Animation territoriale citoyenne : {wave.label.lower()}"
    then = {
        "graine": seed,
        "procedure": command,
        "champ_collecte": collected,
        "statut": _SIMULATED if previous else {SIMULE: _SIMULATED[SIMULE]},
        "licenses": [LICENCE],
        "sources": sources,
        "contributors": [_AUTHORS],
    }
    files = _described(
        wave,
        plan.dictionary,
        {name: csv_bytes(plan.dictionary.table(name), rows) for name, rows in sorted(tables.items())},
        {"title": title, "description": _DESCRIPTION, "version": "1.0.0"},
        then,
        lambda table: {
            "collecte": collected,
            "statuts": statuses[table.name],
            "reserves": [],
            "lecture": _LECTURE,
        },
    )
    land(project, vague, files | kept)
    return {name: len(rows) for name, rows in tables.items()}


def _origin(project: Project, plan: Plan) -> tuple[dict[str, dict[str, str]], list[dict[str, str]]]:
    """Status of each column of each table, and where the rows come from."""
    statuses = {table.name: dict.fromkeys(table.fields, SIMULE) for table in plan.dictionary}
    described = "Valeurs possibles de chaque colonne."
    sources = [{"title": "Dictionnaire des données", "path": "data/dictionary", "description": described}]
    if previous := plan.previous:
        former = project.raw(previous)
        before = read_package(former, project.relative(former)).resources["territoires"].statuses
        # How the evaluation meets a site is decided anew for each wave: not a public fact.
        public = [name for name in statuses["territoires"] if before[name] == PUBLIE and name != "recueil"]
        statuses["territoires"] |= dict.fromkeys(public, PUBLIE)
        described = "Territoires, et personnes qui restent d’une vague à l’autre."
        path = f"data/raw/{previous}"
        sources.append({"title": f"Vague {previous}", "path": path, "description": described})
    return statuses, sources


def _plan(project: Project, vague: str, sites: int, seed: int, previous: str) -> Plan:
    settings, dictionary = load_settings(project), load_dictionary(project)
    date, path, gone = settings.wave(vague).date, project.raw(vague) / codebook.FILE, frozenset[str]()
    if sites < 1:
        raise UsageError("Il faut au moins un site : indiquez --sites 1 ou davantage.")
    if path.is_file():
        book = read_codebook(path, project.relative(path), vague, dictionary.variables)
        gone = frozenset(v.variable for v in variables(dictionary) if not book.asks(v.variable))
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
