"""From exports to ``data/raw/<vague>``: everything passes, or nothing is written."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from atc.intake.assembly import Assembler, column_faults, kept_rows
from atc.intake.capped import read_workbook
from atc.intake.delimited import read_delimited
from atc.intake.delivery import Delivery, deliver
from atc.intake.journal import Journal
from atc.intake.mapping import Block, Mapping, SourceRule, read_mapping
from atc.intake.opening import STRUCTURE, TEXT, open_export
from atc.intake.pseudonyms import Key, Pseudonyms, read_key
from atc.intake.records import Place, Record, complete, ordered, repeated, united
from atc.intake.sites import KEY, TABLE, known_sites, spellings
from atc.intake.source import Sheet
from atc.intake.tools import ADAPTERS, Answers, Structure, answers
from atc.intake.yamltree import gather
from atc.survey.datapackage import FILE
from atc.survey.dictionary import Dictionary, load_dictionary
from atc.survey.errors import DataRefused, Fault, UsageError, refusal, shown
from atc.survey.paths import Project
from atc.survey.read_csv import read_bytes, read_csv
from atc.survey.settings import Settings, load_settings
from atc.survey.typography import counted

_FINGERPRINT = "empreinte_cle"


@dataclass(frozen=True)
class Request:
    """What the command asks for.

    Attributes:
        files: Exports, and the files that describe questionnaires.
        vague: Wave that they are for.
        mapping: The mapping file.
        key: The key file.
        replace: Whether a wave that is already there may be replaced.
    """

    files: tuple[Path, ...]
    vague: str
    mapping: Path
    key: Path
    replace: bool


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    lines: tuple[str, ...]
    changed: bool


@dataclass(frozen=True)
class _Read:
    source: SourceRule
    answers: Answers
    structure: Structure


def import_wave(project: Project, request: Request) -> Outcome:
    """Import a whole wave.

    Args:
        project: Where the waves are.
        request: What to import, and how.

    Returns:
        The summary, and whether anything changed.

    Raises:
        DataRefused: With every fault of the mapping, or else of the exports, or else of the tables they give.
        UsageError: The wave is unknown or already there, or the key is not kept as it must be.
    """
    settings = load_settings(project)
    wave = settings.wave(request.vague)
    dictionary = load_dictionary(project)
    mapping = _mapping(request, dictionary)
    key = read_key(request.key, project)
    _check_key(project, settings, request.vague, key)
    journal = Journal()
    read = _read_all(project, request, mapping, journal)
    for one in read:
        _tell_reading(one, journal)
    rows, persons = _tables(project, settings, dictionary, mapping, read, key, journal)
    journal.persons = persons
    journal.rows = {name: len(records) for name, records in rows.items()}
    delivery = Delivery(wave, mapping, rows, key.fingerprint if persons else "")
    changed = deliver(project, dictionary, delivery, replacing=request.replace)
    return Outcome(tuple(journal.lines()), changed)


def _mapping(request: Request, dictionary: Dictionary) -> Mapping:
    name = shown(request.mapping.name)
    if not request.mapping.exists():
        raise UsageError(
            f"Le fichier de correspondance « {name} » n’existe pas. Partez d’un exemple de docs/exemples, "
            "ou faites-en une ébauche avec --propose."
        )
    mapping = read_mapping(read_bytes(request.mapping, name), name, dictionary)
    if mapping.vague != request.vague:
        remedy = f"Écrivez « vague: {request.vague} » si cette correspondance est bien la sienne"
        message = f"Correspondance d’une autre vague que {request.vague}"
        raise refusal(name, message, remedy, line=mapping.node.line, column="vague", value=mapping.vague)
    given = {block.table.name for source in mapping.sources for block in source.blocks} | set(mapping.reused)
    absent = [table.name for table in dictionary if table.name not in given]
    if absent:
        remedy = "Donnez une source à chacune, ou reprenez celle d’une autre vague (« reprendre »)"
        raise refusal(name, f"Tables sans source : {', '.join(absent)}", remedy)
    return mapping


def _check_key(project: Project, settings: Settings, vague: str, key: Key) -> None:
    for other in dict.fromkeys((settings.wave(vague).previous, vague)):
        try:
            known = json.loads((project.raw(other or "") / FILE).read_bytes()).get(_FINGERPRINT, "")
        except (OSError, ValueError, AttributeError):
            continue
        if known and known != key.fingerprint:
            raise UsageError(
                f"Ce n’est pas la clé de la vague {other} : les mêmes personnes auraient d’autres codes. "
                "Reprenez la même clé."
            )


def _read_all(project: Project, request: Request, mapping: Mapping, journal: Journal) -> list[_Read]:
    by_name: dict[str, Path] = {}
    for path in request.files:
        if path.resolve() == request.mapping.resolve():
            continue  # it lies beside the exports
        # macOS writes « é » as two characters.
        name = unicodedata.normalize("NFC", path.name)
        if name in by_name:
            remedy = "Renommez l’un des deux, ou retirez-le"
            raise refusal(shown(name), "Deux fichiers de même nom", remedy)
        by_name[name] = path
    faults = _unmatched(by_name, mapping)
    if faults:
        raise DataRefused(faults)
    makers = (
        partial(_read_one, project, source, path, by_name)
        for source in mapping.sources
        for name, path in by_name.items()
        if _is_named(name, source.pattern)
    )
    read = gather(makers)
    faults = []
    whole = []
    for one in read:
        faults += column_faults(one.source, one.answers)
        rows, wrong = kept_rows(one.source, one.answers)
        faults += wrong
        left = len(one.answers.rows) - len(rows)
        if left:
            told = f"{counted(left, 'ligne laissée', 'lignes laissées')} de côté sur {len(one.answers.rows)}"
            journal.dropped.append(f"{one.answers.file} : {told} (« garder »)")
        whole.append(replace(one, answers=replace(one.answers, rows=rows)))
    if faults:
        raise DataRefused(dict.fromkeys(faults))
    return whole


def _is_named(name: str, pattern: str) -> bool:
    # Brackets are part of the name: browsers call a second download « export[1].csv ».
    return fnmatchcase(name, unicodedata.normalize("NFC", pattern).replace("[", "[[]"))


def _unmatched(by_name: dict[str, Path], mapping: Mapping) -> list[Fault]:
    patterns = [p for source in mapping.sources for p in (source.pattern, source.structure) if p]
    faults = []
    for name in by_name:
        if not any(_is_named(name, pattern) for pattern in patterns):
            remedy = "Décrivez-le dans « sources », ou retirez-le de la commande"
            faults.append(
                Fault(shown(name), 0, "", "", "Fichier que la correspondance ne connaît pas", remedy)
            )
    for source in mapping.sources:
        for pattern in (source.pattern, source.structure):
            if pattern and not any(_is_named(name, pattern) for name in by_name):
                remedy = "Ajoutez-le à la commande, ou corrigez son nom dans la correspondance"
                faults.append(source.node.fault("Fichier attendu, mais pas donné", remedy, pattern))
    return faults


def _read_one(project: Project, source: SourceRule, path: Path, by_name: dict[str, Path]) -> _Read:
    content = open_export(path, project)
    name = shown(path.name)
    structures: Sequence[Structure] = ()
    for other, place in by_name.items():
        if source.structure and _is_named(other, source.structure):
            structures = ADAPTERS[source.tool].structures(open_export(place, project), shown(other))
    sheet = _sheet(content, name, path.suffix, source)
    structure = max(structures, key=lambda one: one.spoken(sheet), default=Structure())
    return _Read(source, answers(source.tool, sheet, structure), structure)


def _sheet(content: bytes, name: str, extension: str, source: SourceRule) -> Sheet:
    if extension.lower() == STRUCTURE:
        message = "C’est la structure d’un questionnaire, pas ses réponses"
        raise refusal(
            name, message, "Donnez-la à la clé « structure », et l’export des réponses à « fichier »"
        )
    if extension.lower() == TEXT:
        return read_delimited(content, name, source.separator, source.heading)
    return read_workbook(content, name, source.sheet, source.heading)


def _tell_reading(read: _Read, journal: Journal) -> None:
    found, source = read.answers, read.source
    size = f"{counted(len(found.rows), 'ligne')}, {counted(len(found.headings), 'colonne')}"
    journal.read.append(f"{found.file} : {size} ({', '.join((source.tool, *found.notes))})")
    used = {r.source for b in source.blocks for r in b.columns.values()}
    used |= {r.source for b in source.blocks if b.stack for r in b.stack.columns.values()}
    gone = [shown(heading) for code, heading in found.headings.items() if code not in used]
    if gone:
        journal.dropped.append(f"{found.file} : {', '.join(dict.fromkeys(gone))}")


def _tables(
    project: Project,
    settings: Settings,
    dictionary: Dictionary,
    mapping: Mapping,
    read: list[_Read],
    key: Key,
    journal: Journal,
) -> tuple[dict[str, list[Record]], int]:
    known = known_sites(project, settings, mapping.vague)
    assembler = Assembler(Pseudonyms(key), mapping.missing, spellings(known, mapping.sites), journal)
    rows: dict[str, list[Record]] = {}
    faults: list[Fault] = []
    # The list of territories first: it teaches their spellings to the other tables.
    for table in sorted(dictionary, key=lambda table: table.name != TABLE):
        if table.name in mapping.reused:
            records = [*_reused(project, settings, mapping, table.name), *_added(mapping, table.name)]
            faults += repeated(records, table)
        else:
            if table.name == TABLE and not known:
                assembler.sites = {**assembler.sites, **_own_codes(mapping, read)}
            known_before = len(assembler.faults)
            made: dict[bool, list[Record]] = {False: [], True: []}
            found: list[Fault] = []
            for block, one in _blocks(read, table.name):
                given: Iterable[Record] = assembler.rows(block, one.answers, one.structure)
                if block.united:
                    given, unsaid = united(given, table, block.united)
                    found += unsaid
                made[block.completes] += given
            records, absent = complete(made[False], made[True], table)
            found += absent
            if len(assembler.faults) == known_before:
                # Otherwise a cell that could not be read would be blamed twice.
                faults += [*found, *repeated(records, table)]
        if not records and not assembler.faults:
            remedy = "Vérifiez l’export et la clé « garder » de la correspondance"
            faults.append(mapping.node.fault(f"Aucune ligne pour la table {table.name}", remedy))
        if table.name == TABLE:
            towns = {record.values[KEY]: record.values["commune"] for record in records}
            assembler.sites = spellings(known | towns, mapping.sites)
        rows[table.name] = ordered(records, table)
    if faults or assembler.faults:
        raise DataRefused(dict.fromkeys(assembler.faults + faults))
    return rows, len(assembler.pseudonyms)


def _blocks(read: list[_Read], table: str) -> Iterator[tuple[Block, _Read]]:
    for one in read:
        for block in one.source.blocks:
            if block.table.name == table:
                yield block, one


def _own_codes(mapping: Mapping, read: list[_Read]) -> dict[str, str]:
    # The very first wave: no list of territories yet, so its own codes make it.
    cells = {
        one.answers.rows[line][block.columns[KEY].source]
        for block, one in _blocks(read, TABLE)
        for line in one.answers.rows
        if not block.completes and KEY in block.columns and block.columns[KEY].source
    }
    return dict(
        spellings({cell: "" for cell in cells if cell.isidentifier() and cell.islower()}, mapping.sites)
    )


def _reused(project: Project, settings: Settings, mapping: Mapping, table: str) -> Iterator[Record]:
    other = mapping.reused[table]
    settings.wave(other)
    path = project.raw(other) / f"{table}.csv"
    file = project.relative(path)
    for line, row in read_csv(read_bytes(path, file), file).records().items():
        yield Record(
            table, row, {column: Place(file, line, column, shown(cell)) for column, cell in row.items()}
        )


def _added(mapping: Mapping, table: str) -> Iterator[Record]:
    for row in mapping.added.get(table, ()):
        places = {name: Place(node.file, node.line, name, shown(node.text())) for name, node in row.items()}
        yield Record(table, {name: node.text() for name, node in row.items()}, places)
