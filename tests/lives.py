"""What becomes of a survey, by files alone: a copy of the project that a test changes."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
from clone import Rows, copy_project, describe_again, read_rows, write_rows
from notebook_craft import calls, code_cells

from atc.survey.settings import load_settings

NOW, BEFORE = "2021-automne", "2020-automne"
#: What no page may say.
WRONG = re.compile(
    r"\b0(?:\s(?!et\b)[^\s;:.]+){0,4} sur\s0\b|  |\b(?:None|nan|NaN|<NA>|inf)\b|"
    r"\(\)|« »|: \.|, \.|scores\.item=|"
    r"\b(?:[Uu]ne?|[Aa]ucune?) (?:modèles|sortes|sites|facteurs|thématiques|contrats|monographies|phrases)\b"
)


class Life:
    """A copy of the project, changed as an evaluator changes it: with a spreadsheet and a text editor."""

    def __init__(self, root: Path, validated: Path) -> None:
        self.project = copy_project(root, validated)

    def rows(self, table: str, vague: str = NOW) -> Rows:
        """The rows of a table, as text."""
        return read_rows(self.project.raw(vague) / f"{table}.csv")

    def write(self, table: str, rows: Rows, vague: str = NOW) -> None:
        """Put other rows in the place of a table, and declare their hash."""
        columns = [f["name"] for f in self.schema(table)["fields"]]
        path = self.project.raw(vague) / f"{table}.csv"
        write_rows(path, rows, columns)
        describe_again(path)
        description = self.description(vague)
        (resource,) = (each for each in description["resources"] if each["name"] == table)
        resource["statuts"] = dict.fromkeys(columns, "observé") | resource["statuts"]
        self.describe(description, vague)

    def description(self, vague: str = NOW) -> dict[str, Any]:
        """``datapackage.json`` of a wave."""
        found: dict[str, Any] = json.loads((self.project.raw(vague) / "datapackage.json").read_bytes())
        return found

    def describe(self, description: dict[str, Any], vague: str = NOW) -> None:
        """Write it."""
        text = json.dumps(description, ensure_ascii=False, indent=2)
        (self.project.raw(vague) / "datapackage.json").write_text(text + "\n", encoding="utf-8")

    def schema(self, table: str) -> dict[str, Any]:
        """A table of the dictionary."""
        found: dict[str, Any] = json.loads((self.project.dictionary / f"{table}.json").read_bytes())
        return found

    def define(self, table: str, schema: dict[str, Any]) -> None:
        """Write it."""
        text = json.dumps(schema, ensure_ascii=False, indent=2)
        (self.project.dictionary / f"{table}.json").write_text(text, encoding="utf-8")

    def setting(self, old: str, new: str) -> None:
        """Change report.toml."""
        text = self.project.settings_file.read_text(encoding="utf-8")
        assert old in text
        self.project.settings_file.write_text(text.replace(old, new), encoding="utf-8")

    def shown(self, vague: str = NOW, diffusion: str = "financeurs") -> Iterator[tuple[str, Any]]:
        """What each cell of each chapter shows; of the sheet of one site too, for the evaluation team."""
        slugs: dict[str, dict[str, str]] = {
            slug: {} for slug in load_settings(self.project).chapters_of(vague)
        }
        if diffusion == "interne":
            slugs["fiche_territoire"] = {"territoire": self.rows("territoires", vague)[0]["territoire"]}
        with patch.dict(os.environ, ATC_ROOT=str(self.project.root)):
            for slug, others in slugs.items():
                path = self.project.notebooks / f"{slug}.ipynb"
                code = code_cells(nbformat.read(path, as_version=nbformat.NO_CONVERT))
                made = calls((cell.source for cell in code), vague=vague, diffusion=diffusion, **others)
                yield from ((code[rank].id, make()) for rank, make in made)
