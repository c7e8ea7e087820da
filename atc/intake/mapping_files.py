"""The two writings of a mapping, a YAML file or a workbook, as one tree whose texts know where they stand.

A usual YAML loader turns ``no`` into a falsehood and ``010`` into 8, keeps the last of two equal keys, and
unfolds aliases for ever: here a scalar is a text, and the rest is refused. The workbook, for people who know
Excel, has the same keys: « Fichiers » the exports, « Colonnes » their columns, « Réponses » what an answer
becomes, « Réglages » all others.
"""

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from atc.intake.books import Place, Row, Text, book_bytes, declared, read_book
from atc.intake.tools import TOOLS
from atc.intake.values import UNITED, admitted
from atc.survey.dictionary import Dictionary, Field
from atc.survey.errors import DataRefused, Fault, refusal, shown

#: What a draft leaves to whoever knows.
TO_COMPLETE = "à compléter"
#: A mapping as plain texts, lists and tables: what its YAML holds.
Plain: TypeAlias = Any


def place_of(tree: Any) -> Place | None:
    """Where something stands: its first text; nowhere if it is empty."""
    while not isinstance(tree, Text):
        if not tree:
            return None
        tree = next(iter(tree))
    return tree.at


# --- YAML

_LARGEST = 500_000
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}


def parse_yaml(content: bytes, file: str) -> Any:
    """Read a YAML file."""
    if len(content) > _LARGEST:
        raise refusal(file, "Fichier de correspondance trop lourd", "Vérifiez que c’est le bon fichier")
    try:
        root = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.BaseLoader)
        if root is None:
            raise refusal(file, "Fichier vide", "Partez d’un exemple de docs/exemples, ou de --propose")
        return _tree(root, Place(file, root.start_mark.line + 1, ""), set())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message, remedy = "Fichier non enregistré en UTF-8", "Enregistrez-le en UTF-8"
        raise refusal(file, message, remedy, line=line) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        remedy = (
            "Vérifiez les retraits (des espaces, pas de tabulation), les deux-points et les guillemets ; "
            "retirez les caractères invisibles"
        )
        raise refusal(file, "YAML illisible", remedy, line=mark.line + 1 if mark else 0) from error
    except RecursionError as error:
        raise refusal(file, "Trop de niveaux de retrait", "Comparez avec docs/exemples") from error


def _tree(raw: yaml.Node, at: Place, seen: set[int]) -> Any:
    line = raw.start_mark.line + 1
    if id(raw) in seen:
        message = "Renvoi YAML (*) refusé"
        raise refusal(at.file, message, "Recopiez la valeur", line=at.line, column=at.column)
    seen.add(id(raw))
    if raw.tag not in _TAGS:
        message = f"Étiquette YAML refusée : {shown(raw.tag)}"
        raise refusal(at.file, message, "Retirez ce qui suit « ! »", line=line)
    if isinstance(raw, yaml.ScalarNode):
        return Text(raw.value, at)
    if isinstance(raw, yaml.SequenceNode):
        places = [Place(at.file, child.start_mark.line + 1, at.column) for child in raw.value]
        return [_tree(child, place, seen) for child, place in zip(raw.value, places, strict=True)]
    table: dict[Text, Any] = {}
    for key, value in raw.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise refusal(at.file, "Clé illisible", "Une clé est un texte, suivi de deux-points", line=line)
        name = Text(key.value, Place(at.file, line, f"{at.column}.{key.value}".removeprefix(".")))
        if name in table:
            first = next(key for key in table if key == name)
            remedy = f"Gardez-en une seule : la première est à la ligne {first.at.line}"
            raise refusal(at.file, "Clé écrite deux fois", remedy, line=line, column=at.column, value=name)
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
        at = row["source"].at
        said = {Text(key, cell.at): cell for key, cell in row.items() if cell and key != "source"}
        _put(sources, [row["source"]], said | {Text("tables", at): {}}, faults)
    recoded: dict[str, Any] = {}
    for row in answers:
        became = row["devient"]
        text = {"": TO_COMPLETE, _NOTHING: ""}.get(became, became)
        _put(recoded.setdefault(row["n"], {}), [row["reponse"]], Text(text, became.at), faults)
    for row in columns:
        if row["source"] in sources:
            _column(sources[row["source"]], row, recoded.get(row["n"]), faults)
    numbers = {row["n"] for row in columns}
    for rows, key, known, sheet in (
        (answers, "n", numbers, "Colonnes"),
        (columns, "source", sources, "Fichiers"),
    ):
        remedy = f"Reprenez-le de la feuille « {sheet} »"
        lost = (row[key] for row in rows if not row[key] or row[key] not in known)
        faults += [cell.at.fault("Nom ou numéro inconnu", remedy, cell) for cell in lost]
    if faults:
        raise DataRefused(faults)
    for source in sources.values():
        source |= {"tables": {name: list(blocks.values()) for name, blocks in source["tables"].items()}}
    return {**top, Text("sources", Place(f"{file} [Fichiers]", 1, "A1")): list(sources.values())}


def _put(tree: Any, path: Sequence[Text], value: Any, faults: list[Fault]) -> None:
    """Say something under some keys, which are made as they come."""
    *above, last = path
    for key in above:
        tree = tree.setdefault(key, {})
        if not isinstance(tree, dict):
            faults.append(last.at.fault("Cette clé a déjà une valeur", "Gardez l’une ou l’autre ligne", key))
            return
    if first := next((key for key in tree if key == last), None):
        remedy = f"Gardez une seule ligne : la première est la {first.at.line}"
        faults.append(last.at.fault("Dit deux fois", remedy, last))
    tree[last] = value


def _settings(rows: Sequence[Row], faults: list[Fault]) -> dict[Text, Any]:
    top: dict[Text, Any] = {}
    for row in rows:
        key, name, column, value = (row[k] for k in ("cle", "nom", "colonne", "valeur"))
        added = top.setdefault(key, {}) if key == "ajouter" and name else None
        if isinstance(added, dict):
            lines = added.setdefault(name, [{}])
            if column in lines[-1]:
                lines.append({})
            lines[-1][column] = value
        else:
            _put(top, [key, *([name] if name else []), *([column] if name and column else [])], value, faults)
    return top


def _column(source: dict[Any, Any], row: Row, recoded: Any, faults: list[Fault]) -> None:
    """Say of a source what one line of « Colonnes » says."""
    table, column, became, value = (row[key] for key in ("table", "colonne", "devient", "valeur"))
    if table in {"", "ignorer"}:
        key = Text(table or "a_classer", table.at)
        source.setdefault(key, []).append(column or Text("", table.at))
    elif table == "garder":
        source.setdefault(table, {}).setdefault(column, []).append(value)
    elif not became:
        remedy = "Choisissez-la dans la liste"
        faults.append(became.at.fault("Colonne de la table à choisir", remedy, column))
    else:
        keys = {key: Text(key, table.at) for key in ("colonnes", "empiler", "reunir", "completer")}
        block = source["tables"].setdefault(table, {}).setdefault(row["bloc"], {keys["colonnes"]: {}})
        name, _, code = row["item"].partition("=")
        if code:
            said = {"colonne": Text(name, became.at), "valeur": became, "depuis": {}}
            stack = block.setdefault(keys["empiler"], {Text(key, table.at): one for key, one in said.items()})
            if (stack["colonne"], stack["valeur"]) != (name, became):
                remedy = "Écrivez 2 dans « Bloc » pour la seconde"
                faults.append(became.at.fault("Deux batteries dans un bloc", remedy, name))
            _put(stack["depuis"], [Text(code, became.at)], _rule(row, recoded), faults)
        else:
            _put(block["colonnes"], [became], _rule(row, recoded), faults)
        if row["reunir"]:
            block.setdefault(keys["reunir"], {})[became] = row["reunir"]
        if row["completer"]:
            block[keys["completer"]] = row["completer"]


def _rule(row: Row, recoded: Any) -> dict[Text, Any]:
    said: dict[str, Any] = {key: row[key] for key in _RULE_KEYS if row[key]}
    said |= {key: [Text(one, row[key].at) for one in row[key].splitlines()] for key in _LIST_KEYS if row[key]}
    if row["valeur"] or not row["colonne"]:
        said["constante"] = row["valeur"]
    said |= {"recoder": recoded} if recoded else {}
    return {Text(key, row.get(key, row["devient"]).at): one for key, one in said.items()}


# --- the workbook, written


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
    settings: list[dict[str, str]] = []
    for key, content in mapping.items():
        named = {"": content} if isinstance(content, str) else content if key != "sources" else {}
        for name, said in named.items():
            for row in said if isinstance(said, list) else [said]:
                cells = {"": row} if isinstance(row, str) else row
                settings += [{"cle": key, "nom": name, "colonne": c, "valeur": v} for c, v in cells.items()]
    lists = {"tables": [*dictionary.tables, *_ELSEWHERE], "outils": list(TOOLS), "reunir": list(UNITED)}
    for table in dictionary:
        lists[f"c_{table.name}"] = list(table.fields)
        items = [f"{k}={code}" for k in table.primary_key for code in table.fields[k].labels]
        lists |= {f"i_{table.name}": items} if items else {}
        for field in table.fields.values():
            codes = filter(None, admitted(field, table) or table.missing)
            modalities = [_worded(field, code) for code in codes]
            lists[f"m_{table.name}.{field.name}"] = [*modalities, _NOTHING]
    filled = zip(FORMS, (columns, answers, files, settings), strict=True)
    # Not the clock: the same bytes.
    return book_bytes(list(filled), [[line] for line in _GUIDE], dt.date(2020, 1, 1), lists)


def _column_rows(source: Plain) -> Iterator[tuple[dict[str, str], Mapping[str, str]]]:
    """Cells of each line of « Colonnes », and what the answers of that column become."""
    for table, content in source["tables"].items():
        for rank, block in enumerate([content] if isinstance(content, Mapping) else content, start=1):
            stack = block.get("empiler", {"depuis": {}})
            united = block.get("reunir", {})
            rules = [({"devient": name}, rule) for name, rule in block["colonnes"].items()]
            rules += [
                ({"devient": stack["valeur"], "item": f"{stack['colonne']}={item}"}, rule)
                for item, rule in stack["depuis"].items()
            ]
            for cells, said in rules:
                rule: Plain = {"colonne": said} if isinstance(said, str) else said
                cells |= {"table": table, "bloc": str(rank) if rank > 1 else ""}
                cells |= {"completer": block.get("completer", ""), "valeur": rule.get("constante", "")}
                cells |= {key: rule[key] for key in _RULE_KEYS if key in rule}
                cells |= {key: "\n".join(_items(rule[key])) for key in _LIST_KEYS if key in rule}
                yield {"reunir": united.get(cells["devient"], ""), **cells}, rule.get("recoder", {})
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
