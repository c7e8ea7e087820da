"""``correspondance.yml`` for the forms: whoever fills them in has no mapping to write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from atc.intake.newwave.columns import BATTERY, GROUPS, PREFIXES, FormColumn, is_person
from atc.intake.newwave.naming import label
from atc.intake.newwave.workbook import ENTRY
from atc.survey.rows import NOT_APPLICABLE


def mapping_text(vague: str, forms: Mapping[str, Sequence[FormColumn]], groups: Mapping[str, str]) -> str:
    """The mapping file, as `atc import` reads it."""
    lines = [
        f"# Correspondance des modèles de saisie de la vague {vague}, prête à servir.",
        "# Complétez la date de la collecte ; retirez les tables que vous reprenez d’une autre vague.",
        f"vague: {vague}",
        f"titre: {_quoted(f'Animation territoriale citoyenne : {label(vague).lower()}')}",
        f"collecte: {{libelle: {_quoted(vague.partition('-')[2] + ' ' + vague.partition('-')[0])}}}",
        "sources:",
    ]
    for table, columns in forms.items():
        if table == BATTERY:
            for group, prefix in GROUPS.items():
                kept = f"    garder: {{{_quoted('Groupe de répondants')}: [{_quoted(groups[group])}]}}"
                lines += _source(table, columns, prefix, kept)
        else:
            lines += _source(table, columns, PREFIXES.get(table, ""), "")
    return "\n".join(lines) + "\n"


def _source(table: str, columns: Sequence[FormColumn], prefix: str, kept: str) -> Iterator[str]:
    yield f"  - fichier: {table}.xlsx"
    yield "    outil: tableur"
    yield f"    feuille: {_quoted(ENTRY)}"
    if kept:
        yield kept
    yield "    tables:"
    yield f"      {table}:"
    yield "        colonnes:"
    for column in columns:
        if not column.target.startswith("item="):
            yield f"          {column.target}: {_rule(column, prefix)}"
    items = [column for column in columns if column.target.startswith("item=")]
    if items:
        yield "        empiler:"
        yield "          colonne: item"
        yield "          valeur: score"
        yield "          depuis:"
        for column in items:
            yield f"            {column.target.removeprefix('item=')}: {_quoted(column.heading)}"


def _rule(column: FormColumn, prefix: str) -> str:
    if column.gone:
        return f"{{constante: {NOT_APPLICABLE}}}"
    if is_person(column.field):
        return f"{{colonne: {_quoted(column.heading)}, pseudonyme: {prefix}}}"
    return _quoted(column.heading)


def _quoted(text: str) -> str:
    # A JSON string is a YAML string, whatever it holds.
    return json.dumps(text, ensure_ascii=False)
