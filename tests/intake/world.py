"""A small set of right exports, one tool each, in a project of its own: to be spoilt at will."""

import csv
import io
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import xlsxwriter

from atc.intake.importing import import_wave
from atc.intake.persons import DEMONSTRATION_KEY
from atc.survey.errors import AtcError, DataRefused
from atc.survey.paths import Project

HERE = Path(__file__).resolve().parents[2]
VAGUE = "2021-automne"
# For these tests only: a demonstration, which guards nothing.
KEY = b"cle de demonstration des essais, 0123456789abcdef"

Rows = list[list[object]]

LISTE: Rows = [
    ["Jeton", "Site", "Fonction"],
    ["tok-dp-gilles", "Saint-Gilles", "Délégué·e du préfet"],
    ["tok-ville-grenoble", "Grenoble", "Ville"],
    ["tok-interco-avignon", "Avignon", "Intercommunalité"],
]

FLASH: Rows = [
    list(line.split("|"))
    for line in (
        "id|submitdate|lastpage|token|Q3|Q4[SQ001]|Q4[SQ002]|Q4[SQ003]|Q4[SQ004]|Q4[other]|Q5[C]|Q5[V]|Site",
        "1|2021-09-03 10:12:00|6|tok-dp-gilles|A1|Y||Y|||7|10|Saint-Gilles",
        "2|2021-09-04 11:00:00|6|tok-interco-avignon|A3||Y|||vélo|3|NSP|AVIGNON",
    )
]

CARNET: Rows = [
    list(line.split("|"))
    for line in (
        (
            "start|end|poste/nom_site|poste/courriel|poste/debut|poste/contrat|poste/plein|poste/profil"
            "|poste/quartier|poste/etp|poste/qui|poste/soutien1|poste/soutien2|pilotage/instances"
            "|pilotage/reunions|pilotage/janvier|pilotage/membres|pilotage/themes|pilotage/coop|pilotage/asso"
            "|_id|_uuid|_submission_time"
        ),
        (
            "2021-09-01T10:00:00|2021-09-01T10:20:00|saint gilles|a.b@exemple.org|01/10/2019|cdd|oui"
            "|animation_mediation|NSP|1|seul|fort|faible|unique|4|2|institutionnels associations|cadre_de_vie"
            "|5|6|1|uuid-1|2021-09-01T10:21:00"
        ),
        (
            "2021-09-02T10:00:00|2021-09-02T10:20:00|Grenoble|c.d@exemple.org|02/03/2020|CDI|non|autre|non|0,5"
            "|partage|moyen||plusieurs|0|0|institutionnels|autres|1|-|2|uuid-2|2021-09-02T10:21:00"
        ),
    )
]

_SHEETS = {
    "Entretiens": (
        "N°|Site|Recueil|Nature|Fonction",
        "E-001|Saint-Gilles|Monographie|Entretien|Animateur.trice",
        "E-002|Avignon|Monographie|Entretien|Habitant.e",
    ),
    "Modèles": (
        "Site|Modèle|Second|Portage|Organisation|Profil|Besoins|Institutions",
        "Saint-Gilles|participation|Sans objet|binome|majoritaire|oui|non|non",
    ),
    "Légitimités": (
        "Réseau|Légitimité|Appui|Reste",
        "fcsf|acquise|Un métier reconnu.|Se faire connaître, au-delà du quartier.",
    ),
    "Effets": (
        "N°|Site|Type|Appui|Associations|Résumé",
        "F-001|Grenoble|inter_associatif|non|6|Des associations se retrouvent.",
    ),
    "Citations": (
        "N°|Qui|Fonction|Chapitre|Idée|Texte|Nature|Relu",
        "V-001|Habitante rencontrée le 3|habitant|premiers_effets|Ouvrir|On se parle.|paraphrase|non",
    ),
}
SHEETS: dict[str, Rows] = {
    name: [[int(cell) if cell == "6" else cell for cell in line.split("|")] for line in lines]
    for name, lines in _SHEETS.items()
}

MAPPING = (Path(__file__).parent / "world.yml").read_text(encoding="utf-8")


def csv_text(
    rows: Sequence[Sequence[object]], separator: str = ";", *, quoted: bool = False, end: str = "\r\n"
) -> str:
    """Rows as a CSV text."""
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)
    return text.getvalue()


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]], **options: object) -> bytes:
    """Rows as an .xlsx; texts stay texts."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, **options}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    sheet.write(r, c, value)
    return file.getvalue()


class Outcome(NamedTuple):
    """What an import says, and whether it changed anything."""

    lines: list[str]
    changed: bool


class Desk:
    """An evaluator's machine: a project with the wave of 2020; exports, a mapping and the key outside it."""

    secret = DEMONSTRATION_KEY

    def __init__(self, root: Path) -> None:
        self.project = Project(root / "projet")
        self.exports = root / "exports"
        self.exports.mkdir(parents=True)
        for name in ("data/dictionary", "data/raw/2020-automne"):
            shutil.copytree(HERE / name, self.project.root / name)
        shutil.copyfile(HERE / "report.toml", self.project.settings_file)
        self.mapping = root / "correspondance.yml"
        self.key = root / "cle"
        self.key.write_bytes(self.secret)
        self.key.chmod(0o600)

    def receive(self, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            (self.exports / name).write_bytes(content)

    def run(self, *, replace: bool = False, files: Sequence[Path] | None = None) -> Outcome:
        found = tuple(files) if files is not None else tuple(sorted(self.exports.iterdir()))
        return Outcome(*import_wave(self.project, VAGUE, found, self.mapping, self.key, replace=replace))


class World(Desk):
    """The exports above, and their mapping."""

    secret = KEY

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        settings = (HERE / "report.toml").read_text(encoding="utf-8")
        if f"[vagues.{VAGUE}]" not in settings:
            settings += (
                f'\n[vagues.{VAGUE}]\nlibelle = "Vague"\nrapport = "Rapport"\nprecaution = ""\n'
                'date = 2021-12-15\npublie = false\nprecedente = "2020-automne"\n'
            )
            self.project.settings_file.write_text(settings, encoding="utf-8")
        self.mapping.write_text(MAPPING, encoding="utf-8")
        self.write("liste.csv", csv_text(LISTE).encode("cp1252"))
        self.write("flash.csv", b"\xef\xbb\xbf" + csv_text(FLASH, quoted=True).encode() + b"\r\n")
        self.write("carnet.csv", csv_text(CARNET).encode())
        self.write("terrain.xlsx", workbook(SHEETS))

    @property
    def raw(self) -> Path:
        return self.project.raw(VAGUE)

    def path(self, name: str) -> Path:
        return self.exports / name

    def write(self, name: str, content: bytes) -> None:
        self.path(name).write_bytes(content)

    def edit(self, name: str, change: Callable[[bytes], bytes]) -> None:
        before = self.path(name).read_bytes()
        after = change(before)
        assert after != before, f"nothing changed in {name}"
        self.write(name, after)

    def edit_mapping(self, old: str, new: str) -> None:
        text = self.mapping.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in the mapping"
        self.mapping.write_text(text.replace(old, new, 1), encoding="utf-8")

    def refusal(self) -> list[str]:
        """What the import says when it refuses, one line for each fault; it must write nothing."""
        before = self.snapshot()
        try:
            self.run()
        except DataRefused as refused:
            told = [str(fault) for fault in refused.faults]
        except AtcError as error:
            told = [str(error)]
        else:
            told = []
        assert self.snapshot() == before or not told, "something was written"
        return told

    def snapshot(self) -> dict[str, bytes]:
        root = self.project.root
        return {str(p.relative_to(root)): p.read_bytes() if p.is_file() else b"" for p in root.rglob("*")}
