"""KoboToolbox: ``group/question``, answers ticked in a list or in 0/1 columns, and the XLSForm behind them.

Kobo exports names or labels, with or without the groups. The XLSForm (sheets ``survey`` and ``choices``)
says which label is which name; the code of a column is ``group/question``, and ``group/question/choice``
for a ticked box.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from atc.intake.capped import read_workbook, sheet_names
from atc.intake.source import Sheet
from atc.intake.tools.structure import Answers, Structure
from atc.survey.errors import refusal
from atc.survey.spelling import skeleton, unambiguous

_TECHNICAL = """
start end today deviceid username phonenumber subscriberid simserial audit _id _uuid formhub/uuid
_submission_time _validation_status _notes _status _submitted_by __version__ _tags _index _geolocation
_attachments _xform_id_string meta/instanceID meta/instanceName meta/rootUuid meta/deprecatedID
"""
_ADDED = {skeleton(name) for name in _TECHNICAL.split()}
# What links the sheet of a repeated group to the answers that it belongs to.
_LINKS = re.compile(r"_(parent_(index|table_name)|submission__.*)")
# « begin group » is « begin_group » ; « select all that apply from x » and « select multiple x », one more.
_SPELLINGS = (
    (re.compile(r"^(begin|end)[ _](group|repeat)"), r"\1_\2"),
    (re.compile(r"^(?:add )?select[ _](?:all[ _]that[ _]apply|multiple)(?:[ _]from)?\b"), "select_multiple"),
    (re.compile(r"^(?:add )?select[ _](?:one|1)(?:[ _]from)?\b"), "select_one"),
    (re.compile(r" or[ _](?:specify[ _])?other$"), " or_other"),
)
_OTHER = "other"
_SEVERAL = "select_multiple"
_NOT_ASKED = ("note", "calculate", "start", "end", "today", "deviceid", "username", "audit", "hidden")


def codes(heading: Sequence[str], structure: Structure) -> Mapping[str, str]:
    """Heading -> code: a path of names, a name alone, or a path of labels."""
    leaves = unambiguous((code.rpartition("/")[2], code) for code in structure.wordings)
    last = unambiguous((skeleton(t.rpartition("/")[2]), c) for c, t in structure.wordings.items())
    whole = unambiguous((skeleton(text), code) for code, text in structure.wordings.items())
    choices = unambiguous(
        (skeleton(f"{structure.wordings[code].rpartition('/')[2]}/{label}"), f"{code}/{choice}")
        for code in structure.lists
        for choice, label in structure.labels.get(code, {}).items()
    )
    paths = {f"{code}/{choice}" for code in structure.lists for choice in structure.labels.get(code, {})}
    short = unambiguous(("/".join(path.split("/")[-2:]), path) for path in paths)
    # Groups may be parted by any sign: Kobo lets one choose.
    names = unambiguous((skeleton(code), code) for code in {*structure.wordings, *paths})
    found = {}
    for name in heading:
        key = skeleton(name)
        known = name in structure.wordings or name in paths
        tail = skeleton("/".join(name.split("/")[-2:]))
        found[name] = (
            name
            if known
            else leaves.get(name)
            or short.get(name)
            or whole.get(key)
            or last.get(key)
            or choices.get(key)
            or choices.get(tail)
            or names.get(key)
            or name
        )
    return found


def technical(headings: Mapping[str, str]) -> set[str]:
    """What Kobo adds by itself."""
    return {
        code
        for code, name in headings.items()
        if {skeleton(code), skeleton(name)} & _ADDED or _LINKS.fullmatch(code)
    }


def expand(answers: Answers, structure: Structure) -> Answers:
    """Give each choice of a list of ticked answers its own 0/1 column, unless the export already does."""
    rows = {line: dict(cells) for line, cells in answers.rows.items()}
    headings = dict(answers.headings)
    technical = set(answers.technical)
    for code in structure.lists:
        if code not in headings:
            continue
        labels = structure.labels.get(code, {})
        unfolded = any(f"{code}/{choice}" in headings for choice in labels)
        for line, cells in rows.items():
            ticked = _ticked(cells[code], labels, answers.file, line, headings[code])
            if not unfolded:
                filled = {f"{code}/{c}": "" if not cells[code] else str(int(c in ticked)) for c in labels}
                cells.update(filled)
        if not unfolded:
            headings.update({f"{code}/{choice}": headings[code] for choice in labels})
        # Said twice: the columns of its choices are enough; what others wrote has a question of its own.
        technical |= {code, f"{code}/{_OTHER}"}
    return replace(answers, headings=headings, rows=rows, technical=technical)


def _ticked(cell: str, labels: Mapping[str, str], file: str, line: int, heading: str) -> set[str]:
    words = cell.split()
    if set(words) <= set(labels):
        return set(words)
    # Labels hold spaces too: the longest first, until nothing is left.
    rest, found = f" {skeleton(cell)} ", set()
    for choice, label in sorted(labels.items(), key=lambda pair: -len(skeleton(pair[1]))):
        if f" {skeleton(label)} " in rest:
            rest = rest.replace(f" {skeleton(label)} ", "  ", 1)
            found.add(choice)
    if rest.strip():
        remedy = f"Choix du formulaire : {', '.join(labels)}"
        message = "Choix absent du formulaire XLSForm"
        raise refusal(file, message, remedy, line=line, column=heading, value=rest.strip())
    return found


def structures(content: bytes, file: str) -> list[Structure]:
    """Read an XLSForm, once for each language of its labels."""
    sheets = {name.casefold(): name for name in sheet_names(content, file)}
    survey, choices = (
        _table(read_workbook(content, file, sheets[name], form=True)) if name in sheets else []
        for name in ("survey", "choices")
    )
    if not survey or not {"type", "name"} <= set(survey[0]):
        raise refusal(
            file, "Ce n’est pas un XLSForm", "Sa feuille « survey » doit avoir les colonnes type et name"
        )
    labels = [name for name in survey[0] if name == "label" or name.startswith("label:")]
    return [_structure(survey, choices, label, file) for label in labels or ["label"]]


def _structure(
    survey: Sequence[Mapping[str, str]], choices: Sequence[Mapping[str, str]], label: str, file: str
) -> Structure:
    by_list: dict[str, dict[str, str]] = {}
    for row in choices:
        name = row.get("name") or row.get("value") or ""
        by_list.setdefault(row.get("list_name", ""), {})[name] = row.get(label) or name
    path: list[tuple[str, str]] = []
    wordings: dict[str, str] = {}
    labels: dict[str, Mapping[str, str]] = {}
    lists: list[str] = []
    for row in survey:
        kind = " ".join(row["type"].split())
        for spelling, usual in _SPELLINGS:
            kind = spelling.sub(usual, kind)
        kind, *options = kind.split(" ")
        text = row.get(label) or row["name"]
        if kind in {"begin_group", "begin_repeat"}:
            path.append((row["name"], text))
        elif kind in {"end_group", "end_repeat"}:
            if not path:
                raise refusal(file, "Groupe fermé sans avoir été ouvert", "Vérifiez la feuille « survey »")
            path.pop()
        elif row["name"] and kind not in _NOT_ASKED:
            code = "/".join([name for name, _ in path] + [row["name"]])
            wordings[code] = "/".join([worded for _, worded in path] + [text])
            labels[code] = by_list.get(options[0], {}) if options else {}
            if "or_other" in options:
                labels[code] = {**labels[code], _OTHER: _OTHER}
                wordings[f"{code}_{_OTHER}"] = f"{wordings[code]} ({_OTHER})"
            if kind == _SEVERAL:
                lists.append(code)
    return Structure(wordings, labels, tuple(lists))


def _table(sheet: Sheet) -> list[dict[str, str]]:
    # « list name », « List_Name » and « list_name » are one heading.
    heading = [re.sub(r"[ _]+", "_", name.casefold().strip()) for name in sheet.heading]
    return [dict(zip(heading, (c.strip() for c in cells), strict=True)) for cells in sheet.rows.values()]
