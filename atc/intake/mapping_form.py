"""The workbook of a mapping, to be filled by hand: see `atc.intake.mapping_book`, which reads it back.

Drop-down lists follow the dictionary: the columns of the table that was chosen, the modalités of its column.
What is left to confirm or to complete is in yellow.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from atc.intake.columns import TO_COMPLETE
from atc.intake.mapping import TOOLS, UNITED
from atc.intake.mapping_book import (
    ANSWERS,
    COLUMNS,
    FILE_KEYS,
    FILES,
    LIST_KEYS,
    NOTHING,
    RULE_KEYS,
    SETTINGS,
    SHEETS,
    key_of,
)
from atc.survey.dictionary import Dictionary, Field

#: A mapping as plain texts, lists and tables: what its YAML holds.
Tree: TypeAlias = Any
_GUIDE = (
    "Une ligne de « Colonnes » par colonne d’un export : choisissez sa table, et la colonne qu’elle devient.",
    "Une colonne dont on ne veut pas : Table = ignorer. Ce qui n’a pas été demandé : ni Colonne, ni Valeur.",
    "« À confirmer » marque une supposition : vérifiez-la, corrigez-la au besoin, puis effacez « oui ».",
    "« Réponses » dit ce que veut dire chaque réponse, par le N° de sa colonne ; (vide) : pas de réponse.",
    f"« Réglages » : complétez ce qui est « {TO_COMPLETE} ».",
    "Enregistrez en .xlsx, puis : atc import EXPORTS --vague VAGUE --mapping CE_CLASSEUR --key CLÉ",
    "Chaque titre de colonne est expliqué dans docs/exemples/LISEZMOI.md.",
)
#: What may stand in « Table » instead of a table.
_ELSEWHERE = ("ignorer", "garder", "verifier")
# Rows that have their drop-down lists, beyond those that are written.
_ROOM = 300


def book_bytes(
    mapping: Tree,
    dictionary: Dictionary,
    shown: Mapping[tuple[int, str], Sequence[str]],
    known: Mapping[tuple[int, str, str], Mapping[str, str]],
) -> bytes:
    """Write the workbook of a mapping, with its drop-down lists."""
    grids: dict[str, list[dict[str, str]]] = {
        SETTINGS: list(_setting_rows(mapping)),
        **{s: [] for s in SHEETS if s != SETTINGS},
    }
    for rank, source in enumerate(mapping["sources"]):
        name = _name(source, [row["source"] for row in grids[FILES]])
        separator = source.get("separateur", "").replace("\t", "tabulation")
        keys = {key: source.get(key, "") for key in FILE_KEYS} | {"separateur": separator}
        grids[FILES].append({"source": name, **keys})
        for cells, recoded in _column_rows(source):
            number, column = str(len(grids[COLUMNS]) + 1), cells.get("colonne", "")
            first = " ; ".join(shown.get((rank, column), ())[:3])
            grids[COLUMNS].append({"n": number, "source": name, "premieres_valeurs": first, **cells})
            dotted = f"{cells['table']}.{cells.get('devient', '')}"
            for answer, code in {**known.get((rank, column, dotted), {}), **recoded}.items():
                worded = _worded(dictionary.field(dotted), code)
                became = {"": NOTHING, TO_COMPLETE: ""}.get(code, worded)
                line = {"n": number, "colonne": column, "reponse": answer, "devient": became}
                grids[ANSWERS].append(line)
    return _book(grids, dictionary)


def _name(source: Tree, taken: Sequence[str]) -> str:
    label: str = source["fichier"] + (f" [{source['feuille']}]" if source.get("feuille") else "")
    names = itertools.chain([label], (f"{label} ({rank})" for rank in itertools.count(2)))
    return next(name for name in names if name not in taken)


def _setting_rows(mapping: Tree) -> Iterator[dict[str, str]]:
    for key, content in mapping.items():
        if key == "sources":
            continue
        if isinstance(content, str):
            yield {"cle": key, "valeur": content}
            continue
        for name, under in content.items():
            if isinstance(under, str):
                yield {"cle": key, "nom": name, "valeur": under}
                continue
            for row in [under] if isinstance(under, Mapping) else under:
                for column, value in row.items():
                    yield {"cle": key, "nom": name, "colonne": column, "valeur": value}


def _column_rows(source: Tree) -> Iterator[tuple[dict[str, str], Mapping[str, str]]]:
    for table, content in source["tables"].items():
        for rank, block in enumerate([content] if isinstance(content, Mapping) else content, start=1):
            here = {
                "table": table,
                "bloc": str(rank) if rank > 1 else "",
                "completer": block.get("completer", ""),
            }
            for became, rule in block["colonnes"].items():
                cells, recoded = _rule_cells(rule)
                united = block.get("reunir", {}).get(became, "")
                yield {**here, "devient": became, "reunir": united, **cells}, recoded
            stack = block.get("empiler", {"depuis": {}})
            for item, rule in stack["depuis"].items():
                cells, recoded = _rule_cells(rule)
                yield (
                    {**here, "devient": stack["valeur"], "item": f"{stack['colonne']}={item}", **cells},
                    recoded,
                )
    for key, table in (("a_classer", ""), ("ignorer", "ignorer")):
        found = source.get(key, ())
        for column in _items(found):
            why = found[column] if isinstance(found, Mapping) else ""
            yield {"table": table, "colonne": column, "remarque": why}, {}
    for column, values in source.get("garder", {}).items():
        for value in _items(values):
            yield {"table": "garder", "colonne": column, "valeur": value}, {}
    for column, value in source.get("verifier", {}).items():
        yield {"table": "verifier", "colonne": column, "valeur": value}, {}


def _items(found: Tree) -> Sequence[str]:
    return [found] if isinstance(found, str) else list(found)


def _rule_cells(rule: Tree) -> tuple[dict[str, str], Mapping[str, str]]:
    if isinstance(rule, str):
        return {"colonne": rule}, {}
    cells = {key: rule[key] for key in ("colonne", *RULE_KEYS) if key in rule}
    cells |= {key: "\n".join(_items(rule[key])) for key in LIST_KEYS if key in rule}
    return {**cells, "valeur": rule.get("constante", "")}, rule.get("recoder", {})


def _book(grids: Mapping[str, Sequence[Mapping[str, str]]], dictionary: Dictionary) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)})  # not the clock: the same bytes
    top = {"text_wrap": True, "valign": "top", "num_format": "@"}
    bold, text, doubt = (
        book.add_format({**top, **more})
        for more in ({"bold": True, "bottom": 1}, {}, {"bg_color": "#FFF2CC"})
    )
    guide = book.add_worksheet("Lisez-moi")
    guide.set_column(0, 0, 110, text)
    guide.write_column(0, 0, ("La correspondance : ce que devient chaque colonne de vos exports", *_GUIDE))
    for name, headings in SHEETS.items():
        sheet = book.add_worksheet(name)
        for i, (heading, width) in enumerate(headings.items()):
            sheet.set_column(i, i, width, text)
            sheet.write_string(0, i, heading, bold)
        keys = [key_of(heading) for heading in headings]
        for line, row in enumerate(grids[name], start=1):
            open_ = (
                row.get("a_confirmer")
                or not row.get("table", "x")
                or TO_COMPLETE in row.values()
                or (name == ANSWERS and not row["devient"])
            )
            for i, key in enumerate(keys):
                sheet.write_string(line, i, row.get(key, ""), doubt if open_ else text)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.freeze_panes(1, 3 if name == COLUMNS else 0)
        sheet.autofilter(0, 0, len(grids[name]), len(headings) - 1)
        _drop_downs(sheet, name, keys, len(grids[name]) + _ROOM)
    _lists(book, dictionary)
    book.close()
    return buffer.getvalue()


def _drop_downs(sheet: Worksheet, name: str, keys: Sequence[str], last: int) -> None:
    table, became = (f"${xl_col_to_name(list(SHEETS[COLUMNS]).index(key))}" for key in ("Table", "Devient"))
    place = f"MATCH($A2,{COLUMNS}!$A:$A,0)"
    modality = '&"."&'.join(f"INDEX({COLUMNS}!{letter}:{letter},{place})" for letter in (table, became))
    offered: dict[str, dict[str, str | list[str]]] = {
        COLUMNS: {
            "source": f"={FILES}!$A$2:$A${_ROOM}",
            "table": "=tables",
            "devient": f'=INDIRECT("c_"&{table}2)',
            "item": f'=INDIRECT("i_"&{table}2)',
            "pseudonyme": ["R", "A", "L"],
            "reunir": list(UNITED),
            **{key: ["oui"] for key in ("deja_code", "completer", "a_confirmer")},
        },
        ANSWERS: {"devient": f'=INDIRECT("m_"&{modality})'},
        FILES: {"outil": list(TOOLS)},
        SETTINGS: {},
    }
    for key, source in offered[name].items():
        rank = keys.index(key)
        # A warning only: answers beyond the list may be right, and the import tells those that are not.
        rule = {"validate": "list", "source": source, "error_type": "warning"}
        sheet.data_validation(1, rank, last, rank, rule)


def _lists(book: xlsxwriter.Workbook, dictionary: Dictionary) -> None:
    lists = {"tables": [*dictionary.tables, *_ELSEWHERE]}
    for table in dictionary:
        lists[f"c_{table.name}"] = list(table.fields)
        items = [f"{k}={code}" for k in table.primary_key for code in table.fields[k].labels]
        lists |= {f"i_{table.name}": items} if items else {}
        for field in table.fields.values():
            lists[f"m_{table.name}.{field.name}"] = [
                *_modalities(field),
                *filter(None, table.missing),
                NOTHING,
            ]
    sheet = book.add_worksheet("Listes")
    sheet.hide()
    for rank, (name, offered) in enumerate(lists.items()):
        sheet.write_column(0, rank, [name, *offered])
        letter = xl_col_to_name(rank)
        book.define_name(name, f"=Listes!${letter}$2:${letter}${len(offered) + 1}")


def _modalities(field: Field) -> list[str]:
    return ["oui", "non"] if field.type == "boolean" else [_worded(field, code) for code in field.labels]


def _worded(field: Field, code: str) -> str:
    """The label of a modalité, where it can be read back as that one and no other."""
    label = field.labels.get(code, code)
    return label if label not in field.labels and list(field.labels.values()).count(label) == 1 else code
