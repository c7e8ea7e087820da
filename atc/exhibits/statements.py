"""What the report says without a number, as readers meet it: a table of cards, a short table, a paragraph."""

from __future__ import annotations

import re

import pandas as pd

from atc.exhibits import forms
from atc.exhibits.declare import let_printed, release_for, sealed
from atc.exhibits.model import Exhibit
from atc.exhibits.prose import Prose
from atc.exhibits.published import PRINTED
from atc.exhibits.published.statements import (
    MESSAGE,
    OURS,
    PARAGRAPH,
    WORDS,
    Statement,
    statements,
    words,
)
from atc.exhibits.variables import variable
from atc.typography import french, lower_first
from atc.waves import Wave

_VARIABLE = re.compile(r"\{(\w+\.\w+)\}")


def table(vague: Wave, id_: str, subject: str) -> Exhibit | None:
    """A table of statements: cards, one row a subject, when there are several; else one row a statement.

    Args:
        vague: The whole wave.
        id_: Id of the exhibit.
        subject: Heading of the first column.

    Returns:
        Nothing in a wave of which no report says this.

    Raises:
        DataRefused: ``enonces.csv`` is at fault.
        UsageError: A text names a variable that is none.
    """
    told = [each for each in statements(vague, id_) if each.rubrique not in {*WORDS, PARAGRAPH}]
    if not told:
        return None
    said, release = words(vague, id_), release_for(vague, id_)
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
    draft = forms.statements(
        release,
        rows,
        PRINTED,
        shown,
        title=said.get("title", subjects[0]),
        who="énoncés",
        reading=said.get("reading", "Ce que dit le rapport, redit dans nos mots."),
        note=said.get("note", ""),
    )
    return sealed(draft, release, id=id_, source=_source(vague, told), status="publié")


def paragraphs(vague: Wave, id_: str) -> Prose | None:
    """What the report says around an exhibit, as a paragraph; nothing in a wave of which no report says it.

    Raises:
        DataRefused: ``enonces.csv`` is at fault.
    """
    return _prose(vague, [s for s in statements(vague, id_) if s.rubrique == PARAGRAPH], "statements")


def messages(vague: Wave) -> Prose | None:
    """The messages of the report's own synthesis; nothing in a wave of which there is none.

    Raises:
        DataRefused: ``enonces.csv`` is at fault.
    """
    return _prose(vague, [s for s in statements(vague, "messages") if s.rubrique == MESSAGE], "messages")


def _prose(vague: Wave, told: list[Statement], kind: str) -> Prose | None:
    if not told:
        return None
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
    return f"Source : {lower_first(vague.settings.report)}, {sections}, dans nos mots."
