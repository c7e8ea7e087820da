"""YAML as a tree of plain texts with their lines: nothing is executed, converted or merged by surprise.

A usual YAML loader turns ``no`` into a falsehood, ``010`` into 8 and ``2021-09-01`` into a date, keeps the
last of two equal keys without a word, and unfolds aliases for ever. Here a scalar is a text, and the rest
is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import yaml

from atc.survey.errors import DataRefused, Fault, refusal, shown
from atc.survey.spelling import nearest

Value = TypeVar("Value")

_LARGEST = 500_000
_DEEPEST = 12
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}


@dataclass(frozen=True)
class Node:
    """A text, a list or a table of the file."""

    file: str  # as the evaluator knows it
    line: int  # where it begins
    path: str  # keys that lead to it, with points between
    content: str | tuple[Node, ...] | Mapping[str, Node]  # the text, or the nodes under it

    def fault(self, message: str, remedy: str, value: str = "") -> Fault:
        """One thing wrong here."""
        return Fault(self.file, self.line, shown(self.path), shown(value), message, remedy)

    def refusal(self, message: str, remedy: str, value: str = "") -> DataRefused:
        """The same, ready to be raised."""
        return DataRefused([self.fault(message, remedy, value)])

    def text(self) -> str:
        """The text that stands here."""
        if not isinstance(self.content, str):
            raise self.refusal(
                "Un texte est attendu ici", "Écrivez une seule valeur, entre guillemets au besoin"
            )
        return self.content

    def items(self) -> tuple[Node, ...]:
        """The elements of the list that stands here; a single text makes a list of one."""
        if isinstance(self.content, str):
            return (self,) if self.content else ()
        if isinstance(self.content, tuple):
            return self.content
        raise self.refusal("Une liste est attendue ici", "Écrivez un tiret par élément")

    def entries(self) -> Mapping[str, Node]:
        """The keys of the table that stands here."""
        if not isinstance(self.content, Mapping):
            remedy = "Écrivez « clé: valeur », une par ligne et en retrait"
            raise self.refusal("Des clés sont attendues ici", remedy)
        return self.content

    def texts(self) -> dict[str, str]:
        """Keys and texts of the table that stands here."""
        return {key: node.text() for key, node in self.entries().items()}

    def only(self, known: Collection[str], required: Collection[str] = ()) -> Mapping[str, Node]:
        """The keys that stand here, if they are the expected ones."""
        found = self.entries()
        faults = [
            node.fault("Clé inconnue", _known(key, known), key)
            for key, node in found.items()
            if key not in known
        ]
        faults += [
            self.fault(f"Il manque la clé « {key} »", "Ajoutez-la") for key in required if key not in found
        ]
        if faults:
            raise DataRefused(faults)
        return found


def _known(key: str, known: Collection[str]) -> str:
    meant = nearest(key, known)
    return f"Écrivez « {meant} »" if meant else f"Clés admises ici : {', '.join(known)}"


def gather(makers: Iterator[Callable[[], Value]]) -> list[Value]:
    """Call every maker, and refuse with the faults of all of them at once."""
    made: list[Value] = []
    faults: list[Fault] = []
    for maker in makers:
        try:
            made.append(maker())
        except DataRefused as refused:
            faults += refused.faults
    if faults:
        raise DataRefused(dict.fromkeys(faults))
    return made


def parse_yaml(content: bytes, file: str) -> Node:
    """Read a YAML file."""
    if len(content) > _LARGEST:
        raise refusal(file, "Fichier de correspondance trop lourd", "Vérifiez que c’est le bon fichier")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal(
            file, "Fichier non enregistré en UTF-8", "Enregistrez-le en UTF-8", line=line
        ) from error
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
    return _node(root, file, "")


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


def _node(raw: yaml.Node, file: str, path: str) -> Node:
    line = raw.start_mark.line + 1
    if raw.tag not in _TAGS:
        raise refusal(
            file, f"Étiquette YAML refusée : {shown(raw.tag)}", "Retirez ce qui suit « ! »", line=line
        )
    if isinstance(raw, yaml.MappingNode):
        return Node(file, line, path, _table(raw, file, path))
    if isinstance(raw, yaml.SequenceNode):
        return Node(file, line, path, tuple(_node(child, file, path) for child in raw.value))
    return Node(file, line, path, str(raw.value))


def _table(raw: yaml.MappingNode, file: str, path: str) -> dict[str, Node]:
    table: dict[str, Node] = {}
    for key, value in raw.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise refusal(file, "Clé illisible", "Une clé est un texte, suivi de deux-points", line=line)
        name = str(key.value)
        if name in table:
            remedy = f"Gardez-en une seule : la première est à la ligne {table[name].line}"
            raise DataRefused([Fault(file, line, shown(path), shown(name), "Clé écrite deux fois", remedy)])
        node = _node(value, file, f"{path}.{name}" if path else name)
        # Faults send to the key, which may stand lines above its content.
        table[name] = Node(file, line, node.path, node.content)
    return table
