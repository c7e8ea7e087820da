"""The mapping as a workbook, for people who know Excel: the keys of the YAML, one row for each column.

Four sheets: « Fichiers » (the exports), « Colonnes », « Réponses » (what an answer becomes) and « Réglages »
(all other keys). A heading is a key of the YAML with its accents. Reading gives the tree that
`atc.intake.yamltree.parse_yaml` gives, whose nodes send to a sheet and a cell: one model, two readers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

from xlsxwriter.utility import xl_rowcol_to_cell

from atc.intake.capped import book_rows
from atc.intake.columns import TO_COMPLETE
from atc.intake.yamltree import Node, gather
from atc.survey.errors import DataRefused, Fault, refusal
from atc.survey.spelling import skeleton

Row: TypeAlias = Mapping[str, Node]

FILES, COLUMNS, ANSWERS, SETTINGS = "Fichiers", "Colonnes", "Réponses", "Réglages"
#: Sheet -> its headings and their widths.
SHEETS: Final[Mapping[str, Mapping[str, int]]] = {
    COLUMNS: {
        "N°": 5, "Source": 20, "Colonne": 48, "Premières valeurs": 34, "Table": 20, "Devient": 28,
        "Item": 24, "À confirmer": 12, "Remarque": 70, "Valeur": 14, "Vide": 8, "Contient": 24,
        "Aussi": 18, "Rempli": 10, "Pseudonyme": 13, "Déjà codé": 10, "Réunir": 10, "Compléter": 11,
        "Bloc": 6,
    },
    ANSWERS: {"N°": 5, "Colonne": 42, "Réponse": 42, "Devient": 32},
    FILES: {
        "Source": 16, "Fichier": 24, "Feuille": 16, "Outil": 12, "Entête": 8,
        "Structure": 24, "Séparateur": 12,
    },
    SETTINGS: {"Clé": 16, "Nom": 32, "Colonne": 18, "Valeur": 60},
}  # fmt: skip
FILE_KEYS = ("fichier", "outil", "feuille", "entete", "structure", "separateur")
RULE_KEYS = ("vide", "contient", "pseudonyme", "deja_code", "a_confirmer", "remarque")
LIST_KEYS = ("aussi", "rempli")
#: How « Réponses » says that an answer is none; an empty cell there is still to decide.
NOTHING = "(vide)"


def parse_book(content: bytes, file: str) -> Node:
    """Read the workbook of a mapping."""
    book = book_rows(content, file)
    sheets = dict(zip(SHEETS, gather(partial(_rows, book, file, name) for name in SHEETS), strict=True))
    faults: list[Fault] = []
    top = _settings(sheets[SETTINGS], faults)
    recoded: dict[str, dict[str, Node]] = {}
    for row in sheets[ANSWERS]:
        became = row["devient"]
        text = {"": TO_COMPLETE, NOTHING: ""}.get(became.text(), became.text())
        answers = recoded.setdefault(row["n"].text(), {})
        _put(answers, row["reponse"].text(), _node(became, text), faults)
    faults += _unknown(sheets[ANSWERS], "n", sheets[COLUMNS], COLUMNS)
    faults += _unknown(sheets[COLUMNS], "source", sheets[FILES], FILES)
    sources = [_source(row, sheets[COLUMNS], recoded, faults) for row in sheets[FILES]]
    if faults:
        raise DataRefused(faults)
    return Node(file, 0, "", {**top, "sources": Node(f"{file} [{FILES}]", 1, "A1", tuple(sources))})


def _rows(book: Mapping[str, list[list[str]]], file: str, sheet: str) -> list[Row]:
    heading, *lines = book.get(sheet) or [[]]
    keys = [key_of(name) for name in heading]
    absent = [name for name in SHEETS[sheet] if key_of(name) not in keys]
    where = f"{file} [{sheet}]"
    if absent:
        remedy = f"Rétablissez sur la première ligne : {', '.join(absent)}"
        raise refusal(where, "Titres de colonnes absents", remedy, line=1)
    return [
        {
            key: Node(where, line, xl_rowcol_to_cell(line - 1, i), cell.strip())
            for i, (key, cell) in enumerate(zip(keys, cells, strict=True))
        }
        for line, cells in enumerate(lines, start=2)
        if any(map(str.strip, cells))
    ]


def _unknown(rows: Sequence[Row], key: str, others: Sequence[Row], sheet: str) -> list[Fault]:
    known = {row[key].text() for row in others} - {""}
    remedy = f"Reprenez-le de la feuille « {sheet} »"
    wrong = (row[key] for row in rows if row[key].text() not in known)
    return [cell.fault("Nom ou numéro inconnu", remedy, cell.text()) for cell in wrong]


def key_of(heading: str) -> str:
    """The key of the YAML that a heading is: « Déjà codé » is ``deja_code``."""
    return "_".join(skeleton(heading).split())


def _node(at: Node, content: Any) -> Node:
    return Node(at.file, at.line, at.path, content)


def _put(table: dict[str, Node], key: str, node: Node, faults: list[Fault]) -> None:
    if key in table:
        faults.append(
            node.fault("Dit deux fois", f"Gardez une seule ligne : la première est la {table[key].line}", key)
        )
    table[key] = node


def _settings(rows: Sequence[Row], faults: list[Fault]) -> dict[str, Node]:
    top: dict[str, Any] = {}
    firsts: dict[str, Node] = {}
    for row in rows:
        key, name, column, value = (row[k] for k in ("cle", "nom", "colonne", "valeur"))
        firsts.setdefault(key.text(), key)
        if not name.text():
            _put(top, key.text(), value, faults)
            continue
        under = top.setdefault(key.text(), {})
        if not isinstance(under, dict):
            faults.append(
                name.fault("Cette clé a déjà une valeur", "Gardez l’une ou l’autre ligne", key.text())
            )
        elif key.text() == "ajouter":
            added = under.setdefault(name.text(), [{}])
            if column.text() in added[-1]:
                added.append({})
            added[-1][column.text()] = value
        elif column.text():
            _put(under.setdefault(name.text(), {}), column.text(), value, faults)
        else:
            _put(under, name.text(), value, faults)
    return {key: _tree(firsts[key], content) for key, content in top.items()}


def _tree(at: Node, content: Any) -> Node:
    if isinstance(content, dict):
        return _node(at, {key: _tree(at, one) for key, one in content.items()})
    return _node(at, tuple(_tree(at, one) for one in content)) if isinstance(content, list) else content


def _source(
    file: Row, columns: Sequence[Row], recoded: Mapping[str, dict[str, Node]], faults: list[Fault]
) -> Node:
    rows = [row for row in columns if row["source"].text() == file["source"].text()]
    found: dict[str, Any] = {key: file[key] for key in FILE_KEYS if file[key].text()}
    blocks: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        table, column, value = row["table"], row["colonne"], row["valeur"]
        match table.text():
            case "" | "ignorer":
                found.setdefault(table.text() or "a_classer", []).append(
                    column if column.text() else _node(table, "")
                )
            case "garder":
                found.setdefault("garder", {}).setdefault(column.text(), []).append(value)
            case "verifier":
                _put(found.setdefault("verifier", {}), column.text(), value, faults)
            case name:
                blocks.setdefault(name, {}).setdefault(row["bloc"].text(), []).append(row)
    tables = {
        name: _node(
            next(iter(parts.values()))[0]["table"],
            tuple(_block(part, recoded, faults) for part in parts.values()),
        )
        for name, parts in blocks.items()
    }
    at = file["source"]
    return _node(at, {**{key: _tree(at, one) for key, one in found.items()}, "tables": _node(at, tables)})


def _block(rows: Sequence[Row], recoded: Mapping[str, dict[str, Node]], faults: list[Fault]) -> Node:
    at = rows[0]["table"]
    columns: dict[str, Node] = {}
    stacked: dict[tuple[str, str], dict[str, Node]] = {}
    block: dict[str, Node] = {}
    united: dict[str, Node] = {}
    for row in rows:
        became, item = row["devient"], row["item"].text()
        if not became.text():
            faults.append(
                became.fault(
                    "Colonne de la table à choisir", "Choisissez-la dans la liste", row["colonne"].text()
                )
            )
            continue
        if item:
            name, _, code = item.partition("=")
            _put(stacked.setdefault((name, became.text()), {}), code, _rule(row, recoded), faults)
        else:
            _put(columns, became.text(), _rule(row, recoded), faults)
        if row["reunir"].text():
            united[became.text()] = row["reunir"]
        if row["completer"].text():
            block["completer"] = row["completer"]
    for rank, ((name, value), rules) in enumerate(stacked.items()):
        first = next(iter(rules.values()))
        if rank:
            faults.append(
                first.fault("Deux batteries dans un bloc", "Écrivez 2 dans « Bloc » pour la seconde", name)
            )
        block["empiler"] = _node(
            first,
            {"colonne": _node(first, name), "valeur": _node(first, value), "depuis": _node(first, rules)},
        )
    if united:
        block["reunir"] = _node(at, united)
    return _node(at, {**block, "colonnes": _node(at, columns)})


def _rule(row: Row, recoded: Mapping[str, dict[str, Node]]) -> Node:
    keys: dict[str, Node] = {key: row[key] for key in RULE_KEYS if row[key].text()}
    keys |= {
        key: _node(row[key], tuple(_node(row[key], one) for one in row[key].text().splitlines()))
        for key in LIST_KEYS
        if row[key].text()
    }
    if row["colonne"].text():
        keys["colonne"] = row["colonne"]
    if row["valeur"].text() or not row["colonne"].text():
        keys["constante"] = row["valeur"]
    if row["n"].text() in recoded:
        keys["recoder"] = _node(row["devient"], recoded[row["n"].text()])
    return _node(row["devient"], keys)
