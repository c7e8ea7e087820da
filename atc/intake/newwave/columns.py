"""What a collection form asks: one column for each column of the table, or each item of a battery."""

from __future__ import annotations

from dataclasses import dataclass

from atc.survey.codebook import Codebook
from atc.survey.dictionary import Field, Table
from atc.survey.questionnaire import of_table

# Tables where people are named, and the letter of their pseudonyms. Of scores, the group decides.
PREFIXES = {"carnet_de_bord": "A", "questionnaire_flash": "R", "verbatims": "L"}
GROUPS = {"animateurs": "A", "institutionnels": "R"}
BATTERY = "scores"
_PERSON = "Adresse ou jeton de la personne : remplacé par un pseudonyme à l’import, jamais gardé."


@dataclass(frozen=True)
class FormColumn:
    """One column of a form."""

    heading: str  # first cell, a label of the dictionary
    field: Field  # what its values must be
    help: str  # what is asked, in French
    target: str  # column of the table, or ``item=code`` of a battery
    gone: bool = False  # no longer asked: the form leaves it out, the import writes « sans objet »


def form_columns(table: Table, book: Codebook) -> list[FormColumn]:
    """Columns of the form of one table; scores have one column an item, which the import stacks."""
    if table.name == BATTERY:
        return _battery(table, book)
    known = {variable.name for variable in of_table(table)}
    columns = []
    for field in table.fields.values():
        name = f"{table.name}.{field.name}"
        entry = book.entries.get(name)
        asked = (entry.question if entry else field.question) or field.description or field.label
        told = _PERSON if is_person(field) else asked
        gone = name in known and not book.asks(name) and not field.constraints.get("required", False)
        columns.append(FormColumn(field.label, field, told, field.name, gone=gone))
    return columns


def _battery(table: Table, book: Codebook) -> list[FormColumn]:
    fields = table.fields
    columns = [
        FormColumn(field.label, field, _PERSON if is_person(field) else field.label, field.name)
        for field in fields.values()
        if field.name not in ("item", "score")
    ]
    for code in fields["item"].labels:
        variable = f"{BATTERY}.item={code}"
        if book.asks(variable):
            wording = book.entries[variable].libelle
            asked = f"{book.entries[variable].question} « {wording} »"
            columns.append(FormColumn(wording, fields["score"], asked, f"item={code}"))
    return columns


def is_person(field: Field) -> bool:
    """Whether a column names somebody, by a pseudonym once imported."""
    return field.kind == "identifier" and field.name in {"repondant", "locuteur"}
