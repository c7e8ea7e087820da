"""An exhibit whose counts are masked: what it says, what it refuses to say; nothing else is in it."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from atc.exhibits.charts.rows import draw_units, unit_bars
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Base, Draft
from atc.exhibits.table import Column, DataTable
from atc.survey.errors import DisclosureRefused
from atc.survey.typography import NBSP

HEADER = "vague,exhibit,ligne,colonne,effet,valeur,raison,relu_par,relu_le\n"


@pytest.fixture
def outside(sure_wave):
    """The wave as funders see it."""
    return replace(sure_wave, diffusion="financeurs")


def counting(few: int, many: int = 7, title: str = "", message: str = ""):
    """A figure of ticked boxes: few sites, then more of them, out of 14."""
    labels = {"modalite": ["a", "b"], "libelle": ["Une salle", "Un local"]}
    frame = pd.DataFrame(labels | {"effectif": [few, many], "total": [14, 14]})

    @exhibit("F09-04", uses=["carnet.site"])
    def shown(vague, release):
        counts = release.boxes(frame, "carnet.lieu")
        rows = unit_bars(list(counts), "")
        first = counts.row(modalite="a")
        return Draft(
            title=title or f"Une salle sur {first.effectif.of('site')} sur {first.total}",
            subtitle="Sites, selon le lieu",
            table=DataTable(counts, [Column("libelle", "Lieu"), Column("effectif", "Sites", 0)]),
            reading=f"Une salle existe sur {first.effectif.of('site')}.",
            base=Base(first.total, "sites"),
            draw=lambda canvas: draw_units(canvas, rows),
            message=message,
        )

    return shown


def test_a_masked_exhibit_says_what_masking_means_and_the_team_sees_every_count(outside, sure_wave):
    shown = counting(3)(outside)
    assert f"« n <{NBSP}5 »".replace(" ", NBSP) in shown.masking_note.replace(" ", NBSP)
    assert shown.title == f"Une salle sur moins de 5{NBSP}sites sur{NBSP}14"
    # On a page, the front of the document says it once.
    assert "masqué" not in shown._repr_mimebundle_()["text/html"]
    assert shown.table.csv() == "libelle,effectif,statut_effectif\nUne salle,,D\nUn local,7,V\n"
    shown = counting(3)(sure_wave)
    assert shown.title == f"Une salle sur{NBSP}3{NBSP}sites sur{NBSP}14"
    assert shown.masking_note == ""
    assert shown.table.csv() == "libelle,effectif\nUne salle,3\nUn local,7\n"


@pytest.mark.parametrize(("one", "other"), [(1, 4), (2, 3), (10, 13)])
def test_nothing_that_leaves_depends_on_a_masked_count(outside, one, other):
    bundles = [json.dumps(counting(few)(outside)._repr_mimebundle_()) for few in (one, other)]
    assert bundles[0] == bundles[1]


@pytest.mark.parametrize(
    "words",
    [
        {"message": "Une salle existe sur 3 sites."},
        {"title": "Trois sites sur quatorze ont une salle"},
        {"title": "Une salle sur 3 sites"},
        {"title": "3 territoires sur 14"},
    ],
)
def test_a_sentence_that_tells_a_small_count_is_refused(outside, sure_wave, words):
    with pytest.raises(DisclosureRefused, match="F09-04"):
        counting(3, **words)(outside)
    assert counting(3, **words)(sure_wave).title


def test_a_reviewed_count_is_shown_and_may_be_said(outside):
    reviewed = "essai,F09-04,a,effectif,montrer,3,Imprimé,relecture,2026-11-23"
    outside.project.reference.mkdir(parents=True)
    (outside.project.reference / "exceptions.csv").write_text(HEADER + reviewed, encoding="utf-8")
    shown = counting(3)(outside)
    assert shown.title == f"Une salle sur{NBSP}3{NBSP}sites sur{NBSP}14"
    assert shown.masking_note == ""
