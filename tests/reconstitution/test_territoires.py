MONOGRAPHIES = {"avignon", "grenoble", "les_mureaux", "marseille", "roubaix", "saint_gilles"}


def test_fifteen_sites_of_which_six_monographs(table):
    rows = table("territoires")
    assert len({row["territoire"] for row in rows}) == 15  # M01
    by_recueil = {row["territoire"] for row in rows if row["recueil"] == "monographie"}
    assert by_recueil == MONOGRAPHIES  # M08
    assert sum(row["recueil"] == "telephone" for row in rows) == 9  # M09


def test_no_network_is_guessed(table):
    known = {r["territoire"]: r["reseau"] for r in table("territoires") if r["reseau"] != "non_renseigne"}
    assert known == {
        "aubenas": "fcsf",
        "grenoble": "cnlrq",
        "hombourg_haut": "fcsf",
        "marseille": "fcsf",
        "saint_gilles": "fcsf",
    }


def test_four_neighbourhoods_are_public(table):
    named = {row["territoire"] for row in table("territoires") if row["quartier"] != "NC"}
    assert named == {"aubenas", "hombourg_haut", "marseille", "saint_gilles"}


def test_coordinates_are_in_france(table):
    for row in table("territoires"):
        longitude, latitude = float(row["longitude"]), float(row["latitude"])
        if row["territoire"] == "fort_de_france":
            assert -61.3 < longitude < -60.8
            assert 14.3 < latitude < 14.9
        else:
            assert -1 < longitude < 8
            assert 43 < latitude < 51.1


def test_codes_belong_to_their_departement(table):
    for row in table("territoires"):
        number = row["departement"].partition("(")[2].rstrip(")")
        assert row["code_insee"].startswith(number)
