"""The mapping as a workbook: what the YAML says, no less; and faults that send to a sheet and a cell."""

import re

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from intake import exports, form_tools
from intake.test_three_tools import MAPPINGS

from atc.intake.mapping import SEPARATORS, read_mapping
from atc.intake.mapping_files import Draft
from atc.intake.proposal import propose
from atc.survey.errors import DataRefused

DICTIONARY = exports.dictionary()
WORDS = st.text("abcéÀ’« »=+-@;,:'/[]_x0D1", min_size=1, max_size=12).map(str.strip).filter(bool)


def told(mapping):
    """What a mapping says, without the places where it says it; a tabulation has two spellings."""
    said = mapping.model_dump(exclude_none=True)
    for source in said["sources"]:
        source["separateur"] = SEPARATORS[source.get("separateur", "")]
    return said


def same(tree) -> None:
    """Whether the YAML and the workbook of a mapping are read alike."""
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False).encode()
    book = Draft(tree, DICTIONARY).workbook()
    assert told(read_mapping(book, "m.xlsx", DICTIONARY)) == told(read_mapping(text, "m.yml", DICTIONARY))


@pytest.mark.parametrize("name", sorted(path.stem for path in MAPPINGS.glob("*.yml")))
def test_an_example_loses_nothing_in_a_workbook(name):
    same(example(name))


@st.composite
def rules(draw, table, column):
    field = DICTIONARY.table(table).fields[column]
    codes = ["oui", "non"] if field.type == "boolean" else list(field.labels)
    value = st.sampled_from([*codes, *DICTIONARY.table(table).missing]) if codes else WORDS
    if field.kind == "identifier" and field.constraints.get("pattern", "").endswith("{6}$"):
        return draw(
            st.sampled_from([{"colonne": "Q", "pseudonyme": "R"}, {"colonne": "é", "deja_code": "oui"}])
        )
    said = draw(
        st.fixed_dictionaries(
            {"colonne": WORDS},
            optional={
                "recoder": st.dictionaries(WORDS, value, min_size=1, max_size=3),
                "vide": value,
                "contient": WORDS,
                "aussi": st.lists(WORDS, min_size=1, max_size=3),
                "rempli": st.lists(value.filter(bool), min_size=2, max_size=2),
            },
        )
    )
    return draw(st.sampled_from([said, said["colonne"], {"constante": draw(value)}]))


@st.composite
def mappings(draw):
    def block(table):
        fields = DICTIONARY.table(table).fields
        stacked = table == "scores" and draw(st.booleans())
        left = [name for name in fields if not (stacked and name in {"item", "score"})]
        found = {"colonnes": {name: draw(rules(table, name)) for name in left}}
        if stacked:
            items = draw(st.sets(st.sampled_from(list(fields["item"].labels)), min_size=1, max_size=3))
            depuis = {item: draw(rules("scores", "score")) for item in sorted(items)}
            found["empiler"] = {"colonne": "item", "valeur": "score", "depuis": depuis}
        if draw(st.booleans()):
            found["completer"] = "oui"
        if draw(st.booleans()):
            found["reunir"] = {draw(st.sampled_from(left)): "premier"}
        return found

    def source():
        names = draw(st.sets(st.sampled_from(["scores", "effets", "legitimites"]), min_size=1, max_size=2))
        said = {
            "fichier": draw(st.sampled_from(["a.csv", "b*.xlsx"])),
            "outil": draw(st.sampled_from(["limesurvey", "kobo", "tableur"])),
            "tables": {
                name: draw(st.sampled_from([block(name), [block(name), block(name)]])) for name in names
            },
        }
        optional = {
            "feuille": WORDS,
            "structure": WORDS,
            "separateur": st.sampled_from([";", ",", "|", "\t", "tabulation"]),
            "entete": st.sampled_from(["3", "1-2"]),
            "garder": st.dictionaries(WORDS, st.lists(WORDS, min_size=1, max_size=2), min_size=1, max_size=2),
            "ignorer": st.lists(WORDS, min_size=1, max_size=3),
        }
        return said | draw(st.fixed_dictionaries({}, optional=optional))

    row = {name: draw(WORDS) for name in DICTIONARY.table("legitimites").fields}
    optional = {
        "sites": st.dictionaries(WORDS, WORDS, min_size=1, max_size=2),
        "absences": st.dictionaries(WORDS, st.sampled_from(["NSP", "NC", ""]), min_size=1, max_size=2),
        "statuts": st.just({"scores": "simulé", "effets.resume": "publié"}),
        "ajouter": st.just({"legitimites": [row, dict(row)]}),
        "collectes": st.just({"effets": {"libelle": "hiver", "debut": "2021-01"}}),
        "licence": WORDS,
    }
    top = {"vague": "v", "titre": draw(WORDS), "collecte": {"libelle": draw(WORDS)}}
    return (
        top
        | draw(st.fixed_dictionaries({}, optional=optional))
        | {"sources": [source() for _ in range(draw(st.integers(1, 3)))]}
    )


@settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(mappings())
def test_any_mapping_loses_nothing_in_a_workbook(tree):
    same(tree)


# --- filled by hand


def example(name: str):
    """A mapping of docs/exemples as texts, lists and tables."""
    return yaml.load((MAPPINGS / f"{name}.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


EXAMPLE = Draft(example("tableur_csv"), DICTIONARY).workbook()


def faults(change) -> list[str]:
    with pytest.raises(DataRefused) as refused:
        read_mapping(exports.edited(EXAMPLE, change), "c.xlsx", DICTIONARY)
    return [str(fault) for fault in refused.value.faults]


def test_faults_send_to_a_sheet_and_a_cell_all_at_once():
    def spoilt(sheets):
        columns = sheets["Colonnes"]
        columns[5][5] = "etpp"
        columns[7][7] = "oui"
        columns[9][4] = ""

    first, second, third = sorted(faults(spoilt), key=lambda fault: int(fault.split(":")[1]))
    assert first.startswith("c.xlsx [Colonnes]:6:F6 : Colonne absente du dictionnaire (trouvé : « etpp »)")
    assert second.startswith("c.xlsx [Colonnes]:8:H8 : Correspondance à confirmer")
    assert third.startswith("c.xlsx [Colonnes]:10:")
    assert "Colonne à classer" in third


def test_an_answer_left_blank_is_never_taken_for_no_answer():
    def asked(sheets):
        sheets["Réponses"].append([sheets["Colonnes"][1][0], "", "inconnu", ""])

    (told_,) = faults(asked)
    assert told_.startswith("c.xlsx [Réponses]:2:D2 : Réponse à recoder")


def test_a_row_that_belongs_to_nothing_is_refused():
    def lost(sheets):
        sheets["Colonnes"][3][1] = "autre.csv"
        sheets["Réponses"].append(["999", "", "x", "oui"])

    found = faults(lost)
    assert any(":B4 : Nom ou numéro inconnu (trouvé : « autre.csv »)" in one for one in found)
    assert any(":A2 : Nom ou numéro inconnu (trouvé : « 999 »)" in one for one in found)


def test_a_heading_that_is_gone_is_named():
    def renamed(sheets):
        sheets["Colonnes"][0][4] = "Tables"

    (told_,) = faults(renamed)
    assert told_.endswith("Titres de colonnes absents. Rétablissez sur la première ligne : Table.")


def test_a_draft_for_google_forms_filled_as_the_guide_says_gives_the_wave(desk):
    desk.receive(form_tools.files(form_tools.SERVICES["google_forms"]))
    files = tuple(sorted(desk.exports.iterdir()))
    draft = propose(desk.project, files, exports.VAGUE)

    def filled(sheets):
        names = sheets["Colonnes"][0]
        rows = sheets["Colonnes"][1:]
        for row in rows:
            row[names.index("À confirmer")] = ""
        edits = {
            ("carnet.csv", "reunions_janvier_2020"): ("Valeur", "SO"),
            ("destinataires.csv", "repondu"): ("Valeur", "non"),
            ("flash.csv", "repondu"): ("Valeur", "oui"),
            ("flash.csv", "repondant"): ("Compléter", "oui"),
        }
        for row in rows:
            if (row[1], row[5]) in edits:
                heading, text = edits[row[1], row[5]]
                row[names.index(heading)] = text if row[4] != "scores" else ""
        sheets["Colonnes"][1:] = [row for row in rows if (row[1], row[5]) != ("flash.csv", "role")]
        for row in sheets["Réglages"]:
            row[3] = "automne 2021" if row[1] == "libelle" else row[3]
        sheets["Réglages"].append(["sites", "Centre social de Saint-Gilles", "", "saint_gilles"])
        sheets["Réglages"].append(["absences", "n.r.", "", "NC"])

    path = desk.mapping = desk.exports / "correspondance.xlsx"
    path.write_bytes(exports.edited(draft.workbook(), filled))
    desk.run(files=(*files, path), replace=True)
    assert exports.tables(desk.project) == exports.tables()


def test_a_draft_shows_answers_and_none_that_names_a_person(desk):
    desk.receive(exports.csv_files())
    draft = propose(desk.project, sorted(desk.exports.iterdir()), exports.VAGUE).workbook()
    rows = exports.sheets(draft)
    columns = {(row[4], row[5]): row for row in rows["Colonnes"]}
    assert "CDD" in columns["carnet_de_bord", "contrat"][3]
    assert ["CDD", "CDD"] in [[row[2], row[3]] for row in rows["Réponses"]]
    assert not re.search("example.org|Nom1|grenoble/2021-automne", str(rows))
