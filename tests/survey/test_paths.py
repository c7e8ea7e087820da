"""The project is found from inside it; what is swapped in is whole, wherever a command is stopped."""

import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clone import hashes
from conftest import notebook, write_chapter

from atc.cli import main
from atc.survey import paths
from atc.survey.errors import UsageError
from atc.survey.paths import Project, find_project, recover, replacing, write

pytestmark = pytest.mark.fault
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ATC_ROOT", raising=False)
    (tmp_path / "projet" / "notebooks" / "perso").mkdir(parents=True)
    (tmp_path / "projet" / "report.toml").touch()
    return tmp_path / "projet"


def test_the_nearest_folder_above_is_the_project_and_nothing_is_guessed_outside(root: Path) -> None:
    inner = root / "notebooks" / "perso"
    assert {find_project(folder) for folder in (root, inner.parent, inner)} == {Project(root.resolve())}
    (inner / "report.toml").touch()
    assert find_project(inner).root == inner.resolve()
    with pytest.raises(UsageError, match=r"Aucun fichier report\.toml dans .* Placez-vous"):
        find_project(root.parent)


def test_atc_root_overrules_the_place_and_must_be_right(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATC_ROOT", str(root))
    assert find_project(root.parent).root == root.resolve()
    monkeypatch.setenv("ATC_ROOT", str(root.parent))
    with pytest.raises(UsageError, match="ATC_ROOT désigne"):
        find_project(root)


# --- what is swapped in ---


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """Where we are, two folders and a file that stand, and one folder that does not yet."""
    monkeypatch.chdir(tmp_path)
    paths.placed.clear()
    write(tmp_path / "pages" / "page.html", b"ancien")
    write(tmp_path / "pages" / "perime.html", b"ancien")
    write(tmp_path / "a" / "b" / "carnets" / "page.html", b"ancien")
    write(tmp_path / "report.toml", b"ancien")
    yield [tmp_path / name for name in ("a/b/carnets", "report.toml", "absent/neuf", "pages")]
    assert not list(tmp_path.rglob(".*")), "nothing hidden stays behind"
    paths.placed.clear()


def _fill(made: tuple[Path, ...]) -> None:
    for path in made:
        write(path if path.suffix else path / "page.html", b"nouveau")


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_write_makes_folders_gives_the_hash_and_stops_on_a_full_disk(tmp_path: Path) -> None:
    assert write(tmp_path / "a" / "é.txt", b"un") == hashlib.sha256(b"un").hexdigest()
    assert (tmp_path / "a" / "é.txt").read_bytes() == b"un"
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full to stand for a full disk")
    (tmp_path / "plein").symlink_to("/dev/full")
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        write(tmp_path / "plein", b"x" * 100)


def test_all_are_replaced_whole(old: list[Path], tmp_path: Path) -> None:
    with replacing(*old) as made:
        _fill(made)
    new = ("a/b/carnets/page.html", "absent/neuf/page.html", "pages/page.html", "report.toml")
    assert _tree(tmp_path) == dict.fromkeys(new, b"nouveau")
    assert paths.placed == old


@pytest.mark.parametrize("stopped", [OSError(errno.EACCES, "ouvert ailleurs"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", range(1, 9))
def test_all_stay_if_any_rename_fails(
    stopped: BaseException, at: int, old: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _tree(tmp_path)
    calls = iter(range(1, 99))

    def stopping(act: Callable[..., object]) -> Callable[..., object]:
        def stops(*arguments: Path) -> object:
            if next(calls) == at:
                raise stopped
            return act(*arguments)

        return stops

    for name in ("rename", "replace", "unlink"):
        monkeypatch.setattr(Path, name, stopping(getattr(Path, name)))
    with pytest.raises(type(stopped)), replacing(*old) as made:
        _fill(made)
    monkeypatch.undo()
    assert next(calls) > at, "it was stopped indeed"
    assert _tree(tmp_path) == before
    assert paths.placed == []


def test_what_was_not_made_replaces_nothing(old: list[Path], tmp_path: Path) -> None:
    before = _tree(tmp_path)
    with pytest.raises(FileNotFoundError), replacing(*old) as made:
        _fill(made[:-1])
    assert _tree(tmp_path) == before


def test_a_folder_takes_the_place_of_a_file_and_a_file_that_of_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "lot", b"ancien")
    with replacing(tmp_path / "lot") as (made,):
        _fill((made,))
        # Whoever is at work is left alone.
        recover([tmp_path])
    assert _tree(tmp_path) == {"lot/page.html": b"nouveau"}
    with replacing(tmp_path / "lot") as (made,):
        write(made, b"zip")
    assert _tree(tmp_path) == {"lot": b"zip"}


SWAP = """
import os, signal, sys
from pathlib import Path
from atc.survey import paths
names = ("a/b/carnets", "report.toml", "absent/neuf", "pages")
count = 0
def die(event, args):
    global count
    if event in ("os.rename", "os.remove", "shutil.rmtree"):
        count += 1
        if count == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
with paths.replacing(*map(Path, names)) as made:
    for path in made:
        paths.write(path if path.suffix else path / "page.html", b"nouveau")
    sys.addaudithook(die)
"""


@pytest.mark.parametrize("at", [1, 6, 11])
def test_what_a_killed_process_left_is_put_back(
    at: int, old: list[Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = _tree(tmp_path)
    done = subprocess.run([sys.executable, "-c", SWAP, str(at)], check=False)
    assert done.returncode == -signal.SIGKILL
    moved = not before.items() <= _tree(tmp_path).items()
    recover([tmp_path, tmp_path / "a" / "b"])
    after = _tree(tmp_path)
    assert after == before or set(after.values()) == {b"nouveau"}
    told = [record.getMessage() for record in caplog.records]
    if moved and after == before:
        assert told[0].startswith("Une commande avait été arrêtée en plein remplacement. Remis en l’état")
        assert "a/b/carnets" in told[0]
    else:
        assert told == []
    caplog.clear()
    recover([tmp_path, tmp_path / "a" / "b"])
    assert (_tree(tmp_path), caplog.records) == (after, [])


def test_what_was_put_there_since_is_kept_and_so_is_what_stood(
    old: list[Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    subprocess.run([sys.executable, "-c", SWAP, "3"], check=False)
    assert not (tmp_path / "a/b/carnets").exists()
    write(tmp_path / "a/b/carnets/mien.txt", b"fait entre-temps")
    write(tmp_path / "report.toml", b"change entre-temps")
    recover([tmp_path, tmp_path / "a" / "b"])
    assert (tmp_path / "a/b/carnets/mien.txt").read_bytes() == b"fait entre-temps"
    assert (tmp_path / "report.toml").read_bytes() == b"change entre-temps"
    assert (tmp_path / "a/b/carnets.ancien-1/page.html").read_bytes() == b"ancien"
    assert "carnets.ancien-1" in caplog.text


CRASH = """
import atexit, os, pathlib, signal, sys
at, how, where = int(sys.argv.pop(1)), int(sys.argv.pop(1)), sys.argv.pop(1)
count, me = 0, os.getpid()
def stop(event, args):
    global count
    if event in ("os.rename", "shutil.rmtree") and os.getpid() == me and where in str(args[:2]):
        count += 1
        if count == at:
            os.kill(me, how)
from atc.cli import main
sys.addaudithook(stop)
atexit.register(lambda: pathlib.Path("../renames").write_text(str(count)))
main(sys.argv[1:])
"""
UNTOUCHED = "Interrompu : rien n’a été publié, les résultats précédents sont intacts."
LEFT = "Une commande avait été arrêtée en plein remplacement. Remis en l’état d’avant : "
IMPORT = ["import", "--vague", "2021-automne", "--mapping", "../m.yml", "--key", "../cle", "--replace"]
SIMULATE = ["simulate", "--vague", "2021-automne", "--sites", "3", "--seed", "7", "--replace"]
NEW_WAVE = ["new-wave", "2022-printemps", "--from", "2021-automne"]


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    """A project whose wave of 2021 has a codebook, and exports beside it."""
    made = make_project({"01_un": notebook("Un", "n = 1")})
    shutil.copytree(REPOSITORY / "docs" / "exemples" / "exports", made.root.parent / "exports")
    shutil.copy(REPOSITORY / "docs" / "exemples" / "tableur_csv.yml", made.root.parent / "m.yml")
    (made.root.parent / "cle").write_bytes(b"cle de demonstration des essais, 0123456789abcdef")
    (made.root.parent / "cle").chmod(0o600)
    return made


def _atc(*words: str, stopped: tuple[int, int, str] | None = None) -> subprocess.CompletedProcess[str]:
    exports = map(str, sorted(Path("../exports").iterdir())) if words[0] == "import" else ()
    start = ["-c", CRASH, *map(str, stopped)] if stopped else ["-m", "atc"]
    command = [sys.executable, *start, *words, *exports]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _ends(code: int, *words: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == code


@pytest.mark.slow
def test_wherever_an_import_is_stopped_the_next_command_finds_a_whole_wave(project: Project) -> None:
    raw, kept = project.raw("2021-automne"), project.root / "garde"
    before, book = hashes(raw), (raw / "codebook.csv").read_bytes()
    shutil.copytree(raw, kept)
    where = f"{os.sep}.chantier-"
    assert _atc(*IMPORT, stopped=(0, signal.SIGKILL, where)).returncode == 0
    after = hashes(raw)
    assert after != before
    renames = int(Path("../renames").read_text(encoding="utf-8"))
    assert renames > 3
    for at, how in ((1, signal.SIGKILL), (renames // 2, signal.SIGTERM), (renames, signal.SIGKILL)):
        shutil.rmtree(raw)
        shutil.copytree(kept, raw)
        done = _atc(*IMPORT, stopped=(at, how, where))
        assert done.returncode != 0
        told = UNTOUCHED if hashes(raw) == before else "déjà en place, en entier : data/raw"
        assert how == signal.SIGKILL or told in done.stderr
        # Whatever it asks for, it looks at the place.
        _ends(2, "check", "--vague", "inconnue")
        assert hashes(raw) in (before, after)
        assert (raw / "codebook.csv").read_bytes() == book
        assert not list(project.root.rglob(".chantier-*"))


@pytest.mark.lengthy
@pytest.mark.slow
def test_a_command_stopped_before_its_last_rename_leaves_what_stood(
    project: Project, lent: None, caplog: pytest.LogCaptureFixture
) -> None:
    def stopped(place: str, renames: int, *words: str, next_: str = "check --vague ?") -> None:
        before = hashes(project.root / place)
        how = signal.SIGINT if words[0] == "run" else signal.SIGKILL
        done = _atc(*words, stopped=(renames, how, f"{os.sep}neuf{os.sep}"))
        caplog.clear()
        if how == signal.SIGINT:
            assert (done.returncode, done.stderr.splitlines()[-1]) == (1, UNTOUCHED)
        else:
            assert done.returncode == -signal.SIGKILL
            _ends(2, *next_.split())
            assert LEFT in caplog.text
        assert hashes(project.root / place) == before
        assert not list(project.root.rglob(".chantier-*"))

    stopped("data/raw", 1, *SIMULATE)
    stopped(".", 3, *NEW_WAVE)
    _ends(0, "run")
    _ends(0, "publish", "--to", "lot")
    write_chapter(project, "01_un", notebook("Deux", "n = 2"))
    stopped("outputs", 2, "run")
    _ends(0, "run")
    stopped("lot", 1, "publish", "--replace", "--to", "lot", next_="publish --to lot")
    path = project.dictionary / "effets.json"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    stopped("data/processed", 1, "check")
