"""LimeSurvey: headings as codes, code and text, or texts; the ``.lss`` file says which text is which code.

Forms seen in versions 3 to 6: ``Q1``, ``Q1[SQ001]``, ``Q1[other]``; the same followed by ``. Text`` ; or
``Text [Sub-text]``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from atc.errors import refusal
from atc.intake.archive import parse_xml
from atc.intake.source import plain_spaces
from atc.intake.tools.structure import Answers, Structure
from atc.spelling import skeleton, unambiguous

_TECHNICAL = {
    "id": "ID de la réponse;Response ID",
    "submitdate": "Date de soumission;Date submitted",
    "lastpage": "Dernière page;Last page",
    "startlanguage": "Langue de départ;Start language",
    "seed": "Graine;Tête de série;Seed",
    "startdate": "Date de lancement;Date started",
    "datestamp": "Date de la dernière action;Date last action",
    "ipaddr": "Adresse IP;IP address",
    "refurl": "URL de référence;URL de provenance;Referrer URL",
    "interviewtime": "Temps total;Total time",
}
# Who was invited: columns that LimeSurvey knows too, and that the mapping must name to drop or to use them.
_INVITED = {
    "token": "Code d’invitation;Jeton;Access code",
    "firstname": "Prénom;First name",
    "lastname": "Nom de famille;Last name",
    "email": "Adresse électronique;Adresse de courriel;Email address",
}
_KNOWN = {**_TECHNICAL, **_INVITED}
TECHNICAL = frozenset(
    skeleton(name) for code, texts in _TECHNICAL.items() for name in (code, *texts.split(";"))
)
_WITH_TEXT = re.compile(r"([A-Za-z][A-Za-z0-9_]*(?:\[[^\]]+\])*)\. ?(.*)", re.DOTALL)
_MARKUP = re.compile(r"<[^>]+>")
_OTHER = ("Autre", "Other")


def codes(heading: Sequence[str], structure: Structure) -> Mapping[str, str]:
    """Heading -> code, in any of the three forms.

    Args:
        heading: Names of the columns.
        structure: Of the questionnaire; without it, a heading in words stays as it is.
    """
    wordings = unambiguous((skeleton(text), code) for code, text in structure.wordings.items())
    texts = {skeleton(text): code for code, names in _KNOWN.items() for text in names.split(";")}
    found = {}
    for name in heading:
        with_text = _WITH_TEXT.fullmatch(name)
        if name in structure.wordings:
            found[name] = name
        elif with_text and (not structure.wordings or with_text[1] in {*structure.wordings, *_KNOWN}):
            found[name] = with_text[1]
        else:
            key = skeleton(name)
            found[name] = wordings.get(key) or texts.get(key) or name
    return found


def expand(answers: Answers, structure: Structure) -> Answers:
    """Nothing to unfold: ticked answers already have a column each."""
    del structure
    return answers


def _clean(text: str | None) -> str:
    return plain_spaces(html.unescape(_MARKUP.sub(" ", text or "")))


def structure(content: bytes, file: str) -> Structure:
    """Read a ``.lss``: questions, sub-questions and answers, worded in the survey's first language.

    Args:
        content: Its bytes.
        file: As the evaluator knows it.

    Raises:
        DataRefused: It declares entities, or is no structure of a LimeSurvey questionnaire.
    """
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.IGNORECASE) or b"\0" in content[:4]:
        message = "Fichier piégé : il déclare des entités XML (DOCTYPE)"
        raise refusal(file, message, "Ne l’ouvrez pas, et vérifiez sa provenance")
    tree = parse_xml(content, file)
    questions = list(_rows(tree, "questions"))
    if tree.tag != "document" or not questions:
        remedy = "Exportez-le depuis LimeSurvey : « Exporter », puis « Structure du questionnaire (.lss) »"
        raise refusal(file, "Ce n’est pas une structure LimeSurvey", remedy)
    texts = _wordings(tree, "question_l10ns", "qid", "question")
    by_id = {row["qid"]: row for row in [*questions, *_rows(tree, "subquestions")]}
    wordings: dict[str, str] = {}
    labels: dict[str, dict[str, str]] = {}
    answers = _answers(tree)
    for qid, row in by_id.items():
        parent = by_id.get(row.get("parent_qid", "0"))
        text = texts.get(qid) or _clean(row.get("question"))
        if parent is None:
            code, wording, owner = row["title"], text, qid
        else:
            owner = parent["qid"]
            above = texts.get(owner) or _clean(parent.get("question"))
            code, wording = f"{parent['title']}[{row['title']}]", f"{above} [{text}]"
        wordings[code] = wording
        labels[code] = answers.get(owner, {})
        if row.get("other") == "Y":
            wordings[f"{code}[other]"] = f"{wording} [{_OTHER[0]}]"
    return Structure(wordings, labels)


def _rows(tree: etree._Element, section: str) -> Iterator[dict[str, str]]:
    for row in tree.iterfind(f"{section}/rows/row"):
        yield {str(cell.tag): cell.text or "" for cell in row if isinstance(cell.tag, str)}


def _wordings(tree: etree._Element, section: str, key: str, column: str) -> dict[str, str]:
    # Version 4 and later keep the texts apart, one row for each language.
    found: dict[str, str] = {}
    for row in _rows(tree, section):
        found.setdefault(row.get(key, ""), _clean(row.get(column)))
    return found


def _answers(tree: etree._Element) -> dict[str, dict[str, str]]:
    texts = _wordings(tree, "answer_l10ns", "aid", "answer")
    found: dict[str, dict[str, str]] = {}
    for row in _rows(tree, "answers"):
        label = texts.get(row.get("aid", "")) or _clean(row.get("answer"))
        found.setdefault(row.get("qid", ""), {}).setdefault(row.get("code", ""), label)
    return found
