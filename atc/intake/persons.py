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
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from atc.intake.values import UnreadableError
from atc.survey.errors import DataRefused, Messages, UsageError, shown
from atc.survey.paths import Project, read_toml
from atc.survey.read_csv import read_bytes
from atc.survey.typography import emails, fold, skeleton, telephones, web_addresses

_said = Messages(__name__)
_PATTERNS = read_toml(__file__)
_AFTER = r"(?: (?:professionnel|personnel|portable|mobile)(?:le)?)?(?: \d)?"
_NAMES, _CONTENTS = (
    {kind: re.compile(form.format("|".join(patterns))) for kind, patterns in _PATTERNS[table].items()}
    for table, form in (("names", rf"(?:votre |vos |contact )?(?:{{}}){_AFTER}"), ("contents", "{}"))
)
_CONTACTS = {"adresse électronique": emails, "numéro de téléphone": telephones, "adresse web": web_addresses}
#: Kind of a content that tells when somebody answered.
MOMENT = "date et heure"


def personal_by_name(code: str, heading: str = "") -> str:
    """What a column would tell of a person by its names, in French; empty if they say nothing of the kind."""
    names = {skeleton(n) for n in (code, heading, code.rpartition("/")[2], heading.partition(". ")[2])}
    return next((kind for kind, known in _NAMES.items() if any(map(known.fullmatch, names))), "")


def blocked_by_content(cell: str) -> str:
    """What a cell tells of a person, in French; empty if nothing is seen."""
    folded = fold(cell)
    contacts = [kind for kind, find in _CONTACTS.items() if any(find(folded))]
    return next(iter([*contacts, *(kind for kind, found in _CONTENTS.items() if found.search(cell))]), "")


# No I, L, O or U, which are misread or make words.
_ALPHABET, _LENGTH = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 6
# Published on purpose: the rows made here belong to nobody, and anyone must be able to rebuild them. The
# key of real respondents stays outside the repository (docs/confidentialite.md, règle 3).
DEMONSTRATION_KEY = b"atc 2020-automne, cle de demonstration, personne derriere ces lignes"
# 32 bytes drawn at random have about thirty different values; written in hexadecimal, at most sixteen.
_LEAST_BYTES, _LEAST_DIFFERENT = 32, 10


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
        code, same = pseudonym(self.secret, prefix, person), _same_person(person)
        if self.given.setdefault(code, same) != same:
            raise UnreadableError(_said.fault("same_code", ""))
        return code


def read_key(path: Path, project: Project) -> Pseudonyms:
    """Read the key file; a `UsageError` if it is not kept as a secret must be."""
    name = shown(path.name)
    _check_place(path, project)
    try:
        secret = read_bytes(path, name, _said("absent")).strip()
    except DataRefused as refused:
        raise UsageError(str(refused)) from refused
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(_said("readable", name=name))
    if len(secret) < _LEAST_BYTES or len(set(secret)) < _LEAST_DIFFERENT:
        raise UsageError(_said("weak", name=name, least=_LEAST_BYTES))
    return Pseudonyms(secret)


def create_key(path: Path, project: Project) -> None:
    """Draw a key and write it where only its owner may read it: a new file, outside the repository."""
    _check_place(path, project)
    try:
        with open(path, "x", encoding="ascii", opener=lambda name, how: os.open(name, how, 0o600)) as file:
            file.write(secrets.token_hex(_LEAST_BYTES) + "\n")
    except FileExistsError as error:
        raise UsageError(_said("key_exists", name=shown(path.name))) from error


def _check_place(path: Path, project: Project) -> None:
    if path.resolve().is_relative_to(project.root.resolve()):
        raise UsageError(_said("key_inside", name=shown(path.name)))
