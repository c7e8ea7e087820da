"""The same answers from three tools, in every shape that each exports, give the committed wave."""

import re
from collections.abc import Callable, Mapping
from functools import partial

import pytest
from intake import exports, form_tools
from intake.form_tools import kobo, limesurvey

# The examples that evaluators start from are those that are tried.
MAPPINGS = exports.HERE.root / "docs" / "exemples"
Files = Mapping[str, bytes]


def _xlsx() -> Files:
    files = {
        f"{name}.xlsx": exports.xlsx_bytes({"Feuil1": exports.spreadsheet(table, typed=True)})
        for name, table in form_tools.SURVEYS.items()
    }
    return {**files, "terrain.xlsx": exports.fieldwork()}


TOOLS: dict[str, tuple[str, form_tools.Tool]] = {
    "LimeSurvey, CSV, codes": ("limesurvey", limesurvey("code", "code")),
    "LimeSurvey, CSV, codes et textes": ("limesurvey", limesurvey("code_texte", "texte")),
    "LimeSurvey, CSV, textes": ("limesurvey", limesurvey("texte", "texte")),
    "LimeSurvey, CSV, textes, réponses en codes": ("limesurvey", limesurvey("texte", "code")),
    "LimeSurvey, XLSX, textes": ("limesurvey", limesurvey("texte", "texte", workbook=True)),
    "Kobo, CSV, listes": ("kobotoolbox", kobo("liste")),
    "Kobo, CSV, 0 et 1": ("kobotoolbox", kobo("colonnes")),
    "Kobo, CSV, les deux": ("kobotoolbox", kobo("deux")),
    "Kobo, XLSX, libellés, les deux": ("kobotoolbox", kobo("deux", labels=True, workbook=True)),
    "Kobo, XLSX, libellés, listes": ("kobotoolbox", kobo("liste", labels=True, workbook=True)),
    **{name: (name, service) for name, service in form_tools.SERVICES.items()},
}
SHAPES: dict[str, tuple[str, Callable[[], Files]]] = {
    **{shape: (mapping, partial(form_tools.files, tool)) for shape, (mapping, tool) in TOOLS.items()},
    "Excel français, CSV": ("tableur_csv", exports.csv_files),
    "Excel français, XLSX": ("tableur_xlsx", _xlsx),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_any_shape_of_any_tool_gives_the_committed_wave_and_nobody_s_name(desk, shape):
    mapping, make = SHAPES[shape]
    files = make()
    desk.receive(files)
    desk.mapping = MAPPINGS / f"{mapping}.yml"
    told = "\n".join(desk.run().lines)
    arrived = b"".join(path.read_bytes() for path in desk.project.root.rglob("*") if path.is_file()).decode()
    named = re.compile(r"example\.org|192\.0\.2\.|06 00 00|Nom\d")
    assert not named.search(arrived + told)
    assert shape == "Excel français, XLSX" or b"example.org" in b"".join(files.values())
    assert exports.tables(desk.project) == exports.tables()


def test_the_exports_to_rehearse_with_are_up_to_date():
    kept = {path.name: path.read_bytes() for path in (MAPPINGS / "exports").iterdir()}
    assert kept == exports.csv_files(), "python tests/intake/exports.py"


def test_the_guide_shows_what_an_import_tells(desk):
    desk.receive(exports.csv_files())
    desk.mapping = MAPPINGS / "tableur_csv.yml"
    told = words("\n".join(desk.run().lines))
    guide = (exports.HERE.root / "docs/guide/seconde-vague.md").read_text(encoding="utf-8")
    (shown,) = (block for block in re.findall(r"```text\n(.*?)```", guide, re.DOTALL) if "Recodé :" in block)
    *summary, end = words(shown)
    assert [line for line in summary if line not in told] == []
    assert end.startswith(f"data/raw/{exports.VAGUE} est à jour.")


def words(text: str) -> list[str]:
    """Lines, with one kind of space."""
    return [" ".join(line.split()) for line in text.splitlines()]
