"""Sentences that slip: each kind is caught where it is written, or listed as one that no machine sees."""

import csv
import re
from pathlib import Path

import pytest
from publication import made

from atc.publication.controls import scan
from atc.publication.finished import written
from atc.publication.pieces import Finding, Kind, Known, Piece, Rule
from atc.publication.rules import shingles
from atc.survey.paths import Project
from atc.survey.typography import french

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
SEEDED = list(csv.DictReader((FOLDER / "seeded.csv").open(encoding="utf-8"), delimiter=";"))
CLEAN = [row["text"] for row in csv.DictReader((FOLDER / "clean.csv").open(encoding="utf-8"), delimiter="\t")]
TOWNS = (
    "Aubenas,Avignon,Fort-de-France,Grande-Synthe,Grenoble,Grigny,Hombourg-Haut,Les Mureaux,Marseille,Roubaix"
)
KNOWN = Known(
    pseudonyms=frozenset({"A-0BPTJ6", "R-37HKJX", "E-001"}),
    sites=frozenset([*TOWNS.split(","), "Saint-Denis", "Saint-Gilles", "Strasbourg", "Tourcoing"]),
    posts=frozenset({"Animateur.trice", "Délégué.e du préfet", "Direction de la structure porteuse"}),
    machine=frozenset({"jdupont", "poste-42"}),
    shingles=shingles("La porte du local reste fermée tout l’été, regrette-t-on."),
)
NOT_CATCHABLE = "non : "
SECRETS = "martin|Durand|Belkacem|Sonia|12 34|Roubaix|Avignon|0BPTJ6|quatorze"


def findings(text: str, *, by_hand: bool) -> tuple[Finding, ...]:
    """What a text breaks: in a cell of a notebook, or on a page that no exhibit computed."""
    if by_hand:
        cell = Piece("cellule 4", Kind.PROSE, text, file="notebooks/05_modeles.ipynb", by_hand=True)
        return scan({}, KNOWN, [cell])
    return scan({"html/05_modeles.html": made.page(f"<p>{text.replace('<', '&lt;')}</p>")}, KNOWN)


def test_there_are_enough_of_them():
    assert len([row for row in SEEDED if not row["caught"].startswith(NOT_CATCHABLE)]) >= 120
    assert len({row["kind"] for row in SEEDED}) >= 12
    assert len(CLEAN) >= 60


@pytest.mark.parametrize("by_hand", [True, False], ids=["cell", "page"])
@pytest.mark.parametrize("row", SEEDED, ids=lambda row: row["text"][:40])
def test_a_planted_sentence_is_caught_or_listed_and_not_told(row, by_hand):
    found = findings(row["text"], by_hand=by_hand)
    caught = {finding.rule.value for finding in found}
    # Once it is caught, the list must say so.
    assert caught == set() if row["caught"].startswith(NOT_CATCHABLE) else row["caught"] in caught
    assert not re.search(SECRETS, "\n".join(map(str, found)))


@pytest.mark.parametrize("by_hand", [True, False], ids=["cell", "page"])
@pytest.mark.parametrize("text", CLEAN, ids=lambda text: text[:40])
def test_a_clean_sentence_raises_no_alarm(text, by_hand):
    assert findings(french(text), by_hand=by_hand) == ()


def test_a_table_typed_in_a_notebook_counts_persons_whatever_its_headings():
    cells = [{"cell_type": "markdown", "source": "| Avis | Automne |\n|---|---|\n| Favorable | 3 |"}]
    project = Project(ROOT)
    pieces = list(written(project, "2020-automne", {"annexe-avis": cells}))
    found = [(f.file, f.place, f.rule) for f in scan({}, KNOWN, pieces)]
    assert found == [("notebooks/perso/avis.ipynb", "cellule 1", Rule.SMALL_COUNT)]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ({"cell_type": "code", "source": "# Deux animateurs ont démissionné.\nfigure()"}, Rule.SMALL_COUNT),
        ({"cell_type": "code", "source": "# Refusé par un seul animateur"}, Rule.SMALL_COUNT),
        ({"cell_type": "code", "source": "figure(titre='À Roubaix, le projet est bloqué.')"}, Rule.RESULT),
        (
            {
                "cell_type": "code",
                "source": "tableau",
                "outputs": [{"data": {"text/html": "<p>Tous les sites sauf deux.</p>"}}],
            },
            Rule.SMALL_COUNT,
        ),
        ({"cell_type": "markdown", "source": "<!-- L’animatrice Sonia -->"}, Rule.PERSON),
        ({"cell_type": "markdown", "source": "![Tous sauf deux.](figure.svg)"}, Rule.SMALL_COUNT),
    ],
)
def test_every_part_of_a_cell_is_read(cell, rule):
    pieces = list(written(Project(ROOT), "2020-automne", {"perso/avis": [cell]}))
    assert {(f.place, f.rule) for f in scan({}, KNOWN, pieces)} == {("cellule 1", rule)}


def test_report_toml_is_read_as_well(tmp_path):
    text = (ROOT / "report.toml").read_text(encoding="utf-8")
    said = text.replace("Une seconde vague d’enquête", "Les deux autres sites refusent. Une seconde vague")
    (tmp_path / "report.toml").write_text(said, encoding="utf-8")
    assert scan({}, KNOWN, written(Project(ROOT), "2020-automne", {})) == ()
    (found,) = scan({}, KNOWN, written(Project(tmp_path), "2020-automne", {}))
    assert (found.file, found.place) == ("report.toml", "[vagues.2020-automne], suite")


def test_a_fault_is_told_once_where_it_is_mended():
    text = "Douze des quatorze territoires ont signé."
    cell = Piece("cellule 4", Kind.PROSE, text, file="notebooks/05_modeles.ipynb", by_hand=True)
    pages = {
        "html/05_modeles.html": made.page(f"<p>{text}</p>"),
        "rapport.docx": made.word(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"),
    }
    assert [(f.file, f.place) for f in scan(pages, KNOWN, [cell])] == [
        ("notebooks/05_modeles.ipynb", "cellule 4")
    ]
