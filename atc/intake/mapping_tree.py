"""YAML as texts, lists and tables that know where they stand: nothing is converted or merged by surprise.

A usual YAML loader turns ``no`` into a falsehood, ``010`` into 8 and ``2021-09-01`` into a date, keeps the
last of two equal keys without a word, and unfolds aliases for ever. Here a scalar is a text, and the rest is
refused. `atc.intake.mapping_book` makes the same of a workbook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self, TypeAlias

import yaml

from atc.intake.sheet import Place
from atc.survey.errors import DataRefused, Fault, refusal, shown

#: What a draft leaves to whoever knows.
TO_COMPLETE = "à compléter"
_LARGEST = 500_000
_DEEPEST = 12
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}


class Text(str):
    """A text, and its place; that of its key if it has one, which may stand lines above."""

    __slots__ = ("at",)
    at: Place

    def __new__(cls, text: str, at: Place) -> Self:
        """Keep both."""
        made = super().__new__(cls, text)
        made.at = at
        return made


class Entries(dict[Text, Any]):
    """Keys and what stands under them, and the place of the whole."""

    def __init__(self, content: Mapping[Text, Any], at: Place) -> None:
        """Keep both."""
        super().__init__(content)
        self.at = at


class Items(list[Any]):
    """Elements of a list, and the place of the whole."""

    def __init__(self, content: Iterable[Any], at: Place) -> None:
        """Keep both."""
        super().__init__(content)
        self.at = at


Tree: TypeAlias = Text | Entries | Items


def parse_yaml(content: bytes, file: str) -> Tree:
    """Read a YAML file."""
    if len(content) > _LARGEST:
        raise refusal(file, "Fichier de correspondance trop lourd", "Vérifiez que c’est le bon fichier")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "Fichier non enregistré en UTF-8"
        raise refusal(file, message, "Enregistrez-le en UTF-8", line=line) from error
    try:
        _check_events(text, file)
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        remedy = "Vérifiez les retraits (des espaces, pas de tabulation), les deux-points et les guillemets"
        raise refusal(file, "YAML illisible", remedy, line=mark.line + 1 if mark else 0) from error
    except yaml.YAMLError as error:
        raise refusal(file, "YAML illisible", "Retirez les caractères invisibles du fichier") from error
    if root is None:
        raise refusal(file, "Fichier vide", "Partez d’un exemple de docs/exemples, ou de --propose")
    return _tree(root, Place(file, root.start_mark.line + 1, ""))


def _check_events(text: str, file: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise refusal(file, "Renvoi YAML (*) refusé", "Recopiez la valeur", line=line)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise refusal(file, "Trop de niveaux de retrait", "Comparez avec docs/exemples", line=line)


def _tree(raw: yaml.Node, at: Place) -> Tree:
    line = raw.start_mark.line + 1
    if raw.tag not in _TAGS:
        message = f"Étiquette YAML refusée : {shown(raw.tag)}"
        raise refusal(at.file, message, "Retirez ce qui suit « ! »", line=line)
    if isinstance(raw, yaml.SequenceNode):
        places = (Place(at.file, child.start_mark.line + 1, at.column) for child in raw.value)
        return Items((_tree(child, place) for child, place in zip(raw.value, places, strict=True)), at)
    if isinstance(raw, yaml.ScalarNode):
        return Text(raw.value, at)
    table = Entries({}, at)
    for key, value in raw.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            remedy = "Une clé est un texte, suivi de deux-points"
            raise refusal(at.file, "Clé illisible", remedy, line=line)
        name = Text(key.value, Place(at.file, line, f"{at.column}.{key.value}".removeprefix(".")))
        if name in table:
            remedy = f"Gardez-en une seule : la première est à la ligne {table[name].at.line}"
            fault = Fault(at.file, line, shown(at.column), shown(name), "Clé écrite deux fois", remedy)
            raise DataRefused([fault])
        table[name] = _tree(value, name.at)
    return table
