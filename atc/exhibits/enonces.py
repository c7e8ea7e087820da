"""What the report says without a number, as readers meet it: a table of cards, a short table, a paragraph."""

from __future__ import annotations

import re

import pandas as pd

from atc.exhibits import statements as facts
from atc.exhibits.argument import (
    HEADING,
    OURS,
    PARAGRAPH,
    WORDS,
    Statement,
    statements,
    words,
)
from atc.exhibits.declare import let_printed, release_for, sealed
from atc.exhibits.model import Exhibit
from atc.exhibits.prose import Prose
from atc.exhibits.published import PRINTED
from atc.exhibits.variables import variable
from atc.survey.typography import french, lower_first
from atc.survey.waves import Wave

_VARIABLE = re.compile(r"\{(\w+\.\w+)\}")


def enonces(vague: Wave, id_: str) -> Exhibit | Prose | None:
    """What the report says at one place: a table of statements, or a paragraph before an exhibit of the data.

    Nothing in a wave of which no report says this.
    """
    found = statements(vague, id_)
    if paragraph := [each for each in found if each.rubrique == PARAGRAPH]:
        return _prose(vague, paragraph, "prose")
    cells = [each for each in found if each.rubrique not in {*WORDS, HEADING}]
    return _table(vague, id_, cells) if cells else None


def _table(vague: Wave, id_: str, told: list[Statement]) -> Exhibit:
    """Cards, one row a subject, when there are several subjects; else one row a statement."""
    said, release = words(vague, id_), release_for(vague, id_)
    subject = next(each.texte for each in statements(vague, id_) if each.rubrique == HEADING)
    texts = {(each.sujet, each.rubrique): _labelled(vague, each.texte) for each in told}
    subjects, headings = (list(dict.fromkeys(parts)) for parts in zip(*texts, strict=True))
    if len(subjects) > 1:
        cards = [{"sujet": s} | {h: texts[s, h] for h in headings if (s, h) in texts} for s in subjects]
        shown = {"sujet": subject} | {heading: heading for heading in headings}
    else:
        cards = [{"rubrique": heading, "texte": text} for (_, heading), text in texts.items()]
        shown = {"rubrique": subject, "texte": "Ce que dit le rapport"}
    rows = pd.DataFrame(cards)
    let_printed(release, *texts.values(), *said.values())
    draft = facts.statements(
        release,
        rows,
        PRINTED,
        shown,
        title=said.get("title", subjects[0]),
        who="énoncés",
        reading=said.get("reading", "Redit dans nos mots."),
        note=said.get("note", ""),
    )
    return sealed(vague, draft, release, id=id_, source=_source(vague, told), status="publié")


def messages(vague: Wave) -> Prose | None:
    """The messages of the report's own synthesis; nothing in a wave of which there is none."""
    found = list(statements(vague, "messages"))
    return _prose(vague, found, "messages") if found else None


def _prose(vague: Wave, told: list[Statement], kind: str) -> Prose:
    release = release_for(vague, told[0].exhibit)
    texts = [each.texte for each in told]
    let_printed(release, *texts)
    release.check(texts)
    kept = texts if kind == "messages" else [" ".join(texts)]
    return Prose(tuple(map(french, kept)), kind, source=french(_source(vague, told)))


def _labelled(vague: Wave, text: str) -> str:
    """``{effets.type}`` as readers know it."""
    return _VARIABLE.sub(lambda found: lower_first(variable(vague.dictionary, found[1]).label), text)


def _source(vague: Wave, told: list[Statement]) -> str:
    if told[0].statut == OURS:
        return "Source : proposition de l’équipe, d’après les questions que le rapport laisse ouvertes."
    sections = ", ".join(f"« {section} »" for section in dict.fromkeys(each.section for each in told))
    return f"Source : {lower_first(vague.settings.report)}, {sections}."
