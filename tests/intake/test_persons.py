"""What names people is seen in headings and cells, and gives way to codes; what does not is left in peace."""

import re

from atc.intake.persons import DEMONSTRATION_KEY, blocked_by_content, personal_by_name, pseudonym
from atc.survey.dictionary import load_dictionary
from atc.survey.paths import find_project


def _each(texts: str) -> list[str]:
    return re.split(r"[|\n]", texts.strip())


NAMES = _each("""
email|E-mail|Adresse e-mail|Adresse électronique|Votre nom|Nom|Prénom|Nom et prénom|Nom de famille
firstname|lastname|Téléphone|tel|portable|phonenumber|Adresse IP|ipaddr|IP|token|Code d’invitation
startdate|datestamp|Date de soumission|submitdate|_submission_time|start|end|refurl|URL de référence
deviceid|username|_submitted_by|Adresse de messagerie|Mail professionnel|Votre code d’invitation
Numéro de portable|Heure de fin|Courriel (2)|Téléphone 2|Date de naissance|Adresse postale|_geolocation
Horodateur|Courriel|Nom du répondant
""")
PLAIN = _each("""
Nom du site|Nom de la structure|Nombre d’ETP|Territoire|Date de début du contrat|Début du contrat|Commune
IPA|Fonction|Adresse du site internet|Portage|Ce qui aide|Note|Tendance
""")
TELLING = _each("""
écrire à a.b@exemple.org|06 12 34 56 78|192.168.1.12|voir https://exemple.org|linkedin.com/in/quelquun
www.exemple.org|2021-09-03 10:12:00
2021-09-03T10:12|a8F3kQ92hsK21LmN|0f8fad5b-d9cb-469f-a165-70867728950e
""")
SILENT = _each("""
2021-09-03|2021-09-03 00:00:00|3,5|38185|Quartiers d’avenir|anticonstitutionnellement
Réunions en 2020 et 2021 : 12, 14 et 15|animation_mediation|R-7K2M9Q|ville et/ou porteur, CNLRQ/FCSF
le 06/12/2020 12
""")


def test_a_column_that_names_people_is_seen_and_no_other():
    assert [name for name in NAMES if not (personal_by_name(name) and personal_by_name(name.upper()))] == []
    assert [name for name in PLAIN if personal_by_name(name)] == []


def test_no_column_of_the_dictionary_is_blocked_but_pseudonyms():
    fields = [field for table in load_dictionary(find_project()) for field in table.fields.values()]
    assert not [f.name for f in fields if personal_by_name(f.name, f.label) and f.kind != "identifier"]


def test_a_cell_that_names_people_is_seen_and_no_other():
    assert [text for text in TELLING if not blocked_by_content(text)] == []
    assert [text for text in SILENT if blocked_by_content(text)] == []


def code(prefix: str, person: str) -> str:
    return pseudonym(DEMONSTRATION_KEY, prefix, person)


def test_a_code_never_changes_and_says_nothing_of_the_person():
    # Written down once: the committed waves, and whoever stays from one to the next, rest on it.
    assert code("A", "hombourg_haut") == "A-0BPTJ6"
    assert re.fullmatch(r"A-[0-9A-HJKMNP-TV-Z]{6}", code("A", "avignon"))


def test_one_person_has_one_code_however_typed_and_another_in_another_role_or_with_another_key():
    assert code("R", "  Zo\u00e9@Example.org ") == code("R", "zoe\u0301@example.ORG")
    assert code("A", "avignon")[2:] != code("R", "avignon")[2:]
    assert code("A", "avignon") != pseudonym(b"another key", "A", "avignon")
