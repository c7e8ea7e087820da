"""The mapping as a workbook, for people who know Excel: the keys of the YAML, one row for each column.

« Fichiers » has the exports, « Colonnes » their columns, « Réponses » what an answer becomes, « Réglages »
all other keys; a heading is a key of the YAML with its accents. Drop-down lists follow the dictionary; what
is left to confirm or to complete is in yellow.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from atc.intake.mapping_tree import TO_COMPLETE, Entries, Items, Text
from atc.intake.sheet import Place
from atc.intake.tools import TOOLS
from atc.intake.values import UNITED, admitted
from atc.intake.workbook import book_rows
from atc.survey.dictionary import Dictionary, Field
from atc.survey.errors import DataRefused, Fault
from atc.survey.spelling import skeleton

#: A mapping as plain texts, lists and tables: what its YAML holds.
Plain: TypeAlias = Any
Row: TypeAlias = Mapping[str, Text]

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
_FILE_KEYS = ("fichier", "outil", "feuille", "entete", "structure", "separateur")
_RULE_KEYS = ("colonne", "vide", "contient", "pseudonyme", "deja_code", "a_confirmer", "remarque")
_LIST_KEYS = ("aussi", "rempli")
#: What may stand in « Table » instead of a table.
_ELSEWHERE = ("ignorer", "garder", "verifier")
#: How « Réponses » says that an answer is none; an empty cell there is still to decide.
_NOTHING = "(vide)"
_GUIDE = (
    "La correspondance : ce que devient chaque colonne de vos exports",
    "Une ligne de « Colonnes » par colonne d’un export : choisissez sa table, et la colonne qu’elle devient.",
    "Une colonne dont on ne veut pas : Table = ignorer. Ce qui n’a pas été demandé : ni Colonne, ni Valeur.",
    "« À confirmer » marque une supposition : vérifiez-la, corrigez-la au besoin, puis effacez « oui ».",
    "« Réponses » dit ce que veut dire chaque réponse, par le N° de sa colonne ; (vide) : pas de réponse.",
    f"« Réglages » : complétez ce qui est « {TO_COMPLETE} ».",
    "Enregistrez en .xlsx, puis : atc import EXPORTS --vague VAGUE --mapping CE_CLASSEUR --key CLÉ",
    "Chaque titre de colonne est expliqué dans docs/exemples/LISEZMOI.md.",
)
_ROOM = 300  # rows that have their drop-down lists, beyond those that are written


def _key_of(heading: str) -> str:
    # « Déjà codé » is ``deja_code``.
    return "_".join(skeleton(heading).split())


# --- reading


def parse_book(content: bytes, file: str) -> Entries:
    """Read the workbook of a mapping."""
    book = book_rows(content, file)
    faults = [fault for name in SHEETS for fault in _heading_faults(book.get(name), file, name)]
    if faults:
        raise DataRefused(faults)
    sheets = {name: _rows(book[name], f"{file} [{name}]") for name in SHEETS}
    top = _settings(sheets[SETTINGS], Entries({}, Place(file, 0, "")), faults)
    recoded: dict[str, Entries] = {}
    for row in sheets[ANSWERS]:
        became = row["devient"]
        text = {"": TO_COMPLETE, _NOTHING: ""}.get(became, became)
        answers = recoded.setdefault(row["n"], Entries({}, became.at))
        _put(answers, [row["reponse"]], Text(text, became.at), faults)
    faults += _unknown(sheets[ANSWERS], "n", sheets[COLUMNS], COLUMNS)
    faults += _unknown(sheets[COLUMNS], "source", sheets[FILES], FILES)
    at = Place(f"{file} [{FILES}]", 1, "A1")
    sources = [_source(row, sheets[COLUMNS], recoded, faults) for row in sheets[FILES]]
    if faults:
        raise DataRefused(faults)
    return Entries({**top, Text("sources", at): Items(sources, at)}, top.at)


def _heading_faults(cells: Sequence[Sequence[str]] | None, file: str, sheet: str) -> list[Fault]:
    keys = [_key_of(name) for name in (cells or [[]])[0]]
    absent = [name for name in SHEETS[sheet] if _key_of(name) not in keys]
    remedy = f"Rétablissez sur la première ligne : {', '.join(absent)}"
    where = Place(f"{file} [{sheet}]", 1, "")
    return [where.fault("Titres de colonnes absents", remedy)] if absent else []


def _rows(cells: Sequence[Sequence[str]], where: str) -> list[Row]:
    keys = [_key_of(name) for name in cells[0]]
    return [
        {
            key: Text(cell.strip(), Place(where, line, xl_rowcol_to_cell(line - 1, rank)))
            for rank, (key, cell) in enumerate(zip(keys, row, strict=True))
        }
        for line, row in enumerate(cells[1:], start=2)
        if any(map(str.strip, row))
    ]


def _unknown(rows: Sequence[Row], key: str, others: Sequence[Row], sheet: str) -> list[Fault]:
    known = {row[key] for row in others} - {""}
    remedy = f"Reprenez-le de la feuille « {sheet} »"
    wrong = (row[key] for row in rows if row[key] not in known)
    return [cell.at.fault("Nom ou numéro inconnu", remedy, cell) for cell in wrong]


def _put(tree: Entries, path: Sequence[Text], value: Text | Entries, faults: list[Fault]) -> None:
    """Say something under some keys, which are made as they come."""
    *above, last = path
    for key in above:
        under = tree.setdefault(key, Entries({}, key.at))
        if not isinstance(under, Entries):
            faults.append(last.at.fault("Cette clé a déjà une valeur", "Gardez l’une ou l’autre ligne", key))
            return
        tree = under
    if last in tree:
        remedy = f"Gardez une seule ligne : la première est la {tree[last].at.line}"
        faults.append(value.at.fault("Dit deux fois", remedy, last))
    tree[last] = value


def _settings(rows: Sequence[Row], top: Entries, faults: list[Fault]) -> Entries:
    added: dict[str, Items] = {}
    for row in rows:
        key, name, column, value = (row[k] for k in ("cle", "nom", "colonne", "valeur"))
        if key == "ajouter" and name:
            lines = added.setdefault(name, Items([Entries({}, name.at)], name.at))
            if column in lines[-1]:
                lines.append(Entries({}, name.at))
            lines[-1][column] = value
            top.setdefault(key, Entries({}, key.at))[name] = lines
        else:
            _put(top, [key, *([name] if name else []), *([column] if name and column else [])], value, faults)
    return top


def _source(
    file: Row, columns: Sequence[Row], recoded: Mapping[str, Entries], faults: list[Fault]
) -> Entries:
    at = file["source"].at
    said = Entries({Text(key, file[key].at): file[key] for key in _FILE_KEYS if file[key]}, at)
    tables = Entries({}, at)
    blocks: dict[tuple[str, str], list[Row]] = {}

    def under(key: str, made: Entries | Items) -> Any:
        return said.setdefault(Text(key, made.at), made)

    for row in columns:
        table, column, value = row["table"], row["colonne"], row["valeur"]
        if row["source"] != file["source"]:
            continue
        if table in {"", "ignorer"}:
            left = under(table or "a_classer", Items([], table.at))
            left.append(column or Text("", table.at))
        elif table == "garder":
            under("garder", Entries({}, table.at)).setdefault(column, Items([], column.at)).append(value)
        elif table == "verifier":
            _put(said, [Text(table, table.at), column], value, faults)
        else:
            tables.setdefault(table, Items([], table.at))
            blocks.setdefault((table, row["bloc"]), []).append(row)
    for (name, _), rows in blocks.items():
        tables[Text(name, at)].append(_block(rows, recoded, faults))
    said[Text("tables", at)] = tables
    return said


def _block(rows: Sequence[Row], recoded: Mapping[str, Entries], faults: list[Fault]) -> Entries:
    at = rows[0]["table"].at
    block, columns, united = Entries({}, at), Entries({}, at), Entries({}, at)
    stacks: dict[tuple[str, str], Entries] = {}
    for row in rows:
        became, item = row["devient"], row["item"]
        if not became:
            remedy = "Choisissez-la dans la liste"
            faults.append(became.at.fault("Colonne de la table à choisir", remedy, row["colonne"]))
            continue
        rule = _rule(row, recoded)
        if item:
            name, _, code = item.partition("=")
            stack = stacks.setdefault((name, became), Entries({}, became.at))
            _put(stack, [Text(code, became.at)], rule, faults)
        else:
            _put(columns, [became], rule, faults)
        if row["reunir"]:
            united[became] = row["reunir"]
        if row["completer"]:
            block[Text("completer", at)] = row["completer"]
    for rank, ((name, value), stack) in enumerate(stacks.items()):
        if rank:
            remedy = "Écrivez 2 dans « Bloc » pour la seconde"
            faults.append(stack.at.fault("Deux batteries dans un bloc", remedy, name))
        said = {"colonne": Text(name, stack.at), "valeur": Text(value, stack.at), "depuis": stack}
        keyed = {Text(key, stack.at): one for key, one in said.items()}
        block[Text("empiler", stack.at)] = Entries(keyed, stack.at)
    if united:
        block[Text("reunir", at)] = united
    block[Text("colonnes", at)] = columns
    return block


def _rule(row: Row, recoded: Mapping[str, Entries]) -> Entries:
    at = row["devient"].at
    said: dict[str, Any] = {key: row[key] for key in _RULE_KEYS if row[key]}
    for key in _LIST_KEYS:
        if row[key]:
            said[key] = Items((Text(one, row[key].at) for one in row[key].splitlines()), row[key].at)
    if row["valeur"] or not row["colonne"]:
        said["constante"] = row["valeur"]
    if row["n"] in recoded:
        said["recoder"] = recoded[row["n"]]
    return Entries({Text(key, one.at): one for key, one in said.items()}, at)


# --- writing


def book_bytes(
    mapping: Plain,
    dictionary: Dictionary,
    shown: Mapping[tuple[int, str], Sequence[str]],
    known: Mapping[tuple[int, str, str], Mapping[str, str]],
) -> bytes:
    """Write the workbook of a mapping, with its drop-down lists.

    ``shown`` has the first values of a column, by the rank of its source; ``known`` what its answers are.
    """
    grids: dict[str, list[dict[str, str]]] = {name: [] for name in SHEETS}
    grids[SETTINGS] += _setting_rows(mapping)
    for rank, source in enumerate(mapping["sources"]):
        name = _name(source, [row["source"] for row in grids[FILES]])
        separator = source.get("separateur", "").replace("\t", "tabulation")
        keys = {key: source.get(key, "") for key in _FILE_KEYS} | {"separateur": separator}
        grids[FILES].append({"source": name, **keys})
        for cells, recoded in _column_rows(source):
            number, column = str(len(grids[COLUMNS]) + 1), cells.get("colonne", "")
            first = " ; ".join(shown.get((rank, column), ())[:3])
            grids[COLUMNS].append({"n": number, "source": name, "premieres_valeurs": first, **cells})
            dotted = f"{cells['table']}.{cells.get('devient', '')}"
            for answer, code in {**known.get((rank, column, dotted), {}), **recoded}.items():
                worded = _worded(dictionary.field(dotted), code)
                became = {"": _NOTHING, TO_COMPLETE: ""}.get(code, worded)
                line = {"n": number, "colonne": column, "reponse": answer, "devient": became}
                grids[ANSWERS].append(line)
    return _book(grids, dictionary)


def _name(source: Plain, taken: Sequence[str]) -> str:
    label: str = source["fichier"] + (f" [{source['feuille']}]" if source.get("feuille") else "")
    names = itertools.chain([label], (f"{label} ({rank})" for rank in itertools.count(2)))
    return next(name for name in names if name not in taken)


def _setting_rows(mapping: Plain) -> Iterator[dict[str, str]]:
    for key, content in mapping.items():
        if isinstance(content, str):
            yield {"cle": key, "valeur": content}
        elif key != "sources":
            for name, under in content.items():
                for row in under if isinstance(under, list) else [under]:
                    for column, value in [("", row)] if isinstance(row, str) else row.items():
                        yield {"cle": key, "nom": name, "colonne": column, "valeur": value}


def _column_rows(source: Plain) -> Iterator[tuple[dict[str, str], Mapping[str, str]]]:
    for table, content in source["tables"].items():
        for rank, block in enumerate([content] if isinstance(content, Mapping) else content, start=1):
            bloc = str(rank) if rank > 1 else ""
            here = {"table": table, "bloc": bloc, "completer": block.get("completer", "")}
            for became, rule in block["colonnes"].items():
                cells, recoded = _rule_cells(rule)
                united = block.get("reunir", {}).get(became, "")
                yield {**here, "devient": became, "reunir": united, **cells}, recoded
            stack = block.get("empiler", {"depuis": {}})
            for item, rule in stack["depuis"].items():
                cells, recoded = _rule_cells(rule)
                item_cells = {"devient": stack["valeur"], "item": f"{stack['colonne']}={item}"}
                yield {**here, **item_cells, **cells}, recoded
    for key, table in (("a_classer", ""), ("ignorer", "ignorer")):
        found = source.get(key, ())
        for column in _items(found):
            why = found[column] if isinstance(found, Mapping) else ""
            yield {"table": table, "colonne": column, "remarque": why}, {}
    for key in ("garder", "verifier"):
        for column, values in source.get(key, {}).items():
            for value in _items(values):
                yield {"table": key, "colonne": column, "valeur": value}, {}


def _items(found: Plain) -> Sequence[str]:
    return [found] if isinstance(found, str) else list(found)


def _rule_cells(rule: Plain) -> tuple[dict[str, str], Mapping[str, str]]:
    if isinstance(rule, str):
        return {"colonne": rule}, {}
    cells = {key: rule[key] for key in _RULE_KEYS if key in rule}
    cells |= {key: "\n".join(_items(rule[key])) for key in _LIST_KEYS if key in rule}
    return {**cells, "valeur": rule.get("constante", "")}, rule.get("recoder", {})


def _book(grids: Mapping[str, Sequence[Mapping[str, str]]], dictionary: Dictionary) -> bytes:
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        # Not the clock: the same bytes.
        book.set_properties({"created": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)})
        top = {"text_wrap": True, "valign": "top", "num_format": "@"}
        styles: tuple[dict[str, Any], ...] = ({"bold": True, "bottom": 1}, {}, {"bg_color": "#FFF2CC"})
        bold, text, doubt = (book.add_format({**top, **more}) for more in styles)
        guide = book.add_worksheet("Lisez-moi")
        guide.set_column(0, 0, 110, text)
        guide.write_column(0, 0, _GUIDE)
        for name, headings in SHEETS.items():
            sheet = book.add_worksheet(name)
            keys = [_key_of(heading) for heading in headings]
            for rank, (heading, width) in enumerate(headings.items()):
                sheet.set_column(rank, rank, width, text)
                sheet.write_string(0, rank, heading, bold)
            for line, row in enumerate(grids[name], start=1):
                open_ = row.get("a_confirmer") or not row.get("table", "x") or TO_COMPLETE in row.values()
                style = doubt if open_ or (name == ANSWERS and not row["devient"]) else text
                for rank, key in enumerate(keys):
                    sheet.write_string(line, rank, row.get(key, ""), style)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.freeze_panes(1, 3 if name == COLUMNS else 0)
            sheet.autofilter(0, 0, len(grids[name]), len(headings) - 1)
            _drop_downs(sheet, name, keys, len(grids[name]) + _ROOM)
        _lists(book, dictionary)
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
            codes = admitted(field, table) or table.missing
            modalities = [_worded(field, code) for code in codes if code]
            lists[f"m_{table.name}.{field.name}"] = [*modalities, _NOTHING]
    sheet = book.add_worksheet("Listes")
    sheet.hide()
    for rank, (name, offered) in enumerate(lists.items()):
        sheet.write_column(0, rank, [name, *offered])
        letter = xl_col_to_name(rank)
        book.define_name(name, f"=Listes!${letter}$2:${letter}${len(offered) + 1}")


def _worded(field: Field, code: str) -> str:
    """The label of a modalité, where it can be read back as that one and no other."""
    label = field.labels.get(code, code)
    return label if label not in field.labels and list(field.labels.values()).count(label) == 1 else code
