"""What modules say in French is in ``messages.toml``: each sentence is said, with what it quotes."""

import ast
import string
import tomllib
from pathlib import Path

import pytest

import atc

ROOMS = sorted(Path(atc.__file__).parent.glob("*/messages.toml"))
_PLACE = {"line", "column", "value"}


def _asked(path: Path) -> dict[str, list[tuple[ast.Call, set[str], bool]]]:
    """Key -> calls of ``_said("…")``, and of its methods; a key that is computed may be any: « * »."""
    found: dict[str, list[tuple[ast.Call, set[str], bool]]] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id="_said"), args=[first, *_]):
                pair = False
            case ast.Call(func=ast.Attribute(value=ast.Name(id="_said")), args=[first, *_]):
                pair = True
            case _:
                continue
        constants = [key.value for key in ast.walk(first) if isinstance(key, ast.Constant)]
        for key in [key for key in constants if isinstance(key, str)] or ["*"]:
            words = {word.arg for word in node.keywords if word.arg}
            found.setdefault(key, []).append((node, words, pair))
    return found


@pytest.mark.parametrize("path", ROOMS, ids=[path.parent.name for path in ROOMS])
def test_every_sentence_is_said_with_what_it_quotes(path: Path) -> None:
    faults = []
    for module, said in tomllib.loads(path.read_text(encoding="utf-8")).items():
        asked = _asked(path.parent / f"{module}.py")
        assert asked, f"{module} says nothing"
        faults += [f"{module}.{key}: never said" for key in said.keys() - asked.keys() if "*" not in asked]
        faults += [f"{module}.{key}: no such sentence" for key in asked.keys() - said.keys() - {"*"}]
        for key in said.keys() & asked.keys():
            texts = [said[key]] if isinstance(said[key], str) else said[key]
            quoted = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
            for call, words, pair in asked[key]:
                given = words | _PLACE if pair else words
                if quoted - given or (words - _PLACE) - quoted or pair != (len(texts) == 2):
                    faults.append(f"{module}.py:{call.lineno}: {key} quotes {sorted(quoted)}")
    assert not faults
