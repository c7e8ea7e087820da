"""Views of the desk, answered on the waves of the repository, each opened once for each tier."""

from functools import cache
from pathlib import Path

from atc.desk.answer import answer
from atc.desk.view import View
from atc.exhibits.model import Exhibit
from atc.survey.waves import Wave, open_wave

REPOSITORY = Path(__file__).resolve().parents[1]
THEN, NOW = "2020-automne", "2021-automne"
opened = cache(open_wave)


def waves_of(view: View) -> list[Wave]:
    return [opened(vague, view.diffusion) for vague in view.vagues]


def answered(view: View) -> Exhibit:
    return answer(view, waves_of(view))
