"""What newcomers read is true: commands, paths, codes, tables, pictures and examples."""

import ast
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import dictionary_page
import exhibits_page
import make_memo
import pypdfium2
import pytest
import what_pictures_show
import yaml
from behaviour.commands import said as answered
from clone import describe_again

import atc
from atc.cli import command
from atc.survey import errors
from atc.survey.dictionary import load_dictionary
from atc.survey.paths import Project
from atc.survey.settings import load_settings

ROOT = Path(__file__).resolve().parents[1]
GUIDES = ["README.md", "LISEZMOI.md", "CONTRIBUTING.md", "docs/glossaire.md"]
DECISIONS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/decisions").glob("*.md"))
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/guide").rglob("*.md"))
OTHERS = ["cluster", "confidentialite", "dictionnaire", "hypotheses", "performance"]
# All that tells what to type.
TOLD = [*GUIDES, *PAGES]
DOCUMENTS = [*TOLD, *DECISIONS, *(f"docs/{name}.md" for name in OTHERS), "LICENSE-DATA.md"]
IMAGES = ROOT / "docs/images"
ERRORS = "docs/guide/erreurs"
# Made by a run or by the set-up: a clone does not hold them.
MADE = ("outputs/", "data/processed/", "notebooks/perso/", ".venv/")
# Stands for « your own » in the steps that CONTRIBUTING.md describes.
EXAMPLES = {"notebooks/09_slug.ipynb", "atc/exhibits/chapters/slug.py", "data/dictionary/<table>.json"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(name: str) -> str:
    """A document without its blocks of code."""
    return re.sub(r"^ *```.*?^ *```", "", read(name), flags=re.MULTILINE | re.DOTALL)


def blocks(name: str, language: str) -> Iterator[str]:
    """Its blocks of code in one language, without their margin."""
    for margin, block in re.findall(
        rf"^( *)```{language}\n(.*?)^ *```", read(name), re.MULTILINE | re.DOTALL
    ):
        yield "\n".join(line.removeprefix(margin) for line in block.splitlines())


def inline(name: str) -> list[str]:
    """What stands between backquotes in its prose, on one line each."""
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose(name))]


def commands(name: str) -> list[str]:
    """Every command that it tells to type."""
    lines = [line.partition("#")[0].strip() for block in blocks(name, "sh") for line in block.splitlines()]
    return [line for line in (*lines, *inline(name)) if line]


def rows(name: str, heading: str) -> list[list[str]]:
    """The cells of the table that begins with this heading."""
    table = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", read(name), re.MULTILINE)
    assert table, f"{name} has no table « {heading} »"
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[1].splitlines()]


def anchors(name: str) -> set[str]:
    """What its headings are called in an address, the way GitHub does."""
    titles = re.findall(r"^#+ (.+)$", prose(name), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(name: str) -> list[tuple[str, str]]:
    return re.findall(r"(?<!!)\[([^\]]+)\]\(([^)]+)\)", prose(name))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name):
    for _, target in links(name):
        if not target.startswith("https://"):
            path, _, anchor = target.partition("#")
            found = ((ROOT / name).parent / path).resolve() if path else ROOT / name
            assert found.exists(), f"{name}: {target}"
            if anchor and not anchor.startswith("L"):
                assert anchor in anchors(found.relative_to(ROOT).as_posix()), f"{name}: {target}"


def pictures(name: str) -> list[tuple[str, str]]:
    return re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", read(name))


PICTURED = [name for name in TOLD if re.search(r"!\[", (ROOT / name).read_text(encoding="utf-8"))]


@pytest.mark.parametrize("name", PICTURED)
def test_pictures_are_there_and_are_described(name):
    for description, target in pictures(name):
        assert len(description.split()) >= 10, f"{name}: {target} has no description"
        content = ((ROOT / name).parent / target).read_bytes()
        assert content.startswith(b"\x89PNG\r\n")
        assert content.endswith(b"IEND\xaeB`\x82")
        # Big-endian, after the signature and the head of the first chunk.
        assert int.from_bytes(content[16:20]) >= 800, f"{target} is too small to be read"


def test_each_picture_is_shown_light_and_has_its_maker():
    assert {"README.md", "LISEZMOI.md", "docs/guide/explorer.md"} <= set(PICTURED)
    shown = {((ROOT / name).parent / target).resolve() for name in TOLD for _, target in pictures(name)}
    kept = set(IMAGES.glob("*.png"))
    assert kept == shown
    assert all(path.stat().st_size < 200_000 for path in kept)
    assert sum(path.stat().st_size for path in kept) < 1_500_000
    source = ast.parse(read("scripts/refresh_images.py"))
    (made,) = (n.value for n in source.body if isinstance(n, ast.AnnAssign) and n.target.id == "PICTURES")
    assert {key.value for key in made.keys} == {path.stem for path in kept}


@pytest.mark.parametrize("name", sorted(path.stem for path in IMAGES.glob("*.png")))
def test_no_picture_is_stale(name, monkeypatch):
    monkeypatch.delenv("ATC_ROOT", raising=False)
    monkeypatch.chdir(ROOT)
    kept, found = what_pictures_show.kept()[name], what_pictures_show.fingerprint(name)
    assert kept == found, f"python scripts/refresh_images.py {name}"


@pytest.mark.parametrize("name", [*TOLD, *DECISIONS])
def test_paths_exist(name):
    tops = {path.name for path in ROOT.iterdir() if path.is_dir()}
    for code in inline(name):
        is_path = re.fullmatch(r"\.?[\w<>.-]+(/[\w<>.-]*)+", code) and code.split("/")[0] in tops
        if is_path and not code.startswith(MADE) and code not in EXAMPLES:
            assert (ROOT / code).exists(), f"{name}: {code}"


@pytest.mark.parametrize("name", TOLD)
def test_make_knows_the_targets(name):
    makefile = read("Makefile")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    variables = set(re.findall(r"^(\w+) +\?=", makefile, re.MULTILINE)) | {"UPGRADE", "PYTHON"}
    for words in (line.split() for line in commands(name)):
        if words[0] == "make":
            for word in words[1:]:
                variable, equals, _ = word.partition("=")
                assert (variable in variables) if equals else (word in targets), f"{name}: {' '.join(words)}"


@pytest.mark.parametrize("name", TOLD)
def test_atc_knows_the_commands_and_their_options(name):
    for line in commands(name):
        words = line.removeprefix(".venv/bin/").replace("[", "").replace("]", "").replace("…", "").split()
        if words[:1] == ["atc"] and words[1:] != ["publish"]:  # publish is named as still to come
            known: click.Command = command
            for word in words[1:]:
                if isinstance(known, click.Group) and word in known.commands:
                    known = known.commands[word]
                elif word.startswith("-"):
                    options = {option for parameter in known.params for option in parameter.opts}
                    assert word in {*options, "--help"}, f"{name}: {line}"
                else:
                    assert known is not command, f"{name}: {line}"


def test_readme_tells_every_command_and_every_option():
    told: dict[str, str] = {}
    for row in rows("README.md", "command"):
        name = " ".join(row[0].strip("`").split()[:2])
        told[name] = f"{told.get(name, '')} {row[0]}"
    assert set(told) == {f"atc {name}" for name in command.commands}
    for name, known in command.commands.items():
        options = [one for one in known.params if isinstance(one, click.Option)]
        assert all(option.opts[0] in told[f"atc {name}"] for option in options)


def test_the_page_of_exhibits_is_up_to_date(monkeypatch):
    monkeypatch.delenv("ATC_ROOT", raising=False)
    assert read("docs/exhibits.md") == exhibits_page.page(), "python scripts/exhibits_page.py"


def test_exit_codes_are_those_of_the_errors_and_each_has_its_page():
    families = {
        error.exit_code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.AtcError)
    }
    for name, heading in (("README.md", "exit code"), (f"{ERRORS}/LISEZMOI.md", "code")):
        assert [int(row[0]) for row in rows(name, heading)] == sorted({0, *families})
    pages = sorted((ROOT / ERRORS).glob("[0-9]-*.md"))
    assert [int(page.name[0]) for page in pages] == sorted(families)
    for page in pages:
        assert page.read_text(encoding="utf-8").startswith(f"# Code {page.name[0]} : ")
        assert f"]({page.name})" in read(f"{ERRORS}/LISEZMOI.md")


def test_contributing_names_every_room():
    told = {row[0].strip("`") for row in rows("CONTRIBUTING.md", "room of `atc/`")}
    rooms = {
        path.stem
        for path in (ROOT / "atc").iterdir()
        if (path / "__init__.py").is_file() or (path.suffix == ".py" and not path.stem.startswith("__"))
    }
    assert told == rooms


def terms() -> list[list[list[str]]]:
    tables = re.findall(r"^\| terme \|.*\n.*\n((?:\|.*\n)+)", read("docs/glossaire.md"), re.MULTILINE)
    return [[[c.strip() for c in line.strip("|").split(" | ")] for line in t.splitlines()] for t in tables]


def test_terms_have_one_sentence_and_their_names_in_the_code():
    sources = [*(ROOT / "atc").rglob("*.py"), *(ROOT / "data").rglob("*.json"), ROOT / "report.toml"]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    assert len(terms()) == 2
    for table in terms():
        for term, sentence, name in table:
            assert re.fullmatch(r"(?:(?!\.\s).)+\.", sentence), f"{term}: one sentence"
            assert name, term
            for word in re.findall(r"`([^`]+)`", name):
                assert word.rpartition(".")[2] in code, f"{term}: {word}"


def said(project: Project, line: str) -> list[str]:
    """What the command says, line by line; hashes are shortened, because they depend on every row."""
    told = answered(project.root, line, project.root)
    return without_hashes("\n".join([*told.get("output", ()), *told.get("errors", ())])).splitlines()


def without_hashes(text: str) -> str:
    return re.sub(r"(?:[0-9a-f]{40,}|…)…?", "…", text)


def change(project: Project, *edits: tuple[int, str, str]) -> Path:
    """Edit the carnet: at line, from, to."""
    path = project.raw("2020-automne") / "carnet_de_bord.csv"
    lines = path.read_bytes().decode().splitlines(keepends=True)
    for line, old, new in edits:
        assert old in lines[line - 1]
        lines[line - 1] = lines[line - 1].replace(old, new, 1)
    path.write_bytes("".join(lines).encode())
    return path


def consoles(page: str) -> list[str]:
    """What commands answer, in one page of errors, without the line that is typed."""
    return [block.partition("\n")[2] for block in blocks(f"{ERRORS}/{page}.md", "console")]


def test_the_faults_shown_are_those_that_check_tells(make_project: Callable[..., Project]):
    (shown,) = (b for b in consoles("3-donnees") if "carnet_de_bord.csv:2:etp" in b)
    project = make_project({})
    rows_ = (project.raw("2020-automne") / "carnet_de_bord.csv").read_text(encoding="utf-8").splitlines()
    etp, date = rows_[1].split(",")[7], rows_[2].split(",")[2]
    change(project, (2, f",{etp},", ",7,"), (3, date, "9/3/2020"), (4, "grenoble", "Grenoble"))
    assert said(project, "check") == without_hashes(shown).splitlines()


def test_the_difference_shown_is_the_one_that_verify_tells(make_project: Callable[..., Project]):
    (shown,) = (b for b in consoles("6-chiffre") if "différent" in b)
    project = make_project({slug: {} for slug in load_settings(Project(ROOT)).chapters})
    carnet = (project.raw("2020-automne") / "carnet_de_bord.csv").read_text(encoding="utf-8").splitlines()
    (line,) = (i for i, row in enumerate(carnet, start=1) if ",1.5," in row)
    describe_again(change(project, (line, ",1.5,", ",1.3,")))
    told = said(project, "verify")
    assert [one for one in told if one in shown.splitlines()] == shown.splitlines()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_path_of_a_machine_and_no_host_of_a_registry(name):
    text = read(name)
    assert not re.search(r"(?<![\w.])/(home|root|tmp|work|Users|usr|mnt)/", text)
    assert not re.search(r"\b(pypi|pythonhosted|npmjs|anaconda|artifactory|nexus)\.\w+", text)


def test_the_page_of_the_dictionary_is_up_to_date_and_names_every_column():
    project = Project(ROOT)
    text = dictionary_page.page(load_dictionary(project), dictionary_page.described_waves(project))
    assert read(dictionary_page.PAGE) == text, "python scripts/dictionary_page.py"
    for table in load_dictionary(project):
        section = text.split(f"\n## {table.name}\n")[1].partition("\n## ")[0]
        assert all(f"\n| `{name}` |" in section for name in table.fields)


def test_the_committed_memo_is_up_to_date_and_two_sides_of_one_sheet_of_a4():
    source, committed = (make_memo.SOURCE.read_text(encoding="utf-8"), make_memo.PAPER.read_bytes())
    made = make_memo.memo(source)
    assert make_memo.memo(source) == made
    words = []
    for content in (made, committed):
        with pypdfium2.PdfDocument(content) as paper:
            assert [page.get_size() for page in paper] == [pytest.approx((595.28, 841.89), abs=0.1)] * 2
            words.append([page.get_textpage().get_text_bounded() for page in paper])
    # Words rather than bytes: another version of Pango may space them otherwise.
    assert words[0] == words[1], "python scripts/make_memo.py"


def test_the_version_its_date_the_licence_the_authors_and_python_are_the_same_everywhere():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    citation, codemeta = yaml.safe_load(read("CITATION.cff")), json.loads(read("codemeta.json"))
    releases = re.findall(r"^## \[(\d[^]]*)\] - (\d{4}-\d\d-\d\d)$", read("CHANGELOG.md"), re.MULTILINE)
    versions = {project["version"], releases[0][0], citation["version"], codemeta["version"]}
    assert versions == {atc.__version__}
    assert str(citation["date-released"]) == codemeta["datePublished"] == releases[0][1]
    assert f"version {atc.__version__}" in read("LICENSE-DATA.md")
    assert citation["license"] == project["license"] == "MIT"
    assert codemeta["license"].endswith("/" + project["license"])
    authors = [person["name"] for person in project["authors"]]
    for others in (citation["authors"], codemeta["author"]):
        assert [person["name"] for person in others] == authors
    assert all(f"Copyright (c) 2026 {name}" in read("LICENSE") for name in authors)
    assert codemeta["runtimePlatform"] == f"Python {project['requires-python']}"
