"""A first draft of the mapping, from headings and dictionary: sure matches, and guesses to be confirmed.

A heading that is a column's name, label or question, letter for letter but for case, accents and
punctuation, is sure. Any other is a guess (see `atc.intake.likeness`), which `atc import` refuses until
somebody confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from atc.dictionary import Dictionary, Field, Table, load_dictionary
from atc.errors import shown
from atc.intake.capped import read_workbook, sheet_names
from atc.intake.delimited import read_delimited
from atc.intake.likeness import Match, best_table, gist, items
from atc.intake.mapping import TO_COMPLETE
from atc.intake.opening import STRUCTURE, TEXT, WORKBOOK, open_export
from atc.intake.privacy import blocked_by_content, blocked_by_name
from atc.intake.sites import known_sites, spellings
from atc.intake.source import Sheet
from atc.intake.tools import ADAPTERS, Answers, Structure, answers
from atc.paths import Project
from atc.settings import load_settings

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_/]*")
# Letters of the pseudonyms: animateur.trices, speakers; recipients otherwise.
_PREFIXES = {"carnet_de_bord": "A", "verbatims": "L"}
# What may name a person, the surest first.
_PERSONS = ("jeton", "adresse électronique", "nom")


def propose(project: Project, files: Sequence[Path], vague: str) -> str:
    """Draft a mapping.

    Args:
        project: Where the dictionary is.
        files: Exports.
        vague: Wave that they are for.

    Returns:
        The text of a YAML file, which `atc import` refuses until every guess in it is confirmed.

    Raises:
        DataRefused: A file cannot be read.
        UsageError: The wave is unknown.
    """
    wave = load_settings(project).wave(vague)
    dictionary = load_dictionary(project)
    sites = spellings(known_sites(project, load_settings(project), vague), {})
    lines = [
        "# Ébauche : relisez chaque ligne. Ce qui est « à confirmer » est refusé tant que vous ne l’avez pas",
        "# confirmé (supprimez a_confirmer) ou corrigé. Exemples commentés : docs/exemples.",
        f"vague: {vague}",
        f"titre: {_quoted(f'Animation territoriale citoyenne : {wave.label.lower()}')}",
        f"collecte: {{libelle: {TO_COMPLETE}}}",
        "statut: observé",
        "sources:",
    ]
    contents = {path: open_export(path, project) for path in files}
    structures = _structures(contents)
    for path, content in contents.items():
        if path not in {structure.path for structure in structures}:
            for export in _exports(path, content, structures):
                lines += _source(export, dictionary, sites)
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class _Described:
    tool: str
    path: Path
    structure: Structure

    def known(self, sheet: Sheet) -> tuple[int, int]:
        """How many columns of an export are questions of this structure, and how many are in its words."""
        codes = ADAPTERS[self.tool].codes(sheet.heading, self.structure).values()
        return len({code for code in codes if code in self.structure.wordings}), self.structure.spoken(sheet)


@dataclass(frozen=True)
class _Export:
    path: Path
    sheet: str
    tool: str
    answers: Answers
    structure: str


def _structures(contents: Mapping[Path, bytes]) -> list[_Described]:
    found: list[_Described] = []
    for path, content in contents.items():
        name = shown(path.name)
        if path.suffix.lower() == STRUCTURE:
            tool = "limesurvey"
        elif path.suffix.lower() == WORKBOOK and "survey" in map(str.casefold, sheet_names(content, name)):
            tool = "kobo"
        else:
            continue
        found += [_Described(tool, path, one) for one in ADAPTERS[tool].structures(content, name)]
    return found


def _exports(path: Path, content: bytes, structures: Sequence[_Described]) -> Iterator[_Export]:
    name = shown(path.name)
    if path.suffix.lower() == TEXT:
        sheets = [("", read_delimited(content, name))]
    else:
        names = sheet_names(content, name)
        sheets = [(one if len(names) > 1 else "", read_workbook(content, name, one)) for one in names]
    for sheet_name, sheet in sheets:
        tool = _tool(sheet)
        likely = [s for s in structures if s.tool == tool and s.known(sheet)[0]]
        described = max(likely, key=lambda one: one.known(sheet), default=None)
        structure = described.structure if described else Structure()
        found = answers(tool, sheet, structure)
        # The wording of a question tells more than its code.
        worded = {code: structure.wordings.get(code, text) for code, text in found.headings.items()}
        file = described.path.name if described else ""
        yield _Export(path, sheet_name, tool, replace(found, headings=worded), file)


def _tool(sheet: Sheet) -> str:
    heading = set(sheet.heading)
    if {"_id", "_uuid", "_submission_time"} & heading:
        return "kobo"
    if any(re.match(r"(submitdate|lastpage|startlanguage)\b|\w+\[\w+\](\.|$)", name) for name in heading):
        return "limesurvey"
    return "tableur"


def _source(export: _Export, dictionary: Dictionary, sites: Mapping[str, str]) -> list[str]:
    found = export.answers
    # Questions only: neither what the tool adds, nor what names people.
    personal = {code: _personal(code, heading, found) for code, heading in found.headings.items()}
    questions = [c for c in found.headings if not personal[c] and c not in found.technical]
    table, matches = best_table(questions, found, dictionary, sites)
    used = {match.code for match in matches}
    stack = items(questions, found, dictionary, used)
    used |= {match.code for match in stack}
    lines = [f"  - fichier: {_quoted(export.path.name)}", f"    outil: {export.tool}"]
    lines += [f"    feuille: {_quoted(export.sheet)}"] if export.sheet else []
    lines += [f"    structure: {_quoted(export.structure)}"] if export.structure else []
    named = sorted(
        (c for c in personal if personal[c] in _PERSONS), key=lambda c: _PERSONS.index(personal[c])
    )
    ignored = [c for c in found.headings if personal[c] and c not in {*found.technical, *named[:1]}]
    if ignored:
        lines += [
            "    # Ces colonnes nomment des personnes, ou les situent : elles n’entrent pas.",
            "    ignorer:",
        ]
        lines += [f"      - {_quoted(code)} # {personal[code]}" for code in ignored]
    left = [code for code in questions if code not in used]
    if left:
        lines += ["    # À reporter dans « tables » ou dans « ignorer », puis à supprimer.", "    a_classer:"]
        lines += [f"      - {_quoted(code)}{_wording(code, found)}" for code in left]
    person = (
        f"{{colonne: {_quoted(named[0])}, pseudonyme: {_PREFIXES.get(table.name, 'R')}, a_confirmer: oui}}"
        if named
        else ""
    )
    lines += ["    tables:", f"      {table.name}:", "        colonnes:"]
    lines += [
        line for field in table.fields.values() for line in _column(field, matches, person, "          ")
    ]
    if stack and table.name != "scores":
        lines += _scores(dictionary.table("scores"), stack, matches, person)
    return lines


def _personal(code: str, heading: str, found: Answers) -> str:
    named = blocked_by_name(code, heading, code.rpartition("/")[2], heading.partition(". ")[2])
    if named:
        return named
    cells = (cells[code] for cells in found.rows.values())
    return next((kind for cell in cells if (kind := blocked_by_content(cell))), "")


def _wording(code: str, found: Answers) -> str:
    heading = found.headings[code]
    return f" # {shown(gist(heading))}" if heading != code else ""


def _column(field: Field, matches: Sequence[Match], person: str, margin: str) -> list[str]:
    pattern = field.constraints.get("pattern", "")
    if field.kind == "identifier" and pattern.endswith("{6}$") and person:
        # Which column names a person is never sure.
        return [f"{margin}{field.name}: {person}"]
    match = next((m for m in matches if m.field.name == field.name), None)
    if match is None:
        return [
            f'{margin}{field.name}: {{constante: "", a_confirmer: oui}} # {field.label} : rien de semblable'
        ]
    if match.box:
        doubt = "# une case à cocher : vide veut-il dire non ?"
        return [
            f"{margin}{field.name}: {{colonne: {_quoted(match.code)}, vide: non, a_confirmer: oui}} {doubt}"
        ]
    if match.rival:
        doubt = f"# à confirmer : celle-ci, ou « {shown(match.rival)} » ?"
        return [f"{margin}{field.name}: {{colonne: {_quoted(match.code)}, a_confirmer: oui}} {doubt}"]
    if match.likeness == 1:
        return [f"{margin}{field.name}: {_quoted(match.code)}"]
    doubt = f"# à confirmer : « {shown(gist(match.heading))} » pour « {field.label} » ?"
    return [f"{margin}{field.name}: {{colonne: {_quoted(match.code)}, a_confirmer: oui}} {doubt}"]


def _scores(table: Table, stack: Sequence[Match], matches: Sequence[Match], person: str) -> list[str]:
    lines = ["      scores:", "        colonnes:"]
    for field in table.fields.values():
        if field.name not in {"item", "score"}:
            lines += _column(field, matches, person, "          ")
    lines += ["        empiler:", "          colonne: item", "          valeur: score", "          depuis:"]
    for match in stack:
        lines += _column(match.field, [match], "", "            ")
    return lines


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
