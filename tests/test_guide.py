"""The guide says what the tool says: a page for each exit code, messages as they are, French as it is."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from behaviour.commands import said
from clone import copy_project
from run.craft import Silent

from atc.desk.desk import Desk
from atc.run.run import Request, run
from atc.survey import errors

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs/guide"
PAGES = sorted(GUIDE.rglob("*.md"))
ERRORS = sorted((GUIDE / "erreurs").glob("[0-9]-*.md"))
#: Fewer letters than this say nothing of where a message comes from.
_ENOUGH = 8
_SPACES = re.compile(r"\s+")


def answers(page: Path) -> list[str]:
    """The lines that commands answer, in the blocks of a page."""
    found = re.findall(
        r"^```(?:text|console)\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return [line for block in found for line in block.splitlines() if not line.startswith("$ ")]


def prose(page: Path) -> str:
    """A page without its code."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`]+`|<!--.*?-->|\]\([^)]*\)", "x", text, flags=re.DOTALL)


@cache
def messages() -> tuple[re.Pattern[str], ...]:
    """What the code may say: each text of it or of its data, with anything where a value goes."""
    found = set()
    for path in (ROOT / "atc").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            found |= _said([part.value if isinstance(part, ast.Constant) else None for part in parts])
    for path in (ROOT / "atc").rglob("*.toml"):
        for text in _texts(tomllib.loads(path.read_text(encoding="utf-8"))):
            # Two texts, then what stands between them: what is quoted.
            found |= _said([None if i % 2 else part for i, part in enumerate(re.split(r"\{(.*?)\}", text))])
    return tuple(re.compile(pattern) for pattern in found)


def _said(parts: list[object]) -> set[str]:
    """The pattern of a message made of these texts, ``None`` where it quotes; none if it is too short."""
    texts = [_SPACES.sub(" ", part.rstrip(".\n")) if isinstance(part, str) else None for part in parts]
    pattern = "".join(".+?" if text is None else re.escape(text) for text in texts)
    letters = sum(len(re.findall(r"\w", text)) for text in texts if text is not None)
    # A short one, such as « … : échec », is the whole line.
    whole = {pattern} if letters >= _ENOUGH else {f"^{pattern}$"}
    return whole if letters >= _ENOUGH // 2 else set()


def _texts(value: object) -> Iterator[str]:
    """Every text of a table of TOML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


@pytest.mark.parametrize("page", [*ERRORS, GUIDE / "rapport.md"], ids=lambda page: page.stem)
def test_the_messages_shown_are_those_of_the_code(page):
    lines = [line for line in answers(page) if not re.search(r" {3}", line)]  # a table is no message
    assert lines
    for line in lines:
        told = _SPACES.sub(" ", line)
        assert any(message.search(told) for message in messages()), f"nothing says: {line}"


COMMANDS = [
    (typed.removeprefix(".venv/bin/atc "), answer)
    for page in ("2-commande", "5-publication")
    for typed, answer in re.findall(
        r"^```console\n\$ (.*?)\n(.*?)\n```",
        (GUIDE / f"erreurs/{page}.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole project that nothing may change."""
    return copy_project(tmp_path_factory.mktemp("refus") / "projet").root


@pytest.mark.parametrize(("typed", "answer"), COMMANDS, ids=[typed for typed, _ in COMMANDS])
def test_a_refused_command_answers_as_shown(project, typed, answer):
    before = sorted(project.rglob("*"))
    told = said(project, typed, project.parent)
    assert " ".join([*told.get("output", ()), *told.get("errors", ())]).split() == answer.split()
    assert told["exit_code"] == (5 if typed.startswith("publish --diffusion interne") else 2)
    assert sorted(project.rglob("*")) == before


TRIED = re.findall(
    r"^<!-- essai( formulations)? : (.*?) -->\n```text\n(.*?)\n```",
    (GUIDE / "rapport.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


@pytest.mark.parametrize(("wordings", "typed", "answer"), TRIED, ids=[typed for _, typed, _ in TRIED])
def test_a_mistake_in_the_words_of_the_report_is_told_as_shown(wordings, typed, answer, tmp_path):
    project = copy_project(tmp_path / "projet")
    if wordings:
        file = project.notebooks / "formulations.csv"
        file.write_text(f"exhibit,vague,element,texte\n{typed}\n", encoding="utf-8")
    else:
        old, new = typed.replace("\\n", "\n").split(" -> ")
        text = project.settings_file.read_text(encoding="utf-8")
        assert old in text
        project.settings_file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(errors.AtcError) as refused:
        run(project, Request("2020-automne", "financeurs"), Silent())
    assert str(refused.value).split() == answer.split()
    assert not project.outputs("2020-automne", "financeurs").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_french_is_written_as_french(page):
    text = prose(page)
    assert not re.findall(r"\w'\w|\.\.\.", text), "apostrophe ’, points de suspension …"
    assert not re.findall(r"[^\s|*:;!?»](?:[;!?»]|:(?=\s))", text), "espace avant la ponctuation double"
    assert not re.findall(r"«\S", text), "espace après le guillemet"
    assert not re.findall(r"\b(?:tu|toi|tes|tapes|ouvres)\b", text, re.IGNORECASE), "vouvoiement"


def plain(text: str) -> str:
    """Words with one kind of space."""
    return _SPACES.sub(" ", text).strip()


@pytest.fixture
def desk(monkeypatch) -> Desk:
    monkeypatch.setenv("ATC_ROOT", str(ROOT))
    return Desk()


def test_the_guide_describes_the_desk_as_it_opens(desk):
    page = (GUIDE / "explorer.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"^\| liste \|.*\n\|[-| ]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    told = [tuple(line.strip("| ").split(" | ")[:2]) for line in table.splitlines()]
    shown = [list_ for list_ in desk.controls.values() if list_.layout.display != "none"]
    assert told == [(list_.description, plain(list_.label)) for list_ in shown]
    assert desk.exhibit is not None
    quoted = plain(page.replace("\n>", "\n"))
    assert plain(desk.exhibit.title) in quoted
    assert plain(desk.exhibit.reading) in quoted


def test_other_questions_of_the_guide_have_an_answer(desk):
    page = (GUIDE / "explorer.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"^\| vous vous demandez \|.*\n\|[-| ]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    asked = [line.strip("| ").split(" | ") for line in table.splitlines()]
    assert len(asked) >= 4
    for _, analysis, choices in asked[:-1]:
        choose(desk, "analyse", analysis)
        table_, variable, _, group = re.match(r"([^,]+), (.+?)(, selon (.+))?$", choices).groups()
        choose(desk, "table", table_)
        choose(desk, "variable", variable)
        if group:
            choose(desk, "groupe", group)
        told = desk.exhibit is not None or "tout serait masqué" in plain(desk.message.value)
        assert told, choices
    choose(desk, "diffusion", "Interne")
    choose(desk, "analyse", asked[-1][1])
    assert desk.exhibit is not None


def choose(desk: Desk, name: str, beginning: str) -> None:
    """Choose the option that begins so, as somebody would."""
    (value,) = (value for label, value in desk.controls[name].options if plain(label).startswith(beginning))
    desk.controls[name].value = value


def test_a_message_that_nothing_says_is_seen():
    assert not any(message.search("La vague « x » est introuvable au magasin.") for message in messages())
