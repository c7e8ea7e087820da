"""``data/raw/<vague>`` before any answer: a description to complete and a codebook to review.

`atc check` refuses it as long as the tables are not there: a draft cannot be taken for data.
"""

from __future__ import annotations

import json

from atc.intake.newwave import naming
from atc.survey.codebook import Codebook, Entry
from atc.survey.datapackage import FILE, STATUSES
from atc.survey.dictionary import Dictionary
from atc.survey.questionnaire import codebook_bytes, first_row, variables

TO_REVIEW = "À relire : la question, les options et le filtre sont-ils les mêmes ?"
TO_COMPLETE = "à compléter"


def codebook_rows(dictionary: Dictionary, vague: str, before: Codebook) -> list[dict[str, str]]:
    """Rows of the codebook: those of the wave before, to be reviewed, then what only the dictionary knows.

    What was already gone at the wave before stays out: it was not asked, and is not there to compare.
    """
    kept = [entry for entry in before.entries.values() if entry.comparabilite != "disparu"]
    rows = [_again(vague, entry) for entry in kept]
    new = [v for v in variables(dictionary) if v.name not in before.entries]
    return rows + [first_row(vague, variable) for variable in new]


def _again(vague: str, entry: Entry) -> dict[str, str]:
    return {
        "vague": vague,
        "variable": entry.variable,
        "libelle": entry.libelle,
        "question": entry.question,
        "options": entry.options,
        "filtre": entry.filtre,
        "comparabilite": "identique",
        "jointure": "oui",
        "note": TO_REVIEW,
    }


def description(vague: str) -> dict[str, object]:
    """What people have to say of the wave, and the import cannot guess; the rest is written by the import."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"atc-{vague}",
        "title": f"Animation territoriale citoyenne : {naming.label(vague).lower()}",
        "description": "",
        "version": "1.0.0",
        "vague": vague,
        "etat": f"{TO_COMPLETE} : description, licenses, sources, contributors ; atc import écrit le reste",
        "licenses": [{"title": f"{TO_COMPLETE} : la licence de vos données"}],
        "sources": [],
        "contributors": [],
        "statuts_possibles": list(STATUSES),
        "resources": [],
    }


def draft_files(dictionary: Dictionary, vague: str, before: Codebook) -> dict[str, bytes]:
    """Every file of the draft: name -> content."""
    text = json.dumps(description(vague), ensure_ascii=False, indent=2)
    rows = codebook_rows(dictionary, vague, before)
    return {FILE: f"{text}\n".encode(), "codebook.csv": codebook_bytes(rows)}
