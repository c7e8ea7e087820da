"""What may not enter the repository: columns that name people, and cells that would.

By name, whatever the mapping says; then by content, in every cell that is kept. Names of persons in free
text are beyond a machine: quotations and summaries are read by a person (see the register
``verbatims``).
"""

from __future__ import annotations

import re

from atc.survey.spelling import emails, fold, skeleton, telephones, web_addresses

# Names of columns, as `skeleton` writes them: a column called so is blocked.
_NAMES = {
    "adresse électronique": (
        r"e ?mail|mail|mel|courriel|email address|adresse (e ?)?mail|adresse electronique|"
        r"adresse (de )?(courriel|messagerie)|coordonnees"
    ),
    "téléphone": r"(numero de )?(tel(ephone)?|portable|mobile)|phone( ?number)?|gsm",
    "nom": (
        r"(nom|prenom)s?"
        r"( et (nom|prenom)s?| prenom| de famille| (du|de la) (repondant|personne|contact).*)?|"
        r"first ?name|last ?name|full ?name|nom complet|identite|nom et fonction|username|submitted by|"
        r"name|nom d utilisateur"
    ),
    "adresse IP": r"ip|ip ?addr(ess)?|adresse ip",
    "jeton": r"token|jeton|code (d )?(invitation|acces)|access code",
    "date de réponse": (
        r"(date|heure) (de |d )?(soumission|lancement|la derniere action|enregistrement|reponse)|"
        r"submit ?date|start ?date|date ?stamp|submission time|start|end|today|horodat(eur|age)|"
        r"interviewtime|date submitted|date (started|last action|created|modified)|timestamp|"
        r"heure de (debut|fin)"
    ),
    "adresse d’origine": r"refurl|url (de )?(reference|provenance|d origine)|referrer url",
    "appareil": r"device ?id|sim ?serial|subscriber ?id|imei",
    "adresse postale": r"adresse( postale| personnelle)?|domicile",
    "position": r"geolocation|gps|geopoint|latitude du repondant|longitude du repondant",
    "naissance": r"date de naissance|ne e le|birth ?date",
}
_BLOCKED = {
    kind: re.compile(
        rf"(?:votre |vos |contact )?(?:{pattern})(?: (?:professionnel|personnel|portable|mobile)(?:le)?)?"
    )
    for kind, pattern in _NAMES.items()
}

#: Kind of a content that tells when somebody answered.
MOMENT = "date et heure"
_CONTACTS = {
    "adresse électronique": emails,
    "numéro de téléphone": telephones,
    "adresse web": web_addresses,
}
_CONTENTS = {
    "adresse IP": re.compile(
        r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])"
    ),
    MOMENT: re.compile(r"\d{4}-\d\d-\d\d[T ](?!00:00(:00)?\b)\d\d:\d\d"),
    "jeton": re.compile(r"(?<![\w-])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{15,}(?![\w-])"),
    "identifiant technique": re.compile(
        r"\b(uuid:)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE
    ),
}


def blocked_by_name(*names: str) -> str:
    """What a column would tell of a person, in French; empty if its names say nothing of the kind."""
    for name in names:
        for kind, pattern in _BLOCKED.items():
            if pattern.fullmatch(skeleton(name)):
                return kind
    return ""


def blocked_by_content(cell: str) -> str:
    """What a cell tells of a person, in French; empty if nothing is seen."""
    folded = fold(cell)
    for kind, find in _CONTACTS.items():
        if any(find(folded)):
            return kind
    return next((kind for kind, pattern in _CONTENTS.items() if pattern.search(cell)), "")
