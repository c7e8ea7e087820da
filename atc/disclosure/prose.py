"""Numbers under the floor in French sentences, computed or written by hand, and the ways to read a text.

What is a count is told by the words around a number. The patterns of ``prose.toml`` are what an evaluation
needs, and no grammar of French: a miss may name a person, a false alarm stops a page that was fit to leave.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from atc.survey.paths import read_toml
from atc.survey.typography import fold

_RAW = read_toml(__file__)
_WORDS = {name: f"(?:{''.join(pieces)})" for name, pieces in _RAW["words"].items()}
_WORDS |= {
    "noun": rf"(?:{'|'.join(_RAW['nouns'])})@genders@(?![\w-])",
    "thing": f"(?:{'|'.join(_RAW['things'])})",
}
_WORDS["counted"] = rf"(?:{'|'.join([*map(fold, _RAW['nouns']), *_RAW['also']])})@genders@\b"


def pattern(pieces: str | Sequence[str], words: dict[str, str] | None = None) -> re.Pattern[str]:
    """One pattern, where @name@ stands for a word list, of numbers or of those that are given."""
    told = _WORDS | (words or {})

    def filled(text: str) -> str:
        return re.sub(r"@(\w+)@", lambda match: filled(told[match[1]]), text)

    return re.compile(filled("".join(pieces)))


# --- ways to read a text ------------------------------------------------------------------------------------

#: Dropped by readers and by eyes, kept by a search that would miss the word.
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u0335-\u0338\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3"
    r"\ufe00-\ufe0f\ufeff\ufffe]"
)
_ALIKE = str.maketrans(*_RAW["alike"])
_ROMANS = {"X" * tens + unit: 10 * tens + n for tens in range(4) for n, unit in enumerate(_RAW["romans"])}
_ROMAN = re.compile(r"(?<![\w.’'-])(?=[XVI]{2})X{0,3}(?:IX|IV|V?I{0,3})(?![\w’'-]|\.[A-Z])")
#: « deux » to « quatre-vingt-dix-neuf », but « un », which is an article as well.
_NUMBERS = {word: value for value, word in enumerate(_RAW["units"]) if value != 1}
for _word, _ten in _RAW["tens"].items():
    _NUMBERS |= {_word: _ten, f"{_word}s": _ten, f"{_word}-et-un": _ten + 1, f"{_word}-et-onze": _ten + 11}
    _NUMBERS |= {f"{_word}-{unit}": _ten + value for value, unit in enumerate(_RAW["units"]) if value}
_LONGEST_FIRST = "|".join(sorted(_NUMBERS, key=len, reverse=True)).replace("-", "[- ]")
_NUMBER = re.compile(rf"(?<!\w)(?:{_LONGEST_FIRST})(?!\w|-(?!la\b|ci\b))")


@lru_cache(maxsize=64)
def plain(text: str) -> str:
    """One way to write it: compatibility forms, no case, nothing invisible, single spaces."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold().split())


@lru_cache(maxsize=64)
def squeezed(text: str) -> str:
    """Its letters and digits only: what a line break, a hyphen or a tag cut is whole again."""
    return re.sub(r"[\W_]+", "", plain(text))


@lru_cache(maxsize=64)
def legible(text: str) -> str:
    """What an eye reads: our letters and digits, with capitals and accents, and single spaces."""
    # « 1 250 » is one number, not a 1 and a 250.
    joined = re.sub(r"(?<=\d)[\u202f\u00a0](?=\d{3}(?!\d))|(?<=\b\d) (?=\d{3}(?![\d,.]))", "", text)
    digits = "".join(str(unicodedata.digit(c, c)) for c in joined)
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", digits)).translate(_ALIKE)
    # « d e u x » is a word, and « d.e.u.x ».
    whole = re.sub(r"(?<!\w)(?:[^\W\d][ .]){3,}[^\W\d](?!\w)", lambda m: re.sub("[ .]", "", m[0]), visible)
    return " ".join(whole.replace("'", "’").split())


@lru_cache(maxsize=64)
def counted(text: str) -> str:
    """The legible text without accents or capitals, where every number is written in digits."""
    roman = _ROMAN.sub(lambda match: str(_ROMANS[match[0]]), legible(text))
    folded = fold(roman).replace("’", "'").replace("pour cent", "%")
    folded = re.sub(r"\b(deux|trois|quatre)-(?=quarts?\b|tiers\b|cinquiemes\b)", r"\1 ", folded)
    return _NUMBER.sub(lambda match: str(_NUMBERS[match[0].replace(" ", "-")]), folded)


# --- in sentences that are computed -------------------------------------------------------------------------

SAID = {name: re.compile(pattern(pieces).pattern, re.IGNORECASE) for name, pieces in _RAW["computed"].items()}
_NEXT = re.compile(r"(?<=[.!?]) +(?=[^\W\d_a-zà-ÿ]|«|\d)")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\n": " ", "\t": " ", "'": "’"})
_THOUSANDS = re.compile(r"(?<=\d)\u202f(?=\d{3}(?!\d))")
_NEAR = 60


class SmallCount(NamedTuple):
    """A count under the floor, where a text tells it."""

    span: tuple[int, int]  # start and end in the text given
    value: int  # how many persons or sites
    text: str  # what is written there


def small_counts(text: str, floor: int) -> tuple[SmallCount, ...]:
    """Counts under the floor that a plain text tells, in its order: « 43 % (n = 7) », « trois sites »."""
    # One character for another: the spans hold. « 1 250 » is one number, with an ordinary space perhaps two.
    read = _THOUSANDS.sub("_", text).translate(_SPACES)
    found: list[SmallCount] = []
    for start, end, value in chain(_numbers(read, floor), _others(read), _shares(read)):
        apart = all(end <= other.span[0] or start >= other.span[1] for other in found)
        if 1 <= value < floor and apart:
            found.append(SmallCount((start, end), value, text[start:end]))
    return tuple(sorted(found))


def _value(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS.get(word.lower(), 1)


def _numbers(text: str, floor: int) -> Iterator[tuple[int, int, int]]:
    """Start, end and value of the numbers under the floor that count persons or sites."""
    for number in SAID["number"].finditer(text):
        # The words around a number are long to weigh: only those of a small one matter.
        if (value := _value(number[0])) < floor:
            length = _counts(text[: number.start()], text[number.end() :])
            if length is not None:
                yield number.start(), number.end() + length, value


def _counts(before: str, after: str) -> int | None:
    """How far after a number its count ends; None if it counts neither persons nor sites."""
    head, sentence = ["", *_NEXT.split(before)][-2:]
    in_scores = SAID["score"].search(sentence.rpartition(";")[2])
    scored = in_scores or SAID["scores_follow"].search(head)
    if SAID["n_before"].search(before):
        things, noun = (SAID[name].search(after[:_NEAR]) for name in ("thing", "noun"))
        return None if things and (noun is None or things.start() < noun.start()) else 0
    if SAID["no_count_before"].search(before) or SAID["band_after"].match(after):
        return None
    # « 3 Territoires » is the third heading, or a cell and the heading that follows it on paper.
    found = SAID["count_after"].match(after)
    heading = found and (found["noun"] or "")[:1].isupper() and not f"{before}{after}".isupper()
    if found and not heading and not SAID["thing"].search(found["adjective"] or ""):
        return None if SAID["at_least"].match(after[found.end() :]) else found.end()
    if (ratio := SAID["out_of"].match(after)) and not SAID["thing"].search(ratio["between"]):
        return None if in_scores else ratio.end()
    if SAID["closed"].match(after):
        # « Répondants : 3 », « animateur.trices (3) », « Contrats par trimestre. Automne : 1 ; hiver : 6. »
        listed = SAID["listed"].search(before)
        noun = SAID["after_noun"].search(before) or (listed and SAID["noun"].search(head + sentence))
        if (listed and SAID["spread"].search(sentence)) or (noun and not scored):
            return 0
    # « Sur 10 territoires au démarrage, 3 aujourd’hui »: the noun went before.
    rest = after.partition(";")[0].partition(". ")[0]
    elliptic = SAID["joined"].search(before) and SAID["bare"].match(after) and not scored
    said = elliptic and SAID["any_count"].search(sentence) and not SAID["score"].search(rest)
    return 0 if said else None


def _others(text: str) -> Iterator[tuple[int, int, int]]:
    """« Un seul territoire », « tous sauf deux »; « 2/7 », which is no date and no score."""
    for one in SAID["one"].finditer(text):
        yield one.start(), one.end(), _value(one[0].rsplit(" ", 1)[-1]) if one[0][0] in "sSeEhH" else 1
    for slashed in SAID["slashed"].finditer(text):
        before, (part, whole) = text[: slashed.start()], slashed.groups()
        dated = SAID["dated"].search(before) or SAID["no_count_before"].search(before)
        scored = SAID["score"].search(_NEXT.split(before)[-1].rpartition(";")[2])
        if int(part) <= int(whole) and not dated and not scored:
            yield slashed.start(), slashed.end(), int(part)


def _shares(text: str) -> Iterator[tuple[int, int, int]]:
    """Counts that a share gives back: « 43 % (n = 7) » is 3 persons."""
    for match in SAID["share"].finditer(text):
        percent, words = match.groups()
        part = float(percent.replace(",", ".")) / 100 if percent else _RAW["shares"][words.lower()]
        before, after = text[: match.start()][-_NEAR:], text[match.end() :][:_NEAR]
        # Of how many it is told: what comes next, else what came last.
        last = list(SAID["whole"].finditer(_NEXT.split(before)[-1]))[-1:]
        told = SAID["whole"].search(_NEXT.split(after)[0]) or next(iter(last), None)
        whole = int(next(filter(None, told.groups()))) if told else 0
        if (count := given_back(part * whole, whole)) and not SAID["level"].search(before):
            yield match.start(), match.end(), count


def given_back(count: float, whole: int) -> int | None:
    """The count that a share of a whole gives back; none if no whole number of persons makes that share."""
    # Half a point is what rounding to a whole percentage hides.
    return round(count) if abs(count - round(count)) <= whole * 0.005 + 0.01 else None


# --- in what somebody wrote ---------------------------------------------------------------------------------

#: What to write instead of what is told.
REMEDIES: dict[str, str] = _RAW["remedies"]
SPARED = {name: pattern(pieces) for name, pieces in _RAW["spared"].items()}
SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n")
#: One way to tell a small number each: the pattern, what to write, and what the sentence must hold as well.
_SMALL = [
    (pattern(row["pattern"]), REMEDIES[row["remedy"]], pattern(row.get("needs", ""))) for row in _RAW["small"]
]
_VALUES, _FRACTIONS, _TOLD = _RAW["values"], _RAW["fractions"], {"share", "sites"}


def small_numbers(text: str, floor: int, phrases: Sequence[str], sites: int) -> Iterator[tuple[str, str]]:
    """What tells a small number in other words than ``phrases``, and what to write; one for each sentence."""
    released = [squeezed(counted(phrase)) for phrase in phrases]
    for sentence in SENTENCE.split(text):
        shown = counted(sentence)
        scored = SPARED["score"].search(shown)
        # What `small_counts` sees is left to it.
        if SPARED["answer"].search(shown) or small_counts(legible(sentence), floor):
            continue
        found = (
            (match[0].strip(" .,;:"), remedy.format(floor=floor))
            for small, remedy, needs in _SMALL
            if needs.search(shown)
            for match in small.finditer(shown)
            if not SPARED["before"].search(shown[: match.start()])
            and (not scored or SPARED["counting"].search(shown[match.start() : match.end() + 20]))
            and not any(squeezed(match[0]) in phrase for phrase in released)
            and _is_small(match, floor, sites)
        )
        yield from list(found)[:1]


def _is_small(match: re.Match[str], floor: int, sites: int) -> bool:
    """Whether what is counted, or what it leaves of the whole, or of all ``sites``, is under the floor."""
    told = {name: text for name, text in match.groupdict().items() if text}
    if not told:
        return True
    numbers = {name: _VALUES.get(text) or int(text) for name, text in told.items() if name not in _TOLD}
    share, whole = told.get("share", ""), numbers.get("all", sites if _TOLD & {*told} else 0)
    if not share:
        count = float(numbers["n"])
        whole = whole or int(count) + numbers.get("rest", numbers.get("against", 0))
    elif share[0].isdigit():
        count = float(share.replace(",", ".")) * whole / 100
    else:
        count = numbers.get("n", 1) * whole / _FRACTIONS[share]
    told_of = given_back(count, whole)
    small = told_of is not None and (0 < told_of < floor or 0 < whole - told_of < floor)
    return small and count <= whole
