import pytest
from exhibits.paper_wave import SURE, draft, papers, table, write_wave

from atc.disclosure import Count
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Base
from atc.exhibits.table import Column
from atc.exhibits.worth import example
from atc.survey.errors import UsageError
from atc.survey.typography import NARROW as THIN
from atc.survey.typography import NBSP


def declared(*uses: str, read: str = "carnet"):
    """An exhibit that declares some columns and shows a whole table."""

    @exhibit("T09-09", uses=uses)
    def shown(vague, release):
        frame = vague.table(read)
        columns = tuple(Column(name, name) for name in frame.columns)
        return draft(papers(release, frame), shown=columns, is_figure=False)

    return shown


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


def test_each_sentence_that_is_made_up_says_so():
    told = example("20 sur 36 ont répondu. « Oui » : 3. Un.e seul.e", once=False)
    assert told == "Exemple – 20 sur 36 ont répondu. Exemple – « Oui » : 3. Exemple – Un.e seul.e"
    assert example("", once=False) == ""


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
