"""A valid wave small enough to be read at a glance, in a project of its own, to be spoilt at will."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from atc.survey.dictionary import load_dictionary
from atc.survey.errors import DataRefused, Fault
from atc.survey.paths import Project
from atc.survey.validation import validate_wave

VAGUE = "2020-automne"
FOLDER = f"data/raw/{VAGUE}"
HERE = Path(__file__).resolve().parents[3]

TABLES = {
    "territoires": """\
territoire,commune,departement,code_insee,quartier,reseau,recueil,longitude,latitude
saint_gilles,Saint-Gilles,Gard (30),30258,Sabatot,fcsf,monographie,4.43,43.68
grenoble,Grenoble,Isère (38),38185,NC,cnlrq,monographie,5.72,45.19
avignon,Avignon,Vaucluse (84),84007,,non_renseigne,telephone,4.81,43.95
""",
    "carnet_de_bord": """\
territoire,repondant,debut_contrat,contrat,temps_plein,profil,issu_du_quartier,etp,configuration,\
soutien_demarrage,soutien_actuel,instances,reunions_pilotage,reunions_janvier_2020,\
instance_institutionnels,instance_associations,instance_participation,theme_engagement_citoyen,\
theme_solidarite_alimentaire,theme_cadre_de_vie,theme_reussite_educative,theme_femmes_espace_public,\
theme_autres
saint_gilles,A-000001,2019-10-01,cdd,oui,doctorat,NSP,1,seul,fort,faible,unique,4,2,\
oui,oui,non,oui,non,non,non,non,non
grenoble,A-000002,2020-03-02,cdi,non,autre,non,0.5,partage,moyen,,plusieurs,0,0,\
oui,non,non,non,oui,non,non,non,oui
""",
    "questionnaire_flash": """\
repondant,territoire,role,repondu,posture,frein_saturation,frein_crise_sanitaire,frein_elections,frein_objet_flou
R-000001,saint_gilles,dp,oui,soutien,oui,oui,non,NSP
R-000002,grenoble,ville,non,,,,,
R-000003,avignon,intercommunalite,oui,reserve,non,oui,non,non
""",
    "scores": """\
repondant,groupe,territoire,periode,item,score
R-000001,institutionnels,saint_gilles,avant,cooperation,3
R-000001,institutionnels,saint_gilles,avant,confiance,NSP
R-000003,institutionnels,avignon,avant,cooperation,10
A-000001,animateurs,saint_gilles,avant,cooperation,5
A-000002,animateurs,grenoble,avant,cooperation,1
""",
    "entretiens": """\
entretien,territoire,recueil,nature,fonction
E-001,saint_gilles,monographie,entretien,animateur
E-002,grenoble,monographie,observation,instance
E-003,avignon,telephone,entretien,animateur
""",
    "positionnements": """\
territoire,modele_principal,modele_secondaire,portage,organisation,facteur_profil,facteur_besoins,facteur_institutions
saint_gilles,participation,SO,binome,majoritaire,oui,non,non
grenoble,coordination,dynamisation,triumvirat,atypique,oui,oui,non
""",
    "legitimites": """\
reseau,legitimite,appui,reste_a_gagner
fcsf,acquise,Un métier reconnu.,"Se faire connaître, au-delà du quartier."
""",
    "effets": """\
effet,territoire,type,appui_conseil_citoyen,associations,resume
F-001,grenoble,inter_associatif,non,6,"Des associations se retrouvent, et partagent un stock."
""",
    "verbatims": """\
verbatim,locuteur,fonction,chapitre,idee,texte,nature,relu,relu_par,relu_le,relu_pour
V-001,L-000001,animateur,jeux_d_acteurs,Accueil,J’ai d’abord écouté.,paraphrase,oui,NA,2020-11-30,public
V-002,L-000002,habitant,premiers_effets,Ouvrir,"Dire « oui », c’est déjà beaucoup.",paraphrase,non,SO,SO,SO
""",
}


class SmallWave:
    """A project in a temporary folder, whose files may be changed one by one."""

    def __init__(self, root: Path, tables: dict[str, bytes] | None = None) -> None:
        self.root = root
        self.project = Project(root)
        self.raw = self.project.raw(VAGUE)
        self.raw.mkdir(parents=True)
        shutil.copytree(HERE / "data" / "dictionary", self.project.dictionary)
        shutil.copy(HERE / "report.toml", self.project.settings_file)
        for name, content in (tables or {n: t.encode() for n, t in TABLES.items()}).items():
            (self.raw / f"{name}.csv").write_bytes(content)
        self.describe()

    def file(self, name: str) -> Path:
        """A file of the wave, by the name of its table or its own."""
        return self.raw / (name if "." in name else f"{name}.csv")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change one passage of a file, which must be there, and mend its hash."""
        text = self.file(name).read_bytes().decode()
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new, 1).encode())

    def write(self, name: str, content: bytes) -> None:
        """Put other bytes in a file, and mend its hash."""
        self.file(name).write_bytes(content)
        self.describe()

    def describe(self) -> None:
        """Write a datapackage.json that agrees with the files."""
        resources = [
            {
                "name": table.name,
                "path": f"{table.name}.csv",
                "hash": f"sha256:{hashlib.sha256(self.file(table.name).read_bytes()).hexdigest()}",
                "collecte": {"libelle": "été 2020"},
                "statuts": dict.fromkeys(table.fields, "simulé"),
            }
            for table in load_dictionary(self.project)
        ]
        self.write_package(
            {
                "vague": VAGUE,
                "title": "Petite vague",
                "version": "1",
                "licenses": [{"title": "Licence Ouverte 2.0"}],
                "resources": resources,
            }
        )

    @property
    def package(self) -> dict:
        """The description, as JSON."""
        return json.loads(self.file("datapackage.json").read_text(encoding="utf-8"))

    def write_package(self, package: dict) -> None:
        """Write another description."""
        text = json.dumps(package, ensure_ascii=False, indent=1)
        self.file("datapackage.json").write_text(text, encoding="utf-8")

    def faults(self) -> list[Fault]:
        """Every fault of the wave; none when it is accepted."""
        try:
            validate_wave(self.project, VAGUE)
        except DataRefused as refused:
            return list(refused.faults)
        return []
