"""LimeSurvey: headings as codes, code and text, or texts; the ``.lss`` file says which text is which code.

Forms seen in versions 3 to 6: ``Q1``, ``Q1[SQ001]``, ``Q1[other]``; the same followed by ``. Text`` ; or
``Text [Sub-text]``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from atc.intake.archive import parse_xml
from atc.intake.source import plain_spaces
from atc.intake.tools.structure import Answers, Structure
from atc.survey.errors import refusal
from atc.survey.spelling import skeleton, unambiguous

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
_ADDED = {skeleton(name) for code, texts in _TECHNICAL.items() for name in (code, *texts.split(";"))}
# How long a group or a question took, by its code or in words.
_TIMING = re.compile(r"(groupTime\d+)|(\w+)Time")
_TIMING_IN_WORDS = re.compile(r"(group|question) time|temps (de|du|pour le|pour la) (groupe|question)")
_WITH_TEXT = re.compile(r"([A-Za-z][A-Za-z0-9_]*(?:\[[^\]]+\])*)\. ?(.*)", re.DOTALL)
_MARKUP = re.compile(r"<[^>]+>")
_OTHER = ("Autre", "Other")


def codes(heading: Sequence[str], structure: Structure) -> Mapping[str, str]:
    """Heading -> code, in any of the three forms."""
    wordings = unambiguous((skeleton(text), code) for code, text in structure.wordings.items())
    # Scales, comments and choices of a question are not told apart there: they bear its code.
    asked = {code.partition("[")[0] for code in structure.wordings}
    asked |= set(_KNOWN) if asked else set()
    texts = {skeleton(text): code for code, names in _KNOWN.items() for text in names.split(";")}
    found = {}
    for name in heading:
        with_text = _WITH_TEXT.fullmatch(name)
        if name in structure.wordings:
            found[name] = name
        elif with_text and (not asked or with_text[1].partition("[")[0] in asked):
            found[name] = with_text[1]
        else:
            key = skeleton(name)
            found[name] = wordings.get(key) or texts.get(key) or name
    return found


def technical(headings: Mapping[str, str]) -> set[str]:
    """What LimeSurvey adds by itself, timings included; who was invited is the mapping's to name."""
    asked = {code.partition("[")[0] for code in headings}

    def is_timing(code: str, name: str) -> bool:
        timing = _TIMING.fullmatch(code)
        by_code = timing is not None and (bool(timing[1]) or timing[2] in asked)
        return by_code or _TIMING_IN_WORDS.match(skeleton(name)) is not None

    return {
        code
        for code, name in headings.items()
        if {skeleton(code), skeleton(name)} & _ADDED or is_timing(code, name)
    }


def expand(answers: Answers, structure: Structure) -> Answers:
    """Nothing to unfold: ticked answers already have a column each."""
    del structure
    return answers


def _clean(text: str | None) -> str:
    return plain_spaces(html.unescape(_MARKUP.sub(" ", text or "")))


def structures(content: bytes, file: str) -> list[Structure]:
    """Read a ``.lss``: questions, sub-questions and answers, for each language, the survey's own first."""
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.IGNORECASE) or b"\0" in content[:4]:
        message = "Fichier piégé : il déclare des entités XML (DOCTYPE)"
        raise refusal(file, message, "Ne l’ouvrez pas, et vérifiez sa provenance")
    tree = parse_xml(content, file)
    if tree.tag != "document" or not any(_rows(tree, "questions")):
        remedy = "Exportez-le depuis LimeSurvey : « Exporter », puis « Structure du questionnaire (.lss) »"
        raise refusal(file, "Ce n’est pas une structure LimeSurvey", remedy)
    base = next((row.get("language", "") for row in _rows(tree, "surveys")), "")
    worded = [*_rows(tree, "question_l10ns"), *_rows(tree, "questions")]
    languages = dict.fromkeys([base, *(row.get("language") or base for row in worded)])
    return [_structure(tree, language or base) for language in languages]


def _structure(tree: etree._Element, language: str) -> Structure:
    texts = _wordings(tree, "question_l10ns", "qid", "question", language)
    rows = [*_rows(tree, "questions", language), *_rows(tree, "subquestions", language)]
    by_id = {row["qid"]: row for row in rows}
    wordings: dict[str, str] = {}
    labels: dict[str, dict[str, str]] = {}
    answers = _answers(tree, language)
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


def _rows(tree: etree._Element, section: str, language: str = "") -> Iterator[dict[str, str]]:
    for element in tree.iterfind(f"{section}/rows/row"):
        row = {str(cell.tag): cell.text or "" for cell in element if isinstance(cell.tag, str)}
        if language in {"", row.get("language") or language}:
            yield row


def _wordings(tree: etree._Element, section: str, key: str, column: str, language: str) -> dict[str, str]:
    # Version 4 and later keep the texts apart, one row for each language.
    found: dict[str, str] = {}
    for row in _rows(tree, section, language):
        found.setdefault(row.get(key, ""), _clean(row.get(column)))
    return found


def _answers(tree: etree._Element, language: str) -> dict[str, dict[str, str]]:
    texts = _wordings(tree, "answer_l10ns", "aid", "answer", language)
    found: dict[str, dict[str, str]] = {}
    for row in _rows(tree, "answers", language):
        label = texts.get(row.get("aid", "")) or _clean(row.get("answer"))
        found.setdefault(row.get("qid", ""), {}).setdefault(row.get("code", ""), label)
    return found
