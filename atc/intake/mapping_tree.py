"""YAML as texts, lists and tables that know where they stand: nothing is converted or merged by surprise.

A usual YAML loader turns ``no`` into a falsehood, ``010`` into 8 and ``2021-09-01`` into a date, keeps the
last of two equal keys without a word, and unfolds aliases for ever. Here a scalar is a text, and the rest is
refused. `atc.intake.mapping_book` makes the same of a workbook.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Self, TypeAlias

import yaml

from atc.intake.sheet import Place
from atc.survey.errors import refusal, shown

#: What a draft leaves to whoever knows.
TO_COMPLETE = "à compléter"
_LARGEST = 500_000
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
        root = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.BaseLoader)
        if root is None:
            raise refusal(file, "Fichier vide", "Partez d’un exemple de docs/exemples, ou de --propose")
        return _tree(root, Place(file, root.start_mark.line + 1, ""), set())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message, remedy = "Fichier non enregistré en UTF-8", "Enregistrez-le en UTF-8"
        raise refusal(file, message, remedy, line=line) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        remedy = "Vérifiez les retraits (des espaces, pas de tabulation), les deux-points et les guillemets"
        raise refusal(file, "YAML illisible", remedy, line=mark.line + 1 if mark else 0) from error
    except yaml.YAMLError as error:
        raise refusal(file, "YAML illisible", "Retirez les caractères invisibles du fichier") from error
    except RecursionError as error:
        raise refusal(file, "Trop de niveaux de retrait", "Comparez avec docs/exemples") from error


def _tree(raw: yaml.Node, at: Place, seen: set[int]) -> Tree:
    line = raw.start_mark.line + 1
    if id(raw) in seen:
        message = "Renvoi YAML (*) refusé"
        raise refusal(at.file, message, "Recopiez la valeur", line=at.line, column=at.column)
    seen.add(id(raw))
    if raw.tag not in _TAGS:
        message = f"Étiquette YAML refusée : {shown(raw.tag)}"
        raise refusal(at.file, message, "Retirez ce qui suit « ! »", line=line)
    if isinstance(raw, yaml.ScalarNode):
        return Text(raw.value, at)
    if isinstance(raw, yaml.SequenceNode):
        places = [Place(at.file, child.start_mark.line + 1, at.column) for child in raw.value]
        return Items((_tree(child, place, seen) for child, place in zip(raw.value, places, strict=True)), at)
    table = Entries({}, at)
    for key, value in raw.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise refusal(at.file, "Clé illisible", "Une clé est un texte, suivi de deux-points", line=line)
        name = Text(key.value, Place(at.file, line, f"{at.column}.{key.value}".removeprefix(".")))
        if name in table:
            remedy = f"Gardez-en une seule : la première est à la ligne {table[name].at.line}"
            raise refusal(at.file, "Clé écrite deux fois", remedy, line=line, column=at.column, value=name)
        table[name] = _tree(value, name.at, seen)
    return table
