"""The committed wave as the form services give it: Google, Microsoft, Framaforms, SurveyMonkey, Sphinx.

Each writes headings, ticked answers and absences its own way; what stands around (columns of the tool, file)
follows what their help pages and users' files show. `intake.exports` has the answers.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from intake import exports
from intake.exports import Question, Row, Values

Cells = list[object]
SURVEYS = {"flash": "questionnaire_flash", "carnet": "carnet_de_bord"}
WHO, SITE = "Votre code d’invitation", "Votre territoire"


@dataclass(frozen=True)
class Tool:
    """How one service writes answers.

    Attributes:
        added: Its own columns, and what the response of a rank has there.
        battery: Heading of a line of a battery: {0} is its question, {1} the line.
        joined: What parts ticked answers in one cell, then what ends it; none: a column for each.
        tick: In the column of a ticked answer, {0} being its label.
        absent: Where nobody answered.
        typed: Whether numbers and days are such, and not texts.
        file: Grid and its choices in a second heading row -> content.
        extension: Of the file.
    """

    added: Mapping[str, Callable[[int], object]]
    battery: str
    joined: tuple[str, str] | None
    tick: str
    absent: str
    typed: bool
    file: Callable[[Sequence[Cells], Sequence[str]], bytes]
    extension: str


def files(name: str) -> dict[str, bytes]:
    """What an evaluator would have: both surveys from the service, the list of recipients, the fieldwork."""
    tool = TOOLS[name]
    made = {f"{survey}.{tool.extension}": _export(tool, table) for survey, table in SURVEYS.items()}
    recipients = exports.csv_bytes(exports.texts(exports.recipients()), encoding="cp1252")
    return {**made, "destinataires.csv": recipients, "terrain.xlsx": exports.fieldwork()}


def _export(tool: Tool, table: str) -> bytes:
    columns = [(name, "") for name in tool.added] + [(WHO, "Response"), (SITE, "Response")]
    columns += list(_columns(tool, table))
    people, where = exports.persons(), exports.towns()
    grid: list[Cells] = [[heading for heading, _ in columns]]
    for rank, (row, notes) in enumerate(exports.respondents(table), start=1):
        who = [people[row["repondant"]], where[row["territoire"]]]
        grid.append([*(told(rank) for told in tool.added.values()), *who, *_answers(tool, table, row, notes)])
    return tool.file(grid, [choice for _, choice in columns])


def _columns(tool: Tool, table: str) -> Iterator[tuple[str, str]]:
    for question in exports.questions(table):
        if question.boxes and not tool.joined:
            yield from (
                (tool.battery.format(question.text, label), label) for label in question.boxes.values()
            )
        elif question.array[0]:
            yield tool.battery.format(question.array[1], question.text), question.text
        else:
            yield question.text, "Response"


def _answers(tool: Tool, table: str, row: Row, notes: Values) -> Iterator[object]:
    for question in exports.questions(table):
        if question.boxes:
            ticked = [label for column, label in question.boxes.items() if row[column] == "oui"]
            if tool.joined:
                between, last = tool.joined
                yield between.join(ticked) + last if ticked else tool.absent
            else:
                yield from (tool.tick.format(t) if t in ticked else "" for t in question.boxes.values())
            continue
        value = notes[question.name] if question.item else row[question.name]
        yield _answer(tool, question, value) if value else tool.absent


def _answer(tool: Tool, question: Question, value: str) -> object:
    if question.options:
        label = question.options[value][1]
        return float(label) if tool.typed and label.isdigit() else label
    if question.field.type == "date":
        day = dt.date.fromisoformat(value)
        return day if tool.typed else f"{day:%d/%m/%Y}"
    return float(value) if tool.typed else value.replace(".", ",")


def _csv(grid: Sequence[Cells], separator: str, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(grid)
    return text.getvalue().encode(encoding)


def _framaforms(grid: Sequence[Cells], choices: Sequence[str]) -> bytes:
    width = len(choices) - 1
    above: list[Cells] = [["Questionnaire ATC", *[""] * width], ["Détails de la soumission", *[""] * width]]
    return _csv([*above, *grid], ";", "utf-8")


def _surveymonkey(grid: Sequence[Cells], choices: Sequence[str]) -> bytes:
    # The question stands above its first choice only.
    heading, before = [], ""
    for name in map(str, grid[0]):
        asked = name.partition(" [")[0]
        heading.append("" if asked == before and " [" in name else asked)
        before = asked
    return _csv([heading, list(choices), *grid[1:]], ",", "utf-8-sig")


def _moment(rank: int) -> str:
    return f"{1 + rank % 28:02d}/10/2021 09:{rank % 60:02d}:00"


TOOLS = {
    "google_forms": Tool(
        added={"Horodateur": _moment, "Adresse e-mail": lambda rank: f"nom{rank}@example.org"},
        battery="{0} [{1}]",
        joined=(", ", ""),
        tick="",
        absent="",
        typed=False,
        file=lambda grid, _: _csv(grid, ",", "utf-8"),
        extension="csv",
    ),
    "microsoft_forms": Tool(
        added={
            "ID": str,
            "Heure de début": _moment,
            "Heure de fin": _moment,
            "Adresse de messagerie": lambda _: "anonymous",
            "Nom": lambda rank: f"Nom{rank}",
        },
        battery="{1}",
        joined=(";", ";"),
        tick="",
        absent="",
        typed=True,
        file=lambda grid, _: exports.xlsx_bytes({"Sheet1": grid}),
        extension="xlsx",
    ),
    "framaforms": Tool(
        added={
            "Numéro": str,
            "SID": lambda rank: str(900 + rank),
            "Heure de soumission": lambda rank: _moment(rank).replace(" ", " - "),
            "Brouillon": lambda _: "",
            "Adresse IP": lambda rank: f"192.0.2.{rank}",
            "UID": lambda _: "0",
            "Nom d’utilisateur": lambda _: "Anonyme",
        },
        battery="{1}",
        joined=None,
        tick="X",
        absent="",
        typed=False,
        file=_framaforms,
        extension="csv",
    ),
    "surveymonkey": Tool(
        added={
            "Respondent ID": lambda rank: str(11_800_000_000 + rank),
            "Collector ID": lambda _: "400123456",
            "Date Created": _moment,
            "Date Modified": _moment,
            "IP Address": lambda rank: f"192.0.2.{rank}",
            "Email Address": lambda _: "",
            "First Name": lambda _: "",
            "Last Name": lambda _: "",
            "Custom Data 1": lambda _: "",
        },
        battery="{0} [{1}]",
        joined=None,
        tick="{0}",
        absent="",
        typed=False,
        file=_surveymonkey,
        extension="csv",
    ),
    "sphinx": Tool(
        added={
            "CLE": lambda rank: f"K{rank:05d}",
            "DATE_SAISIE": _moment,
            "DATE_ENREG": _moment,
            "TEMPS_SAISIE": lambda rank: str(60 * rank),
            "PROGRESSION": lambda _: "Terminé",
        },
        battery="{1}",
        joined=(" ; ", ""),
        tick="",
        absent="Non réponse",
        typed=False,
        file=lambda grid, _: _csv(grid, ";", "cp1252"),
        extension="csv",
    ),
}
