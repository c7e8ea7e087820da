import pytest

from atc.indicators import pilotage
from atc.indicators.measures import Part


def test_meetings(frame):
    carnet = frame("carnet_de_bord", reunions_pilotage=[0, 1, 2, 3, 4, 5, 8, None])
    assert list(pilotage.reunions_par_tranche(carnet)["effectif"]) == [1, 2, 2, 1, 1]
    assert set(pilotage.reunions_par_tranche(carnet)["total"]) == {7}
    assert pilotage.resume_reunions(carnet).mediane == 3


@pytest.fixture
def bodies(frame):
    return frame(
        "carnet_de_bord",
        instances=["unique", "unique", "plusieurs", None],
        instance_institutionnels=[True, True, True, False],
        instance_associations=[False, True, False, False],
        instance_participation=[False, False, None, False],
    )


def test_members(bodies, dictionary):
    counts = pilotage.composition(bodies, dictionary).set_index("modalite")
    assert list(counts["effectif"]) == [3, 1, 0]
    assert counts.loc["instance_participation", "total"] == 3
    assert pilotage.part_avec_membres(bodies, "instance_associations") == Part(1, 4)
    assert pilotage.part_a_instance_unique(bodies) == Part(2, 3)
    assert list(pilotage.instances(bodies, dictionary)["effectif"]) == [2, 1]


def test_only_institutions_means_that_the_others_said_no(bodies, dictionary):
    # The third site did not answer for one box, the fourth has nobody at all.
    assert pilotage.part_exclusivement_institutionnelle(bodies, dictionary) == Part(1, 3)


def test_themes(frame, dictionary):
    boxes = list(dictionary.table("carnet_de_bord").in_group("themes"))
    columns = {box: [False, False] for box in boxes} | {"theme_cadre_de_vie": [True, None]}
    carnet = frame("carnet_de_bord", **columns)
    counts = pilotage.themes(carnet, dictionary).set_index("modalite")
    assert list(counts.index) == boxes
    assert counts.loc["theme_cadre_de_vie", ["effectif", "total"]].to_list() == [1, 1]
