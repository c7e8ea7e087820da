"""The one way from a person to a code, for imported waves and for made-up ones alike.

HMAC-SHA-256 (RFC 2104) of who the person is, cut to six characters of Crockford's base 32: the same
person and the same key give the same code, wave after wave; without the key, names do not lead to codes.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

LENGTH = 6
# No I, L, O or U, which are misread or make words.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# Published on purpose: the rows made here belong to nobody, and anyone must be able to rebuild them. The
# key of real respondents stays outside the repository (docs/confidentialite.md, règle 3).
DEMONSTRATION_KEY = b"atc 2020-automne, cle de demonstration, personne derriere ces lignes"


def same_person(person: str) -> str:
    """How a person is written before hashing: case, accents' encoding and outer spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", person).casefold().split())


def pseudonym(secret: bytes, prefix: str, person: str) -> str:
    """``A-7K2M9Q``: stable for one person, and telling nothing about them.

    Args:
        secret: The key.
        prefix: One or two capital letters: A animateur.trice, R recipient of the flash, L speaker. Someone
            with two roles has two codes that nothing links.
        person: What always names the person: e-mail address, token, name.
    """
    message = f"{prefix}/{same_person(person)}".encode()
    number = int.from_bytes(hmac.new(secret, message, hashlib.sha256).digest(), "big")
    return f"{prefix}-" + "".join(_ALPHABET[number >> 5 * rank & 31] for rank in range(LENGTH))
