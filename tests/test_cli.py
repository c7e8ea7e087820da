"""The command line around its words, which are frozen (see `behaviour`): exit codes, requests, streams."""

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from behaviour.record import frozen
from clone import describe_again
from conftest import notebook

import atc
from atc.cli import main
from atc.exhibits import published
from atc.exhibits.published import DIFFERENT, EQUAL, MISSING, SHOWN, Control, Verdict
from atc.run import run as running
from atc.run.run import Outcome, Request
from atc.survey.errors import AtcError, DataRefused, Fault, NotebookFailed
from atc.survey.paths import Project

ENGLISH = "Usage|Error|Show this|Try '|No such|Invalid|Missing|Commands|Got |Traceback"

Told = tuple[int, str, str]


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    return make_project({"01_un": notebook("Un", "n = 1"), "02_deux": notebook("Deux", "n = 2")})


@pytest.fixture
def atc_says(project: Project, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    def say(*arguments: str) -> Told:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        output, errors = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, output, errors

    return say


@pytest.mark.parametrize("name", ["typed", "spoilt", "published"])
def test_nothing_is_said_in_english(name: str) -> None:
    calls = frozen(f"commands/{name}.json").values()
    told = "\n".join(line for call in calls for line in (*call.get("output", ()), *call.get("errors", ())))
    assert told
    assert not re.findall(ENGLISH, told)


def test_the_version_is_that_of_the_package(atc_says: Callable[..., Told]) -> None:
    assert atc_says("--version") == (0, f"atc {atc.__version__}\n", "")


def test_outside_a_project_one_is_told_where_to_go(
    atc_says: Callable[..., Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, errors = atc_says("check")
    assert code == 2
    assert "report.toml" in errors


def test_check_lists_what_to_look_at_before_a_quotation_is_signed(
    atc_says: Callable[..., Told], project: Project
) -> None:
    path = project.raw("2020-automne") / "verbatims.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Avant, tout passait par moi.", "À Grenoble, tout passait par Mme Dupont."))
    describe_again(path)
    code, output, errors = atc_says("check")
    assert (code, errors) == (0, "")
    told = output.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    _, first, second = told.splitlines()[-3:]
    assert first.startswith("V-010 (à relire), lieu « Grenoble » : remplacez-le par une mention")
    assert second.startswith("V-010 (à relire), personne « Mme Dupont » : ")
    assert "2 passages à regarder" in told


def test_a_second_check_says_that_nothing_changed_and_validates_nothing(
    atc_says: Callable[..., Told], project: Project
) -> None:
    rows = atc_says("check")[1]
    code = (
        "import sys\nfrom atc.cli import main\n"
        "try:\n    main(['check'])\nexcept SystemExit as left:\n    assert left.code == 0\n"
        "assert 'atc.survey.validation' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said, _, table = done.stdout.partition("\n")
    assert said.startswith("Déjà vérifié")
    assert table == rows
    path = project.raw("2020-automne") / "territoires.csv"
    path.write_bytes(path.read_bytes() + b"de trop\n")
    assert atc_says("check")[0] == 3


def test_verify_tells_a_statement_that_is_lost_beside_figures_that_differ(
    atc_says: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Control("F13", "énoncé", "un, deux", "un, deux, trois", DIFFERENT, "", "observé")
    lost = Verdict("A02", "un énoncé", "01_un, T01-05", MISSING)
    monkeypatch.setattr(published, "controls", lambda wave: (replace(wrong, id="M01", verdict=EQUAL), wrong))
    monkeypatch.setattr(published, "verdicts", lambda wave: (replace(lost, id="A01", verdict=SHOWN), lost))
    code, output, errors = atc_says("verify")
    assert code == 6
    assert "un, deux, trois" in output
    assert "1 égal, 1 différent" in output
    assert "2 énoncés du rapport : 1 montré, 1 manque." in output
    assert "F13" in errors
    assert "M01" not in errors
    assert "Le rapport ne dit plus : A02." in errors


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (NotebookFailed("01_un : a\n02_deux : b"), 4, "01_un : a\n02_deux : b\n"),
        (DataRefused([Fault("x.csv", 1, "", "", "Vide", "Remplissez")]), 3, "x.csv:1 : Vide. Remplissez.\n"),
        (AtcError("Une phrase."), 1, "Une phrase.\n"),
        (KeyboardInterrupt(), 1, "Interrompu"),
        (
            OSError(errno.ENOSPC, "No space left on device", "outputs/x"),
            1,
            (
                "Lecture ou écriture impossible : outputs/x (le disque est plein). Rien n’a été changé : "
                "libérez de la place, puis relancez.\n"
            ),
        ),
        (RuntimeError("aïe"), 1, "Erreur imprévue (RuntimeError : aïe)."),
    ],
)
@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_errors_are_sentences_with_an_exit_code_and_a_trace_only_on_demand(
    atc_says: Callable[..., Told],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    told: str,
    debug: tuple[str, ...],
) -> None:
    def fails(*_: object) -> Outcome:
        raise error

    monkeypatch.setattr(running, "run", fails)
    for arguments in (("run", *debug), (*debug, "run")):
        left, output, errors = atc_says(*arguments)
        assert (left, output) == (code, "")
        assert told in errors
        assert ("Traceback" in errors) == bool(debug)


@pytest.fixture
def asked(project: Project, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """Requests that reach the run, which does nothing but say that the pages are there."""
    requests: list[Request] = []
    pages = project.outputs("2020-automne", "financeurs")
    pages.mkdir(parents=True)
    (pages / "index.html").touch()
    (pages / "rapport.pdf").touch()

    def run(_: Project, request: Request, progress: running.Progress) -> Outcome:
        requests.append(request)
        outdated = ("02_deux",) if request.chapitres else ()
        executed = ("01_un",) if request.force else ()
        if executed:
            progress.begin(1)
            progress.done("01_un : exécuté")
        files = ("html/01_un.html", "pdf/01_un.pdf") if request.chapitres == ("01_un",) else ()
        return Outcome(executed, executed, files, () if files else outdated, pages)

    monkeypatch.setattr(running, "run", run)
    return requests


def test_run_passes_on_every_option_and_tells_what_is_left(
    atc_says: Callable[..., Told], asked: list[Request]
) -> None:
    code, output, _ = atc_says(
        *("run", "--vague", "2020-automne", "--diffusion", "interne", "--jobs", "3", "--force"),
        *("--chapitre", "01_un", "--chapitre", "02_deux"),
    )
    assert code == 0
    assert asked == [Request("2020-automne", "interne", ("01_un", "02_deux"), 3, force=True)]
    assert output.splitlines()[0] == "01_un : exécuté"
    assert "à refaire : 02_deux." in output
    assert "Rien à refaire" not in output
    waits = "Le PDF du rapport entier attend : relancez atc run sans --chapitre."
    assert waits in atc_says("run", "--chapitre", "01_un", "--force")[1].splitlines()
    assert "attend" not in atc_says("run", "--force")[1]


@pytest.mark.fault
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [["check"], ["--version"], ["--help"]])
def test_what_cannot_be_told_is_no_success(project: Project, words: list[str]) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "atc", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith("Lecture ou écriture impossible (le disque est plein).")


@pytest.mark.parametrize("entry", [[sys.executable, "-m", "atc"], [str(Path(sys.executable).parent / "atc")]])
def test_both_commands_are_the_same_and_no_colour_reaches_a_pipe(entry: list[str], project: Project) -> None:
    if not Path(entry[0]).exists():
        pytest.skip("the package is not installed in this environment")
    coloured = {**os.environ, "FORCE_COLOR": "1"}
    words = [*entry, "run", "--zzz"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=coloured)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("L’option --zzz n’existe pas.")
    assert "\x1b" not in done.stderr
