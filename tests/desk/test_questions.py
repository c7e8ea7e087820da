"""Ten ordinary questions of an evaluator, and all that a pivot table answers: right, or with a way on."""

import pytest
from behaviour.record import viewed
from views import NOW, THEN, answered, opened

import atc
from atc.desk.answer import behind, printed
from atc.desk.offers import settled
from atc.desk.view import CROSSED, FLAT, View
from atc.exhibits.forms import EVERYBODY
from atc.exhibits.variables import MODALITES, YES_NO, variables
from atc.survey.errors import UsageError

FLASH, BOARD = "questionnaire_flash", "carnet_de_bord"
BY_ROLE = {"analyse": CROSSED, "groupe": f"{FLASH}.role"}


#: Variables of which the report prints small counts or extremes, and the exhibit that shows them.
SHOWN = {
    f"{BOARD}.configuration": "fig_02_03",
    f"{BOARD}.debut_contrat": "fig_02_01",
    f"{BOARD}.etp": "fig_02_02",
    f"{BOARD}.reunions_pilotage": "fig_02_04",
    "positionnements.organisation": "fig_05_03",
}


@pytest.mark.parametrize("tier", ["financeurs", "public"])
@pytest.mark.parametrize("variable", SHOWN)
def test_a_variable_that_an_exhibit_prints_is_shown_as_it_shows_it(variable, tier):
    name, wave = SHOWN[variable], opened(THEN, tier)
    chapter = atc.chapters.feuille_de_route if name.startswith("fig_02") else atc.chapters.modeles
    printed_ = {row.modalite: row.effectif for row in getattr(chapter, name)(wave).table.released}
    assert {row.modalite: row.effectif for row in atc.explorer(wave, variable).table.released} == printed_
    # Another question of the same variable is another count: here, all of them are masked.
    if not variable.startswith(BOARD):
        with pytest.raises(UsageError, match="retirez le filtre"):
            atc.explorer(wave, variable, filtre="territoires.reseau=fcsf")


@pytest.mark.parametrize("tier", ["financeurs", "public"])
def test_no_count_that_the_report_prints_is_withheld_and_the_audit_knows_it(tier):
    wave, known = opened(THEN, tier), set()
    for table in wave.dictionary:
        for name, found in variables(wave.dictionary, table.name).items():
            for each in printed(wave, found) if found.kind in {MODALITES, YES_NO} else ():
                (condition, *others) = (*each.address.kept, *each.address.chosen)
                (key, *more) = [column.field.name for column in each.address.columns]
                rows = wave.table(table.name)
                if each.mesure != "nombre" or others or more or not rows[key].is_unique:
                    continue
                exhibit = atc.explorer(wave, name)
                (code,) = condition.answers
                counts = {row.modalite: row.effectif for row in exhibit.table.released}
                assert counts[code].shown == each.attendu
                low, high = exhibit.let_out["ranges"][f"{THEN}/{name}&modalite={code}"]
                assert low == high == counts[code].value
                known.add(f"{name}={code}")
    assert {f"{BOARD}.configuration=partage", "entretiens.nature=observation", f"{FLASH}.role=dp"} <= known


def test_what_a_wave_gives_otherwise_than_printed_is_not_known():
    """The wave that nobody printed, and a count that differs from the one of the report."""
    exhibit = atc.explorer(opened(NOW, "financeurs"), "entretiens.nature")
    assert all(row.effectif.is_masked for row in exhibit.table.released if 0 < row.effectif.high < 5)


@pytest.mark.parametrize(
    ("filtre", "kept"),
    [
        (f"{BOARD}.etp=1_inf", lambda rows: rows["etp"] > 1),
        (f"{BOARD}.debut_contrat=2019-T4", lambda rows: rows["debut_contrat"].dt.to_period("Q") == "2019Q4"),
        (f"{BOARD}.temps_plein=non", lambda rows: ~rows["temps_plein"].astype("boolean")),
        (f"{BOARD}.theme_cadre_de_vie=oui", lambda rows: rows["theme_cadre_de_vie"]),
        (f"{BOARD}.reunions_pilotage=1_2", lambda rows: rows["reunions_pilotage"].between(1, 2)),
    ],
)
def test_bands_quarters_and_boxes_filter(filtre, kept):
    wave = opened(THEN, "interne")
    carnets = wave.table(BOARD)
    mine = carnets[kept(carnets).fillna(False).astype(bool)]
    here = atc.explorer(wave, f"{BOARD}.contrat", filtre=filtre)
    assert {row.total.value for row in here.table.released} == {mine["contrat"].notna().sum()}
    assert "filtre" in here.subtitle
    # And the rows of other tables, by their territory.
    flash = wave.table(FLASH)
    there = atc.explorer(wave, f"{FLASH}.repondu", filtre=[filtre, f"{FLASH}.role=dp"])
    chosen = flash[flash["territoire"].isin(mine["territoire"]) & (flash["role"] == "dp")]
    assert {row.total.value for row in there.table.released} == {len(chosen)}


def test_a_filter_that_does_not_read_is_told():
    for written in ("reseau", "territoires.reseau", "=fcsf", f"{BOARD}.etp=énorme", "x.y=z"):
        with pytest.raises(
            UsageError, match=r"Écrivez une colonne|Choisissez parmi|pas dans le dictionnaire"
        ):
            atc.explorer(opened(THEN, "interne"), f"{BOARD}.contrat", filtre=written)


@pytest.mark.parametrize("tier", ["interne", "financeurs", "public"])
def test_answers_put_together_are_one(tier):
    wave = opened(THEN, tier)
    together = {"Ne la soutient pas": ("reserve", "observateur")}
    view = atc.explorer(wave, f"{FLASH}.posture", regrouper=together)
    assert [(row.libelle, row.effectif.value) for row in view.table.released] == [
        ("La soutient", 8),
        ("Ne la soutient pas", 9),
    ]
    assert "réunit « émet des réserves » et « l’observe, en retrait »" in view.note.replace("\xa0", " ")
    groups = atc.explorer(
        wave, f"{FLASH}.repondu", **BY_ROLE, regrouper={"Villes": ("ville", "intercommunalite")}
    )
    assert list(groups.table.frame["libelle_groupe"].unique()) == [
        "Délégué.es du préfet",
        "Villes",
        "Ensemble",
    ]


@pytest.mark.parametrize(
    ("together", "asked", "words"),
    [
        ({"": ("observateur", "reserve")}, {}, "sous un nom au moins deux réponses"),
        ({"Seule": ("reserve",)}, {}, "au moins deux réponses"),
        ({"Texte": "reserve"}, {}, "au moins deux réponses"),
        ({"Autre": ("reserve", "dp")}, {}, "d’une même question"),
        ({"A": ("reserve", "soutien"), "B": ("reserve", "observateur")}, {}, "dans deux regroupements"),
        ({"A": ("reserve", "soutien")}, {"analyse": "regards croisés"}, "notes de deux groupes"),
    ],
)
def test_what_cannot_be_put_together_is_told(together, asked, words):
    with pytest.raises(UsageError, match=words):
        atc.explorer(opened(THEN, "interne"), f"{FLASH}.posture", regrouper=together, **asked)


@pytest.mark.parametrize("groupe", ["", f"{FLASH}.role", f"{BOARD}.etp", f"{BOARD}.debut_contrat"])
@pytest.mark.parametrize("variable", [f"{FLASH}.posture", f"{FLASH}.freins"])
def test_a_bar_counts_the_rows_behind_it(variable, groupe):
    together = {"Ville": ("ville", "intercommunalite")} if groupe == f"{FLASH}.role" else {}
    view = View((NOW,), "interne", CROSSED if groupe else FLAT, variable, groupe, regrouper=together)
    for row in answered(view).table.released:
        group = str(getattr(row, groupe.partition(".")[2])) if groupe else ""
        found = behind(view, opened(NOW, "interne"), row.modalite, "" if group == EVERYBODY[0] else group)
        assert len(found) == row.effectif.value


@pytest.mark.parametrize("item", ["cooperation", "participation"])
def test_so_does_a_band_of_scores(item):
    view = View((NOW,), "interne", FLAT, f"scores.item={item}", filtres={"periode": "actuelle"})
    for row in answered(view).table.released:
        assert len(behind(view, opened(NOW, "interne"), row.modalite, row.groupe)) == row.effectif.value


def test_rows_stay_with_the_team():
    for tier in ("financeurs", "public"):
        with pytest.raises(UsageError, match="Choisissez la diffusion « interne »"):
            behind(View((NOW,), tier, FLAT, f"{FLASH}.posture"), opened(NOW, tier), "soutien")
    shared = behind(
        View((THEN,), "interne", FLAT, f"{BOARD}.configuration"), opened(THEN, "interne"), "partage"
    )
    assert len(shared) == 4
    assert set(shared["Configuration de l’animation"]) == {
        "Une fonction partagée entre plusieurs professionnel.les"
    }


@pytest.mark.parametrize("tier", ["interne", "financeurs", "public"])
@pytest.mark.parametrize("analysis", [FLAT, CROSSED])
def test_whatever_a_list_leaves_out_has_a_reason(tier, analysis, settings):
    view, offers = settled(View((THEN,), tier, analysis, f"{FLASH}.posture"), settings, opened)
    dictionary = opened(THEN, tier).dictionary
    offered = {label for label, _ in offers.lists["table"]}
    told = " ".join(offers.absent)
    for table in dictionary:
        assert table.label in offered or f"« {table.label} »" in told
    assert all(reason.endswith(".") for reason in offers.absent)
    assert ("« Fiche »" in told) == (tier != "interne")
    for _, cut in offers.lists["groupe"]:
        asked = View((THEN,), tier, CROSSED, view.variable, cut)
        assert "tout serait masqué" in viewed(asked).get("refusal", "tout serait masqué")
