"""The committed wave as survey tools and form services export it, from the answers of `intake.exports`.

Each writes headings, ticked answers and absences its own way; what stands around (columns of the tool, file)
follows what their help pages and users' files show.
"""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from intake import exports
from intake.exports import Grid, Person, Question, csv_bytes, xlsx_bytes

# What is made of a person, or a text that names them ``one``.
Cell = Callable[[Person], object] | str
# Text of a question, its parts and its answers: code -> text.
Asked = tuple[str, dict[str, str], dict[str, str]]
# What each tool adds of its own.
COLUMNS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
SURVEYS = {"flash": "questionnaire_flash", "carnet": "carnet_de_bord"}


@dataclass(frozen=True)
class Tool:
    """How one tool writes answers."""

    before: Mapping[str, Cell]  # its own columns, and those that tell who answered
    asked: Callable[[Question], Iterable[tuple[str, Cell]]]
    name: str  # of the file, after that of the survey
    file: Callable[[Grid], bytes]
    after: Mapping[str, Cell] = field(default_factory=dict)
    # End of the name of the file that describes the questionnaire -> what it holds, by table.
    described: Mapping[str, Callable[[str], bytes]] = field(default_factory=dict)


def files(tool: Tool) -> dict[str, bytes]:
    """What an evaluator would have: both surveys, the list of recipients, the fieldwork."""
    made = {"terrain.xlsx": exports.fieldwork()}
    made["destinataires.csv"] = csv_bytes(exports.recipients(), encoding="cp1252")
    for survey, table in SURVEYS.items():
        asked = (column for question in exports.questions(table) for column in tool.asked(question))
        columns = [*tool.before.items(), *asked, *tool.after.items()]
        answers = [
            [cell.format(one=one) if isinstance(cell, str) else cell(one) for _, cell in columns]
            for one in exports.people(table)
        ]
        made[survey + tool.name] = tool.file([[heading for heading, _ in columns], *answers])
        made |= {survey + name: make(table) for name, make in tool.described.items()}
    return made


def _box(column: str, ticked: str, left: str = "") -> Cell:
    return lambda one: ticked if one.row[column] == "oui" else left


def limesurvey(headings: str, answers: str, *, workbook: bool = False) -> Tool:
    """Exports with headings ``code``, ``code_texte`` or ``texte``, and answers ``code`` or ``texte``."""
    shape = {"code": "{0}", "code_texte": "{0}. {1}", "texte": "{1}"}[headings]
    worded = answers == "texte"

    def asked(question: Question) -> Iterator[tuple[str, Cell]]:
        for rank, (column, label) in enumerate(question.boxes.items(), start=1):
            heading = shape.format(f"{question.code}[SQ{rank:03d}]", f"{question.text} [{label}]")
            yield heading, _box(column, "Oui" if worded else "Y")
        if not question.boxes:
            array, above = question.array
            code = f"{array}[{question.code}]" if array else question.code
            text = f"{above} [{question.text}]" if array else question.text
            yield shape.format(code, text), lambda one: written(question, one.value(question))

    def written(question: Question, value: str) -> str:
        if question.options:
            return question.options[value][worded] if value else ""
        if question.field.type == "date":
            return f"{value} 00:00:00"
        return f"{float(value):.10f}" if question.field.type == "number" else value

    before = {shape.format(code, text): cell for code, (text, cell) in COLUMNS["limesurvey"].items()}
    if workbook:
        return Tool(before, asked, "_reponses.xlsx", _sheet("Réponses"), described={".lss": lss})
    made = partial(csv_bytes, encoding="utf-8-sig", quoted=True, blank=True)
    return Tool(before, asked, "_reponses.csv", made, described={".lss": lss})


def _sheet(name: str) -> Callable[[Grid], bytes]:
    return lambda grid: xlsx_bytes({name: grid})


def lss(table: str) -> bytes:
    """The structure of one survey, as LimeSurvey 5 exports it."""
    asked: dict[str, Asked] = {"SITE": (COLUMNS["limesurvey"]["SITE"][0], {}, {})}
    for question in exports.questions(table):
        array, above = question.array
        parts, answers = asked.setdefault(array or question.code, (above or question.text, {}, {}))[1:]
        boxes = enumerate(question.boxes.values(), start=1)
        parts |= {f"SQ{rank:03d}": label for rank, label in boxes} or (
            {question.code: question.text} if array else {}
        )
        answers |= {} if question.boxes else dict(question.options.values())
    return lss_bytes(asked)


def lss_bytes(asked: Mapping[str, Asked], *, recent: bool = True, other: str = "") -> bytes:
    """A structure, as versions before 4 or since then write it; ``other`` is one that admits more."""
    names = ("questions", "subquestions", "question_l10ns", "answers", "answer_l10ns")
    sections: dict[str, list[dict[str, object]]] = {name: [] for name in names}

    def put(section: str, what: str, key: str, text: str, **cells: object) -> int:
        number = 100 + len(sections["questions"]) + len(sections["subquestions"]) + len(sections["answers"])
        sections[section].append({key: number, **cells, **({} if recent else {what: text})})
        if recent:
            sections[f"{what}_l10ns"].append({key: number, what: text, "language": "fr"})
        return number

    for code, (question, parts, answers) in asked.items():
        said = {"title": code, "other": "Y" if code == other else "N"}
        qid = put("questions", "question", "qid", f"<p>{question}</p>", parent_qid=0, **said)
        for title, text in parts.items():
            put("subquestions", "question", "qid", text, parent_qid=qid, title=title, other="N")
        for value, label in answers.items():
            put("answers", "answer", "aid", label, qid=qid, code=value)
    body = "".join(_section(name, found) for name, found in sections.items() if found)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<document><LimeSurveyDocType>Survey</LimeSurveyDocType>'
    return f"{head}<DBVersion>480</DBVersion>{body}</document>".encode()


def _section(name: str, found: Sequence[Mapping[str, object]]) -> str:
    cells = (
        "<row>" + "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in row.items()) + "</row>"
        for row in found
    )
    return f"<{name}><rows>{''.join(cells)}</rows></{name}>"


_GROUPS = {"identite": "Vous", "reponses": "Vos réponses", "notes": "La situation du territoire"}


def kobo(ticked: str, *, labels: bool = False, workbook: bool = False) -> Tool:
    """Exports with boxes in a ``liste``, in ``colonnes`` (0/1) or in ``deux``, as Kobo does by default.

    Headings and answers are names, or else labels.
    """

    def path(group: str, *named: str) -> str:
        return f"{_GROUPS[group]}/{named[1]}" if labels else f"{group}/{named[0]}"

    def asked(question: Question) -> Iterator[tuple[str, Cell]]:
        base = path("notes" if question.item else "reponses", question.name, question.text)
        choices = {c: label if labels else _choice(c, question) for c, label in question.boxes.items()}
        if choices and ticked != "colonnes":
            yield base, lambda one: " ".join(choices[column] for column in one.ticked(question))
        if ticked != "liste":
            yield from ((f"{base}/{choice}", _box(column, "1", "0")) for column, choice in choices.items())
        if not choices:
            yield base, lambda one: written(question, one.value(question))

    def written(question: Question, value: str) -> str:
        return question.options[value][1] if labels and value in question.options else value

    told = COLUMNS["kobo"]
    before = told["before"] | {path("identite", n, text): c for n, (text, c) in told["identity"].items()}
    if labels:
        before["Vous/Votre territoire"] = "{one.town}"
    name, made = "_reponses.csv", partial(csv_bytes, quoted=True)
    if workbook:
        name, made = "_reponses.xlsx", _sheet("ATC")
    return Tool(
        before, asked, name, made, told["after"], {"_xlsform.xlsx": lambda table: xlsx_bytes(xlsform(table))}
    )


def _choice(column: str, question: Question) -> str:
    return column.removeprefix({"composition": "instance_", "themes": "theme_"}[question.name])


def xlsform(table: str) -> dict[str, list[list[object]]]:
    """The form behind the export: sheets ``survey`` and ``choices``."""
    survey: list[list[object]] = [["type", "name", "label::Français (fr)"]]
    survey += [["start", "start", ""], ["end", "end", ""]]
    choices: list[list[object]] = [["list_name", "name", "label::Français (fr)"]]
    choices += [["territoires", code, town] for code, town in exports.towns().items()]
    survey.append(["begin_group", "identite", _GROUPS["identite"]])
    for name, (text, _) in COLUMNS["kobo"]["identity"].items():
        survey.append(["select_one territoires" if name == "territoire" else "text", name, text])
    survey += [["end_group", "", ""], ["begin_group", "reponses", _GROUPS["reponses"]]]
    listed: dict[str, dict[str, str]] = {}
    for question in exports.questions(table):
        if question.item and "note" not in listed:
            survey += [["end_group", "", ""], ["begin_group", "notes", _GROUPS["notes"]]]
        name, kind = "note" if question.item else question.name, question.field.type
        options = {value: label for value, (_, label) in question.options.items()}
        options = {_choice(c, question): label for c, label in question.boxes.items()} or options
        if options:
            listed[name] = options
            kind = f"select_{'multiple' if question.boxes else 'one'} {name}"
        survey.append([{"number": "decimal"}.get(kind, kind), question.name, question.text])
    choices += [[name, value, label] for name, found in listed.items() for value, label in found.items()]
    survey.append(["end_group", "", ""])
    return {"survey": survey, "choices": choices, "settings": [["form_title"], ["ATC"]]}


def _service(
    service: str,
    name: str,
    file: Callable[[Grid], bytes],
    battery: str = "{1}",
    *,
    joined: tuple[str, str] | None = None,
    tick: str = "",
    absent: str = "",
    typed: bool = False,
) -> Tool:
    """Exports in words.

    ``battery`` is the heading of a line of a battery: {0} is its question, {1} the line. ``joined`` says what
    parts ticked answers in one cell, then what ends it; without it each has a column, with ``tick`` where {0}
    is its label. ``absent`` stands where nobody answered; numbers and days are such, and not texts, if typed.
    """

    def asked(question: Question) -> Iterator[tuple[str, Cell]]:
        if question.boxes and joined:
            yield question.text, lambda one: listed(one.ticked(question).values(), *joined)
        elif question.boxes:
            for column, label in question.boxes.items():
                yield battery.format(question.text, label), _box(column, tick.format(label))
        else:
            array = question.array[1]
            heading = battery.format(array, question.text) if array else question.text
            yield heading, lambda one: written(question, one.value(question))

    def listed(ticked: Iterable[str], between: str, last: str) -> str:
        return between.join(ticked) + last if ticked else absent

    def written(question: Question, value: str) -> object:
        if not value:
            return absent
        if question.options:
            label = question.options[value][1]
            return float(label) if typed and label.isdigit() else label
        if question.field.type == "date":
            day = dt.date.fromisoformat(value)
            return day if typed else f"{day:%d/%m/%Y}"
        return float(value) if typed else value.replace(".", ",")

    before = {**COLUMNS[service], "Votre code d’invitation": "{one.token}", "Votre territoire": "{one.town}"}
    return Tool(before, asked, name, file)


def _framaforms(grid: Grid) -> bytes:
    blanks = [""] * (len(grid[0]) - 1)
    return csv_bytes([["Questionnaire ATC", *blanks], ["Détails de la soumission", *blanks], *grid])


def _surveymonkey(grid: Grid) -> bytes:
    # The question stands above its first choice only.
    names = [str(name).partition(" [") for name in grid[0]]
    asked = [
        "" if rank and choice and question == names[rank - 1][0] else question
        for rank, (question, _, choice) in enumerate(names)
    ]
    choices = [
        "" if name in COLUMNS["surveymonkey"] else choice[:-1] or "Response" for name, _, choice in names
    ]
    return csv_bytes([asked, choices, *grid[1:]], ",", encoding="utf-8-sig")


_comma = partial(csv_bytes, separator=",")
_latin = partial(csv_bytes, encoding="cp1252")
SERVICES = {
    service: _service(service, *how, **options)
    for service, how, options in (
        ("google_forms", (".csv", _comma, "{0} [{1}]"), {"joined": (", ", "")}),
        ("microsoft_forms", (".xlsx", _sheet("Sheet1")), {"joined": (";", ";"), "typed": True}),
        ("framaforms", (".csv", _framaforms), {"tick": "X"}),
        ("surveymonkey", (".csv", _surveymonkey, "{0} [{1}]"), {"tick": "{0}"}),
        ("sphinx", (".csv", _latin), {"joined": (" ; ", ""), "absent": "Non réponse"}),
    )
}
