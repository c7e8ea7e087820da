"""Readable codes instead of persons: the same person, the same key, the same code, wave after wave.

HMAC-SHA-256 (RFC 2104) of who the person is, cut to six characters of Crockford's base 32. Without the key, a
list of e-mail addresses does not lead to the codes; the key therefore stays out of the repository.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from atc.intake.persons import pseudonym, same_person
from atc.survey.errors import DataRefused, Fault, UsageError, shown
from atc.survey.paths import Project

_LEAST_BYTES = 32
_MOST_BYTES = 10_000
# 32 bytes drawn at random have about thirty different values; written in hexadecimal, at most sixteen.
_LEAST_DIFFERENT = 10
_CHECK = b"atc: which key was this"


@dataclass(frozen=True)
class Key:
    """The secret of the evaluation team."""

    secret: bytes

    def __repr__(self) -> str:
        """The name of the class only."""
        return "Key(…)"

    @property
    def fingerprint(self) -> str:
        """Tells whether two waves were imported with one key, without helping to find it."""
        return hmac.new(self.secret, _CHECK, hashlib.sha256).hexdigest()[:16]

    def pseudonym(self, prefix: str, person: str) -> str:
        """The code of a person: ``R-7K2M9Q``.

        Case, accents' encoding and outer spaces do not change it: an address is typed in many ways. The
        prefix does: someone who answers in two roles has two codes that nothing links.
        """
        return pseudonym(self.secret, prefix, person)


def read_key(path: Path, project: Project) -> Key:
    """Read the key file, if it is kept as a secret must be.

    UsageError: it is absent, inside the repository, a link, readable by others, or too short.
    """
    name = shown(path.name)
    if not path.is_symlink() and not path.exists():
        raise UsageError(
            f"Le fichier de clé « {name} » n’existe pas. Reprenez celui de la vague précédente ; "
            "à la première vague, créez-le avec --new-key."
        )
    if path.is_symlink() or not path.is_file():
        raise UsageError(
            f"Le fichier de clé « {name} » n’est pas un fichier ordinaire. Donnez le fichier lui-même."
        )
    _check_place(path, project)
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(
            f"Le fichier de clé « {name} » est lisible par d’autres que vous. "
            f"Réservez-le vous : chmod 600 {name}."
        )
    with path.open("rb") as file:
        secret = file.read(_MOST_BYTES + 1).strip()
    if not _LEAST_BYTES <= len(secret) <= _MOST_BYTES or len(set(secret)) < _LEAST_DIFFERENT:
        raise UsageError(
            f"La clé « {name} » est trop courte ou trop facile à deviner : il faut au moins {_LEAST_BYTES} "
            "caractères tirés au hasard. Créez-en une avec --new-key, et gardez-la pour toutes les vagues."
        )
    return Key(secret)


def create_key(path: Path, project: Project) -> None:
    """Draw a key and write it where only its owner may read it.

    Args:
        path: A file that does not exist yet.
        project: The repository, which must not hold it.

    Raises:
        UsageError: The file exists, or would be inside the repository.
    """
    _check_place(path, project)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        message = f"« {shown(path.name)} » existe déjà. Une clé ne se remplace pas : relancez sans --new-key."
        raise UsageError(message) from error
    except OSError as error:
        message = f"Impossible d’écrire « {shown(path.name)} ». Choisissez un dossier où vous pouvez écrire."
        raise UsageError(message) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_LEAST_BYTES) + "\n")


def _check_place(path: Path, project: Project) -> None:
    if path.resolve().is_relative_to(project.root.resolve()):
        raise UsageError(
            f"La clé « {shown(path.name)} » est dans le dossier du projet, et partirait avec lui. "
            "Déplacez-la dehors, par exemple dans votre dossier personnel."
        )


class Pseudonyms:
    """Codes given during one import, which never name two persons alike."""

    def __init__(self, key: Key) -> None:
        """Start without any code."""
        self._key = key
        self._persons: dict[str, str] = {}

    def __len__(self) -> int:
        """How many codes were given."""
        return len(self._persons)

    def code(self, prefix: str, person: str) -> str:
        """The code of a person."""
        code = self._key.pseudonym(prefix, person)
        same = same_person(person)
        if self._persons.setdefault(code, same) != same:
            remedy = (
                "Désignez ces personnes autrement, par exemple par leur jeton plutôt que par leur adresse"
            )
            raise DataRefused([Fault("", 0, "", code, "Deux personnes recevraient le même code", remedy)])
        return code
