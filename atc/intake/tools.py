"""What each survey tool makes of headings and answers: an export becomes answers by the codes of questions.

LimeSurvey 3 to 6 writes ``Q1``, ``Q1[SQ001]`` or ``Q1[other]``; the same followed by ``. Text``; or ``Text
[Sub-text]``. Kobo writes names or labels, with or without their groups, and ticked answers in a list or in
0/1 columns. The file that describes the questionnaire (``.lss``, XLSForm) says which text is which code.
"""

import html
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from atc.intake.reading import WORKBOOK, Sheet, book_rows, parse_xml, plain_spaces
from atc.intake.values import spelling, ticked
from atc.survey.errors import DataRefused, Messages, shown
from atc.survey.paths import Project, read_toml
from atc.survey.read_csv import read_bytes
from atc.survey.typography import skeleton, unambiguous

_said = Messages(__name__)
TOOLS = ("limesurvey", "kobo", "tableur")
_NAMES = read_toml(__file__)
# Columns that LimeSurvey knows by a code and by words; what tools add by themselves, as `skeleton` writes it.
_KNOWN = {**_NAMES["limesurvey"], **_NAMES["invited"]}
_BY_ITSELF = [*_NAMES["limesurvey"], *(text for texts in _NAMES["limesurvey"].values() for text in texts)]
_ADDED = {
    tool: re.compile("|".join([*map(skeleton, names), _NAMES["added"][tool]]))
    for tool, names in zip(TOOLS, (_BY_ITSELF, _NAMES["kobo"]["names"], ()), strict=True)
}
_WITH_TEXT = re.compile(r"([A-Za-z][A-Za-z0-9_]*(?:\[[^\]]+\])*)\. ?(.*)", re.DOTALL)
# The choice of those who write their own.
_OTHER = "other"
#: What describes a questionnaire of LimeSurvey.
STRUCTURE = ".lss"


def open_export(path: Path, project: Project) -> bytes:
    """The bytes of one export: of a known kind, and kept outside the repository."""
    file = shown(path.name)
    if path.suffix.lower() not in {".csv", WORKBOOK, STRUCTURE}:
        raise _said.refusal("kind", file, value=path.suffix)
    if path.exists() and path.resolve().is_relative_to(project.root.resolve()):
        raise _said.refusal("inside", file)
    return read_bytes(path, file, "Vérifiez le chemin donné à la commande")


@dataclass(frozen=True)
class Structure:
    """A questionnaire as its tool describes it, in one language."""

    wordings: Mapping[str, str] = field(default_factory=dict)  # code of a column -> its heading in words
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # code -> answer -> its label
    lists: Collection[str] = ()  # codes of the columns that hold several ticked answers

    def spoken(self, sheet: Sheet) -> int:
        """How many headings and answers of an export are worded as here: tells its language."""
        worded = {skeleton(t) for text in self.wordings.values() for t in (text, text.rpartition("/")[2])}
        answered = {skeleton(label) for labels in self.labels.values() for label in labels.values()}
        cells = {cell for row in sheet.rows.values() for cell in row.values()}
        return len(worded & {*map(skeleton, sheet.headings)}) + len(answered & {*map(skeleton, cells)})


def answers(tool: str, sheet: Sheet, structure: Structure, wanted: Collection[str] = ()) -> Sheet:
    """The rows of an export by the codes of its questions.

    A code that is one of ``wanted`` but for case, accents or signs bears that name, and it is told; what two
    of them could mean is left as it is.
    """
    found = codes(tool, sheet.headings, structure)
    headings: dict[str, str] = {}
    faults = []
    for heading, code in found.items():
        if code in headings:
            faults.append(_said.fault("double", sheet.file, 1, heading, other=shown(headings[code])))
        headings[code] = heading
    if faults:
        raise DataRefused(faults)
    rows = {line: {found[name]: cell for name, cell in cells.items()} for line, cells in sheet.rows.items()}
    added = _ADDED[tool].fullmatch
    timed = {f"{code.partition('[')[0]}Time" for code in headings if tool == "limesurvey"}
    technical = {
        c for c, name in headings.items() if c in timed or added(skeleton(c)) or added(skeleton(name))
    }
    for code in (code for code in structure.lists if code in headings):
        labels = structure.labels.get(code, {})
        # The columns of its choices are enough; what others wrote has a question of its own.
        technical |= {code, f"{code}/{_OTHER}"}
        if any(f"{code}/{choice}" in headings for choice in labels):
            continue
        headings |= {f"{code}/{choice}": headings[code] for choice in labels}
        for line, cells in rows.items():
            chosen = _ticked(cells[code], labels, sheet.file, line, headings[code])
            cells |= {f"{code}/{c}": str(int(c in chosen)) if cells[code] else "" for c in labels}
    left = unambiguous((spelling(code), code) for code in headings if code not in wanted)
    absent = unambiguous((spelling(name), name) for name in wanted if name not in headings)
    called = {code: absent[spelt] for spelt, code in left.items() if spelt in absent}

    def renamed(cells: Mapping[str, Any]) -> dict[str, Any]:
        return {called.get(code, code): cell for code, cell in cells.items()}

    return replace(
        sheet,
        headings=renamed(headings),
        rows={line: renamed(cells) for line, cells in rows.items()},
        notes=(*sheet.notes, *(f"« {shown(c)} » lue comme « {shown(n)} »" for c, n in called.items())),
        technical=technical,
        labels=renamed(structure.labels),
    )


def codes(tool: str, heading: Iterable[str], structure: Structure) -> Mapping[str, str]:
    """Heading -> code of its question; what nothing describes is its own code.

    LimeSurvey writes a code, a code and its text, or a text; Kobo, a path of names, a name alone, or a path
    of labels, whose groups may be parted by any sign.
    """
    if tool == "tableur":
        return {name: name for name in heading}
    worded, named = structure.wordings, {code: code for code in structure.wordings}
    if tool == "limesurvey":
        told = [[(code, text) for code, texts in _KNOWN.items() for text in texts], worded.items()]
    else:
        choices = {
            f"{code}/{choice}" for code in structure.lists for choice in structure.labels.get(code, {})
        }
        # The ends of paths; a choice is nothing without its question.
        names, texts = (
            [(code, "/".join(path.split("/")[-1 - (code in choices) :])) for code, path in paths.items()]
            for paths in (named, worded)
        )
        named = {**unambiguous((name, code) for code, name in names), **named}
        told = [[(code, code) for code in worded], texts, worded.items()]
    spelt: dict[str, str] = {}
    for pairs in told:
        spelt |= unambiguous((skeleton(text), code) for code, text in pairs)
    # Scales, comments and choices of a question are not told apart in a structure: they bear its code.
    asked = {code.partition("[")[0] for code in (*worded, *_KNOWN)}
    found = {}
    for name in heading:
        with_text = _WITH_TEXT.fullmatch(name) if tool == "limesurvey" and name not in named else None
        if with_text and (not worded or with_text[1].partition("[")[0] in asked):
            found[name] = with_text[1]
        else:
            tail = "/".join(name.split("/")[-2:]) if tool == "kobo" else ""
            found[name] = named.get(name) or spelt.get(skeleton(name)) or spelt.get(skeleton(tail)) or name
    return found


def structures(tool: str, content: bytes, file: str) -> list[Structure]:
    """What describes the questionnaire, once for each of its languages, the main one first."""
    if tool == "tableur":
        raise _said.refusal("no_structure", file)
    return _lss(content, file) if tool == "limesurvey" else _xlsform(content, file)


def _lss(content: bytes, file: str) -> list[Structure]:
    tree = parse_xml(content, file)
    sections = {
        str(section.tag): [
            {str(cell.tag): cell.text or "" for cell in row if isinstance(cell.tag, str)}
            for row in section.iterfind("rows/row")
        ]
        for section in tree
    }
    if tree.tag != "document" or not sections.get("questions"):
        raise _said.refusal("no_lss", file)
    base = next((row.get("language", "") for row in sections.get("surveys", ())), "")
    worded = [*sections.get("question_l10ns", ()), *sections["questions"]]
    found = []
    for language in dict.fromkeys([base, *(row.get("language") or base for row in worded)]):
        spoken = {
            name: [row for row in rows if language in {"", row.get("language") or language}]
            for name, rows in sections.items()
        }
        found.append(_lss_structure(spoken))
    return found


def _lss_structure(sections: Mapping[str, Sequence[dict[str, str]]]) -> Structure:
    def worded(what: str, key: str, *named: str) -> Iterator[tuple[dict[str, str], str]]:
        # Version 4 and later keep the texts apart, one row for each language.
        apart: dict[str, str] = {}
        for row in sections.get(f"{what}_l10ns", ()):
            apart.setdefault(row.get(key, ""), row.get(what, ""))
        for row in (row for section in named for row in sections.get(section, ())):
            text = apart.get(row.get(key, "")) or row.get(what, "")
            yield row, plain_spaces(html.unescape(re.sub(r"<[^>]+>", " ", text)))

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


def _ticked(cell: str, labels: Mapping[str, str], file: str, line: int, heading: str) -> set[str]:
    words = set(cell.split())
    if words <= set(labels):
        return words
    worded = unambiguous((skeleton(label), choice) for choice, label in labels.items())
    found, unknown = ticked(skeleton(cell), worded)
    if unknown:
        listed = ", ".join(f"{choice} ({label})" for choice, label in labels.items())
        raise _said.refusal("choice", file, line, heading, unknown, choices=listed)
    return {worded[label] for label in found}


def _xlsform(content: bytes, file: str) -> list[Structure]:
    sheets = {"survey": list[dict[str, str]](), "choices": list[dict[str, str]]()}
    for title, cells in book_rows(content, file, set(sheets)).items():
        heading, *lines = [line for line in cells if any(line)] or [[]]
        # « list name », « List_Name » and « list_name » are one heading.
        names = [re.sub(r"[ _]+", "_", name.casefold().strip()) for name in heading]
        sheets[title.casefold()] = [dict(zip(names, map(str.strip, line), strict=True)) for line in lines]
    survey = sheets["survey"]
    if not survey or not {"type", "name"} <= set(survey[0]):
        raise _said.refusal("no_form", file)
    labels = [name for name in survey[0] if name == "label" or name.startswith("label:")]
    return [_form_structure(survey, sheets["choices"], label) for label in labels or ["label"]]


def _form_structure(
    survey: Sequence[Mapping[str, str]], choices: Sequence[Mapping[str, str]], label: str
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
        for pattern, usual in _NAMES["xlsform"]["spellings"]:
            kind = re.sub(pattern, usual, kind)
        kind, *options = kind.split(" ")
        text = row.get(label) or row["name"]
        if kind in {"begin_group", "begin_repeat"}:
            path.append((row["name"], text))
        elif kind in {"end_group", "end_repeat"}:
            del path[-1:]
        elif row["name"] and kind not in _NAMES["xlsform"]["not_asked"]:
            code, wording = ("/".join(parts) for parts in zip(*path, (row["name"], text), strict=True))
            wordings[code], labels[code] = wording, by_list.get(options[0], {}) if options else {}
            if "or_other" in options:
                labels[code] = {**labels[code], _OTHER: _OTHER}
                wordings[f"{code}_{_OTHER}"] = f"{wording} ({_OTHER})"
            if kind == "select_multiple":
                lists.append(code)
                wordings |= {f"{code}/{choice}": f"{wording}/{text}" for choice, text in labels[code].items()}
    return Structure(wordings, labels, tuple(lists))
