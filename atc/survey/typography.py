"""French as readers see it (decimal comma, thin spaces, true minus), and whatever way people spell it.

Babel (CLDR) formats; what CLDR leaves out of French practice is added here: « 1ᵉʳ », « animateur·trice »,
narrow no-break spaces before ; ! ? and no-break spaces inside « … ».
"""

import datetime as dt
import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

NBSP = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"

_TEXT = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8").replace("{nbsp}", NBSP)
_RAW = tomllib.loads(_TEXT.replace("{fine}", NARROW).replace("{space}", f"[ {NBSP}{NARROW}]"))
_FRENCH, _ALOUD = ([(re.compile(sought), put) for sought, put in _RAW[name]] for name in ("french", "aloud"))


def french(text: str) -> str:
    """Set a plain sentence (no code, no HTML) in French: spaces, apostrophes, ordinals. Idempotent."""
    for pattern, replacement in _FRENCH:
        text = pattern.sub(replacement, text)
    return text


def aloud(text: str) -> str:
    """An alternative text in full words: « n < 5 » is said « moins de 5 », and « n.c. » in words too."""
    for pattern, replacement in _ALOUD:
        text = pattern.sub(replacement, text)
    return french(text)


def number(value: float, decimals: int = 0) -> str:
    """``1234.5`` -> ``1 234,5`` with a narrow no-break space, all its decimals and a true minus."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    # CLDR rounds half to even; readers and the report round half up.
    return format_decimal(half_up(value, decimals), format=pattern, locale="fr").replace("-", MINUS)


def half_up(value: float, decimals: int) -> float:
    """A number rounded as `number` shows it."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return float(rounded) + 0.0  # no minus before a zero


def percent(part: float, decimals: int = 0) -> str:
    """``0.5667`` -> ``57 %``."""
    # Binary noise goes first, or 57.5 stored as 57.4999 would lose its half.
    return f"{number(round(part * 100, 9), decimals)}{NBSP}%"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """``counted(3, "site")`` -> ``3 sites``; French counts 0 and 1 as singular."""
    noun = singular if count < 2 else (plural or f"{singular}s")
    return f"{number(count)}{NBSP}{noun}"


def in_words(count: int, *, feminine: bool = False) -> str:
    """Small counts at the head of a title or sentence, in words up to sixteen, in digits beyond."""
    words = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
    if not 0 <= count <= 16:
        return number(count)
    return "une" if count == 1 and feminine else words.split()[count]


def opened(text: str) -> str:
    """The same, where no sentence opens on a small number in digits: « 6 propos » -> « Six propos »."""

    def spelt(found: re.Match[str]) -> str:
        # The gender of none and one is not known here.
        return found[0] if found[0] in "01" else capitalise(in_words(int(found[0])))

    return re.sub(r"(?:^|(?<=[.?!] ))\d{1,2}(?=\s[^\W\d])", spelt, text)


def spelled(count: int, singular: str, plural: str | None = None, *, feminine: bool = False) -> str:
    """``six sites``, ``une sorte``, ``aucun modèle``: `in_words`, with its noun."""
    if count == 0:
        return f"{'aucune' if feminine else 'aucun'} {singular}"
    return f"{in_words(count, feminine=feminine)} {singular if count == 1 else plural or f'{singular}s'}"


def enumeration(items: Sequence[str]) -> str:
    """``a, b et c``."""
    return str(format_list(list(items), locale="fr"))


def capitalise(sentence: str) -> str:
    """First letter in upper case, the rest untouched."""
    return sentence[:1].upper() + sentence[1:]


def lower_first(label: str) -> str:
    """A label inside a sentence: first letter in lower case unless it opens an acronym."""
    return label if label[:2].isalpha() and label[:2].isupper() else label[:1].lower() + label[1:]


def elided(word: str, noun: str) -> str:
    """``elided("de", "effets")`` -> ``d’effets``, ``elided("de", "sites")`` -> ``de sites``."""
    vowel = noun[:1].lower() in "aeiouyhàâéèêëîïôœ"
    return f"{word[:-1]}’{noun}" if vowel else f"{word} {noun}"


def day(date: dt.date) -> str:
    """``1ᵉʳ octobre 2020``."""
    return f"{'1ᵉʳ' if date.day == 1 else date.day}{NBSP}{month(date)}"


def month(date: dt.date) -> str:
    """``octobre 2020``."""
    return format_date(date, "MMMM y", locale="fr")


def quarter(year: int, index: int) -> str:
    """``quarter(2019, 4)`` -> ``4ᵉ trimestre 2019``."""
    return f"{'1ᵉʳ' if index == 1 else f'{index}ᵉ'}{NBSP}trimestre {year}"


# --- when two spellings are one: a guess is a suggestion, never a reading ---


def fold(text: str, *, in_place: bool = False) -> str:
    """``Œuvre d’ÉTÉ`` -> ``oeuvre d’ete``; ``in_place``, one character for each, to keep positions."""
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

_REACH = {
    name: re.compile("".join(parts).replace("{at}", _RAW["at"]).replace("{cut}", _RAW["cut"]))
    for name, parts in _RAW["reach"].items()
}
_COUNTING = "".join(f"{number:02}" for number in range(1, 100))


def emails(text: str) -> Iterator[re.Match[str]]:
    """E-mail addresses, even written « nom (at) domaine.fr »."""
    return _REACH["email"].finditer(text) if _REACH["no_email_without"].search(text) else iter(())


def telephones(text: str) -> Iterator[re.Match[str]]:
    """French telephone numbers, national or from abroad; « 01 02 03 04 05 » counts and calls nobody."""
    found = _REACH["telephone"].finditer(text)
    return (match for match in found if re.sub(r"\D", "", match[0]) not in _COUNTING)


def web_addresses(text: str) -> Iterator[re.Match[str]]:
    """Addresses of the web."""
    return _REACH["web"].finditer(text)
