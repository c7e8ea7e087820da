"""From a path to text: a regular file, of a sane size, strictly in UTF-8.

Nothing is guessed here. A link could lead outside the project, a pipe would hang the run, and a
guessed encoding once read French accents as Mac Cyrillic; each is refused, with what to do.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from atc.errors import DataRefused, Fault

MAX_BYTES = 5_000_000

# Absent from Windows, where these flags have no meaning.
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def _refuse(file: str, message: str, remedy: str, *, line: int = 0, value: str = "") -> DataRefused:
    return DataRefused([Fault(file, line, "", value, message, remedy)])


def read_bytes(path: Path, file: str) -> bytes:
    """The bytes of one file.

    Args:
        path: Where it is.
        file: The same as the evaluator knows it, for messages.

    Raises:
        DataRefused: The file is absent, cannot be read, is a link, a folder, a pipe or a device, or
            is too large.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | _NO_LINK | _NO_WAIT | _BINARY)
    except FileNotFoundError as error:
        raise _refuse(file, "Fichier absent", "Ajoutez ce fichier au dossier de la vague") from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            message = "Ce fichier est un lien vers un autre fichier"
            raise _refuse(file, message, "Mettez à sa place le fichier lui-même") from error
        message = "Fichier impossible à ouvrir"
        remedy = "Vérifiez que vous avez le droit de le lire et qu’aucun logiciel ne le bloque"
        raise _refuse(file, message, remedy) from error
    try:
        _check_regular(os.fstat(descriptor), file)
        return b"".join(iter(lambda: os.read(descriptor, MAX_BYTES), b""))
    finally:
        os.close(descriptor)


def _check_regular(status: os.stat_result, file: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        message = "Ce n’est pas un fichier ordinaire (dossier, tube ou périphérique)"
        raise _refuse(file, message, "Mettez à sa place le fichier CSV lui-même")
    if status.st_size > MAX_BYTES:
        message = f"Fichier trop lourd : {status.st_size / 1e6:.0f} Mo"
        remedy = f"Un fichier d’enquête pèse moins de {MAX_BYTES / 1e6:.0f} Mo : vérifiez sa provenance"
        raise _refuse(file, message, remedy)


def decode(content: bytes, file: str) -> str:
    """The text of a file written in UTF-8, with or without its byte order mark.

    Args:
        content: Its bytes.
        file: The file as the evaluator knows it, for messages.

    Raises:
        DataRefused: The file is empty, holds a NUL, or is not in UTF-8; the fault names the line and
            the byte.
    """
    body = content.removeprefix(b"\xef\xbb\xbf")
    if not body.strip():
        raise _refuse(file, "Fichier vide", "Remettez le fichier exporté, avec son en-tête et ses lignes")
    save = "Enregistrez-le de nouveau au format « CSV UTF-8 »"
    if b"\0" in body:
        message = "Caractère nul : fichier abîmé, ou enregistré en UTF-16"
        raise _refuse(file, message, save, line=_line(body, body.index(b"\0")))
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        rank = error.start - body.rfind(b"\n", 0, error.start)
        message = f"Le fichier n’est pas enregistré en UTF-8 : octet n° {rank} de la ligne"
        value = f"0x{body[error.start]:02X}"
        raise _refuse(file, message, save, line=_line(body, error.start), value=value) from error


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1
