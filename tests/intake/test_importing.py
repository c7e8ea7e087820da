"""Right exports are read right, however they are written; a wave is replaced whole or not at all."""

import json
import shutil

import pytest
from intake import traps
from intake.exports import HERE, VAGUE, csv_bytes, rows, tables, xlsx_bytes
from intake.traps import SHEET, put, rezip
from intake.world import CARNET, FLASH, KEY, LISTE, SHEETS, World

from atc.intake.persons import create_key
from atc.survey.errors import DataRefused, UsageError
from atc.survey.validation import validate_wave


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """The right exports, imported, and what was told."""
    world = World(tmp_path_factory.mktemp("attendu"))
    return world, world.run()


@pytest.fixture(scope="module")
def expected(imported):
    return tables(imported[0].project)


def test_values_are_read_as_they_were_meant(imported):
    world, _ = imported
    assert validate_wave(world.project, VAGUE)["questionnaire_flash"].shape == (3, 9)
    said = {
        ("carnet_de_bord", "grenoble"): "etp=0.5 debut_contrat=2020-03-02 contrat=cdi theme_autres=oui "
        "theme_cadre_de_vie=non",
        ("carnet_de_bord", "saint_gilles"): "issu_du_quartier=NSP instance_associations=oui",
        ("questionnaire_flash", "avignon"): "repondu=oui",
        ("questionnaire_flash", "grenoble"): "repondu=non frein_elections=",
        ("questionnaire_flash", "saint_gilles"): "repondu=oui posture=soutien",
    }
    for (table, site), cells in said.items():
        (row,) = (row for row in rows(table, project=world.project) if row["territoire"] == site)
        assert dict(cell.split("=") for cell in cells.split()).items() <= row.items()
    scores = {
        (row["territoire"], row["groupe"], row["item"]): row["score"]
        for row in rows("scores", project=world.project)
    }
    assert scores["grenoble", "animateurs", "vie_associative"] == ""
    assert scores["avignon", "institutionnels", "vie_associative"] == "NSP"
    assert scores["saint_gilles", "institutionnels", "vie_associative"] == "10"


def test_the_description_says_where_the_wave_comes_from(imported):
    world, _ = imported
    package = json.loads((world.raw / "datapackage.json").read_text(encoding="utf-8"))
    by_name = {resource["name"]: resource for resource in package["resources"]}
    assert set(by_name["scores"]["statuts"].values()) == {"observé"}
    assert set(by_name["territoires"]["statuts"].values()) == {"publié"}
    assert by_name["carnet_de_bord"]["collecte"]["libelle"] == "septembre 2021"
    assert by_name["scores"]["collecte"]["debut"] == "2021-09"


def test_nothing_that_names_people_gets_in(imported):
    world, outcome = imported
    written = "".join(path.read_text(encoding="utf-8") for path in world.raw.iterdir())
    for trace in ("exemple.org", "tok-", "uuid-", "10:1", "10:2", "Habitante rencontrée", KEY.decode()):
        assert trace not in written
        assert trace not in "\n".join(outcome.lines)


def swap(world, file, old, new):
    world.edit(file, lambda content: content.replace(old, new))


SAME = {
    "no mark, Unix ends; tabs, another order; Excel's hint, empty lines at the end": lambda w: (
        w.write("flash.csv", csv_bytes(FLASH).replace(b"\r\n", b"\n")),
        w.write("carnet.csv", csv_bytes([CARNET[0], *CARNET[:0:-1]], "\t")),
        w.write("liste.csv", b"sep=;\r\n" + csv_bytes(LISTE, encoding="cp1252") + b";;\r\n;;\r\n\r\n"),
    ),
    "empty columns and lines, spaces, marks of order, dates from 1904, case of a token": lambda w: (
        swap(w, "liste.csv", b"\r\n", b";;\r\n"),
        swap(w, "liste.csv", b"Jeton", b"\xa0Jeton "),
        swap(w, "flash.csv", b"\r\n", b"\r\n;\r\n"),
        swap(w, "flash.csv", b'"2"', b'\xef\xbb\xbf"2"'),
        swap(w, "flash.csv", b"tok-dp-gilles", b" TOK-dp-Gilles "),
        w.write("terrain.xlsx", xlsx_bytes(SHEETS, date_1904=True)),
    ),
    "UTF-16": lambda w: w.write("flash.csv", csv_bytes(FLASH, "\t", encoding="utf-16")),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_answers_written_otherwise_give_the_same_tables(name, world, expected):
    SAME[name](world)
    world.run()
    assert tables(world.project) == expected


def test_another_spelling_of_a_site_is_told(world, expected):
    swap(world, "carnet.csv", b"saint gilles", "Saint\N{NO-BREAK SPACE}Gilles\t".encode())
    (told,) = (line for line in world.run().lines if "carnet_de_bord.territoire" in line)
    assert "Gilles » → « saint_gilles » (1 fois)" in told
    assert tables(world.project) == expected


FORMULA = '<c r="B2" t="str"><f>A1</f><v>Saint-Gilles</v></c>'
COMMENTS = {"xl/worksheets/_rels/sheet1.xml.rels": traps.COMMENTS, "xl/comments1.xml": b"<comments/>"}
HIDDEN = put('<row r="3"', '<row r="3" hidden="1"')
MERGED = put("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>')
CALCULATED = put('<c r="B2" t="s"><v>4</v></c>', FORMULA)
TOLD = {
    "lu malgré : lignes ou colonnes masquées, cellules fusionnées, formules, par leurs derniers résultats, "
    "commentaires du classeur": lambda content: rezip(
        content, {SHEET: lambda part: CALCULATED(MERGED(HIDDEN(part)))}, COMMENTS
    ),
    "1\N{NO-BREAK SPACE}ligne vide sautée, feuilles masquées laissées de côté : Feuil1": lambda _: rezip(
        xlsx_bytes({"Feuil1": [["x"]], "Feuil2": [LISTE[0], [], *LISTE[1:]]}),
        {"xl/workbook.xml": put('<sheet name="Feuil1"', '<sheet state="hidden" name="Feuil1"')},
    ),
}


@pytest.mark.parametrize("told", TOLD)
def test_what_a_table_has_not_is_read_and_told(told, world, expected):
    world.path("liste.csv").unlink()
    world.write("liste.xlsx", TOLD[told](xlsx_bytes({"Feuil1": LISTE})))
    world.edit_mapping("fichier: liste.csv", "fichier: liste.xlsx")
    lines = "\n".join(world.run().lines)
    assert all(each in lines for each in told.split(", "))
    assert tables(world.project) == expected


def test_the_first_wave_of_all_makes_its_own_list_of_sites(world, expected):
    before = world.project.raw("2020-automne")
    sites = (before / "territoires.csv").read_bytes()
    world.write("sites.csv", sites)
    shutil.rmtree(before)
    columns = ", ".join(f"{name}: {name}" for name in sites.decode().splitlines()[0].split(","))
    source = f"{{fichier: sites.csv, outil: tableur, tables: {{territoires: {{colonnes: {{{columns}}}}}}}}}"
    world.edit_mapping("reprendre: {territoires: 2020-automne}\n", "")
    world.edit_mapping("sources:\n", f"sources:\n  - {source}\n")
    world.run()
    # Reused, a longitude is « 4.60 » as it stood; read, it is « 4.6 ».
    given, kept = (
        {**found, "territoires": [row["territoire"] for row in found["territoires"]]}
        for found in (tables(world.project), expected)
    )
    assert given == kept


def test_several_files_make_one_table(world, expected):
    for rank, row in enumerate(LISTE[1:]):
        world.write(f"liste-{rank}.csv", csv_bytes([LISTE[0], row]))
    world.path("liste.csv").unlink()
    world.edit_mapping("fichier: liste.csv", 'fichier: "liste-*.csv"')
    world.run()
    assert tables(world.project) == expected


def test_another_mapping_among_the_exports_is_left_aside_and_told(world, expected):
    world.write("correspondance.xlsx", xlsx_bytes({"Colonnes": LISTE}))
    told = "\n".join(world.run().lines)
    assert "correspondance.xlsx : c’est une correspondance, laissée de côté" in told
    assert "celle de cet import est correspondance.yml" in told
    assert tables(world.project) == expected


def test_a_wave_is_replaced_only_on_demand_and_by_what_is_right(world):
    assert world.run().changed
    before = world.snapshot()
    assert not world.run().changed
    world.edit("carnet.csv", lambda old: old.replace(b";0,5;", b";0,6;"))
    with pytest.raises(UsageError, match="Ajoutez --replace"):
        world.run()
    assert world.snapshot() == before
    world.edit("carnet.csv", lambda old: old.replace(b";0,6;", b";50;"))
    with pytest.raises(DataRefused):
        world.run(replace=True)
    assert world.snapshot() == before
    world.edit("carnet.csv", lambda old: old.replace(b";50;", b";0,6;"))
    assert world.run(replace=True).changed
    assert "0.6" in {row["etp"] for row in rows("carnet_de_bord", project=world.project)}


def test_a_draft_is_completed_and_its_codebook_kept(world):
    world.raw.mkdir()
    book = (HERE.raw(VAGUE) / "codebook.csv").read_bytes()
    (world.raw / "codebook.csv").write_bytes(book)
    draft = {"vague": VAGUE, "description": "Ce que nous savons de cette vague.", "resources": []}
    (world.raw / "datapackage.json").write_text(json.dumps(draft), encoding="utf-8")
    assert world.run().changed
    assert (world.raw / "codebook.csv").read_bytes() == book
    package = json.loads((world.raw / "datapackage.json").read_text(encoding="utf-8"))
    assert package["description"] == draft["description"]
    assert not world.run().changed


def test_a_new_key_is_secret_and_never_replaced(tmp_path, world):
    path = tmp_path / "neuve"
    create_key(path, world.project)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="existe déjà"):
        create_key(path, world.project)
    world.key = path
    assert world.run().changed


def test_what_a_browser_would_run_enters_as_text(world):
    said = '<script>alert(\'ici\')</script> <img src="x" onerror="alert(1)"> & <b>gras</b> '
    said += "[lien](javascript:alert(1)) **gras** # titre {{ 7*7 }} ${7*7} <%= 7 %>"
    sheet = [*SHEETS["Citations"][:1], [*SHEETS["Citations"][1]]]
    sheet[1][5] = said
    world.write("terrain.xlsx", xlsx_bytes({**SHEETS, "Citations": sheet}))
    world.run()
    assert [row["texte"] for row in rows("verbatims", project=world.project)] == [said]
