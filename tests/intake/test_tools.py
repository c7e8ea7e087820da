"""LimeSurvey and KoboToolbox write one answer in several ways: each gives the same tables."""

from __future__ import annotations

import pytest
from intake.world import CARNET, FLASH, World, csv_text, workbook

from atc.intake.sheet import Sheet
from atc.intake.tools import Structure, answers, codes, structures
from atc.survey.errors import DataRefused

QUESTIONS = {
    "Q3": "Comment situez-vous votre institution ?",
    "Q4": "Qu’est-ce qui a freiné la démarche ?",
    "Q5": "Êtes-vous d’accord ?",
    "Site": "Votre territoire",
}
PARTS = {
    ("Q4", "SQ001"): "Trop de dispositifs",
    ("Q4", "SQ002"): "La crise sanitaire",
    ("Q4", "SQ003"): "Les élections",
    ("Q4", "SQ004"): "Un objet flou",
    ("Q5", "C"): "Les acteurs coopèrent",
    ("Q5", "V"): "La vie associative est dynamique",
}
OPTIONS = {"A1": "Un soutien", "A2": "En observation", "A3": "Une réserve"}
TECHNICAL = {
    "id": "ID de la réponse",
    "submitdate": "Date de soumission",
    "lastpage": "Dernière page",
    "startlanguage": "Langue de départ",
    "token": "Code d’invitation",
}


def text_of(code: str) -> str:
    """The heading of a column exported in words."""
    if code in TECHNICAL:
        return TECHNICAL[code]
    question, _, part = code.partition("[")
    if not part:
        return QUESTIONS[question]
    return f"{QUESTIONS[question]} [{PARTS.get((question, part[:-1]), 'Autre')}]"


def lss(*, recent: bool) -> bytes:
    """The structure of the survey, as versions before 4 or since then write it."""
    rows, subrows, texts, answer_rows, answer_texts = [], [], [], [], []
    ids = {code: str(rank) for rank, code in enumerate([*QUESTIONS, *PARTS], start=10)}
    for code, question in {**QUESTIONS, **PARTS}.items():
        parent, title = (ids[code[0]], code[1]) if isinstance(code, tuple) else ("0", code)
        wording = f"<question><![CDATA[<p>{question}</p>]]></question>"
        other = f"<other>{'Y' if code == 'Q4' else 'N'}</other>"
        row = f"<row><qid>{ids[code]}</qid><parent_qid>{parent}</parent_qid><title>{title}</title>{other}"
        (subrows if parent != "0" else rows).append(row + ("" if recent else wording) + "</row>")
        texts.append(f"<row><qid>{ids[code]}</qid>{wording}<language>fr</language></row>")
    for rank, (code, label) in enumerate(OPTIONS.items()):
        text = f"<answer><![CDATA[{label}]]></answer>"
        row = f"<row><aid>{rank}</aid><qid>{ids['Q3']}</qid><code>{code}</code>"
        answer_rows.append(row + ("" if recent else text) + "</row>")
        answer_texts.append(f"<row><aid>{rank}</aid>{text}<language>fr</language></row>")
    sections = {"questions": rows, "subquestions": subrows, "answers": answer_rows}
    if recent:
        sections |= {"question_l10ns": texts, "answer_l10ns": answer_texts}
    body = "".join(f"<{name}><rows>{''.join(inside)}</rows></{name}>" for name, inside in sections.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><document>{body}</document>'.encode()


def tables(world):
    return {path.name: path.read_text(encoding="utf-8") for path in world.raw.glob("*.csv")}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("attendu"))
    world.run()
    return tables(world)


def labelled(rows):
    """The same answers as labels."""
    named = {**OPTIONS, "Y": "Oui"}
    return [rows[0], *([named.get(str(cell), cell) for cell in row] for row in rows[1:])]


FORMS = {
    "codes and texts, answers as codes": ([f"{c}. {text_of(c)}" for c in FLASH[0]], False, None),
    "codes and texts, answers as labels": ([f"{c}. {text_of(c)}" for c in FLASH[0]], True, False),
    "texts and answers as codes": ([text_of(c) for c in FLASH[0]], False, True),
    "texts and answers as labels": ([text_of(c) for c in FLASH[0]], True, True),
    "texts of an old version": ([text_of(c) for c in FLASH[0]], True, False),
    "codes and a structure": (FLASH[0], True, True),
}


@pytest.mark.parametrize("name", FORMS)
def test_limesurvey_in_every_form(name, tmp_path, expected):
    heading, labels, recent = FORMS[name]
    world = World(tmp_path)
    rows = labelled(FLASH) if labels else FLASH
    world.write("flash.csv", csv_text([heading, *rows[1:]], quoted=True).encode("utf-8-sig"))
    if recent is not None:
        world.write("enquete.lss", lss(recent=recent))
        world.edit_mapping("outil: limesurvey\n", "outil: limesurvey\n    structure: enquete.lss\n")
    world.run()
    assert tables(world) == expected


def test_a_text_that_two_questions_share_is_nobody_s():
    structure = Structure(wordings={"Q1": "Précisez", "Q2": "Précisez"})
    assert codes("limesurvey", ["Précisez", "Q2"], structure) == {"Précisez": "Précisez", "Q2": "Q2"}


def test_a_point_in_a_wording_is_no_code():
    structure = Structure(wordings={"Q1": "Q. A et B"})
    assert codes("limesurvey", ["Q. A et B"], structure) == {"Q. A et B": "Q1"}


def test_two_headings_of_one_question_are_refused():
    sheet = Sheet("x.csv", ("Q1", "Q1. Texte"), {2: ("a", "b")}, ())
    with pytest.raises(DataRefused, match="Question en double"):
        answers("limesurvey", sheet, Structure())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><document>&a;</document>', "piégé"),
        (b"<document/>", "pas une structure LimeSurvey"),
        (b"<document>", "abîmé"),
    ],
)
def test_a_trapped_or_foreign_structure_is_refused(content, message):
    with pytest.raises(DataRefused, match=message):
        structures("limesurvey", content, "x.lss")


# --- KoboToolbox

NAMES = [name for name in CARNET[0] if "/" in name]
GROUPS = {"poste": "Le poste d’animation", "pilotage": "Le pilotage"}
LABELS = {name: f"{name.partition('/')[2].capitalize()} : la question" for name in NAMES}
MEMBERS = {
    "institutionnels": "Acteurs institutionnels",
    "associations": "Associations",
    "participation": "Instances de participation",
}
THEMES = {
    "engagement_citoyen": "Engagement citoyen",
    "solidarite_alimentaire": "Solidarité alimentaire",
    "cadre_de_vie": "Cadre de vie",
    "reussite_educative": "Réussite éducative",
    "femmes_espace_public": "Place des femmes",
    "autres": "Autres",
}
LISTS = {"pilotage/membres": MEMBERS, "pilotage/themes": THEMES}


def xlsform() -> bytes:
    survey = [["type", "name", "label::Français (fr)"], ["start", "start", ""], ["end", "end", ""]]
    for group, text in GROUPS.items():
        survey.append(["begin group", group, text])
        for name in NAMES:
            if name.startswith(f"{group}/"):
                short = name.partition("/")[2]
                kind = f"select_multiple {short}" if name in LISTS else "text"
                survey.append([kind, short, LABELS[name]])
        survey += [["end group", "", ""], ["", "", ""]]
    choices = [["list_name", "name", "label::Français (fr)"]]
    for name, options in LISTS.items():
        choices += [[name.partition("/")[2], code, label] for code, label in options.items()]
    return workbook({"survey": survey, "choices": choices, "settings": [["id_string"], ["carnet"]]})


def with_form(world):
    """The mapping that a form allows: each choice has its column."""
    world.write("formulaire.xlsx", xlsform())
    world.edit_mapping("outil: kobo\n", "outil: kobo\n    structure: formulaire.xlsx\n")
    for name, options in LISTS.items():
        for code in options:
            world.edit_mapping(f"{{colonne: {name}, contient: {code}}}", f"{name}/{code}")


def unfolded(rows, *, keep):
    """The same export with a 0/1 column for each choice, beside the list or instead of it."""
    heading, *body = rows
    new = [*heading, *(f"{name}/{code}" for name, options in LISTS.items() for code in options)]
    lines = []
    for row in body:
        cells = dict(zip(heading, row, strict=True))
        flags = [int(code in cells[name].split()) for name, options in LISTS.items() for code in options]
        lines.append([*row, *flags])
    gone = [] if keep else [new.index(name) for name in LISTS]
    return [[cell for i, cell in enumerate(row) if i not in gone] for row in [new, *lines]]


def worded(rows):
    """The same export with labels, in headings and in lists."""
    heading, *body = rows
    new = [f"{GROUPS[name.partition('/')[0]]}/{LABELS[name]}" if name in LABELS else name for name in heading]
    lines = []
    for row in body:
        cells = dict(zip(heading, row, strict=True))
        for name, options in LISTS.items():
            cells[name] = " ".join(options[code] for code in cells[name].split())
        lines.append(list(cells.values()))
    return [new, *lines]


KOBO = {
    "lists": CARNET,
    "lists and 0/1 columns": unfolded(CARNET, keep=True),
    "0/1 columns": unfolded(CARNET, keep=False),
    "labels": worded(CARNET),
    "names without groups": [
        [name.rpartition("/")[2] if name in LABELS else name for name in CARNET[0]],
        *CARNET[1:],
    ],
}


@pytest.mark.parametrize("name", KOBO)
def test_kobo_in_every_form(name, tmp_path, expected):
    world = World(tmp_path)
    with_form(world)
    world.write("carnet.csv", csv_text(KOBO[name]).encode())
    world.run()
    assert tables(world) == expected


def test_kobo_as_a_workbook(tmp_path, expected):
    world = World(tmp_path)
    with_form(world)
    world.path("carnet.csv").unlink()
    world.write("carnet.xlsx", workbook({"Carnet": CARNET}))
    world.edit_mapping("fichier: carnet.csv", "fichier: carnet.xlsx")
    world.run()
    assert tables(world) == expected


def test_a_choice_that_the_form_lacks_is_refused(tmp_path):
    world = World(tmp_path)
    with_form(world)
    world.edit("carnet.csv", lambda old: old.replace(b";autres;", b";autres sport;"))
    (told,) = world.refusal()
    place = "carnet.csv:3:pilotage/themes"
    assert told.startswith(f"{place} : Choix absent du formulaire XLSForm (trouvé : « sport »). ")
    assert told.endswith(f"Choix du formulaire : {', '.join(THEMES)}.")


@pytest.mark.parametrize(
    ("survey", "message"),
    [
        ([["a", "b"], ["c", "d"]], "Ce n’est pas un XLSForm"),
        ([["type", "name", "label"], ["end group", "", ""]], "Groupe fermé sans avoir été ouvert"),
    ],
)
def test_what_is_no_form_is_refused(survey, message):
    content = workbook({"survey": survey, "choices": [["list_name", "name", "label"], ["a", "b", "c"]]})
    with pytest.raises(DataRefused, match=message):
        structures("kobo", content, "x.xlsx")
