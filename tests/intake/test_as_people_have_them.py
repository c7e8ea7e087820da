"""Exports with the traits that people's tools give them: the same wave, or a refusal that says what to do."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable

import pytest
from babel.dates import get_month_names
from intake import exports, form_tools
from intake.test_three_tools import MAPPINGS
from intake.world import Desk

from atc.intake.proposal import propose
from atc.survey.errors import DataRefused

WAVE = exports.tables()
Form = dict[str, list[list[object]]]


class Case:
    """Exports and their mapping, as texts that a trait changes."""

    def __init__(self, files: dict[str, bytes], mapping: str) -> None:
        self.files = files
        self.mapping = (MAPPINGS / f"{mapping}.yml").read_text(encoding="utf-8")
        self.told = ""

    def text(self, name: str) -> str:
        untouched = self.files[name] == exports.csv_files().get(name)
        return self.files[name].decode("cp1252" if untouched else "utf-8-sig")

    def edit(self, name: str, pattern: str, text: str | Callable[[re.Match[str]], str]) -> Case:
        """Replace each passage of a file."""
        before = self.text(name)
        self.files[name] = re.sub(pattern, text, before).encode()
        assert self.files[name] != before.encode()
        return self

    def grid(self, name: str, change: Callable[[list[list[str]]], list[list[str]]]) -> Case:
        lines = [line for line in csv.reader(io.StringIO(self.text(name), newline=""), delimiter=";") if line]
        self.files[name] = exports.csv_bytes(change(lines))
        return self

    def column(self, name: str, heading: str, change: Callable[[str], str]) -> Case:
        """Change each answer to a question."""

        def changed(lines: list[list[str]]) -> list[list[str]]:
            at = lines[0].index(heading)
            return [lines[0], *([*row[:at], change(row[at]), *row[at + 1 :]] for row in lines[1:])]

        return self.grid(name, changed)

    def again(self, name: str, cells: dict[str, str]) -> Case:
        """The first answer once more, by somebody else."""
        return self.grid(
            name, lambda lines: [*lines, [cells.get(h, c) for h, c in zip(*lines[:2], strict=True)]]
        )

    def declare(self, old: str, new: str) -> Case:
        assert old in self.mapping
        self.mapping = self.mapping.replace(old, new)
        return self

    def rename(self, name: str, pattern: str) -> Case:
        self.files[name] = self.files.pop("flash.csv")
        return self.declare("fichier: flash.*", f'fichier: "{pattern}"')

    def form(self, change: Callable[[Form], Form]) -> Case:
        for name, table in form_tools.SURVEYS.items():
            self.files[f"{name}_xlsform.xlsx"] = exports.xlsx_bytes(change(form_tools.xlsform(table)))
        return self

    def run(self, desk: Desk) -> dict[str, list[dict[str, str]]]:
        """The tables that come out."""
        desk.receive(self.files)
        desk.mapping.write_text(self.mapping, encoding="utf-8")
        self.told = "\n".join(desk.run(replace=True).lines)
        return exports.tables(desk.project)

    def refused(self, desk: Desk) -> list[str]:
        with pytest.raises(DataRefused) as caught:
            self.run(desk)
        return [str(fault) for fault in caught.value.faults]


def sheets() -> Case:
    return Case(exports.csv_files(), "tableur_csv")


def kobo(*, labels: bool = False) -> Case:
    return Case(form_tools.files(form_tools.kobo("liste", labels=labels)), "kobotoolbox")


def limesurvey(shape: str = "code") -> Case:
    return Case(form_tools.files(form_tools.limesurvey(shape, shape)), "limesurvey")


def _structure(case: Case, change: Callable[[str], str]) -> Case:
    for name in ("flash.lss", "carnet.lss"):
        case.files[name] = change(case.files[name].decode()).encode()
    return case


def _bilingual(text: str) -> str:
    # English stands first, and French is the language of the survey.
    base = "<surveys><rows><row><language>fr</language></row></rows></surveys>"
    text = text.replace("<questions>", f"{base}<questions>")
    for section, column in (("question_l10ns", "question"), ("answer_l10ns", "answer")):
        start, rest = text.split(f"<{section}><rows>")
        rows, end = rest.split(f"</rows></{section}>")
        english = re.sub(rf"<{column}>.*?</{column}>", f"<{column}>In English</{column}>", rows)
        english = english.replace("<language>fr<", "<language>en<")
        text = f"{start}<{section}><rows>{english}{rows}</rows></{section}>{end}"
    return text


def _cells(change: Callable[[str], str]) -> Callable[[Form], Form]:
    return lambda form: {n: [[change(str(cell)) for cell in row] for row in rows] for n, rows in form.items()}


def _second_language(form: Form) -> Form:
    for rows in (form["survey"], form["choices"]):
        for rank, row in enumerate(rows):
            row.insert(2, "label::English (en)" if not rank else "English" if row[2] else "")
    return form


def _noted(form: Form) -> Form:
    return form | {
        "survey": [[*row, "" if not rank else "à revoir"] for rank, row in enumerate(form["survey"])]
    }


MONTHS = ("", *get_month_names("wide", locale="fr").values())
HISTORICAL = {"select_multiple": "select all that apply from", "list_name": "List Name"}
_historical = _cells(lambda cell: re.sub("|".join(HISTORICAL), lambda m: HISTORICAL[m[0]], cell))
# A moment instead of a day, a year of two digits, points and an hour of twelve, words.
DAYS = ("{0}/{1}/{2} 14:30:00", "{0}/{1}/{3}", "{0}.{1}.{2} 2:30:00 PM", "{4} {5} {2}")


def _written(case: Case) -> Case:
    days, numbers = itertools.cycle(DAYS), itertools.cycle((";{0}0 %", ";'{1},{2}"))
    case.edit(
        "carnet.csv",
        r"(\d\d)/(\d\d)/(\d{4})",
        lambda m: next(days).format(m[1], m[2], m[3], m[3][2:], int(m[1]), MONTHS[int(m[2])]),
    )
    return case.edit(
        "carnet.csv", r";(\d),(\d)(?=;)", lambda m: next(numbers).format(int(m[1] + m[2]), m[1], m[2])
    )


SAME: dict[str, Callable[[], Case]] = {
    "days and numbers as people write them": lambda: _written(sheets()),
    "headings in capitals, without accents, with signs and other apostrophes": lambda: (
        sheets()
        .edit("carnet.csv", "Type de contrat", "TYPE DE CONTRAT :")
        .edit("carnet.csv", "Début du", "debut du")
        .edit("carnet.csv", "’", "'")
    ),
    "bars between columns": lambda: (
        sheets()
        .edit("flash.csv", r"[|;]", lambda m: {"|": "/", ";": "|"}[m[0]])
        .declare("fichier: flash.*\n", 'fichier: flash.*\n    separateur: "|"\n')
    ),
    "sep=; saved again, characters that nobody sees, one separator more, accents in two characters": lambda: (
        sheets()
        .edit("flash.csv", r"\A", "sep=;;;;;;\r\n")
        .edit("flash.csv", "Roubaix", "Rou\u200bbaix")
        .edit("flash.csv", "Grenoble", "Grenoble\ufeff")
        .edit("carnet.csv", r"(?<=\n)(.+)\r", r"\1;\r")
        .rename("re\u0301ponses.csv", "réponses.csv")
    ),
    "a second download": lambda: sheets().rename("flash[1].csv", "flash[1].csv"),
    "two columns of one name": lambda: (
        sheets().edit("effets.csv", "(?m)^(.*)\r$", r"\1;Note;Note\r").declare(
            "fichier: effets.csv\n    outil: tableur\n",
            'fichier: effets.csv\n    outil: tableur\n    ignorer: [Note, "Note (2)"]\n',
        )
    ),
    "LimeSurvey: two languages and timings": lambda: _structure(limesurvey(), _bilingual).grid(
        "flash_reponses.csv",
        lambda lines: [
            [*row, *(["1", "2", "3"] if rank else ["groupTime12", "POSTTime", "interviewtime"])]
            for rank, row in enumerate(lines)
        ],
    ),
    "LimeSurvey: two languages, exported in words": lambda: _structure(limesurvey("texte"), _bilingual),
    "Kobo: historical spellings, capital sheets, a column of notes without a name": lambda: kobo().form(
        lambda form: {name.upper(): rows for name, rows in _historical(_noted(form)).items()}
    ),
    "Kobo: or_other": lambda: kobo().form(
        _cells(lambda cell: re.sub("^(select_multiple.*)", r"\1 or_other", cell))
    ),
    "Kobo: French is the second language": lambda: kobo(labels=True).form(_second_language),
    "Kobo: groups parted by a point": lambda: kobo().grid(
        "carnet_reponses.csv", lambda lines: [[name.replace("/", ".") for name in lines[0]], *lines[1:]]
    ),
    "N/A where a battery was left out": lambda: (
        sheets()
        .declare('  "n.r.": NC\n', '  "n.r.": NC\n  "N/A": ""\n')
        .grid("flash.csv", lambda lines: [[*x[:11], *(cell or "N/A" for cell in x[11:])] for x in lines])
    ),
}  # fmt: skip


@pytest.mark.parametrize("trait", SAME)
def test_a_trait_of_the_tool_changes_nothing(desk, trait):
    assert SAME[trait]().run(desk) == WAVE


def test_a_number_that_is_a_code_and_a_label_is_asked_about(desk):
    # Code 1 is called 10, and code 10 is called 1.
    def scale(text: str) -> str:
        return re.sub(r"<code>(10|[1-9])</code>", lambda m: f"<code>{11 - int(m[1])}</code>", text)

    told = _structure(limesurvey(), scale).refused(desk)
    assert any("Code de «" in one and "recoder" in one for one in told)


def test_the_label_decides_over_the_code(desk):
    # In this form 1 is « Non » and 2 is « Oui », and codes were exported.
    case = sheets().column("carnet.csv", "Poste à temps plein", lambda x: {"oui": "2", "non": "1"}.get(x, x))
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
    assert case.run(desk)["carnet_de_bord"] == WAVE["carnet_de_bord"]
    assert "« 1 » → « non »" in case.told


def test_signs_tell_answers_apart(desk):
    question = "Nombre d’instances de pilotage"
    case = sheets().column("carnet.csv", question, {"Plusieurs": "+ de 1", "Une seule": "- de 1"}.get)
    case.declare(f'"{question}"', f'{{colonne: "{question}", recoder: {{"+ DE 1": plusieurs}}}}')
    assert {re.search("trouvé : « (.*?) »", one)[1] for one in case.refused(desk)} == {"- de 1"}
    case.declare("plusieurs}", 'plusieurs, "- de 1": unique}')
    assert case.run(desk)["carnet_de_bord"] == WAVE["carnet_de_bord"]


def test_a_text_that_begins_like_a_formula_is_a_text(desk):
    texts = ["=> plus de moyens", "- revoir les horaires (le soir)", "+ de liens (et d’écoute)"]
    said = iter(texts)
    written = sheets().column("effets.csv", "Résumé", lambda text: next(said, text)).run(desk)
    assert [row["resume"] for row in written["effets"]][:3] == texts


def test_letters_of_an_old_system_are_refused(desk):
    case = sheets()
    text = case.files["effets.csv"].decode("cp1252").replace("’", "'")
    case.files["effets.csv"] = text.encode("cp850", errors="replace")
    assert any("Accents abîmés" in one or "Encodage" in one for one in case.refused(desk))


def test_the_heading_that_stands_lower_is_pointed_at(desk):
    def titled(lines: list[list[str]]) -> list[list[str]]:
        return [[title, *[""] * (len(lines[0]) - 1)] for title in ("Questionnaire flash", "Section")] + lines

    (told,) = sheets().grid("flash.csv", titled).refused(desk)
    assert "entete: 3" in told


def test_a_new_site_is_added_and_never_merged(desk):
    case = sheets().column("carnet.csv", "Territoire", lambda x: x.replace("Grenoble", "Nouvelle-Ville"))
    assert any("« ajouter »" in one for one in case.refused(desk))
    case.declare(
        "reprendre: {territoires: 2020-automne}\n",
        "reprendre: {territoires: 2020-automne}\najouter:\n  territoires:\n  - {territoire: nouvelle_ville, "
        "commune: Nouvelle-Ville, departement: Loire (42), code_insee: '42218', quartier: NC, "
        "reseau: non_renseigne, recueil: telephone, longitude: '4.39', latitude: '45.43'}\n",
    )
    written = case.run(desk)
    assert "nouvelle_ville" in {row["territoire"] for row in written["carnet_de_bord"]}
    assert len(written["territoires"]) == 16


CARNET = "      carnet_de_bord:\n"
SOMEBODY = {"Répondant.e": "quelqu’un d’autre"}


def test_two_answers_for_one_site_are_put_together_as_the_mapping_says(desk):
    case = sheets()
    answered = {question.text: "" for question in exports.questions("carnet_de_bord") if question.item}
    case.again("carnet.csv", {**answered, **SOMEBODY, "Temps consacré à l’animation": "0,0"})
    (told, *_) = case.refused(desk)
    assert "reunir" in told
    assert "Supprimez" not in told
    case.declare(CARNET, f"{CARNET}        reunir: {{etp: somme}}\n")
    assert any("diffèrent : repondant" in one for one in case.refused(desk))
    case.declare("reunir: {etp: somme}", "reunir: {etp: somme, repondant: premier}")
    assert case.run(desk)["carnet_de_bord"] == WAVE["carnet_de_bord"]


def test_the_notes_of_a_second_animateur_are_kept(desk):
    shared = "Une fonction partagée entre plusieurs professionnel.les"
    cells = {**SOMEBODY, "Temps consacré à l’animation": "0,5", "Configuration de l’animation": shared}
    how = "{etp: somme, repondant: premier, configuration: dernier}"
    case = sheets().again("carnet.csv", cells).declare(CARNET, f"{CARNET}        reunir: {how}\n")
    given = case.run(desk)
    notes = [r for r in given["scores"] if (r["groupe"], r["territoire"]) == ("animateurs", "grenoble")]
    assert len({note["repondant"] for note in notes}) == 2
    (carnet,) = (r for r in given["carnet_de_bord"] if r["territoire"] == "grenoble")
    assert (carnet["etp"], carnet["configuration"]) == ("1.5", "partage")


def test_rows_left_aside_are_counted(desk):
    case = sheets().again("flash.csv", {})
    case.grid(
        "flash.csv",
        lambda lines: [[*lines[0], "Statut"], *([*x, "vrai"] for x in lines[1:-1]), [*lines[-1], "?"]],
    )
    ignored = "    ignorer: [Nom, Courriel]"
    source = "fichier: flash.*\n    outil: tableur\n"
    case.declare(source + ignored, f"{source}    garder: {{Statut: [vrai]}}\n{ignored}").run(desk)
    assert "1\N{NO-BREAK SPACE}ligne laissée de côté sur 37" in case.told


def test_a_draft_is_not_sure_of_one_battery_of_two(desk):
    items = ["Les acteurs du quartier coopèrent", "La vie associative du quartier est dynamique"]
    heading = ["Territoire", *(f"{when} [{item}]" for when in ("Avant", "Aujourd’hui") for item in items)]
    desk.receive({"flash.csv": exports.csv_bytes([heading, ["Grenoble", "1", "2", "3", "4"]])})
    (source,) = propose(desk.project, [desk.exports / "flash.csv"], exports.VAGUE).mapping["sources"]
    rules = [r for block in source["tables"].values() for r in block["colonnes"].values() if "colonne" in r]
    rules += source["tables"].get("scores", {}).get("empiler", {}).get("depuis", {}).values()
    said = [rule for rule in rules if isinstance(rule, dict)]
    for item in items:
        rule = next(rule for rule in said if f"[{item}]" in rule.get("colonne", ""))
        assert rule["a_confirmer"] == "oui"
        assert "ou «" in rule["remarque"]


def test_an_address_in_a_column_of_days_is_refused_and_not_quoted(desk):
    told = "\n".join(sheets().edit("carnet.csv", "01/09/2021", "quelquun@example.org").refused(desk))
    assert "adresse électronique" in told
    assert "quelquun" not in told
