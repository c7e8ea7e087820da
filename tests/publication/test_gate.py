from __future__ import annotations

import csv
import io

from atc.publication.gate import ALERT, PASSED, REFUSED, Line, Verdict, concluded

LINES = (
    Line("Contenu", "index.html", REFUSED, "ligne 3 : adresse électronique (p•••@•••)", "Retirez-la."),
    Line("Tous ou aucun", "F02-05", ALERT, "14 sur 14", "Relisez"),
    Line("Péremption", "manifeste", PASSED, "à jour"),
)


def test_a_verdict_is_sorted_by_what_must_be_done() -> None:
    verdict = Verdict(LINES)
    assert verdict.refused == LINES[:1]
    assert verdict.alerts == LINES[1:2]


def test_a_line_says_what_where_and_what_to_do() -> None:
    assert str(LINES[0]) == "Contenu, index.html : ligne 3 : adresse électronique (p•••@•••). Retirez-la."
    assert str(LINES[2]) == "Péremption, manifeste : à jour."


def test_the_file_of_the_evaluation_opens_in_a_french_spreadsheet() -> None:
    content = Verdict(LINES).csv()
    assert content.startswith(b"\xef\xbb\xbf")
    heading, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert heading == ["Contrôle", "Objet", "Verdict", "Constat", "Que faire"]
    assert [row[2] for row in rows] == ["refusé", "à relire", "conforme"]


def test_a_control_that_finds_nothing_says_that_it_looked() -> None:
    assert list(concluded("Contenu", [], "rien")) == [Line("Contenu", "ensemble", PASSED, "rien")]
    assert list(concluded("Contenu", LINES[:1], "rien")) == [LINES[0]]
