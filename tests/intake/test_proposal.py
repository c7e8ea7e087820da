"""A draft is never imported as it is, and its sure matches are right."""

import pytest
import yaml
from intake import form_tools
from intake.exports import HERE, VAGUE, xlsx_bytes
from intake.test_tools import lss, xlsform
from intake.world import SHEETS, World

from atc.cli.waves import import_
from atc.intake.mapping import read_mapping
from atc.intake.proposal import propose
from atc.survey.dictionary import load_dictionary
from atc.survey.errors import DataRefused


@pytest.fixture(scope="module")
def drafted(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("ebauche"))
    world.write("formulaire.xlsx", xlsform())
    world.write("enquete.lss", lss(recent=True))
    text = propose(world.project, sorted(world.exports.iterdir()), VAGUE).yaml()
    return world, text, yaml.safe_load(text)


def said(rule):
    """What a guess says, without the sentence that explains it."""
    return {key: text for key, text in rule.items() if key != "remarque"}


def source(draft, file, sheet=None):
    return next(s for s in draft["sources"] if s["fichier"] == file and s.get("feuille") == sheet)


def test_a_draft_is_refused_until_it_is_confirmed(drafted):
    world, text, _ = drafted
    with pytest.raises(DataRefused) as refused:
        read_mapping(text.encode(), "ebauche.yml", load_dictionary(world.project))
    messages = {fault.message for fault in refused.value.faults}
    assert messages == {"Correspondance à confirmer", "Colonne à classer", "Date de collecte à compléter"}


def test_the_tool_the_sheets_and_the_structures_are_found(drafted):
    _, _, draft = drafted
    assert source(draft, "flash.csv")["outil"] == "limesurvey"
    assert source(draft, "flash.csv")["structure"] == "enquete.lss"
    assert source(draft, "carnet.csv")["outil"] == "kobo"
    assert source(draft, "carnet.csv")["structure"] == "formulaire.xlsx"
    assert source(draft, "liste.csv")["outil"] == "tableur"
    assert [s["feuille"] for s in draft["sources"] if "feuille" in s] == list(SHEETS)


def test_a_heading_that_is_a_name_or_label_is_sure(drafted):
    _, _, draft = drafted
    effects = source(draft, "terrain.xlsx", "Effets")["tables"]["effets"]["colonnes"]
    assert (effects["type"], effects["associations"], effects["resume"]) == ("Type", "Associations", "Résumé")
    legitimacy = source(draft, "terrain.xlsx", "Légitimités")["tables"]["legitimites"]["colonnes"]
    assert legitimacy["appui"] == "Appui"
    items = source(draft, "flash.csv")["tables"]["scores"]["empiler"]["depuis"]
    assert items["vie_associative"] == "Q5[V]"


@pytest.mark.parametrize(
    ("file", "sheet", "place", "expected"),
    [
        ("terrain.xlsx", "Effets", "effets.colonnes.effet", {"colonne": "N°"}),
        ("terrain.xlsx", "Effets", "effets.colonnes.territoire", {"colonne": "Site"}),
        # A box to tick: what empty means is asked.
        (
            *("flash.csv", None, "questionnaire_flash.colonnes.frein_saturation"),
            {"colonne": "Q4[SQ001]", "vide": "non"},
        ),
        ("flash.csv", None, "scores.empiler.depuis.cooperation", {"colonne": "Q5[C]"}),
        # Who answered is never a sure column.
        (
            *("carnet.csv", None, "carnet_de_bord.colonnes.repondant"),
            {"colonne": "poste/courriel", "pseudonyme": "A"},
        ),
    ],
)
def test_what_is_guessed_is_to_be_confirmed(drafted, file, sheet, place, expected):
    found = source(drafted[2], file, sheet)["tables"]
    for key in place.split("."):
        found = found[key]
    assert said(found) == {**expected, "a_confirmer": "oui"}


@pytest.mark.parametrize(("service", "entete", "after"), [
    ("framaforms", "3", ""), ("surveymonkey", "1-2", " [Response]"),
])  # fmt: skip
def test_a_heading_that_is_not_the_first_line_is_found(tmp_path, service, entete, after):
    for name, content in form_tools.files(form_tools.SERVICES[service]).items():
        (tmp_path / name).write_bytes(content)
    draft = propose(HERE, [tmp_path / "carnet.csv"], VAGUE).mapping["sources"][0]
    assert draft["entete"] == entete
    question = f"Quel est le type de contrat de l’animateur.trice ?{after}"
    assert draft["tables"]["carnet_de_bord"]["colonnes"]["contrat"] == question


def test_a_cell_that_names_people_bans_its_column(tmp_path):
    world = World(tmp_path)
    rows = [["Site", "Courriel", "Remarque"], ["Grenoble", "a@exemple.org", "voir b@exemple.org"]]
    path = world.path("remarques.xlsx")
    path.write_bytes(xlsx_bytes({"Feuil1": rows}))
    draft = propose(world.project, [path], VAGUE)
    assert draft.mapping["sources"][0]["ignorer"]["Remarque"] == "adresse électronique"
    assert b"exemple.org" not in b"".join(draft.yaml().encode().splitlines())


def test_the_command_writes_the_draft_once(tmp_path, monkeypatch):
    world = World(tmp_path)
    monkeypatch.setenv("ATC_ROOT", str(world.project.root))
    target = tmp_path / "ebauche.yml"
    arguments = [str(world.path("liste.csv")), "--vague", VAGUE, "--propose", "--mapping", str(target)]
    import_.main(arguments, standalone_mode=False)
    before = target.read_bytes()
    with pytest.raises(Exception, match="existe déjà"):
        import_.main(arguments, standalone_mode=False)
    assert target.read_bytes() == before


def test_every_column_is_mapped_left_to_sort_or_dropped(drafted):
    text = yaml.safe_dump(source(drafted[2], "terrain.xlsx", "Effets"), allow_unicode=True)
    assert [heading for heading in SHEETS["Effets"][0] if heading not in text] == []
