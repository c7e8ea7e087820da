"""E-mail addresses and telephone numbers in a text, however they are usually written in French.

Texts come in small letters of one width, as `atc.survey.spelling.fold` gives them: « ＠ » is « @ », and
every kind of space is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# « nom@domaine.fr », « nom (at) domaine [point] fr », « nom arobase domaine point fr ».
_AT_IN_WORDS = r"[\[({<«] ?(?:at|a|à|arobase|chez) ?[\])}>»]"
_EMAIL = re.compile(
    rf"[\w.+'-]*\w(?: ?(?:@|{_AT_IN_WORDS}) ?| arobase )"
    r"[\w-]+(?:(?:\.| ?[\[({<«] ?(?:dot|point) ?[\])}>»] ?| point )[\w-]{2,})+"
)
_NO_EMAIL_WITHOUT = re.compile(rf"@|{_AT_IN_WORDS}|\barobase\b")
# A profile is often written without « https:// ».
_WEB = re.compile(r"(?:https?://|www\.)\S+|(?<![\w.@/])(?:[\w-]+\.)+(?:com|fr|org|net|eu|me|io|re)/\w\S*")

# What may stand between digits, the same all along: « 0.612345678 » is a number, « 03/04/2021 12 » a date.
_CUT = r" ?[ .\-‐–/·] ?"
# Nine digits after « 0 », « (0) », « +33 », « 00 33 » or the prefix of an overseas territory.
_TELEPHONE = re.compile(
    r"(?<![\w+])(?<!\d[.,-])"
    r"(?:\(?(?:\+|00 ?)(?:33|262|508|590|594|596)\)?[ .\-/]?(?:\(0\)[ .-]?)?|\(0\) ?|\(?0|0 (?=\d{3} \d))"
    rf"[1-9](?:\d{{8}}|\)?(?P<pairs>{_CUT})\d\d(?:(?P=pairs)\d\d){{3}}"
    rf"|\d\d(?P<cut>{_CUT})(?:\d\d(?P=cut)\d\d(?P=cut)\d\d|\d{{3}}(?P=cut)\d{{3}}))"
    # Six or eight digits in Saint-Pierre-et-Miquelon and in the Pacific.
    r"(?!\w|[.,]\d)|(?<!\w)(?:\+|00 ?)(?:508|681|687|689)(?:[ .-]?\d\d){3,4}(?!\w|[.,]\d)"
    # Of a mobile, whatever stands between the pairs.
    r"|(?<![\w.,])0[67](?:[ .\-]\d\d){4}(?!\w|[.,]\d)"
)
_COUNTING = "".join(f"{number:02}" for number in range(1, 100))


def emails(text: str) -> Iterator[re.Match[str]]:
    """E-mail addresses, even written « nom (at) domaine.fr »."""
    return _EMAIL.finditer(text) if _NO_EMAIL_WITHOUT.search(text) else iter(())


def telephones(text: str) -> Iterator[re.Match[str]]:
    """French telephone numbers, national or from abroad; « 01 02 03 04 05 » counts and calls nobody."""
    return (match for match in _TELEPHONE.finditer(text) if re.sub(r"\D", "", match[0]) not in _COUNTING)


def web_addresses(text: str) -> Iterator[re.Match[str]]:
    """Addresses of the web."""
    return _WEB.finditer(text)
