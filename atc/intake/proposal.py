"""A first draft of the mapping, from headings, answers and dictionary: sure matches, and guesses to confirm.

A heading that is a column's name, label or question, letter for letter but for case, accents and punctuation,
is sure. Any other is a guess, by its words (Ratcliff and Obershelp's ratio, as in ``difflib``) or by its
answers, which `atc import` refuses until somebody confirms it.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from atc.intake.mapping_files import TO_COMPLETE, Plain, mapping_bytes
from atc.intake.persons import blocked_by_content, personal_by_name
from atc.intake.reading import WORKBOOK, Sheet, read_table, sheet_names
from atc.intake.tools import STRUCTURE, Structure, answers, codes, open_export, structures
from atc.intake.values import (
    TERRITORIES,
    TERRITORY,
    Reading,
    UnreadableError,
    is_pseudonym,
    known_sites,
    spellings,
    ticked,
)
from atc.survey.dictionary import Dictionary, Field, Table, load_dictionary
from atc.survey.errors import DataRefused, shown
from atc.survey.paths import Project
from atc.survey.settings import load_settings
from atc.survey.typography import place, skeleton

# Letters of the pseudonyms: animateur.trices, speakers; recipients otherwise.
_PREFIXES = {"carnet_de_bord": "A", "verbatims": "L"}
# What is likely of the notes that stand beside the answers of a table, and no export says.
_NOTED = {
    "carnet_de_bord": {"groupe": "animateurs", "periode": "actuelle"},
    "questionnaire_flash": {"groupe": "institutionnels", "periode": "actuelle"},
}
# What may name a person, the surest first.
_PERSONS = ("jeton", "adresse électronique", "nom")
# Of SurveyMonkey, whose second line names the choices.
_CHOICES_BELOW = {"Respondent ID", "ID du répondant"}
_ONE = re.compile(r" \[(Open-Ended )?(Response|Réponse)\]$")
_MOST_ANSWERS = 30
_LONGEST_SHOWN = 40
_LEAST_LIKENESS = 0.55
# Answers say more than a heading that merely resembles, and less than the right one.
_SAME_ANSWERS = 0.9


@dataclass(frozen=True)
class Draft:
    """What exports seem to be."""

    mapping: Plain  # what is guessed bears ``a_confirmer``
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
        return mapping_bytes(self.mapping, self.dictionary, self.shown, self.known)


def propose(project: Project, files: Sequence[Path], vague: str) -> Draft:
    """Draft a mapping, which `atc import` refuses until every guess in it is confirmed.

    A `DataRefused` tells that a file cannot be read, a `UsageError` that the wave is unknown.
    """
    settings = load_settings(project)
    wave = settings.wave(vague)
    dictionary = load_dictionary(project)
    sites = spellings(known_sites(project, settings, vague), {})
    mapping: Plain = {
        "vague": vague,
        "titre": f"Animation territoriale citoyenne : {wave.label.lower()}",
        "collecte": {"libelle": TO_COMPLETE},
        "statut": "observé",
    }
    draft = Draft(mapping, dictionary)
    exports = _exports({path: open_export(path, project) for path in files})
    sources = [_Source(*export, rank, draft, sites).said() for rank, export in enumerate(exports)]
    given = {table for source in sources for table in source["tables"]}
    # Public facts about the territories last from one wave to the next; who knows says it of the others.
    reused = {
        table: wave.previous if table == TERRITORIES and wave.previous else TO_COMPLETE
        for table in dictionary.tables
        if table not in given
    }
    if reused:
        mapping["reprendre"] = reused
        mapping |= {"statuts": {TERRITORIES: "publié"}} if TERRITORIES in reused else {}
    mapping["sources"] = sources
    return draft


# --- the exports


def _exports(contents: Mapping[Path, bytes]) -> Iterator[tuple[Plain, Sheet]]:
    """What the mapping says of each export, and its answers in the words of the questions."""
    described: list[tuple[str, Path, Structure]] = []
    for path, content in contents.items():
        name, tool = shown(path.name), ""
        if path.suffix.lower() == STRUCTURE:
            tool = "limesurvey"
        elif path.suffix.lower() == WORKBOOK and "survey" in map(str.casefold, sheet_names(content, name)):
            tool = "kobo"
        described += [(tool, path, one) for one in (structures(tool, content, name) if tool else ())]
    for path, content in contents.items():
        if path in {other for _, other, _ in described}:
            continue
        names = sheet_names(content, shown(path.name)) if path.suffix.lower() == WORKBOOK else [""]
        for title in names:
            entete, sheet = _read(path, content, title)
            tool = _tool(sheet)
            likely: list[tuple[int, int, str, Structure]] = []
            for other, file, one in described:
                asked = {code for code in codes(tool, sheet.headings, one).values() if code in one.wordings}
                if other == tool and asked:
                    likely.append((len(asked), one.spoken(sheet), file.name, one))
            *_, file_name, structure = max(likely, key=lambda f: f[:2], default=(0, 0, "", Structure()))
            found = answers(tool, sheet, structure)
            # The wording of a question tells more than its code.
            headings = {c: _ONE.sub("", structure.wordings.get(c, t)) for c, t in found.headings.items()}
            said = {"fichier": path.name, "outil": tool, "feuille": title * (len(names) > 1)}
            said |= {"structure": file_name, "entete": entete}
            yield {key: text for key, text in said.items() if text}, replace(found, headings=headings)


def _read(path: Path, content: bytes, title: str) -> tuple[str, Sheet]:
    """An export, and which lines are its heading where the first alone is not."""
    try:
        sheet = read_table(path, content, title)
    except DataRefused as refused:
        # Titles stand above it, as in Framaforms.
        told = re.search(r"« entete: (\d+) »", refused.faults[0].remedy)
        if not told:
            raise
        line = int(told[1])
        return told[1], read_table(path, content, title, heading=(line, line))
    if _CHOICES_BELOW & set(sheet.headings):
        return "1-2", read_table(path, content, title, heading=(1, 2))
    return "", sheet


def _tool(sheet: Sheet) -> str:
    if {"_id", "_uuid", "_submission_time"} & set(sheet.headings):
        return "kobo"
    theirs = re.compile(r"(submitdate|lastpage|startlanguage)\b|\w+\[\w+\](\.|$)")
    return "limesurvey" if any(map(theirs.match, sheet.headings)) else "tableur"


# --- one source


@dataclass(frozen=True)
class _Match:
    """A column of the dictionary, or an item of a battery, and the heading that seems to be its own."""

    field: Field
    code: str  # of the column of the export
    likeness: float  # from 0 to 1; 1 is sure
    rival: str  # heading of another column that resembles as much; empty if none does


class _Source:
    """What one export seems to be."""

    def __init__(
        self, named: Plain, answers: Sheet, rank: int, draft: Draft, sites: Mapping[str, str]
    ) -> None:
        self.named, self.answers, self.rank, self.draft, self.sites = named, answers, rank, draft, sites
        self.headings, self.rows = answers.headings, answers.rows.values()
        self.cells = {code: [*dict.fromkeys(r[code] for r in self.rows if r[code])] for code in self.headings}
        self.table: Table = next(iter(draft.dictionary))
        self.person: Plain = {}

    def said(self) -> Plain:
        """Its entry in the mapping."""
        technical, dictionary = self.answers.technical, self.draft.dictionary
        personal = {}
        for code, heading in self.headings.items():
            by_content = (kind for cell in self.cells[code] if (kind := blocked_by_content(cell)))
            personal[code] = personal_by_name(code, heading) or next(by_content, "")
        # Questions only: neither what the tool adds, nor what names people.
        questions = [c for c in self.headings if not personal[c] and c not in technical]
        named = [code for kind in _PERSONS for code in personal if personal[code] == kind]
        tables = [t for t in dictionary if not named or any(map(is_pseudonym, t.fields.values()))]
        tried = [(table, self._matches(_asked(table), questions)) for table in tables]
        # The table that the export resembles most.
        self.table, matches = max(tried, key=lambda one: sum(m.likeness for m in one[1]) / len(one[0].fields))
        table, used = self.table, {match.code for match in matches}
        item, left = dictionary.field("scores.item"), [c for c in questions if c not in used]
        items = [
            (replace(item, name=code, label=label), [code, label]) for code, label in item.labels.items()
        ]
        stack, lists = self._matches(items, left), self._ticked_lists(left)
        used |= {match.code for match in stack} | set(lists.values())
        # A column that says by its name that it holds persons comes before an address.
        people = sorted((m for m in matches if is_pseudonym(m.field)), key=lambda m: -m.likeness)
        sure = [match.code for match in people if match.likeness == 1]
        who = next(iter([*sure, *named, *(match.code for match in people)]), "")
        self.person = {"colonne": who, "pseudonyme": _PREFIXES.get(table.name, "R")} if who else {}
        for code in set(questions) - {who}:
            self.draft.shown[self.rank, code] = [c for c in self.cells[code] if len(c) <= _LONGEST_SHOWN]
        columns = {}
        for f in table.fields.values():
            if f.group in lists and not any(m.field == f for m in matches):
                said = {"colonne": lists[f.group], "contient": f.label, "vide": "non"}
                doubt = "Un choix d’une liste de choix cochés : son libellé est-il le bon ?"
                columns[f.name] = said | _doubt(doubt)
            else:
                columns[f.name] = self._column(f, matches)
        tables_: Plain = {table.name: {"colonnes": columns}}
        if stack and table.name != "scores":
            tables_["scores"] = self._scores(stack, matches)
        optional = {
            "ignorer": {c: kind for c, kind in personal.items() if kind and c not in {*technical, who}},
            "a_classer": {code: shown(self._gist(code)) for code in questions if code not in used},
        }
        return self.named | {key: found for key, found in optional.items() if found} | {"tables": tables_}

    # --- likeness

    def _gist(self, code: str) -> str:
        """What a heading says of its own: its part in brackets, the end of its path, or all of it."""
        heading = self.headings[code]
        part = re.search(r"\[([^\[\]]+)\]$", heading)
        return part[1] if part else heading.rpartition("/")[2] or heading

    def _likeness(self, code: str, wanted: Sequence[str]) -> float:
        heading = self.headings[code]
        texts = (code, code.rpartition("/")[2], heading, heading.partition(". ")[2], self._gist(code))
        mine, known = ({skeleton(text) for text in said} - {""} for said in (texts, wanted))
        if mine & known:
            return 1.0
        pairs = ((text, name) for text in mine for name in known)
        return max((difflib.SequenceMatcher(None, *pair).ratio() for pair in pairs), default=0.0)

    def _matches(self, wanted: Sequence[tuple[Field, list[str]]], questions: Sequence[str]) -> list[_Match]:
        """The likeliest pairs first, each column and each heading once."""
        pairs: list[_Match] = []
        for field_, names in wanted:
            like = {
                code: max(self._likeness(code, names), _SAME_ANSWERS * self._admits(field_, code))
                for code in questions
            }
            for code, likeness in like.items():
                # Two batteries may bear the same items: before, and today.
                rivals = (self.headings[c] for c, other in like.items() if other == likeness and c != code)
                pairs.append(_Match(field_, code, likeness, next(rivals, "")))
        kept: list[_Match] = []
        for match in sorted(pairs, key=lambda match: -match.likeness):
            taken = any(match.field == other.field or match.code == other.code for other in kept)
            if match.likeness >= _LEAST_LIKENESS and not taken:
                kept.append(match)
        return kept

    def _admits(self, field_: Field, code: str) -> bool:
        """Whether every answer is one of the options, places or codes of the column."""
        cells, pattern = self.cells[code], field_.constraints.get("pattern")
        if field_.name == TERRITORY:
            return bool(cells) and all(place(cell) in self.sites for cell in cells)
        options = {skeleton(text) for pair in field_.labels.items() for text in pair}
        if options:
            return bool(cells) and {skeleton(cell) for cell in cells} <= options
        return bool(cells and pattern) and all(re.fullmatch(str(pattern), cell) for cell in cells)

    def _ticked_lists(self, questions: Sequence[str]) -> dict[str, str]:
        """Set of ticked boxes -> column whose cells hold nothing but their labels, as form services do."""
        lists = {}
        for group in self.table.groups:
            labels = [skeleton(label) for label in self.table.in_group(group).values()]
            for code in questions:
                cells = {skeleton(cell) for cell in self.cells[code]} - {""}
                if cells and not any(ticked(cell, labels)[1] for cell in cells):
                    lists[group] = code
        return lists

    # --- what is said of a column

    def _column(self, field_: Field, matches: Sequence[_Match], *, recoded: bool = True) -> Plain:
        if is_pseudonym(field_) and self.person:
            return self.person | _doubt("Désigne bien chaque personne, d’une vague à l’autre ?")
        match = next((m for m in matches if m.field.name == field_.name), None)
        if match is None:
            options = ["oui", "non"] if field_.type == "boolean" else list(field_.labels)
            listed = f" Codes admis : {', '.join(options)}" if options else ""
            return {"constante": ""} | _doubt(f"{field_.label} : rien de semblable.{listed}")
        said: Plain = {"colonne": match.code}
        # An answer or nothing, where nothing may mean no.
        one, blank = len(self.cells[match.code]) == 1, any(not row[match.code] for row in self.rows)
        if match.field.type == "boolean" and one and blank:
            return said | {"vide": "non"} | _doubt("Une case à cocher : vide veut-il dire non ?")
        left = self._left_to_recode(field_.name, match.code) if recoded else {}
        said |= {"recoder": left} if left else {}
        if match.rival:
            return said | _doubt(f"Celle-ci, ou « {shown(match.rival)} » ?")
        if match.likeness < 1:
            return said | _doubt(f"« {shown(self._gist(match.code))} » pour « {field_.label} » ?")
        return said if left else match.code

    def _left_to_recode(self, column: str, code: str) -> dict[str, str]:
        """Answers that nothing explains; what the others are is told."""
        labels, cells = self.answers.labels.get(code, {}), self.cells[code]
        reading = Reading(self.table, column, self.sites, answers=labels)
        if reading.sites is not None or not reading.closed or len(cells) > _MOST_ANSWERS:
            return {}
        known = self.draft.known.setdefault((self.rank, code, f"{self.table.name}.{column}"), {})
        for cell in cells:
            with suppress(UnreadableError):
                known[cell] = reading(cell)
        return {cell: TO_COMPLETE for cell in cells if cell not in known}

    def _scores(self, stack: Sequence[_Match], matches: Sequence[_Match]) -> Plain:
        noted, columns = _NOTED.get(self.table.name, {}), {}
        for name, described in self.draft.dictionary.table("scores").fields.items():
            if name in noted:
                columns[name] = {"constante": noted[name]} | _doubt(f"{described.label} : toujours ?")
            elif name not in {"item", "score"}:
                columns[name] = self._column(described, matches, recoded=False)
        order = list(self.draft.dictionary.field("scores.item").labels)
        ranked = sorted(stack, key=lambda match: order.index(match.field.name))
        since = {one.field.name: self._column(one.field, [one], recoded=False) for one in ranked}
        return {"colonnes": columns, "empiler": {"colonne": "item", "valeur": "score", "depuis": since}}


def _asked(table: Table) -> list[tuple[Field, list[str]]]:
    """Columns of a table, and the names that an export may give them."""
    # A question that several columns answer tells none of them apart.
    questions = Counter(field.question for field in table.fields.values())
    return [
        (field, [field.name, field.label, *([field.question] if questions[field.question] == 1 else [])])
        for field in table.fields.values()
    ]


def _doubt(remark: str) -> dict[str, str]:
    return {"a_confirmer": "oui", "remarque": remark}
