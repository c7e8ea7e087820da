"""The committed wave of autumn 2021 as each survey tool would have exported it: the fixtures of the imports.

Nothing is stored: the files are made from ``data/raw/2021-automne`` each time, in the very shapes that
LimeSurvey, KoboToolbox and a French Excel give. Names and addresses are made up, on example.org; they must
never arrive.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

from atc.intake.persons import DEMONSTRATION_KEY, pseudonym
from atc.survey.dictionary import Dictionary, Field, load_dictionary
from atc.survey.paths import find_project

HERE = find_project(Path(__file__))
VAGUE = "2021-automne"
# The key that made the committed codes: published, it guards nobody.
KEY = DEMONSTRATION_KEY
NO_ANSWERS = {"NSP": "Ne sait pas", "NC": "Non communiqué", "SO": "Sans objet"}

Row = dict[str, str]
Grid = list[list[str]]
Values = Mapping[str, str]


def rows(table: str, vague: str = VAGUE) -> list[Row]:
    """Rows of a committed table, as text."""
    with (HERE.raw(vague) / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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


def identity(token: str, rank: int) -> dict[str, str]:
    """Who a made-up person is, in columns that no import may keep."""
    return {
        "nom": f"Nom{rank}",
        "prenom": f"Prénom{rank}",
        "courriel": f"prenom{rank}.nom{rank}@example.org",
        "telephone": f"06 00 00 {rank // 100:02d} {rank % 100:02d}",
        "ip": f"192.0.2.{rank}",
        "jeton": token,
    }


@dataclass(frozen=True)
class Question:
    """One question of a form.

    Attributes:
        code: In LimeSurvey.
        name: In KoboToolbox: the column of the table, or the group of ticked boxes, or the item.
        text: As respondents read it.
        field: What may be answered; of the first box for ticked ones.
        boxes: Column -> label of each ticked box; none for a single answer.
        array: Code and text of the array that it is a line of in LimeSurvey; empty if none.
        item: Whether it is an item noted 1-10.
    """

    code: str
    name: str
    text: str
    field: Field
    boxes: Mapping[str, str]
    array: tuple[str, str] = ("", "")
    item: bool = False

    @property
    def options(self) -> dict[str, tuple[str, str]]:
        """Value in the table -> code in LimeSurvey and label; empty when the answer is free."""
        if self.item:
            return {str(note): (str(note), str(note)) for note in range(1, 11)} | _no_answer("NSP")
        if self.field.type == "boolean":
            return {"oui": ("Y", "Oui"), "non": ("N", "Non")} | _no_answer("NSP")
        labels = self.field.labels
        coded = {value: (f"A{rank}", label) for rank, (value, label) in enumerate(labels.items(), start=1)}
        return coded | _no_answer("NSP") if coded else {}

    @property
    def limesurvey(self) -> str:
        """Code of its column."""
        return f"{self.array[0]}[{self.code}]" if self.array[0] else self.code


def _no_answer(code: str) -> dict[str, tuple[str, str]]:
    return {code: (code, NO_ANSWERS[code])}


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
    wordings = {row["variable"]: row["libelle"] for row in _codebook()}
    there = {row["item"] for row in rows("scores")}
    for rank, (code, label) in enumerate(dictionary().field("scores.item").labels.items(), start=1):
        if code in there:
            text = wordings.get(f"scores.item={code}", label)
            yield Question(f"SQ{rank:03d}", code, text, score, {}, ("SIT", score.question), item=True)


def _codebook() -> list[Row]:
    with (HERE.raw(VAGUE) / "codebook.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def respondents(table: str) -> list[tuple[Row, Values]]:
    """Rows of a survey and the notes of the same person; of the flash, those who answered."""
    notes: dict[str, dict[str, str]] = {}
    for row in rows("scores"):
        notes.setdefault(row["repondant"], {})[row["item"]] = row["score"]
    answered = [row for row in rows(table) if row.get("repondu", "oui") == "oui"]
    return [(row, notes[row["repondant"]]) for row in answered]


# --- files


def csv_bytes(
    grid: Sequence[Sequence[str]], *, encoding: str = "utf-8", quoted: bool = False, blank: bool = False
) -> bytes:
    """Semicolons and CRLF; LimeSurvey quotes every field and ends with a blank line."""
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=";", lineterminator="\r\n", quoting=quoting).writerows(grid)
    return (text.getvalue() + ("\r\n" if blank else "")).encode(encoding)


def xlsx_bytes(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook; dates as dates, numbers as numbers, texts as texts."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "default_date_format": "dd/mm/yyyy"}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": dt.datetime(2021, 12, 15, tzinfo=dt.UTC)})
        for name, grid in sheets.items():
            sheet = book.add_worksheet(name)
            for line, cells in enumerate(grid):
                for column, cell in enumerate(cells):
                    if cell != "":
                        sheet.write(line, column, cell)
    return file.getvalue()


# --- LimeSurvey

_TECHNICAL = {
    "id": "ID de la réponse", "submitdate": "Date de soumission", "lastpage": "Dernière page",
    "startlanguage": "Langue de départ", "seed": "Tête de série", "token": "Code d’invitation",
    "startdate": "Date de lancement", "datestamp": "Date de la dernière action", "ipaddr": "Adresse IP",
    "refurl": "URL de référence", "lastname": "Nom de famille",
    "firstname": "Prénom", "email": "Adresse électronique",
}  # fmt: skip


# Filled in by the invitation.
_SITE = ("SITE", "Votre territoire")


def limesurvey(table: str, *, headings: str = "code", answers: str = "code") -> Grid:
    """An export of one survey.

    Args:
        table: ``carnet_de_bord`` or ``questionnaire_flash``.
        headings: ``code``, ``code_texte`` or ``texte``.
        answers: ``code`` or ``texte``.
    """
    columns = [*_TECHNICAL.items(), _SITE, *_limesurvey_columns(table)]
    shapes = {"code": "{0}", "code_texte": "{0}. {1}", "texte": "{1}"}
    grid = [[shapes[headings].format(code, text) for code, text in columns]]
    people, where = persons(), towns()
    for rank, (row, notes) in enumerate(respondents(table), start=1):
        who = identity(people[row["repondant"]], rank)
        when = f"2021-10-{1 + rank % 28:02d} 09:{rank % 60:02d}:00"
        technical = [str(rank), when, "5", "fr", "1234567890", who["jeton"], when, when, who["ip"], ""]
        technical += [who["nom"], who["prenom"], who["courriel"], where[row["territoire"]]]
        grid.append([*technical, *_limesurvey_answers(table, row, notes, answers)])
    return grid


def _limesurvey_columns(table: str) -> Iterator[tuple[str, str]]:
    for question in questions(table):
        if question.boxes:
            for rank, label in enumerate(question.boxes.values(), start=1):
                yield f"{question.code}[SQ{rank:03d}]", f"{question.text} [{label}]"
        elif question.array[0]:
            yield question.limesurvey, f"{question.array[1]} [{question.text}]"
        else:
            yield question.limesurvey, question.text


def _limesurvey_answers(table: str, row: Row, notes: Values, answers: str) -> Iterator[str]:
    for question in questions(table):
        if question.boxes:
            for column in question.boxes:
                yield ("Y" if answers == "code" else "Oui") if row[column] == "oui" else ""
            continue
        value = notes[question.name] if question.item else row[question.name]
        if question.options:
            yield question.options[value][answers == "texte"] if value else ""
        elif question.field.type == "date":
            yield f"{value} 00:00:00"
        elif question.field.type == "number":
            yield f"{float(value):.10f}"
        else:
            yield value


def lss(table: str) -> bytes:
    """The structure of one survey, as LimeSurvey 5 exports it."""
    asked: list[dict[str, object]] = [{"qid": 99, "parent_qid": 0, "title": _SITE[0], "other": "N"}]
    texts: list[dict[str, object]] = [{"qid": 99, "question": _SITE[1], "language": "fr"}]
    subs, answers, labels = [], [], []
    arrays: dict[str, int] = {}
    for qid, question in enumerate(questions(table), start=100):
        code = question.array[0] or question.code
        if code in arrays:
            owner = arrays[code]
        else:
            owner = arrays[code] = qid
            asked.append({"qid": qid, "parent_qid": 0, "title": code, "other": "N"})
            texts.append(
                {"qid": qid, "question": f"<p>{question.array[1] or question.text}</p>", "language": "fr"}
            )
            for value, label in question.options.values() if not question.boxes else ():
                aid = qid * 100 + len(answers)
                answers.append({"aid": aid, "qid": qid, "code": value})
                labels.append({"aid": aid, "answer": label, "language": "fr"})
        lines = (
            list(question.boxes.values()) if question.boxes else [question.text] if question.array[0] else []
        )
        for rank, text in enumerate(lines, start=1):
            title = f"SQ{rank:03d}" if question.boxes else question.code
            sub = 10_000 + qid * 100 + rank
            subs.append({"qid": sub, "parent_qid": owner, "title": title, "other": "N"})
            texts.append({"qid": sub, "question": text, "language": "fr"})
    sections = {
        "questions": asked, "subquestions": subs, "question_l10ns": texts,
        "answers": answers, "answer_l10ns": labels,
    }  # fmt: skip
    body = "".join(_section(name, found) for name, found in sections.items())
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<document><LimeSurveyDocType>Survey</LimeSurveyDocType>'
    return f"{head}<DBVersion>480</DBVersion>{body}</document>".encode()


def _section(name: str, found: Sequence[Mapping[str, object]]) -> str:
    cells = (
        "<row>" + "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in row.items()) + "</row>"
        for row in found
    )
    return f"<{name}><rows>{''.join(cells)}</rows></{name}>"


# --- KoboToolbox

GROUPS = {"identite": "Vous", "reponses": "Vos réponses", "notes": "La situation du territoire"}


def kobo(table: str, *, ticked: str = "liste", labels: bool = False) -> Grid:
    """An export of one form.

    Args:
        table: ``carnet_de_bord`` or ``questionnaire_flash``.
        ticked: ``liste``, ``colonnes`` (0/1) or ``deux``, as Kobo does by default.
        labels: Whether headings and answers are labels, not names.
    """
    heading = ["start", "end", "deviceid", "username", "phonenumber"]
    heading += [_path("identite", n, t, labels) for n, t in _IDENTITY.items()]
    for question in questions(table):
        base = _path("notes" if question.item else "reponses", question.name, question.text, labels)
        if not question.boxes or ticked != "colonnes":
            heading.append(base)
        if question.boxes and ticked != "liste":
            heading += [
                f"{base}/{label if labels else _choice(c, question)}" for c, label in question.boxes.items()
            ]
    heading += [
        "_id",
        "_uuid",
        "_submission_time",
        "_validation_status",
        "_status",
        "_submitted_by",
        "_index",
    ]
    return [heading, *_kobo_rows(table, ticked, labels)]


_IDENTITY = {
    "nom": "Votre nom",
    "courriel": "Votre courriel",
    "jeton": "Votre code d’invitation",
    "territoire": "Votre territoire",
}


def _path(group: str, name: str, text: str, labels: bool) -> str:
    return f"{GROUPS[group]}/{text}" if labels else f"{group}/{name}"


def _choice(column: str, question: Question) -> str:
    return column.removeprefix({"composition": "instance_", "themes": "theme_"}[question.name])


def _kobo_rows(table: str, ticked: str, labels: bool) -> Iterator[list[str]]:
    people, where = persons(), towns()
    for rank, (row, notes) in enumerate(respondents(table), start=1):
        who = identity(people[row["repondant"]], rank)
        when = f"2021-10-{1 + rank % 28:02d}T09:{rank % 60:02d}:00.000+02:00"
        site = where[row["territoire"]] if labels else row["territoire"]
        cells = [when, when, "ee.kobotoolbox.org:abc", "equipe", who["telephone"]]
        cells += [f"{who['prenom']} {who['nom']}", who["courriel"], who["jeton"], site]
        for question in questions(table):
            if question.boxes:
                chosen = {c: label for c, label in question.boxes.items() if row[c] == "oui"}
                if ticked != "colonnes":
                    cells.append(
                        " ".join(chosen.values() if labels else (_choice(c, question) for c in chosen))
                    )
                if ticked != "liste":
                    cells += [str(int(column in chosen)) for column in question.boxes]
                continue
            value = notes[question.name] if question.item else row[question.name]
            known = labels and value in question.options
            cells.append(question.options[value][1] if known else value)
        cells += [
            str(rank),
            f"00000000-0000-4000-8000-{rank:012d}",
            when,
            "",
            "submitted_via_web",
            "",
            str(rank),
        ]
        yield cells


def xlsform(table: str) -> bytes:
    """The form behind the export: sheets ``survey`` and ``choices``."""
    survey: list[list[object]] = [["type", "name", "label::Français (fr)"]]
    survey += [["start", "start", ""], ["end", "end", ""]]
    choices: list[list[object]] = [["list_name", "name", "label::Français (fr)"]]
    choices += [["territoires", code, town] for code, town in towns().items()]
    survey.append(["begin_group", "identite", GROUPS["identite"]])
    for name, text in _IDENTITY.items():
        survey.append(["select_one territoires" if name == "territoire" else "text", name, text])
    survey += [["end_group", "", ""], ["begin_group", "reponses", GROUPS["reponses"]]]
    asked = questions(table)
    for question in asked:
        if question.item and survey[-1][0] != "select_one note":
            survey += [["end_group", "", ""], ["begin_group", "notes", GROUPS["notes"]]]
        survey.append([_kobo_type(question), question.name, question.text])
        if question.boxes:
            choices += [[question.name, _choice(c, question), label] for c, label in question.boxes.items()]
        elif question.item and not any(choice[0] == "note" for choice in choices):
            choices += [["note", value, label] for value, (_, label) in question.options.items()]
        elif question.options and not question.item:
            choices += [[question.name, value, label] for value, (_, label) in question.options.items()]
    survey.append(["end_group", "", ""])
    return xlsx_bytes({"survey": survey, "choices": choices, "settings": [["form_title"], ["ATC"]]})


def _kobo_type(question: Question) -> str:
    if question.boxes:
        return f"select_multiple {question.name}"
    if question.options:
        return f"select_one {'note' if question.item else question.name}"
    return {"date": "date", "number": "decimal", "integer": "integer"}[question.field.type]


# --- Excel, as it is filled in and saved in France

SHEETS = {
    "entretiens": "Entretiens", "positionnements": "Modèles", "effets": "Effets",
    "legitimites": "Légitimités", "verbatims": "Citations",
}  # fmt: skip


def spreadsheet(table: str, *, typed: bool = False) -> list[list[object]]:
    """One table with the labels of the dictionary; the people of surveys have a name and an address.

    Args:
        table: Any table; for the surveys, with the notes of each person in the last columns.
        typed: Numbers and dates as such, for a workbook; otherwise as a French Excel writes them in a CSV.
    """
    described, people, where = dictionary().table(table), persons(), towns()
    surveyed = table in {"carnet_de_bord", "questionnaire_flash"}
    items = [question for question in questions(table) if question.item] if surveyed else []
    fields = [f for f in described.fields.values() if f.name != "reunions_janvier_2020"]
    heading: list[object] = [*(["Nom", "Courriel"] if surveyed else []), *(f.label for f in fields)]
    grid = [[*heading, *(question.text for question in items)]]
    notes = {row["repondant"]: found for row, found in respondents(table)} if surveyed else {}
    for rank, row in enumerate(rows(table), start=1):
        cells: list[object] = [f"Nom{rank}", f"nom{rank}@example.org"] if surveyed else []
        for field in fields:
            value = row[field.name]
            if field.name in {"repondant", "locuteur"}:
                cells.append(people[value])
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


def recipients() -> list[list[object]]:
    """The list to whom the flash questionnaire was sent: a tool only exports those who answered."""
    people, where = persons(), towns()
    roles = dictionary().field("questionnaire_flash.role").labels
    grid: list[list[object]] = [["Code d’invitation", "Courriel", "Territoire", "Fonction"]]
    for rank, row in enumerate(rows("questionnaire_flash"), start=1):
        token = people[row["repondant"]]
        grid.append([token, f"nom{rank}@example.org", where[row["territoire"]], roles[row["role"]]])
    return grid


def fieldwork() -> bytes:
    """What evaluators write themselves, whatever the survey tool: one sheet a table."""
    return xlsx_bytes({sheet: spreadsheet(table, typed=True) for table, sheet in SHEETS.items()})


def texts(grid: Sequence[Sequence[object]]) -> Grid:
    """The same cells as text."""
    return [[str(cell) for cell in row] for row in grid]


def csv_files() -> dict[str, bytes]:
    """Everything as a French Excel saves it: one CSV a table."""
    tables = {"flash": "questionnaire_flash", "carnet": "carnet_de_bord"} | {table: table for table in SHEETS}
    return {
        f"{name}.csv": csv_bytes(texts(spreadsheet(table)), encoding="cp1252")
        for name, table in tables.items()
    }


if __name__ == "__main__":
    # `python tests/intake/exports.py`: the exports that the guide rehearses with; a test holds them to this.
    for name, content in csv_files().items():
        (HERE.root / "docs" / "exemples" / "exports" / name).write_bytes(content)
