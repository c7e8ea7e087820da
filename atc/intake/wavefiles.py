"""The files of a wave, imported, simulated or corrected: checked aside, put in place in one move, or not.

One CSV a table, and the ``datapackage.json`` that describes them: UTF-8 without byte order mark, commas, line
feeds on every system, for files are compared byte for byte. Dates come from the wave, not from the clock. A
corrected table comes from a spreadsheet: a French Excel writes semicolons, Windows-1252, decimal commas and
dd/mm/yyyy, and drops the zeros that codes begin with; a cell that means what it meant before stays as it was.
"""

import csv
import hashlib
import io
import json
import subprocess
import tomllib
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from atc.intake.books import Place, Text
from atc.intake.mapping import Mapping
from atc.intake.reading import Sheet, read_table
from atc.intake.rows import Record, at_source, key_of
from atc.intake.simulate import Plan, simulate
from atc.intake.values import Reading, UnreadableError, known_sites, spellings
from atc.survey import codebook
from atc.survey.codebook import read_codebook, variables
from atc.survey.datapackage import FILE, STATUSES, read_package
from atc.survey.dictionary import Dictionary, Rows, Table, load_dictionary
from atc.survey.errors import DataRefused, UsageError, refusal, shown
from atc.survey.paths import Project, replacing, write
from atc.survey.read_csv import read_bytes, read_rows
from atc.survey.settings import WaveSettings, load_settings
from atc.survey.typography import month
from atc.survey.validation import validate_wave

_, PUBLIE, RECONSTITUE, SIMULE = STATUSES
_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
#: Of the key of its pseudonyms.
FINGERPRINT = "empreinte_cle"


def csv_bytes(table: Table, rows: Rows) -> bytes:
    """One table as it stands on disk, columns in the order of the dictionary."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(table.fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _hashed(content: bytes) -> dict[str, Any]:
    """What ``datapackage.json`` says of the bytes of a file."""
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def _json_bytes(package: MappingType[str, Any]) -> bytes:
    return f"{json.dumps(package, ensure_ascii=False, indent=2)}\n".encode()


def _described(
    wave: WaveSettings,
    dictionary: Dictionary,
    rows: MappingType[str, Rows],
    first: MappingType[str, Any],
    then: MappingType[str, Any],
    told: Callable[[Table], MappingType[str, Any]],
) -> dict[str, bytes]:
    """Every file of a wave: its tables, and what describes them.

    ``first`` and ``then`` stand before and after the date of the wave; ``told`` is when a table was
    collected, the status of each of its columns, and what its rows rest on.
    """
    contents = {name: csv_bytes(dictionary.table(name), rows[name]) for name in sorted(rows)}
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
            **_hashed(content),
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
    return {f"{name}.csv": content for name, content in contents.items()} | {FILE: _json_bytes(package)}


def _there(folder: Path) -> dict[str, bytes]:
    """Name -> content of the files of a wave; none if it is not there."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} if folder.is_dir() else {}


def _land(
    project: Project, vague: str, files: MappingType[str, bytes], rows: MappingType[str, Sequence[Record]]
) -> bool:
    """Check all files of a wave as `atc check` would, then make them the wave: whether anything changed.

    Faults of ``rows`` come back with the line of the file that gave them: nobody has seen the table.
    """
    target, shown_as = project.raw(vague), project.relative(project.raw(vague))
    if target.is_dir() and _there(target) == dict(files):
        return False
    try:
        with replacing(target) as (new,):
            for name, content in files.items():
                write(new / name, content)
            validate_wave(project, vague, new)
    except DataRefused as refused:
        raise DataRefused(dict.fromkeys(at_source(f, shown_as, rows) for f in refused.faults)) from refused
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
    """Check an imported wave and put it in its place: whether anything changed."""
    dictionary, there = load_dictionary(project), _there(project.raw(mapping.vague))
    # What someone completed by hand, and exports do not tell; of a draft or of observed data only: what was
    # said of made-up rows must not describe real ones.
    by_hand: dict[str, Any] = {}
    with suppress(KeyError, ValueError, AttributeError):
        former = json.loads(there[FILE])
        statuses = {s for r in former.get("resources", ()) for s in r.get("statuts", {}).values()}
        if not statuses & {RECONSTITUE, SIMULE}:
            keys = ("description", "licenses", "sources", "contributors")
            by_hand = {key: former[key] for key in keys if former.get(key)}
    licences: list[dict[str, str]] = [{"title": "à compléter : la licence de vos données"}]
    first: dict[str, Any] = {"title": mapping.titre, "licenses": licences, **by_hand}
    if mapping.description:
        first["description"] = mapping.description
    if mapping.licence:
        known = mapping.licence == _WORDS["licence"]["title"]
        first["licenses"] = [_WORDS["licence"] if known else {"title": mapping.licence}]
    first["version"] = mapping.version or "1.0.0"
    used = {mapping.status(table.name, column) for table in dictionary for column in table.fields}
    then: dict[str, Any] = {FINGERPRINT: fingerprint} if fingerprint else {}
    then["statut"] = {status: text for status, text in _WORDS["statuts"].items() if status in used}

    def told(table: Table) -> dict[str, Any]:
        when = mapping.collectes.get(table.name, mapping.collecte)
        return {
            "collecte": {key: str(getattr(when, key) or "") for key in ("debut", "fin", "libelle")},
            "statuts": {column: mapping.status(table.name, column) for column in table.fields},
            "reserves": [],
            "lecture": "",
        }

    wave = load_settings(project).wave(mapping.vague)
    made: dict[str, Rows] = {name: [{**row} for row in records] for name, records in rows.items()}
    # The codebook and whatever else stands beside the tables stay.
    files = there | _described(wave, dictionary, made, first, then, told)
    drafted = not any(f"{name}.csv" in there for name in dictionary.tables)
    if files != there and there and not drafted and not replacing:
        raise UsageError(
            f"La vague « {mapping.vague} » existe déjà, et ces fichiers la changeraient. "
            "Rien n’a été écrit. Ajoutez --replace pour la remplacer."
        )
    return _land(project, mapping.vague, files, rows)


# --- of a simulated wave


def write_simulated(
    project: Project, vague: str, *, sites: int, seed: int, previous: str = "", replace: bool = False
) -> dict[str, int]:
    """Draw a wave, check it, and make it stand in ``data/raw``: table -> number of rows.

    Territories and staying people come from the wave ``previous``, whose number of ``sites`` it has; without
    it, all are made up. With ``replace``, a wave that is there goes.

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
    kept = {name: book for name, book in _there(folder).items() if name == codebook.FILE}
    command = f"atc simulate --vague {vague} --sites {sites} --seed {seed}"
    command += (f" --from {previous}" if previous else "") + (" --replace" if kept else "")
    words = _WORDS["simulation"]
    sources = [{"title": "Dictionnaire des données", "path": "data/dictionary"}]
    sources[0]["description"] = words["dictionnaire"]
    public: set[str] = set()
    if previous:
        path, shown_as = project.raw(previous), project.relative(project.raw(previous))
        sources.append({"title": f"Vague {previous}", "path": shown_as, "description": words["vague"]})
        before = read_package(path, shown_as).resources["territoires"].statuses
        # How the evaluation meets a site is decided anew for each wave: not a public fact.
        public = {name for name, status in before.items() if status == PUBLIE} - {"recueil"}
    when = f"{plan.date:%Y-%m}"
    collected = {"debut": when, "fin": when, "libelle": f"{month(plan.date)}, données simulées"}
    then = {
        "graine": seed,
        "procedure": command,
        "champ_collecte": collected,
        "statut": words["statuts"] if previous else {SIMULE: words["statuts"][SIMULE]},
        "licenses": [_WORDS["licence"]],
        "sources": sources,
        "contributors": [{"title": words["auteurs"], "roles": ["creator"]}],
    }

    def told(table: Table) -> dict[str, Any]:
        known = public if table.name == "territoires" else set()
        statuses = {column: PUBLIE if column in known else SIMULE for column in table.fields}
        return {"collecte": collected, "statuts": statuses, "reserves": [], "lecture": words["lecture"]}

    title = f"Animation territoriale citoyenne : {wave.label.lower()}"
    first = {"title": title, "description": words["description"], "version": "1.0.0"}
    _land(project, vague, _described(wave, plan.dictionary, tables, first, then, told) | kept, {})
    return {name: len(rows) for name, rows in tables.items()}


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
        path = project.raw(previous) / f"{name}.csv"
        before[name] = list(read_rows(path, project.relative(path), alone=True).values())
    known = len(before["territoires"])
    if sites != known:
        raise UsageError(
            f"La vague « {previous} » compte {known} territoires, et --sites en demande {sites}. "
            f"Écrivez --sites {known}, ou retirez --from pour des sites inventés."
        )
    return Plan(vague, date, sites, seed, dictionary, previous, before, former, gone)


# --- of a corrected wave

#: Rows that a file had, by their key.
Former: TypeAlias = MappingType[tuple[str, ...], MappingType[str, str]]


def correct(
    project: Project,
    vague: str,
    paths: Sequence[Path],
    decided: MappingType[str, Sequence[Record]] = MappingProxyType({}),
) -> list[str]:
    """Put corrected tables in place of those of a wave, and mend their hashes.

    ``decided`` are tables as somebody decided them in a workbook. What changed comes back, one line for each
    cell or row; a `DataRefused` has every fault of the wave that these tables would make: nothing is written.
    """
    settings = load_settings(project)
    settings.wave(vague)
    dictionary = load_dictionary(project)
    folder, shown_as = project.raw(vague), project.relative(project.raw(vague))
    read_package(folder, shown_as)  # refuses what the following could not change
    there = _there(folder)
    package = json.loads(there[FILE])
    resources = {resource["name"]: resource for resource in package["resources"]}
    # Its own list of territories names sites that no wave before had.
    everywhere = spellings(known_sites(project, settings, ""), {})
    changes: list[str] = []
    rows: dict[str, Sequence[Record]] = dict(decided)
    former = {
        table.name: _former(folder / f"{table.name}.csv", resources[table.name]["hash"], table)
        for table in dictionary
    }
    for path in paths:
        content = read_bytes(path, shown(path.name), "Vérifiez le chemin donné à la commande")
        sheet = read_table(path, content)
        # The table of that name, or else the one that has these columns, in any order.
        same = [table for table in dictionary if set(table.fields) == set(sheet.headings)]
        named = dictionary.tables.get(path.stem.casefold())
        if named is None and not same:
            remedy = f"Nommez le fichier comme sa table : {', '.join(dictionary.tables)}"
            raise refusal(sheet.file, "Ce ne sont les colonnes d’aucune table", remedy, line=1)
        if named is not None and named not in same:
            remedy = f"Rétablissez les colonnes : {', '.join(named.fields)}"
            raise refusal(sheet.file, "En-tête inattendu", remedy, line=1, value=", ".join(sheet.headings))
        table = named or same[0]
        if table.name in rows:
            remedy = "Donnez une seule fois chaque table"
            raise refusal(sheet.file, "Cette table est déjà dans un autre fichier", remedy, value=table.name)
        readings = {name: Reading(table, name, everywhere) for name in table.fields}
        rows[table.name] = _records(sheet, table, former[table.name] or {}, readings)
    for table in map(dictionary.table, rows):
        keyed = {key_of(record, table.primary_key): record for record in rows[table.name]}
        changes += changed(table.name, former[table.name], keyed)
        content = csv_bytes(table, [dict(record) for record in rows[table.name]])
        there[f"{table.name}.csv"] = content
        resources[table.name] |= _hashed(content)
    _land(project, vague, {**there, FILE: _json_bytes(package)}, rows)
    return changes


def _former(path: Path, described: str, table: Table) -> Former | None:
    """None where neither the folder nor git has the file that the wave describes any more."""
    contents = [path.read_bytes()] if path.is_file() else []
    with suppress(OSError):
        # Saved in place, the file that the wave describes is left in the history only.
        command = ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"]
        contents.append(subprocess.run(command, capture_output=True, check=False).stdout)
    for content in contents:
        if _hashed(content)["hash"] == described:
            rows = read_rows(content, path.name, alone=True).values()
            return {tuple(row[name] for name in table.primary_key): row for row in rows}
    return None


def _records(sheet: Sheet, table: Table, former: Former, readings: MappingType[str, Reading]) -> list[Record]:
    """Rows of a corrected table, in the order that they had."""
    ranks = {key: rank for rank, key in enumerate(former)}
    records: list[Record] = []
    for line, cells in sheet.rows.items():
        key = tuple(_read(cells[name], "", readings[name]) for name in table.primary_key)
        before = former.get(key, {})
        values = {name: _read(cells[name], before.get(name, ""), readings[name]) for name in table.fields}
        records.append({n: Text(v, Place(sheet.file, line, n, shown(cells[n]))) for n, v in values.items()})
    return sorted(records, key=lambda record: ranks.get(key_of(record, table.primary_key), len(ranks)))


def _read(cell: str, before: str, reading: Reading) -> str:
    """The value of a cell; what cannot be read stays as it is, for the check of the wave to say so."""
    dropped = before.startswith("0") and before.lstrip("0") == cell
    if cell == before or dropped:
        return before
    try:
        value = reading(cell) if cell else ""
    except UnreadableError:
        return cell
    with suppress(UnreadableError):
        return before if before and reading(before) == value else value
    return value


def changed(name: str, former: Former | None, rows: Former) -> Iterator[str]:
    """What changed in a file, cell by cell, in French."""
    if former is None:
        yield f"{name} : la table d’avant n’est plus là, ses changements ne peuvent pas être montrés"
        return
    for key, row in rows.items():
        who = f"{name}, {', '.join(map(shown, key))}"
        if key not in former:
            yield f"{who} : ligne ajoutée"
            continue
        for column, value in row.items():
            if value != former[key][column]:
                yield f"{who}, {column} : « {shown(former[key][column])} » → « {shown(value)} »"
    for key in (key for key in former if key not in rows):
        yield f"{name}, {', '.join(map(shown, key))} : ligne retirée"
