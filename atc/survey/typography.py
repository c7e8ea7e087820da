"""French as readers see it (decimal comma, thin spaces, true minus), and whatever way people spell it.

Babel (CLDR) formats; what CLDR leaves out of French practice is added here: « 1ᵉʳ », « animateur·trice »,
narrow no-break spaces before ; ! ? and no-break spaces inside « … ».
"""

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

NBSP = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"

_RULES = (
    (re.compile(r"(?<=[^\s:;!?]) ?(:[:;!?]*)(?=\s|$|[»)\]<])"), rf"{NBSP}\1"),
    (re.compile(r"(?<=[^\s:;!?]) ?([;!?][:;!?]*)(?=\s|$|[»)\]<])"), rf"{NARROW}\1"),
    (re.compile(rf"«[ {NBSP}{NARROW}]*"), f"«{NBSP}"),
    (re.compile(rf"[ {NBSP}{NARROW}]*»"), f"{NBSP}»"),
    (re.compile(r"(?<=\d) (?=(?:%|€|°|ETP\b))"), NBSP),
    # A year before a number, « 2020 300 », is no thousand.
    (re.compile(r"(?<![\d,.])(\d{1,3}) (?=\d{3}(?!\d))"), rf"\1{NARROW}"),
    (re.compile(r"(?<=\bsur) (?=\d)"), NBSP),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    # « 4e trimestre », not the « e » of a code such as 3e-4.
    (re.compile(r"(?<![\w.,-])(\d{1,3})er\b(?!-)"), r"\1ᵉʳ"),
    (re.compile(r"(?<![\w.,-])(\d{1,3})re\b(?!-)"), r"\1ʳᵉ"),
    (re.compile(r"(?<![\w.,-])(\d{1,3})e\b(?!-)"), r"\1ᵉ"),
    # One inclusive form in all that is read: data and dictionary may be typed with a full stop.
    (re.compile(r"(?<=[a-zà-ÿ])\.(?=(?:e|fe|le|ne|trice|ive|euse|ère)s?\b(?![-/]|\.\w))"), "·"),
)

# How a shortened word is said by a voice that reads a figure aloud.
_SAID = (
    (re.compile(rf"\bn[ {NBSP}{NARROW}]<[ {NBSP}{NARROW}](?=\d)"), "moins de "),
    (re.compile(rf"\bn[ {NBSP}{NARROW}]>[ {NBSP}{NARROW}](?=\d)"), "plus de "),
    (re.compile(r"\bn\.c\."), "nombre non communiqué"),
    # « 3,5, 4,5, 5 » would be heard as six numbers.
    (re.compile(r"(?<=\d), (?=\d)"), " puis "),
)


def french(text: str) -> str:
    """Set a plain sentence (no code, no HTML) in French: spaces, apostrophes, ordinals. Idempotent."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def aloud(text: str) -> str:
    """An alternative text in full words: « n < 5 » is said « moins de 5 », and « n.c. » in words too."""
    for pattern, replacement in _SAID:
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


def at(place: str) -> str:
    """``à Roubaix``, ``aux Mureaux``, ``au Havre``: the article of a place joins its preposition."""
    article, _, name = place.partition(" ")
    joined = {"Les": "aux", "Le": "au"}.get(article)
    return f"{joined} {name}" if joined and name else f"à {place}"


def day(date: dt.date) -> str:
    """``1ᵉʳ octobre 2020``."""
    return f"{'1ᵉʳ' if date.day == 1 else date.day}{NBSP}{month(date)}"


def month(date: dt.date) -> str:
    """``octobre 2020``."""
    return format_date(date, "MMMM y", locale="fr")


def quarter(year: int, index: int, *, short: bool = False) -> str:
    """``quarter(2019, 4)`` -> ``4ᵉ trimestre 2019``, or ``T4 2019`` when short."""
    worded = f"{'1ᵉʳ' if index == 1 else f'{index}ᵉ'}{NBSP}trimestre {year}"
    return f"T{index}{NBSP}{year}" if short else worded


# --- when two spellings are one: a guess is a suggestion, never a reading ---


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
    rf"(?:[\w.+'-]+ \. )?[\w.+'-]*\w(?: ?(?:@|{_AT_IN_WORDS}) ?| arobase )"
    r"[\w-]+(?:(?:\.| \. | ?[\[({<«] ?(?:dot|point) ?[\])}>»] ?| point )[\w-]{2,})+"
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
    r"|(?<![\w.,])[0o][67](?:[ .\-]\d\d){4}(?!\w|[.,]\d)"
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
