"""The mapping: which column of which export becomes which column of which table, and what is dropped.

A YAML file or a workbook gives the same tree (`atc.intake.yamltree`, `atc.intake.mapping_book`). It is read
strictly: an unknown key, table or column, or a guess that nobody confirmed, refuses the whole file with its
line. ``docs/exemples`` holds one commented file for each tool.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from functools import partial
from typing import Any

from atc.intake.columns import (
    TO_COMPLETE,
    ColumnRule,
    StackRule,
    column_rule,
    dictionary_keys,
    stack_rule,
)
from atc.intake.mapping_book import parse_book
from atc.intake.opening import WORKBOOK
from atc.intake.source import ALONE, Heading
from atc.intake.yamltree import Node, gather, parse_yaml
from atc.survey.datapackage import STATUSES
from atc.survey.dictionary import Dictionary, Table
from atc.survey.errors import DataRefused

TOOLS = ("limesurvey", "kobo", "tableur")
_TOP = (
    *("vague", "titre", "description", "version", "licence", "collecte", "collectes", "statut", "statuts"),
    *("sites", "absences", "reprendre", "ajouter", "sources"),
)
_SOURCE = (
    *("fichier", "outil", "feuille", "entete", "structure", "separateur", "garder", "verifier", "ignorer"),
    *("tables", "a_classer"),
)
_NUMBERS = frozenset({"integer", "number"})
_RANKED = _NUMBERS | {"boolean", "date"}
#: How answers of two persons about one site make one (see `atc.intake.records.united`) -> types of columns
#: that it suits; any when none is named.
UNITED = {
    "somme": _NUMBERS,
    "maximum": _RANKED,
    "minimum": _RANKED,
    "premier": frozenset(),
    "dernier": frozenset(),
}
_SEPARATORS = {";": ";", ",": ",", "|": "|", "\t": "\t", "\\t": "\t", "tabulation": "\t"}
_HEADING = re.compile(r"([1-9])(?:-([1-9]))?")


@dataclass(frozen=True)
class Block:
    """How the rows of one source give rows of one table."""

    node: Node  # where the mapping says it
    table: Table  # the table
    columns: MappingType[str, ColumnRule]  # column of the table -> rule
    stack: StackRule | None  # columns that become rows, if any
    completes: bool  # whether its rows only complete those that other blocks give
    # Column -> how the answers of rows with one key make one; none: such rows are refused.
    united: MappingType[str, str]


@dataclass(frozen=True)
class SourceRule:
    """One export: where it is, and what becomes of each of its columns."""

    node: Node  # where the mapping says it
    pattern: str  # name of the file, where ``*`` stands for anything
    tool: str  # what made it
    sheet: str  # sheet of the workbook; the only one when empty
    structure: str  # name of the file that describes the questionnaire, if any
    separator: str  # of a CSV; found when empty
    heading: Heading  # lines that hold the names of its columns
    kept: MappingType[str, tuple[str, ...]]  # column -> values: the other rows are left out, and counted
    checked: MappingType[str, str]  # column -> the value that every row must have
    ignored: tuple[str, ...]  # columns to drop
    blocks: tuple[Block, ...]  # what its rows give


@dataclass(frozen=True)
class Mapping:
    """The whole file."""

    node: Node  # its root
    vague: str  # wave that it is for
    title: str  # of the data, as readers see it
    description: str  # A sentence about them
    version: str  # of the data
    licence: str  # name of the licence; empty where nobody said it
    # Table -> ``debut``, ``fin``, ``libelle`` of its collection.
    collected: MappingType[str, MappingType[str, str]]
    # ``table`` or ``table.colonne`` -> status; under the empty key, all others.
    statuses: MappingType[str, str]
    sites: MappingType[str, str]  # spelling -> code of a territory
    missing: MappingType[str, str]  # spelling -> missing code, beside the usual ones
    reused: MappingType[str, str]  # table -> wave whose file is taken again as it is
    # Table -> rows that are added to it: column -> value, each where the mapping says it.
    added: MappingType[str, Sequence[MappingType[str, Node]]]
    sources: tuple[SourceRule, ...]  # the exports

    def status(self, table: str, column: str) -> str:
        """Status of one column."""
        for key in (f"{table}.{column}", table, ""):
            if key in self.statuses:
                return self.statuses[key]
        raise KeyError(table)


def read_mapping(content: bytes, file: str, dictionary: Dictionary) -> Mapping:
    """Read and check a mapping file."""
    root = (parse_book if file.lower().endswith(WORKBOOK) else parse_yaml)(content, file)
    top = root.only(_TOP, required=("vague", "titre", "collecte", "sources"))
    readers: dict[str, Callable[[], Any]] = {
        "sources": partial(_sources, top["sources"], dictionary),
        "collected": partial(_collected, top, dictionary),
        "statuses": partial(_statuses, top, dictionary),
        "sites": top["sites"].texts if "sites" in top else dict,
        "missing": partial(_missing, top, dictionary),
        "reused": partial(_reused, top, dictionary),
        "added": partial(_added, top, dictionary),
    }
    return Mapping(
        node=root,
        vague=top["vague"].text(),
        title=top["titre"].text(),
        description=_text(top, "description"),
        version=_text(top, "version") or "1.0.0",
        licence=_text(top, "licence"),
        **dict(zip(readers, gather(iter(readers.values())), strict=True)),
    )


def _sources(node: Node, dictionary: Dictionary) -> tuple[SourceRule, ...]:
    sources = gather(partial(_source, one, dictionary) for one in node.items())
    if not sources:
        raise node.refusal("Aucune source", "Décrivez au moins un fichier")
    return tuple(sources)


def _text(entries: MappingType[str, Node], key: str) -> str:
    return entries[key].text() if key in entries else ""


def _collected(top: MappingType[str, Node], dictionary: Dictionary) -> dict[str, dict[str, str]]:
    keys = ("debut", "fin", "libelle")
    told = top["collecte"].only(keys, required=("libelle",))["libelle"]
    if told.text() in {"", TO_COMPLETE}:
        remedy = "Écrivez quand les données ont été recueillies, par exemple « automne 2021 »"
        raise told.refusal("Date de collecte à compléter", remedy)
    collected = {table.name: top["collecte"].texts() for table in dictionary}
    if "collectes" in top:
        for name, node in dictionary_keys(top["collectes"], dictionary).entries().items():
            node.only(keys, required=("libelle",))
            collected[name] = node.texts()
    return collected


def _statuses(top: MappingType[str, Node], dictionary: Dictionary) -> dict[str, str]:
    nodes = {"": top["statut"]} if "statut" in top else {}
    if "statuts" in top:
        nodes |= dictionary_keys(top["statuts"], dictionary, columns=True).entries()
    for node in nodes.values():
        if node.text() not in STATUSES:
            raise node.refusal("Statut inconnu", f"Choisissez parmi : {', '.join(STATUSES)}", node.text())
    return {"": STATUSES[0]} | {key: node.text() for key, node in nodes.items()}


def _missing(top: MappingType[str, Node], dictionary: Dictionary) -> dict[str, str]:
    if "absences" not in top:
        return {}
    codes = {code for table in dictionary for code in table.missing}
    for node in top["absences"].entries().values():
        if node.text() not in codes:
            admitted = ", ".join(sorted(code for code in codes if code))
            raise node.refusal("Code d’absence inconnu", f"Choisissez parmi : {admitted}", node.text())
    return top["absences"].texts()


def _reused(top: MappingType[str, Node], dictionary: Dictionary) -> dict[str, str]:
    waves = dictionary_keys(top["reprendre"], dictionary).texts() if "reprendre" in top else {}
    remedy = "Nommez la vague dont cette table est reprise, ou retirez cette ligne et donnez-lui une source"
    if TO_COMPLETE in waves.values():
        nodes = top["reprendre"].entries().items()
        left = ((name, node) for name, node in nodes if node.text() == TO_COMPLETE)
        raise DataRefused([node.fault("Table sans source", remedy, name) for name, node in left])
    return waves


def _added(top: MappingType[str, Node], dictionary: Dictionary) -> dict[str, list[MappingType[str, Node]]]:
    tables = dictionary_keys(top["ajouter"], dictionary).entries() if "ajouter" in top else {}
    fields = {name: dictionary.table(name).fields for name in tables}
    return {
        name: [row.only(tuple(fields[name]), fields[name]) for row in rows.items()]
        for name, rows in tables.items()
    }


def _source(node: Node, dictionary: Dictionary) -> SourceRule:
    keys = node.only(_SOURCE, required=("fichier", "outil", "tables"))
    tool = keys["outil"].text()
    if tool not in TOOLS:
        raise keys["outil"].refusal("Outil inconnu", f"Choisissez parmi : {', '.join(TOOLS)}", tool)
    separator = _text(keys, "separateur")
    if separator and separator not in _SEPARATORS:
        raise keys["separateur"].refusal("Séparateur inconnu", "Écrivez ; ou , ou | ou tabulation", separator)
    blocks: list[Callable[[], Any]] = [
        partial(_block, block, dictionary.table(name))
        for name, table in dictionary_keys(keys["tables"], dictionary).entries().items()
        for block in (table.content if isinstance(table.content, tuple) else (table,))
    ]
    blocks.append(partial(_check_sorted, _names(keys["a_classer"]) if "a_classer" in keys else ()))
    return SourceRule(
        node=node,
        pattern=keys["fichier"].text(),
        tool=tool,
        sheet=_text(keys, "feuille"),
        structure=_text(keys, "structure"),
        separator=_SEPARATORS.get(separator, ""),
        heading=_heading(keys["entete"]) if "entete" in keys else ALONE,
        kept={k: tuple(v.text() for v in n.items()) for k, n in keys["garder"].entries().items()}
        if "garder" in keys
        else {},
        checked=keys["verifier"].texts() if "verifier" in keys else {},
        ignored=tuple(one.text() for one in _names(keys["ignorer"])) if "ignorer" in keys else (),
        blocks=tuple(gather(iter(blocks))[:-1]),
    )


def _check_sorted(left: Sequence[Node]) -> None:
    remedy = "Dites de quelle table et de quelle colonne, ou ignorez-la (« ignorer »)"
    if left:
        raise DataRefused([one.fault("Colonne à classer", remedy, one.text()) for one in left])


def _names(node: Node) -> Sequence[Node]:
    """The columns that stand here, in a list or each with its reason."""
    if not isinstance(node.content, MappingType):
        return node.items()
    return [Node(why.file, why.line, why.path, name) for name, why in node.content.items()]


def _heading(node: Node) -> Heading:
    found = _HEADING.fullmatch(node.text().replace(" ", ""))
    if not found or int(found[2] or found[1]) < int(found[1]):
        remedy = "Écrivez le numéro de la ligne des noms (3), ou des deux lignes qui les donnent (1-2)"
        raise node.refusal("Ligne d’en-tête inconnue", remedy, node.text())
    return Heading(int(found[1]), int(found[2] or found[1]))


def _block(node: Node, table: Table) -> Block:
    keys = node.only(("colonnes", "empiler", "completer", "reunir"), required=("colonnes",))
    entries = keys["colonnes"].entries().items()
    makers: list[Callable[[], Any]] = [partial(column_rule, rule, table, name) for name, rule in entries]
    makers.append(partial(stack_rule, keys["empiler"], table) if "empiler" in keys else lambda: None)
    makers.append(partial(_united, keys, table))
    *rules, stack, united = gather(iter(makers))
    completes = "completer" in keys and keys["completer"].text() == "oui"
    columns = {rule.target: rule for rule in rules}
    _check_whole(node, table, {*columns, *(stack.targets if stack else ())}, completes=completes)
    return Block(node, table, columns, stack, completes, united)


def _united(keys: MappingType[str, Node], table: Table) -> dict[str, str]:
    entries = keys["reunir"].entries() if "reunir" in keys else {}
    faults = []
    for name, node in entries.items():
        suited = UNITED.get(node.text())
        if name not in table.fields:
            remedy = f"Colonnes de {table.name} : {', '.join(table.fields)}"
            faults.append(node.fault("Colonne absente du dictionnaire", remedy, name))
        elif suited is None:
            remedy = f"Choisissez parmi : {', '.join(UNITED)}"
            faults.append(node.fault("Façon de réunir inconnue", remedy, node.text()))
        elif suited and table.fields[name].type not in suited:
            remedy = "Écrivez « premier » ou « dernier »"
            faults.append(node.fault("Ces réponses n’ont ni somme ni ordre", remedy, node.text()))
    if faults:
        raise DataRefused(faults)
    return {name: node.text() for name, node in entries.items()}


def _check_whole(node: Node, table: Table, given: set[str], *, completes: bool) -> None:
    needed = set(table.primary_key) if completes else set(table.fields)
    absent = [name for name in table.fields if name in needed - given]
    if absent:
        remedy = 'Dites d’où vient chacune ; une colonne sans source s’écrit « {constante: ""} »'
        raise DataRefused(
            [node.fault(f"Colonnes de {table.name} sans correspondance : {', '.join(absent)}", remedy)]
        )
