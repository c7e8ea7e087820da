"""A text as the rules of prose read it: what an eye takes for a letter or a number is one."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from atc.survey.spelling import fold

#: Dropped by readers and by eyes, kept by a search that would miss the word.
INVISIBLE = re.compile(
    r"[\u00ad\u034f\u0335-\u0338\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3"
    r"\ufe00-\ufe0f\ufeff\ufffe]"
)
#: Letters of other alphabets that look like ours.
_ALIKE = str.maketrans(
    "авеєзікмнорстухһјѕԁԛԝӏгАВЕЅЗІКМНОРСТУХЈԌҮαβγεικνορτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ∕⁄",
    "abee3ikmhopctyxhjsdqwlrABES3IKMHOPCTYXJGYabyeikvoptuxwABEZHIKMNOPTYXabcdefghijklmnoprstuvwyz//",
)
_UNITS = [
    "zero",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
]
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "quatre-vingt": 80}
_ROMAN = re.compile(r"(?<![\w.’'-])(?=[XVI]{2})(X{0,3})(IX|IV|V?I{0,3})(?![\w’'-]|\.[A-Z])")


def _numbers() -> dict[str, int]:
    """« deux » to « quatre-vingt-dix-neuf », but « un », which is an article as well."""
    found = {word: value for value, word in enumerate(_UNITS) if value != 1}
    found |= {f"dix-{_UNITS[unit]}": 10 + unit for unit in (7, 8, 9)}
    for word, ten in _TENS.items():
        found |= {word: ten, f"{word}s": ten, f"{word}-et-un": ten + 1, f"{word}-et-onze": ten + 11}
        found |= {f"{word}-{unit}": ten + value for unit, value in found.copy().items() if 0 < value < 20}
        found[f"{word}-un"] = ten + 1
    return found


_NUMBERS = _numbers()
_NUMBER = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True)).replace('-', '[- ]')})"
    r"(?!\w|-(?!la\b|ci\b))"
)


@lru_cache(maxsize=64)
def legible(text: str) -> str:
    """The text in our letters and digits, with its capitals and accents and single spaces."""
    # « 1 250 » is one number, not a 1 and a 250.
    joined = re.sub(r"(?<=\d)[\u202f\u00a0](?=\d{3}(?!\d))", "", text)
    digits = "".join(
        str(unicodedata.digit(c)) if not c.isascii() and unicodedata.digit(c, None) is not None else c
        for c in joined
    )
    visible = INVISIBLE.sub("", unicodedata.normalize("NFKC", digits)).translate(_ALIKE)
    # « d e u x » is a word.
    whole = re.sub(r"(?<!\w)(?:[^\W\d] ){3,}[^\W\d](?!\w)", lambda m: m[0].replace(" ", ""), visible)
    return " ".join(whole.replace("'", "’").split())


@lru_cache(maxsize=64)
def counted(text: str) -> str:
    """The legible text without accents or capitals, where every number is written in digits."""
    roman = _ROMAN.sub(lambda match: str(_value(match[1] + match[2])), legible(text))
    folded = fold(roman).replace("’", "'").replace("pour cent", "%")
    return _NUMBER.sub(lambda match: str(_NUMBERS[match[0].replace(" ", "-")]), folded)


def _value(roman: str) -> int:
    values = [{"X": 10, "V": 5, "I": 1}[letter] for letter in roman]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
