"""A first draft of the mapping, from headings and dictionary: sure matches, and guesses to be confirmed.

A heading that is a column's name, label or question, letter for letter but for case, accents and
punctuation, is sure. Any other is a guess (see `atc.intake.likeness`), which `atc import` refuses until
somebody confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import yaml

from atc.intake.capped import read_workbook, sheet_names
from atc.intake.columns import TO_COMPLETE
from atc.intake.delimited import read_delimited
from atc.intake.likeness import Match, best_table, gist, items, ticked_lists
from atc.intake.mapping_form import Tree, book_bytes
from atc.intake.opening import STRUCTURE, TEXT, WORKBOOK, open_export
from atc.intake.privacy import blocked_by_content, blocked_by_name
from atc.intake.sites import TABLE, known_sites, spellings
from atc.intake.source import Sheet
from atc.intake.tools import ADAPTERS, Answers, Structure, answers
from atc.intake.values import Reading, UnreadableError
from atc.survey.dictionary import Dictionary, Field, Table, load_dictionary
from atc.survey.errors import shown
from atc.survey.paths import Project
from atc.survey.settings import load_settings

# Letters of the pseudonyms: animateur.trices, speakers; recipients otherwise.
_PREFIXES = {"carnet_de_bord": "A", "verbatims": "L"}
# What is likely of the notes that stand beside the answers of a table, and no export says.
_NOTED = {
    "carnet_de_bord": {"groupe": "animateurs", "periode": "actuelle"},
    "questionnaire_flash": {"groupe": "institutionnels", "periode": "actuelle"},
}
# What may name a person, the surest first.
_PERSONS = ("jeton", "adresse électronique", "nom")
#: Column of a table and column of an export -> answers left to recode.
_Recode: TypeAlias = Callable[[str, str], dict[str, str]]
_MOST_ANSWERS = 30
_LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Draft:
    """What exports seem to be."""

    mapping: Tree  # as plain texts, lists and tables; what is guessed bears ``a_confirmer``
    dictionary: Dictionary  # of the project
    # Rank of a source and column -> first answers, none of a column that names people.
    shown: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    # Rank of a source, column and ``table.colonne`` -> answer -> the modalité that it is.
    known: dict[tuple[int, str, str], dict[str, str]] = field(default_factory=dict)

    def yaml(self) -> str:
        """The text of the YAML file."""
        told = (
            "# Ébauche : relisez chaque ligne. Ce qui est « à confirmer » est refusé tant que vous ne\n"
            "# l’avez pas confirmé (supprimez a_confirmer) ou corrigé. Exemples commentés : docs/exemples.\n"
        )
        return told + yaml.safe_dump(self.mapping, allow_unicode=True, sort_keys=False, width=1000)

    def workbook(self) -> bytes:
        """The workbook."""
        return book_bytes(self.mapping, self.dictionary, self.shown, self.known)


def propose(project: Project, files: Sequence[Path], vague: str) -> Draft:
    """Draft a mapping, which `atc import` refuses until every guess in it is confirmed.

    Args:
        project: Where the dictionary is.
        files: Exports.
        vague: Wave that they are for.

    Raises:
        DataRefused: A file cannot be read.
        UsageError: The wave is unknown.
    """
    settings = load_settings(project)
    wave = settings.wave(vague)
    dictionary = load_dictionary(project)
    sites = spellings(known_sites(project, settings, vague), {})
    mapping: Tree = {
        "vague": vague,
        "titre": f"Animation territoriale citoyenne : {wave.label.lower()}",
        "collecte": {"libelle": TO_COMPLETE},
        "statut": "observé",
    }
    draft = Draft(mapping, dictionary)
    contents = {path: open_export(path, project) for path in files}
    structures = _structures(contents)
    described = {structure.path for structure in structures}
    exports = [
        export
        for path, content in contents.items()
        if path not in described
        for export in _exports(path, content, structures)
    ]
    sources = [_source(export, rank, draft, sites) for rank, export in enumerate(exports)]
    given = {table for source in sources for table in source["tables"]}
    # Public facts about the territories last from one wave to the next; who knows says it of the others.
    reused = {
        table: wave.previous if table == TABLE and wave.previous else TO_COMPLETE
        for table in dictionary.tables
        if table not in given
    }
    if reused:
        mapping["reprendre"] = reused
        mapping |= {"statuts": {TABLE: "publié"}} if TABLE in reused else {}
    mapping["sources"] = sources
    return draft


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
    labels: Mapping[str, Mapping[str, str]]


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
        yield _Export(path, sheet_name, tool, replace(found, headings=worded), file, structure.labels)


def _tool(sheet: Sheet) -> str:
    heading = set(sheet.heading)
    if {"_id", "_uuid", "_submission_time"} & heading:
        return "kobo"
    if any(re.match(r"(submitdate|lastpage|startlanguage)\b|\w+\[\w+\](\.|$)", name) for name in heading):
        return "limesurvey"
    return "tableur"


def _source(export: _Export, rank: int, draft: Draft, sites: Mapping[str, str]) -> Tree:
    found, dictionary = export.answers, draft.dictionary
    # Questions only: neither what the tool adds, nor what names people.
    personal = {code: _personal(code, heading, found) for code, heading in found.headings.items()}
    questions = [c for c in found.headings if not personal[c] and c not in found.technical]
    named = sorted(
        (c for c in personal if personal[c] in _PERSONS), key=lambda c: _PERSONS.index(personal[c])
    )
    tables_ = [t for t in dictionary if any(map(_is_person, t.fields.values()))] if named else dictionary
    table, matches = best_table(questions, found, tables_, sites)
    used = {match.code for match in matches}
    stack = items(questions, found, dictionary, used)
    lists = ticked_lists([c for c in questions if c not in used], found, table)
    used |= {match.code for match in stack} | set(lists.values())
    # A column that says by its name that it holds persons comes before an address.
    people = sorted((m for m in matches if _is_person(m.field)), key=lambda m: -m.likeness)
    sure = [match.code for match in people if match.likeness == 1]
    who = next(iter([*sure, *named, *(match.code for match in people)]), "")
    ignored = {c: kind for c, kind in personal.items() if kind and c not in {*found.technical, who}}
    left = {code: shown(gist(found.headings[code])) for code in questions if code not in used}
    person: Tree = {"colonne": who, "pseudonyme": _PREFIXES.get(table.name, "R")} if who else {}
    for code in set(questions) - {who}:
        cells = dict.fromkeys(cells[code] for cells in found.rows.values() if cells[code])
        draft.shown[rank, code] = [cell for cell in cells if len(cell) <= _LONGEST_SHOWN]
    recode = _reader(export, rank, table, draft, sites)
    columns = {
        f.name: _option(f, lists[f.group])
        if f.group in lists and not any(m.field.name == f.name for m in matches)
        else _column(f, matches, person, recode)
        for f in table.fields.values()
    }
    tables: Tree = {table.name: {"colonnes": columns}}
    if stack and table.name != "scores":
        tables["scores"] = _scores(table.name, stack, matches, person, draft.dictionary)
    said = {"feuille": export.sheet, "structure": export.structure, "ignorer": ignored, "a_classer": left}
    return {
        "fichier": export.path.name,
        "outil": export.tool,
        **{key: value for key, value in said.items() if value},
        "tables": tables,
    }


def _personal(code: str, heading: str, found: Answers) -> str:
    named = blocked_by_name(code, heading, code.rpartition("/")[2], heading.partition(". ")[2])
    if named:
        return named
    cells = (cells[code] for cells in found.rows.values())
    return next((kind for cell in cells if (kind := blocked_by_content(cell))), "")


def _is_person(field_: Field) -> bool:
    return field_.kind == "identifier" and str(field_.constraints.get("pattern", "")).endswith("{6}$")


def _option(field_: Field, code: str) -> Tree:
    return {
        "colonne": code,
        "contient": field_.label,
        "vide": "non",
        "a_confirmer": "oui",
        "remarque": "Un choix d’une liste de choix cochés : son libellé est-il le bon ?",
    }


def _column(field_: Field, matches: Sequence[Match], person: Tree, recode: _Recode) -> Tree:
    if _is_person(field_) and person:
        return {
            **person,
            "a_confirmer": "oui",
            "remarque": "Désigne bien chaque personne, d’une vague à l’autre ?",
        }
    match = next((m for m in matches if m.field.name == field_.name), None)
    if match is None:
        admitted = ["oui", "non"] if field_.type == "boolean" else list(field_.labels)
        codes = f" Codes admis : {', '.join(admitted)}" if admitted else ""
        return {
            "constante": "",
            "a_confirmer": "oui",
            "remarque": f"{field_.label} : rien de semblable.{codes}",
        }
    if match.box:
        doubt = "Une case à cocher : vide veut-il dire non ?"
        return {"colonne": match.code, "vide": "non", "a_confirmer": "oui", "remarque": doubt}
    recoded = recode(field_.name, match.code)
    said: Tree = {"recoder": recoded} if recoded else {}
    if match.rival:
        doubt = f"Celle-ci, ou « {shown(match.rival)} » ?"
    elif match.likeness < 1:
        doubt = f"« {shown(gist(match.heading))} » pour « {field_.label} » ?"
    else:
        return {"colonne": match.code, **said} if said else match.code
    return {"colonne": match.code, **said, "a_confirmer": "oui", "remarque": doubt}


def _reader(export: _Export, rank: int, table: Table, draft: Draft, sites: Mapping[str, str]) -> _Recode:
    """What a column's answers are: those that nothing explains are to be recoded, the others are told."""

    def recode(column: str, code: str) -> dict[str, str]:
        described = table.fields[column]
        reading = Reading.of(table, column, sites, answers=export.labels.get(code, {}))
        cells = dict.fromkeys(cells[code] for cells in export.answers.rows.values() if cells[code])
        if not (described.categories or reading.yes_no) or len(cells) > _MOST_ANSWERS:
            return {}
        known = draft.known.setdefault((rank, code, f"{table.name}.{column}"), {})
        for cell in cells:
            with suppress(UnreadableError):
                known[cell] = reading(cell)
        return {cell: TO_COMPLETE for cell in cells if cell not in known}

    return recode


def _scores(
    beside: str, stack: Sequence[Match], matches: Sequence[Match], person: Tree, dictionary: Dictionary
) -> Tree:
    def column(described: Field, found: Sequence[Match]) -> Tree:
        likely = _NOTED.get(beside, {}).get(described.name)
        if likely:
            return {"constante": likely, "a_confirmer": "oui", "remarque": f"{described.label} : toujours ?"}
        return _column(described, found, person, lambda *_: {})

    fields = (f for f in dictionary.table("scores").fields.values() if f.name not in {"item", "score"})
    since = {match.field.name: column(match.field, [match]) for match in stack}
    stacked = {"colonne": "item", "valeur": "score", "depuis": since}
    return {"colonnes": {f.name: column(f, matches) for f in fields}, "empiler": stacked}
