"""What a machine sees in a quotation that would tell who speaks, or of whom: it warns, a person signs.

Names in free text are beyond a machine: what is found here is a help, and finding nothing proves nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from atc.survey import typography
from atc.survey.paths import read_toml
from atc.survey.typography import emails, telephones, web_addresses

# A text as it is searched: accents, capitals, dashes and kinds of space do not count, places do.
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
    return typography.fold(text.translate(_ALIKE), in_place=True)


def without_brackets(text: str) -> str:
    """The same length, where what stands between brackets, already replaced by the team, is blotted out."""
    return _BRACKETED.sub(lambda match: _FILL * len(match[0]), text)


_END = r"(?!\w)"


def words(expressions: str | Iterable[str], before: str = "", after: str = _END) -> re.Pattern[str]:
    """Any of these, as whole words of a folded text; a space stands for one or several."""
    each = expressions.split() if isinstance(expressions, str) else expressions
    longest_first = sorted(map(fold, each), key=len, reverse=True)
    # Never matches when there is nothing to look for.
    one_of = "|".join(longest_first).replace(" ", " +") or r"(?!)"
    return re.compile(rf"(?<!\w){before}(?:{one_of}){after}")


_RAW = read_toml(__file__)
# « de la », « des », « l’ »: what may stand between « rue » and the name of the street.
_LINK = r"(?: +(?:de la|de|du|des|la|le|les|aux|au))?(?: +(?:de +)?[ld]'| +)"
# A post of somebody in particular.
_ONE_POST = words(
    _RAW["postes"], before=r"(?:l'|(?:le|la|notre|votre|leur|mon|ma|son|sa|ce|cet|cette|du|au) +)"
)
_JUDGEMENTS = words(_RAW["jugements"])
_NAME = re.compile(r"[^\W\d_][\w’'-]*")
# Where a capital says nothing: at the start, after a full stop, a colon, an opening quotation mark.
_OPENS = re.compile(r"(?:^|[.!?…:«“\"(\[–—-]\s*)$")
# Not after the « M. » of a name or after an initial.
_SENTENCE = re.compile(r"(?<![A-Z])[.!?…]+(?=\s|$)")
_HARMLESS = frozenset(_RAW["majuscules_admises"].split())
_PASSAGES = [
    (kind, needs, words(_RAW[what], after=_LINK if needs == "name" else _END))
    if what in _RAW
    else (kind, needs, re.compile(what))
    for kind, needs, what in _RAW["passages"]
]


@dataclass(frozen=True)
class Alert:
    """A passage to look at."""

    kind: str  # what it may tell: « lieu », « personne », « jugement »…
    passage: str  # as it is written
    remedy: str  # what to do about it
    verbatim: str = ""  # code of the quotation, in a register
    signed: bool = False  # already


def alerts(text: str, places: Sequence[str]) -> tuple[Alert, ...]:
    """What one quotation may tell outside brackets, or still inside, in order; each passage once."""
    cleaned = clean(text)
    open_text = without_brackets(cleaned)
    found: dict[tuple[int, int], str] = {}
    for span, kind in _spans(open_text, places):
        if not any(span[0] < end and start < span[1] for start, end in found):
            found[span] = kind
    told = [(kind, cleaned[slice(*span)]) for span, kind in sorted(found.items())]
    told += [("jugement", sentence) for sentence in _judging(open_text)]
    inside = [match[1] for match in _BRACKETED.finditer(cleaned)]
    told += [
        ("crochets", each)
        for each in inside
        if _sites(places).search(fold(each)) or any(_spans(each, only="personne"))
    ]
    return tuple(Alert(kind, " ".join(passage.split()), _RAW["remedes"][kind]) for kind, passage in told)


def names_a_place(text: str, places: Sequence[str]) -> bool:
    """Whether a site, its town or its neighbourhood can be read outside brackets."""
    return bool(_sites(places).search(fold(without_brackets(clean(text)))))


def judges_someone(text: str) -> bool:
    """Whether a sentence holds, outside brackets, a judgement and somebody whom readers would know."""
    return any(_judging(without_brackets(clean(text))))


def places_of(territoires: pd.DataFrame) -> tuple[str, ...]:
    """Names of the sites of a wave: towns, and each neighbourhood of a pair."""
    towns = territoires["commune"].dropna().astype(str)
    quarters = territoires["quartier"].dropna().astype(str).str.split(r" [–-] ").explode()
    return tuple(dict.fromkeys([*towns, *quarters.str.strip()]))


def register_alerts(verbatims: pd.DataFrame, territoires: pd.DataFrame) -> list[Alert]:
    """Every passage of the register of a wave to look at before somebody signs, in its order."""
    places = places_of(territoires)
    # These two columns are shown; the rest of a row is not.
    rows = verbatims[["verbatim", "relu", "idee", "texte"]].itertuples(index=False, name=None)
    return [
        replace(alert, verbatim=str(code), signed=reviewed is True)
        for code, reviewed, *texts in rows
        for text in texts
        for alert in alerts(str(text), places)
    ]


def _sites(places: Sequence[str]) -> re.Pattern[str]:
    # « St Denis » and « Saint-Denis » are one town.
    folded = (re.sub(r"([^\w\s])", r"\\\1", fold(place)) for place in places)
    return words(place.replace("saint ", "(?:saint|st) ") for place in folded)


def _spans(text: str, places: Sequence[str] = (), only: str = "") -> Iterator[tuple[tuple[int, int], str]]:
    """Passages that may tell, with their kind: of all kinds in order, or of one."""
    folded = fold(text)
    for find in (emails, telephones, web_addresses) if not only else ():
        yield from ((match.span(), "coordonnées") for match in find(typography.fold(text, in_place=True)))
    for kind, needs, pattern in (each for each in _PASSAGES if only in {"", each[0]}):
        for match in (_sites(places) if needs == "site" else pattern).finditer(
            text if needs == "case" else folded
        ):
            start, end = match.span()
            told = True
            if needs == "name":
                # « rue Jean-Jaurès »: the word, and the name with a capital that follows it.
                name = _NAME.match(text, end)
                told, end = name is not None and name[0][0].isupper(), name.end() if name else end
            elif needs == "capital":
                told = text[start].isupper() and not _OPENS.search(text[:start])
                told = told and (kind != "majuscule" or match[0] not in _HARMLESS)
            if told:
                yield (start, end), kind


def _judging(text: str) -> Iterator[str]:
    """Sentences that judge somebody whom readers would know."""
    for sentence in _SENTENCE.split(text):
        folded = fold(sentence)
        known = any(_spans(sentence, only="personne")) or _ONE_POST.search(folded)
        if known and _JUDGEMENTS.search(folded):
            yield sentence.strip()
