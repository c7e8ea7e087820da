from dataclasses import replace

import pytest
from exhibits.paper_wave import SURE, draft, figure, papers, table, write_wave

from atc.disclosure import Count
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Base
from atc.exhibits.table import Column
from atc.exhibits.worth import example, mention
from atc.survey.errors import UsageError
from atc.survey.typography import NARROW as THIN
from atc.survey.typography import NBSP, french


def declared(*uses: str, read: str = "carnet"):
    """An exhibit that declares some columns and shows a whole table."""

    @exhibit("T09-09", uses=uses)
    def shown(vague, release):
        frame = vague.table(read)
        columns = tuple(Column(name, name) for name in frame.columns)
        return draft(papers(release, frame), shown=columns, is_figure=False)

    return shown


# --- what can be read ---


def test_what_is_not_declared_cannot_be_read_and_the_wave_is_left_whole(sure_wave):
    @exhibit("T09-09", uses=["carnet.site"])
    def prying(vague, release):
        return draft(papers(release, vague.table("carnet")[["configuration"]]), is_figure=False)

    with pytest.raises(KeyError, match="configuration"):
        prying(sure_wave)
    with pytest.raises(KeyError, match="reponses"):
        declared("carnet.site", read="reponses")(sure_wave)
    assert table(sure_wave).table.rows[0][0] == "a"
    assert list(sure_wave.table("carnet").columns) == ["site", "etp", "configuration"]


@pytest.mark.parametrize("column", ["carnet.absente", "absente.site", "carnet", ""])
def test_a_column_that_the_dictionary_lacks_is_refused(column, sure_wave):
    with pytest.raises(UsageError):
        declared(column)(sure_wave)


def test_an_exhibit_declares_something_and_a_star_a_whole_table(sure_wave):
    with pytest.raises(ValueError, match="at least one column"):
        declared()(sure_wave)
    assert declared("carnet.*")(sure_wave).uses == ("carnet.configuration", "carnet.etp", "carnet.site")


# --- status ---


@pytest.mark.parametrize(
    ("etp", "configuration", "worst", "mention"),
    [
        ("observé", "observé", "observé", ""),
        ("publié", "observé", "publié", "publié"),
        ("publié", "reconstitué", "reconstitué", "reconstitué"),
        ("simulé", "reconstitué", "simulé", "illustration"),
    ],
)
def test_an_exhibit_is_worth_its_least_sure_column(tmp_path, etp, configuration, worst, mention):
    carnet = SURE["carnet"] | {"etp": etp, "configuration": configuration}
    shown = declared("carnet.*")(write_wave(tmp_path, SURE | {"carnet": carnet}))
    assert (shown.status, shown.mention) == (worst, mention)
    assert shown.title.startswith("Exemple – ") == (worst == "simulé")


def test_columns_that_it_does_not_use_and_pseudonyms_do_not_count(tmp_path, doubtful_wave):
    assert declared("carnet.configuration")(doubtful_wave).status == "reconstitué"
    assert declared("carnet.etp")(doubtful_wave).status == "simulé"
    assert declared("reponses.posture", read="reponses")(doubtful_wave).status == "observé"
    # Whoever made a pseudonym up.
    reponses = {"repondant": "simulé", "posture": "observé"}
    shown = declared("reponses.*", read="reponses")(write_wave(tmp_path, SURE | {"reponses": reponses}))
    assert (shown.status, shown.mention) == ("observé", "")


def test_a_reserve_holds_only_when_its_columns_meet(tmp_path):
    reserve = {"colonnes": ["etp", "configuration"], "statut": "simulé", "texte": "Jamais croisés."}
    wave = write_wave(tmp_path, reserves={"carnet": [reserve]})
    alone, crossed = declared("carnet.etp")(wave), declared("carnet.*")(wave)
    assert (alone.status, crossed.status) == ("observé", "simulé")


MADE_UP = ("titre publié, répartition : illustration", "titre publié, contenu : illustration")
REBUILT = ("titre publié, répartition reconstituée", "titre publié, contenu reconstitué")


@pytest.mark.parametrize(
    ("status", "said", "told"),
    [
        ("observé", "observé", ("", "")),
        ("publié", "publié", ("publié", "publié")),
        ("reconstitué", "publié", REBUILT),
        ("simulé", "publié", MADE_UP),
        ("", "publié", ("", "")),
    ],
)
def test_a_printed_title_is_told_apart_from_what_is_drawn(status, said, told):
    assert (mention(status, said, drawn=True), mention(status, said, drawn=False)) == told


def test_each_sentence_that_is_made_up_says_so():
    told = example("20 sur 36 ont répondu. « Oui » : 3. Un.e seul.e")
    assert told == "Exemple – 20 sur 36 ont répondu. Exemple – « Oui » : 3. Exemple – Un.e seul.e"
    assert example("") == ""


# --- papers ---


def test_the_source_names_tables_dates_and_n_and_questions_are_told_once(sure_wave):
    both = declared("carnet.*", "reponses.posture")(sure_wave)
    assert both.source == (
        f"Source{NBSP}: carnet de bord (été 2021){THIN}; questionnaire flash{THIN}; "
        f"n{THIN}={THIN}3{NBSP}carnets."
    )
    assert set(both.questions) == {french("« Combien d’ETP ? »"), french("« Qui anime la démarche ? »")}
    assert len(both.questions) == 2
    alone = declared("carnet.site")(sure_wave)
    assert "questionnaire" not in alone.source
    assert alone.questions == ()


def test_the_boxes_of_one_question_share_its_beginning_and_ours_are_marked(sure_wave):
    words = ("Le comité compte-t-il des élu.es ?", "Le comité compte-t-il des habitant.es ?", "Où ?")
    dictionary = sure_wave.dictionary
    for column, question in zip(("site", "etp", "configuration"), words, strict=True):
        dictionary = dictionary.changed(f"carnet.{column}", label=column, question=question, asked=True)
    shown = declared("carnet.*")(replace(sure_wave, dictionary=dictionary))
    shared = french("« Le comité compte-t-il des habitant.es ? … élu.es ? »")
    assert set(shown.questions) == {french("« Où ? »"), shared}
    assert shown.question.startswith(french("Questions posées :"))
    assert "(formulation de l’équipe)" in declared("carnet.*")(sure_wave).question


def test_every_sentence_gets_french_spaces_and_apostrophes(sure_wave):
    shown = figure(sure_wave)
    assert shown.title == "Deux sites sur trois n’ont qu’une personne"
    assert shown.reading == f"Lecture{NBSP}: deux sites sur trois{THIN}!"
    assert shown.alt.startswith(f"Une seule personne{NBSP}: ")
    assert shown.note == f"À noter{NBSP}: trois sites."


@pytest.mark.parametrize(
    ("n", "who", "told"),
    [
        (17, "acteurs ayant répondu", f"n{THIN}={THIN}17{NBSP}acteurs ayant répondu"),
        (1, "carnets de bord rendus", f"n{THIN}={THIN}1{NBSP}carnet de bord rendu"),
        (1, "réseaux porteurs", f"n{THIN}={THIN}1{NBSP}réseau porteur"),
        (1, "propos relus", f"n{THIN}={THIN}1{NBSP}propos relu"),
        (Count(1, 4, "D"), "sites", f"n{NBSP}<{NBSP}5{NBSP}sites"),
    ],
)
def test_a_base_agrees_with_its_number(n, who, told):
    assert str(Base(n, who)) == told
