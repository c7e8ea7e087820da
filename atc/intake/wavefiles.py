"""The files of a wave, imported, simulated or corrected: checked aside, put in place in one move, or not.

One CSV a table, and the ``datapackage.json`` that describes them, compared byte for byte: dates come from the
wave, not from the clock. In a table that comes back from a spreadsheet, a cell that means what it meant
(« 0,4 » for 0.4, a day, a code without its zeros) stays as it was.
"""

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from atc.intake.books import Place, Text
from atc.intake.mapping import Mapping
from atc.intake.reading import Sheet, read_table
from atc.intake.rows import Record, at_source, key_of
from atc.intake.simulate import Plan, simulate
from atc.intake.values import TERRITORIES, Reading, UnreadableError, known_sites, spellings
from atc.survey import codebook
from atc.survey.codebook import read_codebook, variables
from atc.survey.datapackage import FILE, MADE, PRINTED, SIMULATED, read_package
from atc.survey.dictionary import Dictionary, Rows, Table, load_dictionary
from atc.survey.errors import DataRefused, Messages, UsageError, shown
from atc.survey.paths import Project, read_toml, replacing, write
from atc.survey.read_csv import read_bytes, read_rows
from atc.survey.settings import WaveSettings, load_settings
from atc.survey.typography import month
from atc.survey.validation import validate_wave

#: Table -> its rows on their way to the wave.
Records: TypeAlias = MappingType[str, Sequence[Record]]
#: Rows that a file had, by their key.
Former: TypeAlias = MappingType[tuple[str, ...], MappingType[str, str]]

_said = Messages(__name__)
_WORDS = read_toml(__file__)
#: Of the key of its pseudonyms.
FINGERPRINT = "empreinte_cle"


def csv_bytes(table: Table, rows: Sequence[MappingType[str, str]]) -> bytes:
    """One table as it stands on disk, columns in the order of the dictionary."""
    return pd.DataFrame(rows, columns=list(table.fields)).to_csv(index=False, lineterminator="\n").encode()


def _hashed(content: bytes) -> dict[str, Any]:
    """What ``datapackage.json`` says of the bytes of a file."""
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def _json_bytes(package: MappingType[str, Any]) -> bytes:
    return f"{json.dumps(package, ensure_ascii=False, indent=2)}\n".encode()


def _described(
    wave: WaveSettings,
    dictionary: Dictionary,
    rows: MappingType[str, Sequence[MappingType[str, str]]],
    said: MappingType[str, Any],
    collected: Callable[[str], MappingType[str, str]],
    status: Callable[[str, str], str],
    lecture: str = "",
) -> dict[str, bytes]:
    """Every file of a wave: its tables, and what describes them.

    ``said`` is of the whole wave; ``collected`` tells when a table was, ``status`` what a column of it is
    worth, ``lecture`` what its rows rest on.
    """
    contents = {f"{name}.csv": csv_bytes(dictionary.table(name), rows[name]) for name in sorted(rows)}
    resources = []
    for path, content in contents.items():
        table = dictionary.table(path.removesuffix(".csv"))
        named = {"name": table.name, "path": path, "title": table.label, "description": table.description}
        statuses = {column: status(table.name, column) for column in table.fields}
        told = {"dictionnaire": f"data/dictionary/{table.name}.json", "collecte": collected(table.name)}
        told |= {"statuts": statuses, "reserves": [], "lecture": lecture}
        resources.append({**named, **_WORDS["csv"], **_hashed(content), **told})
    package: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"atc-{wave.id}",
        "title": f"Animation territoriale citoyenne : {wave.label.lower()}",
        "description": "",
        "version": "1.0.0",
        "created": f"{wave.date.isoformat()}T00:00:00Z",
        "vague": wave.id,
        **said,
    }
    used = {status(table.name, column) for table in dictionary for column in table.fields}
    package["statut"] = {one: text for one, text in package["statut"].items() if one in used}
    return contents | {FILE: _json_bytes({**package, "resources": resources})}


def _there(folder: Path) -> dict[str, bytes]:
    """Name -> content of the files of a wave; none if it is not there."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} if folder.is_dir() else {}


def _land(project: Project, vague: str, files: MappingType[str, bytes], rows: Records) -> bool:
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


def deliver(project: Project, mapping: Mapping, rows: Records, fingerprint: str, *, replacing: bool) -> bool:
    """Check an imported wave and put it in its place: whether anything changed."""
    dictionary, there = load_dictionary(project), _there(project.raw(mapping.vague))
    said: dict[str, Any] = {FINGERPRINT: fingerprint} if fingerprint else {}
    said |= {"title": mapping.titre, "statut": _WORDS["statuts"], "licenses": _WORDS["no_licence"]}
    # What someone completed by hand, and exports do not tell; of a draft or of observed data only: what was
    # said of made-up rows must not describe real ones.
    with suppress(KeyError, ValueError, AttributeError):
        former = json.loads(there[FILE])
        statuses = {s for r in former.get("resources", ()) for s in r.get("statuts", {}).values()}
        if not statuses & {*MADE}:
            by_hand = ("description", "licenses", "sources", "contributors")
            said |= {key: former[key] for key in by_hand if former.get(key)}
    said |= {key: text for key in ("description", "version") if (text := getattr(mapping, key))}
    if mapping.licence:
        known = mapping.licence == _WORDS["licence"]["title"]
        said["licenses"] = [_WORDS["licence"] if known else {"title": mapping.licence}]

    def collected(table: str) -> dict[str, str]:
        when = mapping.collectes.get(table, mapping.collecte)
        return {key: str(getattr(when, key) or "") for key in ("debut", "fin", "libelle")}

    wave = load_settings(project).wave(mapping.vague)
    # The codebook and whatever else stands beside the tables stay.
    files = there | _described(wave, dictionary, rows, said, collected, mapping.status)
    drafted = not any(f"{name}.csv" in there for name in dictionary.tables)
    if files != there and there and not drafted and not replacing:
        raise UsageError(_said("would_change", vague=mapping.vague))
    return _land(project, mapping.vague, files, rows)


def write_simulated(
    project: Project, vague: str, *, sites: int, seed: int, previous: str = "", replace: bool = False
) -> dict[str, int]:
    """Draw a wave, check it, and make it stand in ``data/raw``: table -> number of rows.

    Territories and staying people come from the wave ``previous``, which has as many ``sites``; without it,
    all are made up. A `UsageError` tells an unknown wave, a wrong number of sites, or a wave that is there
    and may not be replaced; a `DataRefused`, what breaks the dictionary.
    """
    folder = project.raw(vague)
    if folder.exists() and not replace:
        raise UsageError(_said("already_there", vague=shown(vague), folder=project.relative(folder)))
    plan, words = _plan(project, vague, sites, seed, previous), _WORDS["simulation"]
    tables, wave, sources = simulate(plan), load_settings(project).wave(vague), [words["dictionnaire"]]
    # The codebook says what was to be asked: it is written by people, before any answer.
    kept = {name: book for name, book in _there(folder).items() if name == codebook.FILE}
    command = f"atc simulate --vague {vague} --sites {sites} --seed {seed}"
    command += (f" --from {previous}" if previous else "") + (" --replace" if kept else "")
    public: set[str] = set()
    if previous:
        path, shown_as = project.raw(previous), project.relative(project.raw(previous))
        sources.append({"title": f"Vague {previous}", "path": shown_as, "description": words["vague"]})
        before = read_package(path, shown_as).resources[TERRITORIES].statuses
        # How the evaluation meets a site is decided anew for each wave: not a public fact.
        public = {name for name, status in before.items() if status == PRINTED} - {"recueil"}
    when = f"{plan.date:%Y-%m}"
    collected = {"debut": when, "fin": when, "libelle": f"{month(plan.date)}, données simulées"}
    said = words["package"] | {"graine": seed, "procedure": command, "champ_collecte": collected}
    said |= {"licenses": [_WORDS["licence"]], "sources": sources}

    def status(table: str, column: str) -> str:
        return PRINTED if table == TERRITORIES and column in public else SIMULATED

    files = _described(wave, plan.dictionary, tables, said, lambda _: collected, status, words["lecture"])
    _land(project, vague, files | kept, {})
    return {name: len(rows) for name, rows in tables.items()}


def _plan(project: Project, vague: str, sites: int, seed: int, previous: str) -> Plan:
    settings, dictionary = load_settings(project), load_dictionary(project)
    date, path, gone = settings.wave(vague).date, project.raw(vague) / codebook.FILE, frozenset[str]()
    if path.is_file():
        book = read_codebook(path, project.relative(path), vague, dictionary.variables)
        gone = frozenset(v.variable for v in variables(dictionary) if not book.asks(v.variable))
    if not previous:
        return Plan(vague, date, sites, seed, dictionary, gone=gone)
    former = settings.wave(previous).date
    if former >= date:
        raise UsageError(_said("not_before", vague=vague, previous=previous))
    validate_wave(project, previous)
    before: dict[str, Rows] = {}
    for name in dictionary.tables:
        path = project.raw(previous) / f"{name}.csv"
        before[name] = list(read_rows(path, project.relative(path), alone=True).values())
    if sites != (known := len(before[TERRITORIES])):
        raise UsageError(_said("other_number", previous=previous, known=known, sites=sites))
    return Plan(vague, date, sites, seed, dictionary, previous, before, former, gone)


def correct(project: Project, vague: str, paths: Sequence[Path], decided: Records | None = None) -> list[str]:
    """Put corrected tables in place of those of a wave, and mend their hashes.

    ``decided`` are tables as somebody decided them in a workbook. What changed comes back, one line for each
    cell or row; a `DataRefused` has every fault of the wave that these tables would make: nothing is written.
    """
    settings, dictionary = load_settings(project), load_dictionary(project)
    settings.wave(vague)
    folder, shown_as = project.raw(vague), project.relative(project.raw(vague))
    read_package(folder, shown_as)  # refuses what the following could not change
    files = _there(folder)
    package = json.loads(files[FILE])
    resources = {resource["name"]: resource for resource in package["resources"]}
    # Its own list of territories names sites that no wave before had.
    sites = spellings(known_sites(project, settings, ""), {})
    sheets, given = dict[str, Sheet](), decided or {}
    for path in paths:
        sheet = read_table(path, read_bytes(path, shown(path.name), "Vérifiez le chemin donné à la commande"))
        # The table of that name, or else the one that has these columns, in any order.
        same = [table.name for table in dictionary if set(table.fields) == set(sheet.headings)]
        named = path.stem.casefold()
        if named in dictionary.tables and named not in same:
            columns, found = ", ".join(dictionary.tables[named].fields), ", ".join(sheet.headings)
            raise _said.refusal("heading", sheet.file, 1, "", found, columns=columns)
        if not same:
            raise _said.refusal("no_table", sheet.file, 1, tables=", ".join(dictionary.tables))
        name = named if named in same else same[0]
        if name in {*sheets, *given}:
            raise _said.refusal("given_twice", sheet.file, 0, "", name)
        sheets[name] = sheet
    rows, changes = dict(given), list[str]()
    for table in (dictionary.table(name) for name in (*given, *sheets)):
        described = resources.get(table.name, {})  # without one, the check of the wave says so
        former = _former(folder / f"{table.name}.csv", described.get("hash", ""), table)
        if table.name in sheets:
            rows[table.name] = _records(sheets[table.name], table, former or {}, sites)
        keyed = {key_of(record, table.primary_key): record for record in rows[table.name]}
        changes += changed(table.name, former, keyed)
        content = files[f"{table.name}.csv"] = csv_bytes(table, rows[table.name])
        described |= _hashed(content)
    _land(project, vague, {**files, FILE: _json_bytes(package)}, rows)
    return changes


def _former(path: Path, described: str, table: Table) -> Former | None:
    """None where neither the folder nor git has the file that the wave describes any more."""
    content = path.read_bytes() if path.is_file() else b""
    if _hashed(content)["hash"] != described:
        with suppress(OSError):
            # Saved in place, the file that the wave describes is left in the history only.
            command = ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"]
            content = subprocess.run(command, capture_output=True, check=False).stdout
    if _hashed(content)["hash"] != described:
        return None
    rows = read_rows(content, path.name, alone=True).values()
    return {tuple(row[name] for name in table.primary_key): row for row in rows}


def _records(sheet: Sheet, table: Table, former: Former, sites: MappingType[str, str]) -> list[Record]:
    """Rows of a corrected table, in the order that they had."""
    ranks, records = {key: rank for rank, key in enumerate(former)}, list[Record]()
    readings = {name: Reading(table, name, sites) for name in table.fields}
    for line, cells in sheet.rows.items():
        before = former.get(tuple(_read(cells[n], "", readings[n]) for n in table.primary_key), {})
        values = {name: _read(cells[name], before.get(name, ""), readings[name]) for name in table.fields}
        records.append({n: Text(v, Place(sheet.file, line, n, shown(cells[n]))) for n, v in values.items()})
    return sorted(records, key=lambda record: ranks.get(key_of(record, table.primary_key), len(ranks)))


def _read(cell: str, before: str, reading: Reading) -> str:
    """The value of a cell; what cannot be read stays as it is, for the check of the wave to say so."""
    if cell == before or (before.startswith("0") and before.lstrip("0") == cell):
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
        yield _said("no_former", name=name)
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
