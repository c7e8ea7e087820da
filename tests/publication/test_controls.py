"""Each control of the gate, made to refuse and made to pass, on a run made by hand."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from html import escape

import pytest
from clone import VAGUE, copy_project
from publication import made
from publication.shown import CHAPTER, finished, shown

from atc.disclosure.audit import Record, Sum
from atc.disclosure.exceptions import HEARD, SHOW, Reviewed
from atc.exhibits.published import PRINTED
from atc.exhibits.worth import legend
from atc.publication import controls
from atc.publication.controls import ALERT, NO, PASSED, PUBLIC, REFUSED, Line
from atc.publication.finished import Display, Finished, known
from atc.publication.pieces import Kind, Known, Piece, Rule
from atc.publication.rules import in_sentences
from atc.survey.datapackage import Package
from atc.survey.typography import french
from atc.survey.waves import Wave, open_wave

#: A masked count and a printed one under one printed total.
TOTAL, SMALL, LARGE = (f"{VAGUE}/a.b{end}" for end in ("", "&modalite=x", "&modalite=y"))
ALERTED = f"{VAGUE}/carnet_de_bord.composition&modalite=x : 14 sur 14"
ONE_POST = f"{VAGUE}/entretiens&fonction=animateur&territoire=avignon"


@pytest.fixture(scope="module")
def wave(tmp_path_factory):
    project = copy_project(tmp_path_factory.mktemp("controles") / "projet")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ATC_ROOT", str(project.root))
        yield open_wave(VAGUE, "financeurs")


def verdicts(lines: Iterable[Line]) -> list[str]:
    return [line.verdict for line in lines]


def signed(exhibit: str, ligne: str, vague: str = VAGUE, effet: str = HEARD) -> Reviewed:
    day = dt.date(2026, 11, 23)
    return Reviewed(2, vague, exhibit, ligne, "*", effet, "*", "relu", "une évaluatrice", day)


def looked_at(
    run: Finished, wave: Wave, files: dict[str, bytes], reviewed: tuple[Reviewed, ...] = ()
) -> list[Line]:
    return list(controls.content({**run.files, **files}, known(run, wave, frozenset(), reviewed)))


def test_files_without_fault_pass_and_are_counted(wave):
    (line,) = looked_at(finished(shown()), wave, {"html/a.html": made.page("<p>Rien à redire.</p>")})
    assert (line.verdict, line.message) == (PASSED, "2 fichiers décodés, rien à signaler")


@pytest.mark.parametrize(("floor", "site_floor"), [(5, 3), (5, 5), (3, 5), (11, 1), (10, 3)])
def test_how_to_read_alarms_nobody_whatever_the_floors(wave, floor, site_floor):
    small = replace(wave.report.small_numbers, floor=floor, site_floor=site_floor)
    other = replace(wave, report=replace(wave.report, small_numbers=small))
    told = "".join(f"<p>{escape(text)}</p>" for _, text in legend(floor, site_floor, masks=True))
    assert verdicts(looked_at(finished(shown()), other, {"html/a.html": made.page(told)})) == [PASSED]


def test_an_exhibit_is_held_to_the_floor_of_sites_too():
    known_ = Known(floor=3, site_floor=5)
    piece = Piece("ligne 1", Kind.PROSE, "4 sites avancent.", exhibit="F02-03")
    assert [rule for rule, _, _ in in_sentences(piece, known_)] == [Rule.SMALL_COUNT]
    assert not list(in_sentences(replace(piece, by_hand=True), known_))


def test_a_small_count_leaves_only_where_an_exception_lets_it(wave):
    sentence = "3 répondants sur 17 le disent."
    page = {"html/a.html": made.page(f'<figure id="F02-03">{sentence}</figure>')}
    closed, opened = Record(), Record(small={3})
    # What an exhibit says of itself vouches for nothing: the exception does.
    assert verdicts(looked_at(finished(shown(record=closed, title=sentence)), wave, page)) == [REFUSED]
    assert verdicts(looked_at(finished(shown(record=opened, title=sentence)), wave, page)) == [PASSED]


def test_the_page_may_say_again_what_its_exhibit_says_in_the_same_words(wave):
    run = finished(shown(record=Record(small={3}), title="3 répondants sur 17 le disent."))
    again = {"html/a.html": made.page("<p>Pour 3 répondants sur 17, c’est peu.</p>")}
    assert verdicts(looked_at(run, wave, again)) == [PASSED]
    other = {"html/a.html": made.page("<p>Pour 3 territoires, c’est peu.</p>")}
    assert verdicts(looked_at(run, wave, other)) == [REFUSED]


def test_a_site_stands_beside_a_post_only_where_the_report_printed_it(wave):
    page = {"html/a.html": made.page('<figure id="T01-03">L’animatrice d’Avignon le dit.</figure>')}
    run = finished(shown("T01-03"))
    assert verdicts(looked_at(run, wave, page)) == [REFUSED]
    reviewed = (signed("T01-03", "avignon|animateur", effet=SHOW),)
    assert verdicts(looked_at(run, wave, page, reviewed)) == [PASSED]
    other_wave = (signed("T01-03", "avignon|animateur", "2021-automne", SHOW),)
    assert verdicts(looked_at(run, wave, page, other_wave)) == [REFUSED]
    printed = finished(shown("T01-03", record=Record(facts=[PRINTED])))
    assert verdicts(looked_at(printed, wave, page)) == [PASSED]


#: A total of 17 shared in two, both parts masked.
MASKING = shown(
    record=Record(
        ranges={TOTAL: (17, 17), SMALL: (1, 4), LARGE: (13, 16)},
        masked={SMALL, LARGE},
        sums=[Sum(TOTAL, (SMALL, LARGE))],
    )
)
TOLD = Record(ranges={LARGE: (14, 14)})


def test_what_cannot_be_deduced_passes_and_masked_counts_are_counted():
    (line,) = controls.deduction(finished(MASKING), {})
    assert (line.verdict, line.message) == (PASSED, f"2 effectifs masqués, aucun ne se déduit ({VAGUE})")
    harmless = {"2021-automne F08-04": Record(ranges={"2021-automne/a.b": (14, 14)})}
    (line,) = controls.deduction(finished(MASKING), harmless)
    assert line.message.endswith(f"({VAGUE}, 2021-automne)")


@pytest.mark.parametrize(
    ("run", "elsewhere"),
    [
        (finished(MASKING, shown("F03-01", record=TOLD)), {}),
        (finished(MASKING, sentences=[Display("F03-01", "07_synthese", TOLD)]), {}),
        (finished(MASKING), {"2021-automne F08-04": TOLD}),
    ],
    ids=["exhibit", "sentence", "wave"],
)
def test_a_count_printed_elsewhere_gives_the_masked_one_back(run, elsewhere):
    lines = list(controls.deduction(run, elsewhere))
    assert verdicts(lines) == [REFUSED, REFUSED]
    assert {line.where for line in lines} == {f"{VAGUE} F02-03"}
    assert "imprimé ailleurs" in "".join(line.message for line in lines)
    assert lines[0].remedy.startswith("Masquez l’un des deux")
    # What an older version masked otherwise is run again before anything is masked.
    (line, *_) = controls.deduction(run, elsewhere, ["2021-automne"])
    assert "lancez d’abord atc run --vague 2021-automne --diffusion financeurs" in line.remedy
    assert "masquez l’un des deux" in line.remedy


def alerted(diffusion: str, *alerts: str) -> Finished:
    """The same alert told by a figure and by a sentence, which says it again, is told once."""
    record = Record(alerts=list(alerts))
    return finished(
        shown(record=record), sentences=[Display("F02-03", "07_synthese", record)], diffusion=diffusion
    )


NO_MORE = "cette alerte ne se produit plus"
OTHER = ALERTED.replace("14 sur 14", "13 sur 13")


@pytest.mark.parametrize(("diffusion", "waits"), [("financeurs", ALERT), (PUBLIC, REFUSED)])
@pytest.mark.parametrize(
    ("now", "signature", "told"),
    [
        ([], None, [(PASSED, "aucune part de 0 % ou de 100 %")]),
        ([ALERTED], None, [("waits", ALERTED)]),
        ([ALERTED], signed("F02-03", ALERTED), [(PASSED, f"{ALERTED} (relu par une évaluatrice)")]),
        (
            [ALERTED],
            replace(signed("F02-03", ALERTED), valeur=NO),
            [(REFUSED, f"{ALERTED} (une évaluatrice : non)")],
        ),
        # What is printed now was signed by nobody.
        ([], signed("F02-03", ALERTED), [(REFUSED, NO_MORE)]),
        ([OTHER], signed("F02-03", ALERTED), [("waits", OTHER), (REFUSED, NO_MORE)]),
        # A signature holds for its exhibit, its wave and its kind alone.
        ([ALERTED], signed("F02-05", ALERTED), [("waits", ALERTED), (REFUSED, NO_MORE)]),
        ([ALERTED], signed("F02-03", ALERTED, "2021-automne"), [("waits", ALERTED)]),
        ([ALERTED], signed("F02-03", ALERTED, effet=SHOW), [("waits", ALERTED)]),
    ],
)
def test_an_alert_waits_for_a_person_and_stops_what_everybody_reads(diffusion, waits, now, signature, told):
    reviewed = [signature] if signature else []
    lines = list(controls.everybody_or_nobody(alerted(diffusion, *now), reviewed))
    expected = [(waits if verdict == "waits" else verdict, message) for verdict, message in told]
    assert [(line.verdict, line.message) for line in lines] == expected
    assert all("--rapport alertes.xlsx" in line.remedy for line in lines if line.message in (ALERTED, OTHER))
    assert all("exceptions.csv:2" in line.where for line in lines if line.message == NO_MORE)


def test_what_a_hand_writes_of_everybody_waits_as_well():
    text = "Aucun animateur n’est soutenu."
    cell = Piece("cellule 2", Kind.PROSE, text, file="notebooks/a.ipynb", by_hand=True)
    (line,) = controls.everybody_or_nobody(alerted("financeurs"), [], [cell])
    assert (line.verdict, line.where, line.message) == (ALERT, cell.file, f"« {text} »")


def not_ready(wave: Wave, *exhibits: Display, package: Package | None = None, **settings: str) -> list[str]:
    changed = replace(wave.settings, **settings)  # type: ignore[arg-type]
    other = replace(wave, package=package or wave.package, settings=changed)
    lines = controls.ready(finished(*exhibits), other)
    return [line.message for line in lines if line.verdict == REFUSED]


def test_a_control_that_differs_stays_in(wave):
    told = "À reprendre avant toute diffusion : F03."
    assert not_ready(wave, shown()) == []
    assert not_ready(wave, shown("C02-00", reading=told)) == [told.rstrip(".")]


@pytest.mark.parametrize("licence", [" ", "À compléter", "à choisir", "non choisie"])
def test_without_a_licence_nothing_leaves(wave, licence):
    (why,) = not_ready(wave, package=replace(wave.package, licence=licence))
    assert why == french("reste « à compléter »" if licence.strip() else "aucune licence n’est choisie")


def test_a_phrase_that_denies_the_statuses_stays_in(wave):
    described = {
        name: replace(resource, statuses=dict.fromkeys(resource.statuses, "observé"))
        for name, resource in wave.package.resources.items()
    }
    precaution = "Les données de cette vague sont simulées."
    observed = replace(wave.package, resources=described)
    (message,) = not_ready(wave, package=observed, precaution=precaution, provenance="")
    assert "simulé" in message
    assert not_ready(wave, precaution=precaution) == []


def one_count(key: str, *bounds: int, masked: bool = False) -> Finished:
    return finished(shown("T01-03", ranges={key: bounds or (1, 1)}, masked=[key] * masked))  # type: ignore[dict-item]


def test_a_count_of_one_post_is_refused_unless_this_wave_printed_it(wave):
    (line,) = controls.posts(finished(shown()), wave, [])
    assert (line.verdict, line.message) == (PASSED, "60 postes, aucun seul de son espèce")
    run = one_count(ONE_POST)
    (line,) = controls.posts(run, wave, [])
    assert (line.verdict, line.where) == (REFUSED, "T01-03")
    assert "animateur, avignon" in line.message
    # Masked, it is of one person all the same.
    assert verdicts(controls.posts(one_count(ONE_POST, 1, 4, masked=True), wave, [])) == [REFUSED]
    printed = signed("T01-03", "avignon|animateur", effet=SHOW)
    assert verdicts(controls.posts(run, wave, [printed])) == [PASSED]
    other_wave = signed("T01-03", "avignon|animateur", "2021-automne", SHOW)
    others = (signed(id_, f"avignon|{post}") for id_, post in (("T01-03", "ville"), ("F01-04", "animateur")))
    assert verdicts(controls.posts(run, wave, [other_wave, *others])) == [REFUSED]


@pytest.mark.parametrize(
    ("key", "post"),
    [
        # The carnet of a site is its animateur; codes of the questionnaire meet those of the roster.
        ("carnet_de_bord.etp&territoire=roubaix", "animateur, roubaix"),
        ("questionnaire_flash.repondu&role=dp&territoire=roubaix", "delegue_prefet, roubaix"),
        ("entretiens&fonction=intercommunalite&territoire=marseille", "ville, marseille"),
        ("entretiens&territoire=avignon", ""),
        ("questionnaire_flash&role=dp", ""),
    ],
)
def test_a_site_and_a_post_are_a_person_and_one_of_them_is_nobody(wave, key, post):
    (line,) = controls.posts(one_count(f"{VAGUE}/{key}"), wave, [])
    assert (line.verdict == REFUSED, post in line.message) == (bool(post), True)
    assert verdicts(controls.posts(one_count(f"{VAGUE}/{key}", 0, 0), wave, [])) == [PASSED]


def test_what_a_person_vouches_for_is_listed():
    table = shown("T01-02", record=Record(facts=["les quinze sites sont publics"]))
    sentence = Display("F02-03", CHAPTER, Record(exceptions={7, 3}))
    lines = list(controls.words(finished(table, sentences=[sentence])))
    assert [(line.control, line.where) for line in lines] == [
        ("Tableau sans effectif de personnes", "T01-02"),
        ("Exceptions relues", f"{CHAPTER}, F02-03"),
    ]
    assert lines[1].message.endswith(", lignes 3, 7")
    assert list(controls.words(finished(shown()))) == []
    for used, told in (({2}, ", ligne 2"), ({8, 7, 9}, ", lignes 7, 8, 9")):
        (line,) = controls.words(finished(shown(record=Record(exceptions=used))))
        assert line.message.endswith(told)


def test_the_scanner_knows_every_pseudonym_and_the_machine(wave, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "claire.dubois")
    monkeypatch.setattr("socket.gethostname", lambda: "pc-evaluation")
    run = finished(shown(record=Record(small={3})))
    told = known(run, wave, frozenset({"donnees/x.csv"}), ())
    assert {"claire.dubois", "pc-evaluation"} == told.machine
    assert set(wave.table("verbatims")["locuteur"].dropna()) <= told.pseudonyms
    assert set(wave.table("questionnaire_flash")["repondant"].dropna()) <= told.pseudonyms
    assert (told.floor, told.released["F02-03"]) == (5, {3})
    assert told.dates >= {"2020-12-15", "20201215"}
    assert told.synthetic == {"donnees/x.csv"}
