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
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeAlias

from atc.intake import values
from atc.intake.mapping_files import TO_COMPLETE, Draft, Plain
from atc.intake.persons import blocked_by_content, personal_by_name
from atc.intake.reading import WORKBOOK, Sheet, read_table, sheet_names
from atc.intake.tools import STRUCTURE, Structure, answers, codes, open_export, structures
from atc.survey.dictionary import Field, Table, load_dictionary
from atc.survey.errors import DataRefused, Messages, shown
from atc.survey.paths import Project
from atc.survey.settings import load_settings
from atc.survey.typography import place, skeleton

_said = Messages(__name__)
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
_LIMESURVEY = re.compile(r"(submitdate|lastpage|startlanguage)\b|\w+\[\w+\](\.|$)")
_MOST_ANSWERS = 30
_LONGEST_SHOWN = 40
_LEAST_LIKENESS = 0.55
# Answers say more than a heading that merely resembles, and less than the right one.
_SAME_ANSWERS = 0.9


def propose(project: Project, files: Sequence[Path], vague: str) -> Draft:
    """Draft a mapping, which `atc import` refuses until every guess in it is confirmed.

    A `DataRefused` tells that a file cannot be read, a `UsageError` that the wave is unknown.
    """
    settings, dictionary = load_settings(project), load_dictionary(project)
    wave, sites = settings.wave(vague), values.spellings(values.known_sites(project, settings, vague), {})
    mapping: Plain = {"vague": vague, "titre": f"Animation territoriale citoyenne : {wave.label.lower()}"}
    mapping |= {"collecte": {"libelle": TO_COMPLETE}, "statut": "observé"}
    draft = Draft(mapping, dictionary)
    exports = _exports({path: open_export(path, project) for path in files})
    sources = [_Source(export, rank, draft, sites).said() for rank, export in enumerate(exports)]
    given = {table for source in sources for table in source["tables"]}
    # Public facts about the territories last from one wave to the next; who knows says it of the others.
    reused = {name: TO_COMPLETE for name in dictionary.tables if name not in given}
    if values.TERRITORIES in reused:
        reused[values.TERRITORIES] = wave.previous or TO_COMPLETE
    mapping |= {"reprendre": reused} if reused else {}
    mapping |= {"statuts": {values.TERRITORIES: "publié"}} if values.TERRITORIES in reused else {}
    mapping["sources"] = sources
    return draft


def _exports(contents: Mapping[Path, bytes]) -> Iterator[tuple[Plain, Sheet]]:
    """What the mapping says of each export, and its answers in the words of the questions."""
    described: list[tuple[str, str, Structure]] = []
    given: list[tuple[Path, bytes, str, str]] = []
    for path, content in contents.items():
        name, suffix = shown(path.name), path.suffix.lower()
        titles = sheet_names(content, name) if suffix == WORKBOOK else [""]
        if suffix == STRUCTURE or "survey" in map(str.casefold, titles):
            tool = "limesurvey" if suffix == STRUCTURE else "kobo"
            described += [(tool, path.name, one) for one in structures(tool, content, name)]
        else:
            given += [(path, content, title, title if len(titles) > 1 else "") for title in titles]
    for path, content, title, told in given:
        entete, sheet = _read(path, content, title)
        tool, structure, structure_file, most = "tableur", Structure(), "", (0, 0)
        if {"_id", "_uuid", "_submission_time"} & set(sheet.headings):
            tool = "kobo"
        elif any(map(_LIMESURVEY.match, sheet.headings)):
            tool = "limesurvey"
        for other, file, one in described:
            asked = {code for code in codes(tool, sheet.headings, one).values() if code in one.wordings}
            if other == tool and asked and (len(asked), one.spoken(sheet)) > most:
                most, structure, structure_file = (len(asked), one.spoken(sheet)), one, file
        found = answers(tool, sheet, structure)
        # The wording of a question tells more than its code.
        headings = {code: _ONE.sub("", structure.wordings.get(code, t)) for code, t in found.headings.items()}
        said = {"fichier": path.name, "outil": tool, "feuille": told, "structure": structure_file}
        said["entete"] = entete
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
        return told[1], read_table(path, content, title, heading=(int(told[1]), int(told[1])))
    if _CHOICES_BELOW & set(sheet.headings):
        return "1-2", read_table(path, content, title, heading=(1, 2))
    return "", sheet


#: Columns of the dictionary, or items of a battery, each with its names.
_Wanted: TypeAlias = list[tuple[Field, list[str]]]


class _Match(NamedTuple):
    """The heading that seems to be that of a column of the dictionary, or of an item of a battery."""

    code: str  # of the column of the export
    likeness: float  # from 0 to 1; 1 is sure
    rival: str  # heading of another column that resembles as much; empty if none does


class _Source:
    """What one export seems to be."""

    def __init__(
        self, export: tuple[Plain, Sheet], rank: int, draft: Draft, sites: Mapping[str, str]
    ) -> None:
        (self.named, self.answers), self.rank, self.draft, self.sites = export, rank, draft, sites
        self.headings, self.rows = self.answers.headings, self.answers.rows.values()
        self.cells = {code: [*dict.fromkeys(r[code] for r in self.rows if r[code])] for code in self.headings}
        # What a heading says of its own: its part in brackets, the end of its path, or all of it.
        self.gist, self.texts = {}, dict[str, set[str]]()
        for code, heading in self.headings.items():
            part = re.search(r"\[([^\[\]]+)\]$", heading)
            self.gist[code] = part[1] if part else heading.rpartition("/")[2] or heading
            texts = (code, code.rpartition("/")[2], heading, heading.partition(". ")[2], self.gist[code])
            self.texts[code] = {skeleton(text) for text in texts} - {""}
        self.table: Table = next(iter(draft.dictionary))
        self.person: Plain = {}

    def said(self) -> Plain:
        """Its entry in the mapping."""
        technical, personal = self.answers.technical, {}
        for code, heading in self.headings.items():
            by_content = (kind for cell in self.cells[code] if (kind := blocked_by_content(cell)))
            personal[code] = personal_by_name(code, heading) or next(by_content, "")
        # Questions only: neither what the tool adds, nor what names people.
        questions = [c for c in self.headings if not personal[c] and c not in technical]
        named = [code for kind in _PERSONS for code in personal if personal[code] == kind]
        tables = [
            t for t in self.draft.dictionary if not named or any(map(values.is_pseudonym, t.fields.values()))
        ]
        tried = [(table, self._matches(_names(table), questions)) for table in tables]
        # The table that the export resembles most.
        fits = [sum(m.likeness for m in found.values()) / len(table.fields) for table, found in tried]
        self.table, matches = tried[fits.index(max(fits))]
        item, used = self.draft.dictionary.field("scores.item"), {match.code for match in matches.values()}
        items = [(replace(item, name=code), [code, label]) for code, label in item.labels.items()]
        left = [code for code in questions if code not in used]
        stack, lists = self._matches(items, left), self._ticked_lists(left)
        used |= {match.code for match in stack.values()} | set(lists.values())
        # A column that says by its name that it holds persons comes before an address.
        people = [match for name, match in matches.items() if values.is_pseudonym(self.table.fields[name])]
        sure = [match.code for match in people if match.likeness == 1]
        who = next(iter([*sure, *named, *(match.code for match in people)]), "")
        self.person = {"colonne": who, "pseudonyme": _PREFIXES.get(self.table.name, "R")} if who else {}
        for code in set(questions) - {who}:
            self.draft.shown[self.rank, code] = [c for c in self.cells[code] if len(c) <= _LONGEST_SHOWN]
        columns = {}
        for f in self.table.fields.values():
            columns[f.name] = self._column(f, matches.get(f.name))
            if f.group in lists and f.name not in matches:
                said = {"colonne": lists[f.group], "contient": f.label, "vide": "non"}
                columns[f.name] = said | _doubt(_said("ticked"))
        tables_: Plain = {self.table.name: {"colonnes": columns}}
        if stack and self.table.name != "scores":
            tables_["scores"] = self._scores(stack, matches)
        kept = self.named | {
            "ignorer": {c: kind for c, kind in personal.items() if kind and c not in {*technical, who}},
            "a_classer": {code: shown(self.gist[code]) for code in questions if code not in used},
        }
        return {key: found for key, found in kept.items() if found} | {"tables": tables_}

    def _matches(self, wanted: _Wanted, questions: Sequence[str]) -> dict[str, _Match]:
        """Name of a column, or of an item -> its heading: the likeliest first, each heading once."""
        like = {(f.name, code): self._likeness(f, names, code) for f, names in wanted for code in questions}
        kept: dict[str, _Match] = {}
        for (name, code), likeness in sorted(like.items(), key=lambda one: -one[1]):
            taken = name in kept or any(code == other.code for other in kept.values())
            if likeness >= _LEAST_LIKENESS and not taken:
                # Two batteries may bear the same items: before, and today.
                rivals = (self.headings[c] for c in questions if c != code and like[name, c] == likeness)
                kept[name] = _Match(code, likeness, next(rivals, ""))
        return kept

    def _likeness(self, field_: Field, names: Sequence[str], code: str) -> float:
        """How much a heading, or else the answers under it, are those of a column."""
        cells, known = self.cells[code], {skeleton(name) for name in names} - {""}
        if self.texts[code] & known:
            return 1.0
        pairs = ((text, name) for text in self.texts[code] for name in known)
        worded = max((difflib.SequenceMatcher(None, *pair).ratio() for pair in pairs), default=0.0)
        options = {skeleton(text) for pair in field_.labels.items() for text in pair}
        if field_.name == values.TERRITORY:
            admitted = all(place(cell) in self.sites for cell in cells)
        elif options:
            admitted = {skeleton(cell) for cell in cells} <= options
        else:
            pattern = field_.constraints.get("pattern", "(?!)")
            admitted = all(re.fullmatch(pattern, cell) for cell in cells)
        return max(worded, _SAME_ANSWERS * bool(cells and admitted))

    def _ticked_lists(self, questions: Sequence[str]) -> dict[str, str]:
        """Set of ticked boxes -> column whose cells hold nothing but their labels, as form services do."""
        lists = {}
        for group in self.table.groups:
            labels = [skeleton(label) for label in self.table.in_group(group).values()]
            for code in questions:
                cells = {skeleton(cell) for cell in self.cells[code]} - {""}
                if cells and not any(values.ticked(cell, labels)[1] for cell in cells):
                    lists[group] = code
        return lists

    def _column(self, field_: Field, match: _Match | None) -> Plain:
        if values.is_pseudonym(field_) and self.person:
            return self.person | _doubt(_said("person"))
        if match is None:
            options = ["oui", "non"] if field_.type == "boolean" else list(field_.labels)
            listed = f" Codes admis : {', '.join(options)}" if options else ""
            return {"constante": ""} | _doubt(f"{field_.label} : rien de semblable.{listed}")
        said: Plain = {"colonne": match.code}
        cells, own = self.cells[match.code], field_.table == self.table.name
        # An answer or nothing, where nothing may mean no.
        if field_.type == "boolean" and len(cells) == 1 and any(not row[match.code] for row in self.rows):
            return said | {"vide": "non"} | _doubt(_said("box"))
        labels = self.answers.labels.get(match.code, {})
        reading = values.Reading(self.table, field_.name, self.sites, answers=labels) if own else None
        if reading and reading.sites is None and reading.closed and len(cells) <= _MOST_ANSWERS:
            dotted = f"{self.table.name}.{field_.name}"
            known = self.draft.known.setdefault((self.rank, match.code, dotted), {})
            for cell in cells:
                with suppress(values.UnreadableError):
                    known[cell] = reading(cell)
            # Answers that nothing explains; what the others are is told.
            if left := {cell: TO_COMPLETE for cell in cells if cell not in known}:
                said["recoder"] = left
        if match.rival:
            return said | _doubt(f"Celle-ci, ou « {shown(match.rival)} » ?")
        if match.likeness < 1:
            return said | _doubt(f"« {shown(self.gist[match.code])} » pour « {field_.label} » ?")
        return said if "recoder" in said else match.code

    def _scores(self, stack: Mapping[str, _Match], matches: Mapping[str, _Match]) -> Plain:
        noted, columns = _NOTED.get(self.table.name, {}), {}
        for name, described in self.draft.dictionary.table("scores").fields.items():
            if name in noted:
                columns[name] = {"constante": noted[name]} | _doubt(f"{described.label} : toujours ?")
            elif name not in {"item", "score"}:
                columns[name] = self._column(described, matches.get(name))
        item = self.draft.dictionary.field("scores.item")
        asked = {code: replace(item, label=label) for code, label in item.labels.items() if code in stack}
        since = {code: self._column(one, stack[code]) for code, one in asked.items()}
        return {"colonnes": columns, "empiler": {"colonne": "item", "valeur": "score", "depuis": since}}


def _names(table: Table) -> _Wanted:
    """Columns of a table, and the names that an export may give them."""
    # A question that several columns answer tells none of them apart.
    asked = Counter(field.question for field in table.fields.values())
    return [(f, [f.name, f.label, f.question * (asked[f.question] == 1)]) for f in table.fields.values()]


def _doubt(remark: str) -> dict[str, str]:
    return {"a_confirmer": "oui", "remarque": remark}
