"""The committed wave of autumn 2021 as questions, people and spreadsheets: the fixtures of the imports.

Nothing is stored: files are made from ``data/raw/2021-automne`` each time; `intake.form_tools` has what
survey tools give. Names and addresses are made up, on example.org; they must never arrive.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from atc.intake.persons import DEMONSTRATION_KEY, pseudonym
from atc.survey.dictionary import Dictionary, Field, load_dictionary
from atc.survey.paths import Project, find_project

HERE = find_project(Path(__file__))
VAGUE = "2021-automne"
# The key that made the committed codes: published, it guards nobody.
KEY = DEMONSTRATION_KEY
NO_ANSWERS = {"NSP": "Ne sait pas", "NC": "Non communiqué", "SO": "Sans objet"}

Row = dict[str, str]
Grid = Sequence[Sequence[object]]
Values = Mapping[str, str]


def rows(table: str, vague: str = VAGUE, project: Project = HERE) -> list[Row]:
    """Rows of a table, as text; of a committed one unless another project is given."""
    with (project.raw(vague) / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tables(project: Project = HERE) -> dict[str, list[Row]]:
    """The rows of every table of a wave; not its codebook, which people write and no export holds."""
    names = sorted(path.stem for path in project.raw(VAGUE).glob("*.csv"))
    return {name: rows(name, project=project) for name in names if name != "codebook"}


def dictionary() -> Dictionary:
    """The project's."""
    return load_dictionary(HERE)


def persons() -> dict[str, str]:
    """Code -> what names the person: the invitation token, which is where the fiction starts."""
    posts = [("A", row["territoire"]) for row in rows("territoires")]
    roles = dictionary().field("questionnaire_flash.role").labels
    posts += [("R", f"{row['territoire']}/{role}") for row in rows("territoires") for role in roles]
    names = [(prefix, name) for prefix, post in posts for name in (post, f"{post}/{VAGUE}")]
    names += [("L", f"{VAGUE}/{rank}") for rank in range(1, 50)]
    return {pseudonym(KEY, prefix, name): name for prefix, name in names}


def towns() -> dict[str, str]:
    """Code of a territory -> its town."""
    return {row["territoire"]: row["commune"] for row in rows("territoires")}


@dataclass(frozen=True)
class Question:
    """One question of a form."""

    code: str  # in LimeSurvey
    name: str  # in KoboToolbox: the column of the table, or the group of ticked boxes, or the item
    text: str  # as respondents read it
    field: Field  # what may be answered; of the first box for ticked ones
    boxes: Mapping[str, str]  # column -> label of each ticked box; none for a single answer
    array: tuple[str, str] = ("", "")  # code and text of the array that it is a line of in LimeSurvey
    item: bool = False  # whether it is an item noted 1-10

    @property
    def options(self) -> dict[str, tuple[str, str]]:
        """Value in the table -> code in LimeSurvey and label; empty when the answer is free."""
        if self.item:
            coded = {str(note): (str(note), str(note)) for note in range(1, 11)}
        elif self.field.type == "boolean":
            coded = {"oui": ("Y", "Oui"), "non": ("N", "Non")}
        else:
            labels = enumerate(self.field.labels.items(), start=1)
            coded = {value: (f"A{rank}", label) for rank, (value, label) in labels}
        return coded | {"NSP": ("NSP", NO_ANSWERS["NSP"])} if coded else {}


_CODES = {
    "debut_contrat": "DEBUT", "contrat": "CONTRAT", "temps_plein": "PLEIN", "profil": "PROFIL",
    "issu_du_quartier": "QUARTIER", "etp": "ETP", "configuration": "QUI", "soutien_demarrage": "SOUT1",
    "soutien_actuel": "SOUT2", "instances": "INST", "reunions_pilotage": "REUNI", "posture": "POST",
    "composition": "COMPO", "themes": "THEME",
}  # fmt: skip
_SKIPPED = {"repondant", "territoire", "role", "repondu", "reunions_janvier_2020"}


def questions(table: str) -> list[Question]:
    """The form of one survey: the carnet or the flash questionnaire, items last."""
    described = dictionary().table(table)
    asked: list[Question] = []
    for field in described.fields.values():
        if field.name in _SKIPPED or (field.group and any(q.name == field.group for q in asked)):
            continue
        if field.group == "freins":
            rank = sum(q.array[0] == "FREIN" for q in asked) + 1
            array = ("FREIN", field.question)
            asked.append(Question(f"SQ{rank:03d}", field.name, field.label, field, {}, array))
        elif field.group:
            boxes = described.in_group(field.group)
            text = described.groups[field.group]
            asked.append(Question(_CODES[field.group], field.group, text, field, boxes))
        else:
            asked.append(Question(_CODES[field.name], field.name, field.question, field, {}))
    return [*asked, *_items()]


def _items() -> Iterator[Question]:
    score = dictionary().field("scores.score")
    wordings = {row["variable"]: row["libelle"] for row in rows("codebook")}
    there = {row["item"] for row in rows("scores")}
    for rank, (code, label) in enumerate(dictionary().field("scores.item").labels.items(), start=1):
        if code in there:
            text = wordings.get(f"scores.item={code}", label)
            yield Question(f"SQ{rank:03d}", code, text, score, {}, ("SIT", score.question), item=True)


@dataclass(frozen=True)
class Person:
    """Someone who answered a survey, under a made-up identity that no import may keep."""

    rank: int
    token: str  # the invitation
    town: str
    row: Row
    notes: Values  # item -> note
    day: str  # of October, when they answered
    minute: str  # after nine, likewise

    def value(self, question: Question) -> str:
        """The answer to a question, as the table has it."""
        return self.notes[question.name] if question.item else self.row[question.name]

    def ticked(self, question: Question) -> Values:
        """Column -> label of the boxes that were ticked."""
        return {column: label for column, label in question.boxes.items() if self.row[column] == "oui"}


def people(table: str) -> list[Person]:
    """Who answered a survey."""
    notes: dict[str, Row] = {}
    for row in rows("scores"):
        notes.setdefault(row["repondant"], {})[row["item"]] = row["score"]
    tokens, town = persons(), towns()
    answered = [row for row in rows(table) if row.get("repondu", "oui") == "oui"]
    return [
        Person(rank, tokens[who := row["repondant"]], town[row["territoire"]], row, notes[who],
               day=f"{1 + rank % 28:02d}", minute=f"{rank % 60:02d}")
        for rank, row in enumerate(answered, start=1)
    ]  # fmt: skip


def csv_bytes(
    grid: Grid, separator: str = ";", *, encoding: str = "utf-8", quoted: bool = False, blank: bool = False
) -> bytes:
    """Ends of lines are CRLF; LimeSurvey quotes every field and ends with a blank line."""
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=separator, lineterminator="\r\n", quoting=quoting).writerows(grid)
    return (text.getvalue() + ("\r\n" if blank else "")).encode(encoding)


def xlsx_bytes(sheets: Mapping[str, Grid], **options: object) -> bytes:
    """A workbook; dates as dates, numbers as numbers, texts as texts."""
    file = io.BytesIO()
    options |= {"in_memory": True, "strings_to_formulas": False, "default_date_format": "dd/mm/yyyy"}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": dt.datetime(2021, 12, 15, tzinfo=dt.UTC)})
        for name, grid in sheets.items():
            sheet = book.add_worksheet(name)
            for line, cells in enumerate(grid):
                for column, cell in enumerate(cells):
                    if cell != "":
                        sheet.write(line, column, cell)
    return file.getvalue()


def sheets(book: bytes) -> dict[str, list[list[Any]]]:
    """What a workbook holds: sheet -> rows."""
    with CalamineWorkbook.from_filelike(io.BytesIO(book)) as opened:
        return {n: opened.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in opened.sheet_names}


def edited(book: bytes, change: Callable[[dict[str, list[list[Any]]]], object]) -> bytes:
    """The workbook once somebody has changed its sheets in place."""
    found = sheets(book)
    change(found)
    return xlsx_bytes(found)


SHEETS = {
    "entretiens": "Entretiens", "positionnements": "Modèles", "effets": "Effets",
    "legitimites": "Légitimités", "verbatims": "Citations",
}  # fmt: skip


def spreadsheet(table: str, *, typed: bool = False) -> Grid:
    """One table with the labels of the dictionary; people of surveys have a name, an address and their notes.

    If ``typed``, numbers and dates are such, for a workbook; otherwise as a French Excel writes them.
    """
    described, tokens, where = dictionary().table(table), persons(), towns()
    surveyed = table in {"carnet_de_bord", "questionnaire_flash"}
    items = [question for question in questions(table) if question.item] if surveyed else []
    fields = [f for f in described.fields.values() if f.name != "reunions_janvier_2020"]
    heading: list[object] = [*(["Nom", "Courriel"] if surveyed else []), *(f.label for f in fields)]
    grid = [[*heading, *(question.text for question in items)]]
    notes = {one.row["repondant"]: one.notes for one in people(table)} if surveyed else {}
    for rank, row in enumerate(rows(table), start=1):
        cells: list[object] = [f"Nom{rank}", f"nom{rank}@example.org"] if surveyed else []
        for field in fields:
            value = row[field.name]
            if field.name in {"repondant", "locuteur"}:
                cells.append(tokens[value])
            elif field.name == "territoire":
                cells.append(where[value])
            else:
                cells.append(_cell(field, value, typed))
        given = notes.get(row.get("repondant", ""), {})
        cells += [_cell(question.field, given.get(question.name, ""), typed) for question in items]
        grid.append(cells)
    return grid


def _cell(field: Field, value: str, typed: bool) -> object:
    if value in NO_ANSWERS:
        return value if len(field.name) % 2 else NO_ANSWERS[value]  # both are found in one file
    if not value:
        return ""
    if field.type == "date":
        day = dt.date.fromisoformat(value)
        return day if typed else f"{day:%d/%m/%Y}"
    if field.type in {"integer", "number"}:
        return float(value) if typed else value.replace(".", ",")
    return field.labels.get(value, value)


def recipients() -> Grid:
    """The list to whom the flash questionnaire was sent: a tool only exports those who answered."""
    tokens, where = persons(), towns()
    roles = dictionary().field("questionnaire_flash.role").labels
    grid: list[list[object]] = [["Code d’invitation", "Courriel", "Territoire", "Fonction"]]
    for rank, row in enumerate(rows("questionnaire_flash"), start=1):
        token = tokens[row["repondant"]]
        grid.append([token, f"nom{rank}@example.org", where[row["territoire"]], roles[row["role"]]])
    return grid


def fieldwork() -> bytes:
    """What evaluators write themselves, whatever the survey tool: one sheet a table."""
    return xlsx_bytes({sheet: spreadsheet(table, typed=True) for table, sheet in SHEETS.items()})


def csv_files() -> dict[str, bytes]:
    """Everything as a French Excel saves it: one CSV a table."""
    tables = {"flash": "questionnaire_flash", "carnet": "carnet_de_bord"} | {table: table for table in SHEETS}
    return {f"{name}.csv": csv_bytes(spreadsheet(table), encoding="cp1252") for name, table in tables.items()}


if __name__ == "__main__":
    # `python tests/intake/exports.py`: the exports that the guide rehearses with; a test holds them to this.
    for name, content in csv_files().items():
        (HERE.root / "docs" / "exemples" / "exports" / name).write_bytes(content)
