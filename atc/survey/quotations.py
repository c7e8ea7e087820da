"""What a machine sees in a quotation that would tell who speaks, or of whom: it warns, a person signs.

Names in free text are beyond a machine: what is found here is a help, and finding nothing proves nothing.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from atc.survey import spelling
from atc.survey.spelling import emails, telephones, web_addresses

Span = tuple[int, int]

# --- a text as it is searched: accents, capitals, dashes and kinds of space do not count, places do ---------

_DASHES = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}"
_SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\t\n\r"
_ALIKE = str.maketrans(dict.fromkeys(_DASHES + _SPACES, " ") | dict.fromkeys("’ʼ‘`´", "'"))
_BRACKETED = re.compile(r"\[([^\[\]]*)\]")
# Neither a letter nor a space nor the end of a sentence: nothing is read across a bracket.
_FILL = "\N{WHITE SQUARE}"


def clean(text: str) -> str:
    """The text without the characters that nobody sees, which would cut a name in two for a machine."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if unicodedata.category(c) != "Cf")


def fold(text: str) -> str:
    """The same text folded, dashes and apostrophes alike, character for character: positions are kept."""
    return spelling.fold(text.translate(_ALIKE), in_place=True)


def without_brackets(text: str) -> str:
    """The same length, where what stands between brackets, already replaced by the team, is blotted out."""
    return _BRACKETED.sub(lambda match: _FILL * len(match[0]), text)


# --- the words that are looked for, in ``quotations.toml``, as patterns of folded text ----------------------


def words(expressions: Iterable[str], before: str = "", after: str = r"(?!\w)") -> re.Pattern[str]:
    """Any of these, as whole words of a folded text; a space stands for one or several."""
    longest_first = sorted((fold(e) for e in expressions), key=len, reverse=True)
    # Never matches when there is nothing to look for.
    one_of = "|".join(longest_first).replace(" ", " +") or r"(?!)"
    return re.compile(rf"(?<!\w){before}(?:{one_of}){after}")


_RAW = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_NAMES, _CAPITAL_NAMES = words(_RAW["prenoms"].split()), words(_RAW["prenoms_ambigus"].split())
_DEPARTMENTS, _CAPITAL_DEPARTMENTS = words(_RAW["departements"]), words(_RAW["departements_ambigus"])
# « de la », « des », « l’ »: what may stand between « rue » and the name of the street.
_LINK = r"(?: +(?:de la|de|du|des|la|le|les|aux|au))?(?: +(?:de +)?[ld]'| +)"
_BEFORE_PLACE = words(_RAW["lieux_suivis_d_un_nom"], after=_LINK)
_STRUCTURES = words(_RAW["structures"])
_BEFORE_STRUCTURE = words(_RAW["structures_suivies_d_un_nom"], after=_LINK)
_POSTS = words(_RAW["postes"])
# A post of somebody in particular.
_ONE_POST = words(
    _RAW["postes"], before=r"(?:l'|(?:le|la|notre|votre|leur|mon|ma|son|sa|ce|cet|cette|du|au) +)"
)
_JUDGEMENTS = words(_RAW["jugements"])
_HARMLESS = frozenset(_RAW["majuscules_admises"].split())
_ACCOUNT = re.compile(r"\S+@\S+")
_NUMBER = re.compile(r"\d(?:[\d\s.,:/]*\d)?")
_WORD = re.compile(r"[^\W\d_]\w*")
_NAME = re.compile(r"[^\W\d_][\w’'-]*")
_CIVILITY = re.compile(
    r"(?<!\w)(?:(?:[Mm]me|[Mm]lle|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|MME|M[rR]|Dr|M\.)\.? +"
    r"|M +(?=[A-ZÀ-Ý]))(?:(?:[LlDd][eau]s?|[Dd]e [Ll]a) +)?[\w’'-]+"
)
_INITIALS = re.compile(r"(?<!\w)[A-Z]\.(?:[ -]?[A-Z]\.)+")
# Where a capital says nothing: at the start, after a full stop, a colon, an opening quotation mark.
_OPENS = re.compile(r"(?:^|[.!?…:«“\"(\[–—-]\s*)$")
# Not after the « M. » of a name or after an initial.
_SENTENCE = re.compile(r"(?<![A-Z])[.!?…]+(?=\s|$)")


# --- what is found ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Alert:
    """A passage to look at."""

    kind: str  # what it may tell: « lieu », « personne », « jugement »…
    passage: str  # as it is written
    remedy: str  # what to do about it


@dataclass(frozen=True)
class RegisterAlert:
    """A passage of the register to look at."""

    verbatim: str  # code of the quotation
    signed: bool  # already
    alert: Alert  # what was seen


def alerts(text: str, places: Sequence[str]) -> tuple[Alert, ...]:
    """What one quotation may tell, in the order of the text; a passage is told once.

    Args:
        text: As the team wrote it. What stands between brackets has been replaced, and is left alone
            unless a name can still be read there.
        places: Names of the sites, of their towns and neighbourhoods.
    """
    cleaned = clean(text)
    open_text = without_brackets(cleaned)
    found: dict[Span, str] = {}
    for kind, finder in _FINDERS.items():
        for span in finder(open_text, places):
            if not any(span[0] < end and start < span[1] for start, end in found):
                found[span] = kind
    told = [(kind, cleaned[slice(*span)]) for span, kind in sorted(found.items())]
    told += [("jugement", sentence) for sentence in _judging(open_text)]
    inside = [match[1] for match in _BRACKETED.finditer(cleaned)]
    told += [("crochets", each) for each in inside if [*_sites(each, places), *_persons(each, ())]]
    return tuple(Alert(kind, " ".join(passage.split()), _RAW["remedes"][kind]) for kind, passage in told)


def names_a_place(text: str, places: Sequence[str]) -> bool:
    """Whether a site, its town or its neighbourhood can be read outside brackets."""
    return any(_sites(without_brackets(clean(text)), places))


def judges_someone(text: str) -> bool:
    """Whether a sentence holds, outside brackets, a judgement and somebody whom readers would know."""
    return any(_judging(without_brackets(clean(text))))


def places_of(territoires: pd.DataFrame) -> tuple[str, ...]:
    """Names of the sites of a wave: towns, and each neighbourhood of a pair."""
    towns = territoires["commune"].dropna().astype(str)
    quarters = territoires["quartier"].dropna().astype(str).str.split(r" [–-] ").explode()
    return tuple(dict.fromkeys([*towns, *quarters.str.strip()]))


def register_alerts(verbatims: pd.DataFrame, territoires: pd.DataFrame) -> Sequence[RegisterAlert]:
    """Every passage of the register of a wave to look at before somebody signs, in its order."""
    places = places_of(territoires)
    # These two columns are shown; the rest of a row is not.
    rows = verbatims[["verbatim", "relu", "idee", "texte"]].itertuples(index=False, name=None)
    return [
        RegisterAlert(str(code), reviewed is True, alert)
        for code, reviewed, *texts in rows
        for text in texts
        for alert in alerts(str(text), places)
    ]


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    return (match.span() for match in pattern.finditer(text))


def _inside_sentence(text: str, span: Span) -> bool:
    """Whether the passage has a capital that its place does not explain."""
    return text[span[0] : span[0] + 1].isupper() and not _OPENS.search(text[: span[0]])


def _contacts(text: str, _: Sequence[str]) -> Iterator[Span]:
    folded = spelling.fold(text, in_place=True)
    for find in (emails, telephones, web_addresses):
        yield from (match.span() for match in find(folded))
    yield from _spans(_ACCOUNT, text)


def _persons(text: str, _: Sequence[str]) -> Iterator[Span]:
    yield from _spans(_CIVILITY, text)
    yield from _spans(_INITIALS, text)
    yield from _spans(_NAMES, fold(text))
    yield from (span for span in _spans(_CAPITAL_NAMES, fold(text)) if _inside_sentence(text, span))


def _sites(text: str, places: Sequence[str]) -> Iterator[Span]:
    # « St Denis » and « Saint-Denis » are one town.
    folded = (re.sub(r"([^\w\s])", r"\\\1", fold(place)) for place in places)
    return _spans(words(place.replace("saint ", "(?:saint|st) ") for place in folded), fold(text))


def _places(text: str, places: Sequence[str]) -> Iterator[Span]:
    yield from _spans(_DEPARTMENTS, fold(text))
    yield from _sites(text, places)
    yield from _named(text, _BEFORE_PLACE)
    yield from (span for span in _spans(_CAPITAL_DEPARTMENTS, fold(text)) if _inside_sentence(text, span))


def _structures(text: str, _: Sequence[str]) -> Iterator[Span]:
    yield from _spans(_STRUCTURES, fold(text))
    yield from _named(text, _BEFORE_STRUCTURE)


def _named(text: str, before: re.Pattern[str]) -> Iterator[Span]:
    """« rue Jean-Jaurès »: the word, and the name with a capital that follows it."""
    for match in before.finditer(fold(text)):
        name = _NAME.match(text, match.end())
        if name and name[0][0].isupper():
            yield match.start(), name.end()


def _capitals(text: str, _: Sequence[str]) -> Iterator[Span]:
    for match in _WORD.finditer(text):
        if _inside_sentence(text, match.span()) and fold(match[0]) not in _HARMLESS:
            yield match.span()


# The first to claim a passage names it.
_FINDERS: dict[str, Callable[[str, Sequence[str]], Iterator[Span]]] = {
    "coordonnées": _contacts,
    "lieu": _places,
    "structure": _structures,
    "fonction": lambda text, _: _spans(_POSTS, fold(text)),
    "personne": _persons,
    "nombre": lambda text, _: _spans(_NUMBER, text),
    "majuscule": _capitals,
}


def _judging(text: str) -> Iterator[str]:
    """Sentences that judge somebody whom readers would know."""
    for sentence in _SENTENCE.split(text):
        someone = any(_persons(sentence, ())) or _ONE_POST.search(fold(sentence))
        if someone and _JUDGEMENTS.search(fold(sentence)):
            yield sentence.strip()
