"""The two writings of a mapping, a YAML file or a workbook, as one tree whose texts know where they stand.

A usual YAML loader turns ``no`` into a falsehood and ``010`` into 8, keeps the last of two equal keys, and
unfolds aliases for ever: here a scalar is a text, and the rest is refused. The workbook, for people who know
Excel, has the same keys: « Fichiers » the exports, « Colonnes » their columns, « Réponses » what an answer
becomes, « Réglages » all others.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from atc.intake.books import Place, Row, Text, book_bytes, declared, read_book
from atc.intake.tools import TOOLS
from atc.intake.values import UNITED, admitted
from atc.survey.dictionary import Dictionary, Field
from atc.survey.errors import DataRefused, Fault, Messages, shown

_said = Messages(__name__)
#: What a draft leaves to whoever knows.
TO_COMPLETE = "à compléter"
#: A mapping as plain texts, lists and tables: what its YAML holds.
Plain: TypeAlias = Any


def place_of(tree: Any) -> Place | None:
    """Where something stands: its first text; nowhere if it is empty."""
    while tree and not isinstance(tree, Text):
        tree = next(iter(tree))
    return tree.at if isinstance(tree, Text) else None


def stands(said: Text | Place, value: str = "") -> tuple[str, int, str, str]:
    """File, line and column of something, and what to show of it, as sentences are told."""
    at = said.at if isinstance(said, Text) else said
    return at.file, at.line, at.column, value


# --- YAML

_LARGEST = 500_000
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}


def parse_yaml(content: bytes, file: str) -> Any:
    """Read a YAML file."""
    if len(content) > _LARGEST:
        raise _said.refusal("too_large", file)
    try:
        root = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.BaseLoader)
        if root is None:
            raise _said.refusal("empty", file)
        return _tree(root, Place(file, root.start_mark.line + 1, ""), set())
    except UnicodeDecodeError as error:
        raise _said.refusal("not_utf8", file, content.count(b"\n", 0, error.start) + 1) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        raise _said.refusal("no_yaml", file, mark.line + 1 if mark else 0) from error
    except RecursionError as error:
        raise _said.refusal("too_deep", file) from error


def _tree(raw: yaml.Node, at: Place, seen: set[int]) -> Any:
    line = raw.start_mark.line + 1
    if id(raw) in seen:
        raise _said.refusal("alias", at.file, at.line, at.column)
    seen.add(id(raw))
    if raw.tag not in _TAGS:
        raise _said.refusal("tag", at.file, line, tag=shown(raw.tag))
    if isinstance(raw, yaml.ScalarNode):
        return Text(raw.value, at)
    if isinstance(raw, yaml.SequenceNode):
        return [_tree(one, Place(at.file, one.start_mark.line + 1, at.column), seen) for one in raw.value]
    table: dict[Text, Any] = {}
    for key, value in raw.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise _said.refusal("no_key", at.file, line)
        name = Text(key.value, Place(at.file, line, f"{at.column}.{key.value}".removeprefix(".")))
        if name in table:
            first = next(key for key in table if key == name)
            raise _said.refusal("key_twice", at.file, line, at.column, name, first=first.at.line)
        table[name] = _tree(value, name.at, seen)
    return table


# --- the workbook, read: a heading is a key of the YAML with its accents

_GUIDE, FORMS = declared(Path(__file__).with_suffix(".toml"))
_RULE_KEYS = ("colonne", "vide", "contient", "pseudonyme", "deja_code", "a_confirmer", "remarque")
_LIST_KEYS = ("aussi", "rempli")
#: What may stand in « Table » instead of a table.
_ELSEWHERE = ("ignorer", "garder")
#: How « Réponses » says that an answer is none; an empty cell there is still to decide.
_NOTHING = "(vide)"


def parse_book(content: bytes, file: str) -> dict[Text, Any]:
    """Read the workbook of a mapping."""
    faults: list[Fault] = []
    columns, answers, files, settings = read_book(content, file, FORMS).values()
    top = _settings(settings, faults)
    sources: dict[str, Any] = {}
    for row in files:
        said = {Text(key, cell.at): cell for key, cell in row.items() if cell and key != "source"}
        _put(sources, [row["source"]], said | {Text("tables", row["source"].at): {}}, faults)
    recoded: dict[str, Any] = {}
    for row in answers:
        became = row["devient"]
        text = {"": TO_COMPLETE, _NOTHING: ""}.get(became, became)
        _put(recoded, [row["n"], row["reponse"]], Text(text, became.at), faults)
    for row in columns:
        for path, value in _of_column(row, recoded.get(row["n"]), faults):
            _put(sources.get(row["source"], {}), path, value, faults)
    numbers = {row["n"] for row in columns}
    for given, key, known, sheet in (
        (answers, "n", numbers, "Colonnes"),
        (columns, "source", sources, "Fichiers"),
    ):
        lost = (row[key] for row in given if not row[key] or row[key] not in known)
        faults += [_said.fault("lost", *stands(cell, cell), sheet=sheet) for cell in lost]
    if faults:
        raise DataRefused(faults)
    for source in sources.values():
        for name, blocks in source["tables"].items():
            rows = ({Text("colonnes", bloc.at): {}, **block} for bloc, block in blocks.items())
            source["tables"][name] = list(rows)
    return {**top, Text("sources", Place(f"{file} [Fichiers]", 1, "A1")): list(sources.values())}


def _settings(rows: Sequence[Row], faults: list[Fault]) -> dict[Text, Any]:
    top: dict[Text, Any] = {}
    for key, name, column, value in (row.values() for row in rows):
        if key == "ajouter" and name and isinstance(top.setdefault(key, {}), dict):
            # One line tells one cell of a row to add; the next row begins where a column comes again.
            added = top[key].setdefault(name, [{}])
            added += [{}] if column in added[-1] else []
            added[-1][column] = value
        else:
            _put(top, [key, *([name] if name else []), *([column] if name and column else [])], value, faults)
    return top


def _put(tree: Any, path: Sequence[Text], value: Any, faults: list[Fault]) -> None:
    """Say something under some keys, which are made as they come; what makes a list is added to it."""
    *above, last = path
    for key in above:
        tree = tree.setdefault(key, {})
        if not isinstance(tree, dict):
            faults.append(_said.fault("has_value", *stands(last, key)))
            return
    there = tree.setdefault(last, value)
    if there is not value and isinstance(there, list) and isinstance(value, list):
        there += value
    elif there != value:
        first = next(key for key in tree if key == last)
        faults.append(_said.fault("twice", *stands(last, last), first=first.at.line))


def _of_column(row: Row, recoded: Any, faults: list[Fault]) -> Iterator[tuple[list[Text], Any]]:
    """What one line of « Colonnes » says of its source, and under which keys."""
    table, column, became, value = (row[key] for key in ("table", "colonne", "devient", "valeur"))

    def keys(*names: str) -> list[Text]:
        return [Text(name, table.at) for name in names]

    if table in {"", "ignorer"}:
        yield keys(table or "a_classer"), [column]
    elif table == "garder":
        yield [table, column], [value]
    elif not became:
        faults.append(_said.fault("no_target", *stands(became, column)))
    else:
        block = [*keys("tables"), table, row["bloc"]]
        said: dict[str, Any] = {key: row[key] for key in _RULE_KEYS if row[key]}
        for key in (key for key in _LIST_KEYS if row[key]):
            said[key] = [Text(one, row[key].at) for one in row[key].splitlines()]
        if value or not column:
            said["constante"] = value
        said |= {"recoder": recoded} if recoded else {}
        rule = {Text(key, row.get(key, became).at): one for key, one in said.items()}
        name, _, code = row["item"].partition("=")
        if code:
            yield [*block, *keys("empiler", "colonne")], Text(name, became.at)
            yield [*block, *keys("empiler", "valeur")], became
            yield [*block, *keys("empiler", "depuis"), Text(code, became.at)], rule
        else:
            yield [*block, *keys("colonnes"), became], rule
        if row["reunir"]:
            yield [*block, *keys("reunir"), became], row["reunir"]
        if row["completer"]:
            yield [*block, *keys("completer")], row["completer"]


# --- the workbook, written


@dataclass(frozen=True)
class Draft:
    """A mapping to write, and what was seen of its exports: what a workbook shows beside it."""

    mapping: Plain
    dictionary: Dictionary  # of the project
    # Rank of a source and column -> first answers, none of a column that names people.
    shown: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    # Rank of a source, column and ``table.colonne`` -> answer -> the modalité that it is.
    known: dict[tuple[int, str, str], dict[str, str]] = field(default_factory=dict)

    def yaml(self) -> str:
        """The text of the YAML file."""
        return _said("draft") + yaml.safe_dump(self.mapping, allow_unicode=True, sort_keys=False, width=1000)

    def workbook(self) -> bytes:
        """The workbook, with its drop-down lists."""
        files, columns, answers, settings = (list[dict[str, str]]() for _ in FORMS)
        labels = Counter[str]()
        for rank, source in enumerate(self.mapping["sources"]):
            label = source["fichier"] + (f" [{source['feuille']}]" if source.get("feuille") else "")
            labels[label] += 1
            name = label if labels[label] == 1 else f"{label} ({labels[label]})"
            separator = source.get("separateur", "").replace("\t", "tabulation")
            files.append({**source, "source": name, "separateur": separator})
            for cells, recoded in _column_rows(source):
                number, column = str(len(columns) + 1), cells.get("colonne", "")
                first = " ; ".join(self.shown.get((rank, column), ())[:3])
                columns.append({"n": number, "source": name, "premieres_valeurs": first, **cells})
                dotted = f"{cells['table']}.{cells.get('devient', '')}"
                for answer, code in {**self.known.get((rank, column, dotted), {}), **recoded}.items():
                    worded = _worded(self.dictionary.field(dotted), code)
                    became = {"": _NOTHING, TO_COMPLETE: ""}.get(code, worded)
                    answers.append({"n": number, "colonne": column, "reponse": answer, "devient": became})
        for key, content in self.mapping.items():
            named = {"": content} if isinstance(content, str) else content if key != "sources" else {}
            for name, said in named.items():
                for row in said if isinstance(said, list) else [said]:
                    cells = {"": row} if isinstance(row, str) else row
                    told = {"cle": key, "nom": name}
                    settings += [{**told, "colonne": c, "valeur": v} for c, v in cells.items()]
        lists = {"tables": [*self.dictionary.tables, *_ELSEWHERE]}
        lists |= {"outils": list(TOOLS), "reunir": list(UNITED)}
        for table in self.dictionary:
            lists[f"c_{table.name}"] = list(table.fields)
            items = [f"{k}={code}" for k in table.primary_key for code in table.fields[k].labels]
            lists |= {f"i_{table.name}": items} if items else {}
            for name, one in table.fields.items():
                codes = filter(None, admitted(one, table) or table.missing)
                lists[f"m_{table.name}.{name}"] = [*(_worded(one, code) for code in codes), _NOTHING]
        filled = zip(FORMS, (columns, answers, files, settings), strict=True)
        # Not the clock: the same bytes.
        return book_bytes(list(filled), [[line] for line in _GUIDE], dt.date(2020, 1, 1), lists)


def _column_rows(source: Plain) -> Iterator[tuple[dict[str, str], Mapping[str, str]]]:
    """Cells of each line of « Colonnes », and what the answers of that column become."""
    for table, content in source["tables"].items():
        for rank, block in enumerate([content] if isinstance(content, Mapping) else content, start=1):
            stack = block.get("empiler", {"depuis": {}})
            rules = [(name, "", said) for name, said in block["colonnes"].items()]
            rules += [
                (stack["valeur"], f"{stack['colonne']}={i}", said) for i, said in stack["depuis"].items()
            ]
            for became, item, said in rules:
                rule: Plain = {"colonne": said} if isinstance(said, str) else said
                cells = {"table": table, "devient": became, "item": item}
                cells |= {"bloc": str(rank) if rank > 1 else "", "completer": block.get("completer", "")}
                cells |= {"reunir": block.get("reunir", {}).get(became, "")}
                cells |= {"valeur": rule.get("constante", "")}
                told = [key for key in (*_RULE_KEYS, *_LIST_KEYS) if key in rule]
                cells |= {key: "\n".join(_items(rule[key])) for key in told}
                yield cells, rule.get("recoder", {})
    for key, table in (("a_classer", ""), ("ignorer", "ignorer")):
        found = source.get(key, ())
        for column in _items(found):
            why = found[column] if isinstance(found, Mapping) else ""
            yield {"table": table, "colonne": column, "remarque": why}, {}
    for column, values in source.get("garder", {}).items():
        yield from (({"table": "garder", "colonne": column, "valeur": v}, {}) for v in _items(values))


def _items(found: Plain) -> Sequence[str]:
    return [found] if isinstance(found, str) else list(found)


def _worded(field: Field, code: str) -> str:
    """The label of a modalité, where it can be read back as that one and no other."""
    label = field.labels.get(code, code)
    return label if label not in field.labels and list(field.labels.values()).count(label) == 1 else code
