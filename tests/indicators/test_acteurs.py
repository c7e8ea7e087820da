import pytest

from atc.indicators import acteurs


@pytest.fixture
def flash(frame):
    return frame(
        "questionnaire_flash",
        role=["dp", "dp", "dp", "ville", "ville"],
        posture=["soutien", "soutien", "reserve", "observateur", None],
        frein_saturation=[True, False, None, True, None],
        frein_crise_sanitaire=[False, False, False, False, None],
        frein_elections=[None, None, None, None, None],
        frein_objet_flou=[True, True, True, True, None],
    )


def test_stances_by_role(flash, dictionary):
    table = acteurs.postures_par_role(flash, dictionary)
    assert len(table) == 9
    dp = table[table["role"] == "dp"]
    assert list(dp["effectif"]) == [2, 0, 1]
    assert set(dp["total"]) == {3}
    ville = table[table["role"] == "ville"].set_index("modalite")
    assert ville.loc["observateur", ["effectif", "total"]].to_list() == [1, 1]
    nobody = table[table["role"] == "intercommunalite"]
    assert nobody["effectif"].sum() == 0
    assert nobody["part"].isna().all()
    assert list(acteurs.postures(flash, dictionary)["effectif"]) == [2, 1, 1]


def test_roles_ahead_are_several_when_equal_and_none_when_nobody_takes_the_stance(flash, dictionary):
    assert acteurs.roles_en_tete(flash, dictionary, "soutien") == ("Délégué.es du préfet",)
    assert acteurs.roles_en_tete(flash, dictionary, "observateur") == (
        "Référent.es politique de la ville, Ville",
    )
    equal = flash.assign(posture=["soutien", None, None, "soutien", None])
    assert len(acteurs.roles_en_tete(equal, dictionary, "soutien")) == 2
    assert acteurs.roles_en_tete(equal, dictionary, "reserve") == ()


def test_causes_are_counted_among_those_who_answered(flash, dictionary):
    counts = acteurs.freins(flash, dictionary).set_index("modalite")
    assert list(counts["effectif"]) == [2, 0, 0, 4]
    assert list(counts["total"]) == [3, 4, 0, 4]


def test_legitimacy_follows_the_order_of_the_dictionary(frame, dictionary):
    rows = frame(
        "legitimites",
        reseau=["bbz", "fcsf"],
        legitimite=["thematique", "acquise"],
        appui=["un", "deux"],
        reste_a_gagner=["trois", "quatre"],
    )
    table = acteurs.legitimites_par_reseau(rows, dictionary)
    assert list(table["libelle"]) == ["FCSF, centres sociaux", "Bleu Blanc Zèbre"]
    assert list(table["legitimite"]) == ["Plus facile à trouver", "Reconnue sur un thème"]
    assert list(table["appui"]) == ["deux", "un"]
    assert acteurs.reseaux_de_legitimite(rows, dictionary, "acquise") == ("FCSF, centres sociaux",)
    assert acteurs.reseaux_de_legitimite(rows, dictionary, "a_conquerir") == ()
