"""Keys of counts in words: « scores.score&groupe=habitants » is for the audit, and for no evaluator."""

from __future__ import annotations

import re

from atc.survey.dictionary import Dictionary

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
_NO_KEYS = frozenset({"csv", "toml", "json", "html", "pdf", "svg", "ipynb", "xlsx", "docx", "pptx", "e", "s"})


def in_words(text: str, dictionary: Dictionary) -> str:
    """A message whose keys are said with the labels of the dictionary."""
    return _KEY.sub(lambda match: _worded(match, dictionary), text)


def _worded(match: re.Match[str], dictionary: Dictionary) -> str:
    fields = [f for table in dictionary for f in table.fields.values()]
    found = [f for f in fields if f.name == match["column"]]
    found = [f for f in found if f.table == match["table"]] or found
    if match["column"] in _NO_KEYS or not (found or match["wave"] or match["rest"]):
        return match[0]
    label = found[0].label if found else _spaced(match["column"])
    labels = {f.name: f.labels for f in fields if f.table == match["table"]}
    own = found[0].labels if found else {}
    details = [
        f"« {said[code]} »" if code in (said := labels.get(name, own)) else _spaced(code)
        for name, code in re.findall(r"([a-z_]*)[=≠]+([\w|-]+)", match["rest"])
    ]
    wave = f" ({match['wave']})" if match["wave"] else ""
    return ", ".join([label, *details]) + wave


def _spaced(code: str) -> str:
    band = re.fullmatch(r"(\d+)_(\d+)", code)
    if band:
        return band[1] if band[1] == band[2] else f"{band[1]} à {band[2]}"
    return _DERIVED.get(code, re.sub(r"[_|]+", " ", code))
