from collections import Counter

# M13, role by role, as the report's table gives it.
MET = {
    "avignon": "animateur delegue_prefet direction_porteur intercommunalite intercommunalite ville",
    "grenoble": "animateur delegue_prefet direction_porteur equipe_porteur habitant intercommunalite ville",
    "les_mureaux": "equipe_porteur",
    "marseille": "animateur delegue_prefet direction_porteur intercommunalite",
    "roubaix": "animateur association delegue_prefet ville",
    "saint_gilles": (
        "animateur association delegue_prefet departement direction_porteur intercommunalite ville"
    ),
}


def monographs(table):
    return [row for row in table("entretiens") if row["recueil"] == "monographie"]


def test_twenty_nine_interviews_and_one_observation(table):
    natures = Counter(row["nature"] for row in monographs(table))
    assert natures == {"entretien": 29, "observation": 1}  # M10, M12
    observed = [row for row in table("entretiens") if row["nature"] == "observation"]
    assert [(row["territoire"], row["fonction"]) for row in observed] == [("marseille", "instance")]


def test_interviews_by_site(table):
    met = Counter(row["territoire"] for row in monographs(table) if row["nature"] == "entretien")
    assert met == {
        "avignon": 6,
        "grenoble": 7,
        "les_mureaux": 1,
        "marseille": 4,
        "roubaix": 4,
        "saint_gilles": 7,
    }  # M11


def test_who_was_met_at_each_site(table):
    for site, expected in MET.items():
        rows = [r for r in monographs(table) if r["territoire"] == site and r["nature"] == "entretien"]
        assert sorted(row["fonction"] for row in rows) == expected.split()


def test_one_telephone_interview_on_each_other_site(table):
    called = [row for row in table("entretiens") if row["recueil"] == "telephone"]
    outside = {row["territoire"] for row in table("territoires") if row["recueil"] == "telephone"}
    assert len(called) == 9  # M09
    assert {row["territoire"] for row in called} == outside
    assert {row["fonction"] for row in called} == {"animateur"}
