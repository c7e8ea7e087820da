"""Only a regular file of a sane size, in UTF-8, is read at all."""

import os
from pathlib import Path

import pytest

from atc.survey import read_csv as opening
from atc.survey.errors import DataRefused, Fault
from atc.survey.read_csv import decode, read_bytes

SAVE = "Enregistrez-le de nouveau au format « CSV UTF-8 »"


def refused(call) -> Fault:
    with pytest.raises(DataRefused) as caught:
        call()
    (fault,) = caught.value.faults
    return fault


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    fault = refused(lambda: read_bytes(tmp_path / "a.csv", "a.csv"))
    assert fault == Fault("a.csv", 0, "", "", "Fichier absent", "Ajoutez ce fichier au dossier de la vague")


def _link(path: Path) -> None:
    path.with_name("secret.csv").write_text("a")
    path.symlink_to(path.with_name("secret.csv"))


@pytest.mark.fault
@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, _link], ids=["folder", "pipe", "link"])
def test_what_is_no_regular_file_is_refused_without_waiting(make, tmp_path: Path) -> None:
    make(tmp_path / "a.csv")
    fault = refused(lambda: read_bytes(tmp_path / "a.csv", "a.csv"))
    assert fault.message == "Ce n’est pas un fichier ordinaire (lien, dossier, tube ou périphérique)"


def test_a_file_at_the_limit_is_read_whole_and_a_heavy_one_not_at_all(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.truncate(40_000_000_000)
    assert refused(lambda: read_bytes(path, "a.csv")).message == "Fichier trop lourd : 40000 Mo"
    monkeypatch.setattr(opening, "MAX_BYTES", 10)
    path.write_bytes(b"0123456789")
    assert read_bytes(path, "a.csv") == b"0123456789"
    path.write_bytes(b"0123456789a")
    assert refused(lambda: read_bytes(path, "a.csv")).message.startswith("Fichier trop lourd")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a mark"])
def test_utf8_is_decoded_with_or_without_its_mark(mark: bytes) -> None:
    assert decode(mark + "é,œ\n".encode(), "a.csv") == ("é,œ\n", "UTF-8")


NO_UTF8 = "Le fichier n’est pas enregistré en UTF-8 : octet n° 2 de la ligne"
NUL = "Caractère nul : fichier abîmé, ou enregistré en UTF-16"
UNREAD = [
    *((content, 0, "", "Fichier vide") for content in (b"", b"\xef\xbb\xbf", b" \r\n\n")),
    *((mark + "a,b\nxé,y\n".encode("cp1252"), 2, "0xE9", NO_UTF8) for mark in (b"", b"\xef\xbb\xbf")),
    ("a,b\nc,d\n".encode("utf-16-le"), 1, "[U+0000]", NUL),
    ("a\ud800".encode("utf-8", "surrogatepass"), 1, "0xED", NO_UTF8),
]


@pytest.mark.parametrize(("content", "line", "value", "message"), UNREAD)
def test_another_encoding_or_nothing_is_refused_at_its_line_and_byte(content, line, value, message) -> None:
    fault = refused(lambda: decode(content, "a.csv"))
    assert (fault.line, fault.value, fault.message) == (line, value, message)
    assert message != NO_UTF8 or fault.remedy == SAVE
