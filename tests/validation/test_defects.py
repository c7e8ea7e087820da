"""One fault each, in a wave that is right otherwise: the exact place, words and remedy of the refusal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from validation.small_wave import FOLDER, SmallWave

from atc.errors import Fault


@dataclass(frozen=True)
class Defect:
    """A passage of a file replaced by another, and the faults that it must give.

    A fault is ``(table, line, column, value, message, remedy)``.
    """

    name: str
    table: str
    old: str
    new: str
    faults: list[tuple[str, int, str, str, str, str]]

    @property
    def expected(self) -> list[Fault]:
        return [Fault(f"{FOLDER}/{table}.csv", *rest) for table, *rest in self.faults]


OR_CODES = " ; codes d’absence : NSP, NC, SO"
OR_EMPTY = ", ou laissez la cellule vide (codes d’absence admis : NSP, NC, SO)"

DEFECTS = [
    Defect(
        "misspelt heading",
        "scores",
        "groupe",
        "Groupe",
        [
            ("scores", 1, "groupe", "Groupe", "Nom de colonne mal écrit", "Écrivez exactement « groupe »"),
        ],
    ),
    Defect(
        "heading with a no-break space",
        "scores",
        "groupe",
        "groupe\xa0",
        [
            (
                "scores",
                1,
                "groupe",
                "groupe[insécable]",
                "Nom de colonne mal écrit",
                "Écrivez exactement « groupe »",
            ),
        ],
    ),
    Defect(
        "renamed heading",
        "scores",
        "score\n",
        "note\n",
        [
            (
                "scores",
                1,
                "note",
                "",
                "Colonne inconnue du dictionnaire",
                "Supprimez-la, ou décrivez-la dans data/dictionary/scores.json",
            ),
            ("scores", 1, "score", "", "Colonne absente", "Ajoutez la colonne « score » (Note)"),
        ],
    ),
    Defect(
        "missing column",
        "positionnements",
        ",portage",
        "",
        [
            (
                "positionnements",
                1,
                "portage",
                "",
                "Colonne absente",
                "Ajoutez la colonne « portage » (Portage institutionnel)",
            ),
            (
                "positionnements",
                2,
                "",
                "saint_gilles,participation,SO,binome,majoritaire,oui,non,non",
                "Toutes les lignes ont 8\xa0cellules, alors que l\u2019en-t\xeate en compte 7",
                "Ajoutez ou retirez des virgules ; un texte qui en contient se met entre guillemets",
            ),
        ],
    ),
    Defect(
        "extra column",
        "entretiens",
        "fonction\nE-001,saint_gilles,monographie,entretien,animateur\nE-002,grenoble,monographie,observation,instance\nE-003,avignon,telephone,entretien,animateur",
        "fonction,courriel\nE-001,saint_gilles,monographie,entretien,animateur,\nE-002,grenoble,monographie,observation,instance,\nE-003,avignon,telephone,entretien,animateur,x",
        [
            (
                "entretiens",
                1,
                "courriel",
                "",
                "Colonne inconnue du dictionnaire",
                "Supprimez-la, ou décrivez-la dans data/dictionary/entretiens.json",
            ),
        ],
    ),
    Defect(
        "repeated column",
        "scores",
        "groupe,",
        "groupe,groupe,",
        [
            ("scores", 1, "groupe", "", "Colonne en double", "Gardez-en une seule"),
            (
                "scores",
                2,
                "",
                "R-000001,institutionnels,saint_gilles,avant,cooperation,3",
                "Toutes les lignes ont 6\xa0cellules, alors que l\u2019en-t\xeate en compte 7",
                "Ajoutez ou retirez des virgules ; un texte qui en contient se met entre guillemets",
            ),
        ],
    ),
    Defect(
        "column without a name",
        "entretiens",
        "nature",
        "",
        [
            (
                "entretiens",
                1,
                "",
                "",
                "La colonne n° 4 n’a pas de nom",
                "Donnez-lui son nom, ou supprimez-la",
            ),
            ("entretiens", 1, "nature", "", "Colonne absente", "Ajoutez la colonne « nature » (Nature)"),
        ],
    ),
    Defect(
        "no heading at all",
        "entretiens",
        "entretien,territoire,recueil,nature,fonction\n",
        "",
        [
            (
                "entretiens",
                1,
                "",
                "E-001,saint_gilles,monographie,entretien,animateur",
                "La première ligne n’est pas l’en-tête attendu",
                (
                    "Mettez en première ligne les noms des colonnes : "
                    "entretien,territoire,recueil,nature,fonction"
                ),
            ),
        ],
    ),
    Defect(
        "decimal comma without quotes",
        "carnet_de_bord",
        "0.5",
        "0,5",
        [
            (
                "carnet_de_bord",
                3,
                "",
                "grenoble,A-000002,2020-03-02,cdi,non,autre,non,0,5,partage,…",
                "24\xa0cellules, alors que l\u2019en-t\xeate en compte 23",
                "Ajoutez ou retirez des virgules ; un texte qui en contient se met entre guillemets",
            ),
        ],
    ),
    Defect(
        "one cell too few",
        "entretiens",
        ",observation",
        "",
        [
            (
                "entretiens",
                3,
                "",
                "E-002,grenoble,monographie,instance",
                "4\xa0cellules, alors que l\u2019en-t\xeate en compte 5",
                "Ajoutez ou retirez des virgules ; un texte qui en contient se met entre guillemets",
            ),
        ],
    ),
    Defect(
        "stray quote",
        "verbatims",
        '"Dire',
        '"Di"re',
        [
            (
                "verbatims",
                3,
                "",
                'V-002,L-000002,habitant,premiers_effets,Ouvrir,"Di"re « oui…',
                "Guillemets mal placés, ou retour à la ligne dans une cellule",
                (
                    "Entourez la cellule de guillemets droits, doublez ceux qu’elle contient, et "
                    "remplacez tout retour à la ligne par un espace"
                ),
            ),
        ],
    ),
    Defect(
        "text without its quotes",
        "verbatims",
        '"Dire',
        "Dire",
        [
            (
                "verbatims",
                3,
                "",
                "V-002,L-000002,habitant,premiers_effets,Ouvrir,Dire « oui »…",
                "12\xa0cellules, alors que l\u2019en-t\xeate en compte 11",
                "Ajoutez ou retirez des virgules ; un texte qui en contient se met entre guillemets",
            ),
        ],
    ),
    Defect(
        "line break inside a cell",
        "verbatims",
        '"Dire',
        '"Dire\n',
        [
            (
                "verbatims",
                3,
                "",
                'V-002,L-000002,habitant,premiers_effets,Ouvrir,"Dire',
                "Guillemets mal placés, ou retour à la ligne dans une cellule",
                (
                    "Entourez la cellule de guillemets droits, doublez ceux qu’elle contient, et "
                    "remplacez tout retour à la ligne par un espace"
                ),
            ),
            (
                "verbatims",
                4,
                "",
                '␣« oui », c’est déjà beaucoup.",paraphrase,non,SO,SO,SO',
                "7\xa0cellules, alors que l\u2019en-t\xeate en compte 11",
                "Ajoutez ou retirez des virgules ; un texte qui en contient se met entre guillemets",
            ),
        ],
    ),
    Defect(
        "empty line",
        "entretiens",
        "\nE-002",
        "\n\nE-002",
        [
            ("entretiens", 3, "", "", "Ligne vide", "Supprimez-la"),
        ],
    ),
    Defect(
        "empty lines of a spreadsheet",
        "entretiens",
        "avignon,telephone,entretien,animateur\n",
        "avignon,telephone,entretien,animateur\n,,,,\n,,,,\n",
        [
            ("entretiens", 5, "", "", "Lignes vides jusqu’à la ligne 6", "Supprimez-les"),
        ],
    ),
    Defect(
        "line of missing codes",
        "entretiens",
        "E-002,grenoble,monographie,observation,instance",
        "NSP,NC,SO,NC,",
        [
            ("entretiens", 3, "", "", "Ligne sans aucune réponse", "Supprimez cette ligne, ou remplissez-la"),
        ],
    ),
    Defect(
        "leading space",
        "territoires",
        "Saint-Gilles",
        " Saint-Gilles",
        [
            (
                "territoires",
                2,
                "commune",
                "␣Saint-Gilles",
                "Espace en trop au début ou à la fin",
                "Supprimez cet espace",
            ),
        ],
    ),
    Defect(
        "no-break space in a code",
        "territoires",
        "saint_gilles,Saint",
        "saint\xa0gilles,Saint",
        [
            (
                "territoires",
                2,
                "territoire",
                "saint[insécable]gilles",
                "Code mal formé",
                "Écrivez-le comme « grenoble », sans accent ni espace",
            ),
            (
                "territoires",
                2,
                "territoire",
                "saint[insécable]gilles",
                "Espace insécable dans un code ou un nombre",
                "Remplacez-le ou supprimez-le",
            ),
        ],
    ),
    Defect(
        "no-break space in a number",
        "carnet_de_bord",
        ",1,seul",
        ",1\xa0,seul",
        [
            (
                "carnet_de_bord",
                2,
                "etp",
                "1[insécable]",
                "Espace en trop au début ou à la fin",
                "Supprimez cet espace",
            ),
        ],
    ),
    Defect(
        "decomposed accent",
        "territoires",
        "Isère",
        "Ise\u0300re",
        [
            (
                "territoires",
                3,
                "departement",
                "Isère (38)",
                "Lettre accentuée écrite en deux caractères",
                "Retapez les lettres accentuées à la main",
            ),
        ],
    ),
    Defect(
        "lost accent",
        "territoires",
        "Isère",
        "Is\ufffdre",
        [
            (
                "territoires",
                3,
                "departement",
                "Is�re (38)",
                "Caractère perdu",
                "Reprenez le texte d’origine : un accent s’est perdu à l’enregistrement",
            ),
        ],
    ),
    Defect(
        "invisible character",
        "territoires",
        "Isère",
        "Is\u200b\xe8re",
        [
            (
                "territoires",
                3,
                "departement",
                "Is[U+200B]ère (38)",
                "Caractère invisible",
                "Retapez la valeur à la main : un copier-coller l’a abîmée",
            ),
        ],
    ),
    Defect(
        "terminal escape",
        "territoires",
        "Sabatot",
        "\x1b[2J",
        [
            (
                "territoires",
                2,
                "quartier",
                "[U+001B][2J",
                "Caractère invisible",
                "Retapez la valeur à la main : un copier-coller l’a abîmée",
            ),
        ],
    ),
    Defect(
        "French date",
        "carnet_de_bord",
        "2019-10-01",
        "01/10/2019",
        [
            (
                "carnet_de_bord",
                2,
                "debut_contrat",
                "01/10/2019",
                "Date attendue sous la forme AAAA-MM-JJ",
                "Écrivez « 2019-10-01 »",
            ),
        ],
    ),
    Defect(
        "date that does not exist",
        "carnet_de_bord",
        "2020-03-02",
        "31/02/2020",
        [
            (
                "carnet_de_bord",
                3,
                "debut_contrat",
                "31/02/2020",
                "Date attendue sous la forme AAAA-MM-JJ",
                "Cette date n’existe pas : vérifiez le jour et le mois",
            ),
        ],
    ),
    Defect(
        "ISO date that does not exist",
        "carnet_de_bord",
        "2020-03-02",
        "2020-02-31",
        [
            (
                "carnet_de_bord",
                3,
                "debut_contrat",
                "2020-02-31",
                "Date attendue sous la forme AAAA-MM-JJ",
                "Cette date n’existe pas : vérifiez le jour et le mois",
            ),
        ],
    ),
    Defect(
        "date in words",
        "carnet_de_bord",
        "2020-03-02",
        "mars 2020",
        [
            (
                "carnet_de_bord",
                3,
                "debut_contrat",
                "mars 2020",
                "Date attendue sous la forme AAAA-MM-JJ",
                "Écrivez par exemple 2020-10-05" + OR_EMPTY,
            ),
        ],
    ),
    Defect(
        "short date",
        "carnet_de_bord",
        "2020-03-02",
        "2020-3-2",
        [
            (
                "carnet_de_bord",
                3,
                "debut_contrat",
                "2020-3-2",
                "Date attendue sous la forme AAAA-MM-JJ",
                "Écrivez « 2020-03-02 »",
            ),
        ],
    ),
    Defect(
        "decimal comma",
        "carnet_de_bord",
        "0.5",
        '"0,5"',
        [
            (
                "carnet_de_bord",
                3,
                "etp",
                "0,5",
                "Nombre attendu",
                "Remplacez la virgule par un point : « 0.5 »",
            ),
        ],
    ),
    Defect(
        "number with its unit",
        "carnet_de_bord",
        "0.5",
        "0.5 ETP",
        [
            (
                "carnet_de_bord",
                3,
                "etp",
                "0.5 ETP",
                "Nombre attendu",
                "Écrivez le nombre avec un point décimal, sans espace ni unité, par exemple 0.8" + OR_EMPTY,
            ),
        ],
    ),
    Defect(
        "not a number",
        "carnet_de_bord",
        "0.5",
        "NaN",
        [
            (
                "carnet_de_bord",
                3,
                "etp",
                "NaN",
                "Nombre attendu",
                "Écrivez le nombre avec un point décimal, sans espace ni unité, par exemple 0.8" + OR_EMPTY,
            ),
        ],
    ),
    Defect(
        "exponent",
        "carnet_de_bord",
        "0.5",
        "5e-1",
        [
            (
                "carnet_de_bord",
                3,
                "etp",
                "5e-1",
                "Nombre attendu",
                "Écrivez le nombre avec un point décimal, sans espace ni unité, par exemple 0.8" + OR_EMPTY,
            ),
        ],
    ),
    Defect(
        "whole number with decimals",
        "carnet_de_bord",
        ",4,2,",
        ",4.0,2,",
        [
            ("carnet_de_bord", 2, "reunions_pilotage", "4.0", "Nombre entier attendu", "Écrivez « 4 »"),
        ],
    ),
    Defect(
        "digits of another script",
        "carnet_de_bord",
        ",4,2,",
        ",\u0664,2,",
        [
            (
                "carnet_de_bord",
                2,
                "reunions_pilotage",
                "٤",
                "Nombre entier attendu",
                "Écrivez un nombre entier en chiffres, sans espace ni unité, par exemple 3" + OR_EMPTY,
            ),
        ],
    ),
    Defect(
        "underscore in a number",
        "carnet_de_bord",
        ",4,2,",
        ",1_0,2,",
        [
            (
                "carnet_de_bord",
                2,
                "reunions_pilotage",
                "1_0",
                "Nombre entier attendu",
                "Écrivez un nombre entier en chiffres, sans espace ni unité, par exemple 3" + OR_EMPTY,
            ),
        ],
    ),
    Defect(
        "leading zero",
        "carnet_de_bord",
        ",4,2,",
        ",04,2,",
        [
            ("carnet_de_bord", 2, "reunions_pilotage", "04", "Nombre entier attendu", "Écrivez « 4 »"),
        ],
    ),
    Defect(
        "yes with a capital",
        "carnet_de_bord",
        "cdi,non",
        "cdi,Non",
        [
            ("carnet_de_bord", 3, "temps_plein", "Non", "Réponse autre que oui ou non", "Écrivez « non »"),
        ],
    ),
    Defect(
        "English yes",
        "carnet_de_bord",
        "cdd,oui",
        "cdd,yes",
        [
            (
                "carnet_de_bord",
                2,
                "temps_plein",
                "yes",
                "Réponse autre que oui ou non",
                "Écrivez oui ou non" + OR_EMPTY,
            ),
        ],
    ),
    Defect(
        "NA for a missing answer",
        "carnet_de_bord",
        "cdi,non",
        "cdi,NA",
        [
            (
                "carnet_de_bord",
                3,
                "temps_plein",
                "NA",
                "Réponse autre que oui ou non",
                "Écrivez oui ou non" + OR_EMPTY,
            ),
        ],
    ),
    Defect(
        "missing code in words",
        "carnet_de_bord",
        "cdi,non",
        "cdi,Ne sait pas",
        [
            (
                "carnet_de_bord",
                3,
                "temps_plein",
                "Ne sait pas",
                "Réponse autre que oui ou non",
                "Écrivez « NSP »",
            ),
        ],
    ),
    Defect(
        "label instead of the code",
        "carnet_de_bord",
        "cdd",
        "CDD",
        [
            (
                "carnet_de_bord",
                2,
                "contrat",
                "CDD",
                "Modalité inconnue",
                "Écrivez « cdd ». Modalités admises : cdd, cdi, autre ; codes d’absence : NSP, NC, SO",
            ),
        ],
    ),
    Defect(
        "unknown modality",
        "carnet_de_bord",
        "cdi",
        "interim",
        [
            (
                "carnet_de_bord",
                3,
                "contrat",
                "interim",
                "Modalité inconnue",
                "Modalités admises : cdd, cdi, autre ; codes d’absence : NSP, NC, SO",
            ),
        ],
    ),
    Defect(
        "modality with a label",
        "carnet_de_bord",
        "seul,fort",
        "Une seule personne,fort",
        [
            (
                "carnet_de_bord",
                2,
                "configuration",
                "Une seule personne",
                "Modalité inconnue",
                "Écrivez « seul ». Modalités admises : seul, seul_avec_appui, partage" + OR_CODES,
            ),
        ],
    ),
    Defect(
        "malformed pseudonym",
        "carnet_de_bord",
        "A-000002",
        "A-02",
        [
            (
                "carnet_de_bord",
                3,
                "repondant",
                "A-02",
                "Code mal formé",
                "Écrivez-le comme « A-000001 », sans accent ni espace",
            ),
        ],
    ),
    Defect(
        "malformed code without a good one",
        "territoires",
        "84007",
        "84 07",
        [
            (
                "territoires",
                4,
                "code_insee",
                "84 07",
                "Code mal formé",
                "Écrivez-le comme « 30258 », sans accent ni espace",
            ),
        ],
    ),
    Defect(
        "number too large",
        "carnet_de_bord",
        "0.5",
        "7",
        [
            (
                "carnet_de_bord",
                3,
                "etp",
                "7",
                "Valeur trop grande",
                "La valeur doit être comprise entre 0,1 et 5",
            ),
        ],
    ),
    Defect(
        "score above ten",
        "scores",
        "cooperation,10",
        "cooperation,11",
        [
            ("scores", 4, "score", "11", "Valeur trop grande", "La valeur doit être comprise entre 1 et 10"),
        ],
    ),
    Defect(
        "score of zero",
        "scores",
        "cooperation,10",
        "cooperation,0",
        [
            ("scores", 4, "score", "0", "Valeur trop petite", "La valeur doit être comprise entre 1 et 10"),
        ],
    ),
    Defect(
        "date too early",
        "carnet_de_bord",
        "2019-10-01",
        "2018-10-01",
        [
            (
                "carnet_de_bord",
                2,
                "debut_contrat",
                "2018-10-01",
                "Date trop ancienne",
                "La date doit \xeatre comprise entre le 1er\xa0septembre 2019 et le 31\xa0d\xe9cembre 2020",
            ),
        ],
    ),
    Defect(
        "date too late",
        "carnet_de_bord",
        "2020-03-02",
        "2022-03-02",
        [
            (
                "carnet_de_bord",
                3,
                "debut_contrat",
                "2022-03-02",
                "Date trop tardive",
                "La date doit \xeatre comprise entre le 1er\xa0septembre 2019 et le 31\xa0d\xe9cembre 2020",
            ),
        ],
    ),
    Defect(
        "text too long",
        "verbatims",
        "J’ai d’abord écouté.",
        "x" * 401,
        [
            (
                "verbatims",
                2,
                "texte",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…",
                "Texte trop long : 401 caractères",
                "Ramenez-le à 400 caractères au plus",
            ),
        ],
    ),
    Defect(
        "required cell empty",
        "scores",
        "avignon,avant",
        "avignon,",
        [
            (
                "scores",
                4,
                "periode",
                "",
                "Il manque « Période jugée », qui est obligatoire",
                "Remplissez cette cellule : ni vide ni code d’absence n’y sont admis",
            ),
        ],
    ),
    Defect(
        "required cell with a missing code",
        "scores",
        "avignon,avant",
        "avignon,NSP",
        [
            (
                "scores",
                4,
                "periode",
                "NSP",
                "Il manque « Période jugée », qui est obligatoire",
                "Remplissez cette cellule : ni vide ni code d’absence n’y sont admis",
            ),
        ],
    ),
    Defect(
        "repeated pseudonym",
        "carnet_de_bord",
        "A-000002",
        "A-000001",
        [
            (
                "carnet_de_bord",
                3,
                "repondant",
                "A-000001",
                "Valeur déjà présente à la ligne 2",
                "Corrigez l’une des deux lignes, ou supprimez celle qui est en trop",
            ),
        ],
    ),
    Defect(
        "repeated combination",
        "scores",
        "A-000002,animateurs,grenoble,avant,cooperation,1",
        "A-000001,animateurs,saint_gilles,avant,cooperation,1",
        [
            (
                "scores",
                6,
                "repondant, periode, item",
                "A-000001 · avant · cooperation",
                "Même combinaison qu’à la ligne 5",
                "Corrigez l’une des deux lignes, ou supprimez celle qui est en trop",
            ),
        ],
    ),
    Defect(
        "unknown territory",
        "scores",
        "grenoble",
        "grenobel",
        [
            (
                "scores",
                6,
                "territoire",
                "grenobel",
                "Code absent de la table territoires",
                "Écrivez « grenoble »",
            ),
        ],
    ),
    Defect(
        "very unknown territory",
        "scores",
        "grenoble",
        "lyon",
        [
            (
                "scores",
                6,
                "territoire",
                "lyon",
                "Code absent de la table territoires",
                (
                    "Corrigez-le, ou complétez cette table. Codes de cette table : saint_gilles, "
                    "grenoble, avignon"
                ),
            ),
        ],
    ),
    Defect(
        "respondent without a questionnaire",
        "scores",
        "A-000002,animateurs,grenoble,avant,cooperation,1",
        "R-000009,institutionnels,grenoble,avant,cooperation,1",
        [
            (
                "scores",
                6,
                "repondant",
                "R-000009",
                "Ce répondant n’est pas un destinataire du questionnaire flash",
                "Corrigez ce code ou le groupe, ou ajoutez la personne à questionnaire_flash",
            ),
        ],
    ),
    Defect(
        "score of someone who has not answered",
        "scores",
        "A-000002,animateurs,grenoble,avant,cooperation,1",
        "R-000002,institutionnels,grenoble,avant,cooperation,1",
        [
            (
                "scores",
                6,
                "repondant",
                "R-000002",
                "Note d’une personne qui n’a pas répondu : questionnaire_flash dit repondu = non",
                "Écrivez repondu = oui ; à l’import, n’exportez que les réponses terminées, ou recodez « repondu »",  # noqa: E501
            ),
        ],
    ),
    Defect(
        "animateur without a carnet",
        "scores",
        "A-000002,animateurs,grenoble,avant,cooperation,1",
        "A-000009,animateurs,avignon,avant,cooperation,1",
        [
            (
                "scores",
                6,
                "repondant",
                "A-000009",
                "Ce répondant n’a pas rendu de carnet de bord",
                "Corrigez ce code ou le groupe, ou ajoutez son carnet à carnet_de_bord ; si plusieurs partagent cette fonction, son carnet le dit dans « configuration » (partage)",  # noqa: E501
            ),
        ],
    ),
    Defect(
        "respondent of another territory",
        "scores",
        "A-000002,animateurs,grenoble,avant,cooperation,1",
        "A-000002,animateurs,avignon,avant,cooperation,1",
        [
            (
                "scores",
                6,
                "territoire",
                "avignon",
                "A-000002 relève d’un autre territoire dans son questionnaire ou son carnet",
                "Écrivez le même territoire dans les deux fichiers",
            ),
        ],
    ),
    Defect(
        "answer of someone who has not answered",
        "questionnaire_flash",
        "non,,,,,",
        "non,soutien,,,,",
        [
            (
                "questionnaire_flash",
                3,
                "repondu",
                "non",
                "La ligne porte des réponses, alors que la personne n’a pas répondu",
                "Écrivez repondu = oui ; à l’import, n’exportez que les réponses terminées, ou recodez « repondu »",  # noqa: E501
            ),
        ],
    ),
    Defect(
        "more meetings in January than in all",
        "carnet_de_bord",
        ",4,2,",
        ",4,5,",
        [
            (
                "carnet_de_bord",
                2,
                "reunions_janvier_2020",
                "5",
                "Plus de réunions avant la fin janvier 2020 qu’en tout : reunions_pilotage vaut 4",
                "Corrigez l’un des deux nombres : le premier est compris dans le second",
            ),
        ],
    ),
    Defect(
        "meetings before the contract",
        "carnet_de_bord",
        ",0,0,",
        ",1,1,",
        [
            (
                "carnet_de_bord",
                3,
                "reunions_janvier_2020",
                "1",
                "Réunions avant la fin janvier 2020, alors que le contrat débute le 2020-03-02",
                "Écrivez 0, ou corrigez la date de début du contrat",
            ),
        ],
    ),
    Defect(
        "alone for more than one ETP",
        "carnet_de_bord",
        ",1,seul,",
        ",1.2,seul,",
        [
            (
                "carnet_de_bord",
                2,
                "etp",
                "1.2",
                "Plus d’un équivalent temps plein, alors qu’une seule personne assure l’animation",
                "Corrigez l’ETP, ou la configuration",
            ),
        ],
    ),
    Defect(
        "alone at part time for one ETP",
        "carnet_de_bord",
        "oui,doctorat",
        "non,doctorat",
        [
            (
                "carnet_de_bord",
                2,
                "etp",
                "1",
                "Un équivalent temps plein entier, alors qu’une personne seule est à temps partiel",
                "Corrigez l’ETP, la configuration ou le temps plein",
            ),
        ],
    ),
    Defect(
        "twice the same model",
        "positionnements",
        "dynamisation",
        "coordination",
        [
            (
                "positionnements",
                3,
                "modele_secondaire",
                "coordination",
                "Le modèle secondaire est le même que le principal",
                "Écrivez « SO » si le site relève d’un seul modèle, ou corrigez l’un des deux",
            ),
        ],
    ),
    Defect(
        "interview of another kind",
        "entretiens",
        "E-003,avignon,telephone",
        "E-003,avignon,monographie",
        [
            (
                "entretiens",
                4,
                "recueil",
                "monographie",
                "Ce n’est pas le recueil que la table territoires donne pour avignon",
                "Écrivez le même recueil dans les deux fichiers",
            ),
        ],
    ),
    Defect(
        "reviewed by nobody, never",
        "verbatims",
        "oui,NA,2020-11-30,public",
        "oui,,,",
        [
            (
                "verbatims",
                2,
                "relu_le",
                "",
                "Citation relue sans la date de la relecture",
                "Écrivez la date sous la forme AAAA-MM-JJ, ou relu = non",
            ),
            (
                "verbatims",
                2,
                "relu_par",
                "",
                "Citation relue sans le nom de qui l’a relue",
                "Écrivez qui a relu, ou relu = non",
            ),
            (
                "verbatims",
                2,
                "relu_pour",
                "",
                "Citation relue sans le cercle de lecteurs pour lequel la signature vaut",
                "Écrivez interne, financeurs ou public, ou relu = non",
            ),
        ],
    ),
    Defect(
        "not reviewed, by someone",
        "verbatims",
        "non,SO,SO,SO",
        "non,moi,SO,SO",
        [
            (
                "verbatims",
                3,
                "relu",
                "non",
                "Citation non relue, alors que la ligne nomme un relecteur, une date ou un cercle",
                "Écrivez relu = oui, ou « SO » pour relu_par, relu_le et relu_pour",
            ),
        ],
    ),
]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_each_defect_is_refused_where_it_stands(defect: Defect, tmp_path: Path) -> None:
    wave = SmallWave(tmp_path / "projet")
    wave.replace(defect.table, defect.old, defect.new)
    assert wave.faults() == defect.expected


def test_every_message_is_a_french_sentence_without_code() -> None:
    for fault in (fault for defect in DEFECTS for fault in defect.expected):
        assert fault.message[0].isupper() or fault.message[0].isdigit() or "relève" in fault.message
        assert not fault.message.endswith(".")
        assert not fault.remedy.endswith(".")
        for word in ("constraint", "None", " nan", "True", "dtype", "Error"):
            assert word not in fault.message + fault.remedy


def test_the_small_wave_is_right(tmp_path: Path) -> None:
    assert SmallWave(tmp_path / "projet").faults() == []
