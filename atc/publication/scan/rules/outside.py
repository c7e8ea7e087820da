"""What a page would fetch, run or send, and what a spreadsheet would compute."""

from __future__ import annotations

import re
from collections.abc import Iterator

from atc.publication.scan.model import Hit, Kind, Known, Piece, Rule, hidden

_CALLING = frozenset(
    [
        "href",
        "src",
        "srcset",
        "action",
        "formaction",
        "data",
        "poster",
        "cite",
        "background",
        "longdesc",
        "profile",
        "codebase",
        "archive",
        "manifest",
        "ping",
        "usemap",
        "dynsrc",
        "lowsrc",
        "style",
        "content",
    ]
)
_PDF_CALLING = frozenset({"pdf:/URI", "pdf:/F", "pdf:/UF", "pdf:/URL"})
_OFFICE_CALLING = frozenset({"relationship@target", "hyperlink@target"})
_EXTERNAL = re.compile(
    r"(?:(?:https?|ftp|wss?|ldap|smb|sms):/{0,2}|(?<![\w:])//)[\w.\[-][^\s\"'<>)]*", re.IGNORECASE
)
_IN_CSS = re.compile(
    r"url\(\s*['\"]?\s*(?:https?:|//|ftp:)|@import|expression\(|-moz-binding|(?<![\w-])behavior:\s*url",
    re.IGNORECASE,
)
_RUNS = re.compile(
    r"^(?:javascript|vbscript|livescript|mocha|data:(?:text/html|image/svg\+xml|application/x?html))",
    re.IGNORECASE,
)
_ELEMENTS = frozenset(
    [
        "script",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "base",
        "form",
        "input",
        "button",
        "textarea",
        "select",
        "video",
        "audio",
        "source",
        "track",
        "portal",
        "foreignobject",
        "animate",
        "animatetransform",
        "set",
        "handler",
        "listener",
        "dialog",
        "slot",
    ]
)
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s.,\u2212%–-]*$)(?=.*[(|!=]|[A-Za-z]+\d)")
_NOTHING_CALLED = (
    "Un document diffusé n’appelle rien à l’extérieur : retirez cette adresse, ou copiez la ressource."
)
_NOTHING_RUNS = "Un document diffusé ne contient rien qui s’exécute : retirez-le."


def addresses(piece: Piece, _: Known) -> Iterator[Hit]:
    """Addresses that a reader's machine would call, links to other places included."""
    in_style = piece.kind is Kind.CODE and piece.label == "style"
    if in_style and (match := _IN_CSS.search(piece.text) or _EXTERNAL.search(piece.text)):
        yield Hit(Rule.ADDRESS, hidden(match[0]), _NOTHING_CALLED)
    if piece.kind is not Kind.ATTRIBUTE or piece.label not in _CALLING | _PDF_CALLING | _OFFICE_CALLING:
        return
    if piece.label == "style" and (match := _IN_CSS.search(piece.text)):
        yield Hit(Rule.ADDRESS, hidden(match[0]), _NOTHING_CALLED)
    for match in _EXTERNAL.finditer(piece.text):
        yield Hit(Rule.ADDRESS, hidden(match[0]), _NOTHING_CALLED)


def active_content(piece: Piece, _: Known) -> Iterator[Hit]:
    """Scripts, handlers of events, frames, forms, actions of a PDF."""
    if piece.kind is Kind.ELEMENT:
        if piece.text in _ELEMENTS or piece.text.startswith("pdf:"):
            yield Hit(Rule.ACTIVE, piece.text.removeprefix("pdf:"), _NOTHING_RUNS)
    elif piece.kind is Kind.ATTRIBUTE:
        label, value = piece.label, re.sub(r"[\s\x00-\x1f\u200b]+", "", piece.text)
        runs = _RUNS.match(value) and not label.startswith("pdf:/T")
        if runs or re.fullmatch(r"on[a-z]{3,}", label) or label in ("srcdoc", "http-equiv-refresh"):
            yield Hit(Rule.ACTIVE, label, _NOTHING_RUNS)
        elif label == "http-equiv" and value.lower() == "refresh":
            yield Hit(Rule.ACTIVE, "refresh", _NOTHING_RUNS)


def formulas(piece: Piece, _: Known) -> Iterator[Hit]:
    """Cells that a spreadsheet would run instead of showing."""
    is_table = piece.file.rpartition(".")[2].lower() in ("csv", "tsv", "xlsx")
    if piece.kind is Kind.CELL and is_table and _FORMULA.match(piece.text):
        yield Hit(
            Rule.FORMULA, hidden(piece.text), "Mettez une apostrophe devant, comme le fait DataTable.csv()."
        )
