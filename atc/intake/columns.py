"""One line of the mapping: where a column of a table comes from, and how its values are read."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from functools import partial

from atc.intake.yamltree import Node, gather
from atc.survey.dictionary import Dictionary, Field, Table
from atc.survey.errors import DataRefused
from atc.survey.spelling import nearest, skeleton, unambiguous

#: What a draft leaves to whoever knows.
TO_COMPLETE = "à compléter"
_KEYS = (
    *("colonne", "constante", "recoder", "vide", "contient", "aussi", "rempli", "pseudonyme", "deja_code"),
    *("a_confirmer", "remarque"),
)
_PREFIX = re.compile(r"[A-Z]{1,2}")


# Compared by identity: two lines of the mapping may say the same.
@dataclass(frozen=True, eq=False)
class ColumnRule:
    """Where a column comes from."""

    node: Node  # where the mapping says it
    target: str  # column of the table
    source: str  # column of the export; empty for a constant
    constant: str | None  # the value of every row; none when the column comes from the export
    recode: MappingType[str, str]  # answer -> code of the dictionary
    empty: str  # what an empty cell means; empty when it means no answer
    contains: str  # an option looked for in a list of ticked ones; empty when the cell is the answer
    also: tuple[str, ...]  # options that the list may hold beside those that the mapping looks for
    filled: tuple[str, ...]  # what a filled cell means, then an empty one; empty when its content matters
    prefix: str  # of the pseudonyms that replace its content; empty when it names nobody
    coded: bool  # whether it already holds pseudonyms


@dataclass(frozen=True)
class StackRule:
    """Several columns of an export that become as many rows."""

    item: str
    value: str
    columns: MappingType[str, ColumnRule]

    @property
    def targets(self) -> tuple[str, str]:
        """Columns of the table that it fills."""
        return self.item, self.value


def dictionary_keys(node: Node, dictionary: Dictionary, *, columns: bool = False) -> Node:
    """The same node, once its keys are known to be tables (or also ``table.colonne``)."""
    known = set(dictionary.tables)
    if columns:
        known |= {f"{table.name}.{column}" for table in dictionary for column in table.fields}
    faults = []
    for key, child in node.entries().items():
        if key not in known:
            meant = nearest(key, known)
            remedy = f"Écrivez « {meant} »" if meant else f"Tables : {', '.join(dictionary.tables)}"
            faults.append(child.fault("Nom absent du dictionnaire", remedy, key))
    if faults:
        raise DataRefused(faults)
    return node


def column_rule(node: Node, table: Table, target: str) -> ColumnRule:
    """Read the rule of one column: the name of a column of the export, or keys."""
    if target not in table.fields:
        meant = nearest(target, table.fields)
        remedy = f"Écrivez « {meant} »" if meant else f"Colonnes de {table.name} : {', '.join(table.fields)}"
        raise node.refusal("Colonne absente du dictionnaire", remedy, target)
    if isinstance(node.content, str):
        node = Node(node.file, node.line, node.path, {"colonne": node})
    keys = node.only(_KEYS)
    _check_keys(node, keys)
    field = table.fields[target]
    code = partial(_code, field=field, table=table)
    rule = ColumnRule(
        node=node,
        target=target,
        source=keys["colonne"].text().strip() if "colonne" in keys else "",
        constant=code(keys["constante"]) if "constante" in keys else None,
        recode={k: code(n) for k, n in keys["recoder"].entries().items()} if "recoder" in keys else {},
        empty=code(keys["vide"]) if "vide" in keys else "",
        contains=keys["contient"].text() if "contient" in keys else "",
        also=tuple(n.text() for n in keys["aussi"].items()) if "aussi" in keys else (),
        filled=tuple(code(n) for n in keys["rempli"].items()) if "rempli" in keys else (),
        prefix=keys["pseudonyme"].text() if "pseudonyme" in keys else "",
        coded="deja_code" in keys and keys["deja_code"].text() == "oui",
    )
    _check_person(rule, field)
    if rule.filled and len(rule.filled) != 2:
        raise keys["rempli"].refusal("Deux valeurs sont attendues", "Écrivez par exemple [oui, non]")
    return rule


def _check_keys(node: Node, keys: MappingType[str, Node]) -> None:
    if "a_confirmer" in keys:
        remedy = "Vérifiez ou corrigez ce qui est proposé, puis effacez « a_confirmer »"
        raise keys["a_confirmer"].refusal("Correspondance à confirmer", remedy)
    if ("colonne" in keys) == ("constante" in keys):
        remedy = "Écrivez « colonne: » suivi du nom d’une colonne de l’export, ou « constante: »"
        raise node.refusal("Il faut une colonne ou une constante, et une seule", remedy)
    if "colonne" in keys and not keys["colonne"].text().strip():
        raise node.refusal("Nom de colonne vide", "Écrivez le nom d’une colonne de l’export")
    if "constante" in keys and len(keys.keys() - {"remarque"}) > 1:
        raise node.refusal("Une constante n’a pas d’autre réglage", "Retirez les autres clés de cette ligne")


def _check_person(rule: ColumnRule, field: Field) -> None:
    named = (
        field.kind == "identifier"
        and "pattern" in field.constraints
        and field.constraints["pattern"].endswith("{6}$")
    )
    if rule.prefix and not (named and _PREFIX.fullmatch(rule.prefix)):
        remedy = "Une ou deux majuscules, et seulement pour une colonne de pseudonymes (repondant, locuteur)"
        raise rule.node.refusal("Préfixe de pseudonyme refusé ici", remedy, rule.prefix)
    if named and rule.source and not rule.prefix and not rule.coded:
        remedy = (
            "Ajoutez « pseudonyme: R » (ou une autre lettre), ou « deja_code: oui » si ce sont déjà des codes"
        )
        raise rule.node.refusal("Cette colonne désigne des personnes", remedy, rule.source)


def _codes(field: Field, table: Table) -> tuple[str, ...]:
    """Values that may be written; none when the column is free."""
    if field.type == "boolean":
        return (*field.booleans, *table.missing)
    return (*field.labels, *table.missing) if field.categories else ()


def _code(node: Node, field: Field, table: Table) -> str:
    """A value of the column, written as its code or as its label."""
    codes, text = _codes(field, table), node.text()
    labels = unambiguous((skeleton(label), code) for code, label in field.labels.items())
    if text == TO_COMPLETE or (codes and text not in codes and skeleton(text) not in labels):
        message = "Réponse à recoder" if text == TO_COMPLETE else "Code absent du dictionnaire"
        admitted = f"Codes admis : {', '.join(code for code in codes if code)}"
        raise node.refusal(message, admitted if codes else "Écrivez ce qu’elle veut dire", text)
    return text if not codes or text in codes else labels[skeleton(text)]


def stack_rule(node: Node, table: Table) -> StackRule:
    """Read which columns become rows."""
    keys = node.only(("colonne", "valeur", "depuis"), required=("colonne", "valeur", "depuis"))
    item, value = keys["colonne"].text(), keys["valeur"].text()
    for name in (item, value):
        if name not in table.fields:
            raise node.refusal(
                "Colonne absente du dictionnaire", f"Colonnes : {', '.join(table.fields)}", name
            )
    codes = _codes(table.fields[item], table)
    entries = keys["depuis"].entries()
    faults = [
        child.fault("Code absent du dictionnaire", f"Codes admis : {', '.join(c for c in codes if c)}", code)
        for code, child in entries.items()
        if codes and code not in codes
    ]
    if faults:
        raise DataRefused(faults)
    rules = gather(partial(column_rule, child, table, value) for child in entries.values())
    return StackRule(item, value, dict(zip(entries, rules, strict=True)))
