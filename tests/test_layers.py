"""The rooms of the house: a module imports only from rooms below its own, and stays small."""

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "atc"

#: Ground floor first; rooms on one line do not know each other (CONTRIBUTING.md).
FLOORS = (
    ("survey",),
    ("intake", "indicators"),
    ("disclosure",),
    ("exhibits",),
    ("rendering",),
    ("run",),
    ("publication", "desk"),
    ("cli",),
    ("__main__",),
)
HEIGHT = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def room_of(name: str) -> str:
    """The room that a dotted name lies in."""
    return name.partition(".")[0]


#: What belongs to the package itself and to no room: reading it opens no door.
OF_THE_PACKAGE = {"__version__", "__file__", "__path__"}
#: Modules that are leaves: each stands alone on what is below, but for those that gather the others.
STRANGERS = "exhibits.chapters"
GATHER = ("exhibits.chapters", "exhibits.chapters.synthese")
LONGEST_MODULE, LONGEST_FUNCTION = 400, 65


def modules(package: Path) -> Iterator[tuple[str, Path]]:
    """Dotted name, without « atc », and file of each module."""
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name, without « atc », of all that a module takes from the package, lazily or not."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name != "atc"]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            # After a bare « import atc », it is the attribute that tells what is taken.
            names = [f"{node.value.id}.{node.attr}"]
        for name in names:
            root, _, rest = name.partition(".")
            if root == "atc":
                yield node.lineno, rest


def wrong_imports(package: Path) -> list[str]:
    """Imports from the same floor or a higher one, from no floor at all, or through the front door."""
    faults = []
    for name, path in modules(package):
        room = room_of(name)
        # The front door shows names of any floor; nobody inside goes out to come in.
        if not room:
            continue
        for line, target in imported(ast.parse(path.read_text(encoding="utf-8"))):
            other = room_of(target)
            if other in OF_THE_PACKAGE:
                continue
            where = f"{name}:{line} imports {target or 'atc'}"
            if other not in HEIGHT:
                faults.append(f"{where}, which is on no floor")
            elif room not in HEIGHT:
                faults.append(f"{where}, and is itself on no floor")
            elif other == room:
                chapters = name.startswith(f"{STRANGERS}.") and target.startswith(f"{STRANGERS}.")
                inside = name.split(".")[2:3] == target.split(".")[2:3]
                if chapters and name not in GATHER and not inside and _is_module(package, target):
                    faults.append(f"{where}, its neighbour")
            elif HEIGHT[other] >= HEIGHT[room]:
                faults.append(f"{where}, which is not below it")
    return faults


def _is_module(package: Path, target: str) -> bool:
    parts = target.split(".")
    return any((package.joinpath(*parts[:i])).with_suffix(".py").is_file() for i in (3, 4) if len(parts) >= i)


def too_long(package: Path) -> list[str]:
    """Modules and functions longer than anyone reads at once."""
    faults = []
    for name, path in modules(package):
        text = path.read_text(encoding="utf-8")
        length = len(text.splitlines())
        if length > LONGEST_MODULE:
            faults.append(f"{name}: {length} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    faults.append(f"{name}.{node.name}: {lines} lines")
    return faults


def circle(package: Path) -> list[str]:
    """Modules that import each other in a circle, in its order; none where there is no circle."""
    names = {name for name, _ in modules(package)}
    wanted = {}
    for name, path in modules(package):
        targets = {target for _, target in imported(ast.parse(path.read_text(encoding="utf-8")))}
        wanted[name] = {
            next((found for found in (target, target.rpartition(".")[0]) if found in names), name)
            for target in targets
        } - {name}
    try:
        graphlib.TopologicalSorter(wanted).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def test_every_room_has_its_floor_and_every_floor_its_rooms():
    rooms = {room_of(name) for name, _ in modules(PACKAGE)} - {""}
    assert rooms == set(HEIGHT)


def test_every_module_imports_from_lower_floors_only():
    assert wrong_imports(PACKAGE) == []


def test_no_modules_import_each_other_in_a_circle():
    assert circle(PACKAGE) == []


def test_modules_and_functions_stay_short():
    assert too_long(PACKAGE) == []


#: Made-up modules, and how many faults each has.
MADE_UP = (
    ("survey.paths", "from atc.indicators.territories import medians", 1),
    ("survey.paths", "from atc import indicators", 1),
    ("survey.paths", "def f():\n    from atc.intake.books import Book\n", 1),
    ("intake.tools", "from atc.indicators.territories import medians", 1),
    ("exhibits.charts.bars", "from atc import open_wave", 1),
    ("exhibits.charts.bars", "from atc.unknown import thing", 1),
    ("unknown", "from atc.survey.errors import AtcError", 1),
    ("exhibits.chapters.methode", "from atc.exhibits.chapters.modeles import fig_05_01", 1),
    ("survey.waves", "def f():\n    from atc.survey.validation import validate_wave\n", 0),
    ("__init__", "from atc.survey.waves import open_wave", 0),
    ("cli", "from atc import __version__\nfrom atc.run.run import run", 0),
    ("exhibits.chapters.__init__", "from atc.exhibits.chapters import modeles", 0),
)


def build(folder: Path, sources: dict[str, str]) -> Path:
    for name, source in sources.items():
        path = folder / f"{name.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("module", "source", "faults"), MADE_UP)
def test_a_wrong_import_is_found_and_a_right_one_let_through(tmp_path, module, source, faults):
    found = wrong_imports(build(tmp_path, {"exhibits.chapters.modeles": "", module: source}))
    assert [fault.partition(":")[0] for fault in found] == [module] * faults


def test_a_circle_a_long_module_and_a_long_function_are_found(tmp_path):
    over = "".join(f"        x = {i}\n" for i in range(65))
    sources = {
        "a": "from atc.b import f",
        "b": "def g():\n    from atc import charts\n",
        "charts.__init__": "import atc.a",
        "long": "x = 1\n" * 401,
        "short": "x = 1\n" * 400,
        "cli.run": f"class A:\n    async def over(self):\n{over}",
    }
    built = build(tmp_path, sources)
    assert set(circle(built)) == {"a", "b", "charts"}
    assert too_long(built) == ["cli.run.over: 66 lines", "long: 401 lines"]
