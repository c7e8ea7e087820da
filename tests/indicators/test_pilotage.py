import pytest

from atc.indicators import pilotage
from atc.indicators.measures import Part


def test_meetings(frame):
    carnet = frame("carnet_de_bord", reunions_pilotage=[0, 1, 2, 3, 4, 5, 8, None])
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


def test_members(bodies):
    assert pilotage.part_avec_membres(bodies, "instance_associations") == Part(1, 4)
    assert pilotage.part_a_instance_unique(bodies) == Part(2, 3)


def test_only_institutions_means_that_the_others_said_no(bodies, dictionary):
    # The third site did not answer for one box, the fourth has nobody at all.
    assert pilotage.part_exclusivement_institutionnelle(bodies, dictionary) == Part(1, 3)
