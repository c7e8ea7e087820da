"""The mapping as a workbook, for people who know Excel: the keys of the YAML, one row for each column.

« Fichiers » has the exports, « Colonnes » their columns, « Réponses » what an answer becomes, « Réglages »
all other keys; a heading is a key of the YAML with its accents. Drop-down lists follow the dictionary; what
is left to confirm or to complete is in yellow.
"""

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from atc.intake.books import Row, book_bytes, declared, read_book
from atc.intake.mapping_tree import TO_COMPLETE, Entries, Items, Text
from atc.intake.sheet import Place
from atc.intake.tools import TOOLS
from atc.intake.values import UNITED, admitted
from atc.survey.dictionary import Dictionary, Field
from atc.survey.errors import DataRefused, Fault

#: A mapping as plain texts, lists and tables: what its YAML holds.
Plain: TypeAlias = Any

_GUIDE, FORMS = declared(Path(__file__).with_suffix(".toml"))
_RULE_KEYS = ("colonne", "vide", "contient", "pseudonyme", "deja_code", "a_confirmer", "remarque")
_LIST_KEYS = ("aussi", "rempli")
#: What may stand in « Table » instead of a table.
_ELSEWHERE = ("ignorer", "garder", "verifier")
#: How « Réponses » says that an answer is none; an empty cell there is still to decide.
_NOTHING = "(vide)"


# --- reading


def parse_book(content: bytes, file: str) -> Entries:
    """Read the workbook of a mapping."""
    faults: list[Fault] = []
    read = read_book(content, file, FORMS)
    columns, answers, files, settings = read.values()
    top = _settings(settings, Entries({}, Place(file, 0, "")), faults)
    recoded: dict[str, Entries] = {}
    for row in answers:
        became = row["devient"]
        text = {"": TO_COMPLETE, _NOTHING: ""}.get(became, became)
        under = recoded.setdefault(row["n"], Entries({}, became.at))
        _put(under, [row["reponse"]], Text(text, became.at), faults)
    for rows, key, others, sheet in (
        (answers, "n", columns, "Colonnes"),
        (columns, "source", files, "Fichiers"),
    ):
        known, remedy = {row[key] for row in others} - {""}, f"Reprenez-le de la feuille « {sheet} »"
        lost = (row[key] for row in rows if row[key] not in known)
        faults += [cell.at.fault("Nom ou numéro inconnu", remedy, cell) for cell in lost]
    at = Place(f"{file} [Fichiers]", 1, "A1")
    sources = [_source(row, columns, recoded, faults) for row in files]
    if faults:
        raise DataRefused(faults)
    return Entries({**top, Text("sources", at): Items(sources, at)}, top.at)


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
    said = Entries({Text(key, cell.at): cell for key, cell in file.items() if cell and key != "source"}, at)
    tables = Entries({}, at)
    blocks: dict[tuple[str, str], list[Row]] = {}

    def under(key: str, made: Entries | Items) -> Any:
        return said.setdefault(Text(key, made.at), made)

    for row in columns:
        table, column, value = row["table"], row["colonne"], row["valeur"]
        if row["source"] != file["source"]:
            continue
        if table in {"", "ignorer"}:
            under(table or "a_classer", Items([], table.at)).append(column or Text("", table.at))
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
    block, columns, united, items = (Entries({}, at) for _ in range(4))
    stacked: dict[str, Any] = {}
    for row in rows:
        became, rule = row["devient"], _rule(row, recoded)
        name, _, code = row["item"].partition("=")
        if not became:
            remedy = "Choisissez-la dans la liste"
            faults.append(became.at.fault("Colonne de la table à choisir", remedy, row["colonne"]))
        elif code:
            if stacked and (stacked["colonne"], stacked["valeur"]) != (name, became):
                remedy = "Écrivez 2 dans « Bloc » pour la seconde"
                faults.append(became.at.fault("Deux batteries dans un bloc", remedy, name))
            stacked = {"colonne": Text(name, became.at), "valeur": became, "depuis": items}
            _put(items, [Text(code, became.at)], rule, faults)
        else:
            _put(columns, [became], rule, faults)
        if became and row["reunir"]:
            united[became] = row["reunir"]
        if row["completer"]:
            block[Text("completer", at)] = row["completer"]
    keyed = Entries({Text(key, at): one for key, one in stacked.items()}, at)
    said = {"empiler": keyed, "reunir": united}
    block |= {Text(key, at): under for key, under in said.items() if under}
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


def mapping_bytes(
    mapping: Plain,
    dictionary: Dictionary,
    shown: Mapping[tuple[int, str], Sequence[str]],
    known: Mapping[tuple[int, str, str], Mapping[str, str]],
) -> bytes:
    """Write the workbook of a mapping, with its drop-down lists.

    ``shown`` has the first values of a column, by the rank of its source; ``known`` what its answers are.
    """
    files: list[dict[str, str]] = []
    columns: list[dict[str, str]] = []
    answers: list[dict[str, str]] = []
    for rank, source in enumerate(mapping["sources"]):
        label: str = source["fichier"] + (f" [{source['feuille']}]" if source.get("feuille") else "")
        names = itertools.chain([label], (f"{label} ({again})" for again in itertools.count(2)))
        name = next(name for name in names if name not in {row["source"] for row in files})
        separator = source.get("separateur", "").replace("\t", "tabulation")
        files.append({**source, "source": name, "separateur": separator})
        for cells, recoded in _column_rows(source):
            number, column = str(len(columns) + 1), cells.get("colonne", "")
            first = " ; ".join(shown.get((rank, column), ())[:3])
            columns.append({"n": number, "source": name, "premieres_valeurs": first, **cells})
            dotted = f"{cells['table']}.{cells.get('devient', '')}"
            for answer, code in {**known.get((rank, column, dotted), {}), **recoded}.items():
                worded = _worded(dictionary.field(dotted), code)
                became = {"": _NOTHING, TO_COMPLETE: ""}.get(code, worded)
                answers.append({"n": number, "colonne": column, "reponse": answer, "devient": became})
    filled = zip(FORMS, (columns, answers, files, list(_setting_rows(mapping))), strict=True)
    # Not the clock: the same bytes.
    return book_bytes(list(filled), [[line] for line in _GUIDE], dt.date(2020, 1, 1), _lists(dictionary))


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


def _lists(dictionary: Dictionary) -> dict[str, list[str]]:
    lists = {"tables": [*dictionary.tables, *_ELSEWHERE], "outils": list(TOOLS), "reunir": list(UNITED)}
    for table in dictionary:
        lists[f"c_{table.name}"] = list(table.fields)
        items = [f"{k}={code}" for k in table.primary_key for code in table.fields[k].labels]
        lists |= {f"i_{table.name}": items} if items else {}
        for field in table.fields.values():
            codes = admitted(field, table) or table.missing
            modalities = [_worded(field, code) for code in codes if code]
            lists[f"m_{table.name}.{field.name}"] = [*modalities, _NOTHING]
    return lists


def _worded(field: Field, code: str) -> str:
    """The label of a modalité, where it can be read back as that one and no other."""
    label = field.labels.get(code, code)
    return label if label not in field.labels and list(field.labels.values()).count(label) == 1 else code
