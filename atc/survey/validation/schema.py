"""The dictionary as frictionless reads it, and what would make it unreadable.

Only what frictionless 5 knows is passed on, in the form of Data Package v1: it ignores ``categories``,
and takes labelled missing values for an error.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from frictionless import FrictionlessException, Schema

from atc.survey.codebook import SCORE
from atc.survey.dictionary import KINDS, PROTECTED, Dictionary, Field, Table
from atc.survey.errors import Fault, shown

TYPES = ("string", "integer", "number", "boolean", "date")
_BOUNDS = ("minimum", "maximum")
#: Codes that chapters and rules name: their labels may change, and others may stand beside them.
NAMED: Mapping[str, frozenset[str]] = {
    "carnet_de_bord.configuration": frozenset({"seul", "partage"}),
    "carnet_de_bord.contrat": frozenset({"cdd"}),
    "carnet_de_bord.soutien_demarrage": frozenset({"fort"}),
    "carnet_de_bord.soutien_actuel": frozenset({"fort"}),
    "carnet_de_bord.instances": frozenset({"unique"}),
    "questionnaire_flash.posture": frozenset({"soutien"}),
    "positionnements.organisation": frozenset({"minoritaire", "atypique"}),
    "effets.type": frozenset({"inter_associatif"}),
    "entretiens.nature": frozenset({"entretien", "observation"}),
    "entretiens.recueil": frozenset({"monographie"}),
    "territoires.recueil": frozenset({"monographie"}),
    "legitimites.legitimite": frozenset({"acquise"}),
    "verbatims.nature": frozenset({"citation"}),
}
#: Columns of which the chapters count these codes and no other: one more would be shown nowhere.
CLOSED: Mapping[str, frozenset[str]] = {
    "scores.groupe": frozenset({"institutionnels", "animateurs"}),
    "scores.periode": frozenset({"avant", "actuelle"}),
    "verbatims.chapitre": frozenset({"jeux_d_acteurs", "premiers_effets"}),
}


def table_schema(table: Table, columns: Collection[str], references: Collection[str]) -> dict[str, Any]:
    """Table Schema of these columns of a table, in this order, modalités as an ``enum`` constraint.

    ``references`` are the tables whose codes are all known: foreign keys to others are left out.
    """
    raw = {field["name"]: field for field in table.schema["fields"]}
    keys = [
        {"fields": list(local), "reference": {"resource": other, "fields": list(theirs)}}
        for local, other, theirs in table.foreign_keys
        if other in references and set(local) <= set(columns)
    ]
    return {
        "fields": [_field(table.fields[name], raw[name]) for name in columns],
        "missingValues": list(table.missing),
        "primaryKey": list(table.primary_key) if set(table.primary_key) <= set(columns) else [],
        "foreignKeys": keys,
    }


def _field(field: Field, raw: Mapping[str, Any]) -> dict[str, Any]:
    constraints = dict(field.constraints)
    if field.categories:
        constraints["enum"] = list(field.labels)
    kept = {key: raw[key] for key in ("name", "type", "trueValues", "falseValues") if key in raw}
    return {**kept, "constraints": constraints}


def dictionary_faults(dictionary: Dictionary) -> Iterator[Fault]:
    """What makes the dictionary itself unusable.

    Unknown type or kind, constraint that does not fit its type, bound that cannot be read, key that names no
    column: one fault for each.
    """
    for table in dictionary:
        file = f"data/dictionary/{table.name}.json"
        wrong = list(_property_faults(table, dictionary))
        if not wrong:
            wrong = list(_schema_faults(table))
        remedy = "Corrigez la description de cette colonne, en suivant celle d’une autre"
        for column, value, message in wrong:
            yield Fault(file, 0, column, shown(value), message, remedy)
        for column, value, message, remedy in _code_faults(table):
            yield Fault(file, 0, column, shown(value), message, remedy)


def _code_faults(table: Table) -> Iterator[tuple[str, str, str, str]]:
    """What the chapters could not count, told before they are run."""
    for field in table.fields.values():
        dotted = f"{table.name}.{field.name}"
        closed, codes = CLOSED.get(dotted), set(field.labels)
        for code in sorted((closed or NAMED.get(dotted, frozenset())) - codes):
            remedy = "Remettez cette modalité : son libellé peut changer, non son code"
            yield field.name, code, "Modalité absente, que les chapitres lisent par son code", remedy
        for code in sorted(codes - closed) if closed else ():
            remedy = "Retirez-la, ou demandez à qui tient le code de l’ajouter aux chapitres"
            yield field.name, code, "Modalité qu’aucun chapitre ne sait compter", remedy
        if dotted == SCORE and not all(isinstance(field.constraints.get(end), int) for end in _BOUNDS):
            remedy = "Écrivez minimum et maximum, en nombres entiers : les figures en tirent leur échelle"
            yield field.name, "", "Échelle des notes sans ses deux bouts", remedy


def _property_faults(table: Table, dictionary: Dictionary) -> Iterator[tuple[str, str, str]]:
    for field in table.fields.values():
        if field.type not in TYPES:
            yield field.name, field.type, f"Type inconnu (types admis : {', '.join(TYPES)})"
        if field.kind not in KINDS:
            yield field.name, field.kind, f"Nature inconnue (kind : {', '.join(KINDS)})"
        if field.protects not in PROTECTED:
            yield field.name, field.protects, f"Protection inconnue (protege : {', '.join(PROTECTED)})"
        try:
            re.compile(field.constraints.get("pattern", ""))
        except re.error:
            yield field.name, field.constraints["pattern"], "Modèle (pattern) illisible"
    for name in table.primary_key:
        if name not in table.fields:
            yield name, "", "La clé primaire nomme une colonne qui n’existe pas"
    for local, other, theirs in table.foreign_keys:
        known = dictionary.tables[other].fields if other in dictionary.tables else {}
        if not set(local) <= set(table.fields) or not set(theirs) <= set(known):
            value = f"{other}.{', '.join(theirs)}"
            yield ", ".join(local), value, "La clé étrangère nomme une colonne qui n’existe pas"


def _schema_faults(table: Table) -> Iterator[tuple[str, str, str]]:
    try:
        schema = Schema.from_descriptor(table_schema(table, list(table.fields), ()))
    except FrictionlessException as error:
        for reason in error.reasons or [error.error]:
            yield "", reason.note, "Description refusée par Table Schema"
        return
    for field in schema.fields:
        for bound in _BOUNDS:
            limit = field.constraints.get(bound)
            if limit is not None and field.create_value_reader()(limit) is None:
                yield field.name, str(limit), f"Borne illisible ({bound})"
