"""What each survey tool makes of headings and answers: an export becomes answers by the codes of questions.

LimeSurvey 3 to 6 writes ``Q1``, ``Q1[SQ001]`` or ``Q1[other]``; the same followed by ``. Text``; or ``Text
[Sub-text]``. Kobo writes names or labels, with or without their groups, and ticked answers in a list or in
0/1 columns. The file that describes the questionnaire (``.lss``, XLSForm) says which text is which code.
"""

import html
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from atc.intake.reading import WORKBOOK, Sheet, book_rows, check_xml, parse_xml, plain_spaces
from atc.intake.values import ticked
from atc.survey.errors import DataRefused, Fault, refusal, shown
from atc.survey.paths import Project
from atc.survey.read_csv import read_bytes
from atc.survey.typography import skeleton, unambiguous

TOOLS = ("limesurvey", "kobo", "tableur")
_NAMES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
# Columns that LimeSurvey knows by a code and by words; skeletons of those that a tool adds by itself.
_KNOWN = {**_NAMES["limesurvey"], **_NAMES["invited"]}
_ADDED = {
    "limesurvey": {skeleton(n) for code, texts in _NAMES["limesurvey"].items() for n in (code, *texts)},
    "kobo": {skeleton(name) for name in _NAMES["kobo"]["names"]},
}
#: What describes a questionnaire of LimeSurvey.
STRUCTURE = ".lss"


def open_export(path: Path, project: Project) -> bytes:
    """The bytes of one export: of a known kind, and kept outside the repository."""
    file = shown(path.name)
    if path.suffix.lower() not in {".csv", WORKBOOK, STRUCTURE}:
        remedy = "Exportez en .csv ou en .xlsx (ou .lss pour la structure d’un questionnaire LimeSurvey)"
        raise refusal(file, "Ce n’est pas un type de fichier admis", remedy, value=path.suffix)
    if path.exists() and path.resolve().is_relative_to(project.root.resolve()):
        remedy = "Déplacez-le hors du projet : un export nomme des personnes, et le projet se partage"
        raise refusal(file, "L’export est dans le dossier du projet", remedy)
    content = read_bytes(path, file, "Vérifiez le chemin donné à la commande")
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        raise refusal(file, "Fichier vide", "Refaites l’export")
    return content


@dataclass(frozen=True)
class Structure:
    """A questionnaire as its tool describes it, in one language."""

    wordings: Mapping[str, str] = field(default_factory=dict)  # code of a column -> its heading in words
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # code -> answer -> its label
    lists: Collection[str] = ()  # codes of the columns that hold several ticked answers

    def spoken(self, sheet: Sheet) -> int:
        """How many headings and answers of an export are worded as here: tells its language."""
        worded = {
            skeleton(part) for text in self.wordings.values() for part in (text, text.rpartition("/")[2])
        }
        answered = {skeleton(label) for labels in self.labels.values() for label in labels.values()}
        cells = {skeleton(cell) for row in sheet.rows.values() for cell in row.values()}
        return len(worded & {skeleton(name) for name in sheet.headings}) + len(answered & cells)


def answers(tool: str, sheet: Sheet, structure: Structure) -> Sheet:
    """The rows of an export by the codes of its questions."""
    found = codes(tool, sheet.headings, structure)
    headings: dict[str, str] = {}
    faults = []
    for heading, code in found.items():
        if code in headings:
            remedy = f"Cette question est déjà celle de « {shown(headings[code])} » : gardez-en une"
            faults.append(Fault(sheet.file, 1, shown(heading), "", "Question en double", remedy))
        headings[code] = heading
    if faults:
        raise DataRefused(faults)
    rows = {line: {found[name]: cell for name, cell in cells.items()} for line, cells in sheet.rows.items()}
    added = {code for code, name in headings.items() if _is_added(tool, code, name, headings)}
    known = replace(sheet, headings=headings, rows=rows, technical=added, labels=structure.labels)
    return _unfolded(known, structure.lists)


def codes(tool: str, heading: Iterable[str], structure: Structure) -> Mapping[str, str]:
    """Heading -> code of its question; what nothing describes is its own code.

    LimeSurvey writes a code, a code and its text, or a text; Kobo, a path of names, a name alone, or a path
    of labels, whose groups may be parted by any sign.
    """
    if tool == "tableur":
        return {name: name for name in heading}
    kobo, named, worded = tool == "kobo", {code: code for code in structure.wordings}, structure.wordings
    choices = {f"{code}/{choice}" for code in structure.lists for choice in structure.labels.get(code, {})}

    def ends(paths: Mapping[str, str]) -> dict[str, str]:
        # A choice is nothing without its question.
        return {code: "/".join(path.split("/")[-1 - (code in choices) :]) for code, path in paths.items()}

    by_name = {**unambiguous((end, code) for code, end in ends(named).items()), **named} if kobo else named
    texts = ((skeleton(text), code) for code, names in _KNOWN.items() for text in names)
    spelt = {} if kobo else dict(texts)
    for told in (named, ends(worded), worded) if kobo else (worded,):
        spelt |= unambiguous((skeleton(text), code) for code, text in told.items())
    # Scales, comments and choices of a question are not told apart in a structure: they bear its code.
    asked = {code.partition("[")[0] for code in (*named, *_KNOWN)}

    def code_of(name: str) -> str:
        with_text = None if kobo or name in named else _WITH_TEXT.fullmatch(name)
        if with_text and (not named or with_text[1].partition("[")[0] in asked):
            return with_text[1]
        tail = skeleton("/".join(name.split("/")[-2:])) if kobo else ""
        return by_name.get(name) or spelt.get(skeleton(name)) or spelt.get(tail) or name

    return {name: code_of(name) for name in heading}


def structures(tool: str, content: bytes, file: str) -> list[Structure]:
    """What describes the questionnaire, once for each of its languages, the main one first."""
    if tool == "tableur":
        message = "Un tableur n’a pas de fichier de structure"
        raise refusal(file, message, "Retirez la clé « structure »")
    return _lss(content, file) if tool == "limesurvey" else _xlsform(content, file)


def _is_added(tool: str, code: str, name: str, headings: Collection[str]) -> bool:
    """Whether a column comes from the tool; everything in a spreadsheet was put there by somebody."""
    if tool == "tableur" or {skeleton(code), skeleton(name)} & _ADDED[tool]:
        return tool != "tableur"
    if tool == "kobo":
        return _LINKS.fullmatch(code) is not None
    timed = code.removesuffix("Time")
    by_code = timed != code and any(timed == other.partition("[")[0] for other in headings)
    return by_code or _TIMING.match(code) is not None or _TIMING_IN_WORDS.match(skeleton(name)) is not None


# --- LimeSurvey

# How long a group or a question took, by its code or in words.
_TIMING = re.compile(r"groupTime\d+$")
_TIMING_IN_WORDS = re.compile(r"(group|question) time|temps (de|du|pour le|pour la) (groupe|question)")
_WITH_TEXT = re.compile(r"([A-Za-z][A-Za-z0-9_]*(?:\[[^\]]+\])*)\. ?(.*)", re.DOTALL)


def _lss(content: bytes, file: str) -> list[Structure]:
    """Questions, sub-questions and answers, for each language, the survey's own first."""
    check_xml(content, file, "Fichier", "Refaites l’export depuis LimeSurvey")
    tree = parse_xml(content, file)
    if tree.tag != "document" or not any(_rows(tree, "questions")):
        remedy = "Exportez-le depuis LimeSurvey : « Exporter », puis « Structure du questionnaire (.lss) »"
        raise refusal(file, "Ce n’est pas une structure LimeSurvey", remedy)
    base = next((row.get("language", "") for row in _rows(tree, "surveys")), "")
    worded = [*_rows(tree, "question_l10ns"), *_rows(tree, "questions")]
    languages = dict.fromkeys([base, *(row.get("language") or base for row in worded)])
    return [_lss_structure(tree, language or base) for language in languages]


def _lss_structure(tree: etree._Element, language: str) -> Structure:
    def worded(what: str, key: str, *sections: str) -> Iterator[tuple[dict[str, str], str]]:
        # Version 4 and later keep the texts apart, one row for each language.
        apart: dict[str, str] = {}
        for row in _rows(tree, f"{what}_l10ns", language):
            apart.setdefault(row.get(key, ""), _clean(row.get(what)))
        for section in sections:
            for row in _rows(tree, section, language):
                yield row, apart.get(row.get(key, "")) or _clean(row.get(what))

    asked = {row["qid"]: (row, text) for row, text in worded("question", "qid", "questions", "subquestions")}
    answered: dict[str, dict[str, str]] = {}
    for row, label in worded("answer", "aid", "answers"):
        answered.setdefault(row.get("qid", ""), {}).setdefault(row.get("code", ""), label)
    wordings: dict[str, str] = {}
    labels: dict[str, dict[str, str]] = {}
    for qid, (row, text) in asked.items():
        code, owner, wording = row["title"], row.get("parent_qid", "0"), text
        if owner in asked:
            above, question = asked[owner]
            code, wording = f"{above['title']}[{code}]", f"{question} [{text}]"
        wordings[code] = wording
        labels[code] = answered.get(owner if owner in asked else qid, {})
        if row.get("other") == "Y":
            wordings[f"{code}[other]"] = f"{wording} [Autre]"
    return Structure(wordings, labels)


def _rows(tree: etree._Element, section: str, language: str = "") -> Iterator[dict[str, str]]:
    for element in tree.iterfind(f"{section}/rows/row"):
        row = {str(cell.tag): cell.text or "" for cell in element if isinstance(cell.tag, str)}
        if language in {"", row.get("language") or language}:
            yield row


def _clean(text: str | None) -> str:
    return plain_spaces(html.unescape(re.sub(r"<[^>]+>", " ", text or "")))


# --- KoboToolbox

# What links the sheet of a repeated group to the answers that it belongs to.
_LINKS = re.compile(r"_(parent_(index|table_name)|submission__.*)")
# « begin group » is « begin_group » ; « select all that apply from x » and « select multiple x », one more.
_SPELLINGS = (
    (re.compile(r"^(begin|end)[ _](group|repeat)"), r"\1_\2"),
    (re.compile(r"^(?:add )?select[ _](?:all[ _]that[ _]apply|multiple)(?:[ _]from)?\b"), "select_multiple"),
    (re.compile(r"^(?:add )?select[ _](?:one|1)(?:[ _]from)?\b"), "select_one"),
    (re.compile(r" or[ _](?:specify[ _])?other$"), " or_other"),
)
_OTHER = "other"
_NOT_ASKED = ("note", "calculate", "start", "end", "today", "deviceid", "username", "audit", "hidden")


def _unfolded(sheet: Sheet, lists: Collection[str]) -> Sheet:
    """Each choice of a list of ticked answers in its own 0/1 column, unless the export already does so."""
    rows = {line: dict(cells) for line, cells in sheet.rows.items()}
    headings, technical = dict(sheet.headings), set(sheet.technical)
    for code in lists:
        if code not in headings:
            continue
        labels = sheet.labels.get(code, {})
        unfolded = any(f"{code}/{choice}" in headings for choice in labels)
        for line, cells in rows.items():
            chosen = _ticked(cells[code], labels, sheet.file, line, headings[code])
            if not unfolded:
                cells |= {f"{code}/{c}": str(int(c in chosen)) if cells[code] else "" for c in labels}
        if not unfolded:
            headings |= {f"{code}/{choice}": headings[code] for choice in labels}
        # Said twice: the columns of its choices are enough; what others wrote has a question of its own.
        technical |= {code, f"{code}/{_OTHER}"}
    return replace(sheet, headings=headings, rows=rows, technical=technical)


def _ticked(cell: str, labels: Mapping[str, str], file: str, line: int, heading: str) -> set[str]:
    words = cell.split()
    if set(words) <= set(labels):
        return set(words)
    worded = unambiguous((skeleton(label), choice) for choice, label in labels.items())
    found, unknown = ticked(skeleton(cell), worded)
    if unknown:
        message = "Choix absent du formulaire XLSForm, ou libellé de plusieurs de ses choix"
        listed = ", ".join(f"{choice} ({label})" for choice, label in labels.items())
        remedy = f"Exportez les réponses par leurs noms (XML). Choix du formulaire : {listed}"
        raise refusal(file, message, remedy, line=line, column=heading, value=unknown)
    return {worded[label] for label in found}


def _xlsform(content: bytes, file: str) -> list[Structure]:
    sheets = book_rows(content, file, {"survey", "choices"})
    rows: dict[str, list[dict[str, str]]] = {"survey": [], "choices": []}
    for title, cells in sheets.items():
        heading, *lines = [line for line in cells if any(line)] or [[]]
        # « list name », « List_Name » and « list_name » are one heading.
        names = [re.sub(r"[ _]+", "_", name.casefold().strip()) for name in heading]
        rows[title.casefold()] = [
            {name: cell.strip() for name, cell in zip(names, line, strict=True) if name} for line in lines
        ]
    survey = rows["survey"]
    if not survey or not {"type", "name"} <= set(survey[0]):
        remedy = "Sa feuille « survey » doit avoir les colonnes type et name"
        raise refusal(file, "Ce n’est pas un XLSForm", remedy)
    labels = [name for name in survey[0] if name == "label" or name.startswith("label:")]
    return [_form_structure(survey, rows["choices"], label, file) for label in labels or ["label"]]


def _form_structure(
    survey: Sequence[Mapping[str, str]], choices: Sequence[Mapping[str, str]], label: str, file: str
) -> Structure:
    by_list: dict[str, dict[str, str]] = {}
    for row in choices:
        name = row.get("name") or row.get("value") or ""
        by_list.setdefault(row.get("list_name", ""), {})[name] = row.get(label) or name
    path: list[tuple[str, str]] = []
    wordings: dict[str, str] = {}
    labels: dict[str, Mapping[str, str]] = {}
    lists: list[str] = []
    for row in survey:
        kind = " ".join(row["type"].split())
        for spelling, usual in _SPELLINGS:
            kind = spelling.sub(usual, kind)
        kind, *options = kind.split(" ")
        text = row.get(label) or row["name"]
        if kind in {"begin_group", "begin_repeat"}:
            path.append((row["name"], text))
        elif kind in {"end_group", "end_repeat"}:
            if not path:
                raise refusal(file, "Groupe fermé sans avoir été ouvert", "Vérifiez la feuille « survey »")
            path.pop()
        elif row["name"] and kind not in _NOT_ASKED:
            code = "/".join([name for name, _ in path] + [row["name"]])
            wordings[code] = "/".join([worded for _, worded in path] + [text])
            labels[code] = by_list.get(options[0], {}) if options else {}
            if "or_other" in options:
                labels[code] = {**labels[code], _OTHER: _OTHER}
                wordings[f"{code}_{_OTHER}"] = f"{wordings[code]} ({_OTHER})"
            if kind == "select_multiple":
                lists.append(code)
                wordings |= {f"{code}/{c}": f"{wordings[code]}/{text}" for c, text in labels[code].items()}
    return Structure(wordings, labels, tuple(lists))
