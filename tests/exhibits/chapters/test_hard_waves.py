"""Data that an evaluator may well bring: few answers, none, all the same. A chapter never fails on them."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from lives import WRONG
from notebook_craft import FUNCTIONS

from atc.disclosure import Release
from atc.disclosure.audit import audit
from atc.exhibits import declare
from atc.exhibits.chapters import feuille_de_route, jeux_d_acteurs, methode, synthese
from atc.exhibits.charts import NARROW
from atc.exhibits.model import Exhibit

Change = Callable[[pd.DataFrame], pd.DataFrame]
ANSWERS = (
    "carnet_de_bord",
    "questionnaire_flash",
    "scores",
    "entretiens",
    "positionnements",
    "effets",
    "verbatims",
    "legitimites",
)
SHOWN = {id_: function for id_, function in FUNCTIONS.items() if id_[1:3] not in {"07", "08"}}


@pytest.fixture
def asked(monkeypatch) -> list[Release]:
    """Every release that was asked."""
    found: list[Release] = []
    truly = declare.release_for

    def remember(*args: object) -> Release:
        found.append(truly(*args))
        return found[-1]

    monkeypatch.setattr(declare, "release_for", remember)
    return found


def _betrayed(asked: list[Release]) -> list[str]:
    records = {f"{n} {release.exhibit}": release.record for n, release in enumerate(asked)}
    return [deduction.key for deduction in audit(records)]


# --- whatever the data, sentences that read well and say nothing of nobody ---


def _unanswered(table: pd.DataFrame) -> pd.DataFrame:
    """Every row is there, and none says anything: those that were asked, and did not answer."""
    asked = {"territoire", "repondant", "groupe", "periode", "item", "role", "reseau"}
    kept = asked | {"entretien", "nature", "recueil", "fonction"}
    silent = {c: table[c].mask(pd.Series(True, table.index)) for c in table.columns if c not in kept}
    no = {"repondu": pd.Series(False, table.index, dtype="boolean")} if "repondu" in table else {}
    return table.assign(**silent | no)


def _all_alike(table: pd.DataFrame) -> pd.DataFrame:
    """Everybody gave the answer of the first who gave one."""
    kept = {"territoire", "repondant", "item", "groupe", "entretien", "effet", "verbatim", "reseau"}
    same = {
        c: pd.Series([known.iloc[0]] * len(table), table.index).astype(table[c].dtype)
        for c in table.columns
        if c not in kept and len(known := table[c].dropna())
    }
    return table.assign(**same)


#: Name -> what becomes of each table of answers.
HARD: dict[str, Change] = {
    "nobody was asked": lambda table: table.iloc[:0],
    "nobody answered": _unanswered,
    "one answered": lambda table: table.iloc[:1],
    "all answered the same": _all_alike,
    "all is masked": lambda table: table,
}


@pytest.mark.parametrize("hard", HARD)
def test_sentences_read_well_and_say_nothing_of_nobody(changed, hard):
    """Of others than the team, to whom `test_lives` shows the like."""
    wave = changed(**dict.fromkeys(ANSWERS, HARD[hard]))
    if hard == "all is masked":
        small = replace(wave.report.small_numbers, floor=15, site_floor=15)
        wave = replace(wave, report=replace(wave.report, small_numbers=small))
    for name, function in SHOWN.items():
        shown: Exhibit = function(wave)
        cells = " | ".join(cell for row in shown.table.rows for cell in row)
        told = (shown.title, shown.reading, shown.alt, shown.note, shown.message, cells)
        assert not [(name, found.group()) for text in told if (found := WRONG.search(text))]
        for text in (shown.title, shown.reading, shown.message or shown.title):
            assert text[0] == text[0].upper(), name
            assert "non communiqué" not in text, f"{name}: say it without a number"
        if shown.draw is not None:
            shown.figure(NARROW)


@pytest.mark.parametrize(
    ("sites", "persons", "acts"), [(1, 5, 3), (2, 5, 3), (3, 3, 1), (5, 11, 5), (15, 11, 5), (15, 3, 1)]
)
def test_a_small_wave_or_a_high_floor_masks_more_and_never_fails(changed, asked, sites, persons, acts):
    def some(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["territoire"].isin(kept)] if "territoire" in table else table

    kept = set(changed("interne").table("territoires")["territoire"].iloc[:sites])
    wave = changed(**dict.fromkeys((*ANSWERS, "territoires"), some))
    small = replace(wave.report.small_numbers, floor=persons, site_floor=acts)
    wave = replace(wave, report=replace(wave.report, small_numbers=small))
    assert all(function(wave) for function in SHOWN.values())
    assert synthese.messages(wave).paragraphs
    assert _betrayed(asked) == []


@pytest.mark.parametrize("name", ["F02-01", "F05-01", "F03-01"])
def test_a_figure_of_which_nothing_may_be_told_is_its_words_alone(changed, name):
    def two(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["territoire"].isin(kept)] if "territoire" in table else table

    kept = set(changed("interne").table("territoires")["territoire"].iloc[:2])
    shown = SHOWN[name](changed(**dict.fromkeys((*ANSWERS, "territoires"), two)))
    assert shown.words_alone
    assert shown.topic
    assert "Ces nombres sont trop petits pour être communiqués." in shown.reading
    assert "en tête" not in shown.title
    page = shown._repr_mimebundle_()["text/html"]
    assert shown.title in page
    assert "<svg" not in page
    assert "<table" not in page


def test_many_monographs_are_summed_up_on_the_page_and_stay_in_the_file(changed):
    def many(table: pd.DataFrame) -> pd.DataFrame:
        named = [name for name in ("territoire", "entretien") if name in table]
        copies = [table.assign(**{name: table[name] + f"-{n}" for name in named}) for n in range(10)]
        return pd.concat(copies, ignore_index=True)

    wave = changed(entretiens=many, territoires=many)
    shown = methode.tab_01_03(wave)
    sites = len(shown.table.rows)
    assert sites > 40
    assert sum(int(monographs) for _, monographs in shown.summary.rows) == sites
    page = shown._repr_mimebundle_()["text/html"]
    assert page.count("<tr>") == len(shown.summary.rows) + 1
    assert shown.table.csv().count("\n") == sites + 1


# --- the largest, and several of them ---


def test_one_alone_leads_nobody_and_a_span_of_quarters_says_its_year_once(changed):
    dates = pd.to_datetime(["2020-02-01"] * 2 + ["2020-05-01"] * 3 + ["2020-08-01"] * 9)
    wave = changed(carnet_de_bord=lambda table: table.assign(debut_contrat=dates[: len(table)]))
    shown = feuille_de_route.fig_02_01(wave)
    labels = [row[0].replace("\N{NO-BREAK SPACE}", " ") for row in shown.table.rows]
    assert labels == ["Jusqu’au 2ᵉ trimestre 2020", "3ᵉ trimestre 2020"]
    same = changed(carnet_de_bord=lambda table: table.assign(debut_contrat=pd.Timestamp("2020-02-01")))
    alone = feuille_de_route.fig_02_01(same)
    assert "en tête" not in alone.title


def test_equal_brakes_are_both_the_first(changed):
    tied = {"questionnaire_flash": lambda t: t.assign(frein_saturation=t["frein_crise_sanitaire"])}
    shown = jeux_d_acteurs.fig_03_03(changed("interne", **tied))
    title = shown.title.replace("\N{NO-BREAK SPACE}", " ")
    assert "« Saturation de dispositifs » et « Crise sanitaire » en tête, à égalité" in title


def test_a_share_stands_on_the_row_of_its_count_however_rows_are_ordered(changed):
    many = changed("interne", questionnaire_flash=lambda table: pd.concat([table] * 2, ignore_index=True))
    for _, count, total, part in jeux_d_acteurs.fig_03_03(many).table.rows:
        assert int(part.split()[0]) == pytest.approx(100 * int(count) / int(total), abs=0.51)


# --- what an exhibit and its message tell together ---


@pytest.mark.parametrize("silent", [1, 2, 4])
def test_nearly_everybody_may_answer(changed, asked, silent):
    # Who did not answer is no result: n is printed under every exhibit, and nothing is left to protect.
    wave = changed(
        questionnaire_flash=lambda table: table.assign(
            repondu=pd.Series([i >= silent for i in range(len(table))], table.index).astype("boolean")
        )
    )
    shown = methode.fig_01_02(wave)
    for function in (jeux_d_acteurs.fig_03_02, jeux_d_acteurs.fig_03_03, synthese.messages):
        function(wave)
    assert shown.title.replace("\N{NO-BREAK SPACE}", " ").startswith(
        f"Exemple – {36 - silent} destinataires sur 36"
    )
    assert _betrayed(asked) == []


@pytest.mark.parametrize("apart", [(1, 5), (5, 1), (2, 4), (3, 3)])
def test_a_message_chooses_as_its_figure_does(changed, asked, apart):
    # Told in full by the one and in two by the other, « seul » says which two numbers are masked.
    codes = ["seul"] * 8 + ["seul_avec_appui"] * apart[0] + ["partage"] * apart[1]

    def some(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(configuration=pd.Series(codes).astype(table["configuration"].dtype))

    wave = changed(carnet_de_bord=some)
    shown = feuille_de_route.fig_02_03(wave)
    told = next(text for text in synthese.messages(wave).paragraphs if "seule personne" in text)
    assert "8" in shown.title
    assert "8" in told
    assert _betrayed(asked) == []


@pytest.mark.parametrize("sites", [1, 3, 4])
def test_the_number_of_monographs_is_no_secret(changed, sites):
    def some(table: pd.DataFrame) -> pd.DataFrame:
        met = table["territoire"][table["recueil"] == "monographie"].unique()[:sites]
        return table[table["territoire"].isin(met) | (table["recueil"] != "monographie")]

    assert "monographie" in methode.tab_01_03(changed(entretiens=some)).title
