"""Canaries: words that occur nowhere else, planted in raw rows, then looked for in what leaves.

Pseudonyms, keys, dates and free text can be made unlike any other cell. Codes of modalités, counts and scores
cannot: they are the same words in every row, and only rows shown whole would tell whose they are. For those,
the rows are shuffled and everybody is renamed: nothing that leaves may change.
"""

import datetime as dt
import hashlib
import json
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from clone import Rows, describe_again, read_rows, write_rows

from atc.publication.formats import pieces
from atc.publication.pieces import found_in
from atc.survey.paths import Project
from atc.survey.typography import day

#: Public facts, and what evaluators write to be read: those cells are meant to be shown.
SHOWN_ON_PURPOSE = {("verbatims", "idee"), ("verbatims", "texte")}
_PUBLIC_TABLES = ("territoires", "legitimites")
#: Shown in the order in which the evaluators wrote them down.
_IN_ORDER = ("verbatims",)
_MISSING = {"", "NSP", "NC", "SO"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PSEUDONYM = re.compile(r"[A-Z]{1,2}-[0-9A-Z]{6}")


def plant(project: Project, vague: str) -> frozenset[str]:
    """Make every cell that the dictionary leaves free unlike any other, and tell all of them."""
    planted: set[str] = set()
    with _rows_of(project, vague) as tables:
        for name, rows in tables.items():
            schema = json.loads((project.dictionary / f"{name}.json").read_text(encoding="utf-8"))
            for field in schema["fields"]:
                if name not in _PUBLIC_TABLES and (name, field["name"]) not in SHOWN_ON_PURPOSE:
                    planted |= _planted(rows, name, field)
    # A contract may begin on a day that the public calendar names.
    public = (project.reference / "calendrier.csv").read_text(encoding="utf-8")
    return frozenset(
        text for text in planted if not (_DATE.fullmatch(text) and any(w in public for w in _ways(text)))
    )


def _planted(rows: Rows, table: str, field: dict[str, Any]) -> set[str]:
    name = field["name"]
    values = {row[name] for row in rows} - _MISSING
    if field["kind"] == "identifier" or name == "debut_contrat":
        return values
    if field["type"] != "string" or "categories" in field or "pattern" in field.get("constraints", {}):
        return set()
    planted = set()
    for number, row in enumerate(rows):
        if row[name] in values:
            row[name] = f"canari{table}{name}{number}".replace("_", "")
            planted.add(row[name])
    return planted


def shuffle(project: Project, vague: str) -> None:
    """Put the rows of every table in another order, and give everybody another pseudonym."""
    chance = random.Random(vague)
    with _rows_of(project, vague) as tables:
        for name, rows in tables.items():
            if name in _PUBLIC_TABLES:
                continue
            if name not in _IN_ORDER:
                chance.shuffle(rows)
            for row in rows:
                row.update({column: _renamed(value) for column, value in row.items()})


def _renamed(pseudonym: str) -> str:
    if not _PSEUDONYM.fullmatch(pseudonym):
        return pseudonym
    kind = pseudonym.partition("-")[0]
    return f"{kind}-{hashlib.sha256(pseudonym.encode()).hexdigest()[:6].upper()}"


def found(files: Mapping[str, bytes], planted: frozenset[str]) -> list[str]:
    """Where they are, in texts as the gate reads them, and dates as people write them; each text once."""
    dates = {text for text in planted if _DATE.fullmatch(text)}
    ways = "|".join(re.escape(way) for text in sorted(dates) for way in _ways(text))
    # « 28 juin 2020 » is no 8 June; eight glued digits in a row are somewhere in any drawing.
    written = re.compile(rf"(?<!\d)(?:{ways})")
    every = (piece for name, content in files.items() for piece in pieces(name, content))
    return [
        f"{piece.file}, {piece.place}: {text}"
        for piece in {piece.text: piece for piece in every}.values()
        for text in (*found_in(piece.text, planted - dates), *written.findall(piece.text))
    ]


def _ways(text: str) -> tuple[str, ...]:
    date = dt.date.fromisoformat(text)
    return text, f"{date:%d/%m/%Y}", day(date), day(date).replace("\u00a0", " ")


@contextmanager
def _rows_of(project: Project, vague: str) -> Iterator[dict[str, Rows]]:
    """The tables of a wave as rows of text, to change in place; its papers follow."""
    papers = project.raw(vague) / "datapackage.json"
    package = json.loads(papers.read_text(encoding="utf-8"))
    paths = {one["name"]: papers.parent / one["path"] for one in package["resources"]}
    tables = {name: read_rows(path) for name, path in paths.items()}
    yield tables
    for name, rows in tables.items():
        write_rows(paths[name], rows)
        describe_again(paths[name])
