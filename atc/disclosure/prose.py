"""Counts under the floor in a French sentence: « 4 répondants sur 7 », « 43 % (n = 7) », « trois sites ».

A sentence has no columns: what is a count is told by the words around a number. The lists below are what the
sentences of an evaluation need, and no grammar of French. Both errors cost: a miss may name a person, a false
alarm stops a page that was fit to leave.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from atc.survey.typography import in_words

_WORDS = {in_words(value): value for value in range(2, 17)}
_VALUE = (
    r"(?<!\d[,./:])(?<![\w%€–−-])"
    rf"(?:\d{{1,2}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
    r"(?![\w’°-]|[.,]\d|/\d| ?[%€])"
)
_NUMBER = re.compile(_VALUE, re.IGNORECASE)
_GENDERS = r"(?:[.·-]?(?:e|trice|rice|le|fe|ne|euse))?(?:[.·-]?s)?"
_NOUNS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_COUNTED = rf"(?:{'|'.join(_NOUNS['counted'])}){_GENDERS}(?![\w-])"
_NOUN = re.compile(rf"\b{_COUNTED}", re.IGNORECASE)
_HARMLESS = re.compile(rf"\b(?:{'|'.join(_NOUNS['harmless'])})[sx]?\b", re.IGNORECASE)
#: What may stand between a number and its noun: « 3 des 14 territoires » counts territories, « quatre modèles
#: de territoires » counts models.
_STEP = (
    r"(?:seulement|des|de ces|de nos|parmi(?: les)?|les|ces|autres?|seul(?:[.·]?e)?s?|premi[eè]re?s?|"
    r"derni[eè]re?s?|nouve(?:aux|lles)|petite?s?|grande?s?|mêmes?|\(?sur \d+\)?|\d+)"
)
_ADJECTIVE = r"(?!dans|sans|sous|vers|depuis|hors|mais|plus|moins|puis|nous|vous|fois|mois)[^\W\d]{4,}[sx]"
_COUNT_AFTER = re.compile(
    rf"[*†]? (?:{_STEP} ){{0,4}}(?P<adjective>{_ADJECTIVE} )?(?P<noun>{_COUNTED})|"
    rf" (?:{_STEP} )?d’entre (?:eux|elles|nous|les|ces)\b",
    re.IGNORECASE,
)
_OUT_OF = re.compile(
    r"(?P<between>(?: [^\s\d,;:.!?()«»][^\s\d,;:!?()«»]*){0,6}) sur (?:les )?\d{1,3}(?![\d,])"
)
_NO_COUNT_BEFORE = re.compile(
    r"(?:moins d[e’]|plus d[e’]|plus que|au moins|au plus|jusqu’à|à partir de|[<>≤≥]|\bentre|"
    r"(?:seuil|plancher)(?: est)?(?: de| à)?|chapitres?|sections?|pages?|figures?|tableaux?|annexes?|"
    r"questions?|étapes?|notes?|niveaux?|articles?|parties?|vagues?|n°|numéros?|versions?|\bT|"
    r"\b(?:de|du|entre) (?:\d+|\w+) (?:à|et|au)|\d+ à) ?$",
    re.IGNORECASE,
)
_BAND_AFTER = re.compile(r" (?:à|au|et|ou) (?:\d+|plus|moins|davantage)(?![\w,])", re.IGNORECASE)
_AT_LEAST = re.compile(r" (?:au moins|au plus|ou plus|ou moins|et plus)\b")
_SCORE = re.compile(
    r"\b(?:médianes?|moyennes?|notes?|scores?|notée?s?|échelle|écarts?|rangs?)\b", re.IGNORECASE
)
_SCORES_FOLLOW = re.compile(r"\b(?:médianes|moyennes|notes|scores|écarts)\b", re.IGNORECASE)
_SPREAD = re.compile(rf"\b(?:répartition|nombre) (?:des? |d’){_COUNTED}", re.IGNORECASE)
_CLOSED = re.compile(r" ?(?:[.;,)]|$)| (?:et|ou) ")
_AFTER_NOUN = re.compile(rf"{_COUNTED}[^.;:,()\d]{{0,25}} ?[:=(] ?$", re.IGNORECASE)
_JOINED = re.compile(r"(?:\b(?:dont|dans|sur|chez|pour|par|et|ou|mais)|,) $", re.IGNORECASE)
_BARE = re.compile(
    r" ?(?:[.;,)]|$)| (?:et|ou|mais|au|aux|à|en|dans|sur|pour|par|chez|avec|aujourd’hui|ensuite|"
    r"seulement|depuis|ont|n’|ne|sont|seule?s?|\w+ent)\b",
    re.IGNORECASE,
)
_ANY_COUNT = re.compile(
    rf"(?:\d+|{'|'.join(_WORDS)}) (?:{_STEP} ){{0,3}}{_COUNTED}|\bsur \d+\b", re.IGNORECASE
)
_ONE = re.compile(
    r"\b(?:un(?:[.·]?e)? (?:"
    rf"(?:des|parmi les|de nos) (?:\d+ )?(?:autres )?{_COUNTED}|(?:seule? )?{_COUNTED} sur {_VALUE}|"
    rf"seul(?:[.·]?e)? (?!personne|équipe|instance|direction|structure){_COUNTED}|"
    r"(?:seule )?personne (?:n’)?(?:a répondu|a pas répondu|répond|cite|juge|déclare|soutient|estime|"
    r"participe|parmi|interrogée|rencontrée|concernée|entendue))"
    rf"|(?:sauf|excepté|hormis) (?:un(?:[.·]?e)?|{_VALUE})(?=[.;,)]|$| {_COUNTED}))",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(?<![\w/,.–-])(\d{1,2}) ?/ ?(\d{1,2})(?![\w/]|[,.]\d)")
_PERCENT = re.compile(r"(?<![\d,])(\d{1,2}(?:,\d+)?) ?%")
_SHARE_WORDS = {"la moitié": 50, "deux tiers": 200 / 3, "tiers": 100 / 3, "trois quarts": 75, "quart": 25}
_SHARE = re.compile(rf"\b({'|'.join(_SHARE_WORDS)}) (?=des? \d)", re.IGNORECASE)
_WHOLE = re.compile(
    rf"\bn ?= ?(\d{{1,3}})(?![\d,])|\bsur (\d{{1,3}})(?![\d,])|\b(?:des|les) (\d{{1,3}}) {_COUNTED}",
    re.IGNORECASE,
)
_LEVEL = re.compile(r"(?:seuil|risque|niveau|confiance|intervalle)[^.;]{0,30}$", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[^\W\d_a-zà-ÿ]|«|\d)")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\n": " ", "\t": " ", "'": "’"})
#: Inside a number, as French writes thousands; « 1 250 » with an ordinary space is read with care, as two.
_THOUSANDS = re.compile(r"(?<=\d)\u202f(?=\d{3}(?!\d))")
_NEAR = 60


@dataclass(frozen=True, order=True)
class SmallCount:
    """A count under the floor, where a text tells it."""

    span: tuple[int, int]  # start and end in the text given
    value: int  # how many persons or sites
    text: str  # what is written there


def small_counts(text: str, floor: int) -> tuple[SmallCount, ...]:
    """Counts from 1 to ``floor - 1`` of persons or sites that a plain text tells, in its order."""
    # One character for another: the spans hold. « 1 250 » is one number, not a 1 and a 250.
    plain = _THOUSANDS.sub("_", text).translate(_SPACES)
    found: list[SmallCount] = []
    for start, end, value in _told(plain, floor):
        apart = all(end <= other.span[0] or start >= other.span[1] for other in found)
        if 1 <= value < floor and apart:
            found.append(SmallCount((start, end), value, text[start:end]))
    return tuple(sorted(found))


def _told(text: str, floor: int) -> Iterator[tuple[int, int, int]]:
    """Start, end and value of every count under the floor that a text tells, and of some above."""
    for number in _NUMBER.finditer(text):
        # The words around a number are long to weigh: only those of a small one matter.
        if _value(number[0]) < floor and (end := _end_of_count(text, number)):
            yield number.start(), end, _value(number[0])
    for one in _ONE.finditer(text):
        yield one.start(), one.end(), _value(one[0].rsplit(" ", 1)[-1]) if one[0][0] in "sSeEhH" else 1
    for slashed in _SLASHED.finditer(text):
        before, (part, whole) = text[: slashed.start()], slashed.groups()
        dated = re.search(r"\b(?:le|du|au) $", before, re.IGNORECASE) or _NO_COUNT_BEFORE.search(before)
        if int(part) <= int(whole) and not dated and not _SCORE.search(_clause(before)):
            yield slashed.start(), slashed.end(), int(part)
    yield from _shares(text)


def _value(word: str) -> int:
    return int(word) if word.isdecimal() else _WORDS.get(word.lower(), 1)


def _end_of_count(text: str, number: re.Match[str]) -> int:
    """Where the count that begins with this number ends; 0 if it counts neither persons nor sites."""
    before, after = text[: number.start()], text[number.end() :]
    if re.search(r"\bn ?= ?$", before, re.IGNORECASE):
        harmless, counted = _HARMLESS.search(after[:_NEAR]), _NOUN.search(after[:_NEAR])
        spared = harmless and (counted is None or harmless.start() < counted.start())
        return 0 if spared else number.end()
    if _NO_COUNT_BEFORE.search(before) or _BAND_AFTER.match(after):
        return 0
    # « 3 Territoires » is the third heading, or a cell and the heading that follows it on paper.
    counted = _COUNT_AFTER.match(after)
    heading = counted and (counted["noun"] or "")[:1].isupper() and not text.isupper()
    if counted and not heading and not _HARMLESS.search(counted["adjective"] or ""):
        bounded = _AT_LEAST.match(after[counted.end() :])
        return 0 if bounded else number.end() + counted.end()
    if (ratio := _OUT_OF.match(after)) and not _HARMLESS.search(ratio["between"]):
        return 0 if _SCORE.search(_clause(before)) else number.end() + ratio.end()
    return number.end() if _listed(before, after) or _elliptic(before, after) else 0


def _listed(before: str, after: str) -> bool:
    """« Répondants : 3 », « animateur.trices (3) », « Contrats par trimestre. Automne : 1 ; hiver : 6. »."""
    if not _CLOSED.match(after):
        return False
    head, sentence = _last_sentences(before)
    listed = re.search(r" ?: ?(?:\d+, )*$", before) is not None
    noun = _AFTER_NOUN.search(before) or (listed and _NOUN.search(head + sentence))
    return (listed and _SPREAD.search(sentence) is not None) or (bool(noun) and not _is_scored(before))


def _elliptic(before: str, after: str) -> bool:
    """« Sur 10 territoires au démarrage, 3 aujourd’hui »: the noun went before."""
    if not _JOINED.search(before) or not _BARE.match(after):
        return False
    rest = after.partition(";")[0].partition(". ")[0]
    counted = _ANY_COUNT.search(_last_sentences(before)[1])
    return counted is not None and not _SCORE.search(rest) and not _is_scored(before)


def _last_sentences(before: str) -> tuple[str, str]:
    """The sentence before, empty at the start of a text, and the one that is being read."""
    head, sentence = ["", *_SENTENCE.split(before)][-2:]
    return head, sentence


def _clause(before: str) -> str:
    return _last_sentences(before)[1].rpartition(";")[2]


def _is_scored(before: str) -> bool:
    """Whether what is read tells scores, and no counts."""
    follow = _SCORES_FOLLOW.search(_last_sentences(before)[0])
    return follow is not None or _SCORE.search(_clause(before)) is not None


def _shares(text: str) -> Iterator[tuple[int, int, int]]:
    """Counts that a share gives back: « 43 % (n = 7) » is 3 persons."""
    shares = [(match, float(match[1].replace(",", "."))) for match in _PERCENT.finditer(text)]
    shares += [(match, _SHARE_WORDS[match[1].lower()]) for match in _SHARE.finditer(text)]
    for match, share in shares:
        before, after = text[: match.start()][-_NEAR:], text[match.end() :][:_NEAR]
        # Of how many it is told: what comes next, else what came last.
        last = list(_WHOLE.finditer(_last_sentences(before)[1]))[-1:]
        told = _WHOLE.search(_SENTENCE.split(after)[0]) or next(iter(last), None)
        whole = int(next(filter(None, told.groups()))) if told else 0
        if (count := given_back(share * whole / 100, whole)) and not _LEVEL.search(before):
            yield match.start(), match.end(), count


def given_back(count: float, whole: int) -> int | None:
    """The count that a share of a whole gives back; none if no whole number of persons makes that share."""
    # Half a point is what rounding to a whole percentage hides.
    return round(count) if abs(count - round(count)) <= whole * 0.005 + 0.01 else None
