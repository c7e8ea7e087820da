"""Exports with the traits that people's tools give them: the same wave, or a refusal that says what to do."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from intake import exports, form_tools
from intake.test_three_tools import MAPPINGS, tables
from intake.world import Desk

from atc.intake.importing import Outcome
from atc.intake.proposal import propose
from atc.survey.errors import DataRefused


class Case:
    """Exports and their mapping, as texts that a trait changes."""

    def __init__(self, files: dict[str, bytes], mapping: str) -> None:
        self.files = files
        self.mapping = (MAPPINGS / f"{mapping}.yml").read_text(encoding="utf-8")

    def text(self, name: str) -> str:
        return self.files[name].decode("cp1252" if name in exports.csv_files() else "utf-8-sig")

    def edit(self, name: str, change: Callable[[str], str], encoding: str = "utf-8") -> None:
        self.files[name] = change(self.text(name)).encode(encoding)

    def grid(self, name: str, change: Callable[[list[list[str]]], list[list[str]]]) -> None:
        lines = list(csv.reader(io.StringIO(self.text(name), newline=""), delimiter=";"))
        self.files[name] = exports.csv_bytes(change(lines))

    def declare(self, old: str, new: str) -> None:
        assert old in self.mapping
        self.mapping = self.mapping.replace(old, new)

    def run(self, desk: Desk) -> Outcome:
        desk.receive(self.files)
        desk.mapping.write_text(self.mapping, encoding="utf-8")
        return desk.run(replace=True)


def spreadsheets() -> Case:
    return Case(exports.csv_files(), "tableur_csv")


def kobo(*, labels: bool = False) -> Case:
    return Case(form_tools.files(form_tools.kobo("liste", labels=labels)), "kobotoolbox")


def limesurvey(shape: str = "code") -> Case:
    return Case(form_tools.files(form_tools.limesurvey(shape, shape)), "limesurvey")


def _moment(text: str) -> str:
    return re.sub(r"(\d\d/\d\d/\d{4})", r"\1 14:30:00", text)


def _short_year(text: str) -> str:
    return re.sub(r"(\d\d/\d\d)/20(\d\d)", r"\1/\2", text)


def _percent(text: str) -> str:
    return re.sub(r";(\d),(\d)(?=;)", lambda m: f";{int(m[1] + m[2]) * 10} %", text)


def _hinted(text: str) -> str:
    return f"sep={';' * text.splitlines()[0].count(';')}\r\n{text}"


def _three_headings(text: str) -> str:
    width = text.splitlines()[0].count(";")
    return f"Questionnaire flash{';' * width}\r\nSection{';' * width}\r\n{text}"


def _edited(name: str, change: Callable[[str], str]) -> Case:
    case = spreadsheets()
    case.edit(name, change)
    return case


def _bars() -> Case:
    case = _edited("flash.csv", lambda text: text.replace("|", "/").replace(";", "|"))
    case.declare("fichier: flash.*\n", 'fichier: flash.*\n    separateur: "|"\n')
    return case


def _renamed(name: str, pattern: str) -> Case:
    case = spreadsheets()
    case.files[name] = case.files.pop("flash.csv")
    case.declare("fichier: flash.*", f'fichier: "{pattern}"')
    return case


def _lss(change: Callable[[str], str], shape: str = "code") -> Case:
    case = limesurvey(shape)
    for name in ("flash.lss", "carnet.lss"):
        case.edit(name, change)
    return case


def _bilingual(text: str) -> str:
    # English stands first, and French is the language of the survey.
    text = text.replace(
        "<questions>", "<surveys><rows><row><language>fr</language></row></rows></surveys><questions>"
    )
    for section, column in (("question_l10ns", "question"), ("answer_l10ns", "answer")):
        start, rest = text.split(f"<{section}><rows>")
        rows, end = rest.split(f"</rows></{section}>")
        english = re.sub(rf"<{column}>.*?</{column}>", f"<{column}>In English</{column}>", rows)
        english = english.replace("<language>fr<", "<language>en<")
        text = f"{start}<{section}><rows>{english}{rows}</rows></{section}>{end}"
    return text


def _timed() -> Case:
    case = limesurvey()
    case.grid(
        "flash_reponses.csv",
        lambda lines: [
            [*row, *(("groupTime12", "POSTTime", "interviewtime") if not rank else ("1", "2", "3"))]
            for rank, row in enumerate(line for line in lines if line)
        ],
    )
    return case


def _xlsform(change: Callable[[str], str], title: Callable[[str], str] = str) -> Case:
    case = kobo()
    form = form_tools.xlsform("carnet_de_bord")
    changed = {
        title(name): [[change(str(cell)) for cell in row] for row in rows] for name, rows in form.items()
    }
    case.files["carnet_xlsform.xlsx"] = exports.xlsx_bytes(changed)
    return case


def _with_columns(case: Case, *, second: bool) -> Case:
    """A second language before French, or a column of notes without a name."""
    for name, table in form_tools.SURVEYS.items():
        form = form_tools.xlsform(table)
        for rows in (form["survey"], form["choices"]):
            for rank, row in enumerate(rows):
                if second:
                    row.insert(2, "label::English (en)" if not rank else "English" if row[2] else "")
                elif rows is form["survey"]:
                    row.append("" if not rank else "à revoir")
        case.files[f"{name}_xlsform.xlsx"] = exports.xlsx_bytes(form)
    return case


def _dotted() -> Case:
    case = kobo()
    case.grid("carnet_reponses.csv", lambda lines: [[n.replace("/", ".") for n in lines[0]], *lines[1:]])
    return case


SAME: dict[str, Callable[[], Case]] = {
    "a moment instead of a day": lambda: _edited("carnet.csv", _moment),
    "years of two digits": lambda: _edited("carnet.csv", _short_year),
    "80 %": lambda: _edited("carnet.csv", _percent),
    "bars between columns": _bars,
    "sep=; saved again": lambda: _edited("flash.csv", _hinted),
    "one separator more on each line of answers": lambda: _edited(
        "carnet.csv", lambda t: t.splitlines()[0] + "\r\n" + "".join(f"{x};\r\n" for x in t.splitlines()[1:])
    ),
    "a character that nobody sees in a place": lambda: _edited(
        "flash.csv", lambda text: text.replace("Roubaix", "Rou\u200bbaix")
    ),
    "a mark of order inside a cell": lambda: _edited(
        "flash.csv", lambda text: text.replace("Grenoble", "Grenoble\ufeff")
    ),
    "an apostrophe before a number": lambda: _edited(
        "carnet.csv", lambda text: re.sub(r";(\d),(\d);", r";'\1,\2;", text)
    ),
    "a name with accents in two characters": lambda: _renamed("re\u0301ponses.csv", "réponses.csv"),
    "a second download": lambda: _renamed("flash[1].csv", "flash[1].csv"),
    "LimeSurvey: a structure in two languages": lambda: _lss(_bilingual),
    "LimeSurvey: two languages, exported in words": lambda: _lss(_bilingual, "texte"),
    "LimeSurvey: timings": _timed,
    "Kobo: historical spellings, capital sheets": lambda: _xlsform(
        lambda cell: cell.replace("select_multiple", "select all that apply from").replace(
            "list_name", "List Name"
        ),
        str.capitalize,
    ),
    "Kobo: or_other": lambda: _xlsform(
        lambda cell: f"{cell} or_other" if cell.startswith("select_multiple") else cell
    ),
    "Kobo: a column of notes without a name": lambda: _with_columns(kobo(), second=False),
    "Kobo: French is the second language": lambda: _with_columns(kobo(labels=True), second=True),
    "Kobo: groups parted by a point": _dotted,
}


@pytest.mark.parametrize("trait", SAME)
def test_a_trait_of_the_tool_changes_nothing(desk, trait):
    SAME[trait]().run(desk)
    given, expected = tables(desk.project.raw(exports.VAGUE)), tables(exports.HERE.raw(exports.VAGUE))
    for name, rows in expected.items():
        assert given[name] == rows, name


def refused(desk: Desk, case: Case) -> list[str]:
    with pytest.raises(DataRefused) as caught:
        case.run(desk)
    return [f"{fault.message}. {fault.remedy}" for fault in caught.value.faults]


def _scale(text: str) -> str:
    # Code 1 is called 10, and code 10 is called 1.
    return re.sub(
        r"<code>(\d+)</code>", lambda m: f"<code>{11 - int(m[1])}</code>" if m[1] != "0" else m[0], text
    )


def test_a_number_that_is_a_code_and_a_label_is_asked_about(desk):
    told = refused(desk, _lss(_scale))
    assert any("Code de «" in one and "recoder" in one for one in told)


def test_the_label_decides_over_the_code(desk):
    # In this form 1 is « Non » and 2 is « Oui », and codes were exported.
    case = spreadsheets()

    def coded(lines: list[list[str]]) -> list[list[str]]:
        place = lines[0].index("Poste à temps plein")
        return [
            [*row[:place], {"oui": "2", "non": "1"}.get(row[place], row[place]), *row[place + 1 :]]
            for row in lines
        ]

    case.grid("carnet.csv", coded)
    case.files["carnet_form.xlsx"] = exports.xlsx_bytes(
        {
            "survey": [["type", "name", "label"], ["select_one on", "Poste à temps plein", "Temps plein ?"]],
            "choices": [["list_name", "name", "label"], ["on", "1", "Non"], ["on", "2", "Oui"]],
        }
    )
    case.declare(
        "fichier: carnet.*\n    outil: tableur\n",
        "fichier: carnet.csv\n    outil: kobo\n    structure: carnet_form.xlsx\n",
    )
    outcome = case.run(desk)
    given, expected = tables(desk.project.raw(exports.VAGUE)), tables(exports.HERE.raw(exports.VAGUE))
    assert given["carnet_de_bord"] == expected["carnet_de_bord"]
    assert any("« 1 » → « non »" in line for line in outcome.lines)


def test_a_battery_of_absences_is_a_battery_left_out(desk):
    case = spreadsheets()
    case.declare('  "n.r.": NC\n', '  "n.r.": NC\n  "N/A": ""\n')

    def absent(lines: list[list[str]]) -> list[list[str]]:
        return [lines[0], *([*row[:11], *(cell or "N/A" for cell in row[11:])] for row in lines[1:])]

    case.grid("flash.csv", absent)
    case.run(desk)
    assert (
        tables(desk.project.raw(exports.VAGUE))["scores"] == tables(exports.HERE.raw(exports.VAGUE))["scores"]
    )


def test_a_text_that_begins_like_a_formula_is_a_text(desk):
    texts = ["=> plus de moyens", "- revoir les horaires (le soir)", "+ de liens (et d’écoute)"]
    case = spreadsheets()
    case.grid(
        "effets.csv",
        lambda lines: [
            lines[0],
            *([*row[:-1], text] for row, text in zip(lines[1:4], texts, strict=True)),
            *lines[4:],
        ],
    )
    case.run(desk)
    assert [row["resume"] for row in tables(desk.project.raw(exports.VAGUE))["effets"]][:3] == texts


def test_letters_of_an_old_system_are_refused(desk):
    case = spreadsheets()
    case.files["effets.csv"] = case.text("effets.csv").replace("’", "'").encode("cp850", errors="replace")
    assert any("Accents abîmés" in one or "Encodage" in one for one in refused(desk, case))


def test_the_heading_that_stands_lower_is_pointed_at(desk):
    told = refused(desk, _edited("flash.csv", _three_headings))
    assert len(told) == 1
    assert "entete: 3" in told[0]


def test_a_new_site_is_added_and_never_merged(desk):
    case = spreadsheets()

    def moved(lines: list[list[str]]) -> list[list[str]]:
        place = lines[0].index("Territoire")
        return [[*r[:place], r[place].replace("Grenoble", "Nouvelle-Ville"), *r[place + 1 :]] for r in lines]

    case.grid("carnet.csv", moved)
    assert any("« ajouter »" in one for one in refused(desk, case))
    case.declare(
        "reprendre: {territoires: 2020-automne}\n",
        "reprendre: {territoires: 2020-automne}\najouter:\n  territoires:\n  - {territoire: nouvelle_ville, "
        "commune: Nouvelle-Ville, departement: Loire (42), code_insee: '42218', quartier: NC, "
        "reseau: non_renseigne, recueil: telephone, longitude: '4.39', latitude: '45.43'}\n",
    )
    case.run(desk)
    written = tables(desk.project.raw(exports.VAGUE))
    assert "nouvelle_ville" in {row["territoire"] for row in written["carnet_de_bord"]}
    assert len(written["territoires"]) == 16


def test_two_answers_for_one_site_are_put_together_as_the_mapping_says(desk):
    case = spreadsheets()

    def twice(lines: list[list[str]]) -> list[list[str]]:
        notes = lines[0].index("Les acteurs du quartier coopèrent")
        second = [*lines[1][:notes], *[""] * (len(lines[0]) - notes)]
        second[lines[0].index("Répondant.e")] = "quelqu’un d’autre"
        second[lines[0].index("Temps consacré à l’animation")] = "0,0"
        return [*lines, second]

    case.grid("carnet.csv", twice)
    (told, *_) = refused(desk, case)
    assert "reunir" in told
    assert "Supprimez" not in told
    case.declare("      carnet_de_bord:\n", "      carnet_de_bord:\n        reunir: {etp: somme}\n")
    assert any("diffèrent : repondant" in one for one in refused(desk, case))
    case.declare("reunir: {etp: somme}", "reunir: {etp: somme, repondant: premier}")
    case.run(desk)
    given, expected = tables(desk.project.raw(exports.VAGUE)), tables(exports.HERE.raw(exports.VAGUE))
    assert given["carnet_de_bord"] == expected["carnet_de_bord"]


def test_the_notes_of_a_second_animateur_are_kept(desk):
    case = spreadsheets()

    def twice(lines: list[list[str]]) -> list[list[str]]:
        second = list(lines[1])
        second[lines[0].index("Répondant.e")] = "quelqu’un d’autre"
        second[lines[0].index("Temps consacré à l’animation")] = "0,5"
        shared = "Une fonction partagée entre plusieurs professionnel.les"
        second[lines[0].index("Configuration de l’animation")] = shared
        return [*lines, second]

    case.grid("carnet.csv", twice)
    case.declare(
        "      carnet_de_bord:\n",
        "      carnet_de_bord:\n        reunir: {etp: somme, repondant: premier, configuration: dernier}\n",
    )
    case.run(desk)
    given = tables(desk.project.raw(exports.VAGUE))
    notes = [r for r in given["scores"] if (r["groupe"], r["territoire"]) == ("animateurs", "grenoble")]
    assert len({note["repondant"] for note in notes}) == 2
    (carnet,) = (r for r in given["carnet_de_bord"] if r["territoire"] == "grenoble")
    assert (carnet["etp"], carnet["configuration"]) == ("1.5", "partage")


def test_rows_left_aside_are_counted(desk):
    case = spreadsheets()
    case.grid(
        "flash.csv",
        lambda lines: [[*lines[0], "Statut"], *([*row, "vrai"] for row in lines[1:]), [*lines[1], "essai"]],
    )
    case.declare(
        "fichier: flash.*\n    outil: tableur\n    ignorer: [Nom, Courriel]",
        "fichier: flash.*\n    outil: tableur\n    garder: {Statut: [vrai]}\n    ignorer: [Nom, Courriel]",
    )
    told = "\n".join(case.run(desk).lines)
    assert "1\N{NO-BREAK SPACE}ligne laissée de côté sur 37" in told


def test_a_draft_is_not_sure_of_one_battery_of_two(desk):
    items = ["Les acteurs du quartier coopèrent", "La vie associative du quartier est dynamique"]
    heading = ["Territoire", *(f"{when} [{item}]" for when in ("Avant", "Aujourd’hui") for item in items)]
    desk.receive({"flash.csv": exports.csv_bytes([heading, ["Grenoble", "1", "2", "3", "4"]])})
    draft = propose(desk.project, [desk.exports / "flash.csv"], exports.VAGUE).mapping
    (source,) = draft["sources"]
    rules = [r for block in source["tables"].values() for r in block["colonnes"].values() if "colonne" in r]
    rules += source["tables"].get("scores", {}).get("empiler", {}).get("depuis", {}).values()
    (first, second) = (
        next(r for r in rules if isinstance(r, dict) and f"[{item}]" in r.get("colonne", ""))
        for item in items
    )
    for rule in (first, second):
        assert rule["a_confirmer"] == "oui"
        assert "ou «" in rule["remarque"]


def test_an_address_in_a_column_of_days_is_refused_and_not_quoted(desk):
    case = spreadsheets()
    case.edit("carnet.csv", lambda text: text.replace("01/09/2021", "quelquun@example.org", 1))
    with pytest.raises(DataRefused) as caught:
        case.run(desk)
    told = "\n".join(map(str, caught.value.faults))
    assert "adresse électronique" in told
    assert "quelquun" not in told
