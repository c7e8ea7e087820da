"""One fault each, in a wave that is right otherwise; what is said of it is frozen: see `behaviour`."""

from __future__ import annotations

from typing import NamedTuple


class Defect(NamedTuple):
    """A passage of a table replaced by another."""

    name: str
    table: str
    old: str
    new: str


DEFECTS = (
    Defect("misspelt heading", "scores", "groupe", "Groupe"),
    Defect("heading with a no-break space", "scores", "groupe", "groupe\xa0"),
    Defect("renamed heading", "scores", "score\n", "note\n"),
    Defect("missing column", "positionnements", ",portage", ""),
    Defect(
        "extra column",
        "entretiens",
        "fonction\nE-001,saint_gilles,monographie,entretien,animateur\nE-002,grenoble,monographie,observation,instance\nE-003,avignon,telephone,entretien,animateur",
        "fonction,courriel\nE-001,saint_gilles,monographie,entretien,animateur,\nE-002,grenoble,monographie,observation,instance,\nE-003,avignon,telephone,entretien,animateur,x",
    ),
    Defect("repeated column", "scores", "groupe,", "groupe,groupe,"),
    Defect("column without a name", "entretiens", "nature", ""),
    Defect("no heading at all", "entretiens", "entretien,territoire,recueil,nature,fonction\n", ""),
    Defect("decimal comma without quotes", "carnet_de_bord", "0.5", "0,5"),
    Defect("one cell too few", "entretiens", ",observation", ""),
    Defect("stray quote", "verbatims", '"Dire', '"Di"re'),
    Defect("text without its quotes", "verbatims", '"Dire', "Dire"),
    Defect("line break inside a cell", "verbatims", '"Dire', '"Dire\n'),
    Defect("empty line", "entretiens", "\nE-002", "\n\nE-002"),
    Defect(
        "empty lines of a spreadsheet",
        "entretiens",
        "avignon,telephone,entretien,animateur\n",
        "avignon,telephone,entretien,animateur\n,,,,\n,,,,\n",
    ),
    Defect(
        "line of missing codes",
        "entretiens",
        "E-002,grenoble,monographie,observation,instance",
        "NSP,NC,SO,NC,",
    ),
    Defect("leading space", "territoires", "Saint-Gilles", " Saint-Gilles"),
    Defect("no-break space in a code", "territoires", "saint_gilles,Saint", "saint\xa0gilles,Saint"),
    Defect("no-break space in a number", "carnet_de_bord", ",1,seul", ",1\xa0,seul"),
    Defect("decomposed accent", "territoires", "Isère", "Isère"),
    Defect("lost accent", "territoires", "Isère", "Is�re"),
    Defect("invisible character", "territoires", "Isère", "Is\u200bère"),
    Defect("terminal escape", "territoires", "Sabatot", "\x1b[2J"),
    Defect("French date", "carnet_de_bord", "2019-10-01", "01/10/2019"),
    Defect("date that does not exist", "carnet_de_bord", "2020-03-02", "31/02/2020"),
    Defect("ISO date that does not exist", "carnet_de_bord", "2020-03-02", "2020-02-31"),
    Defect("date in words", "carnet_de_bord", "2020-03-02", "mars 2020"),
    Defect("short date", "carnet_de_bord", "2020-03-02", "2020-3-2"),
    Defect("decimal comma", "carnet_de_bord", "0.5", '"0,5"'),
    Defect("number with its unit", "carnet_de_bord", "0.5", "0.5 ETP"),
    Defect("not a number", "carnet_de_bord", "0.5", "NaN"),
    Defect("exponent", "carnet_de_bord", "0.5", "5e-1"),
    Defect("whole number with decimals", "carnet_de_bord", ",4,2,", ",4.0,2,"),
    Defect("digits of another script", "carnet_de_bord", ",4,2,", ",٤,2,"),
    Defect("underscore in a number", "carnet_de_bord", ",4,2,", ",1_0,2,"),
    Defect("leading zero", "carnet_de_bord", ",4,2,", ",04,2,"),
    Defect("yes with a capital", "carnet_de_bord", "cdi,non", "cdi,Non"),
    Defect("English yes", "carnet_de_bord", "cdd,oui", "cdd,yes"),
    Defect("NA for a missing answer", "carnet_de_bord", "cdi,non", "cdi,NA"),
    Defect("missing code in words", "carnet_de_bord", "cdi,non", "cdi,Ne sait pas"),
    Defect("label instead of the code", "carnet_de_bord", "cdd", "CDD"),
    Defect("unknown modality", "carnet_de_bord", "cdi", "interim"),
    Defect("modality with a label", "carnet_de_bord", "seul,fort", "Une seule personne,fort"),
    Defect("malformed pseudonym", "carnet_de_bord", "A-000002", "A-02"),
    Defect("malformed code without a good one", "territoires", "84007", "84 07"),
    Defect("number too large", "carnet_de_bord", "0.5", "7"),
    Defect("score above ten", "scores", "cooperation,10", "cooperation,11"),
    Defect("score of zero", "scores", "cooperation,10", "cooperation,0"),
    Defect("date too early", "carnet_de_bord", "2019-10-01", "2018-10-01"),
    Defect("date too late", "carnet_de_bord", "2020-03-02", "2022-03-02"),
    Defect(
        "text too long",
        "verbatims",
        "J’ai d’abord écouté.",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ),
    Defect("required cell empty", "scores", "avignon,avant", "avignon,"),
    Defect("required cell with a missing code", "scores", "avignon,avant", "avignon,NSP"),
    Defect("repeated pseudonym", "carnet_de_bord", "A-000002", "A-000001"),
    Defect(
        "repeated combination",
        "scores",
        "A-000002,animateurs,grenoble,avant,cooperation,1",
        "A-000001,animateurs,saint_gilles,avant,cooperation,1",
    ),
    Defect("unknown territory", "scores", "grenoble", "grenobel"),
    Defect("very unknown territory", "scores", "grenoble", "lyon"),
    Defect(
        "respondent without a questionnaire",
        "scores",
        "A-000002,animateurs,grenoble,avant,cooperation,1",
        "R-000009,institutionnels,grenoble,avant,cooperation,1",
    ),
    Defect(
        "score of someone who has not answered",
        "scores",
        "A-000002,animateurs,grenoble,avant,cooperation,1",
        "R-000002,institutionnels,grenoble,avant,cooperation,1",
    ),
    Defect(
        "animateur without a carnet",
        "scores",
        "A-000002,animateurs,grenoble,avant,cooperation,1",
        "A-000009,animateurs,avignon,avant,cooperation,1",
    ),
    Defect(
        "respondent of another territory",
        "scores",
        "A-000002,animateurs,grenoble,avant,cooperation,1",
        "A-000002,animateurs,avignon,avant,cooperation,1",
    ),
    Defect("answer of someone who has not answered", "questionnaire_flash", "non,,,,,", "non,soutien,,,,"),
    Defect("more meetings in January than in all", "carnet_de_bord", ",4,2,", ",4,5,"),
    Defect("meetings before the contract", "carnet_de_bord", ",0,0,", ",1,1,"),
    Defect("alone for more than one ETP", "carnet_de_bord", ",1,seul,", ",1.2,seul,"),
    Defect("alone at part time for one ETP", "carnet_de_bord", "oui,doctorat", "non,doctorat"),
    Defect("twice the same model", "positionnements", "dynamisation", "coordination"),
    Defect("interview of another kind", "entretiens", "E-003,avignon,telephone", "E-003,avignon,monographie"),
    Defect("reviewed by nobody, never", "verbatims", "oui,NA,2020-11-30,public", "oui,,,"),
    Defect("not reviewed, by someone", "verbatims", "non,SO,SO,SO", "non,moi,SO,SO"),
)
