"""The verdict: a line for all that was looked at, in words; `wave_book` has alerts answered."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import NamedTuple

from atc.survey.dictionary import Dictionary

HEADING = ("Contrôle", "Objet", "Verdict", "Constat", "Que faire")
PASSED, ALERT, REFUSED = "conforme", "à relire", "refusé"
#: What a person answers to an alert.
YES, NO = "oui", "non"


class Line(NamedTuple):
    """One line of the verdict."""

    control: str  # what was looked for
    where: str  # file, exhibit or table
    verdict: str  # ``conforme``, ``à relire`` (a person decides) or ``refusé``
    message: str  # what was found, never the thing itself
    remedy: str = ""  # what to do about it
    key: str = ""  # what a signature answers to, as the run tells it; empty when nothing waits for one

    def __str__(self) -> str:
        """One line for the terminal."""
        told = f"{self.control}, {self.where} : {self.message}"
        return f"{told}. {self.remedy.rstrip('.')}." if self.remedy else f"{told}."


def table(lines: Sequence[Line]) -> bytes:
    """A CSV for the file of the evaluation, as French spreadsheets open it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([HEADING, *(line[: len(HEADING)] for line in lines)])
    return text.getvalue().encode("utf-8-sig")


# --- keys of counts in words: « scores.score&groupe=habitants » is for the audit, and for no evaluator ------

_KEY = re.compile(
    r"(?:(?P<wave>[\w-]+)/)?(?P<table>[a-z_]+)\.(?P<column>[a-z_]+)(?P<rest>(?:[&?≠=][\w|≠-]+)*)"
)
#: What is counted without being a column, or a code of the dictionary.
_DERIVED = {
    "composition": "Composition de l’instance de pilotage",
    "evolution_du_soutien": "Évolution du soutien de la direction",
    "instance_institutionnels": "acteurs institutionnels",
    "egal": "autant",
}
_NO_KEYS = frozenset(["csv", "toml", "json", "html", "pdf", "svg", "ipynb", "xlsx", "docx", "pptx", "e", "s"])


def in_words(text: str, dictionary: Dictionary) -> str:
    """A message whose keys are said with the labels of the dictionary."""
    return _KEY.sub(lambda match: _worded(match, dictionary), text)


def _worded(match: re.Match[str], dictionary: Dictionary) -> str:
    fields = [f for table in dictionary for f in table.fields.values()]
    found = [f for f in fields if f.name == match["column"]]
    found = [f for f in found if f.table == match["table"]] or found
    if match["column"] in _NO_KEYS or not (found or match["wave"] or match["rest"]):
        return match[0]
    # « evolution.carnet_de_bord&modalite=reunions » names a column by its table.
    columns = {f.name: f.label for f in fields if f.table == match["column"]}
    labels = {f.name: f.labels for f in fields if f.table == match["table"]}
    own = found[0].labels if found else {}
    said = [found[0].label if found else _spaced(match["column"])] * (not columns)
    for name, code in re.findall(r"([a-z_]*)[=≠]+([\w|-]+)", match["rest"]):
        told = labels.get(name, own)
        said.append(f"« {told[code]} »" if code in told else columns.get(code) or _spaced(code))
    return ", ".join(said) + (f" ({match['wave']})" if match["wave"] else "")


def _spaced(code: str) -> str:
    if band := re.fullmatch(r"(\d+)_(\d+)", code):
        return band[1] if band[1] == band[2] else f"{band[1]} à {band[2]}"
    return _DERIVED.get(code, re.sub(r"[_|]+", " ", code))
