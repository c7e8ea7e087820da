"""What a page would fetch, run or send, and what a spreadsheet would compute."""

from __future__ import annotations

import re
from collections.abc import Iterator

from atc.publication.scan.model import Hit, Kind, Known, Piece, Rule, hidden

_CALLING_NAMES = """href src srcset action formaction data poster cite background longdesc profile codebase
archive manifest ping usemap style content pdf:/URI pdf:/F pdf:/UF pdf:/URL relationship@target
hyperlink@target"""
_ELEMENT_NAMES = """script iframe frame frameset object embed applet base form input button textarea select
video audio source track portal foreignobject animate animatetransform set handler listener dialog slot"""
_CALLING, _ELEMENTS = frozenset(_CALLING_NAMES.split()), frozenset(_ELEMENT_NAMES.split())
_EXTERNAL = re.compile(
    r"(?:(?:https?|ftp|wss?|ldap|smb|sms):/{0,2}|(?<![\w:])//)[\w.\[-][^\s\"'<>)]*", re.IGNORECASE
)
_IN_CSS = re.compile(
    r"url\(\s*['\"]?\s*(?:https?:|//|ftp:)|@import|expression\(|-moz-binding|(?<![\w-])behavior:\s*url|"
    r"\\[0-9a-f]{2} ?l\(",
    re.IGNORECASE,
)
_RUNS = re.compile(
    r"^(?:javascript|vbscript|livescript|mocha|data:(?:text/html|image/svg\+xml|application/x?html))",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s.,\u2212%–-]*$)(?=.*[(|!=]|[A-Za-z]+\d)")
_CALLED = "Un document diffusé n’appelle rien à l’extérieur : retirez cette adresse, ou copiez la ressource."
_RUN = "Un document diffusé ne contient rien qui s’exécute : retirez-le."


def addresses(piece: Piece, _: Known) -> Iterator[Hit]:
    """Addresses that a reader's machine would call, links to other places included."""
    in_style = piece.label == "style"
    calls = piece.kind is Kind.ATTRIBUTE and piece.label in _CALLING
    if in_style and (match := _IN_CSS.search(piece.text)):
        yield Hit(Rule.ADDRESS, hidden(match[0]), _CALLED)
    for match in _EXTERNAL.finditer(piece.text) if calls or in_style else ():
        yield Hit(Rule.ADDRESS, hidden(match[0]), _CALLED)


def active_content(piece: Piece, _: Known) -> Iterator[Hit]:
    """Scripts, handlers of events, frames, forms, actions of a PDF, formulas of a workbook."""
    label, value = piece.label, re.sub(r"[\s\x00-\x1f\u200b]+", "", piece.text)
    if piece.kind is Kind.ELEMENT:
        if value in _ELEMENTS or value.startswith("pdf:"):
            yield Hit(Rule.ACTIVE, value.removeprefix("pdf:"), _RUN)
        elif value == "f" and piece.file.endswith(".xlsx"):
            yield Hit(Rule.FORMULA, "", "Écrivez la valeur, sans formule.")
    elif piece.kind is Kind.ATTRIBUTE:
        runs = _RUNS.match(value) and not label.startswith("pdf:/T")
        refreshes = label == "http-equiv" and value.lower() == "refresh"
        if runs or refreshes or re.fullmatch(r"on[a-z]{3,}", label) or label == "srcdoc":
            yield Hit(Rule.ACTIVE, label, _RUN)


def formulas(piece: Piece, _: Known) -> Iterator[Hit]:
    """Cells that a spreadsheet would run instead of showing."""
    if piece.kind is Kind.CELL and piece.file.endswith((".csv", ".xlsx")) and _FORMULA.match(piece.text):
        yield Hit(
            Rule.FORMULA, hidden(piece.text), "Mettez une apostrophe devant, comme le fait DataTable.csv()."
        )
