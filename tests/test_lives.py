"""What may happen to a survey: each life is tried on files, and shown by every cell of every chapter."""

from collections.abc import Callable
from pathlib import Path

import pytest
from clone import opened
from lives import BEFORE, NOW, WRONG, Life
from notebook_craft import FUNCTIONS

from atc.exhibits.charts import NARROW
from atc.exhibits.model import Exhibit
from atc.exhibits.published import DIFFERENT, EXPLAINED, controls
from atc.survey.errors import DataRefused
from atc.survey.waves import unfinished

MISSING = {"", "NSP", "NC", "SO"}
Change = Callable[[Life], None]
LIVES: dict[str, Change] = {}


def life(change: Change) -> Change:
    """Something that happens to a survey; its name says what."""
    LIVES[change.__name__] = change
    return change


def _emptied(name: str) -> Change:
    def change(of: Life) -> None:
        of.write(name, [])
        people = {row["repondant"] for t in ("carnet_de_bord", "questionnaire_flash") for row in of.rows(t)}
        of.write(
            "scores", [row for row in of.rows("scores") if row["repondant"] in people and name != "scores"]
        )

    return change


TABLES = ("verbatims", "entretiens", "effets", "scores", "carnet_de_bord", "legitimites", "positionnements")
LIVES |= {f"no_{name}": _emptied(name) for name in ("scores", "carnet_de_bord", "questionnaire_flash")}


@life
def nothing_at_all(of: Life) -> None:
    for name in (*TABLES, "questionnaire_flash"):
        of.write(name, [])


@life
def nobody_knows(of: Life) -> None:
    for name in (*TABLES, "questionnaire_flash"):
        schema = of.schema(name)
        fixed = {f["name"] for f in schema["fields"] if f.get("constraints", {}).get("required")}
        fixed |= {*schema["primaryKey"], "relu_par", "relu_le", "relu_pour"}
        of.write(name, [{c: v if c in fixed else "NSP" for c, v in row.items()} for row in of.rows(name)])


@life
def one_group_is_silent(of: Life) -> None:
    of.write("scores", [row for row in of.rows("scores") if row["groupe"] != "animateurs"])


@life
def one_respondent(of: Life) -> None:
    of.write("questionnaire_flash", [r for r in of.rows("questionnaire_flash") if r["repondu"] == "oui"][:1])
    of.write("carnet_de_bord", of.rows("carnet_de_bord")[:1])
    people = {r["repondant"] for t in ("questionnaire_flash", "carnet_de_bord") for r in of.rows(t)}
    of.write("scores", [row for row in of.rows("scores") if row["repondant"] in people])


@life
def all_the_same(of: Life) -> None:
    kept = {"territoire", "repondant", "item", "groupe", "entretien", "effet", "recueil", "periode"}
    kept.add("repondu")
    for name in ("carnet_de_bord", "questionnaire_flash", "scores", "positionnements", "effets"):
        rows = [row for row in of.rows(name) if row.get("repondu", "oui") == "oui"]
        same = {c: next((r[c] for r in rows if r[c] not in MISSING), "") for c in rows[0] if c not in kept}
        of.write(name, [row | same for row in rows])


def _modalite(of: Life, table: str, column: str, *, every: int = 4) -> None:
    schema = of.schema(table)
    field = next(f for f in schema["fields"] if f["name"] == column)
    field["categories"].append({"value": "nouvelle", "label": "Nouvelle modalité"})
    of.define(table, schema)
    rows = of.rows(table)
    for row in [row for row in rows if row[column] not in MISSING][1::every]:
        row[column] = "nouvelle"
    of.write(table, rows)


def new_modalites(of: Life) -> None:
    added = {
        "questionnaire_flash": ("posture", "role"),
        "carnet_de_bord": ("contrat", "profil", "configuration", "soutien_demarrage", "soutien_actuel"),
        "positionnements": ("modele_principal", "portage", "organisation"),
        "effets": ("type",),
        "entretiens": ("fonction",),
        "territoires": ("reseau",),
    }
    for table, columns in added.items():
        for column in columns:
            _modalite(of, table, column)


def a_new_question(of: Life) -> None:
    schema = of.schema("carnet_de_bord")
    asked = {"name": "local", "title": "Un local dédié", "question": "Avez-vous un local ?"}
    answers = {"type": "boolean", "kind": "plain", "protege": "acte_public"}
    schema["fields"].append(asked | answers)
    of.define("carnet_de_bord", schema)
    for vague in (NOW, BEFORE):
        of.write("carnet_de_bord", [r | {"local": "oui"} for r in of.rows("carnet_de_bord", vague)], vague)


def a_new_item(of: Life) -> None:
    schema = of.schema("scores")
    item = next(f for f in schema["fields"] if f["name"] == "item")
    item["categories"].append({"value": "visible", "label": "L’animation se voit"})
    of.define("scores", schema)
    rows = of.rows("scores")
    of.write("scores", rows + [r | {"item": "visible"} for r in rows if r["item"] == "cooperation"])


@life
def a_shorter_scale(of: Life) -> None:
    rows = of.rows("scores")
    of.write("scores", [r | {"score": str((int(r["score"]) + 1) // 2)} for r in rows if r["score"].isdigit()])
    path = of.project.raw(NOW) / "codebook.csv"
    text = path.read_text(encoding="utf-8")
    scored = "scores.score,Note,"
    line = next(line for line in text.splitlines() if scored in line)
    shorter = line.replace("de 1 à 10", "de 1 à 5").replace(",identique,oui,", ",rescale,non,Sur cinq")
    path.write_text(text.replace(line, shorter), encoding="utf-8")


@life
def two_sites(of: Life) -> None:
    for name in ("territoires", "carnet_de_bord", "questionnaire_flash", "scores", *TABLES[1:3], TABLES[-1]):
        of.write(name, [row for row in of.rows(name) if row["territoire"] in {"grenoble", "tourcoing"}])


def another_way_of_meeting(of: Life) -> None:
    met = {row["territoire"] for row in of.rows("territoires") if row["recueil"] == "telephone"}
    for name in ("territoires", "entretiens"):
        schema = of.schema(name)
        field = next(f for f in schema["fields"] if f["name"] == "recueil")
        field["categories"].append({"value": "visio", "label": "Entretien à distance"})
        of.define(name, schema)
        rows = of.rows(name)
        of.write(
            name, [r | ({"recueil": "visio"} if r["territoire"] in sorted(met)[:3] else {}) for r in rows]
        )


@life
def all_that_can_be_added(of: Life) -> None:
    for change in (new_modalites, a_new_question, a_new_item, another_way_of_meeting):
        change(of)


LIVES |= {
    f"a_floor_of_{floor}": lambda of, floor=floor: of.setting(
        "plancher_personnes = 5", f"plancher_personnes = {floor}"
    )
    for floor in (3, 11)
}


@pytest.fixture
def of(tmp_path: Path, validated: Path) -> Life:
    return Life(tmp_path / "projet", validated)


def _texts(made: object) -> dict[str, str]:
    if not isinstance(made, Exhibit):
        return {"prose": " ".join(getattr(made, "paragraphs", ()))}
    names = ("title", "subtitle", "reading", "alt", "note", "message", "source")
    cells = " | ".join(cell for row in made.table.rows for cell in row)
    return {name: getattr(made, name) or "" for name in names} | {"cells": cells}


#: Those that leave the least to say: the team sees them without masks too, every chart drawn.
HARD = {"nothing_at_all", "nobody_knows", "one_respondent", "all_the_same"}


@pytest.mark.parametrize("name", LIVES)
def test_every_chapter_stays_honest_and_readable(of, name):
    LIVES[name](of)
    for tier in ("financeurs", "interne") if name in HARD else ("financeurs",):
        made = dict(of.shown(NOW, tier))
        seen = {cell: _texts(one) for cell, one in made.items()}
        assert len(seen) > 40
        wrong = [
            (cell, field, found.group())
            for cell, texts in seen.items()
            for field, text in texts.items()
            if (found := WRONG.search(text))
        ]
        assert wrong == []
        for one in (one for one in made.values() if isinstance(one, Exhibit)):
            for text in (one.title, one.reading, one.message or one.title):
                assert text[0] == text[0].upper()
                assert "non communiqué" not in text, "say it without a number"
            if tier == "interne" and one.draw is not None:
                one.figure(NARROW)


def test_a_scale_is_that_of_the_codebook(of):
    a_shorter_scale(of)
    wave = opened(of.project, NOW)
    assert "de 1 à 5. " in FUNCTIONS["F03-01"](wave).subtitle
    assert "aucun rapprochement possible" in FUNCTIONS["F08-02"](wave).title
    assert any("de 1 à 5" in str(left) for left in unfinished(wave))


@pytest.mark.parametrize(
    ("table", "column", "code", "told"),
    [
        ("scores", "groupe", "habitants", "qu’aucun chapitre ne sait compter"),
        ("questionnaire_flash", "posture", "", "que les chapitres lisent par son code"),
    ],
)
def test_what_a_chapter_could_not_count_is_told_by_check(of, table, column, code, told):
    schema = of.schema(table)
    field = next(f for f in schema["fields"] if f["name"] == column)
    if code:
        field["categories"].append({"value": code, "label": code})
    else:
        field["categories"] = [c for c in field["categories"] if c["value"] != "soutien"]
    of.define(table, schema)
    with pytest.raises(DataRefused, match=told):
        opened(of.project, NOW)


def test_a_new_item_is_asked_for_in_the_codebook(of):
    a_new_item(of)
    assert ["scores.item=visible" in str(left) for left in unfinished(opened(of.project, NOW))] == [True]


def test_a_wave_without_any_site_is_refused(of):
    of.write("territoires", [])
    with pytest.raises(DataRefused, match="suivi d’aucune ligne"):
        opened(of.project, NOW)


def test_persons_are_matched_under_one_key_alone(of):
    of.describe(of.description() | {"empreinte_cle": "0123456789abcdef"})
    presence = FUNCTIONS["F08-01"](opened(of.project, NOW))
    assert len(presence.table.rows) == 2
    assert "même clé" in presence.note.replace("\N{NO-BREAK SPACE}", " ")
    assert "territoires" in presence.title


def test_real_answers_are_not_called_simulated(of):
    description = of.description()
    for resource in description["resources"]:
        resource["statuts"] = dict.fromkeys(resource["statuts"], "observé")
    description["licenses"] = [{"title": "à compléter"}]
    of.describe(description)
    places = [left.where.rpartition(" ")[2] for left in unfinished(opened(of.project, NOW)) if left.stops]
    assert places == ["precaution", "suite", "licenses"]


def test_the_delivered_waves_have_nothing_left(of):
    assert list(unfinished(opened(of.project, NOW))) == []


def test_a_contract_may_begin_in_the_year_of_a_later_wave(of):
    rows = of.rows("carnet_de_bord")
    of.write("carnet_de_bord", [rows[0] | {"debut_contrat": "2022-02-01"}, *rows[1:]])
    with pytest.raises(DataRefused, match="au 2021-12-31"):
        opened(of.project, NOW)


def test_an_explained_difference_is_shown_and_stops_nothing(of):
    rows = [row | {"contrat": "autre"} for row in of.rows("carnet_de_bord", BEFORE)]
    of.write("carnet_de_bord", rows, BEFORE)
    wave = opened(of.project, BEFORE)
    wrong = [c.id for c in controls(wave) if c.verdict == DIFFERENT]
    assert wrong
    path = of.project.reference / "ecarts.csv"
    lines = [f"{id_},Contrat corrigé depuis,L’équipe,2021-03-01" for id_ in wrong]
    path.write_text("\n".join(["id,raison,qui,quand", *lines, ""]), encoding="utf-8")
    told = {c.id: c for c in controls(wave)}
    assert {told[id_].verdict for id_ in wrong} == {EXPLAINED}
    assert "Contrat corrigé" in told[wrong[0]].explication
    path.write_text("id,raison,qui,quand\nX99,,moi,2021-03-01\n", encoding="utf-8")
    with pytest.raises(DataRefused) as refused:
        controls(wave)
    assert [fault.column for fault in refused.value.faults] == ["id", "raison"]
