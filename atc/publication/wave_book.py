"""The workbook of a wave: all that waits for a person to decide it, one line each, and what becomes of it.

`atc check --classeur` writes codebook, quotations and exceptions, `atc publish --rapport` the last two and
the alerts of the gate; `atc import --corriger` takes up what was decided, and the gate reads its answers.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd

from atc.disclosure import exceptions
from atc.disclosure.exceptions import ANY, HEARD, Reviewed, read_exceptions
from atc.intake.books import Form, Place, Row, Text, answered, book_bytes, declared, read_book
from atc.intake.reading import WORKBOOK, sheet_names
from atc.intake.rows import Record
from atc.intake.wavefiles import Former, changed, correct
from atc.publication.controls import NO, YES, Line, in_words
from atc.survey import codebook
from atc.survey.codebook import Entry, comparability, read_codebook
from atc.survey.dictionary import MISSING, NOT_APPLICABLE, load_dictionary
from atc.survey.errors import DataRefused, Fault, Messages, shown
from atc.survey.paths import Project, replacing, write
from atc.survey.quotations import register_alerts
from atc.survey.read_csv import read_bytes, read_rows
from atc.survey.settings import load_settings
from atc.survey.waves import Wave

_said = Messages(__name__)
_, _FORMS = declared(Path(__file__).with_suffix(".toml"))
CODEBOOK, QUOTATIONS, EXCEPTIONS, ALERTS, CONTROLS = _FORMS
_FILLED = (CODEBOOK, QUOTATIONS, EXCEPTIONS, ALERTS)
_REGISTER = "verbatims"
_SIGNATURE = ("relu", "relu_par", "relu_le", "relu_pour")
_DECIDED = ("idee", "texte", *_SIGNATURE)
#: What makes a signature, with its heading.
_SIGNED = {"raison": "Raison", "relu_par": "Relu par", "relu_le": "Relu le"}


def decisions(project: Project, vague: str, wave: Wave | None) -> bytes:
    """The workbook of all that a wave waits for, as its files say it; of a mere draft, its codebook alone."""
    filled, path = list(_waiting(wave)) if wave else [], project.raw(vague) / codebook.FILE
    if path.is_file():
        book = read_codebook(path, project.relative(path), vague, load_dictionary(project).variables)
        filled.insert(0, (CODEBOOK, [_row(vague, entry) for entry in book.entries.values()]))
    return _book(filled, vague, load_settings(project).wave(vague).date)


def verdict_book(lines: Sequence[Line], wave: Wave, path: Path) -> bytes:
    """What the gate asks, what else waits, and every control; what was answered in the former one stays."""
    former = read_book(path.read_bytes(), path.name, _FILLED, all_=False) if path.is_file() else {}
    asked = [
        {"vague": wave.id, "figure": line.where, "ce_qui_est_dit": line.message, "repere": line.key}
        for line in lines
        if line.key
    ]
    waiting = [(ALERTS, asked), *_waiting(wave)]
    filled = [(form, answered(form, rows, former.get(form.name, ()))) for form, rows in waiting]
    told = [dict(zip([c.key for c in CONTROLS.columns], line, strict=False)) for line in lines]
    return _book([*filled, (CONTROLS, told)], wave.id, wave.settings.date)


def _book(filled: Sequence[tuple[Form, Sequence[Mapping[str, str]]]], vague: str, date: dt.date) -> bytes:
    told = [_said("guide"), *(form.guide for form, _ in filled if form.guide), _said("then", wave=vague)]
    return book_bytes(filled, [[line] for line in told], date)


def _row(vague: str, entry: Entry) -> dict[str, str]:
    said = {**asdict(entry), "vague": vague, "jointure": YES if entry.jointure else NO}
    return {name: said[name] for name in codebook.COLUMNS}


def _waiting(wave: Wave) -> Iterator[tuple[Form, Sequence[Mapping[str, str]]]]:
    """What the register of quotations and the reviewed exceptions of a wave say now."""
    seen: dict[str, list[str]] = {}
    for found in register_alerts(wave.table(_REGISTER), wave.table("territoires")):
        told = f"{found.kind} « {found.passage} » : {found.remedy}"
        seen.setdefault(found.verbatim, []).append(told)
    labels = {name: wave.field(f"{_REGISTER}.{name}").labels for name in ("fonction", "chapitre")}
    quotations = []
    for row in _register(wave.project, wave.id).values():
        read = {name: labels[name].get(row[name], row[name]) for name in labels}
        read |= {name: "" if row[name] == NOT_APPLICABLE else row[name] for name in _SIGNATURE}
        read |= {"vague": wave.id, "citation": row["verbatim"], "idee": row["idee"], "texte": row["texte"]}
        quotations.append(read | {"a_regarder": "\n".join(seen.get(row["verbatim"], ()))})
    yield QUOTATIONS, quotations
    rows = []
    for one in (r for r in read_exceptions(wave.project) if r.vague == wave.id):
        case = in_words(f"{one.ligne}, {one.colonne}".replace("|", ", "), wave.dictionary)
        rows.append({**_exception(one), "figure": one.exhibit, "case": case, "garder": YES})
    yield EXCEPTIONS, rows


def _register(project: Project, vague: str) -> dict[int, dict[str, str]]:
    path = project.raw(vague) / f"{_REGISTER}.csv"
    file = project.relative(path)
    return read_rows(read_bytes(path, file), file, alone=True)


def _exception(reviewed: Reviewed) -> dict[str, str]:
    return {name: str(getattr(reviewed, name)) for name in exceptions.COLUMNS}


def take(project: Project, vague: str, paths: Sequence[Path]) -> list[str]:
    """Put corrected tables, and what was decided in workbooks of the wave, in their places: all, or nothing.

    Tells in French what changed, a line each; `DataRefused` names sheet and cell, `UsageError` the wave.
    """
    load_settings(project).wave(vague)
    tables, read = _told(paths, vague)
    faults, files, changes = list[Fault](), dict[Path, bytes](), list[str]()
    if CODEBOOK.name in read:
        files[project.raw(vague) / codebook.FILE] = _codebook(project, vague, read[CODEBOOK.name], changes)
    if EXCEPTIONS.name in read:
        content = _exceptions(project, vague, read[EXCEPTIONS.name], changes, faults)
        files[project.reference / exceptions.FILE] = content
    decided = dict[str, list[Record]]()
    if QUOTATIONS.name in read:
        decided[_REGISTER] = list(_quotations(project, vague, read[QUOTATIONS.name], faults))
    if faults:
        raise DataRefused(faults)
    if tables or decided:
        changes += correct(project, vague, tables, decided)
    if files:
        with replacing(*files) as places:
            for place, content in zip(places, files.values(), strict=True):
                write(place, content)
    return changes + [_said("alerts")] * any(row["peut_se_dire"] for row in read.get(ALERTS.name, ()))


def _told(paths: Sequence[Path], vague: str) -> tuple[list[Path], dict[str, list[Row]]]:
    """Tables, and the sheets of workbooks of the wave; one that nobody left a line in is as if not there."""
    tables, read, names = list[Path](), dict[str, list[Row]](), {form.name for form in _FILLED}
    for path in paths:
        content = read_bytes(path, shown(path.name), _said("check_path"))
        if path.suffix.lower() != WORKBOOK or not names & set(sheet_names(content, shown(path.name))):
            tables.append(path)
            continue
        for name, rows in read_book(content, shown(path.name), _FILLED, all_=False).items():
            for row in rows:
                # A file has one line a row: a line break in a cell is a space.
                flat = {key: Text(" ".join(cell.splitlines()), cell.at) for key, cell in row.items()}
                read.setdefault(name, []).append(flat)
    others = [row["vague"] for rows in read.values() for row in rows if row["vague"] not in ("", vague)]
    if others:
        remedy = _said("give_wave", other=others[0], wave=vague)
        raise DataRefused([others[0].at.fault(_said("other_wave"), remedy, others[0])])
    return tables, read


def _codebook(project: Project, vague: str, rows: Sequence[Row], changes: list[str]) -> bytes:
    """``codebook.csv`` anew, as strict as when it is read and compared with the wave before."""
    settings, known = load_settings(project), load_dictionary(project).variables
    files = {wave: project.raw(wave) / codebook.FILE for wave in (vague, settings.wave(vague).previous or "")}
    there = {
        wave: read_codebook(path, project.relative(path), wave, known)
        for wave, path in files.items()
        if path.is_file()
    }
    content, faults = _csv(codebook.COLUMNS, [{**row, "vague": vague} for row in rows]), list[Fault]()
    try:
        book = read_codebook(content, codebook.FILE, vague, known)
        for before in (book for wave, book in there.items() if wave != vague):
            comparability(before, book)
    except DataRefused as refused:
        for fault in refused.faults:
            at = rows[max(fault.line - 2, 0)].get(fault.column, rows[0]["variable"]).at
            line, column = (at.line, at.column) if fault.line else (0, "")
            ours = fault.file == codebook.FILE
            faults.append(replace(fault, file=at.file, line=line, column=column) if ours else fault)
        raise DataRefused(faults) from refused
    former = there[vague].entries if vague in there else {}
    was: Former = {(name,): _row(vague, entry) for name, entry in former.items()}
    changes += changed("codebook", was, {(name,): _row(vague, e) for name, e in book.entries.items()})
    return content


def _exceptions(
    project: Project, vague: str, rows: Sequence[Row], changes: list[str], faults: list[Fault]
) -> bytes:
    """``exceptions.csv`` anew, without those that somebody no longer wants."""
    said: dict[tuple[str, ...], Row] = {tuple(row[key] for key in EXCEPTIONS.by[1:]): row for row in rows}
    was, now = dict[tuple[str, ...], dict[str, str]](), dict[tuple[str, ...], dict[str, str]]()
    for reviewed in read_exceptions(project):
        key = (reviewed.exhibit, reviewed.ligne, reviewed.colonne, reviewed.effet)
        row = said.pop(key, None) if reviewed.vague == vague else None
        was[reviewed.vague, *key] = _exception(reviewed)
        if row is None or row["garder"] != NO:
            faults += _unsigned(row or {})
            signed = {name: str(row[name]) for name in _SIGNED} if row else {}
            now[reviewed.vague, *key] = _exception(reviewed) | signed
    cases = [row["case"] for row in said.values()]
    faults += [case.at.fault(_said("no_exception"), _said("again"), case) for case in cases]
    changes += changed("exceptions", was, now)
    return _csv(exceptions.COLUMNS, now.values())


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    said = pd.DataFrame(list(rows), columns=list(columns), dtype="object")
    return said.to_csv(index=False, lineterminator="\n").encode()


def _unsigned(row: Row) -> Iterator[Fault]:
    empty = [(heading, row[key]) for key, heading in _SIGNED.items() if key in row and not row[key]]
    yield from (cell.at.fault(_said("empty", heading=name), _said("sign")) for name, cell in empty)


def _quotations(project: Project, vague: str, rows: Sequence[Row], faults: list[Fault]) -> Iterator[Record]:
    """The rows of the register, as they were decided."""
    said: dict[str, Row] = {row["citation"]: row for row in rows}
    for line, before in _register(project, vague).items():
        row = said.pop(before["verbatim"], {})
        at = row["citation"].at if row else Place(f"{_REGISTER}.csv", line, "verbatim")
        record = {name: Text(value, at) for name, value in before.items()}
        for name, cell in ((name, row[name]) for name in _DECIDED if row):
            # Blank is « sans objet » as long as nobody signs.
            unsigned = NOT_APPLICABLE if name in _SIGNATURE and row["relu"] == NO else ""
            record[name] = Text(cell or (before[name] if before[name] in MISSING else unsigned), cell.at)
        yield record
    lost = (row["citation"] for row in said.values())
    faults += [code.at.fault(_said("no_quotation"), _said("again"), code) for code in lost]


def read_signed(path: Path) -> tuple[Reviewed, ...]:
    """The alerts that somebody answered in the workbook of a former verdict; « non » has `valeur` « non »."""
    if not path.is_file():
        return ()
    # Every sheet, for a fault in any is told before the run.
    read = read_book(path.read_bytes(), path.name, _FILLED, all_=False)
    if ALERTS.name not in read:
        raise _said.refusal("no_alerts", path.name)
    rows = [row for row in read[ALERTS.name] if row["peut_se_dire"]]
    if faults := [fault for row in rows for fault in _unsigned(row)]:
        raise DataRefused(faults)
    return tuple(
        Reviewed(
            *(row["peut_se_dire"].at.line, row["vague"], row["figure"], row["repere"], ANY, HEARD),
            *(row["peut_se_dire"], row["raison"], row["relu_par"], dt.date.fromisoformat(row["relu_le"])),
        )
        for row in rows
    )
