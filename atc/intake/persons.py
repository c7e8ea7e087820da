"""Nobody's name enters the repository: what names people is seen, and readable codes take their place.

A code is HMAC-SHA-256 (RFC 2104) of who the person is, cut to six characters of Crockford's base 32: the same
person and key give the same code, wave after wave; without the key, which stays out of the repository, names
do not lead to codes. Names in free text are beyond a machine: a person reads them (register ``verbatims``).
"""

import hashlib
import hmac
import os
import re
import secrets
import stat
import tomllib
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from atc.intake.values import UnreadableError
from atc.survey.errors import UsageError, shown
from atc.survey.paths import Project
from atc.survey.typography import emails, fold, skeleton, telephones, web_addresses

# Kind -> patterns of the names of columns, as `skeleton` writes them: a column called so is blocked.
_NAMES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_AFTER = r"(?: (?:professionnel|personnel|portable|mobile)(?:le)?)?(?: \d)?"
_BLOCKED = {
    kind: re.compile(rf"(?:votre |vos |contact )?(?:{'|'.join(patterns)}){_AFTER}")
    for kind, patterns in _NAMES.items()
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
    "identifiant technique": re.compile(r"(?i)\b(uuid:)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
}


def personal_by_name(code: str, heading: str = "") -> str:
    """What a column would tell of a person by its names, in French; empty if they say nothing of the kind."""
    names = {skeleton(n) for n in (code, heading, code.rpartition("/")[2], heading.partition(". ")[2])}
    return next((kind for kind, known in _BLOCKED.items() if any(map(known.fullmatch, names))), "")


def blocked_by_content(cell: str) -> str:
    """What a cell tells of a person, in French; empty if nothing is seen."""
    folded = fold(cell)
    contacts = [kind for kind, find in _CONTACTS.items() if any(find(folded))]
    return next(iter([*contacts, *(kind for kind, found in _CONTENTS.items() if found.search(cell))]), "")


# --- codes

# No I, L, O or U, which are misread or make words.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 6
# Published on purpose: the rows made here belong to nobody, and anyone must be able to rebuild them. The
# key of real respondents stays outside the repository (docs/confidentialite.md, règle 3).
DEMONSTRATION_KEY = b"atc 2020-automne, cle de demonstration, personne derriere ces lignes"
_LEAST_BYTES = 32
_MOST_BYTES = 10_000
# 32 bytes drawn at random have about thirty different values; written in hexadecimal, at most sixteen.
_LEAST_DIFFERENT = 10


def _same_person(person: str) -> str:
    # Case, accents' encoding and outer spaces do not matter: an address is typed in many ways.
    return " ".join(unicodedata.normalize("NFKC", person).casefold().split())


def pseudonym(secret: bytes, prefix: str, person: str) -> str:
    """``A-7K2M9Q``: stable for one person, and telling nothing about them.

    The prefix (A animateur.trice, R recipient of the flash, L speaker) is hashed with what names the person
    (e-mail address, token, name): someone with two roles has two codes that nothing links.
    """
    message = f"{prefix}/{_same_person(person)}".encode()
    number = int.from_bytes(hmac.new(secret, message, hashlib.sha256).digest(), "big")
    return f"{prefix}-" + "".join(_ALPHABET[number >> 5 * rank & 31] for rank in range(_LENGTH))


@dataclass
class Pseudonyms:
    """Codes given during one import by the key of the evaluation team, which never name two persons alike."""

    secret: bytes = field(repr=False)
    given: dict[str, str] = field(default_factory=dict, repr=False)  # code -> person

    @property
    def fingerprint(self) -> str:
        """Tells whether two waves were imported with one key, without helping to find it."""
        return hmac.new(self.secret, b"atc: which key was this", hashlib.sha256).hexdigest()[:16]

    def code(self, prefix: str, person: str) -> str:
        """The code of a person."""
        code = pseudonym(self.secret, prefix, person)
        same = _same_person(person)
        if self.given.setdefault(code, same) != same:
            remedy = "Désignez-les autrement, par exemple par leur jeton plutôt que par leur adresse"
            raise UnreadableError("Deux personnes recevraient le même code", remedy)
        return code


def read_key(path: Path, project: Project) -> Pseudonyms:
    """Read the key file, if it is kept as a secret must be.

    UsageError: it is absent, inside the repository, a link, readable by others, or too short.
    """
    name, wrong = shown(path.name), ""
    if not path.is_symlink() and not path.exists():
        wrong = "n’existe pas. Reprenez celui de la vague précédente ; à la première, créez-le avec --new-key"
    elif path.is_symlink() or not path.is_file():
        wrong = "n’est pas un fichier ordinaire. Donnez le fichier lui-même"
    elif os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        wrong = f"est lisible par d’autres que vous. Réservez-le vous : chmod 600 {name}"
    if wrong:
        raise UsageError(f"Le fichier de clé « {name} » {wrong}.")
    _check_place(path, project)
    with path.open("rb") as file:
        secret = file.read(_MOST_BYTES + 1).strip()
    if not _LEAST_BYTES <= len(secret) <= _MOST_BYTES or len(set(secret)) < _LEAST_DIFFERENT:
        raise UsageError(
            f"La clé « {name} » est trop courte ou trop facile à deviner : il faut au moins {_LEAST_BYTES} "
            "caractères tirés au hasard. Créez-en une avec --new-key, et gardez-la pour toutes les vagues."
        )
    return Pseudonyms(secret)


def create_key(path: Path, project: Project) -> None:
    """Draw a key and write it where only its owner may read it: a new file, outside the repository."""
    _check_place(path, project)
    name = shown(path.name)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        message = f"Impossible d’écrire « {name} ». Choisissez un dossier où vous pouvez écrire."
        if isinstance(error, FileExistsError):
            message = f"« {name} » existe déjà. Une clé ne se remplace pas : relancez sans --new-key."
        raise UsageError(message) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_LEAST_BYTES) + "\n")


def _check_place(path: Path, project: Project) -> None:
    if path.resolve().is_relative_to(project.root.resolve()):
        raise UsageError(
            f"La clé « {shown(path.name)} » est dans le dossier du projet, et partirait avec lui. "
            "Déplacez-la dehors, par exemple dans votre dossier personnel."
        )
