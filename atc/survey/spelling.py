"""When two spellings are one (a guess is a suggestion, never a reading), and what would reach somebody."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping


def fold(text: str, *, in_place: bool = False) -> str:
    """``Œuvre d’ÉTÉ`` -> ``oeuvre d’ete``: neither case, accents, ligatures nor letters of another width.

    ``in_place``, each character gives exactly one, so that positions are kept.
    """
    if in_place:
        return "".join(fold(character)[:1] or character for character in text)
    # Decomposed first: the letters of a mathematical alphabet have no case until then.
    lowered = unicodedata.normalize("NFKD", text).casefold()
    for joined, letters in (("œ", "oe"), ("æ", "ae"), ("ı", "i")):
        lowered = lowered.replace(joined, letters)
    return "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))


def skeleton(text: str) -> str:
    """Letters and digits of a text, folded, words apart: ``Saint‑Gilles`` gives ``saint gilles``."""
    return re.sub(r"[\W_]+", " ", fold(text)).strip()


def place(text: str) -> str:
    """The same for the name of a place, where ``St`` is ``Saint``."""
    return re.sub(r"\bst(e?)\b", r"saint\1", skeleton(text))


def unambiguous(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Spelling -> code, without the spellings that two codes share and without the empty one."""
    found: dict[str, set[str]] = {}
    for spelling, code in pairs:
        found.setdefault(spelling, set()).add(code)
    return {spelling: next(iter(codes)) for spelling, codes in found.items() if spelling and len(codes) == 1}


def nearest(name: str, known: Iterable[str]) -> str:
    """What someone probably meant: the known name nearest to a misspelt one; empty if none is near enough."""
    return nearest_code(name, {code: code for code in known})


def nearest_code(name: str, labels: Mapping[str, str]) -> str:
    """The code (of ``labels``) that someone meant, whether they wrote nearly the code or nearly its label."""
    pairs = [(label, code) for code, label in labels.items()] + [(code, code) for code in labels]
    # « État civil » and « etat_civil » are one name to a reader.
    spellings = {skeleton(spelt).replace(" ", ""): code for spelt, code in pairs}
    spellings.pop("", None)
    # Beyond case, accents, spaces and punctuation, about one letter in five may differ.
    found = difflib.get_close_matches(skeleton(name).replace(" ", ""), spellings, n=1, cutoff=0.8)
    return spellings[found[0]] if found else ""


# --- e-mail addresses and telephone numbers, as they are usually written in French; texts come folded ---

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
